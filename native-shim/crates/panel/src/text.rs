//! Words in the picture.

use fontdue::{Font, FontSettings};
use std::sync::OnceLock;
use tiny_skia::{Color, PixmapMut};

/// Ubuntu Light, under the Ubuntu font licence.
fn font() -> Option<&'static Font> {
    static FONT: OnceLock<Option<Font>> = OnceLock::new();
    FONT.get_or_init(|| Font::from_bytes(epaint_default_fonts::UBUNTU_LIGHT, FontSettings::default()).ok()).as_ref()
}

/// How wide a line is, in pixels.
pub fn width(words: &str, pixels: f32) -> f32 {
    let Some(font) = font() else { return 0.0 };
    words.chars().map(|letter| font.metrics(letter, pixels).advance_width).sum()
}

/// The line as far as it fits, with an ellipsis where it does not.
pub fn fitted(words: &str, pixels: f32, room: f32) -> String {
    if width(words, pixels) <= room {
        return words.to_owned();
    }
    let mut short = String::new();
    for letter in words.chars() {
        short.push(letter);
        if width(&short, pixels) + width("…", pixels) > room {
            short.pop();
            break;
        }
    }
    short.trim_end().to_owned() + "…"
}

/// Lines of whole words that fit, at most so many; the last one is cut where there are more.
pub fn wrapped(words: &str, pixels: f32, room: f32, lines_max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), pixels) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.len() > lines_max {
        let rest = lines.split_off(lines_max.saturating_sub(1)).join(" ");
        lines.push(rest);
    }
    lines.iter().map(|line| fitted(line, pixels, room)).collect()
}

/// Writes a line whose baseline is at `y`, from `x` on, in pixels.
pub fn write(target: &mut PixmapMut<'_>, words: &str, x: f32, y: f32, pixels: f32, colour: Color) {
    let Some(font) = font() else { return };
    let (width, height) = (target.width() as i32, target.height() as i32);
    let colour = colour.to_color_u8();
    let mut pen = x;
    for letter in words.chars() {
        let (metrics, coverage) = font.rasterize(letter, pixels);
        let (left, top) = (pen.round() as i32 + metrics.xmin, y.round() as i32 - metrics.height as i32 - metrics.ymin);
        for (index, alpha) in coverage.iter().enumerate() {
            let (column, row) = (left + (index % metrics.width) as i32, top + (index / metrics.width) as i32);
            if *alpha == 0 || !(0..width).contains(&column) || !(0..height).contains(&row) {
                continue;
            }
            let at = 4 * (row * width + column) as usize;
            let Some(pixel) = target.data_mut().get_mut(at..at + 3) else { continue };
            for (channel, ink) in pixel.iter_mut().zip([colour.red(), colour.green(), colour.blue()]) {
                let (under, over, alpha) = (u32::from(*channel), u32::from(ink), u32::from(*alpha));
                *channel = ((under * (255 - alpha) + over * alpha + 127) / 255) as u8;
            }
        }
        pen += metrics.advance_width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_and_wrapped_to_the_room_there_is() {
        let long = "one two three four five six seven";
        assert_eq!(fitted("short", 14.0, 200.0), "short");
        let cut = fitted(long, 14.0, 80.0);
        assert!(cut.ends_with('…') && width(&cut, 14.0) <= 80.0, "{cut}");
        let lines = wrapped(long, 14.0, 80.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| width(line, 14.0) <= 80.0), "{lines:?}");
        assert_eq!(wrapped("", 14.0, 80.0, 2), Vec::<String>::new());
    }
}
