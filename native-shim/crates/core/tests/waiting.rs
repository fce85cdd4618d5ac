//! When process() waits, and for how long.

use simmer_core::{Evidence, GiveUp, LinkView, Patience, RenderWait, renders_offline};

const SECOND: i64 = 1_000_000_000;

#[test]
fn the_policy_is_this_table() {
    use RenderWait::*;
    for (wait, advancing, announced, evidence, wanted) in [
        (Auto, true, true, false, true),
        (Auto, true, false, true, true),
        (Auto, true, false, false, false),
        (On, true, false, false, true),
        (Off, true, true, true, false),
        // A host that leaves the plugin offline (Live 11) or starts it so (Audacity 4) is not hung while nothing plays.
        (Auto, false, true, true, false),
        (On, false, true, true, false),
    ] {
        assert_eq!(
            renders_offline(wait, advancing, announced, evidence),
            wanted,
            "{wait:?} {advancing} {announced} {evidence}"
        );
    }
    assert_eq!([0.0, 1.0, 2.0, f64::NAN].map(RenderWait::from_plain), [Auto, On, Off, Auto]);
}

/// A run of blocks; `due` gives the wall clock at each call, `took` how long it took. Returns the calls that rendered.
fn run(count: i64, block: i64, on_setup_thread: bool, took: i64, due: impl Fn(i64) -> i64) -> Vec<bool> {
    let mut evidence = Evidence::default();
    evidence.on_break(due(0));
    (0..count)
        .map(|k| {
            evidence.on_block(due(k), block);
            let rendering = evidence.is_rendering(on_setup_thread);
            evidence.on_return(due(k) + took);
            rendering
        })
        .collect()
}

#[test]
fn playback_is_not_taken_for_a_bounce() {
    let block = 1024 * SECOND / 48_000;
    assert!(run(5000, block, false, 0, |k| k * block).iter().all(|rendering| !rendering), "steady");
    assert!(run(5000, block, false, 0, |k| k / 4 * 4 * block).iter().all(|r| !r), "four blocks at a time");
    // Rendered ahead in a burst, as REAPER does by default (200 ms), and then steadily.
    let ahead = SECOND / 5;
    assert!(run(5000, block, false, 0, |k| (k * block - ahead).max(0)).iter().all(|r| !r), "anticipated");
    // A stall, and catching up after it.
    assert!(
        run(500, block, false, 0, |k| if k > 100 { (k * block).max(3 * SECOND) } else { k * block }).iter().all(|r| !r)
    );
}

#[test]
fn a_bounce_is_seen() {
    let block = 8192 * SECOND / 48_000;
    let rendering = run(100, block, false, block / 20, |k| k * block / 20);
    assert!(!rendering[0] && rendering[10..].iter().all(|r| *r), "by the clock, soon");
    assert!(run(100, block, true, block / 20, |k| k * block / 20).iter().all(|r| *r), "by its thread, at once");
    // A service that is slower than real time makes the bounce slow; it stays a bounce.
    assert!(run(100, block, true, 3 * block, |k| k * (3 * block + block / 10)).iter().all(|r| *r));
}

#[test]
fn the_clock_refutes_a_thread_that_only_looks_like_a_bounce() {
    let block = 1024 * SECOND / 48_000;
    let rendering = run(200, block, true, block / 10, |k| k * block);
    assert!(rendering[0] && rendering[15..].iter().all(|r| !r));
}

fn link(ready: bool, ever_ready: bool, service_seen: bool) -> LinkView {
    LinkView { ready, ever_ready, service_seen, last_message: 0, last_audio_or_progress: 0 }
}

#[test]
fn every_wait_ends() {
    let patience = Patience::start(0);
    let ends = |link: LinkView| (0..200).find_map(|s| patience.verdict(s * SECOND, link).map(|why| (s, why)));
    assert_eq!(ends(link(false, false, false)), Some((4, GiveUp::Absent)), "nobody started one");
    assert_eq!(ends(link(false, true, false)), Some((31, GiveUp::Lost)));
    assert_eq!(ends(link(false, false, true)), Some((31, GiveUp::Lost)), "found, but it never answers");
    assert_eq!(ends(link(true, true, true)), Some((11, GiveUp::Silent)));
    let talking = LinkView { last_message: i64::MAX, ..link(true, true, true) };
    assert_eq!(ends(talking), Some((31, GiveUp::Idle)), "heartbeats alone");
    let busy = LinkView { last_audio_or_progress: i64::MAX, ..talking };
    assert_eq!(ends(busy), Some((121, GiveUp::Stuck)), "progress without audio");
    let flapping = LinkView { ready: false, ..busy };
    assert_eq!(ends(flapping), Some((121, GiveUp::Stuck)));
}

#[test]
fn audio_renews_patience() {
    let mut patience = Patience::start(0);
    let busy = LinkView { last_message: i64::MAX, last_audio_or_progress: i64::MAX, ..link(true, true, true) };
    for second in 0..1000 {
        assert_eq!(patience.verdict(second * SECOND, busy), None);
        patience.on_audio(second * SECOND);
    }
}
