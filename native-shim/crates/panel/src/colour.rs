//! The colour language of temperature, as on the page (plugin-ui/src/geometry/heat.ts): blue, teal, straw, amber, vermilion.

use tiny_skia::Color;

/// Where on the scale, and its chromaticity in Oklab (Ottosson 2020, https://bottosson.github.io/posts/oklab/).
const STOPS: [(f64, f64, f64); 6] = [
    (0.0, -0.03, -0.125),
    (0.2, -0.065, -0.06),
    (0.38, -0.045, 0.045),
    (0.55, 0.02, 0.13),
    (0.75, 0.09, 0.125),
    (1.0, 0.175, 0.09),
];

/// Where a temperature lies in the useful range: 0 at its cold end, 1 at its hot end; beyond is clipped.
pub fn heat_of(temperature: f64, (start, end): (f64, f64)) -> f64 {
    let span = end - start;
    if span > 0.0 && temperature.is_finite() { ((temperature - start) / span).clamp(0.0, 1.0) } else { 0.5 }
}

/// Straw is no colour unless it is lighter than the rest.
pub fn heat_colour(heat: f64, lightness: f64) -> Color {
    let (a, b) = chromaticity(heat);
    oklab(lightness + 0.06 * (-((heat - 0.46) / 0.2).powi(2)).exp(), a, b)
}

fn chromaticity(heat: f64) -> (f64, f64) {
    let upper = STOPS.iter().position(|(at, _, _)| *at >= heat).unwrap_or(STOPS.len() - 1);
    let (high, low) = (STOPS[upper], STOPS[upper.saturating_sub(1)]);
    let part = if high.0 > low.0 { (heat - low.0) / (high.0 - low.0) } else { 0.0 };
    (low.1 + (high.1 - low.1) * part, low.2 + (high.2 - low.2) * part)
}

/// Out of sRGB is clipped.
pub fn oklab(lightness: f64, a: f64, b: f64) -> Color {
    let cube = |x: f64| x * x * x;
    let l = cube(lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b);
    let m = cube(lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b);
    let s = cube(lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b);
    let gamma = |x: f64| if x <= 0.003_130_8 { 12.92 * x } else { 1.055 * x.powf(1.0 / 2.4) - 0.055 };
    let channel = |x: f64| gamma(x.clamp(0.0, 1.0)).clamp(0.0, 1.0) as f32;
    Color::from_rgba(
        channel(4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s),
        channel(-1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s),
        channel(-0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s),
        1.0,
    )
    .unwrap_or(Color::BLACK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cold_is_blue_and_hot_is_red() {
        let (cold, hot) = (heat_colour(0.0, 0.7), heat_colour(1.0, 0.7));
        assert!(cold.blue() > cold.red() + 0.2, "{cold:?}");
        assert!(hot.red() > hot.blue() + 0.2, "{hot:?}");
        assert_eq!([heat_of(0.0, (0.5, 1.0)), heat_of(0.75, (0.5, 1.0)), heat_of(9.0, (0.5, 1.0))], [0.0, 0.5, 1.0]);
        assert_eq!([heat_of(f64::NAN, (0.5, 1.0)), heat_of(1.0, (1.0, 1.0))], [0.5, 0.5]);
    }

    #[test]
    fn white_and_black_are_themselves() {
        for (lightness, level) in [(1.0, 1.0), (0.0, 0.0)] {
            let grey = oklab(lightness, 0.0, 0.0);
            for channel in [grey.red(), grey.green(), grey.blue()] {
                assert!((channel - level).abs() < 0.01, "{grey:?}");
            }
        }
    }
}
