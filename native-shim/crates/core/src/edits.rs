//! What a person does on the page or in the editor, on its way to the host: the steps of gestures, in a bounded queue each.

use crate::gesture::{Edit, Phase, Source};
use crate::limits::EDITS_QUEUED_MAX;
use crate::parameter::{self, PARAMETER_COUNT};
use crate::shared::Shared;
use rtrb::{Consumer, Producer, RingBuffer};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Where edits are made: lets only whole gestures through, and from one source at a time on each parameter.
pub struct EditSender {
    shared: Arc<Shared>,
    source: Source,
    queue: Producer<Edit>,
    /// A bit for each parameter whose gesture is open.
    open: u32,
    /// The sequence number of the last step, let through or not.
    last: u64,
    /// The last one that was let through.
    sent: u64,
    /// The sequence number before the first step of this stream.
    base: u64,
}

/// The host's end.
pub struct EditReceiver {
    shared: Arc<Shared>,
    queue: Consumer<Edit>,
}

/// [main-thread]
pub fn edit_queue(shared: &Arc<Shared>, source: Source) -> (EditSender, EditReceiver) {
    let (producer, consumer) = RingBuffer::new(EDITS_QUEUED_MAX);
    let sender = EditSender { shared: shared.clone(), source, queue: producer, open: 0, last: 0, sent: 0, base: 0 };
    (sender, EditReceiver { shared: shared.clone(), queue: consumer })
}

impl EditSender {
    /// A stream begins: its first step has sequence number 1. [link-thread]
    pub fn begin_stream(&mut self) {
        self.base = self.last;
    }

    /// One step from the editor; false: it makes no sense, or the parameter is held from elsewhere. [editor-thread]
    pub fn edit(&mut self, id: u32, phase: Phase) -> bool {
        self.last += 1;
        self.accept(id, phase)
    }

    /// The editor has gone, or the stream: whatever is held is let go. [link-thread] or [editor-thread]
    pub fn end_stream(&mut self) {
        while self.open != 0 {
            let index = self.open.trailing_zeros() as usize;
            self.last += 1;
            self.open &= !(1 << index);
            self.push(index, Phase::End);
        }
    }

    /// Takes in one step. What makes no sense (no such input, no number, a value out of range, a step outside of a gesture) is
    /// counted and goes no further; so is what a host does not take in time, but for the ends of what it has.
    /// False: the sequence number does not follow the last one. [link-thread]
    pub fn take(&mut self, sequence_number: u64, id: u32, phase: Phase) -> bool {
        if self.base.checked_add(sequence_number) != self.last.checked_add(1) {
            return false;
        }
        self.last += 1;
        let taken = self.accept(id, phase);
        if !taken {
            self.shared.played.counters.edits_refused.fetch_add(1, Relaxed);
        }
        true
    }

    fn accept(&mut self, id: u32, phase: Phase) -> bool {
        let spec = parameter::spec(id).filter(|spec| !spec.read_only);
        let (Some(spec), Ok(index)) = (spec, usize::try_from(id)) else { return false };
        let (bit, is_open) = (1 << index, self.open & (1 << index) != 0);
        // Room that the ends of open gestures need is not given away.
        let room = self.queue.slots().saturating_sub(self.open.count_ones() as usize);
        match phase {
            Phase::Begin if !is_open && room >= 2 && self.shared.gestures.claim(index, self.source) => self.open |= bit,
            Phase::Perform(plain) if is_open && room >= 1 => {
                if !(spec.min..=spec.max).contains(&plain) {
                    return false;
                }
                return spec.sanitise(plain).is_some_and(|plain| self.push(index, Phase::Perform(plain)));
            }
            Phase::End if is_open => self.open &= !bit,
            _ => return false,
        }
        self.push(index, phase)
    }

    fn push(&mut self, index: usize, phase: Phase) -> bool {
        let pushed = self.queue.push(Edit { sequence_number: self.last, index, phase, source: self.source }).is_ok();
        if pushed {
            self.sent = self.last;
        }
        pushed
    }

    /// The stream's sequence number of the last step that is done with: the host has it, or never will. [link-thread]
    pub fn applied(&self) -> u64 {
        let applied = self.shared.gestures.applied_sequence_number();
        // Steps that were refused after the last one that was let through are done with when it is.
        let done = if applied >= self.sent { self.last } else { applied };
        done.saturating_sub(self.base)
    }
}

impl EditReceiver {
    /// Passes steps to `apply` until there are no more, or it answers that the host takes none now; that one is tried again.
    /// [audio-thread] or the host's main thread, one at a time
    pub fn drain(&mut self, mut apply: impl FnMut(Edit) -> bool) {
        for _ in 0..EDITS_QUEUED_MAX {
            let Ok(edit) = self.queue.peek().copied() else { return };
            if !apply(edit) {
                return;
            }
            self.shared.gestures.on_applied(edit, self.shared.now());
            let _ = self.queue.pop();
        }
    }

    /// Whether there is nothing to apply. [thread-safe]
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}

/// What was not applied by now never will be, but nobody holds it any more.
impl Drop for EditReceiver {
    fn drop(&mut self) {
        while let Ok(edit) = self.queue.pop() {
            if edit.phase == Phase::End {
                self.shared.gestures.let_go(edit.index, edit.source);
            }
        }
    }
}

impl Drop for EditSender {
    fn drop(&mut self) {
        self.end_stream();
    }
}

const _: () = assert!(PARAMETER_COUNT <= 32, "a bit for each");
// Each gesture under way has its end in the queue yet, or is the one that is open.
const _: () = assert!(EDITS_QUEUED_MAX < 0xffff, "a source's count does not reach the next one's");
