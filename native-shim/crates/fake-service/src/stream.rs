//! One stream of a shim: epochs, playback ahead of it, preludes, revisions.

use crate::behaviour::Behaviour;
use crate::render::{render_block, revised};
use crate::seen::{Inner, Seen};
use crate::spoil::spoil;
use simmer_link::wire::render_request::Event as Request;
use simmer_link::wire::render_response::Event as Response;
use simmer_link::wire::{
    Chunk, Heartbeat, Opened, ParameterEdit, ProcessBlock, RenderRequest, RenderResponse, StartEpoch, Takes,
};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tonic::{Status, Streaming};

type Out = mpsc::Sender<Result<RenderResponse, Status>>;

struct Epoch {
    start: StartEpoch,
    /// Where the next chunk begins.
    next: i64,
    revision: u32,
    /// Blocks that play, so far.
    blocks: u64,
}

/// What was sent of the epoch that comes next if the loop wraps.
struct Prelude {
    epoch: u32,
    root: i64,
    end: i64,
    seed: u32,
    start_mode: i32,
}

pub struct Stream {
    inner: Arc<Inner>,
    out: Out,
    epoch: Option<Epoch>,
    prelude: Option<Prelude>,
    chunks: u64,
}

impl Stream {
    pub fn new(inner: Arc<Inner>, out: Out) -> Stream {
        Stream { inner, out, epoch: None, prelude: None, chunks: 0 }
    }

    fn behaviour(&self) -> Behaviour {
        self.inner.behaviour.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Serves until one side has had enough.
    pub async fn serve(mut self, mut inbound: Streaming<RenderRequest>) -> Option<()> {
        loop {
            let flooding = self.behaviour().flood && self.epoch.as_ref().is_some_and(|epoch| !epoch.start.offline);
            tokio::select! {
                biased;
                message = inbound.message() => self.on_request(message.ok()??.event?).await?,
                () = tokio::time::sleep(Duration::from_millis(500)), if !flooding => {
                    if !self.behaviour().mute {
                        self.send(Response::Heartbeat(Heartbeat { sent_nanos: 1, echoed_nanos: 0 })).await?;
                    }
                }
                () = std::future::ready(()), if flooding => {
                    self.play_up_to(i64::MAX, 4096).await?;
                    tokio::task::yield_now().await;
                }
            }
        }
    }

    async fn send(&self, event: Response) -> Option<()> {
        self.out.send(Ok(RenderResponse { event: Some(event) })).await.ok()
    }

    async fn on_request(&mut self, request: Request) -> Option<()> {
        let behaviour = self.behaviour();
        self.note(|seen| seen.messages += 1);
        match request {
            Request::Open(open) => {
                self.note(|seen| seen.opens.push(open));
                if let Some(failure) = behaviour.fails_open {
                    self.send(Response::Failure(failure)).await?;
                    return None;
                }
                let opened = Opened {
                    protocol_version: behaviour.protocol_version,
                    model: "formula".into(),
                    model_digest: "0".repeat(64),
                    model_rate_hz: 16_000,
                    channel_count: behaviour.channel_count,
                    lookahead_frames: behaviour.lookahead_frames,
                    missing_model: behaviour.missing_model,
                    temperature_useful_low: 0.6,
                    temperature_useful_high: 1.2,
                    temperature_default: 0.95,
                    artists: Vec::new(),
                    genres: Vec::new(),
                };
                self.send(Response::Opened(opened)).await?;
                for (sequence_number, (parameter_id, phase, value)) in (1..).zip(behaviour.edits) {
                    let edit = ParameterEdit { sequence_number, parameter_id, phase: phase as i32, value };
                    self.send(Response::Edit(edit)).await?;
                }
                Some(())
            }
            Request::StartEpoch(start) => {
                self.note(|seen| seen.starts.push(start));
                self.on_start(start);
                if behaviour.takes.is_empty() {
                    return Some(());
                }
                self.send(Response::Takes(Takes { recipe: behaviour.takes })).await
            }
            Request::Block(block) => {
                self.note(|seen| seen.blocks.push(block.clone()));
                if behaviour.mute || behaviour.idle {
                    return Some(());
                }
                self.on_block(&block, &behaviour).await
            }
            Request::Report(report) => {
                self.note(|seen| seen.reports.push(report));
                Some(())
            }
            Request::Instance(state) => {
                self.note(|seen| seen.instances.push(state));
                Some(())
            }
            Request::Heartbeat(_) => Some(()),
        }
    }

    fn on_start(&mut self, start: StartEpoch) {
        let mut next = start.resume_frame.max(start.root_frame).max(0);
        let is_it = |prelude: &Prelude| {
            (prelude.epoch, prelude.root, prelude.seed, prelude.start_mode)
                == (start.epoch, start.root_frame, start.seed, start.start_mode)
        };
        if let Some(prelude) = self.prelude.take().filter(|prelude| !start.offline && is_it(prelude)) {
            next = prelude.end;
            self.note(|seen| seen.preludes_played.push((prelude.epoch, prelude.root)));
        }
        self.epoch = Some(Epoch { start, next, revision: 0, blocks: 0 });
    }

    async fn on_block(&mut self, block: &ProcessBlock, behaviour: &Behaviour) -> Option<()> {
        let Some(epoch) = self.epoch.as_mut().filter(|epoch| epoch.start.epoch == block.epoch) else { return Some(()) };
        let end = block.start_frame + i64::from(block.frame_count);
        if !epoch.start.offline {
            epoch.blocks += u64::from(block.playing);
            let due = behaviour.revise.filter(|revise| block.playing && epoch.blocks % revise.every_blocks == 0);
            if let Some(revise) = due {
                epoch.revision += 1;
                epoch.next = (end + revise.ahead_frames).clamp(epoch.start.root_frame.max(0), epoch.next);
                let splice = (epoch.start.epoch, epoch.revision, epoch.next);
                self.note(|seen| seen.splices.push(splice));
            }
            self.send_prelude(block, behaviour).await?;
            let from = if block.playing { end } else { block.start_frame };
            return self.play_up_to(from + i64::from(behaviour.lookahead_frames), usize::MAX).await;
        }
        if !behaviour.delay.is_zero() {
            tokio::time::sleep(behaviour.delay).await;
        }
        let skip = usize::try_from(epoch.next - block.start_frame).unwrap_or(0);
        let frames = render_block(epoch.start.seed, block);
        let wanted = frames.get(skip..).unwrap_or(&[]).to_vec();
        if end > 0 && !wanted.is_empty() {
            self.chunk(wanted).await?;
        }
        Some(())
    }

    /// The loop's beginning, once it is near. Nothing beyond the loop's end is needed, and it is sent all the same: the
    /// shim is told of it, and must know by itself where the host has wrapped.
    async fn send_prelude(&mut self, block: &ProcessBlock, behaviour: &Behaviour) -> Option<()> {
        let (root, loop_end) = (block.loop_start_frame, block.loop_end_frame);
        let end = block.start_frame + i64::from(block.frame_count);
        let is_near = root < loop_end && end <= loop_end && loop_end - end <= i64::from(behaviour.lookahead_frames);
        let Some(start) = self.epoch.as_ref().map(|epoch| epoch.start) else { return Some(()) };
        let epoch = start.epoch + 1;
        let is_there = self.prelude.as_ref().is_some_and(|prelude| (prelude.epoch, prelude.root) == (epoch, root));
        if behaviour.prelude_frames <= 0 || !is_near || is_there || root < 0 {
            return Some(());
        }
        let mut at = root;
        while at < root + behaviour.prelude_frames {
            let count = (root + behaviour.prelude_frames - at).min(1024);
            let frames: Vec<_> = (at..at + count).map(|frame| [revised(start.seed, frame, 0); 2]).collect();
            let chunk = Chunk {
                epoch,
                start_frame: at,
                frame_count: frames.len() as i32,
                pcm: pcm(&frames, behaviour.channel_count as usize),
                prelude: true,
                prelude_root: root,
                ..Chunk::default()
            };
            self.send(Response::Chunk(chunk)).await?;
            at += count;
        }
        self.prelude = Some(Prelude { epoch, root, end: at, seed: start.seed, start_mode: start.start_mode });
        self.note(|seen| seen.preludes.push((epoch, root)));
        Some(())
    }

    /// Playback: the formula alone, in chunks of 1024, at most `frames_max` of them.
    async fn play_up_to(&mut self, to: i64, frames_max: usize) -> Option<()> {
        let mut sent = 0;
        while let Some(epoch) = self.epoch.as_ref().filter(|epoch| epoch.next < to && sent < frames_max) {
            let count = (to - epoch.next).min(1024);
            let frames = (epoch.next..epoch.next + count)
                .map(|frame| [revised(epoch.start.seed, frame, epoch.revision); 2])
                .collect();
            self.chunk(frames).await?;
            sent += count as usize;
        }
        Some(())
    }

    async fn chunk(&mut self, frames: Vec<[f32; 2]>) -> Option<()> {
        let behaviour = self.behaviour();
        if behaviour.die_after_chunks.is_some_and(|chunks| self.chunks >= chunks) {
            self.inner.behaviour.lock().unwrap_or_else(PoisonError::into_inner).die_after_chunks = None;
            return None;
        }
        let epoch = self.epoch.as_mut()?;
        let channel_count = behaviour.channel_count as usize;
        let mut chunk = Chunk {
            epoch: epoch.start.epoch,
            start_frame: epoch.next,
            frame_count: frames.len() as i32,
            pcm: pcm(&frames, channel_count),
            revision: epoch.revision,
            ..Chunk::default()
        };
        epoch.next += frames.len() as i64;
        self.chunks += 1;
        if let Some(hostile) = behaviour.hostile.filter(|_| self.chunks == 3) {
            spoil(&mut chunk, hostile);
        }
        self.send(Response::Chunk(chunk)).await
    }
}

fn pcm(frames: &[[f32; 2]], channel_count: usize) -> Vec<u8> {
    frames.iter().flat_map(|frame| frame.iter().take(channel_count).flat_map(|v| v.to_le_bytes())).collect()
}
