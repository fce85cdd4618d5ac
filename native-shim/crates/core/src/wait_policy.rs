//! Decides whether process() waits for its audio.

/// The "Render wait" parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenderWait {
    Auto,
    On,
    Off,
}

impl RenderWait {
    /// [thread-safe]
    pub fn from_plain(plain: f64) -> RenderWait {
        match plain as i64 {
            1 => RenderWait::On,
            2 => RenderWait::Off,
            _ => RenderWait::Auto,
        }
    }
}

/// Whether a block is rendered exactly and waited for.
///
/// Only while the song advances: hosts are known to leave a plugin in offline mode (Live 11 after a freeze) or to start
/// it there (Audacity 4), and such a plugin must not hang them. [audio-thread]
pub fn renders_offline(wait: RenderWait, advancing: bool, offline: bool, rendering_evidence: bool) -> bool {
    advancing
        && match wait {
            RenderWait::Off => false,
            RenderWait::On => true,
            RenderWait::Auto => offline || rendering_evidence,
        }
}
