//! The language of scenarios; `src/bin/simmer-host.rs` describes it for people.

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
    pub setup_mode: Option<ToldMode>,
    /// What ProcessData.processMode says.
    pub call_mode: Option<ToldMode>,
    /// Whether the plugin is deactivated, set up and activated before the segment even if nothing has changed.
    pub set_up_again: Option<bool>,
    /// Hz; the scenario's unless given.
    pub sample_rate: Option<f64>,
    /// Frames; the scenario's unless given.
    pub block_frames_max: Option<usize>,
    #[serde(rename = "loop")]
    pub cycle: Option<Cycle>,
    #[serde(default)]
    pub transport: ToldTransport,
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
pub enum ToldMode {
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
pub enum ToldTransport {
    #[default]
    Normal,
    /// No process context.
    NullContext,
    /// A process context of zeros, as hosts without a transport give.
    NoPosition,
    /// Playing, and always at `from_frame`.
    Stuck,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LaneSpec {
    /// By rising frame, joined by lines; two at one frame are a jump.
    pub points: Vec<LanePoint>,
    #[serde(default)]
    pub delivery: Delivery,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct LanePoint {
    pub frame: i64,
    /// Plain: a temperature, 0 to 2, or an amount, 0 to 1.
    pub value: f64,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// The block's first value at offset 0, each breakpoint at its own, the block's last value at its length: Ardour.
    #[default]
    Exact,
    /// The same, but the last value is that of the block's last frame, at its offset: VST3 to the letter.
    Inside,
    /// One point at offset 0 with the value at the block's end: Ardour's bounce.
    Staircase,
    /// One point at offset 0 with the value at the block's start.
    Steps,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GuideSpec {
    pub kind: GuideKind,
    #[serde(default = "default_guide_hz")]
    pub hz: f64,
    #[serde(default = "default_guide_amplitude")]
    pub amplitude: f32,
    #[serde(default)]
    pub seed: u64,
    #[serde(default)]
    pub bus: GuideBus,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum GuideKind {
    Sine,
    Noise,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum GuideBus {
    #[default]
    Sidechain,
    Input,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutomationPoint {
    pub frame: i64,
    /// Title of the parameter.
    pub parameter: String,
    /// Plain.
    pub value: f64,
}

/// What a host should not do, or rarely does. Every n-th call; 0: never.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Abuse {
    pub null_inputs_every: usize,
    pub null_outputs_every: usize,
    pub null_channels_every: usize,
    /// A call of no frames before it, with the points of the block's first frame.
    pub empty_block_every: usize,
    pub in_place: bool,
    /// What is in the output buffers before the call.
    pub dirty_output: DirtyOutput,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum DirtyOutput {
    /// A value that shows what was not written.
    #[default]
    Marked,
    /// What the last call left.
    Previous,
    /// Values that would be heard.
    Loud,
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
fn default_guide_hz() -> f64 {
    440.0
}
fn default_guide_amplitude() -> f32 {
    0.5
}

/// Frames a segment may have: three hours at 48 kHz, what a WAV file holds. Its audio is held in memory.
const FRAMES_MAX: usize = (u32::MAX as usize - 36) / 8;
/// How far from the song's start a position may be, in frames: as far as a number of JSON is exact. No sum of such
/// positions and block sizes overflows. (What a plugin does beyond is in `tests/conformance.rs`.)
const SONG_FRAME_MAX: i64 = 1 << 53;
/// Frames a block may have.
const BLOCK_FRAMES_MAX: usize = 1 << 20;

impl Scenario {
    /// Reads one scenario, or `{"instances": [scenario, …]}`.
    pub fn read(text: &str) -> Result<Vec<Scenario>, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Many {
            instances: Vec<Scenario>,
        }
        let value: serde_json::Value = serde_json::from_str(text).map_err(|why| format!("no JSON: {why}"))?;
        let scenarios = if value.get("instances").is_some() {
            serde_json::from_str::<Many>(text).map(|many| many.instances)
        } else {
            serde_json::from_str::<Scenario>(text).map(|one| vec![one])
        };
        let scenarios = scenarios.map_err(|why| format!("no scenario: {why}"))?;
        if scenarios.is_empty() {
            return Err("no scenario: there are no instances".to_owned());
        }
        for (index, scenario) in scenarios.iter().enumerate() {
            scenario.validate().map_err(|why| format!("instance {index}: {why}"))?;
        }
        Ok(scenarios)
    }

    /// The states it saves, as it names them.
    pub fn saved_states(&self) -> impl Iterator<Item = &PathBuf> {
        let within = self.segments.iter().filter_map(|segment| segment.save_state.as_ref());
        within.chain(self.save_state.as_ref())
    }

    fn validate(&self) -> Result<(), String> {
        is_rate(self.sample_rate)?;
        is_block(self.block_frames_max)?;
        if !(self.tempo_bpm.is_finite() && self.tempo_bpm > 0.0) {
            return Err(format!("a tempo of {} bpm", self.tempo_bpm));
        }
        if let Some((numerator, denominator)) = self.signature
            && ![numerator, denominator].iter().all(|number| (1..=256).contains(number))
        {
            return Err(format!("a signature of {numerator}/{denominator}"));
        }
        if self.segments.is_empty() {
            return Err("there are no segments".to_owned());
        }
        for (index, segment) in self.segments.iter().enumerate() {
            segment.validate(self).map_err(|why| format!("segment {index} ({}): {why}", segment.title(index)))?;
        }
        Ok(())
    }
}

impl Segment {
    /// What it is called in reports and messages.
    pub fn title(&self, index: usize) -> String {
        self.name.clone().unwrap_or_else(|| format!("{index}"))
    }

    fn validate(&self, scenario: &Scenario) -> Result<(), String> {
        is_rate(self.sample_rate.unwrap_or(scenario.sample_rate))?;
        let announced = self.block_frames_max.unwrap_or(scenario.block_frames_max);
        is_block(announced)?;
        match self.blocks.as_ref() {
            None => {}
            Some(Blocks::Fixed(frames)) => is_block(*frames)?,
            Some(Blocks::Cycled(list)) if list.is_empty() => return Err("an empty list of block sizes".to_owned()),
            Some(Blocks::Cycled(list)) => list.iter().try_for_each(|frames| is_block(*frames))?,
            Some(Blocks::Random { max, .. }) => is_block(max.unwrap_or(announced))?,
        }
        if self.frame_count > FRAMES_MAX {
            return Err(format!("{} frames are more than {FRAMES_MAX}", self.frame_count));
        }
        if self.frame_count == 0 && self.until_status.is_none() {
            return Err("frameCount must not be 0".to_owned());
        }
        if self.until_status.is_some() && self.kind != Kind::Stop {
            return Err("untilStatus is for segments of kind \"stop\"".to_owned());
        }
        if self.until_file.is_some() && self.pace() == Pace::Named(NamedPace::Fast) {
            return Err("untilFile is for segments that are paced by the clock".to_owned());
        }
        let points = self.lanes().flat_map(|lane| &lane.points).map(|point| point.frame);
        let ends = self.cycle.iter().flat_map(|cycle| [cycle.start, cycle.end]);
        let automated = self.automation.iter().map(|point| point.frame);
        [self.from_frame].into_iter().chain(ends).chain(points).chain(automated).try_for_each(is_position)?;
        if let Some(cycle) = self.cycle
            && cycle.end <= cycle.start
        {
            return Err(format!("a loop from {} to {}", cycle.start, cycle.end));
        }
        for lane in self.lanes() {
            if lane.points.is_empty() {
                return Err("a lane without points".to_owned());
            }
            if !lane.points.is_sorted_by_key(|point| point.frame) {
                return Err("the frames of the lane's points must rise".to_owned());
            }
        }
        if let Some(name) = &self.name
            && (name.is_empty() || !name.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_".contains(letter)))
        {
            return Err("a name is letters, digits, - and _".to_owned());
        }
        Ok(())
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

    pub fn setup_mode(&self) -> ToldMode {
        self.setup_mode.unwrap_or(self.told_mode())
    }

    pub fn call_mode(&self) -> ToldMode {
        self.call_mode.unwrap_or(self.told_mode())
    }

    /// Whether every call is at `from_frame`.
    pub fn stands(&self) -> bool {
        self.kind == Kind::Stop || self.transport == ToldTransport::Stuck
    }

    fn told_mode(&self) -> ToldMode {
        match self.kind {
            Kind::Play | Kind::Stop | Kind::Bounce => ToldMode::Realtime,
            Kind::AnnouncedOffline => ToldMode::Offline,
            Kind::Prefetch => ToldMode::Prefetch,
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

fn is_rate(hz: f64) -> Result<(), String> {
    if hz.is_finite() && hz > 0.0 { Ok(()) } else { Err(format!("a sample rate of {hz} Hz")) }
}

fn is_position(frame: i64) -> Result<(), String> {
    let is_near = (-SONG_FRAME_MAX..=SONG_FRAME_MAX).contains(&frame);
    if is_near { Ok(()) } else { Err(format!("song frame {frame} is beyond ±{SONG_FRAME_MAX}")) }
}

fn is_block(frames: usize) -> Result<(), String> {
    if (1..=BLOCK_FRAMES_MAX).contains(&frames) { Ok(()) } else { Err(format!("a block of {frames} frames")) }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        Scenario::read(text).expect_err("it is refused")
    }

    #[test]
    fn what_is_left_out_is_as_the_kind_says() {
        let text = r#"{"segments": [{"kind": "bounce", "frameCount": 8192}, {"kind": "play", "frameCount": 1}]}"#;
        let [scenario] = &Scenario::read(text).expect("it is read")[..] else { panic!("one scenario") };
        let [bounce, play] = &scenario.segments[..] else { panic!("two segments") };
        assert_eq!((bounce.thread(), play.thread()), (CallThread::Setup, CallThread::Another));
        assert_eq!(bounce.pace(), Pace::Named(NamedPace::Fast));
        assert_eq!((bounce.setup_mode(), bounce.call_mode()), (ToldMode::Realtime, ToldMode::Realtime));
        assert!(bounce.set_up_again() && !play.set_up_again());
    }

    #[test]
    fn both_signals_can_be_told_apart() {
        let text = r#"{"segments": [{"kind": "play", "frameCount": 9, "setupMode": "offline", "pace": {"aheadMillis": 5},
            "blocks": {"random": 3, "max": 77}}]}"#;
        let scenarios = Scenario::read(text).expect("it is read");
        let segment = &scenarios[0].segments[0];
        assert_eq!((segment.setup_mode(), segment.call_mode()), (ToldMode::Offline, ToldMode::Realtime));
        assert_eq!(segment.pace(), Pace::Ahead { ahead_millis: 5 });
        assert_eq!(segment.blocks(512).longest(512), 77);
    }

    #[test]
    fn a_scenario_that_means_nothing_is_refused_with_the_reason() {
        for (text, reason) in [
            ("{", "no JSON"),
            ("{}", "segments"),
            (r#"{"instances": []}"#, "no instances"),
            (r#"{"segments": []}"#, "no segments"),
            (r#"{"segments": [{"kind": "dance", "frameCount": 1}]}"#, "dance"),
            (r#"{"segments": [{"kind": "play"}]}"#, "frameCount"),
            (r#"{"segments": [{"kind": "play", "frameCount": -1}]}"#, "-1"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "tempo": 3}]}"#, "tempo"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "blocks": 0}]}"#, "block of 0"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "blocks": []}]}"#, "empty list"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "blocks": "big"}]}"#, "blocks are"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "pace": "slow"}]}"#, "a pace is"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "lane": {"points": []}}]}"#, "without points"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "name": "../x"}]}"#, "a name is"),
            (
                r#"{"segments": [{"kind": "play", "frameCount": 1, "loop": {"start": 5, "end": 5, "wrap": "split"}}]}"#,
                "a loop",
            ),
            (r#"{"segments": [{"kind": "bounce", "frameCount": 1, "untilFile": "x"}]}"#, "untilFile is for"),
            (r#"{"segments": [{"kind": "play", "frameCount": 536870908}]}"#, "are more than 536870907"),
            (r#"{"segments": [{"kind": "play", "frameCount": 1, "fromFrame": 9223372036854775807}]}"#, "is beyond"),
            (
                r#"{"segments": [{"kind": "play", "frameCount": 1,
                    "loop": {"start": -9223372036854775808, "end": 0, "wrap": "inside"}}]}"#,
                "is beyond",
            ),
            (
                r#"{"segments": [{"kind": "play", "frameCount": 1,
                    "lane": {"points": [{"frame": 9007199254740993, "value": 1}]}}]}"#,
                "song frame 9007199254740993 is beyond",
            ),
            (
                r#"{"segments": [{"kind": "play", "frameCount": 1,
                    "automation": [{"frame": -9007199254740993, "parameter": "Take", "value": 1}]}]}"#,
                "is beyond",
            ),
            (
                r#"{"segments": [{"kind": "play", "frameCount": 1,
                    "lane": {"points": [{"frame": 5, "value": 1}, {"frame": 4, "value": 1}]}}]}"#,
                "must rise",
            ),
        ] {
            let refused = refusal(text);
            assert!(refused.contains(reason), "{text}: {refused}");
        }
    }
}
