//! An instance on its main thread.

use crate::daw::{Asked, Daw, MainThread};
use crate::player::Player;
use clack_extensions::audio_ports::PluginAudioPorts;
use clack_extensions::latency::PluginLatency;
use clack_extensions::params::{ParamRescanFlags, PluginParams};
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::PluginState;
use clack_host::events::Pckn;
use clack_host::events::event_types::ParamValueEvent;
use clack_host::events::io::EventBuffer;
use clack_host::prelude::*;
use simmer_host_kit::built_library;
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::Ordering::Relaxed;

/// The plugin that cargo built for this test. Never unloaded: hosts rarely do either.
pub fn entry() -> &'static PluginEntry {
    static ENTRY: OnceLock<PluginEntry> = OnceLock::new();
    ENTRY.get_or_init(|| entry_at(&built_library("simmer_clap")))
}

/// The plugin in a file.
pub fn entry_at(path: &Path) -> PluginEntry {
    // SAFETY: the plugin's initialisers are Rust's own.
    unsafe { PluginEntry::load(path) }.expect("the plugin loads")
}

/// An instance. It stays on the thread that made it; its [`Player`] goes where the audio is.
pub struct Plugin {
    instance: PluginInstance<Daw>,
}

impl Default for Plugin {
    fn default() -> Self {
        Plugin::new(entry())
    }
}

impl Plugin {
    pub fn new(entry: &PluginEntry) -> Plugin {
        let info = HostInfo::new("Test host", "", "", "1").unwrap();
        let id = c"local.simmer.simmer";
        let made = PluginInstance::<Daw>::new(|_| Asked::new(), |asked| MainThread(asked), entry, id, &info);
        Plugin { instance: made.expect("an instance") }
    }

    pub fn instance(&mut self) -> &mut PluginInstance<Daw> {
        &mut self.instance
    }

    pub fn params(&mut self) -> PluginParams {
        self.instance.plugin_handle().get_extension().expect("parameters")
    }

    pub fn ports(&mut self) -> PluginAudioPorts {
        self.instance.plugin_handle().get_extension().expect("audio ports")
    }

    pub fn latency(&mut self) -> u32 {
        let handle = self.instance.plugin_handle();
        handle.get_extension::<PluginLatency>().expect("latency").get(&handle)
    }

    /// What the plugin shows of a parameter, plain.
    pub fn value(&mut self, id: u32) -> f64 {
        let params = self.params();
        params.get_value(&self.instance.plugin_handle(), ClapId::new(id)).expect("a value")
    }

    pub fn render_offline(&mut self, offline: bool) {
        let handle = self.instance.plugin_handle();
        let render = handle.get_extension::<PluginRender>().expect("render");
        assert!(!render.has_realtime_requirement(&handle));
        render.set(&handle, if offline { RenderMode::Offline } else { RenderMode::Realtime }).unwrap();
    }

    /// Sets values (id, plain) while the plugin is not active.
    pub fn flush(&mut self, values: &[(u32, f64)]) {
        let params = self.params();
        let events: Vec<ParamValueEvent> = values
            .iter()
            .map(|(id, plain)| ParamValueEvent::new(0, ClapId::new(*id), Pckn::match_all(), *plain))
            .collect();
        let (input, mut told) = (InputEvents::from_buffer(&events), EventBuffer::new());
        let mut handle = self.instance.inactive_plugin_handle().expect("not active");
        params.flush(&mut handle, &input, &mut told.as_output());
    }

    pub fn state(&mut self) -> Vec<u8> {
        let handle = self.instance.plugin_handle();
        let mut bytes = Vec::new();
        handle.get_extension::<PluginState>().expect("state").save(&handle, &mut bytes).unwrap();
        bytes
    }

    /// Whether the plugin took the state.
    pub fn load(&mut self, state: &[u8]) -> bool {
        let handle = self.instance.plugin_handle();
        handle.get_extension::<PluginState>().expect("state").load(&handle, &mut &*state).is_ok()
    }

    /// How often the plugin said that values have changed. It may do so on the main thread only.
    pub fn rescans(&self) -> usize {
        self.instance.access_shared_handler(|asked| {
            let rescans = asked.rescans.lock().unwrap();
            let here = std::thread::current().id();
            assert!(rescans.iter().all(|rescan| *rescan == (ParamRescanFlags::VALUES, here)), "{rescans:?}");
            rescans.len()
        })
    }

    /// How often the plugin asked for a call of process() or flush().
    pub fn flushes(&self) -> usize {
        self.instance.access_shared_handler(|asked| asked.flushes.load(Relaxed))
    }

    /// Activates on the calling thread; `None` if the plugin refuses.
    pub fn try_start(&mut self, sample_rate: f64, block_frames_max: u32) -> Option<Player> {
        let configuration =
            PluginAudioConfiguration { sample_rate, min_frames_count: 1, max_frames_count: block_frames_max };
        let processor = self.instance.activate(|_, _| (), configuration).ok()?;
        Some(Player::new(processor))
    }

    pub fn start(&mut self, sample_rate: f64, block_frames_max: u32) -> Player {
        self.try_start(sample_rate, block_frames_max).expect("the plugin is activated")
    }

    /// Takes the player back and deactivates.
    pub fn stop(&mut self, player: Player) {
        self.instance.deactivate(player.into_processor());
    }
}
