//! Wakes the link thread before its next look at the queues.

use simmer_core::Wake;
use std::sync::Arc;
use tokio::sync::Notify;

#[derive(Clone, Default)]
pub struct Waker(Arc<Notify>);

impl Waker {
    /// For the engine, which calls it in offline epochs only. [main-thread]
    pub fn wake(&self) -> Wake {
        let notify = self.0.clone();
        Arc::new(move || notify.notify_one())
    }

    /// [link-thread]
    pub(crate) async fn woken(&self) {
        self.0.notified().await;
    }

    pub(crate) fn now(&self) {
        self.0.notify_one();
    }
}
