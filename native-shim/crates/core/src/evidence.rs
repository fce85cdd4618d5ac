//! Finds out whether a host that says "realtime" is really rendering faster than the clock.
//!
//! Ardour's own bounce is the example: blocks of 8192 frames, processMode 0, as fast as they are answered. There the
//! first block must already be complete, so the clock alone is too slow a witness. Two things are watched:
//!
//! (a) **The calling thread set the plugin up.** A realtime host sets plugins up (block size, rate) on one thread and
//!     processes on another; a bounce does both on its own. Activation is no such sign: Ardour activates on its audio
//!     thread. The vst3 layer does not count a setup made by a thread with realtime scheduling either. The clock can
//!     still refute it: where the host lets half of the song time pass *between* calls, it is playing.
//! (b) **Blocks run ahead of the clock** by more than a block and a half and more than half a second. Hosts that render
//!     ahead of playback (REAPER's anticipative processing: 200 ms by default; ASIO-Guard) begin with a burst as well,
//!     and waiting there would be wrong; so the bar is above those. The price: an unannounced bounce that (a) does not
//!     see is not offline in its first half second, and begins a new passage there.
//!
//! (b) holds until stop or discontinuity.

/// How far ahead of the clock a host must be to be believed not to play.
const LEAD_NANOS_MIN: i64 = 500_000_000;
/// How much song time must have passed before (a) can be refuted.
const REFUTE_NANOS_MIN: i64 = 200_000_000;

/// Watches one contiguous run of blocks. All times are of one monotonic clock.
#[derive(Debug, Default)]
pub struct Evidence {
    run_started: i64,
    run_song: i64,
    run_idle: i64,
    last_return: Option<i64>,
    ahead: bool,
    refuted: bool,
}

impl Evidence {
    /// The plugin was set up anew. [main-thread]
    pub fn on_setup(&mut self) {
        *self = Evidence::default();
    }

    /// A run of blocks starts (first block, seek, loop wrap) or the transport stands. [audio-thread]
    pub fn on_break(&mut self, now: i64) {
        self.run_started = now;
        self.run_song = 0;
        self.run_idle = 0;
        self.last_return = None;
        self.ahead = false;
    }

    /// A block of a run is about to be processed. [audio-thread]
    pub fn on_block(&mut self, now: i64, block_nanos: i64) {
        if let Some(returned) = self.last_return {
            self.run_idle += (now - returned).max(0);
        }
        let lead = self.run_song - (now - self.run_started);
        if lead > LEAD_NANOS_MIN.max(block_nanos + block_nanos / 2) {
            self.ahead = true;
        }
        if self.run_song >= REFUTE_NANOS_MIN && self.run_idle * 2 > self.run_song {
            self.refuted = true;
        }
        self.run_song += block_nanos;
    }

    /// A block was processed. [audio-thread]
    pub fn on_return(&mut self, now: i64) {
        self.last_return = Some(now);
    }

    /// Whether the host is believed to render rather than play. [audio-thread]
    pub fn is_rendering(&self, on_setup_thread: bool) -> bool {
        self.ahead || (on_setup_thread && !self.refuted)
    }
}
