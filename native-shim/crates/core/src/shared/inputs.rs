//! The values of the inputs, as the host sets them.

use crate::parameter::{self, PARAMETER_COUNT, PARAMETERS};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::*};

/// Plain values. The host's loading of a state writes them and raises `restored`; the audio thread writes what it was sent.
pub struct Inputs {
    values: [AtomicU64; PARAMETER_COUNT],
    restored: AtomicU32,
    /// Values set outside of a process call, and a bit for each that the audio thread has not taken up yet.
    pending: [AtomicU64; PARAMETER_COUNT],
    pending_bits: AtomicU32,
}

impl Default for Inputs {
    fn default() -> Inputs {
        Inputs {
            values: parameter::defaults().map(|value| AtomicU64::new(value.to_bits())),
            restored: AtomicU32::new(0),
            pending: Default::default(),
            pending_bits: AtomicU32::new(0),
        }
    }
}

impl Inputs {
    /// [thread-safe]
    pub fn value(&self, index: usize) -> f64 {
        self.values.get(index).map_or(0.0, |value| f64::from_bits(value.load(Relaxed)))
    }

    /// [thread-safe]
    pub fn values(&self) -> [f64; PARAMETER_COUNT] {
        std::array::from_fn(|index| self.value(index))
    }

    /// What the host's automation did. [audio-thread]
    pub fn publish(&self, index: usize, plain: f64) {
        if let Some(value) = self.values.get(index) {
            value.store(plain.to_bits(), Relaxed);
        }
    }

    /// A value (plain) that the host set without a process call: it is in the state at once, and the audio thread starts
    /// its next call from it. `false` if there is no such input or the value is not finite. [main-thread]
    pub fn set_pending(&self, index: usize, plain: f64) -> bool {
        let spec = PARAMETERS.get(index).filter(|spec| !spec.read_only);
        let (Some(spec), Some(slot)) = (spec, self.pending.get(index)) else { return false };
        let Some(plain) = spec.sanitise(plain) else { return false };
        slot.store(plain.to_bits(), Relaxed);
        self.publish(index, plain);
        self.pending_bits.fetch_or(1 << index, Release);
        true
    }

    /// Passes each value that is pending to `each`, once. [audio-thread]
    pub fn take_pending(&self, mut each: impl FnMut(usize, f64)) {
        if self.pending_bits.load(Relaxed) == 0 {
            return;
        }
        let mut bits = self.pending_bits.swap(0, Acquire);
        while bits != 0 {
            let index = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            if let Some(slot) = self.pending.get(index) {
                each(index, f64::from_bits(slot.load(Relaxed)));
            }
        }
    }

    /// What a saved state says. [main-thread]
    pub fn restore(&self, values: &[f64; PARAMETER_COUNT]) {
        // What was set before the state was loaded is overruled by it.
        self.pending_bits.store(0, Relaxed);
        for (index, (plain, spec)) in values.iter().zip(&PARAMETERS).enumerate() {
            self.publish(index, spec.sanitise(*plain).unwrap_or(spec.default));
        }
        self.restored.fetch_add(1, Release);
    }

    /// Rises whenever a state was loaded. [audio-thread]
    pub fn restore_count(&self) -> u32 {
        self.restored.load(Acquire)
    }
}
