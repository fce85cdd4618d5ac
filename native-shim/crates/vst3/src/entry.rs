//! The symbols a host looks for.

use crate::factory::Factory;
use crate::guard;
use vst3::ComWrapper;
use vst3::Steinberg::IPluginFactory;

/// [main-thread]
#[unsafe(no_mangle)]
pub extern "system" fn GetPluginFactory() -> *mut IPluginFactory {
    guard::entry_or(std::ptr::null_mut(), || {
        ComWrapper::new(Factory::default())
            .to_com_ptr::<IPluginFactory>()
            .map_or(std::ptr::null_mut(), |factory| factory.into_raw())
    })
}

/// [main-thread]
#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
pub extern "system" fn ModuleEntry(_library: *mut std::ffi::c_void) -> bool {
    true
}

/// [main-thread]
#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
pub extern "system" fn ModuleExit() -> bool {
    true
}

/// [main-thread]
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "system" fn bundleEntry(_bundle: *mut std::ffi::c_void) -> bool {
    true
}

/// [main-thread]
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "system" fn bundleExit() -> bool {
    true
}

/// [main-thread]
#[cfg(target_os = "windows")]
#[unsafe(no_mangle)]
pub extern "system" fn InitDll() -> bool {
    true
}

/// [main-thread]
#[cfg(target_os = "windows")]
#[unsafe(no_mangle)]
pub extern "system" fn ExitDll() -> bool {
    true
}
