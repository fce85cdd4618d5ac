//! Finds the libraries that cargo built beside a test.

use std::path::PathBuf;

/// The shared library of a workspace crate, as cargo built it for this test.
pub fn built_library(name: &str) -> PathBuf {
    find_library(name).unwrap_or_else(|why| panic!("{why}"))
}

/// As `built_library`, but tells that there is none.
pub fn find_library(name: &str) -> Result<PathBuf, String> {
    let file = format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let executable = std::env::current_exe().expect("an executable has a path");
    let folders = executable.ancestors().skip(1).take(2).flat_map(|folder| [folder.join("deps"), folder.to_owned()]);
    let newest = folders
        .map(|folder| folder.join(&file))
        .filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path)))
        .max();
    newest.map(|(_, path)| path).ok_or_else(|| format!("{file} is not built: run `cargo build -p simmer-host`"))
}
