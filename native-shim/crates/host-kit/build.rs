//! Compiles the real-time guard. Whoever uses it exports its executables' symbols, so that plugins find the guard's malloc.

fn main() {
    println!("cargo:rerun-if-changed=guard.c");
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux") {
        let mut build = cc::Build::new();
        build.file("guard.c").flag("-fno-builtin").flag("-O1").cargo_metadata(false).compile("simmer_guard");
        println!("cargo:rustc-link-search=native={}", std::env::var("OUT_DIR").unwrap_or_default());
    }
}
