//! Everything the link thread keeps from one stream to the next.

use crate::book::Book;
use crate::control::Control;
use crate::log::Log;
use crate::notifier::Notifier;
use crate::waker::Waker;
use simmer_core::{Bell, Cell, CellSender, EditSender, Inlet, LinkStatus, ServiceWords, Shared};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

/// Between two looks at the queues: while blocks come, and while none do. The audio thread may not wake this one in
/// playback, for that is a system call; so a turned knob waits for the next look. The clock's grain is a millisecond:
/// with 1 ms a block is under way after 1.3 ms in the middle and 2.2 ms nine times in ten, with 2 ms after 1.6 and 3.0,
/// for a tenth of a percent of a core more.
const LOOK_BUSY: Duration = Duration::from_millis(1);
const LOOK_IDLE: Duration = Duration::from_millis(20);
const BUSY_FOR: Duration = Duration::from_secs(2);

/// The queues, the book, and who is to be woken.
pub struct Plumbing {
    pub shared: Arc<Shared>,
    pub book: Book,
    pub waker: Waker,
    /// Audio that found no room in the queue yet.
    pub waiting: VecDeque<Cell>,
    /// The model that a service said was missing last.
    pub missing_model: String,
    pub edits: EditSender,
    notifier: Notifier,
    inlet: Inlet,
    cells: CellSender,
    bell: Arc<Bell>,
    host_spoke_at: Instant,
}

impl Plumbing {
    pub fn new(
        shared: Arc<Shared>,
        inlet: Inlet,
        cells: CellSender,
        edits: EditSender,
        notifier: Notifier,
        bell: Arc<Bell>,
        waker: Waker,
    ) -> Plumbing {
        let (book, waiting) = (Book::default(), VecDeque::new());
        Plumbing {
            shared,
            book,
            inlet,
            cells,
            bell,
            waker,
            waiting,
            missing_model: String::new(),
            edits,
            notifier,
            host_spoke_at: Instant::now(),
        }
    }

    pub fn set_status(&self, status: LinkStatus) {
        self.shared.service.set_link_status(status);
        self.bell.ring();
    }

    /// The service has sent something.
    pub fn on_message(&self, audio_or_progress: bool) {
        self.shared.service.on_message(audio_or_progress, self.shared.now());
    }

    /// What is wrong with the service, for people; what was known of its model stays.
    pub fn report_trouble(&self, trouble: &str) {
        let words = ServiceWords { trouble: trouble.to_owned(), ..self.shared.service.words() };
        self.shared.service.set_words(words);
    }

    /// This epoch cannot be completed any more.
    pub fn refuse(&self, epoch: u32) {
        self.shared.service.refused_epoch.store(epoch, Relaxed);
        self.bell.ring();
    }

    /// There are steps of gestures, or new names, for the host.
    pub fn notify(&self) {
        self.notifier.ring();
    }

    /// A stream has ended: nobody holds anything any more.
    pub fn let_go(&mut self) {
        self.edits.end_stream();
        self.notifier.ring();
    }

    /// Empties the queues in both directions.
    pub fn pump(&mut self) {
        while let Some(message) = self.inlet.pop() {
            self.host_spoke_at = Instant::now();
            self.book.record(message);
        }
        let epoch = self.book.epoch();
        let mut moved = false;
        while let Some(cell) = self.waiting.front() {
            let is_next = cell.prelude.is_some() && Some(cell.epoch) == epoch.map(|epoch| epoch.wrapping_add(1));
            if is_next || Some(cell.epoch) == epoch {
                if !self.cells.push(cell) {
                    break;
                }
                moved = true;
            }
            self.waiting.pop_front();
        }
        if moved {
            self.bell.ring();
        }
    }

    /// When to look again.
    pub fn look_after(&self) -> Duration {
        if !self.waiting.is_empty() || self.host_spoke_at.elapsed() < BUSY_FOR { LOOK_BUSY } else { LOOK_IDLE }
    }

    /// Keeps the queues empty for a while. Ends early if the main thread wants something.
    pub async fn rest(&mut self, control: &mut watch::Receiver<Control>, how_long: Duration, log: &mut Log) {
        let until = Instant::now() + how_long;
        while Instant::now() < until {
            self.pump();
            log.given_up(&self.shared);
            tokio::select! {
                _ = control.changed() => return,
                () = self.waker.woken() => {}
                () = sleep(self.look_after()) => {}
            }
        }
    }
}
