//! How a VST3 plugin tells the host of gestures.

use simmer_host_kit::gestures::{Gestures, Phase};
use std::sync::Arc;
use vst3::Class;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;

/// The component handler that a plugin is given.
pub struct Handler(pub Arc<Gestures>);

impl Class for Handler {
    type Interfaces = (IComponentHandler,);
}

impl IComponentHandlerTrait for Handler {
    unsafe fn beginEdit(&self, id: ParamID) -> tresult {
        self.0.note(id, Phase::Begin);
        kResultOk
    }
    unsafe fn performEdit(&self, id: ParamID, value: ParamValue) -> tresult {
        self.0.note(id, Phase::Perform(value));
        kResultOk
    }
    unsafe fn endEdit(&self, id: ParamID) -> tresult {
        self.0.note(id, Phase::End);
        kResultOk
    }
    unsafe fn restartComponent(&self, _flags: i32) -> tresult {
        kResultOk
    }
}
