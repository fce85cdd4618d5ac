//! The link thread.

use crate::config::LinkConfig;
use crate::control::{Control, RETRY};
use crate::discovery;
use crate::ended::Ended;
use crate::log::Log;
use crate::notifier::Notifier;
use crate::plumbing::Plumbing;
use crate::session;
use crate::waker::Waker;
use simmer_core::{Bell, CellSender, EditSender, Inlet, LinkStatus, Shared};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::watch;

/// How long stopping may take before the thread is left to itself.
const STOP_MAX: Duration = Duration::from_secs(3);

/// The running link of one instance.
pub struct Link {
    control: watch::Sender<Control>,
    waker: Waker,
    thread: JoinHandle<()>,
    ended: mpsc::Receiver<()>,
}

/// The link's ends of the queues, and whom it calls.
pub struct Ends {
    pub inlet: Inlet,
    pub cells: CellSender,
    pub edits: EditSender,
    pub notifier: Notifier,
    pub bell: Arc<Bell>,
}

impl Link {
    /// [main-thread]
    pub fn start(config: LinkConfig, shared: Arc<Shared>, ends: Ends, waker: Waker) -> Link {
        let (control, control_receiver) = watch::channel(Control { config, stop: false });
        let (ended_sender, ended) = mpsc::channel();
        let thread_waker = waker.clone();
        let thread = std::thread::spawn(move || {
            let Ends { inlet, cells, edits, notifier, bell } = ends;
            let plumbing = Plumbing::new(shared, inlet, cells, edits, notifier, bell, thread_waker);
            run(plumbing, control_receiver);
            // Nobody listens if the host was in a hurry.
            let _ = ended_sender.send(());
        });
        Link { control, waker, thread, ended }
    }

    /// The instance is another one now (rate, state): a new stream, if anything changed. [main-thread]
    pub fn configure(&self, config: LinkConfig) {
        self.control.send_if_modified(|control| {
            let changed = control.config != config;
            control.config = config;
            changed
        });
    }

    /// Ends the thread and waits for it, but not for long. [main-thread]
    pub fn stop(self) {
        self.control.send_modify(|control| control.stop = true);
        self.waker.now();
        if self.ended.recv_timeout(STOP_MAX).is_ok() {
            // It has run to its end; joining cannot block. A panic inside it has been reported by the runtime already.
            let _ = self.thread.join();
        }
    }
}

fn run(mut plumbing: Plumbing, mut control: watch::Receiver<Control>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
    let folder = discovery::runtime_folder();
    let mut log = Log::new(folder.clone());
    let Ok(runtime) = runtime else {
        log.line("the link cannot start: the system refuses a runtime");
        return;
    };
    runtime.block_on(async {
        loop {
            let Control { config, stop } = control.borrow_and_update().clone();
            log.set_instance(&config.instance_id);
            if stop {
                // A host that exports from the command line ends right after its last block.
                log.given_up(&plumbing.shared);
                return;
            }
            let found = match &folder {
                Some(folder) => discovery::find_in(folder),
                None => Err(discovery::Absence::NoFolder),
            };
            match found {
                Err(absence) => {
                    plumbing.set_status(LinkStatus::Absent);
                    plumbing.report_trouble(absence.text());
                    log.line(absence.text());
                }
                Ok(service) => {
                    if plumbing.shared.service.link_status() != LinkStatus::Failed {
                        plumbing.set_status(LinkStatus::Connecting);
                    }
                    let ended = session::run(&mut plumbing, &mut control, &config, &service, &mut log).await;
                    plumbing.book.on_link_lost();
                    plumbing.let_go();
                    match ended {
                        Ended::Asked => {
                            plumbing.set_status(LinkStatus::Connecting);
                            continue;
                        }
                        Ended::Renewed => {
                            plumbing.set_status(LinkStatus::Connecting);
                            log.line("the service wants to be opened anew");
                            continue;
                        }
                        Ended::Lost(why) => {
                            plumbing.set_status(LinkStatus::Connecting);
                            log.line(&format!("no link: {why}"));
                        }
                        Ended::Failed { why, permanent } => {
                            plumbing.set_status(LinkStatus::Failed);
                            plumbing.report_trouble(&why);
                            log.line(&format!("the service failed: {why}"));
                            if let Some(epoch) = plumbing.book.epoch().filter(|_| permanent) {
                                plumbing.refuse(epoch);
                            }
                        }
                    }
                }
            }
            plumbing.rest(&mut control, RETRY, &mut log).await;
        }
    });
}
