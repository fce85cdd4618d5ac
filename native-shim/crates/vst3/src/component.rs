//! The processing half of the plugin: its life, its buses and its state.

use crate::controller::Controller;
use crate::exclusive::Exclusive;
use crate::{buses, guard, stream, text, thread};
use simmer_core::{Bell, Engine, Shared, State, queues};
use simmer_link::{Link, LinkConfig, Waker};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{Class, ComRef, uid};

/// What only the main thread touches.
pub struct Main {
    pub state: State,
    pub host_name: String,
    pub sample_rate: f64,
    pub block_frames_max: i32,
    pub link: Option<Link>,
}

/// One instance.
pub struct Component {
    pub main: Mutex<Main>,
    pub shared: Arc<Shared>,
    pub engine: Exclusive<Option<Engine>>,
    /// The thread that set the plugin up last, if it may be evidence of a bounce; else 0.
    pub setup_thread: AtomicUsize,
    pub setup_offline: AtomicBool,
    pub guide_active: AtomicBool,
    /// Channels of the main input and of the guide.
    pub input_channels: [AtomicI32; 2],
    /// What the read-only parameters were last said to be.
    pub said_status: AtomicI32,
    pub said_missed: AtomicI32,
}

impl Class for Component {
    type Interfaces = (IComponent, IAudioProcessor, IProcessContextRequirements);
}

impl Component {
    pub const CID: TUID = uid(0x7C0B2F64, 0x9A3E4D51, 0xB4E81D0C, 0x53694D4D);

    /// [main-thread]
    pub fn new() -> Component {
        let mut instance_id = [0u8; 16];
        if getrandom::fill(&mut instance_id).is_err() {
            // Without entropy the address of a fresh allocation still tells instances of one process apart.
            let unique = Box::new(0u8);
            instance_id[..8].copy_from_slice(&(&raw const *unique as u64).to_le_bytes());
        }
        Component {
            main: Mutex::new(Main {
                state: State::new(instance_id),
                host_name: String::new(),
                sample_rate: 48_000.0,
                block_frames_max: 1,
                link: None,
            }),
            shared: Arc::new(Shared::new()),
            engine: Exclusive::new(None),
            setup_thread: AtomicUsize::new(0),
            setup_offline: AtomicBool::new(false),
            guide_active: AtomicBool::new(false),
            input_channels: [AtomicI32::new(2), AtomicI32::new(2)],
            said_status: AtomicI32::new(-1),
            said_missed: AtomicI32::new(-1),
        }
    }

    /// [main-thread]
    pub fn main(&self) -> MutexGuard<'_, Main> {
        self.main.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers that this thread set the plugin up. [main-thread]
    pub fn note_setup_thread(&self) {
        let id = if thread::is_realtime() { 0 } else { thread::current() };
        self.setup_thread.store(id, Relaxed);
    }

    fn link_config(main: &Main, shared: &Shared) -> LinkConfig {
        LinkConfig {
            instance_id: main.state.instance_id_text(),
            host_name: main.host_name.clone(),
            sample_rate_hz: main.sample_rate.round() as i32,
            block_frames_max: main.block_frames_max,
            model: main.state.model.clone(),
            takes_load_count: shared.takes_load_count(),
        }
    }

    /// Makes the engine and the link when the host sets up processing for the first time: a scan costs neither memory
    /// nor a thread, and activation, which Ardour does on its audio thread, finds everything there. [main-thread]
    pub fn set_up(&self) -> bool {
        let mut main = self.main();
        let config = Self::link_config(&main, &self.shared);
        if let Some(link) = &main.link {
            link.configure(config);
        } else {
            let (queues, bell, waker) = (queues(), Arc::new(Bell::default()), Waker::default());
            let engine =
                Engine::new(self.shared.clone(), queues.outlet, queues.cell_receiver, bell.clone(), waker.wake());
            let mut engine = Some(engine);
            if self.engine.with(|slot| *slot = engine.take()).is_none() {
                return false;
            }
            main.link = Some(Link::start(config, self.shared.clone(), queues.inlet, queues.cell_sender, bell, waker));
        }
        true
    }

    /// [main-thread], and on the audio thread in some hosts
    fn activate(&self) -> bool {
        let sample_rate = {
            let main = self.main();
            if main.link.is_none() {
                return false;
            }
            main.sample_rate
        };
        let prepared = self.engine.with(|engine| {
            if let Some(engine) = engine {
                engine.prepare(sample_rate);
            }
        });
        prepared.is_some()
    }

    fn load(&self, bytes: &[u8]) -> bool {
        let Ok(state) = State::decode(bytes) else { return false };
        self.shared.restore(&state.values);
        self.shared.restore_takes(&state.takes);
        let mut main = self.main();
        main.state = state;
        if let Some(link) = &main.link {
            link.configure(Self::link_config(&main, &self.shared));
        }
        true
    }
}

impl IPluginBaseTrait for Component {
    unsafe fn initialize(&self, context: *mut FUnknown) -> tresult {
        guard::entry(|| {
            // SAFETY: the host passes null or an object that lives through the call.
            let host = unsafe { ComRef::from_raw(context) }.and_then(|context| context.cast::<IHostApplication>());
            if let Some(host) = host {
                let mut name: String128 = [0; 128];
                // SAFETY: `name` is the fixed array the interface asks for.
                if unsafe { host.getName(&mut name) } == kResultOk {
                    // SAFETY: 128 units are there.
                    self.main().host_name = unsafe { text::read_wide(name.as_ptr(), name.len()) };
                }
            }
            kResultOk
        })
    }

    unsafe fn terminate(&self) -> tresult {
        guard::entry(|| {
            let link = self.main().link.take();
            if let Some(link) = link {
                link.stop();
            }
            self.engine.with(|engine| *engine = None);
            kResultOk
        })
    }
}

impl IComponentTrait for Component {
    unsafe fn getControllerClassId(&self, class_id: *mut TUID) -> tresult {
        // SAFETY: null or a TUID to fill.
        let Some(class_id) = (unsafe { class_id.as_mut() }) else { return kInvalidArgument };
        *class_id = Controller::CID;
        kResultOk
    }

    unsafe fn setIoMode(&self, _mode: IoMode) -> tresult {
        kResultOk
    }

    unsafe fn getBusCount(&self, media: MediaType, direction: BusDirection) -> i32 {
        buses::count(media, direction)
    }

    unsafe fn getBusInfo(&self, media: MediaType, direction: BusDirection, index: i32, bus: *mut BusInfo) -> tresult {
        guard::entry(|| {
            // SAFETY: null or a BusInfo to fill.
            let Some(bus) = (unsafe { bus.as_mut() }) else { return kInvalidArgument };
            let is_input = direction as u32 == BusDirections_::kInput as u32;
            let slot = usize::try_from(index).ok().and_then(|index| self.input_channels.get(index));
            let channels = if is_input { slot.map_or(2, |channels| channels.load(Relaxed)) } else { 2 };
            if buses::describe(media, direction, index, channels, bus) { kResultOk } else { kInvalidArgument }
        })
    }

    unsafe fn getRoutingInfo(&self, _input: *mut RoutingInfo, _output: *mut RoutingInfo) -> tresult {
        kNotImplemented
    }

    unsafe fn activateBus(&self, media: MediaType, direction: BusDirection, index: i32, state: TBool) -> tresult {
        if index < 0 || index >= buses::count(media, direction) {
            return kInvalidArgument;
        }
        if direction as u32 == BusDirections_::kInput as u32 && index == 1 {
            self.guide_active.store(state != 0, Relaxed);
        }
        kResultOk
    }

    unsafe fn setActive(&self, state: TBool) -> tresult {
        guard::entry(|| if state == 0 || self.activate() { kResultOk } else { kResultFalse })
    }

    unsafe fn setState(&self, state: *mut IBStream) -> tresult {
        guard::entry(|| {
            // SAFETY: null or a stream that lives through the call.
            let Some(stream) = (unsafe { ComRef::from_raw(state) }) else { return kInvalidArgument };
            let loaded = stream::read_all(stream).is_some_and(|bytes| self.load(&bytes));
            if loaded { kResultOk } else { kResultFalse }
        })
    }

    unsafe fn getState(&self, state: *mut IBStream) -> tresult {
        guard::entry(|| {
            // SAFETY: null or a stream that lives through the call.
            let Some(stream) = (unsafe { ComRef::from_raw(state) }) else { return kInvalidArgument };
            let bytes = {
                let mut main = self.main();
                main.state.values = self.shared.values();
                main.state.takes = self.shared.takes();
                main.state.encode()
            };
            if stream::write_all(stream, &bytes) { kResultOk } else { kResultFalse }
        })
    }
}
