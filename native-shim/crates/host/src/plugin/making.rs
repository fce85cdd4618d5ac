//! How an instance is made and ended.

use super::{HostSide, Plugin};
use crate::application::{Application, Attributes};
use crate::gestures::Handler;
use crate::module::Module;
use crate::objects::Changes;
#[cfg(target_os = "linux")]
use crate::run_loop::{RunLoop, Watched};
use simmer_host_kit::gestures::Gestures;
use std::ptr::null_mut;
use std::sync::Arc;
#[cfg(target_os = "linux")]
use vst3::Steinberg::Linux::IRunLoop;
use vst3::Steinberg::Vst::ChannelContext::IInfoListenerTrait;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{ComPtr, ComWrapper};

impl Plugin {
    pub(super) fn made(module: &Module, frames_max: usize, side: Option<&HostSide>) -> Plugin {
        let factory = module.factory();
        #[cfg(target_os = "linux")]
        let watched = Arc::new(Watched::default());
        #[cfg(target_os = "linux")]
        if let (Some(factory), true) = (factory.cast::<IPluginFactory3>(), side.is_some_and(|side| side.run_loop)) {
            let run_loop = ComWrapper::new(RunLoop(watched.clone())).to_com_ptr::<IRunLoop>().expect("a run loop");
            // SAFETY: the plugin's object, which counts a reference of its own.
            unsafe { factory.setHostContext(run_loop.as_ptr().cast()) };
        }
        let (component, controller) = (0..2).fold((None, None), |found, index| {
            // SAFETY: a structure of numbers and arrays of them.
            let mut info: PClassInfo = unsafe { std::mem::zeroed() };
            // SAFETY: places to fill, and ids of the interfaces asked for.
            unsafe {
                assert_eq!(factory.getClassInfo(index, &mut info), kResultOk);
                let mut object = null_mut();
                let iid = if index == 0 { &IComponent_iid } else { &IEditController_iid };
                assert_eq!(factory.createInstance(info.cid.as_ptr(), iid.as_ptr(), &mut object), kResultOk);
                match index {
                    0 => (ComPtr::from_raw(object.cast::<IComponent>()), found.1),
                    _ => (found.0, ComPtr::from_raw(object.cast::<IEditController>())),
                }
            }
        });
        let (component, controller) = (component.unwrap(), controller.unwrap());
        let application = ComWrapper::new(Application).to_com_ptr::<IHostApplication>().expect("an application");
        let context = if side.is_some() { application.as_ptr().cast() } else { null_mut() };
        let gestures = Gestures::new();
        // SAFETY: our objects, of which the plugin counts references; or no host object, which it must bear.
        unsafe {
            assert_eq!(component.initialize(context), kResultOk);
            assert_eq!(controller.initialize(context), kResultOk);
            if let Some(side) = side {
                join(&component, &controller, &gestures, side);
            }
            for (direction, index) in [(0, 0), (0, 1), (1, 0)] {
                assert_eq!(component.activateBus(0, direction, index, 1), kResultOk);
            }
        }
        let processor = component.cast::<IAudioProcessor>().expect("an audio processor");
        let buffers = || [vec![0.0; frames_max], vec![0.0; frames_max]];
        Plugin {
            component,
            processor,
            controller,
            changes: Changes::new(),
            output_changes: Changes::new(),
            input: buffers(),
            guide: buffers(),
            output: buffers(),
            tempo: 120.0,
            sample_rate: 48_000.0,
            last_result: kResultOk,
            signature: None,
            gestures,
            #[cfg(target_os = "linux")]
            watched,
            joined: side.is_some(),
        }
    }
}

/// Connects the halves, and gives the controller what a host gives.
///
/// # Safety
/// The halves are of one plugin, and initialised.
unsafe fn join(
    component: &ComPtr<IComponent>,
    controller: &ComPtr<IEditController>,
    gestures: &Arc<Gestures>,
    side: &HostSide,
) {
    let handler = ComWrapper::new(Handler(gestures.clone())).to_com_ptr::<IComponentHandler>().expect("a handler");
    let halves = [component.cast::<IConnectionPoint>(), controller.cast::<IConnectionPoint>()];
    // SAFETY: as of this function; our objects, of which the plugin counts references.
    unsafe {
        controller.setComponentHandler(handler.as_ptr());
        if let [Some(component), Some(controller)] = halves {
            assert_eq!(component.connect(controller.as_ptr()), kResultOk);
            assert_eq!(controller.connect(component.as_ptr()), kResultOk);
        }
        if let (Some((name, colour)), Some(listener)) =
            (&side.track, controller.cast::<ChannelContext::IInfoListener>())
        {
            let list = Attributes::of_track(name, *colour).to_com_ptr::<IAttributeList>().expect("attributes");
            listener.setChannelContextInfos(list.as_ptr());
        }
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        self.stop();
        // SAFETY: the plugin's own objects, in the order VST3 asks for.
        unsafe {
            if self.joined {
                let halves = [self.component.cast::<IConnectionPoint>(), self.controller.cast::<IConnectionPoint>()];
                if let [Some(component), Some(controller)] = halves {
                    component.disconnect(controller.as_ptr());
                    controller.disconnect(component.as_ptr());
                }
                self.controller.setComponentHandler(null_mut());
            }
            self.controller.terminate();
            self.component.terminate();
        }
    }
}
