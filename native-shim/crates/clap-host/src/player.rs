//! An instance on its audio thread, with its buffers.

use crate::block::{Block, Width};
use crate::daw::Daw;
use crate::events::{Given, OutputEvents, Step};
use clack_host::process::{PluginAudioProcessor, StoppedPluginAudioProcessor};
use clap_sys::audio_buffer::clap_audio_buffer;
use clap_sys::ext::params::{CLAP_EXT_PARAMS, clap_plugin_params};
use clap_sys::plugin::clap_plugin;
use clap_sys::process::{clap_process, clap_process_status};
use std::ptr::{null, null_mut};

/// Frames of the buffers.
const FRAMES_MAX: usize = 20_000;

/// The processing side of an instance. It may be moved to another thread, as hosts do.
pub struct Player {
    processor: PluginAudioProcessor<Daw>,
    given: Given,
    output_events: OutputEvents,
    /// Main input, guide and output, two channels each.
    pub input: [Vec<f32>; 2],
    pub guide: [Vec<f32>; 2],
    pub output: [Vec<f32>; 2],
    wide: [Vec<f64>; 2],
    pub last_status: clap_process_status,
    pub last_constant_mask: u64,
}

impl Player {
    pub(crate) fn new(processor: StoppedPluginAudioProcessor<Daw>) -> Player {
        let buffers = || [vec![0.0; FRAMES_MAX], vec![0.0; FRAMES_MAX]];
        Player {
            processor: processor.into(),
            given: Given::default(),
            output_events: OutputEvents::new(),
            input: buffers(),
            guide: buffers(),
            output: buffers(),
            wide: [vec![0.0; FRAMES_MAX], vec![0.0; FRAMES_MAX]],
            last_status: 0,
            last_constant_mask: 0,
        }
    }

    pub(crate) fn into_processor(self) -> StoppedPluginAudioProcessor<Daw> {
        self.processor.into_stopped()
    }

    /// clack's own process calls, buffers and events.
    pub fn processor(&mut self) -> &mut PluginAudioProcessor<Daw> {
        &mut self.processor
    }

    /// Stops and starts processing.
    pub fn pause(&mut self) {
        self.processor.ensure_processing_stopped();
        self.processor.start_processing().unwrap();
    }

    /// What the plugin said of a read-only parameter in the last call.
    pub fn reported(&self, id: u32) -> Option<f64> {
        self.output_events.last(id)
    }

    /// Everything that the plugin reported in the last call.
    pub fn reported_steps(&self) -> &[Step] {
        self.output_events.steps()
    }

    /// 64-bit output, as far as it was written.
    pub fn wide_output(&self) -> &[Vec<f64>; 2] {
        &self.wide
    }

    /// Everything before the call itself; may do as it likes.
    pub fn prepare(&mut self, block: &Block) {
        self.processor.ensure_processing_started().unwrap();
        self.given.fill(&block.events);
        self.output_events.clear();
        if !block.in_place {
            // What the plugin leaves unwritten shows.
            self.output.iter_mut().for_each(|channel| channel[..block.frame_count].fill(f32::NAN));
            self.wide.iter_mut().for_each(|channel| channel[..block.frame_count].fill(f64::NAN));
        }
    }

    /// The call, and nothing else: what is guarded.
    pub fn call(&mut self, block: &Block) -> clap_process_status {
        let raw: *const clap_plugin = self.processor.shared_plugin_handle().as_raw_ptr();
        let channels = |buffers: &mut [Vec<f32>; 2]| buffers.each_mut().map(|channel| channel.as_mut_ptr());
        let mut output = channels(&mut self.output);
        let mut input = if block.in_place { output } else { channels(&mut self.input) };
        let mut guide = channels(&mut self.guide);
        let mut wide = self.wide.each_mut().map(|channel| channel.as_mut_ptr());
        if block.null_channels {
            (input, output, guide) = ([null_mut(); 2], [null_mut(); 2], [null_mut(); 2]);
        }
        let is_wide = block.width == Width::Float64;
        let mut port = |channels: &mut [*mut f32; 2]| clap_audio_buffer {
            data32: if is_wide { null_mut() } else { channels.as_mut_ptr() },
            data64: if is_wide { wide.as_mut_ptr() } else { null_mut() },
            channel_count: 2,
            latency: 0,
            constant_mask: block.constant_mask,
        };
        let inputs = [port(&mut input), port(&mut guide)];
        let mut outputs = [port(&mut output)];
        let transport = block.place.map(|place| place.event(0));
        let (given, reported) = (self.given.list(), self.output_events.list());
        let process = clap_process {
            steady_time: -1,
            frames_count: block.frame_count as u32,
            transport: transport.as_ref().map_or(null(), |transport| transport),
            audio_inputs: if block.null_inputs { null() } else { inputs.as_ptr() },
            audio_outputs: if block.null_outputs { null_mut() } else { outputs.as_mut_ptr() },
            audio_inputs_count: match block {
                Block { null_inputs: true, .. } => 0,
                Block { with_sidechain: true, .. } => 2,
                _ => 1,
            },
            audio_outputs_count: u32::from(!block.null_outputs),
            in_events: if block.null_events { null() } else { &given },
            out_events: if block.null_events { null() } else { &reported },
        };
        // SAFETY: the plugin is active and processing, and all pointers are to live memory of the lengths that are said.
        self.last_status = unsafe { (*raw).process.unwrap()(raw, &process) };
        self.last_constant_mask = outputs[0].constant_mask;
        self.last_status
    }

    /// Sets the values of the block that was prepared last, without a process call.
    pub fn flush(&mut self) {
        let raw: *const clap_plugin = self.processor.shared_plugin_handle().as_raw_ptr();
        let (given, reported) = (self.given.list(), self.output_events.list());
        // SAFETY: the plugin is active, this is its audio thread, and the lists live through the call.
        unsafe {
            let params = (*raw).get_extension.unwrap()(raw, CLAP_EXT_PARAMS.as_ptr());
            (*params.cast::<clap_plugin_params>()).flush.unwrap()(raw, &given, &reported);
        }
    }

    /// Prepares and calls; returns the left channel.
    pub fn process(&mut self, block: &Block) -> &[f32] {
        self.prepare(block);
        self.call(block);
        &self.output[0][..block.frame_count]
    }
}
