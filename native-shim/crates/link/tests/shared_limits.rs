//! What both sides must agree on is written once, in proto/limits.json; the service holds its own limits to it as well.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use serde_json::{Value, json};
use simmer_core::limits::*;
use simmer_link::wire::MESSAGE_BYTES_MAX;

#[test]
fn the_plugin_has_the_limits_of_the_file() {
    let file: Value = serde_json::from_str(include_str!("../../../../proto/limits.json")).unwrap();
    let own = json!({
        "songFrameMax": SONG_FRAME_MAX,
        "blockFramesMax": BLOCK_FRAMES_MAX,
        "messageBytesMax": MESSAGE_BYTES_MAX,
        "takesBytesMax": TAKES_BYTES_MAX,
        "hostNameBytesMax": HOST_NAME_BYTES_MAX,
        "trackNameBytesMax": TRACK_NAME_BYTES_MAX,
        "labelsMax": LABELS_MAX,
        "labelBytesMax": LABEL_BYTES_MAX,
        "missedStretchesMax": MISSED_STRETCHES_MAX,
        "tempoBpmMax": TEMPO_BPM_MAX as u64,
        "beatMax": BEAT_MAX as u64,
        "signatureMax": SIGNATURE_MAX,
    });
    assert_eq!(own, file);
}
