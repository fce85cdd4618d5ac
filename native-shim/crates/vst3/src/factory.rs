//! What the module offers to a host.

use crate::component::Component;
use crate::context::Context;
use crate::controller::Controller;
use crate::guard;
use crate::text::{copy_narrow, copy_wide};
use std::ffi::c_void;
use vst3::Steinberg::Vst::ComponentFlags_;
use vst3::Steinberg::*;
use vst3::{Class, ComRef, ComWrapper};

const NAME: &str = "Simmer";
const VENDOR: &str = "Simmer";
/// An effect, so that it can be put on an audio track, that generates.
const SUB_CATEGORIES: &str = "Fx|Generator";
const SDK_VERSION: &str = "VST 3.8.0";

#[derive(Default)]
pub struct Factory {
    context: Context,
}

impl Class for Factory {
    type Interfaces = (IPluginFactory3,);
}

fn class(index: i32) -> Option<(TUID, &'static str)> {
    match index {
        0 => Some((Component::CID, "Audio Module Class")),
        1 => Some((Controller::CID, "Component Controller Class")),
        _ => None,
    }
}

impl IPluginFactoryTrait for Factory {
    unsafe fn getFactoryInfo(&self, info: *mut PFactoryInfo) -> tresult {
        // SAFETY: null or a structure to fill.
        let Some(info) = (unsafe { info.as_mut() }) else { return kInvalidArgument };
        copy_narrow(VENDOR, &mut info.vendor);
        copy_narrow("", &mut info.url);
        copy_narrow("", &mut info.email);
        info.flags = PFactoryInfo_::FactoryFlags_::kUnicode as i32;
        kResultOk
    }

    unsafe fn countClasses(&self) -> i32 {
        2
    }

    unsafe fn getClassInfo(&self, index: i32, info: *mut PClassInfo) -> tresult {
        // SAFETY: null or a structure to fill.
        let (Some((cid, category)), Some(info)) = (class(index), unsafe { info.as_mut() }) else {
            return kInvalidArgument;
        };
        info.cid = cid;
        info.cardinality = PClassInfo_::ClassCardinality_::kManyInstances as i32;
        copy_narrow(category, &mut info.category);
        copy_narrow(NAME, &mut info.name);
        kResultOk
    }

    unsafe fn createInstance(&self, cid: FIDString, iid: FIDString, object: *mut *mut c_void) -> tresult {
        guard::entry(|| {
            if cid.is_null() || iid.is_null() || object.is_null() {
                return kInvalidArgument;
            }
            // SAFETY: not null, and both ids are 16 bytes by definition; they need no alignment.
            let cid = unsafe { *(cid as *const TUID) };
            let instance = if cid == Component::CID {
                ComWrapper::new(Component::new()).to_com_ptr::<FUnknown>()
            } else if cid == Controller::CID {
                ComWrapper::new(Controller::new(self.context.clone())).to_com_ptr::<FUnknown>()
            } else {
                None
            };
            let Some(instance) = instance else { return kInvalidArgument };
            let unknown = instance.as_ptr();
            // SAFETY: `unknown` is alive through `instance`; a successful query adds the reference the host takes over.
            unsafe { ((*(*unknown).vtbl).queryInterface)(unknown, iid as *const TUID, object) }
        })
    }
}

impl IPluginFactory2Trait for Factory {
    unsafe fn getClassInfo2(&self, index: i32, info: *mut PClassInfo2) -> tresult {
        // SAFETY: null or a structure to fill.
        let (Some((cid, category)), Some(info)) = (class(index), unsafe { info.as_mut() }) else {
            return kInvalidArgument;
        };
        info.cid = cid;
        info.cardinality = PClassInfo_::ClassCardinality_::kManyInstances as i32;
        copy_narrow(category, &mut info.category);
        copy_narrow(NAME, &mut info.name);
        info.classFlags = ComponentFlags_::kDistributable as u32;
        copy_narrow(if index == 0 { SUB_CATEGORIES } else { "" }, &mut info.subCategories);
        copy_narrow(VENDOR, &mut info.vendor);
        copy_narrow(env!("CARGO_PKG_VERSION"), &mut info.version);
        copy_narrow(SDK_VERSION, &mut info.sdkVersion);
        kResultOk
    }
}

impl IPluginFactory3Trait for Factory {
    unsafe fn getClassInfoUnicode(&self, index: i32, info: *mut PClassInfoW) -> tresult {
        // SAFETY: null or a structure to fill.
        let (Some((cid, category)), Some(info)) = (class(index), unsafe { info.as_mut() }) else {
            return kInvalidArgument;
        };
        info.cid = cid;
        info.cardinality = PClassInfo_::ClassCardinality_::kManyInstances as i32;
        copy_narrow(category, &mut info.category);
        copy_wide(NAME, &mut info.name);
        info.classFlags = ComponentFlags_::kDistributable as u32;
        copy_narrow(if index == 0 { SUB_CATEGORIES } else { "" }, &mut info.subCategories);
        copy_wide(VENDOR, &mut info.vendor);
        copy_wide(env!("CARGO_PKG_VERSION"), &mut info.version);
        copy_wide(SDK_VERSION, &mut info.sdkVersion);
        kResultOk
    }

    unsafe fn setHostContext(&self, context: *mut FUnknown) -> tresult {
        guard::entry(|| {
            // SAFETY: null or an object; the reference we keep is counted.
            self.context.set(unsafe { ComRef::from_raw(context) }.map(|context| context.to_com_ptr()));
            kResultOk
        })
    }
}
