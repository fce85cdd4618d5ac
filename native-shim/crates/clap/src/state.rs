//! The saved state: the same bytes as in every other format.

use crate::plugin::with;
use clap_sys::ext::state::clap_plugin_state;
use clap_sys::plugin::clap_plugin;
use clap_sys::stream::{clap_istream, clap_ostream};
use simmer_core::limits::STATE_BYTES_MAX;

pub static STATE: clap_plugin_state = clap_plugin_state { save: Some(save), load: Some(load) };

/// [main-thread]
unsafe extern "C" fn save(plugin: *const clap_plugin, stream: *const clap_ostream) -> bool {
    // SAFETY: the host's pointer to a plugin of ours, and null or a stream that lives through the call.
    unsafe {
        with(plugin, false, |plugin| stream.as_ref().is_some_and(|stream| write_all(stream, &plugin.instance.save())))
    }
}

/// [main-thread]
unsafe extern "C" fn load(plugin: *const clap_plugin, stream: *const clap_istream) -> bool {
    // SAFETY: as above.
    unsafe {
        with(plugin, false, |plugin| {
            let bytes = stream.as_ref().and_then(|stream| read_all(stream));
            let loaded = bytes.is_some_and(|bytes| plugin.instance.load(&bytes));
            if loaded {
                plugin.host.values_changed();
            }
            loaded
        })
    }
}

/// Hosts may take as little at a time as they like.
unsafe fn write_all(stream: &clap_ostream, mut bytes: &[u8]) -> bool {
    let Some(write) = stream.write else { return false };
    while !bytes.is_empty() {
        // SAFETY: the host's function with its own stream; the bytes have the length that is passed.
        let written = unsafe { write(stream, bytes.as_ptr().cast(), bytes.len() as u64) };
        match usize::try_from(written).ok().filter(|count| *count > 0).and_then(|count| bytes.get(count..)) {
            Some(rest) => bytes = rest,
            None => return false,
        }
    }
    true
}

/// All bytes of a stream, or `None` if it fails or holds more than any state of ours.
unsafe fn read_all(stream: &clap_istream) -> Option<Vec<u8>> {
    let read = stream.read?;
    let mut bytes = Vec::new();
    let mut buffer = [0u8; 4096];
    while bytes.len() <= STATE_BYTES_MAX {
        // SAFETY: the host's function with its own stream; `buffer` has the length that is passed.
        let got = unsafe { read(stream, buffer.as_mut_ptr().cast(), buffer.len() as u64) };
        match usize::try_from(got).ok()? {
            0 => return Some(bytes),
            got => bytes.extend_from_slice(buffer.get(..got)?),
        }
    }
    None
}
