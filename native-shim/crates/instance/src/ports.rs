//! The host's audio buffers, of either format.

use std::slice;

/// The channels of one port (VST3: bus) in a process call.
///
/// Input and output may be the same memory: nothing here keeps a reference to it beyond a copy, and a piece is read
/// whole before it is written.
#[derive(Clone, Copy, Debug)]
pub struct Port {
    channels: *const *mut f32,
    count: usize,
    constant_mask: u64,
}

/// The ports of one process call; `None` where the host gives none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    pub input: Option<Port>,
    pub guide: Option<Port>,
    pub output: Option<Port>,
}

impl Port {
    /// A bit of `constant_mask` says that all frames of that channel have the value of its first. [audio-thread]
    ///
    /// # Safety
    /// `channels` is null or points to `count` pointers, each null or valid for all frames of the process call for as
    /// long as the port is used, and nobody else touches those frames meanwhile.
    pub unsafe fn new(channels: *const *mut f32, count: usize, constant_mask: u64) -> Port {
        Port { channels, count: if channels.is_null() { 0 } else { count }, constant_mask }
    }

    /// The pointer of a channel; mono stands for both. [audio-thread]
    fn channel(&self, index: usize) -> Option<*mut f32> {
        let index = index.min(self.count.checked_sub(1)?);
        // SAFETY: the index is below the count, and `channels` is not null, or the count would be 0.
        let frames = unsafe { *self.channels.add(index) };
        (!frames.is_null()).then_some(frames)
    }

    fn is_constant(&self, index: usize) -> bool {
        let index = index.min(self.count.saturating_sub(1));
        index < 64 && self.constant_mask & (1 << index) != 0
    }
}

/// Copies frames `at..at + count`, silence where there are none; says whether there was something. [audio-thread]
pub(crate) fn copy_in(port: Option<Port>, at: usize, count: usize, target: &mut [Vec<f32>; 2]) -> bool {
    let mut found = false;
    for (index, target) in target.iter_mut().enumerate() {
        let Some(target) = target.get_mut(..count) else { continue };
        match port.and_then(|port| Some((port, port.channel(index)?))) {
            Some((port, frames)) => {
                if port.is_constant(index) {
                    // SAFETY: as below; the first frame is there, since the call has frames.
                    target.fill(unsafe { *frames });
                } else {
                    // SAFETY: `at + count` is within the call, for whose frames the channel is valid, and the slice is
                    // gone before anybody writes.
                    target.copy_from_slice(unsafe { slice::from_raw_parts(frames.add(at), count) });
                }
                found = true;
            }
            None => target.fill(0.0),
        }
    }
    found
}

/// Writes frames `at..at + count`; a mono output gets the mean. [audio-thread]
pub(crate) fn copy_out(port: Option<Port>, at: usize, count: usize, source: &[Vec<f32>; 2]) {
    let Some(port) = port else { return };
    let [Some(left), Some(right)] = [source[0].get(..count), source[1].get(..count)] else { return };
    for index in 0..port.count {
        let Some(frames) = port.channel(index) else { continue };
        // SAFETY: `at + count` is within the call, for whose frames the channel is valid; no other reference exists.
        let target = unsafe { slice::from_raw_parts_mut(frames.add(at), count) };
        match index {
            0 if port.count == 1 => {
                target.iter_mut().zip(left.iter().zip(right)).for_each(|(t, (l, r))| *t = 0.5 * (l + r));
            }
            0 => target.copy_from_slice(left),
            1 => target.copy_from_slice(right),
            _ => target.fill(0.0),
        }
    }
}

impl Ports {
    /// What the host hears where nothing can be rendered. [audio-thread]
    pub fn silence(&self, frame_count: usize) {
        let Some(port) = self.output else { return };
        for index in 0..port.count {
            if let Some(frames) = port.channel(index) {
                // SAFETY: the channel is valid for all frames of the call.
                unsafe { slice::from_raw_parts_mut(frames, frame_count) }.fill(0.0);
            }
        }
    }
}
