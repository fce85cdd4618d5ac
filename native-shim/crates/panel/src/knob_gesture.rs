//! A gesture on the knob: what pointer, wheel and double click make of the temperature.

/// The range of the parameter.
pub(crate) const MIN: f64 = 0.0;
pub(crate) const MAX: f64 = 2.0;
/// Points of travel over the whole range, and how much finer Shift makes it.
const TRAVEL: f64 = 300.0;
const FINE: f64 = 0.1;
/// One notch of the wheel.
const NOTCH: f64 = 0.01;
/// Two presses within this are a double click.
const DOUBLE_MILLIS: u32 = 400;

/// One step of a gesture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Turn {
    Begin,
    Perform(f64),
    End,
}

/// Follows one pointer.
#[derive(Debug, Default)]
pub struct KnobGesture {
    /// Where the pointer was last, and the temperature that it holds.
    held: Option<(f32, f64)>,
    pressed_at: Option<u32>,
}

impl KnobGesture {
    /// Whether the knob is held.
    pub fn is_holding(&self) -> bool {
        self.held.is_some()
    }

    /// The temperature that it holds: until the knob is let go it is shown in place of what the host says.
    pub fn value(&self) -> Option<f64> {
        self.held.map(|(_, value)| value)
    }

    /// The pointer takes hold at height `y`, in points; `millis` is the X server's time.
    pub fn press(&mut self, y: f32, millis: u32, value: f64, default: f64) -> Vec<Turn> {
        let is_double = self.pressed_at.is_some_and(|before| millis.wrapping_sub(before) <= DOUBLE_MILLIS);
        self.pressed_at = (!is_double).then_some(millis);
        let mut turns = self.release();
        turns.push(Turn::Begin);
        let value = if is_double { default } else { value };
        self.held = Some((y, value));
        if is_double {
            turns.push(Turn::Perform(default));
        }
        turns
    }

    /// Upwards is hotter.
    pub fn drag(&mut self, y: f32, is_fine: bool) -> Option<Turn> {
        let (before, value) = self.held?;
        let step = f64::from(before - y) / TRAVEL * (MAX - MIN) * if is_fine { FINE } else { 1.0 };
        let next = (value + step).clamp(MIN, MAX);
        self.held = Some((y, next));
        // The pointer moved far: it is no double click.
        if step.abs() > 0.02 {
            self.pressed_at = None;
        }
        (next != value).then_some(Turn::Perform(next))
    }

    pub fn release(&mut self) -> Vec<Turn> {
        self.held.take().map(|_| Turn::End).into_iter().collect()
    }

    /// A notch of the wheel is a whole gesture, or part of the one that goes on.
    pub fn wheel(&mut self, notches: i32, is_fine: bool, value: f64) -> Vec<Turn> {
        let step = f64::from(notches) * NOTCH * if is_fine { FINE } else { 1.0 };
        if let Some((y, held)) = self.held {
            let next = (held + step).clamp(MIN, MAX);
            self.held = Some((y, next));
            return vec![Turn::Perform(next)];
        }
        vec![Turn::Begin, Turn::Perform((value + step).clamp(MIN, MAX)), Turn::End]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drag_is_one_gesture_and_stays_in_range() {
        let mut gesture = KnobGesture::default();
        assert_eq!(gesture.drag(10.0, false), None);
        assert_eq!(gesture.press(100.0, 1000, 1.0, 0.9), [Turn::Begin]);
        assert_eq!(gesture.drag(70.0, false), Some(Turn::Perform(1.2)));
        assert_eq!(gesture.drag(-9000.0, false), Some(Turn::Perform(2.0)));
        assert_eq!(gesture.drag(-9000.0, false), None);
        assert_eq!(gesture.value(), Some(2.0));
        assert_eq!(gesture.release(), [Turn::End]);
        assert_eq!(gesture.release(), []);
    }

    #[test]
    fn shift_is_ten_times_finer() {
        let mut gesture = KnobGesture::default();
        gesture.press(100.0, 1000, 1.0, 0.9);
        let Some(Turn::Perform(value)) = gesture.drag(70.0, true) else { panic!("nothing") };
        assert!((value - 1.02).abs() < 1e-9);
    }

    #[test]
    fn a_double_click_sets_the_default_and_a_slow_one_does_not() {
        let mut gesture = KnobGesture::default();
        gesture.press(5.0, 1000, 1.4, 0.9);
        gesture.release();
        assert_eq!(gesture.press(5.0, 1300, 1.4, 0.9), [Turn::Begin, Turn::Perform(0.9)]);
        gesture.release();
        assert_eq!(gesture.press(5.0, 1400, 0.9, 0.9), [Turn::Begin], "a third click begins anew");
        gesture.release();
        assert_eq!(gesture.press(5.0, 9000, 0.9, 0.9), [Turn::Begin]);
    }

    #[test]
    fn the_wheel_is_a_gesture_by_itself() {
        let mut gesture = KnobGesture::default();
        let turns = gesture.wheel(2, false, 1.0);
        assert_eq!(turns, [Turn::Begin, Turn::Perform(1.02), Turn::End]);
        gesture.press(5.0, 0, 1.0, 1.0);
        assert_eq!(gesture.wheel(-1, false, 0.0), [Turn::Perform(0.99)]);
    }
}
