//! One stream to one service, from `open` to its end.

use crate::acceptance::Verdict;
use crate::chunk;
use crate::config::LinkConfig;
use crate::control::{Control, RETRY};
use crate::convert::{failed, instance_state, other_version, report, take_edit, to_wire};
use crate::discovery::ServiceAddress;
use crate::ended::Ended;
use crate::log::Log;
use crate::plumbing::Plumbing;
use crate::proof::{self, Role};
use crate::wire;
use crate::wire::render_request::Event as Request;
use crate::wire::render_response::Event as Response;
use crate::wire::render_service_client::RenderServiceClient;
use simmer_core::limits::TAKES_BYTES_MAX;
use simmer_core::{Labels, LinkStatus, MissesKnown, ServiceWords};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::Endpoint;

const CONNECT_MAX: Duration = Duration::from_secs(2);
/// From the call to the proof.
const ANSWER_MAX: Duration = Duration::from_secs(4);
/// A side that has sent nothing else for this long sends a heartbeat.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// A side that has received nothing for this long closes the stream.
const SILENCE_MAX: Duration = Duration::from_secs(4);
/// How long a service may take to say farewell.
const FAREWELL_MAX: Duration = Duration::from_millis(300);
const REPORT: Duration = Duration::from_millis(250);
/// Between two messages of what a page shows of the instance.
const INSTANCE: Duration = Duration::from_millis(50);
/// Cells that wait for room in the audio queue; beyond it nothing more is read from the service.
const CELLS_WAITING_MAX: usize = 1024;

/// Speaks with a service until one side has had enough. [link-thread]
pub async fn run(
    plumbing: &mut Plumbing,
    control: &mut watch::Receiver<Control>,
    config: &LinkConfig,
    service: &ServiceAddress,
    log: &mut Log,
) -> Ended {
    let (sender, receiver) = mpsc::channel::<wire::RenderRequest>(64);
    let opening = open(service, receiver);
    tokio::pin!(opening);
    let mut inbound = loop {
        plumbing.pump();
        log.given_up(&plumbing.shared);
        tokio::select! {
            opened = &mut opening => match opened {
                Ok(inbound) => break inbound,
                Err(ended) => return ended,
            },
            _ = control.changed() => return Ended::Asked,
            () = plumbing.waker.woken() => {}
            () = sleep(plumbing.look_after()) => {}
        }
    };
    // Not before the service has proved that it knows the token: `open` has the song's recipe and the host's name.
    let (takes, takes_load_count) = plumbing.shared.song.takes_to_open();
    let first = wire::RenderRequest { event: Some(Request::Open(config.to_open(takes))) };
    if sender.try_send(first).is_err() {
        return Ended::Lost("the stream could not be opened".into());
    }
    let mut stream = Stream {
        sender,
        channel_count: 0,
        takes_load_count,
        opened_at: Instant::now(),
        sent_at: Instant::now(),
        received_at: Instant::now(),
        reported_at: Instant::now(),
        reported: None,
        misses: MissesKnown::default(),
        shown_at: None,
        shown: None,
        echo: 0,
        not_finite: 0,
    };
    loop {
        plumbing.pump();
        log.given_up(&plumbing.shared);
        if let Err(ended) = stream.keep_time(plumbing) {
            return ended;
        }
        let is_open = stream.channel_count != 0;
        tokio::select! {
            biased;
            _ = control.changed() => {
                let stops = control.borrow().stop;
                return if stops { Ended::Asked } else { stream.leave(plumbing, &mut inbound, log).await };
            }
            // Where the other end is closed, what it said last says why.
            permit = stream.sender.clone().reserve_owned(),
                if is_open && !stream.sender.is_closed() && plumbing.book.has_outgoing() =>
            {
                if let Ok(permit) = permit && let Some(outgoing) = plumbing.book.next_outgoing() {
                    permit.send(to_wire(outgoing));
                    stream.sent_at = Instant::now();
                }
            }
            received = inbound.message(), if plumbing.waiting.len() < CELLS_WAITING_MAX => match received {
                Ok(Some(message)) => if let Err(ended) = stream.on_message(plumbing, message, log) { return ended },
                // One that closes stream after stream is asked no oftener than one that is not there.
                Ok(None) if is_open && stream.opened_at.elapsed() >= RETRY => return Ended::Renewed,
                Ok(None) => return Ended::Lost("the service has closed the stream".into()),
                Err(status) => return Ended::Lost(format!("{:?}: {}", status.code(), status.message())),
            },
            () = plumbing.waker.woken() => {}
            () = sleep(plumbing.look_after()) => {}
        }
    }
}

/// Connects, proves, and has the service prove. The call's headers carry the proof alone; its first message waits for theirs.
async fn open(
    service: &ServiceAddress,
    receiver: mpsc::Receiver<wire::RenderRequest>,
) -> Result<tonic::Streaming<wire::RenderResponse>, Ended> {
    let lost = |why: &str| Ended::Lost(format!("{why} ({})", service.address));
    let endpoint = Endpoint::from_shared(format!("http://{}", service.address))
        .map_err(|_| lost("the address is no address"))?
        .connect_timeout(CONNECT_MAX)
        .tcp_nodelay(true);
    let channel = timeout(CONNECT_MAX, endpoint.connect())
        .await
        .map_err(|_| lost("nothing answers"))?
        .map_err(|_| lost("nothing listens"))?;
    let nonce = proof::nonce().ok_or_else(|| lost("the system has no entropy"))?;
    let own = proof::prove(&service.token, Role::Client, &nonce).ok_or_else(|| lost("the token is unusable"))?;
    let mut request = tonic::Request::new(ReceiverStream::new(receiver));
    for (name, value) in [("simmer-nonce", &nonce), ("simmer-proof", &own)] {
        let value = value.parse().map_err(|_| lost("a proof is no header"))?;
        request.metadata_mut().insert(name, value);
    }
    let mut client = RenderServiceClient::new(channel)
        .max_decoding_message_size(wire::MESSAGE_BYTES_MAX)
        .max_encoding_message_size(wire::MESSAGE_BYTES_MAX);
    let response = timeout(ANSWER_MAX, client.render(request))
        .await
        .map_err(|_| lost("the service does not answer"))?
        .map_err(|status| lost(&format!("{:?}: {}", status.code(), status.message())))?;
    let theirs = response.metadata().get("simmer-proof").and_then(|value| value.to_str().ok()).unwrap_or("");
    if !proof::verify(&service.token, Role::Service, &nonce, theirs) {
        return Err(Ended::Failed {
            why: format!("what listens at {} cannot prove that it is the service", service.address),
            permanent: false,
        });
    }
    Ok(response.into_inner())
}

struct Stream {
    sender: mpsc::Sender<wire::RenderRequest>,
    /// 0 before `opened`.
    channel_count: usize,
    /// Which takes the stream was opened with.
    takes_load_count: u32,
    opened_at: Instant,
    sent_at: Instant,
    received_at: Instant,
    reported_at: Instant,
    reported: Option<wire::ShimReport>,
    /// Of the audio that was missing, what this service knows.
    misses: MissesKnown,
    shown_at: Option<Instant>,
    shown: Option<wire::InstanceState>,
    echo: i64,
    not_finite: u64,
}

impl Stream {
    /// Says that nothing more will come, and takes in what the service still has to send: the takes of what was played last.
    async fn leave(
        self,
        plumbing: &mut Plumbing,
        inbound: &mut tonic::Streaming<wire::RenderResponse>,
        log: &mut Log,
    ) -> Ended {
        let Stream { sender, .. } = self;
        let (closed, _) = mpsc::channel(1);
        drop(sender);
        let mut listening = Stream { sender: closed, ..self };
        let until = Instant::now() + FAREWELL_MAX;
        while let Ok(Ok(Some(message))) = timeout_at(until, inbound.message()).await {
            let is_takes = matches!(message.event, Some(Response::Takes(_)));
            if is_takes && listening.on_message(plumbing, message, log).is_err() {
                break;
            }
        }
        Ended::Asked
    }

    /// Heartbeats, reports and deadlines.
    fn keep_time(&mut self, plumbing: &Plumbing) -> Result<(), Ended> {
        if plumbing.waiting.len() >= CELLS_WAITING_MAX {
            self.received_at = Instant::now(); // It is this side that does not listen.
        }
        if self.received_at.elapsed() > SILENCE_MAX {
            return Err(Ended::Lost("the service is silent".into()));
        }
        if plumbing.book.is_choked() {
            return Err(Ended::Lost("the service does not read".into()));
        }
        if self.channel_count != 0 && self.reported_at.elapsed() >= REPORT {
            self.reported_at = Instant::now();
            let mut misses = self.misses;
            let report = report(&plumbing.shared, &mut misses);
            // Without what is only ever new: what stays is compared.
            let lasting = wire::ShimReport { peak: 0.0, missed: Vec::new(), ..report.clone() };
            let is_new = report.peak != 0.0 || !report.missed.is_empty() || self.reported.as_ref() != Some(&lasting);
            if is_new && self.send(Request::Report(report)) {
                (self.reported, self.misses) = (Some(lasting), misses);
            }
        }
        if self.channel_count != 0 && self.shown_at.is_none_or(|at| at.elapsed() >= INSTANCE) {
            let state = instance_state(&plumbing.shared, &plumbing.edits);
            if self.shown.as_ref() != Some(&state) && self.send(Request::Instance(state.clone())) {
                (self.shown_at, self.shown) = (Some(Instant::now()), Some(state));
            }
        }
        if self.sent_at.elapsed() >= HEARTBEAT {
            let beat = wire::Heartbeat { sent_nanos: plumbing.shared.now(), echoed_nanos: self.echo };
            self.send(Request::Heartbeat(beat));
        }
        Ok(())
    }

    /// Sends what may also be left out: a full queue is as good as a heartbeat. Whether it is sent.
    fn send(&mut self, event: Request) -> bool {
        let is_sent = self.sender.try_send(wire::RenderRequest { event: Some(event) }).is_ok();
        if is_sent {
            self.sent_at = Instant::now();
        }
        is_sent
    }

    fn on_message(
        &mut self,
        plumbing: &mut Plumbing,
        message: wire::RenderResponse,
        log: &mut Log,
    ) -> Result<(), Ended> {
        let broken = |why: &str| Ended::Failed { why: format!("it broke the protocol: {why}"), permanent: false };
        self.received_at = Instant::now();
        match message.event {
            Some(Response::Opened(opened)) => self.on_opened(plumbing, &opened, log),
            Some(Response::Chunk(chunk)) => {
                if self.channel_count == 0 {
                    return Err(broken("a chunk before opened"));
                }
                self.on_chunk(plumbing, &chunk).map_err(broken)
            }
            Some(Response::Progress(_)) => {
                plumbing.on_message(true);
                Ok(())
            }
            Some(Response::Heartbeat(beat)) => {
                plumbing.on_message(false);
                self.echo = beat.sent_nanos;
                Ok(())
            }
            Some(Response::Takes(takes)) => {
                if self.channel_count == 0 {
                    return Err(broken("takes before opened"));
                }
                if takes.recipe.len() > TAKES_BYTES_MAX {
                    return Err(broken("takes of more than 768 KiB"));
                }
                plumbing.shared.song.set_takes(takes.recipe, self.takes_load_count);
                Ok(())
            }
            Some(Response::Edit(edit)) => {
                if self.channel_count == 0 {
                    return Err(broken("an edit before opened"));
                }
                take_edit(&mut plumbing.edits, &edit).map_err(broken)?;
                plumbing.notify();
                Ok(())
            }
            Some(Response::Failure(failure)) => Err(failed(&failure, self.channel_count != 0)),
            None => Err(broken("a message of an unknown kind")),
        }
    }

    fn on_opened(&mut self, plumbing: &mut Plumbing, opened: &wire::Opened, log: &mut Log) -> Result<(), Ended> {
        if let Some(why) = other_version(opened.protocol_version) {
            return Err(Ended::Failed { why, permanent: true });
        }
        if self.channel_count != 0 || !matches!(opened.channel_count, 1 | 2) {
            let why = "it broke the protocol: opened twice, or with channels that nobody can play";
            return Err(Ended::Failed { why: why.into(), permanent: true });
        }
        self.channel_count = opened.channel_count as usize;
        plumbing.edits.begin_stream();
        log.line(&format!("linked; model {} ({} Hz)", opened.model, opened.model_rate_hz));
        if let Err(epoch) = plumbing.book.on_link() {
            plumbing.refuse(epoch);
        }
        plumbing.on_message(false);
        if plumbing.missing_model != opened.missing_model {
            plumbing.missing_model.clone_from(&opened.missing_model);
            if !opened.missing_model.is_empty() {
                log.line(&format!("MODEL MISSING: the takes of this song were drawn from {}", opened.missing_model));
            }
        }
        // A service that has lost the model says no names: those of the song stay.
        if opened.missing_model.is_empty() {
            let labels = Labels::new(&opened.artists, &opened.genres);
            if plumbing.shared.service.set_labels(labels) {
                plumbing.notify();
            }
        }
        plumbing.shared.service.set_words(ServiceWords {
            model: opened.model.clone(),
            useful: (opened.temperature_useful_low, opened.temperature_useful_high),
            temperature: opened.temperature_default,
            trouble: opened.missing_model.clone(),
        });
        let is_missing = !opened.missing_model.is_empty();
        plumbing.set_status(if is_missing { LinkStatus::ModelMissing } else { LinkStatus::Ready });
        Ok(())
    }

    fn on_chunk(&mut self, plumbing: &mut Plumbing, chunk: &wire::Chunk) -> Result<(), &'static str> {
        let Ok(place) = chunk::place(chunk, self.channel_count) else {
            return Err("a chunk whose parts do not agree");
        };
        match plumbing.book.judge(place) {
            Verdict::Refuse(why) => return Err(why),
            Verdict::Ignore => {}
            Verdict::Take { from, label } => {
                plumbing.on_message(true);
                let waiting = &mut plumbing.waiting;
                match chunk::split(chunk, self.channel_count, label, from, |cell| waiting.push_back(cell)) {
                    Ok(not_finite) => self.not_finite += not_finite,
                    Err(_) => return Err("a chunk whose parts do not agree"),
                }
                plumbing.pump();
            }
        }
        Ok(())
    }
}
