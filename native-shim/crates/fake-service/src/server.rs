//! The service itself: one thread, one loopback port, one discovery file.

use crate::behaviour::{Behaviour, Hostile};
use crate::render::{render_block, revised};
use simmer_link::wire::render_request::Event as Request;
use simmer_link::wire::render_response::Event as Response;
use simmer_link::wire::render_service_server::{RenderService, RenderServiceServer};
use simmer_link::wire::{
    Chunk, Heartbeat, Opened, ParameterEdit, ProcessBlock, RenderRequest, RenderResponse, StartEpoch, Takes,
};
use simmer_link::{Role, prove, verify};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::{ReceiverStream, TcpListenerStream};
use tonic::{Status, Streaming};

type Out = mpsc::Sender<Result<RenderResponse, Status>>;

/// Everything shims said, in order.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    pub opens: Vec<simmer_link::wire::Open>,
    pub starts: Vec<StartEpoch>,
    pub blocks: Vec<ProcessBlock>,
    pub reports: Vec<simmer_link::wire::ShimReport>,
    pub instances: Vec<simmer_link::wire::InstanceState>,
    pub refused: u64,
    /// Splices of the revisions that were sent, as (epoch, revision, first frame).
    pub splices: Vec<(u32, u32, i64)>,
    /// Preludes that were sent, as (epoch, root), and those of them that the next epoch began with.
    pub preludes: Vec<(u32, i64)>,
    pub preludes_played: Vec<(u32, i64)>,
}

struct Inner {
    behaviour: Mutex<Behaviour>,
    seen: Mutex<Seen>,
    token: String,
}

/// Ends when dropped; its file goes with it.
pub struct FakeService {
    inner: Arc<Inner>,
    folder: PathBuf,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl FakeService {
    /// Starts in that runtime folder.
    pub fn start(folder: &Path, behaviour: Behaviour) -> std::io::Result<FakeService> {
        let token = "fake-token-".to_owned() + &simmer_link::nonce().unwrap_or_default();
        let inner = Arc::new(Inner { behaviour: Mutex::new(behaviour), seen: Mutex::default(), token: token.clone() });
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let served = inner.clone();
        let thread = std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
            runtime.block_on(async {
                let Ok(listener) = TcpListener::bind("127.0.0.1:0").await else { return };
                let _ = ready.send(listener.local_addr());
                let service = RenderServiceServer::new(Service(served));
                let serving = tonic::transport::Server::builder()
                    .add_service(service)
                    .serve_with_incoming(TcpListenerStream::new(listener));
                tokio::select! {
                    _ = serving => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        });
        let address = is_ready.recv().map_err(std::io::Error::other)??;
        let json = format!(r#"{{"version":1,"pid":{},"grpc":"{address}","token":"{token}"}}"#, std::process::id());
        write_private(folder, &json)?;
        Ok(FakeService { inner, folder: folder.to_owned(), stop: Some(stop), thread: Some(thread) })
    }

    pub fn set(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.inner.behaviour.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub fn seen(&self) -> Seen {
        self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for FakeService {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(self.folder.join("service.json"));
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn write_private(folder: &Path, json: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let (fresh, path) = (folder.join("service.json.new"), folder.join("service.json"));
    std::fs::write(&fresh, json)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
        std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(0o600))?;
    }
    std::fs::rename(fresh, path)
}

struct Service(Arc<Inner>);

#[tonic::async_trait]
impl RenderService for Service {
    type RenderStream = ReceiverStream<Result<RenderResponse, Status>>;

    async fn render(
        &self,
        request: tonic::Request<Streaming<RenderRequest>>,
    ) -> Result<tonic::Response<Self::RenderStream>, Status> {
        let header = |name: &str| request.metadata().get(name).and_then(|v| v.to_str().ok()).unwrap_or("").to_owned();
        let (nonce, proof) = (header("simmer-nonce"), header("simmer-proof"));
        if nonce.len() != 64 || !verify(&self.0.token, Role::Client, &nonce, &proof) {
            self.0.seen.lock().unwrap_or_else(PoisonError::into_inner).refused += 1;
            return Err(Status::unauthenticated("no proof"));
        }
        let wrong = self.0.behaviour.lock().unwrap_or_else(PoisonError::into_inner).wrong_proof;
        let token = if wrong { "another token, and a long one" } else { &self.0.token };
        let own = prove(token, Role::Service, &nonce).unwrap_or_default();
        let (out, receiver) = mpsc::channel(16);
        let inbound = request.into_inner();
        let inner = self.0.clone();
        tokio::spawn(async move { Stream { inner, out, epoch: None, prelude: None, chunks: 0 }.serve(inbound).await });
        let mut response = tonic::Response::new(ReceiverStream::new(receiver));
        let own = own.parse().map_err(|_| Status::internal("proof"))?;
        response.metadata_mut().insert("simmer-proof", own);
        Ok(response)
    }
}

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

struct Stream {
    inner: Arc<Inner>,
    out: Out,
    epoch: Option<Epoch>,
    prelude: Option<Prelude>,
    chunks: u64,
}

impl Stream {
    fn behaviour(&self) -> Behaviour {
        self.inner.behaviour.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut self.inner.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    async fn serve(mut self, mut inbound: Streaming<RenderRequest>) -> Option<()> {
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

fn spoil(chunk: &mut Chunk, hostile: Hostile) {
    let fill = |chunk: &mut Chunk, values: [f32; 2]| {
        chunk.pcm = values.iter().cycle().take(chunk.pcm.len() / 4).flat_map(|v| v.to_le_bytes()).collect();
    };
    match hostile {
        Hostile::NotFinite => fill(chunk, [f32::NAN, f32::INFINITY]),
        Hostile::Loud => fill(chunk, [1e30, -1e30]),
        Hostile::WrongLength => chunk.frame_count += 1,
        Hostile::WrongEpoch => chunk.epoch += 1000,
        Hostile::OldEpoch => chunk.epoch = chunk.epoch.saturating_sub(1),
        Hostile::Shifted => chunk.start_frame += 7,
        Hostile::Reordered => chunk.start_frame += 1_000_000,
        Hostile::Negative => chunk.start_frame = i64::MIN,
        Hostile::Huge => chunk.pcm = vec![0u8; 8 << 20],
        Hostile::Back => chunk.start_frame = (chunk.start_frame - 64).max(0),
        Hostile::BeyondDelivered => {
            chunk.frame_count += 64;
            let mut pcm = chunk.pcm.to_vec();
            pcm.resize(pcm.len() + 64 * pcm.len() / (chunk.frame_count as usize - 64), 0);
            chunk.pcm = pcm;
        }
    }
}
