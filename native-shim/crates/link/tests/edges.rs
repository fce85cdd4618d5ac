//! Discovery, proof and decoding: what comes from outside.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use proptest::prelude::*;
use simmer_core::limits::AUDIO_FRAME_MAX;
use simmer_link::wire::Chunk;
use simmer_link::{Absence, Label, Role, find_in, nonce, prove, split, verify};
use std::fs;
use std::path::PathBuf;

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("simmer-link-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    chmod(&folder, 0o700);
    folder
}

fn chmod(path: &std::path::Path, mode: u32) {
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    #[cfg(not(unix))]
    let _ = (path, mode);
}

const TOKEN: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";

fn file(grpc: &str) -> String {
    format!(
        r#"{{"version":1,"pid":4711,"grpc":"{grpc}","page":"http://127.0.0.1:1/?token=x","token":"{TOKEN}","startedAt":""}}"#
    )
}

#[test]
fn a_good_file_is_found() {
    let folder = folder("good");
    assert_eq!(find_in(&folder), Err(Absence::NoFile));
    fs::write(folder.join("service.json"), file("127.0.0.1:40123")).unwrap();
    chmod(&folder.join("service.json"), 0o600);
    let found = find_in(&folder).unwrap();
    assert_eq!((found.address.to_string().as_str(), found.token.as_str()), ("127.0.0.1:40123", TOKEN));
    assert!(!format!("{found:?}").contains(TOKEN), "a token is not for logs");
    fs::write(folder.join("service.json"), file("[::1]:40123")).unwrap();
    assert!(find_in(&folder).is_ok());
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn other_files_are_not_believed() {
    let folder = folder("bad");
    let path = folder.join("service.json");
    for (content, absence) in [
        (file("192.168.1.7:40123"), Absence::NotLoopback),
        (file("0.0.0.0:40123"), Absence::NotLoopback),
        (file("127.0.0.1:0"), Absence::NotLoopback),
        (file("localhost:40123"), Absence::Malformed),
        (file("127.0.0.1:99999"), Absence::Malformed),
        (file("127.0.0.1:4").replace("\"version\":1", "\"version\":2"), Absence::Malformed),
        (file("127.0.0.1:4").replace(TOKEN, "short"), Absence::Malformed),
        (file("127.0.0.1:4").replace(TOKEN, &"x".repeat(300)), Absence::Malformed),
        ("[".repeat(60_000), Absence::Malformed),
        (" ".repeat(70_000), Absence::Malformed),
        (String::new(), Absence::Malformed),
    ] {
        fs::write(&path, content).unwrap();
        chmod(&path, 0o600);
        assert_eq!(find_in(&folder), Err(absence));
    }
    fs::remove_dir_all(folder).unwrap();
}

#[cfg(unix)]
#[test]
fn a_file_that_others_could_write_is_not_believed() {
    let folder = folder("perms");
    let path = folder.join("service.json");
    fs::write(&path, file("127.0.0.1:40123")).unwrap();
    for (file_mode, folder_mode, good) in [
        (0o600, 0o700, true),
        (0o620, 0o700, false),
        (0o602, 0o700, false),
        (0o600, 0o770, false),
        (0o600, 0o707, false),
    ] {
        chmod(&path, file_mode);
        chmod(&folder, folder_mode);
        assert_eq!(find_in(&folder).is_ok(), good, "{file_mode:o} {folder_mode:o}");
    }
    chmod(&folder, 0o700);
    let elsewhere = folder.join("elsewhere.json");
    fs::rename(&path, &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
    assert!(find_in(&folder).is_err(), "a link to a file");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn proofs_hold_for_their_token_role_and_nonce_only() {
    let fresh = nonce().unwrap();
    assert_eq!(fresh.len(), 64);
    assert_ne!(nonce().unwrap(), fresh);
    let proof = prove(TOKEN, Role::Service, &fresh).unwrap();
    assert!(verify(TOKEN, Role::Service, &fresh, &proof));
    assert!(verify(TOKEN, Role::Service, &fresh, &proof.to_uppercase()));
    assert!(!verify(TOKEN, Role::Client, &fresh, &proof), "a client's proof cannot be sent back");
    assert!(!verify("another", Role::Service, &fresh, &proof));
    assert!(!verify(TOKEN, Role::Service, &nonce().unwrap(), &proof));
    for bad in ["", "00", &proof[1..], &"zz".repeat(32), &"é".repeat(32), &format!("{proof}00")] {
        assert!(!verify(TOKEN, Role::Service, &fresh, bad));
    }
    // Known answer: HMAC-SHA256("key", "simmer client " + "00").
    assert_eq!(
        prove("key", Role::Client, "00").unwrap(),
        "fa2c86bfe4cebfc0a2866237f57aae3c633bfe7cf156d47d7132da8ab441f88d"
    );
}

#[test]
fn a_stereo_chunk_keeps_its_channels_apart_and_a_mono_one_stands_for_both() {
    let pcm: Vec<u8> = [0.5f32, -0.25, 0.125, 1.0].iter().flat_map(|value| value.to_le_bytes()).collect();
    let frames_of = |channel_count: usize, frame_count: i32| {
        let chunk = Chunk { epoch: 1, start_frame: 7, frame_count, pcm: pcm.clone(), ..Chunk::default() };
        let mut frames = Vec::new();
        let split = split(&chunk, channel_count, Label::default(), 7, |cell| {
            frames.extend_from_slice(&cell.frames[..usize::from(cell.frame_count)]);
        });
        split.map(|_| frames)
    };
    assert_eq!(frames_of(2, 2).unwrap(), [[0.5, -0.25], [0.125, 1.0]]);
    assert_eq!(frames_of(1, 4).unwrap(), [[0.5; 2], [-0.25; 2], [0.125; 2], [1.0; 2]]);
    assert!(frames_of(2, 4).is_err(), "as many frames as values are no stereo");
}

proptest! {
    /// Any bytes either are frames, in their place, finite and within ±1, or are refused.
    #[test]
    fn chunks_become_cells_of_their_place(
        start_frame in prop_oneof![0i64..100_000, any::<i64>()],
        frame_count in prop_oneof![0i32..1500, any::<i32>()],
        pcm in prop::collection::vec(any::<u8>(), 0..9000),
        fitting in any::<bool>(),
        channel_count in 1usize..3,
        skip in 0i64..700,
    ) {
        let mut pcm = pcm;
        let frame_count = if fitting {
            let frames = pcm.len() / (4 * channel_count);
            pcm.truncate(frames * 4 * channel_count);
            frames as i32
        } else {
            frame_count
        };
        let chunk = Chunk { epoch: 1, start_frame, frame_count, pcm, ..Chunk::default() };
        let from = start_frame.saturating_add(skip);
        let mut next = from;
        let mut cells = Vec::new();
        if split(&chunk, channel_count, Label { epoch: 9, revision: 4, ..Label::default() }, from, |cell| cells.push(cell)).is_ok() {
            for cell in cells {
                prop_assert_eq!((cell.epoch, cell.revision, cell.start), (9, 4, next));
                prop_assert!(cell.frame_count >= 1);
                prop_assert!(cell.frames.iter().flatten().all(|value| value.abs() <= 1.0));
                next += i64::from(cell.frame_count);
            }
            prop_assert_eq!(next, from.max((start_frame + i64::from(frame_count)).max(from)));
        } else {
            prop_assert!(cells.is_empty());
            prop_assert!(!fitting || frame_count == 0 || !(0..AUDIO_FRAME_MAX).contains(&start_frame));
        }
    }
}
