//! Where things are, in points: a scale makes pixels of them.

pub const WIDTH: f32 = 420.0;
pub const HEIGHT: f32 = 200.0;
pub const KNOB_CENTRE: (f32, f32) = (100.0, 100.0);
pub const KNOB_RADIUS: f32 = 70.0;
/// From the lowest to the highest temperature, in degrees clockwise from the top.
pub const SWEEP: (f32, f32) = (-135.0, 135.0);
/// Where text begins.
pub const TEXT_LEFT: f32 = 200.0;
pub const TEXT_RIGHT: f32 = WIDTH - 20.0;
/// x, y, width, height.
pub const BUTTON: (f32, f32, f32, f32) = (TEXT_LEFT, 146.0, 130.0, 34.0);

/// What there is to be taken hold of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Knob,
    Page,
}

/// What lies at a place, in points.
pub fn part_at(x: f32, y: f32) -> Option<Part> {
    let (left, top, width, height) = BUTTON;
    if (left..left + width).contains(&x) && (top..top + height).contains(&y) {
        return Some(Part::Page);
    }
    let (dx, dy) = (x - KNOB_CENTRE.0, y - KNOB_CENTRE.1);
    (dx * dx + dy * dy <= (KNOB_RADIUS + 10.0).powi(2)).then_some(Part::Knob)
}

/// The knob's angle for a share of its range, in radians clockwise from the top.
pub fn angle_of(share: f32) -> f32 {
    (SWEEP.0 + (SWEEP.1 - SWEEP.0) * share.clamp(0.0, 1.0)).to_radians()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_where_they_are_drawn() {
        assert_eq!(part_at(KNOB_CENTRE.0, KNOB_CENTRE.1), Some(Part::Knob));
        assert_eq!(part_at(BUTTON.0 + 5.0, BUTTON.1 + 5.0), Some(Part::Page));
        assert_eq!(part_at(WIDTH - 1.0, 1.0), None);
        assert_eq!([angle_of(0.0), angle_of(0.5), angle_of(1.0)].map(|a| a.to_degrees().round()), [-135.0, 0.0, 135.0]);
    }
}
