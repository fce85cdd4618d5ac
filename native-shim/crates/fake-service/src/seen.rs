//! What a fake service remembers of shims.

use crate::behaviour::Behaviour;
use simmer_link::wire::{ProcessBlock, StartEpoch};
use std::sync::Mutex;

/// Everything shims said, in order.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Calls whose proof held, and messages of them, of every kind.
    pub calls: u64,
    pub messages: u64,
    pub opens: Vec<simmer_link::wire::Open>,
    pub starts: Vec<StartEpoch>,
    pub blocks: Vec<ProcessBlock>,
    pub reports: Vec<simmer_link::wire::ShimReport>,
    pub instances: Vec<simmer_link::wire::InstanceState>,
    pub refused: u64,
    /// Splices of the revisions that were sent, as (epoch, revision, first frame).
    pub splices: Vec<(u32, u32, i64)>,
    /// Preludes that were sent, as (epoch, root), and those of them that the next epoch began with.
    pub preludes: Vec<(u32, i64)>,
    pub preludes_played: Vec<(u32, i64)>,
}

/// What the service and its streams share.
pub struct Inner {
    pub behaviour: Mutex<Behaviour>,
    pub seen: Mutex<Seen>,
    pub token: String,
}
