//! Songs that were saved before: a failure here means that they do not open as they were.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use simmer_core::State;

/// Saved by a plugin that spoke version 1 of the protocol.
const OF_PROTOCOL_1: &[u8] = include_bytes!("../../../../test/fixtures/saved-state-of-protocol-1.bin");

#[test]
fn a_song_of_protocol_1_opens_and_is_saved_as_it_was() {
    let state = State::decode(OF_PROTOCOL_1).unwrap();
    assert_eq!(state.instance_id_text(), "0123456789abcdef0123456789abcdef");
    assert_eq!(state.model, "tiny");
    assert_eq!((state.labels.artists.join(" "), state.labels.genres.join(" ")), ("Ada Bo".into(), "Drift".into()));
    assert_eq!(
        state.values,
        [0.85, 0.5, 1.0, 42.0, 0.75, -6.0, 0.0, 2.0, 0.0, 0.0, 1.0, 1.0, 3.0, 2.0, 25.0, 1.0, 0.0]
    );
    assert!(!state.takes.is_empty());
    assert_eq!(state.encode(), OF_PROTOCOL_1);
}
