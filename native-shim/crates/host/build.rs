//! Exports the test executables' symbols, so that plugins find the real-time guard's malloc.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        println!("cargo:rustc-link-arg=-rdynamic");
    }
}
