//! What a plugin must not do to its host's buffers, whatever the host says.

/// Fills output that is to be written: not a number, and no other one that arithmetic makes.
pub const UNWRITTEN: u32 = 0x7FC5_1DE5;
/// Fills what lies behind it.
pub const BEHIND: f32 = -1234.5;
/// Frames behind a block that must stay as they are.
pub const BEHIND_FRAMES: usize = 64;
/// Louder than the plugin's highest gain can make of anything the host gives it.
const LOUD: f32 = 64.0;

/// What is wrong with a channel after a call of `frame_count` frames, if anything.
pub fn fault(channel: &[f32], frame_count: usize) -> Option<String> {
    for (index, value) in channel.iter().take(frame_count).enumerate() {
        if value.to_bits() == UNWRITTEN {
            return Some(format!("frame {index} of {frame_count} is not written"));
        }
        if !value.is_finite() {
            return Some(format!("frame {index} of {frame_count} is {value}"));
        }
        if value.abs() > LOUD {
            return Some(format!("frame {index} of {frame_count} is {value}, which nothing accounts for"));
        }
    }
    let behind = channel.iter().skip(frame_count).take(BEHIND_FRAMES).position(|value| *value != BEHIND);
    behind.map(|index| format!("frame {index} behind a block of {frame_count} frames is written to"))
}

/// Marks what lies behind a block.
pub fn mark_behind(channel: &mut [f32], frame_count: usize) {
    channel.iter_mut().skip(frame_count).take(BEHIND_FRAMES).for_each(|value| *value = BEHIND);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<f32> {
        let mut channel = vec![0.5; 200];
        mark_behind(&mut channel, 100);
        channel
    }

    #[test]
    fn a_channel_as_it_should_be_has_no_fault() {
        assert_eq!(fault(&written(), 100), None);
        assert_eq!(fault(&[], 0), None);
    }

    #[test]
    fn every_fault_is_seen_and_named() {
        for (index, value, words) in [
            (0, f32::from_bits(UNWRITTEN), "frame 0 of 100 is not written"),
            (99, f32::NAN, "frame 99 of 100 is NaN"),
            (50, f32::NEG_INFINITY, "is -inf"),
            (50, 1e30, "nothing accounts for"),
            (100, 0.0, "frame 0 behind"),
            (163, f32::NAN, "frame 63 behind"),
        ] {
            let mut channel = written();
            channel[index] = value;
            let told = fault(&channel, 100).unwrap_or_default();
            assert!(told.contains(words), "{told}");
        }
    }
}
