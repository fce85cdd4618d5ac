//! The host's state streams.

use simmer_core::limits::STATE_BYTES_MAX;
use vst3::ComRef;
use vst3::Steinberg::{IBStream, IBStreamTrait, kResultOk};

/// All bytes of a stream, or `None` if it fails or holds more than any state of ours. [main-thread]
pub fn read_all(stream: ComRef<'_, IBStream>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut buffer = [0u8; 4096];
    while bytes.len() <= STATE_BYTES_MAX {
        let mut read = 0;
        // SAFETY: `buffer` has the length that is passed, `read` outlives the call.
        let result = unsafe { stream.read(buffer.as_mut_ptr().cast(), buffer.len() as i32, &mut read) };
        let got = usize::try_from(read).ok()?;
        // At the end some hosts answer with an error, some with ok and nothing read.
        if result != kResultOk || got == 0 {
            return Some(bytes);
        }
        bytes.extend_from_slice(buffer.get(..got)?);
    }
    None
}

/// [main-thread]
pub fn write_all(stream: ComRef<'_, IBStream>, mut bytes: &[u8]) -> bool {
    while !bytes.is_empty() {
        let mut written = 0;
        let length = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
        // SAFETY: the host only reads the bytes, in spite of the mutable pointer of the interface.
        let result = unsafe { stream.write(bytes.as_ptr().cast_mut().cast(), length, &mut written) };
        let Some(rest) = usize::try_from(written).ok().and_then(|count| bytes.get(count..)) else { return false };
        if result != kResultOk || written == 0 {
            return false;
        }
        bytes = rest;
    }
    true
}
