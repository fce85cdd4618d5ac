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
    /// What the host gets where nothing can be rendered. [audio-thread]
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::ptr::{null, null_mut};

    const FRAMES: usize = 8;

    fn stereo() -> [Vec<f32>; 2] {
        [vec![9.0; FRAMES], vec![9.0; FRAMES]]
    }

    fn ramp(from: f32) -> Vec<f32> {
        (0..FRAMES).map(|k| from + k as f32).collect()
    }

    #[test]
    fn a_piece_is_copied_from_its_place() {
        let (mut left, mut right) = (ramp(0.0), ramp(100.0));
        let channels = [left.as_mut_ptr(), right.as_mut_ptr()];
        // SAFETY: two channels of FRAMES frames that outlive the port.
        let port = unsafe { Port::new(channels.as_ptr(), 2, 0) };
        let mut target = stereo();
        assert!(copy_in(Some(port), 3, 2, &mut target));
        assert_eq!((&target[0][..3], &target[1][..3]), (&[3.0, 4.0, 9.0][..], &[103.0, 104.0, 9.0][..]));
        copy_out(Some(port), 5, 2, &[vec![-1.0; 2], vec![-2.0; 2]]);
        assert_eq!((left[4], left[5], left[6], left[7]), (4.0, -1.0, -1.0, 7.0));
        assert_eq!((right[4], right[5], right[6], right[7]), (104.0, -2.0, -2.0, 107.0));
    }

    #[test]
    fn mono_stands_for_both_and_gets_the_mean() {
        let mut mono = ramp(0.0);
        let channels = [mono.as_mut_ptr()];
        // SAFETY: as above, with one channel.
        let port = unsafe { Port::new(channels.as_ptr(), 1, 0) };
        let mut target = stereo();
        assert!(copy_in(Some(port), 0, FRAMES, &mut target));
        assert_eq!((&target[0], &target[1]), (&ramp(0.0), &ramp(0.0)));
        copy_out(Some(port), 0, FRAMES, &[vec![1.0; FRAMES], vec![0.5; FRAMES]]);
        assert_eq!(mono, vec![0.75; FRAMES]);
    }

    #[test]
    fn more_channels_than_two_are_silent() {
        let mut many = [ramp(0.0), ramp(0.0), ramp(5.0)];
        let channels = many.each_mut().map(|channel| channel.as_mut_ptr());
        // SAFETY: as above, with three channels.
        let port = unsafe { Port::new(channels.as_ptr(), 3, 0) };
        copy_out(Some(port), 0, FRAMES, &[ramp(1.0), ramp(2.0)]);
        assert_eq!(many, [ramp(1.0), ramp(2.0), vec![0.0; FRAMES]]);
        Ports { output: Some(port), ..Ports::default() }.silence(FRAMES);
        assert!(many.iter().flatten().all(|value| *value == 0.0));
    }

    #[test]
    fn a_constant_channel_is_read_at_its_first_frame() {
        let (mut left, mut right) = (ramp(3.0), ramp(50.0));
        let channels = [left.as_mut_ptr(), right.as_mut_ptr()];
        // SAFETY: as above.
        let port = unsafe { Port::new(channels.as_ptr(), 2, 0b10) };
        let mut target = stereo();
        assert!(copy_in(Some(port), 4, 4, &mut target));
        assert_eq!((&target[0][..4], &target[1][..4]), (&[7.0, 8.0, 9.0, 10.0][..], &[50.0; 4][..]));
    }

    #[test]
    fn what_is_not_there_is_silence() {
        let nothing = [null_mut(), null_mut()];
        // SAFETY: null pointers, and no channels at all, are said to be legal.
        let ports = unsafe { [Port::new(null(), 2, 3), Port::new(nothing.as_ptr(), 2, 3), Port::new(null(), 0, 0)] };
        for port in ports.map(Some).into_iter().chain([None]) {
            let mut target = stereo();
            assert!(!copy_in(port, 0, FRAMES, &mut target), "{port:?}");
            assert!(target.iter().flatten().all(|value| *value == 0.0));
            copy_out(port, 0, FRAMES, &stereo());
            Ports { output: port, ..Ports::default() }.silence(FRAMES);
        }
    }
}
