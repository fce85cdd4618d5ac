//! The module's entry and its one class.

use crate::Latent;
use std::ffi::{c_char, c_void};
use vst3::Steinberg::*;
use vst3::{Class, ComWrapper};

struct Factory;

impl Class for Factory {
    type Interfaces = (IPluginFactory2,);
}

fn copy(text: &str, target: &mut [c_char]) {
    target.fill(0);
    let room = target.len().saturating_sub(1);
    for (byte, slot) in text.bytes().zip(target.iter_mut().take(room)) {
        *slot = byte as c_char;
    }
}

impl IPluginFactoryTrait for Factory {
    unsafe fn getFactoryInfo(&self, info: *mut PFactoryInfo) -> tresult {
        // SAFETY: null or a structure to fill.
        let Some(info) = (unsafe { info.as_mut() }) else { return kInvalidArgument };
        copy("Simmer", &mut info.vendor);
        copy("", &mut info.url);
        copy("", &mut info.email);
        info.flags = PFactoryInfo_::FactoryFlags_::kUnicode as i32;
        kResultOk
    }
    unsafe fn countClasses(&self) -> i32 {
        1
    }
    unsafe fn getClassInfo(&self, index: i32, info: *mut PClassInfo) -> tresult {
        // SAFETY: null or a structure to fill.
        match unsafe { info.as_mut() } {
            Some(info) if index == 0 => {
                info.cid = Latent::CID;
                info.cardinality = PClassInfo_::ClassCardinality_::kManyInstances as i32;
                copy("Audio Module Class", &mut info.category);
                copy("SimmerTestLatent", &mut info.name);
                kResultOk
            }
            _ => kInvalidArgument,
        }
    }
    unsafe fn createInstance(&self, cid: FIDString, iid: FIDString, object: *mut *mut c_void) -> tresult {
        // SAFETY: ids are 16 bytes by definition.
        if cid.is_null() || iid.is_null() || object.is_null() || unsafe { *(cid as *const TUID) } != Latent::CID {
            return kInvalidArgument;
        }
        let Some(instance) = ComWrapper::new(Latent::new()).to_com_ptr::<FUnknown>() else { return kInternalError };
        let unknown = instance.as_ptr();
        // SAFETY: `unknown` is alive through `instance`; a successful query adds the host's reference.
        unsafe { ((*(*unknown).vtbl).queryInterface)(unknown, iid as *const TUID, object) }
    }
}

impl IPluginFactory2Trait for Factory {
    unsafe fn getClassInfo2(&self, index: i32, info: *mut PClassInfo2) -> tresult {
        // SAFETY: null or a structure to fill.
        match unsafe { info.as_mut() } {
            Some(info) if index == 0 => {
                info.cid = Latent::CID;
                info.cardinality = PClassInfo_::ClassCardinality_::kManyInstances as i32;
                copy("Audio Module Class", &mut info.category);
                copy("SimmerTestLatent", &mut info.name);
                info.classFlags = 0;
                copy("Fx|Delay", &mut info.subCategories);
                copy("Simmer", &mut info.vendor);
                copy(env!("CARGO_PKG_VERSION"), &mut info.version);
                copy("VST 3.8.0", &mut info.sdkVersion);
                kResultOk
            }
            _ => kInvalidArgument,
        }
    }
}

/// [main-thread]
#[unsafe(no_mangle)]
pub extern "system" fn GetPluginFactory() -> *mut IPluginFactory {
    ComWrapper::new(Factory).to_com_ptr().map_or(std::ptr::null_mut(), |factory| factory.into_raw())
}

/// [main-thread]
#[cfg(target_os = "linux")]
#[unsafe(no_mangle)]
pub extern "system" fn ModuleEntry(_library: *mut c_void) -> bool {
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
pub extern "system" fn bundleEntry(_bundle: *mut c_void) -> bool {
    true
}

/// [main-thread]
#[cfg(target_os = "macos")]
#[unsafe(no_mangle)]
pub extern "system" fn bundleExit() -> bool {
    true
}
