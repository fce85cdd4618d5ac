//! How long a waiting process() goes on waiting. Every wait ends.

const SECOND: i64 = 1_000_000_000;

/// No message at all on a link that is up. docs/protocol.md.
pub const SILENT_NANOS_MAX: i64 = 10 * SECOND;
/// Neither audio nor progress, be it that the link is gone (docs/protocol.md) or that the service lives and its renderer
/// does not.
pub const IDLE_NANOS_MAX: i64 = 30 * SECOND;
/// Progress that never becomes audio. No service needs two minutes for one process block.
pub const STUCK_NANOS_MAX: i64 = 120 * SECOND;
/// There has never been a service: nobody started one, so a host's export is not held up for long.
pub const ABSENT_NANOS_MAX: i64 = 3 * SECOND;

/// What the waiting side can see of the link. Times of one monotonic clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct LinkView {
    /// The stream is open and answered.
    pub ready: bool,
    /// It has been at least once.
    pub ever_ready: bool,
    /// A service was found and is being connected to.
    pub service_seen: bool,
    pub last_message: i64,
    pub last_audio_or_progress: i64,
}

/// Why a wait ended without its audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum GiveUp {
    Silent = 1,
    Idle = 2,
    Stuck = 3,
    Lost = 4,
    Absent = 5,
    /// The link itself says that this epoch cannot be completed.
    Refused = 6,
    /// The host is at a place where nothing can be rendered.
    Beyond = 7,
}

impl GiveUp {
    /// [thread-safe]
    pub fn from_code(code: u8) -> Option<GiveUp> {
        use GiveUp::*;
        [Silent, Idle, Stuck, Lost, Absent, Refused, Beyond].into_iter().find(|reason| *reason as u8 == code)
    }

    /// One sentence for people. [link-thread]
    pub fn text(self) -> &'static str {
        match self {
            GiveUp::Silent => "the service has not said anything for 10 s",
            GiveUp::Idle => "the service answers, but has rendered nothing for 30 s",
            GiveUp::Stuck => "the service reports progress, but has sent no audio for 120 s",
            GiveUp::Lost => "the link to the service is lost and has not come back in 30 s",
            GiveUp::Absent => "no service is running: start it with `npx simmer serve`",
            GiveUp::Refused => "the passage cannot be rendered again after the link was lost",
            GiveUp::Beyond => "the song goes on beyond the last place that can be rendered, 99 hours at 48 kHz",
        }
    }
}

/// One wait.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    started: i64,
    advanced: i64,
}

impl Patience {
    /// [audio-thread]
    pub fn start(now: i64) -> Patience {
        Patience { started: now, advanced: now }
    }

    /// More of the wanted audio is there. [audio-thread]
    pub fn on_audio(&mut self, now: i64) {
        self.advanced = now;
    }

    /// Whether to give up now. [audio-thread]
    pub fn verdict(&self, now: i64, link: LinkView) -> Option<GiveUp> {
        let since = |moment: i64| now - self.started.max(moment);
        if !link.ready && !link.ever_ready && !link.service_seen {
            return (since(0) > ABSENT_NANOS_MAX).then_some(GiveUp::Absent);
        }
        if link.ready && since(link.last_message) > SILENT_NANOS_MAX {
            return Some(GiveUp::Silent);
        }
        // Also across reconnects: a service that opens streams and dies on each is as good as none.
        if since(link.last_audio_or_progress) > IDLE_NANOS_MAX {
            return Some(if link.ready { GiveUp::Idle } else { GiveUp::Lost });
        }
        (now - self.advanced > STUCK_NANOS_MAX).then_some(GiveUp::Stuck)
    }
}
