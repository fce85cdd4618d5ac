//! The buses: stereo in, a "Guide" sidechain, stereo out.

use crate::text::copy_wide;
use vst3::Steinberg::Vst::{
    BusDirection, BusDirections_, BusInfo, BusInfo_::BusFlags_, BusTypes_, MediaType, MediaTypes_, SpeakerArr,
    SpeakerArrangement,
};

/// [thread-safe]
pub fn count(media: MediaType, direction: BusDirection) -> i32 {
    match (media as u32, direction as u32) {
        (audio, input) if audio == MediaTypes_::kAudio as u32 && input == BusDirections_::kInput as u32 => 2,
        (audio, output) if audio == MediaTypes_::kAudio as u32 && output == BusDirections_::kOutput as u32 => 1,
        _ => 0,
    }
}

/// [main-thread]
pub fn describe(media: MediaType, direction: BusDirection, index: i32, channels: i32, info: &mut BusInfo) -> bool {
    if index < 0 || index >= count(media, direction) {
        return false;
    }
    let is_input = direction as u32 == BusDirections_::kInput as u32;
    let is_guide = is_input && index == 1;
    info.mediaType = media;
    info.direction = direction;
    info.channelCount = channels;
    let name = if is_guide {
        "Guide"
    } else if is_input {
        "Input"
    } else {
        "Output"
    };
    copy_wide(name, &mut info.name);
    info.busType = if is_guide { BusTypes_::kAux } else { BusTypes_::kMain } as i32;
    info.flags = if is_guide { 0 } else { BusFlags_::kDefaultActive as u32 };
    true
}

/// [thread-safe]
pub fn channels_of(arrangement: SpeakerArrangement) -> Option<i32> {
    match arrangement {
        SpeakerArr::kMono => Some(1),
        SpeakerArr::kStereo => Some(2),
        _ => None,
    }
}

/// [thread-safe]
pub fn arrangement_of(channels: i32) -> SpeakerArrangement {
    if channels == 1 { SpeakerArr::kMono } else { SpeakerArr::kStereo }
}
