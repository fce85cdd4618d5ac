//! Passes gestures to the host on a thread from which it may be called.
//!
//! VST3 wants that to be the host's UI thread. On Linux the way there is the host's run loop (`IRunLoop`), which a host gives
//! with its context (`IPluginFactory3::setHostContext`, or with `initialize`) or else only while an editor is open. Where no
//! run loop is known, and on the other systems, a thread of our own calls the host. That is what JUCE's and NIH-plug's
//! plugins do on Linux as well, so hosts have met it; Ardour 7 records what it passes on in touch mode (`test/ardour/touch.test.ts`).
//! It calls nothing but the component handler, never while another thread of ours does, and it ends before the controller
//! does.

use crate::desk::{Desk, lock};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a host may take over one call before its thread is left to itself.
const END_MAX: Duration = Duration::from_secs(1);

pub enum Messenger {
    #[cfg(target_os = "linux")]
    RunLoop(crate::run_loop::Registered),
    Thread(Own),
}

impl Messenger {
    /// [main-thread]
    pub fn thread(desk: &Arc<Desk>) -> Messenger {
        Messenger::Thread(Own::new(Arc::downgrade(desk)))
    }

    /// Has [`Desk::apply_edits`] called soon. [thread-safe]
    pub fn ring(&self) {
        match self {
            #[cfg(target_os = "linux")]
            Messenger::RunLoop(registered) => registered.ring(),
            Messenger::Thread(own) => own.ring(),
        }
    }
}

/// A thread of our own, made when there is a gesture for the first time: most instances are never turned by a page.
pub struct Own {
    desk: Weak<Desk>,
    running: Mutex<Option<Running>>,
}

struct Running {
    bell: SyncSender<()>,
    ended: Receiver<()>,
    thread: JoinHandle<()>,
}

impl Own {
    fn new(desk: Weak<Desk>) -> Own {
        Own { desk, running: Mutex::new(None) }
    }

    fn ring(&self) {
        let mut running = lock(&self.running);
        if running.is_none() {
            // A system without room for a thread leaves the page unable to edit, and the rest as it is.
            *running = Running::start(self.desk.clone());
        }
        if let Some(running) = &*running {
            // Full: it is rung already. Disconnected: the desk is gone.
            let _ = running.bell.try_send(());
        }
    }
}

impl Running {
    fn start(desk: Weak<Desk>) -> Option<Running> {
        let (bell, rung) = sync_channel(1);
        let (end, ended) = sync_channel(1);
        let body = move || {
            while rung.recv().is_ok() {
                let Some(desk) = desk.upgrade() else { break };
                simmer_instance::or_on_panic((), || desk.apply_edits());
            }
            // Nobody listens if the host was in a hurry.
            let _ = end.try_send(());
        };
        let thread = std::thread::Builder::new().name("simmer gestures".to_owned()).spawn(body).ok()?;
        Some(Running { bell, ended, thread })
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let Some(Running { bell, ended, thread }) = lock(&self.running).take() else { return };
        drop(bell);
        // It may hold the desk for the last time.
        if thread.thread().id() == std::thread::current().id() {
            return;
        }
        // It may be inside the host, and the host be waiting for this very thread: joining could last forever.
        if ended.recv_timeout(END_MAX).is_ok() {
            // It has run to its end. A panic inside it has been reported already.
            let _ = thread.join();
        }
    }
}
