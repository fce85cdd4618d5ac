//! A parameter's automation inside one process call.

use crate::limits::POINTS_PER_CALL_MAX;

/// How a lane arrives at a breakpoint from the value before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Interpolation {
    /// On a straight line (VST3).
    #[default]
    Linear,
    /// The value before it holds up to the breakpoint, and jumps there (CLAP).
    Hold,
}

/// A value at an offset from the start of the call, and the way there.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Breakpoint {
    pub offset: u32,
    pub value: f64,
    pub interpolation: Interpolation,
}

/// The breakpoints of one parameter in one process call, by rising offset, in a fixed place.
///
/// An offset equal to the length of the call is legal (Ardour sends it), and so are several points at one offset: the
/// lane jumps there.
#[derive(Clone, Debug)]
pub struct Lane {
    points: Box<[Breakpoint]>,
    len: usize,
    start: f64,
    overflow_count: u64,
}

impl Lane {
    /// [main-thread]
    pub fn new(start: f64) -> Lane {
        Lane { points: vec![Breakpoint::default(); POINTS_PER_CALL_MAX].into(), len: 0, start, overflow_count: 0 }
    }

    /// Forgets the points of the last call; its last value is where this call starts. [audio-thread]
    pub fn begin(&mut self) {
        self.start = self.end_value();
        self.len = 0;
    }

    /// Forgets everything but one value. [audio-thread]
    pub fn set(&mut self, value: f64) {
        self.start = value;
        self.len = 0;
    }

    /// Takes in a point that the lane goes to on a straight line. [audio-thread]
    pub fn push(&mut self, offset: u32, value: f64) {
        self.push_point(offset, value, Interpolation::Linear);
    }

    /// Takes in a point at which the lane jumps. [audio-thread]
    pub fn push_hold(&mut self, offset: u32, value: f64) {
        self.push_point(offset, value, Interpolation::Hold);
    }

    /// Takes in one point. An offset that falls back is moved up to the one before it. Where no place is left the last
    /// point is replaced, so that the last value is never lost.
    fn push_point(&mut self, offset: u32, value: f64, interpolation: Interpolation) {
        let offset = self.points().last().map_or(offset, |last| offset.max(last.offset));
        let index = if self.len < self.points.len() {
            self.len += 1;
            self.len - 1
        } else {
            self.overflow_count += 1;
            self.len.saturating_sub(1)
        };
        if let Some(slot) = self.points.get_mut(index) {
            *slot = Breakpoint { offset, value, interpolation };
        }
    }

    /// [thread-safe]
    pub fn points(&self) -> &[Breakpoint] {
        self.points.get(..self.len).unwrap_or(&[])
    }

    /// The value before the first point. [thread-safe]
    pub fn start_value(&self) -> f64 {
        self.start
    }

    /// The value after the last point. [thread-safe]
    pub fn end_value(&self) -> f64 {
        self.points().last().map_or(self.start, |last| last.value)
    }

    /// Points that found no place since the lane was made. [thread-safe]
    pub fn overflow_count(&self) -> u64 {
        self.overflow_count
    }

    /// [audio-thread]
    pub fn is_constant(&self) -> bool {
        self.len == 0
    }

    /// A reader that walks forward through the lane. [audio-thread]
    pub fn cursor(&self) -> LaneCursor<'_> {
        LaneCursor { points: self.points(), next: 0, offset: 0, value: self.start }
    }

    /// The value at an offset, after every point at that offset. [audio-thread]
    pub fn value_at(&self, offset: u32) -> f64 {
        self.cursor().value_at(offset)
    }

    /// The part of the lane in `[from, to]` as a lane of its own: its start value, and then `emit` for each point, with
    /// offsets from `from`. Points at `from` belong to the part before, unless `from` is 0. A line that crosses `to`
    /// gets a point there, and a value that holds across `to` gets none, so that parts put together are the whole.
    /// [audio-thread]
    pub fn part(&self, from: u32, to: u32, mut emit: impl FnMut(Breakpoint)) -> f64 {
        let start = if from == 0 { self.start } else { self.value_at(from) };
        let mut last_offset = None;
        for point in self.points().iter().filter(|p| p.offset <= to && (p.offset > from || from == 0)) {
            emit(Breakpoint { offset: point.offset - from, ..*point });
            last_offset = Some(point.offset);
        }
        let next = self.points().iter().find(|p| p.offset > to);
        let crosses = next.is_some_and(|point| point.interpolation == Interpolation::Linear);
        if crosses && last_offset != Some(to) {
            emit(Breakpoint { offset: to - from, value: self.value_at(to), interpolation: Interpolation::Linear });
        }
        start
    }

    /// How many points [`Lane::part`] would emit. [audio-thread]
    pub fn part_len(&self, from: u32, to: u32) -> usize {
        let mut count = 0;
        self.part(from, to, |_| count += 1);
        count
    }
}

/// Evaluates a lane at offsets that do not fall.
pub struct LaneCursor<'a> {
    points: &'a [Breakpoint],
    next: usize,
    offset: u32,
    value: f64,
}

impl LaneCursor<'_> {
    /// [audio-thread]
    pub fn value_at(&mut self, offset: u32) -> f64 {
        while let Some(point) = self.points.get(self.next) {
            if point.offset > offset {
                if point.interpolation == Interpolation::Hold {
                    return self.value;
                }
                let span = f64::from(point.offset - self.offset);
                let into = f64::from(offset.saturating_sub(self.offset));
                return self.value + (point.value - self.value) * into / span;
            }
            self.offset = point.offset;
            self.value = point.value;
            self.next += 1;
        }
        self.value
    }
}
