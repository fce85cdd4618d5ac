//! One instance of the plugin under test.

use crate::block::{Block, Position};
use crate::module::Module;
use crate::objects::{Changes, Stream};
use std::ptr::null_mut;
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
}

// SAFETY: VST3 objects may be called from other threads by their rules; tests move the whole host to one at a time.
unsafe impl Send for Plugin {}

impl Plugin {
    pub fn new(module: &Module) -> Plugin {
        Plugin::with_buffers(module, FRAMES_MAX)
    }

    /// An instance whose calls are never longer than that many frames.
    pub fn with_buffers(module: &Module, frames_max: usize) -> Plugin {
        let factory = module.factory();
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
        // SAFETY: no host object is given, which the plugin must bear.
        unsafe {
            assert_eq!(component.initialize(null_mut()), kResultOk);
            assert_eq!(controller.initialize(null_mut()), kResultOk);
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
        }
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

fn text(units: &[u16]) -> String {
    String::from_utf16_lossy(&units.iter().copied().take_while(|unit| *unit != 0).collect::<Vec<_>>())
}

impl Drop for Plugin {
    fn drop(&mut self) {
        self.stop();
        // SAFETY: the plugin's own objects, in the order VST3 asks for.
        unsafe {
            self.controller.terminate();
            self.component.terminate();
        }
    }
}
