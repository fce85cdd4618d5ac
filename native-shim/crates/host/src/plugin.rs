//! One instance of the plugin under test.

use crate::application::{Application, Attributes};
use crate::block::{Block, Position};
use crate::gestures::{Gestures, Handler};
use crate::module::Module;
use crate::objects::{Changes, Stream};
#[cfg(target_os = "linux")]
use crate::run_loop::{RunLoop, Watched};
use std::ptr::null_mut;
use std::sync::Arc;
#[cfg(target_os = "linux")]
use vst3::Steinberg::Linux::IRunLoop;
use vst3::Steinberg::Vst::ChannelContext::IInfoListenerTrait;
use vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_ as Flags;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{ComPtr, ComWrapper};

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
    told: ComWrapper<Changes>,
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

    fn made(module: &Module, frames_max: usize, side: Option<&HostSide>) -> Plugin {
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
            told: Changes::new(),
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
    pub fn told(&self, id: u32) -> Option<f64> {
        let used = self.told.used.get();
        let queue = self.told.queues[..used].iter().find(|queue| queue.id.get() == id)?;
        let points = queue.points.borrow();
        points.last().map(|(_, value)| *value)
    }

    /// Everything before the call itself; may do as it likes.
    pub fn prepare(&mut self, block: &Block) {
        self.changes.clear();
        for (id, offset, value) in &block.points {
            self.changes.queue_of(*id).points.borrow_mut().push((*offset, *value));
        }
        self.told.clear();
        let poison = if block.in_place { None } else { Some(f32::NAN) };
        if let Some(poison) = poison {
            // What the plugin leaves unwritten shows.
            self.output.iter_mut().for_each(|channel| channel[..block.frame_count].fill(poison));
        }
    }

    /// The call, and nothing else: what is guarded.
    pub fn call(&mut self, block: &Block) -> tresult {
        let channels = |buffers: &mut [Vec<f32>; 2]| buffers.each_mut().map(|channel| channel.as_mut_ptr());
        let mut output_channels = channels(&mut self.output);
        let mut input_channels = if block.in_place { output_channels } else { channels(&mut self.input) };
        let mut guide_channels = channels(&mut self.guide);
        if block.null_channels {
            input_channels = [null_mut(); 2];
            output_channels = [null_mut(); 2];
            guide_channels = [null_mut(); 2];
        }
        let bus = |channels: &mut [*mut f32; 2]| AudioBusBuffers {
            numChannels: 2,
            silenceFlags: 0,
            __field0: AudioBusBuffers__type0 { channelBuffers32: channels.as_mut_ptr() },
        };
        let mut inputs = [bus(&mut input_channels), bus(&mut guide_channels)];
        let mut outputs = [bus(&mut output_channels)];
        // SAFETY: as above, a structure of numbers.
        let mut context: ProcessContext = unsafe { std::mem::zeroed() };
        context.sampleRate = self.sample_rate;
        context.tempo = self.tempo;
        context.state = Flags::kTempoValid as u32;
        let frame = match block.position {
            Position::Missing => None,
            Position::Blank => {
                (context.tempo, context.state) = (0.0, 0);
                Some(0)
            }
            Position::Stopped(frame) => Some(frame),
            Position::Playing(frame) => {
                context.state |= Flags::kPlaying as u32;
                Some(frame)
            }
        };
        context.projectTimeSamples = frame.unwrap_or(0);
        if let (Some((numerator, denominator)), Some(frame)) = (self.signature, frame) {
            let beat = frame as f64 / self.sample_rate * self.tempo / 60.0;
            let bar = f64::from(numerator) * 4.0 / f64::from(denominator);
            (context.projectTimeMusic, context.barPositionMusic) = (beat, (beat / bar).floor() * bar);
            (context.timeSigNumerator, context.timeSigDenominator) = (numerator, denominator);
            context.state |= (Flags::kProjectTimeMusicValid | Flags::kBarPositionValid | Flags::kTimeSigValid) as u32;
        }
        if let Some((start, end)) = block.cycle {
            let quarters = |frame: i64| frame as f64 / self.sample_rate * self.tempo / 60.0;
            context.projectTimeMusic = quarters(context.projectTimeSamples);
            (context.cycleStartMusic, context.cycleEndMusic) = (quarters(start), quarters(end));
            context.state |= (Flags::kCycleActive | Flags::kCycleValid | Flags::kProjectTimeMusicValid) as u32;
        }
        let changes = |changes: &ComWrapper<Changes>| {
            changes.as_com_ref::<IParameterChanges>().map_or(null_mut(), |changes| changes.as_ptr())
        };
        let mut data = ProcessData {
            processMode: block.mode,
            symbolicSampleSize: 0,
            numSamples: block.frame_count as i32,
            numInputs: if block.null_inputs {
                0
            } else if block.with_sidechain {
                2
            } else {
                1
            },
            numOutputs: i32::from(!block.null_outputs),
            inputs: if block.null_inputs { null_mut() } else { inputs.as_mut_ptr() },
            outputs: if block.null_outputs { null_mut() } else { outputs.as_mut_ptr() },
            inputParameterChanges: changes(&self.changes),
            outputParameterChanges: changes(&self.told),
            inputEvents: null_mut(),
            outputEvents: null_mut(),
            processContext: if frame.is_none() { null_mut() } else { &mut context },
        };
        // SAFETY: all pointers are to live memory of the lengths that are said.
        self.last_result = unsafe { self.processor.process(&mut data) };
        self.last_result
    }

    /// Prepares and calls; returns the left channel.
    pub fn process(&mut self, block: &Block) -> &[f32] {
        self.prepare(block);
        self.call(block);
        &self.output[0][..block.frame_count]
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

fn text(units: &[u16]) -> String {
    String::from_utf16_lossy(&units.iter().copied().take_while(|unit| *unit != 0).collect::<Vec<_>>())
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
