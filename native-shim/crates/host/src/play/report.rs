//! What is told of a run, as JSON.

use crate::play::recording::Passage;
use serde::Serialize;
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

/// One instance.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceReport {
    pub instance: usize,
    pub segments: Vec<SegmentReport>,
    /// Where its state was saved at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<PathBuf>,
    /// Why it ended early.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
}
