//! What listens where a service was, without its token: it is called, and told nothing.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod stage;

use simmer_core::LinkStatus;
use stage::{NO_LOOP, Stage};

const RECIPE: &[u8] = b"what the song remembers";

#[test]
fn an_impostor_is_told_nothing_of_the_song() {
    let mut stage = Stage::new("impostor", RECIPE);
    let service = stage.service(|behaviour| behaviour.wrong_proof = true);
    stage.stand_until(0, |stage| stage.log().contains("cannot prove"));
    for block in 0..200 {
        stage.play(block * 256, NO_LOOP);
    }
    let seen = service.seen();
    assert!(seen.calls > 0);
    assert_eq!(seen.messages, 0, "{:?}", seen.opens);
    stage.stand_until(0, |stage| stage.shared.service.link_status() == LinkStatus::Failed);
}

#[test]
fn control_one_that_proves_itself_is_told_the_song() {
    let mut stage = Stage::new("no-impostor", RECIPE);
    let service = stage.service(|_| {});
    stage.stand_until(0, |stage| stage.shared.service.link_status() == LinkStatus::Ready);
    let opens = service.seen().opens;
    assert_eq!((opens[0].takes.as_slice(), opens[0].host_name.as_str()), (RECIPE, "test"));
}
