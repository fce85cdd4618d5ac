//! Strings of the ABI: fixed arrays of 8- or 16-bit units, terminated by zero.

use std::ffi::c_char;
use vst3::Steinberg::Vst::TChar;

/// [main-thread]
pub fn copy_narrow(text: &str, target: &mut [c_char]) {
    target.fill(0);
    let room = target.len().saturating_sub(1);
    for (byte, slot) in text.bytes().zip(target.iter_mut().take(room)) {
        *slot = byte as c_char;
    }
}

/// [main-thread]
pub fn copy_wide(text: &str, target: &mut [TChar]) {
    target.fill(0);
    let room = target.len().saturating_sub(1);
    for (unit, slot) in text.encode_utf16().zip(target.iter_mut().take(room)) {
        *slot = unit as TChar;
    }
}

/// A wide string of at most `max` units. [main-thread]
///
/// # Safety
/// `text` is null or points to units up to and including a zero, or to at least `max` of them.
pub unsafe fn read_wide(text: *const TChar, max: usize) -> String {
    if text.is_null() {
        return String::new();
    }
    let units: Vec<u16> = (0..max)
        // SAFETY: the caller promises units up to the zero, after which this stops.
        .map(|index| unsafe { *text.add(index) } as u16)
        .take_while(|unit| *unit != 0)
        .collect();
    String::from_utf16_lossy(&units)
}
