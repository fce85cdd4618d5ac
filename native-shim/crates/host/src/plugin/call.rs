//! One process call.

use super::Plugin;
use crate::block::{Block, Position};
use crate::objects::Changes;
use std::ptr::null_mut;
use vst3::ComWrapper;
use vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_ as Flags;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;

impl Plugin {
    /// Everything before the call itself; may do as it likes.
    pub fn prepare(&mut self, block: &Block) {
        self.changes.clear();
        for (id, offset, value) in &block.points {
            self.changes.queue_of(*id).points.borrow_mut().push((*offset, *value));
        }
        self.output_changes.clear();
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
            outputParameterChanges: changes(&self.output_changes),
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
}
