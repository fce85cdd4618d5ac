//! What is told of a run, as JSON.

use crate::play::recording::Passage;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// One call.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockReport {
    /// What the host said; absent where it says no positions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub song_frame: Option<i64>,
    pub frame_count: usize,
    /// When it was called, since the segment began, and how long it took.
    pub called_micros: u64,
    pub took_micros: u64,
    /// How much later than its last frame was due it returned; 0 where nothing is due.
    pub late_micros: u64,
    /// The plugin returned something else than kResultOk.
    pub failed: bool,
    /// The host gave nothing to write to; silence is recorded.
    pub without_output: bool,
    /// As the plugin has told them so far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    pub missed_frames: u64,
}

/// One segment.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SegmentReport {
    pub name: String,
    pub sample_rate: f64,
    /// WAV, float32, stereo; in the output folder.
    pub audio: PathBuf,
    pub frame_count: usize,
    /// Where in the song the recorded frames belong; none where the transport stands or says no positions.
    pub passages: Vec<Passage>,
    pub setup_mode: String,
    pub call_mode: String,
    pub took_millis: u64,
    pub longest_call_micros: u64,
    /// Calls that returned after their last frame was due.
    pub late_blocks: usize,
    pub failed_calls: usize,
    /// The plugin's Status and Missed frames after the segment; the second counts since the instance was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    pub missed_frames: u64,
    /// The calls whose audio was recorded.
    pub blocks: Vec<BlockReport>,
}

/// One step of a gesture.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GestureReport {
    /// Title of the parameter.
    pub parameter: String,
    /// `begin`, `perform` or `end`.
    pub phase: String,
    /// Plain; of `perform`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Since the instance was made.
    pub at_micros: u64,
    /// It came on the thread that made the plugin.
    pub on_setup_thread: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TouchedPoint {
    pub frame: i64,
    pub value: f64,
}

/// One instance.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceReport {
    pub instance: usize,
    pub segments: Vec<SegmentReport>,
    /// What the plugin told the host of gestures, in order.
    pub gestures: Vec<GestureReport>,
    /// What was written in touch mode, by title: plain values by the song frame from which they hold.
    pub touched: BTreeMap<String, Vec<TouchedPoint>>,
    /// Where its state was saved at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<PathBuf>,
    /// Why it ended early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}
