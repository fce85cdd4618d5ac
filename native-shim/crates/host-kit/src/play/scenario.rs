//! The language of scenarios; `src/bin/simmer-host.rs` describes it for people.

mod calls;
mod read;
mod signals;

pub use calls::{Blocks, CallThread, Cycle, Kind, NamedPace, Pace, ReportedMode, ReportedTransport, Wrap};
pub use signals::{Abuse, AutomationPoint, Delivery, DirtyOutput, GuideBus, GuideKind, GuideSpec, LanePoint, LaneSpec};

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What one instance does.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scenario {
    /// Hz.
    #[serde(default = "default_rate")]
    pub sample_rate: f64,
    /// The largest block the host announces, in frames.
    #[serde(default = "default_block_frames_max")]
    pub block_frames_max: usize,
    #[serde(default = "default_tempo")]
    pub tempo_bpm: f64,
    pub load_state: Option<PathBuf>,
    pub save_state: Option<PathBuf>,
    /// Plain values by title, told in the first call.
    #[serde(default)]
    pub parameters: BTreeMap<String, f64>,
    /// The time signature, of 1 to 256 each; without it the host says nothing of bars.
    pub signature: Option<(i32, i32)>,
    /// Of the track that the instance is on.
    pub track: Option<TrackSpec>,
    /// Whether the plugin is given a way to the host's UI thread.
    #[serde(default)]
    pub run_loop: bool,
    /// Titles of the parameters whose lane is in touch mode.
    #[serde(default)]
    pub touch: Vec<String>,
    pub segments: Vec<Segment>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrackSpec {
    pub name: String,
    /// 0xRRGGBB.
    pub colour: Option<u32>,
}

/// One stretch of calls.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Segment {
    pub kind: Kind,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub from_frame: i64,
    #[serde(default)]
    pub frame_count: usize,
    pub blocks: Option<Blocks>,
    pub pace: Option<Pace>,
    pub thread: Option<CallThread>,
    /// What setupProcessing says.
    pub setup_mode: Option<ReportedMode>,
    /// What ProcessData.processMode says.
    pub call_mode: Option<ReportedMode>,
    /// Whether the plugin is deactivated, set up and activated before the segment even if nothing has changed.
    pub set_up_again: Option<bool>,
    /// Hz; the scenario's unless given.
    pub sample_rate: Option<f64>,
    /// Frames; the scenario's unless given.
    pub block_frames_max: Option<usize>,
    #[serde(rename = "loop")]
    pub cycle: Option<Cycle>,
    #[serde(default)]
    pub transport: ReportedTransport,
    /// Of the temperature.
    pub lane: Option<LaneSpec>,
    pub guide_amount: Option<LaneSpec>,
    pub guide: Option<GuideSpec>,
    #[serde(default)]
    pub parameters: BTreeMap<String, f64>,
    #[serde(default)]
    pub automation: Vec<AutomationPoint>,
    #[serde(default)]
    pub abuse: Abuse,
    /// Loaded before the segment.
    pub load_state: Option<PathBuf>,
    /// Saved after the segment.
    pub save_state: Option<PathBuf>,
    /// Before the segment nothing is processed for so long.
    #[serde(default)]
    pub pause_millis: u64,
    /// The segment goes on, beyond its frames, until the plugin's Status reads so.
    pub until_status: Option<String>,
    /// How long that may take.
    #[serde(default = "default_until_millis")]
    pub until_millis: u64,
    /// The segment ends, before its frames, after the first call at which this file is there.
    pub until_file: Option<PathBuf>,
}

fn default_rate() -> f64 {
    48_000.0
}
fn default_block_frames_max() -> usize {
    8192
}
fn default_tempo() -> f64 {
    120.0
}
fn default_until_millis() -> u64 {
    30_000
}
impl Scenario {
    /// The states it saves, as it names them.
    pub fn saved_states(&self) -> impl Iterator<Item = &PathBuf> {
        let within = self.segments.iter().filter_map(|segment| segment.save_state.as_ref());
        within.chain(self.save_state.as_ref())
    }
}

impl Segment {
    /// What it is called in reports and messages.
    pub fn title(&self, index: usize) -> String {
        self.name.clone().unwrap_or_else(|| format!("{index}"))
    }

    fn lanes(&self) -> impl Iterator<Item = &LaneSpec> {
        self.lane.iter().chain(&self.guide_amount)
    }

    pub fn pace(&self) -> Pace {
        self.pace.unwrap_or(match self.kind {
            Kind::Play | Kind::Stop => Pace::Named(NamedPace::Realtime),
            Kind::Bounce | Kind::AnnouncedOffline => Pace::Named(NamedPace::Fast),
            Kind::Prefetch => Pace::Ahead { ahead_millis: 200 },
        })
    }

    pub fn thread(&self) -> CallThread {
        self.thread.unwrap_or(if self.kind == Kind::Bounce { CallThread::Setup } else { CallThread::Another })
    }

    pub fn setup_mode(&self) -> ReportedMode {
        self.setup_mode.unwrap_or(self.reported_mode())
    }

    pub fn call_mode(&self) -> ReportedMode {
        self.call_mode.unwrap_or(self.reported_mode())
    }

    /// Whether every call is at `from_frame`.
    pub fn stands(&self) -> bool {
        self.kind == Kind::Stop || self.transport == ReportedTransport::Stuck
    }

    fn reported_mode(&self) -> ReportedMode {
        match self.kind {
            Kind::Play | Kind::Stop | Kind::Bounce => ReportedMode::Realtime,
            Kind::AnnouncedOffline => ReportedMode::Offline,
            Kind::Prefetch => ReportedMode::Prefetch,
        }
    }

    pub fn set_up_again(&self) -> bool {
        self.set_up_again.unwrap_or(self.kind == Kind::Bounce)
    }

    pub fn blocks(&self, announced: usize) -> Blocks {
        self.blocks.clone().unwrap_or(match self.kind {
            Kind::Play | Kind::Stop | Kind::Prefetch => Blocks::Fixed(announced.min(512)),
            Kind::Bounce | Kind::AnnouncedOffline => Blocks::Fixed(announced.min(8192)),
        })
    }
}
