//! The life and the state of one instance.

use crate::exclusive::Exclusive;
use crate::notes::{LastCall, Notes};
use crate::{thread, turn};
use simmer_core::parameter;
use simmer_core::{
    Bell, Edit, EditReceiver, EditSender, Engine, Labels, Phase, Shared, Source, State, Track, edit_queue, queues,
};
use simmer_link::{Ends, Link, LinkConfig, Notifier, OnEdits, Waker};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Rates the protocol has room for, in Hz.
const SAMPLE_RATES: std::ops::RangeInclusive<f64> = 8_000.0..=384_000.0;

/// What only the main thread touches.
struct Main {
    state: State,
    notes: Notes,
    host_name: String,
    sample_rate: f64,
    block_frames_max: i32,
    link: Option<Link>,
}

/// Where gestures arrive: from the page once there is a link, and from the editor.
struct Receivers {
    page: Option<EditReceiver>,
    editor: EditReceiver,
}

/// One loaded plugin. A format layer owns one per instance the host makes.
pub struct Instance {
    main: Mutex<Main>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) engine: Exclusive<Option<Engine>>,
    pub(crate) outputs: turn::Outputs,
    pub(crate) last_call: LastCall,
    edits: Exclusive<Receivers>,
    /// What is done in the editor.
    editor_edits: Mutex<EditSender>,
    notifier: Notifier,
    /// The thread that set the plugin up last, if it may be evidence of a bounce; else 0.
    setup_thread: AtomicUsize,
    announced_offline: AtomicBool,
}

impl Instance {
    /// Costs neither a thread nor much memory: hosts make instances to scan. [main-thread]
    pub fn new() -> Instance {
        let mut instance_id = [0u8; 16];
        if getrandom::fill(&mut instance_id).is_err() {
            // Without entropy the address of a fresh allocation still tells instances of one process apart.
            let unique = Box::new(0u8);
            instance_id[..8].copy_from_slice(&(&raw const *unique as u64).to_le_bytes());
        }
        let shared = Arc::new(Shared::new());
        let (editor_edits, editor) = edit_queue(&shared, Source::Editor);
        Instance {
            main: Mutex::new(Main {
                state: State::new(instance_id),
                notes: Notes::new(),
                host_name: String::new(),
                sample_rate: 48_000.0,
                block_frames_max: 1,
                link: None,
            }),
            shared,
            engine: Exclusive::new(None),
            outputs: turn::Outputs::new(),
            last_call: LastCall::never(),
            edits: Exclusive::new(Receivers { page: None, editor }),
            editor_edits: Mutex::new(editor_edits),
            notifier: Notifier::default(),
            setup_thread: AtomicUsize::new(0),
            announced_offline: AtomicBool::new(false),
        }
    }

    fn main(&self) -> MutexGuard<'_, Main> {
        self.main.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the host says it is; for people. [main-thread]
    pub fn set_host_name(&self, name: String) {
        self.main().host_name = name;
    }

    /// The host renders offline from now on, or does not. [thread-safe]
    pub fn announce_offline(&self, offline: bool) {
        self.announced_offline.store(offline, Relaxed);
    }

    /// [thread-safe]
    pub fn is_announced_offline(&self) -> bool {
        self.announced_offline.load(Relaxed)
    }

    /// The host sets up processing. The first time makes the engine and the link, so that a scan costs neither and
    /// activation, which Ardour does on its audio thread, finds everything there. False: refused. [main-thread]
    pub fn set_up(&self, sample_rate: f64, block_frames_max: i32) -> bool {
        if !SAMPLE_RATES.contains(&sample_rate) {
            return false;
        }
        let thread = if thread::is_realtime() { 0 } else { thread::current() };
        self.setup_thread.store(thread, Relaxed);
        let mut main = self.main();
        main.sample_rate = sample_rate;
        // Only ever larger: Ardour sets other sizes around a bounce, which needs no new stream.
        main.block_frames_max = main.block_frames_max.max(block_frames_max);
        let config = self.link_config(&main);
        if let Some(link) = &main.link {
            link.configure(config);
            return true;
        }
        let (queues, bell, waker) = (queues(), Arc::new(Bell::default()), Waker::default());
        let engine = Engine::new(self.shared.clone(), queues.outlet, queues.cell_receiver, bell.clone(), waker.wake());
        let mut engine = Some(engine);
        if self.engine.with(|slot| *slot = engine.take()).is_none() {
            return false;
        }
        let (edit_sender, edit_receiver) = edit_queue(&self.shared, Source::Page);
        let mut edit_receiver = Some(edit_receiver);
        if self.edits.with(|receivers| receivers.page = edit_receiver.take()).is_none() {
            return false;
        }
        let ends = Ends {
            inlet: queues.inlet,
            cells: queues.cell_sender,
            edits: edit_sender,
            notifier: self.notifier.clone(),
            bell,
        };
        main.link = Some(Link::start(config, self.shared.clone(), ends, waker));
        true
    }

    /// Processing begins anew. False: it was never set up. [main-thread], and on the audio thread in some hosts
    pub fn activate(&self) -> bool {
        let sample_rate = {
            let main = self.main();
            if main.link.is_none() {
                return false;
            }
            main.sample_rate
        };
        let prepared = self.engine.with(|engine| engine.as_mut().map(|engine| engine.prepare(sample_rate)));
        prepared.flatten().is_some()
    }

    /// Ends the link and frees the engine. [main-thread]
    pub fn end(&self) {
        let link = self.main().link.take();
        if let Some(link) = link {
            link.stop();
        }
        self.engine.with(|engine| *engine = None);
    }

    /// Whom to call when a person has moved something on the page: whoever then calls [`Instance::apply_edits`] on a thread
    /// from which the host may be called. The call comes on the link's thread; it must be quick. [main-thread]
    pub fn on_edits(&self, on_edits: Option<OnEdits>) {
        self.notifier.set(on_edits);
    }

    /// Passes the steps of gestures to `apply`, which answers whether the host has taken each; what it has not is tried again
    /// next time. Nothing happens while another thread does the same. [audio-thread] or [main-thread], as the format says
    pub fn apply_edits(&self, mut apply: impl FnMut(Edit) -> bool) {
        self.edits.try_with(|Receivers { page, editor }| {
            if let Some(page) = page {
                page.drain(&mut apply);
            }
            editor.drain(&mut apply);
        });
    }

    /// One step of a gesture in the editor. Neither waits nor calls the host. [editor-thread]
    pub fn edit(&self, id: u32, phase: Phase) {
        if self.editor_edits.lock().unwrap_or_else(PoisonError::into_inner).edit(id, phase) {
            self.notifier.ring();
        }
    }

    /// The editor has gone: what was held in it is let go. [editor-thread] or [main-thread]
    pub fn let_go(&self) {
        self.editor_edits.lock().unwrap_or_else(PoisonError::into_inner).end_stream();
        self.notifier.ring();
    }

    /// The names that the model has for Artist and Genre. Any thread but the audio thread.
    pub fn labels(&self) -> Arc<Labels> {
        self.shared.service.labels()
    }

    /// Whether those names have changed since this was asked last: whoever asks has the host ask for its texts again.
    /// [main-thread]
    pub fn take_labels_changed(&self) -> bool {
        self.shared.service.take_labels_changed()
    }

    /// Whether there is anything for the host: steps of gestures, or new names. [thread-safe]
    pub fn has_news(&self) -> bool {
        self.has_edits() || self.shared.service.have_labels_changed()
    }

    /// Whether there are steps of gestures for the host. [thread-safe]
    pub fn has_edits(&self) -> bool {
        let found = self.edits.try_with(|Receivers { page, editor }| {
            !editor.is_empty() || page.as_ref().is_some_and(|page| !page.is_empty())
        });
        found.unwrap_or(false)
    }

    /// As [`Instance::apply_edits`], for a format in which the plugin owns its values (CLAP): what the host has taken is the
    /// value at once. [audio-thread], or [main-thread] while there is no process call
    pub fn apply_own_edits(&self, mut apply: impl FnMut(Edit) -> bool) {
        self.apply_edits(|edit| {
            let taken = apply(edit);
            if let (true, Phase::Perform(plain)) = (taken, edit.phase) {
                self.shared.inputs.set_pending(edit.index, plain);
            }
            taken
        });
    }

    /// What the host says of the track that the instance is on. [main-thread]
    pub fn set_track(&self, name: String, colour: Option<u32>) {
        self.shared.song.set_track(Track { name, colour });
    }

    /// Whether this thread is the one that set the plugin up. [audio-thread]
    pub(crate) fn on_setup_thread(&self) -> bool {
        self.setup_thread.load(Relaxed) == thread::current()
    }

    /// The host's editor names a value that process() may bring as well, and then better (VST3's controller). False:
    /// there is no such input. [main-thread]
    pub fn note_value(&self, id: u32, plain: f64) -> bool {
        let spec = parameter::spec(id).filter(|spec| !spec.read_only);
        let (Some(plain), Ok(index)) = (spec.and_then(|spec| spec.sanitise(plain)), usize::try_from(id)) else {
            return false;
        };
        let now = self.shared.now();
        if self.main().notes.take(index, plain, now, &self.last_call) {
            self.shared.inputs.set_pending(index, plain);
        }
        true
    }

    /// The host sets a value outside the process call, for good (CLAP's flush). False: there is no such input.
    /// [thread-safe]
    pub fn set_value(&self, id: u32, plain: f64) -> bool {
        usize::try_from(id).is_ok_and(|index| self.shared.inputs.set_pending(index, plain))
    }

    /// The plain value of a parameter as a saved state would have it; of a read-only one, what the last process
    /// call left.
    /// [main-thread]
    pub fn value(&self, id: u32) -> Option<f64> {
        let spec = parameter::spec(id)?;
        if spec.read_only {
            return Some(self.outputs.value(id).unwrap_or(spec.default));
        }
        let index = usize::try_from(id).ok()?;
        let noted = self.main().notes.newest(index, &self.last_call);
        Some(noted.unwrap_or_else(|| self.shared.inputs.value(index)))
    }

    /// Takes over a saved state of either format; false: it is none, and nothing has changed. [main-thread]
    pub fn load(&self, bytes: &[u8]) -> bool {
        let Ok(state) = State::decode(bytes) else { return false };
        self.shared.inputs.restore(&state.values);
        self.shared.song.restore_takes(&state.takes);
        if !state.labels.is_empty() && self.shared.service.set_labels(state.labels.clone()) {
            self.notifier.ring();
        }
        let mut main = self.main();
        main.notes.forget();
        main.state = state;
        if let Some(link) = &main.link {
            link.configure(self.link_config(&main));
        }
        true
    }

    /// The state to save, the same blob in every format. [main-thread]
    pub fn save(&self) -> Vec<u8> {
        let mut main = self.main();
        let mut values = self.shared.inputs.values();
        for (index, value) in values.iter_mut().enumerate() {
            *value = main.notes.newest(index, &self.last_call).unwrap_or(*value);
        }
        main.state.values = values;
        main.state.takes = self.shared.song.takes();
        main.state.labels = (*self.shared.service.labels()).clone();
        main.state.encode()
    }

    fn link_config(&self, main: &Main) -> LinkConfig {
        LinkConfig {
            instance_id: main.state.instance_id_text(),
            host_name: main.host_name.clone(),
            sample_rate_hz: main.sample_rate.round() as i32,
            block_frames_max: main.block_frames_max,
            model: main.state.model.clone(),
            takes_load_count: self.shared.song.takes_load_count(),
        }
    }
}

/// A host may let an instance go without ending it; its link must not outlive it. [main-thread]
impl Drop for Instance {
    fn drop(&mut self) {
        self.end();
    }
}

impl Default for Instance {
    fn default() -> Self {
        Instance::new()
    }
}
