//! Loads a plugin's binary.

use libloading::{Library, Symbol};
use std::ffi::c_void;
use std::path::{Path, PathBuf};
use vst3::ComPtr;
use vst3::Steinberg::IPluginFactory;

/// A loaded module. Never unloaded: hosts rarely do either.
pub struct Module {
    library: &'static Library,
}

/// The shared library of a workspace crate, as cargo built it for this test.
pub fn built_library(name: &str) -> PathBuf {
    let file = format!("{}{name}{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let executable = std::env::current_exe().expect("an executable has a path");
    let folders = executable.ancestors().skip(1).take(2).flat_map(|folder| [folder.join("deps"), folder.to_owned()]);
    let newest = folders
        .map(|folder| folder.join(&file))
        .filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path)))
        .max()
        .unwrap_or_else(|| panic!("{file} is not built; run the tests of the whole workspace"));
    newest.1
}

impl Module {
    pub fn load(path: &Path) -> Module {
        // SAFETY: the plugin's initialisers are Rust's own; ModuleEntry is called as VST3 asks.
        unsafe {
            let library: &'static Library = Box::leak(Box::new(Library::new(path).expect("the plugin loads")));
            if cfg!(target_os = "linux") {
                let entry: Symbol<'_, extern "system" fn(*mut c_void) -> bool> = library.get(b"ModuleEntry").unwrap();
                assert!(entry(std::ptr::null_mut()));
            }
            Module { library }
        }
    }

    pub fn factory(&self) -> ComPtr<IPluginFactory> {
        // SAFETY: the symbol's type is fixed by VST3; the reference is ours.
        unsafe {
            let get: Symbol<'_, extern "system" fn() -> *mut IPluginFactory> =
                self.library.get(b"GetPluginFactory").unwrap();
            ComPtr::from_raw(get()).expect("a factory")
        }
    }
}
