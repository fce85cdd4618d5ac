//! The gestures that a plugin passes to the host.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::ThreadId;
use std::time::Instant;

/// One step of a gesture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub id: u32,
    pub phase: Phase,
    /// Since the plugin was made.
    pub at_micros: u64,
    pub thread: ThreadId,
}

/// Values are normalised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Phase {
    Begin,
    Perform(f64),
    End,
}

/// Every step so far.
pub struct Gestures {
    origin: Instant,
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    steps: Vec<Step>,
    /// Values by parameter that no process call has brought yet.
    fresh: BTreeMap<u32, f64>,
    /// Parameters that are held.
    open: BTreeMap<u32, usize>,
}

impl Gestures {
    pub fn new() -> Arc<Gestures> {
        Arc::new(Gestures { origin: Instant::now(), log: Mutex::default() })
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more step, as it comes.
    pub fn note(&self, id: u32, phase: Phase) {
        let at_micros = self.origin.elapsed().as_micros() as u64;
        let mut log = self.log();
        log.steps.push(Step { id, phase, at_micros, thread: std::thread::current().id() });
        match phase {
            Phase::Begin => *log.open.entry(id).or_default() += 1,
            Phase::Perform(value) => {
                log.fresh.insert(id, value);
            }
            Phase::End => {
                if let Some(count) = log.open.get_mut(&id) {
                    *count = count.saturating_sub(1);
                }
            }
        }
    }

    pub fn steps(&self) -> Vec<Step> {
        self.log().steps.clone()
    }

    /// The newest value of each parameter that has come since the last look.
    pub fn take_fresh(&self) -> BTreeMap<u32, f64> {
        std::mem::take(&mut self.log().fresh)
    }

    /// Whether a parameter is held.
    pub fn is_open(&self, id: u32) -> bool {
        self.log().open.get(&id).is_some_and(|count| *count > 0)
    }
}
