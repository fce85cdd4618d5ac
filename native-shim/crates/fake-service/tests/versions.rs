//! A plugin and a service of different versions of the protocol: they refuse each other, say which to update, and hold nobody up.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

mod stage;

use simmer_core::{Call, LinkStatus, Transport, parameter};
use simmer_fake_service::Behaviour;
use simmer_link::wire::{Failure, FailureCode, PROTOCOL_VERSION};
use stage::{BLOCK, Stage};
use std::time::{Duration, Instant};

/// What an instance says of a service that behaves like that.
fn told(name: &str, change: impl FnOnce(&mut Behaviour)) -> String {
    let mut stage = Stage::new(name, &[]);
    let service = stage.service(change);
    stage.stand_until(0, |stage| stage.shared.service.link_status() == LinkStatus::Failed);
    let trouble = stage.shared.service.words().trouble;
    stage.stand_until(0, |stage| stage.log().contains(&trouble));
    assert!(service.seen().blocks.is_empty(), "nothing of the song was sent");
    // An export in spite of it ends soon, and says that it is incomplete.
    stage.shared.inputs.set_pending(parameter::RENDER_WAIT, 1.0);
    let started = Instant::now();
    let transport = Transport { position: Some(48_000), playing: true, ..Transport::default() };
    stage.engine.begin(Call { frame_count: BLOCK, transport, offline: true, ..Call::default() });
    stage.engine.points_done();
    stage.engine.run(0, BLOCK, false);
    stage.engine.end();
    assert!(stage.engine.has_failed());
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    trouble
}

/// As a service answers a plugin of a version that it does not speak.
fn refusal(protocol_version: i32, message: &str) -> Failure {
    Failure { code: FailureCode::Invalid as i32, message: message.into(), protocol_version }
}

fn update(service: i32, what: &str) -> String {
    format!("The plugin speaks protocol {PROTOCOL_VERSION} and the service protocol {service}: update the {what}.")
}

#[test]
fn a_service_that_opens_in_another_version_is_refused() {
    let answers = |version| move |behaviour: &mut Behaviour| behaviour.protocol_version = version;
    assert_eq!(told("opens-older", answers(1)), update(1, "service"));
    let later = PROTOCOL_VERSION + 1;
    assert_eq!(told("opens-later", answers(later)), update(later, "plugin"));
}

#[test]
fn a_service_that_refuses_the_version_is_said_to_be_another() {
    // Version 1 did not say its number.
    let of_1 = refusal(0, "The plugin speaks protocol 2, this service 1: install the same version of both.");
    assert_eq!(told("fails-older", |behaviour| behaviour.fails_open = Some(of_1)), update(1, "service"));
    let later = PROTOCOL_VERSION + 1;
    let of_later = refusal(later, "whatever it says");
    assert_eq!(told("fails-later", |behaviour| behaviour.fails_open = Some(of_later)), update(later, "plugin"));
}

#[test]
fn another_refusal_of_the_same_version_is_told_as_it_is() {
    let failure = refusal(PROTOCOL_VERSION, "instance_id is not 32 hex digits.");
    let trouble = told("fails-same", |behaviour| behaviour.fails_open = Some(failure));
    assert_eq!(trouble, "Invalid: instance_id is not 32 hex digits.");
}
