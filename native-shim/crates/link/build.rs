//! Generates the protobuf types with a compiler written in Rust, so that no `protoc` is needed.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    let files = protox::compile(["simmer/v1/render_service.proto", "simmer/v1/timeline.proto"], [root])?;
    // The server half is for the test service of this workspace; the linker drops it from the plugin.
    tonic_prost_build::configure().build_transport(false).compile_fds(files)?;
    Ok(())
}
