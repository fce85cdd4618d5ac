//! How the calls of a segment are made: by which clock, on which thread, and what they say of the transport.

use serde::Deserialize;

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The transport plays, by the clock, on an audio thread.
    Play,
    /// The transport stands at `from_frame`; calls go on.
    Stop,
    /// As Ardour exports: told realtime, as fast as possible, on the thread that has just set the plugin up.
    Bounce,
    /// Told offline by both signals, as fast as possible.
    AnnouncedOffline,
    /// Told prefetch by both signals, 200 ms ahead of the clock.
    Prefetch,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "blocks are a number of frames, a list of them, or {\"random\": seed, \"max\": frames}")]
pub enum Blocks {
    Fixed(usize),
    Cycled(Vec<usize>),
    #[serde(rename_all = "camelCase")]
    Random {
        random: u64,
        max: Option<usize>,
    },
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(untagged, expecting = "a pace is \"realtime\", \"fast\" or {\"aheadMillis\": n}")]
pub enum Pace {
    Named(NamedPace),
    #[serde(rename_all = "camelCase")]
    Ahead {
        ahead_millis: u64,
    },
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum NamedPace {
    Realtime,
    Fast,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum CallThread {
    /// The thread that sets the plugin up.
    Setup,
    Another,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum ReportedMode {
    Realtime,
    Prefetch,
    Offline,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cycle {
    pub start: i64,
    /// Exclusive.
    pub end: i64,
    pub wrap: Wrap,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Wrap {
    /// A block ends where the loop does.
    Split,
    /// A block goes on at the loop's start.
    Inside,
    /// The loop is told, and the transport goes straight on.
    None,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum ReportedTransport {
    #[default]
    Normal,
    /// No process context.
    NullContext,
    /// A process context of zeros, as hosts without a transport give.
    NoPosition,
    /// Playing, and always at `from_frame`.
    Stuck,
}

impl Blocks {
    /// The longest block there can be.
    pub fn longest(&self, announced: usize) -> usize {
        match self {
            Blocks::Fixed(frames) => *frames,
            Blocks::Cycled(list) => list.iter().copied().max().unwrap_or(1),
            Blocks::Random { max, .. } => max.unwrap_or(announced),
        }
    }
}
