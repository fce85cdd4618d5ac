//! One instance of the plugin under test.

use crate::module::Module;
use crate::objects::{Changes, Stream};
#[cfg(target_os = "linux")]
use crate::run_loop::Watched;
use simmer_host_kit::gestures::Gestures;
use std::ptr::null_mut;
use std::sync::Arc;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{ComPtr, ComWrapper};

mod call;
mod making;

/// What setupProcessing says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Realtime = 0,
    Prefetch = 1,
    Offline = 2,
}

/// Frames of the buffers, unless said otherwise.
const FRAMES_MAX: usize = 20_000;

/// What a plugin is given beside audio.
#[derive(Clone, Debug, Default)]
pub struct HostSide {
    /// A way to the host's UI thread, which [`Plugin::turn`] is.
    pub run_loop: bool,
    /// Name and colour (0xRRGGBB) of the track.
    pub track: Option<(String, Option<u32>)>,
}

/// An instance with its buffers. It may be moved to another thread, as hosts do.
pub struct Plugin {
    component: ComPtr<IComponent>,
    processor: ComPtr<IAudioProcessor>,
    controller: ComPtr<IEditController>,
    changes: ComWrapper<Changes>,
    output_changes: ComWrapper<Changes>,
    /// Main input, guide and output, two channels each.
    pub input: [Vec<f32>; 2],
    pub guide: [Vec<f32>; 2],
    pub output: [Vec<f32>; 2],
    pub tempo: f64,
    /// What the process context says, in Hz.
    pub sample_rate: f64,
    pub last_result: tresult,
    /// What the process context says of bars: the time signature, from song frame 0 on.
    pub signature: Option<(i32, i32)>,
    /// What the plugin has told of gestures; nothing, without a host's side.
    pub gestures: Arc<Gestures>,
    #[cfg(target_os = "linux")]
    watched: Arc<Watched>,
    /// The halves are connected.
    joined: bool,
}

// SAFETY: VST3 objects may be called from other threads by their rules; tests move the whole host to one at a time.
unsafe impl Send for Plugin {}

impl Plugin {
    pub fn new(module: &Module) -> Plugin {
        Plugin::with_buffers(module, FRAMES_MAX)
    }

    /// An instance whose calls are never longer than that many frames.
    pub fn with_buffers(module: &Module, frames_max: usize) -> Plugin {
        Plugin::made(module, frames_max, None)
    }

    /// An instance whose halves are connected, in a host that takes gestures.
    pub fn with_host(module: &Module, frames_max: usize, side: &HostSide) -> Plugin {
        Plugin::made(module, frames_max, Some(side))
    }

    /// The host's UI thread has nothing to do for so long, and does what the plugin wants of it.
    pub fn turn(&self, at_most: std::time::Duration) {
        #[cfg(target_os = "linux")]
        self.watched.turn(at_most);
        #[cfg(not(target_os = "linux"))]
        std::thread::sleep(at_most);
    }

    /// What turns the run loop, to be used on another thread than the one that has the plugin.
    #[cfg(target_os = "linux")]
    pub fn watched(&self) -> Arc<Watched> {
        self.watched.clone()
    }

    pub fn controller(&self) -> &ComPtr<IEditController> {
        &self.controller
    }

    pub fn component(&self) -> &ComPtr<IComponent> {
        &self.component
    }

    pub fn processor(&self) -> &ComPtr<IAudioProcessor> {
        &self.processor
    }

    /// Sets up and activates, on the calling thread.
    pub fn start(&self, mode: Mode, sample_rate: f64, block_frames_max: i32) {
        assert!(self.try_start(mode, sample_rate, block_frames_max), "the plugin refuses to be set up");
    }

    /// As `start`; false: the plugin refuses.
    pub fn try_start(&self, mode: Mode, sample_rate: f64, block_frames_max: i32) -> bool {
        let mut setup = ProcessSetup {
            processMode: mode as i32,
            symbolicSampleSize: 0,
            maxSamplesPerBlock: block_frames_max,
            sampleRate: sample_rate,
        };
        // SAFETY: the plugin's own objects; the setup outlives the call.
        unsafe {
            let taken =
                self.processor.setupProcessing(&mut setup) == kResultOk && self.component.setActive(1) == kResultOk;
            if taken {
                self.processor.setProcessing(1);
            }
            taken
        }
    }

    pub fn stop(&self) {
        // SAFETY: the plugin's own objects.
        unsafe {
            self.processor.setProcessing(0);
            self.component.setActive(0);
        }
    }

    /// All parameters by id and title, as the host would list them.
    pub fn parameters(&self) -> Vec<(u32, String)> {
        // SAFETY: the plugin's object, a structure to fill.
        unsafe {
            (0..self.controller.getParameterCount())
                .map(|index| {
                    let mut info: ParameterInfo = std::mem::zeroed();
                    assert_eq!(self.controller.getParameterInfo(index, &mut info), kResultOk);
                    (info.id, text(&info.title))
                })
                .collect()
        }
    }

    /// A plain value as the plugin normalises it.
    pub fn normalised(&self, id: u32, plain: f64) -> f64 {
        // SAFETY: the plugin's object.
        unsafe { self.controller.plainParamToNormalized(id, plain) }
    }

    /// A normalised value as the plugin means it.
    pub fn plain(&self, id: u32, normalised: f64) -> f64 {
        // SAFETY: the plugin's object.
        unsafe { self.controller.normalizedParamToPlain(id, normalised) }
    }

    /// What the plugin would have the host show for a normalised value.
    pub fn shown(&self, id: u32, normalised: f64) -> String {
        let mut shown: String128 = [0; 128];
        // SAFETY: the plugin's object, an array to fill.
        unsafe { self.controller.getParamStringByValue(id, normalised, &mut shown) };
        text(&shown)
    }

    /// What the plugin said of a read-only parameter in the last call, normalised.
    pub fn reported(&self, id: u32) -> Option<f64> {
        let used = self.output_changes.used.get();
        let queue = self.output_changes.queues[..used].iter().find(|queue| queue.id.get() == id)?;
        let points = queue.points.borrow();
        points.last().map(|(_, value)| *value)
    }

    pub fn state(&self) -> Vec<u8> {
        let stream = Stream::new(Vec::new());
        // SAFETY: the stream outlives the call.
        unsafe {
            let pointer = stream.as_com_ref::<IBStream>().map_or(null_mut(), |stream| stream.as_ptr());
            assert_eq!(self.component.getState(pointer), kResultOk);
        }
        stream.bytes.borrow().clone()
    }

    /// Whether the plugin took the state.
    pub fn load(&self, state: &[u8]) -> bool {
        let stream = Stream::new(state.to_vec());
        // SAFETY: the stream outlives the calls.
        unsafe {
            let pointer = stream.as_com_ref::<IBStream>().map_or(null_mut(), |stream| stream.as_ptr());
            let loaded = self.component.setState(pointer) == kResultOk;
            stream.at.set(0);
            self.controller.setComponentState(pointer);
            loaded
        }
    }
}

fn text(units: &[u16]) -> String {
    String::from_utf16_lossy(&units.iter().copied().take_while(|unit| *unit != 0).collect::<Vec<_>>())
}
