//! The picture of a view.

use crate::colour::{heat_colour, heat_of, oklab};
use crate::knob_gesture::{MAX, MIN};
use crate::layout::*;
use crate::text;
use crate::view::{Tone, View};
use tiny_skia::*;

/// Segments of the ring: fine enough that its colours flow.
const RING_SEGMENTS: usize = 90;

/// Paints all of a view into `target`, `scale` pixels a point; `under` is what the pointer is over.
pub fn paint(target: &mut PixmapMut<'_>, view: &View, scale: f32, under: Option<Part>) {
    let ink = oklab(0.93, 0.0, 0.005);
    let quiet = oklab(0.68, 0.0, 0.01);
    target.fill(oklab(0.21, 0.0, 0.008));
    let heat = heat_of(view.temperature, view.useful);
    let hot = heat_colour(heat, 0.76);
    ring(target, view, scale);
    pointer(target, view, scale, hot);

    let figure = format!("{:.3}", view.temperature);
    let (x, y) = KNOB_CENTRE;
    let size = 30.0 * scale;
    text::write(target, &figure, x * scale - text::width(&figure, size) / 2.0, (y + 10.0) * scale, size, ink);
    let name = "temperature";
    let small = 12.0 * scale;
    text::write(target, name, x * scale - text::width(name, small) / 2.0, (y + 28.0) * scale, small, quiet);

    let room = (TEXT_RIGHT - TEXT_LEFT) * scale;
    let mut line = |words: &str, y: f32, points: f32, colour: Color| {
        let pixels = points * scale;
        let words = text::fitted(words, pixels, room);
        text::write(target, &words, TEXT_LEFT * scale, y * scale, pixels, colour);
    };
    line(if view.model.is_empty() { "Simmer" } else { &view.model }, 46.0, 22.0, ink);
    let tone = match view.tone {
        Tone::Calm => quiet,
        Tone::Busy => heat_colour(0.5, 0.8),
        Tone::Wrong => heat_colour(0.9, 0.75),
    };
    line(&view.status, 72.0, 14.0, tone);
    for (index, words) in text::wrapped(&view.advice, 12.0 * scale, room, 3).iter().enumerate() {
        line(words, 94.0 + 16.0 * index as f32, 12.0, quiet);
    }
    button(target, scale, under == Some(Part::Page), ink);
}

/// The whole range as a ring: grey, and over it the useful part in its colours.
fn ring(target: &mut PixmapMut<'_>, view: &View, scale: f32) {
    let mut segment = |index: usize, width: f32, colour: Color| {
        let share = |at: usize| at as f32 / RING_SEGMENTS as f32;
        // A little longer than a segment, so that none shows where two meet.
        let (from, to) = (angle_of(share(index)), angle_of(share(index + 1)) + 0.01);
        stroke(target, &[at_angle(from, KNOB_RADIUS, scale), at_angle(to, KNOB_RADIUS, scale)], width * scale, colour);
    };
    let temperature = |index: usize| MIN + (MAX - MIN) * (index as f64 + 0.5) / RING_SEGMENTS as f64;
    (0..RING_SEGMENTS).for_each(|index| segment(index, 4.0, oklab(0.34, 0.0, 0.005)));
    for index in (0..RING_SEGMENTS).filter(|index| (view.useful.0..=view.useful.1).contains(&temperature(*index))) {
        segment(index, 7.0, heat_colour(heat_of(temperature(index), view.useful), 0.62));
    }
}

fn pointer(target: &mut PixmapMut<'_>, view: &View, scale: f32, colour: Color) {
    let angle = angle_of(((view.temperature - MIN) / (MAX - MIN)) as f32);
    let ends = [at_angle(angle, KNOB_RADIUS - 16.0, scale), at_angle(angle, KNOB_RADIUS + 9.0, scale)];
    stroke(target, &ends, 8.0 * scale, oklab(0.21, 0.0, 0.008));
    stroke(target, &ends, 4.0 * scale, colour);
}

fn button(target: &mut PixmapMut<'_>, scale: f32, is_under: bool, ink: Color) {
    let (x, y, width, height) = BUTTON;
    let mut path = PathBuilder::new();
    let (left, top, right, bottom, round) =
        (x * scale, y * scale, (x + width) * scale, (y + height) * scale, 6.0 * scale);
    path.move_to(left + round, top);
    path.line_to(right - round, top);
    path.quad_to(right, top, right, top + round);
    path.line_to(right, bottom - round);
    path.quad_to(right, bottom, right - round, bottom);
    path.line_to(left + round, bottom);
    path.quad_to(left, bottom, left, bottom - round);
    path.line_to(left, top + round);
    path.quad_to(left, top, left + round, top);
    path.close();
    if let Some(path) = path.finish() {
        let mut paint = Paint { anti_alias: true, ..Paint::default() };
        paint.set_color(oklab(if is_under { 0.42 } else { 0.33 }, 0.0, 0.01));
        target.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
    }
    let (words, pixels) = ("Open the page", 14.0 * scale);
    let start = (x + width / 2.0) * scale - text::width(words, pixels) / 2.0;
    text::write(target, words, start, (y + height / 2.0 + 5.0) * scale, pixels, ink);
}

/// A place on the knob, in pixels; angles are clockwise from the top.
fn at_angle(angle: f32, radius: f32, scale: f32) -> (f32, f32) {
    ((KNOB_CENTRE.0 + radius * angle.sin()) * scale, (KNOB_CENTRE.1 - radius * angle.cos()) * scale)
}

fn stroke(target: &mut PixmapMut<'_>, points: &[(f32, f32)], width: f32, colour: Color) {
    let mut path = PathBuilder::new();
    for (index, (x, y)) in points.iter().enumerate() {
        if index == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
    }
    let Some(path) = path.finish() else { return };
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(colour);
    let stroke = Stroke { width, line_cap: LineCap::Round, ..Stroke::default() };
    target.stroke_path(&path, &paint, &stroke, Transform::identity(), None);
}
