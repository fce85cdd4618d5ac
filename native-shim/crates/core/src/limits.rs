//! Named maxima, with their reasons. Those of `proto/limits.json` are the service's as well.

/// Longest block on the wire; a longer process call is cut into several. docs/protocol.md.
pub const BLOCK_FRAMES_MAX: usize = 8192;

/// Automation points kept per parameter and process call. A host sends one per block or one per drawn node; 1024 allows
/// one every 8 frames of the longest block. Beyond it the last value is kept and the loss counted.
pub const POINTS_PER_CALL_MAX: usize = 1024;

/// Frames per cell of the audio queue: small enough that a chunk's last cell wastes little, large enough to be cheap.
pub const CELL_FRAMES: usize = 256;

/// Cells in the audio queue: 262144 frames, more than any lookahead.
pub const CELLS_QUEUED_MAX: usize = 1024;

/// Cells the audio thread takes in per realtime call, so that a flood costs a bounded time: 8192 frames.
pub const CELLS_PER_CALL_MAX: usize = 32;

/// Frames of the audio thread's window: 5.4 s at 48 kHz, 1.3 s at 192 kHz. A power of two.
pub const WINDOW_FRAMES: usize = 1 << 18;

/// Frames of a prelude, at most: 1.3 s at 48 kHz, 0.3 s at 192 kHz. A power of two.
pub const PRELUDE_FRAMES: usize = 1 << 16;

/// A loop shorter than this is not followed inside a block: 1.3 ms at 48 kHz; an epoch each would be all that is sent.
pub const LOOP_FRAMES_MIN: i64 = 64;

/// Length of a fade at the edge of a gap: 1.3 ms at 48 kHz.
pub const DECLICK_FRAMES: u32 = 64;

/// Commands, breakpoints and guide values queued to the link: more than a second of the smallest blocks.
pub const COMMANDS_QUEUED_MAX: usize = 4096;
pub const POINTS_QUEUED_MAX: usize = 16384;
pub const GUIDE_VALUES_QUEUED_MAX: usize = 1 << 18;

/// Song frames lie within ± this: 99 hours at 48 kHz, 12 at 384 kHz. Up to here the service's arithmetic of steps and
/// frames is exact. Where a host plays beyond, there is silence that is counted as missed, until it is back.
pub const SONG_FRAME_MAX: i64 = 1 << 34;

/// Audio comes from before this song frame: it is rendered ahead of the last place that a host can be at.
pub const AUDIO_FRAME_MAX: i64 = 2 * SONG_FRAME_MAX;

/// Faster tempos are not believed; it is for rulers.
pub const TEMPO_BPM_MAX: f64 = 9999.0;

/// Names of one of the model's two lists, at most, and bytes of one.
pub const LABELS_MAX: usize = 32;
pub const LABEL_BYTES_MAX: usize = 64;

/// While the transport stands, a turned knob renders its place again at most this often.
pub const STOPPED_REFRESH_SECONDS: f64 = 0.1;

/// A value that differs by no more than this is the same place in the lane.
pub const LANE_TOLERANCE: f64 = 0.002;

/// Largest recipe of takes that is kept. docs/protocol.md.
pub const TAKES_BYTES_MAX: usize = 768 << 10;

/// Largest saved state that is read: a recipe in base64, and as much again for what newer versions keep.
pub const STATE_BYTES_MAX: usize = 4 << 20;

/// Steps of gestures on their way to the host: four seconds of somebody who moves 60 times a second. What a host takes no
/// longer than that is lost to it, but for the ends of gestures.
pub const EDITS_QUEUED_MAX: usize = 256;

/// How long a value that a gesture has set is shown as the host's. The host brings it to the process call with its next
/// blocks, of which the largest are 186 ms long; after that only what it brings counts.
pub const EDIT_SHOWN_NANOS: i64 = 250_000_000;

/// Longest names of a host and of a track, in bytes.
pub const HOST_NAME_BYTES_MAX: usize = 128;
pub const TRACK_NAME_BYTES_MAX: usize = 128;

/// Stretches of missing audio that are kept, and sent in one report.
pub const MISSED_STRETCHES_MAX: usize = 32;

/// Musical positions beyond this are not believed, in quarter notes.
pub const BEAT_MAX: f64 = (1u64 << 40) as f64;

/// Largest number in a time signature.
pub const SIGNATURE_MAX: u32 = 256;
