//! Strings of the ABI: fixed arrays of bytes, terminated by zero.

use std::ffi::c_char;

/// As much of a text as there is room for, cut between characters. [main-thread]
pub fn copy(text: &str, target: &mut [c_char]) {
    target.fill(0);
    let room = target.len().saturating_sub(1);
    let mut end = text.len().min(room);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    for (byte, slot) in text.bytes().take(end).zip(target) {
        *slot = byte as c_char;
    }
}

/// The text up to the first zero, or all of it. [main-thread]
pub fn read(source: &[c_char]) -> String {
    let bytes: Vec<u8> = source.iter().map(|unit| *unit as u8).take_while(|byte| *byte != 0).collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copied(text: &str, room: usize) -> Vec<u8> {
        let mut target = vec![1; room];
        copy(text, &mut target);
        target.iter().map(|byte| *byte as u8).collect()
    }

    #[test]
    fn a_text_ends_with_a_zero_and_is_not_cut_inside_a_character() {
        assert_eq!(copied("ab", 4), b"ab\0\0");
        assert_eq!(copied("abcd", 4), b"abc\0");
        assert_eq!(copied("a\u{e4}\u{e4}", 5), "a\u{e4}\0\0".as_bytes());
        assert_eq!(copied("abc", 1), b"\0");
        assert_eq!(copied("abc", 0), b"");
    }
}
