//! The engine, the link and a service, without a plugin format between them: what is heard of revisions, preludes and takes.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod stage;

use simmer_core::limits::TAKES_BYTES_MAX;
use simmer_core::{LinkStatus, LoopRange};
use simmer_fake_service::{Hostile, Revise, formula, revised};
use stage::{BLOCK, Stage, config};
use std::time::{Duration, Instant};

#[test]
fn each_revision_is_heard_from_its_splice_on_and_none_before_it_comes_back() {
    let mut stage = Stage::new("revise", &[]);
    let service = stage.service(|behaviour| {
        behaviour.revise = Some(Revise { every_blocks: 8, ahead_frames: 4096 });
    });
    stage.ready(&service, 0);
    let heard: Vec<f32> = (0..160).flat_map(|k| stage.play_heard(&service, k * BLOCK as i64)).collect();
    std::thread::sleep(Duration::from_millis(50));
    let seen = service.seen();
    let played: Vec<u32> = seen.blocks.iter().filter(|block| block.playing).map(|block| block.revision).collect();
    assert_eq!(played.len(), 160);
    assert!(played.is_sorted() && *played.last().unwrap() >= 3, "{played:?}");
    let splice = |revision: u32| match revision {
        0 => 0,
        _ => seen.splices.iter().find(|(_, number, _)| *number == revision).unwrap().2,
    };
    let mut newest = 0;
    let mut fading = 0;
    for (frame, value) in heard.iter().enumerate() {
        let said = played[frame / BLOCK];
        if *value == 0.0 {
            fading = 65;
            continue;
        }
        fading = (fading - 1i32).max(0);
        if fading > 0 {
            continue;
        }
        let found = (newest..=said).find(|revision| *value == revised(1, frame as i64, *revision));
        newest = found.unwrap_or_else(|| panic!("frame {frame}: {value} is of no revision from {newest} to {said}"));
        assert!(splice(newest) <= frame as i64, "revision {newest} at {frame}");
        assert!(newest == said || (frame as i64) < splice(said), "{newest} at {frame}, where {said} was accepted");
    }
    assert!(newest >= 3, "{newest}");
}

#[test]
fn a_revision_that_comes_too_late_is_never_heard_unless_nothing_else_was() {
    let mut stage = Stage::new("late", &[]);
    let service = stage.service(|behaviour| {
        behaviour.revise = Some(Revise { every_blocks: 20, ahead_frames: -1024 });
    });
    stage.ready(&service, 0);
    for k in 0..100 {
        let heard = stage.play_heard(&service, k * BLOCK as i64);
        if k < 20 {
            assert!(heard.iter().zip(k * BLOCK as i64..).all(|(value, frame)| *value == formula(1, frame)));
        }
        if (70..80).contains(&k) {
            assert_eq!(heard[BLOCK - 1], 0.0, "nothing is left of the first, and three others were refused");
        }
        // The fourth begins in the past as well, but behind the end of what there was.
        if k > 85 {
            assert_eq!(heard[BLOCK - 1], revised(1, (k + 1) * BLOCK as i64 - 1, 4));
        }
    }
    let revisions: Vec<u32> = service.seen().blocks.iter().map(|block| block.revision).collect();
    assert!(revisions.iter().all(|revision| [0, 4].contains(revision)), "{revisions:?}");
}

#[test]
fn a_loop_that_wraps_inside_a_block_goes_on_at_once_where_its_beginning_was_sent() {
    for prelude_frames in [4096, 0] {
        let mut stage = Stage::new("loop", &[]);
        let service = stage.service(|behaviour| behaviour.prelude_frames = prelude_frames);
        let range = LoopRange { start: 48_000, end: 48_000 + 3000 };
        stage.ready(&service, range.start);
        let mut frame = range.start;
        let mut wraps = 0;
        while wraps < 5 {
            let wrapped = frame + BLOCK as i64 - range.end;
            if wrapped > 0 && prelude_frames > 0 {
                // The test is of what is played, not of how soon it comes.
                let epoch = service.seen().starts.last().unwrap().epoch + 1;
                let started = Instant::now();
                while !service.seen().preludes.iter().any(|(of, _)| *of == epoch) {
                    assert!(started.elapsed() < Duration::from_secs(10), "no prelude of {epoch}");
                    std::thread::sleep(Duration::from_millis(5));
                }
                std::thread::sleep(Duration::from_millis(30));
            }
            let heard = stage.play(frame, range);
            if wrapped > 0 {
                wraps += 1;
                // The cut fades for 64 frames, over what is heard then.
                let after = &heard[BLOCK - wrapped as usize..];
                for (k, value) in after.iter().enumerate().skip(64) {
                    let expected = if prelude_frames > 0 { formula(1, range.start + k as i64) } else { 0.0 };
                    assert_eq!(*value, expected, "{k} frames after wrap {wraps}");
                }
            }
            frame = if wrapped >= 0 { range.start + wrapped } else { frame + BLOCK as i64 };
        }
        std::thread::sleep(Duration::from_millis(50));
        let seen = service.seen();
        assert_eq!(seen.preludes_played.len(), if prelude_frames > 0 { 5 } else { 0 });
        assert!(seen.starts.iter().skip(1).all(|start| start.root_frame == range.start));
        assert!(seen.starts.windows(2).all(|pair| pair[1].epoch == pair[0].epoch + 1));
    }
}

#[test]
fn takes_are_kept_sent_back_and_no_reason_for_another_link() {
    let mut stage = Stage::new("takes", b"from the song");
    let service = stage.service(|behaviour| behaviour.takes = vec![7; 600_000]);
    stage.stand_until(0, |stage| stage.shared.song.takes() == vec![7; 600_000]);
    stage.link.as_ref().unwrap().configure(config(&stage.shared));
    stage.stand_until(5000, |_| service.seen().starts.iter().any(|start| start.root_frame == 5000));
    assert_eq!(service.seen().opens.iter().map(|open| open.takes.clone()).collect::<Vec<_>>(), [b"from the song"]);
    service.set(|behaviour| behaviour.takes = Vec::new());
    stage.shared.song.restore_takes(b"another song");
    stage.link.as_ref().unwrap().configure(config(&stage.shared));
    stage.stand_until(5000, |_| service.seen().opens.len() == 2);
    assert_eq!(service.seen().opens[1].takes, b"another song");
    assert_eq!(stage.shared.song.takes(), b"another song");
}

#[test]
fn takes_that_are_too_long_end_the_link() {
    let mut stage = Stage::new("long", b"mine");
    let _service = stage.service(|behaviour| behaviour.takes = vec![7; TAKES_BYTES_MAX + 1]);
    stage.stand_until(0, |stage| stage.log().contains("it broke the protocol: takes of more than 768 KiB"));
    assert_eq!(stage.shared.song.takes(), b"mine");
}

#[test]
fn a_chunk_that_goes_back_without_a_newer_revision_ends_the_link() {
    let mut stage = Stage::new("back", &[]);
    let _service = stage.service(|behaviour| behaviour.hostile = Some(Hostile::Back));
    stage.stand_until(1000, |stage| stage.log().contains("goes back without a newer revision"));
}

#[test]
fn a_missing_model_is_shown_and_logged_once() {
    let mut stage = Stage::new("missing", &[]);
    for _ in 0..2 {
        let service = stage.service(|behaviour| behaviour.missing_model = "one-song (0a1b2c)".into());
        stage.stand_until(0, |stage| stage.shared.service.link_status() == LinkStatus::ModelMissing);
        drop(service);
        stage.stand_until(0, |stage| stage.shared.service.link_status() != LinkStatus::ModelMissing);
    }
    let service = stage.service(|_| {});
    stage.stand_until(0, |stage| stage.shared.service.link_status() == LinkStatus::Ready);
    assert_eq!(stage.log().matches("MODEL MISSING").count(), 1, "{}", stage.log());
    assert!(stage.log().contains("one-song (0a1b2c)"));
    drop(service);
}
