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

/// The binary of a plugin named by its binary or by its bundle (a folder).
pub fn binary_of(plugin: &Path) -> PathBuf {
    let name = plugin.file_stem().unwrap_or_default().to_owned();
    let place = match std::env::consts::OS {
        "macos" => ["MacOS".into(), name],
        "windows" => [format!("{}-win", std::env::consts::ARCH).into(), format!("{}.vst3", name.display()).into()],
        _ => [format!("{}-linux", std::env::consts::ARCH).into(), format!("{}.so", name.display()).into()],
    };
    if plugin.is_dir() { plugin.join("Contents").join(&place[0]).join(&place[1]) } else { plugin.to_owned() }
}

impl Module {
    pub fn load(path: &Path) -> Module {
        Module::open(path).unwrap_or_else(|why| panic!("{why}"))
    }

    /// As `load`, but tells why it cannot.
    pub fn open(path: &Path) -> Result<Module, String> {
        let trouble = |why: &dyn std::fmt::Display| format!("{} cannot be loaded as a plugin: {why}", path.display());
        // SAFETY: the plugin's initialisers are Rust's own; ModuleEntry is called as VST3 asks.
        unsafe {
            let library = Library::new(path).map_err(|why| trouble(&why))?;
            library
                .get::<extern "system" fn() -> *mut IPluginFactory>(b"GetPluginFactory")
                .map_err(|why| trouble(&why))?;
            if cfg!(target_os = "linux") {
                let entry: Symbol<'_, extern "system" fn(*mut c_void) -> bool> =
                    library.get(b"ModuleEntry").map_err(|why| trouble(&why))?;
                if !entry(std::ptr::null_mut()) {
                    return Err(trouble(&"ModuleEntry refuses"));
                }
            }
            Ok(Module { library: Box::leak(Box::new(library)) })
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
