//! Musical time within a call.

use simmer_core::{MusicalTime, Transport};

const WALTZ: MusicalTime = MusicalTime { beat: 5.0, bar_start: Some(3.0), signature: (3, 4) };

#[test]
fn bars_go_on_with_the_beats_and_back() {
    let at = |quarters: f64| {
        let there = WALTZ.after(quarters);
        (there.beat, there.bar_start)
    };
    assert_eq!(at(0.5), (5.5, Some(3.0)));
    assert_eq!(at(1.0), (6.0, Some(6.0)));
    assert_eq!(at(7.0), (12.0, Some(12.0)));
    assert_eq!(at(-2.5), (2.5, Some(0.0)), "a loop goes back");
    let unsigned = MusicalTime { signature: (0, 0), ..WALTZ };
    assert_eq!(unsigned.after(9.0).bar_start, Some(3.0), "nobody knows how long a bar is");
}

#[test]
fn a_host_that_says_nothing_of_bars_has_them_counted() {
    let counted = |signature| MusicalTime { beat: 7.5, bar_start: None, signature }.bar_start_or_counted();
    assert_eq!((counted((3, 4)), counted((7, 8)), counted((0, 0))), (6.0, 7.0, 0.0));
}

#[test]
fn what_is_absurd_is_left_out() {
    let told = |musical| Transport { position: Some(0), musical: Some(musical), ..Transport::default() }.sanitised(64);
    assert_eq!(told(WALTZ).musical, Some(WALTZ));
    assert_eq!(told(MusicalTime { beat: f64::NAN, ..WALTZ }).musical, None);
    assert_eq!(told(MusicalTime { beat: 1e300, ..WALTZ }).musical, None);
    let no_bar = told(MusicalTime { bar_start: Some(f64::INFINITY), ..WALTZ });
    assert_eq!(no_bar.musical.and_then(|musical| musical.bar_start), None);
    for signature in [(0, 4), (4, 0), (257, 4)] {
        let told = told(MusicalTime { signature, ..WALTZ });
        assert_eq!(told.musical.map(|musical| musical.signature), Some((0, 0)), "{signature:?}");
    }
}
