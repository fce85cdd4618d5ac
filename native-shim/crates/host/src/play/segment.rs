//! The calls of one segment.

use crate::block::{Block, Position};
use crate::play::inputs;
use crate::plugin::Plugin;
use simmer_host_kit::play::pace::Clock;
use simmer_host_kit::play::parameters::Parameters;
use simmer_host_kit::play::recording::Recording;
use simmer_host_kit::play::report::BlockReport;
use simmer_host_kit::play::scenario::{DirtyOutput, GuideBus, Segment};
use simmer_host_kit::play::touch::Touched;
use simmer_host_kit::play::walk::{Piece, Walk};
use simmer_host_kit::play::{Trouble, check, guide};
use std::path::PathBuf;
use std::time::Duration;

/// What the plugin's read-only parameters have said.
#[derive(Clone, Default)]
pub struct Said {
    pub status: Option<String>,
    pub missed_frames: u64,
}

/// The calls of one segment.
pub struct Calls<'a> {
    pub plugin: &'a mut Plugin,
    /// Parameters in touch mode.
    pub armed: Vec<u32>,
    pub touched: &'a mut Touched,
    pub segment: &'a Segment,
    pub until_file: Option<PathBuf>,
    pub sample_rate: f64,
    pub block_frames_max: usize,
    pub parameters: Parameters,
    /// Ids of Status and Missed frames.
    pub watched: (Option<u32>, Option<u32>),
    pub said: Said,
    pub call_count: usize,
    pub recording: Recording,
    pub blocks: Vec<BlockReport>,
}

impl Calls<'_> {
    pub fn all(&mut self) -> Result<(), Trouble> {
        let mut walk = Walk::new(self.segment, self.block_frames_max);
        let clock = Clock::start(self.segment.pace(), self.sample_rate);
        let mut called_for = 0;
        while let Some(wanted) =
            self.segment.until_status.as_ref().filter(|wanted| self.said.status.as_ref() != Some(*wanted))
        {
            if clock.elapsed() > Duration::from_millis(self.segment.until_millis) {
                let status = self.said.status.as_deref().unwrap_or("not told");
                let why = format!("after {} ms Status is {status} instead of {wanted}", self.segment.until_millis);
                return Err(Trouble::Scenario(why));
            }
            self.call(&walk.next(usize::MAX), &clock, &mut called_for)?;
        }
        while self.recording.frame_count() < self.segment.frame_count {
            let piece = walk.next(self.segment.frame_count - self.recording.frame_count());
            let report = self.call(&piece, &clock, &mut called_for)?;
            for span in piece.spans.iter().filter(|_| inputs::plays(self.segment)) {
                self.recording.place(self.recording.frame_count() + span.offset, span.song_frame, span.frame_count);
            }
            for (channel, heard) in self.recording.channels.iter_mut().zip(&self.plugin.output) {
                match report.without_output {
                    true => channel.resize(channel.len() + piece.frame_count, 0.0),
                    false => channel.extend_from_slice(&heard[..piece.frame_count]),
                }
            }
            self.blocks.push(report);
            if self.until_file.as_ref().is_some_and(|file| file.exists()) {
                break;
            }
        }
        Ok(())
    }

    fn call(&mut self, piece: &Piece, clock: &Clock, called_for: &mut usize) -> Result<BlockReport, Trouble> {
        // What a hand does gives way to a lane that is read.
        let mut points = self.touched.points(&self.plugin.gestures, &self.armed, self.segment, piece);
        points.extend(self.parameters.points(self.segment, piece));
        let block = inputs::block(self.segment, piece, self.call_count, points);
        self.call_count += 1;
        let empty_every = self.segment.abuse.empty_block_every;
        if empty_every > 0 && self.call_count.is_multiple_of(empty_every) {
            self.call_of_nothing(&block);
        }
        self.prepare(&block, piece, *called_for);
        let inputs_before = self.input_marks();
        clock.wait(*called_for);
        let called = clock.elapsed();
        let result = self.plugin.call(&block);
        let took = clock.elapsed() - called;
        *called_for += piece.frame_count;
        let late = clock.lateness(*called_for);
        self.listen();
        let without_output = block.null_outputs || block.null_channels;
        let at = || format!("call {} (song frame {}): ", self.call_count - 1, piece.song_frame);
        if !without_output {
            for (index, channel) in self.plugin.output.iter().enumerate() {
                if let Some(fault) = check::fault(channel, piece.frame_count) {
                    return Err(Trouble::Plugin(format!("{}channel {index}: {fault}", at())));
                }
            }
        }
        if self.input_marks() != inputs_before {
            return Err(Trouble::Plugin(format!("{}it writes to its inputs", at())));
        }
        Ok(BlockReport {
            song_frame: inputs::says_positions(self.segment).then_some(piece.song_frame),
            frame_count: piece.frame_count,
            called_micros: called.as_micros() as u64,
            took_micros: took.as_micros() as u64,
            late_micros: late.as_micros() as u64,
            failed: result != 0,
            without_output,
            status: self.said.status.clone(),
            missed_frames: self.said.missed_frames,
        })
    }

    /// A call by which some hosts deliver values without processing.
    fn call_of_nothing(&mut self, block: &Block) {
        let mut empty = Block { frame_count: 0, null_inputs: true, null_outputs: true, ..block.clone() };
        empty.points.retain(|(_, offset, _)| *offset == 0);
        self.plugin.prepare(&empty);
        self.plugin.call(&empty);
        self.listen();
    }

    /// Buffers and points as the plugin shall find them.
    fn prepare(&mut self, block: &Block, piece: &Piece, elapsed: usize) {
        let elapsed = if matches!(block.position, Position::Stopped(_)) { elapsed as i64 } else { 0 };
        let abuse = self.segment.abuse;
        let before = (abuse.dirty_output == DirtyOutput::Previous).then(|| self.plugin.output.clone());
        self.plugin.prepare(block);
        if let Some(spec) = &self.segment.guide {
            let rate = self.sample_rate;
            match spec.bus {
                GuideBus::Sidechain => guide::fill(spec, rate, piece, elapsed, &mut self.plugin.guide),
                GuideBus::Input if block.in_place => guide::fill(spec, rate, piece, elapsed, &mut self.plugin.output),
                GuideBus::Input => guide::fill(spec, rate, piece, elapsed, &mut self.plugin.input),
            }
        }
        let is_input = self.segment.guide.is_some_and(|guide| guide.bus == GuideBus::Input);
        for (index, channel) in self.plugin.output.iter_mut().enumerate() {
            let written = &mut channel[..block.frame_count];
            match abuse.dirty_output {
                _ if block.in_place && is_input => {}
                _ if block.in_place => written.fill(0.0),
                DirtyOutput::Marked => written.fill(f32::from_bits(check::UNWRITTEN)),
                DirtyOutput::Loud => written.fill(-1e9),
                DirtyOutput::Previous => {
                    if let Some(before) = &before {
                        written.copy_from_slice(&before[index][..block.frame_count]);
                    }
                }
            }
            check::mark_behind(channel, block.frame_count);
        }
    }

    /// Changes whenever an input buffer does.
    fn input_marks(&self) -> u64 {
        let buffers = self.plugin.input.iter().chain(&self.plugin.guide);
        buffers.flatten().fold(0, |mark: u64, value| mark.rotate_left(5) ^ u64::from(value.to_bits()))
    }

    /// Takes note of what the plugin has just told.
    fn listen(&mut self) {
        if let Some((id, value)) = self.watched.0.and_then(|id| Some((id, self.plugin.reported(id)?))) {
            self.said.status = Some(self.plugin.shown(id, value));
        }
        if let Some((id, value)) = self.watched.1.and_then(|id| Some((id, self.plugin.reported(id)?))) {
            self.said.missed_frames = self.plugin.plain(id, value).round() as u64;
        }
    }
}
