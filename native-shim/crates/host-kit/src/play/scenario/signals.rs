//! What the calls of a segment bring: lanes, automation, guide, and buffers as they should not be.

use serde::Deserialize;

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
    Points,
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

fn default_guide_hz() -> f64 {
    440.0
}
fn default_guide_amplitude() -> f32 {
    0.5
}
