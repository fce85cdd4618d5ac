//! Parameter ids are permanent: songs refer to them. A failure here means that saved songs break.

use simmer_core::Labels;
use simmer_core::parameter::{PARAMETERS, defaults, spec};

#[test]
fn ids_ranges_and_defaults_are_frozen() {
    let frozen: Vec<_> =
        PARAMETERS.iter().map(|p| (p.id, p.title, p.min, p.max, p.default, p.step_count(), p.read_only)).collect();
    assert_eq!(
        frozen,
        [
            (0, "Temperature", 0.0, 2.0, 1.0, 0, false),
            (1, "Guide amount", 0.0, 1.0, 0.0, 0, false),
            (2, "Guide source", 0.0, 2.0, 0.0, 2, false),
            (3, "Take", 0.0, 9999.0, 1.0, 9999, false),
            (4, "Mix", 0.0, 1.0, 1.0, 0, false),
            (5, "Output gain", -60.0, 12.0, 0.0, 0, false),
            (6, "Run", 0.0, 1.0, 0.0, 1, false),
            (7, "Render wait", 0.0, 2.0, 0.0, 2, false),
            (8, "Status", 0.0, 6.0, 0.0, 6, true),
            (9, "Missed frames", 0.0, 10_000_000.0, 0.0, 0, true),
            (10, "Keep take", 0.0, 1.0, 0.0, 1, false),
            (11, "Start", 0.0, 2.0, 0.0, 2, false),
            (12, "Artist", 0.0, 31.0, 0.0, 31, false),
            (13, "Genre", 0.0, 31.0, 0.0, 31, false),
            (14, "Blend", 0.0, 100.0, 0.0, 0, false),
            (15, "Other artist", 0.0, 31.0, 0.0, 31, false),
            (16, "Other genre", 0.0, 31.0, 0.0, 31, false),
        ]
    );
    assert!(PARAMETERS.iter().enumerate().all(|(index, spec)| spec.id as usize == index));
    assert_eq!(defaults(), [1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    let automatable: Vec<_> = PARAMETERS.iter().filter(|spec| spec.automatable).map(|spec| spec.id).collect();
    assert_eq!(automatable, [0, 1, 2, 3, 4, 5, 10, 12, 13, 14, 15, 16]);
}

#[test]
fn normalised_and_plain_go_there_and_back() {
    let none = Labels::default();
    for spec in &PARAMETERS {
        for k in 0..=1000 {
            let plain = spec.sanitise(spec.min + (spec.max - spec.min) * f64::from(k) / 1000.0);
            let back = plain.and_then(|plain| spec.to_plain(spec.to_normalised(plain)));
            assert!(plain.zip(back).is_some_and(|(a, b)| (a - b).abs() < 1e-6), "{} {plain:?} {back:?}", spec.title);
            let parsed = plain.and_then(|plain| spec.parse(&spec.text(plain, &none), &none));
            assert!(plain.zip(parsed).is_some_and(|(a, b)| (a - b).abs() <= 0.051), "{} {parsed:?}", spec.title);
        }
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!((spec.sanitise(bad), spec.to_plain(bad)), (None, None));
        }
    }
}

#[test]
fn text_is_in_real_units() {
    let none = Labels::default();
    let text = |id: u32, plain: f64| spec(id).map(|spec| spec.text(plain, &none)).unwrap_or_default();
    assert_eq!(text(0, 0.975), "0.975");
    assert_eq!(text(2, 1.0), "Sidechain");
    assert_eq!(text(3, 42.0), "42");
    assert_eq!(text(8, 0.0), "No service");
    assert_eq!(spec(5).and_then(|spec| spec.parse("-6 dB", &none)), Some(-6.0));
    assert_eq!(text(8, 6.0), "Model missing");
    assert_eq!(text(10, 1.0), "On");
    assert_eq!(text(11, 2.0), "Fresh, exact lane");
    assert_eq!(text(14, 35.0), "35.0");
    assert_eq!(spec(14).and_then(|spec| spec.parse("35 %", &none)), Some(35.0));
    assert_eq!(spec(17).map(|spec| spec.id), None);
}

#[test]
fn artists_and_genres_have_the_names_of_the_model() {
    let labels = Labels::new(&["Ada".into(), "Béla".into()], &["Walk".into()]);
    let none = Labels::default();
    let spec = |id: u32| &PARAMETERS[id as usize];
    assert_eq!(spec(12).text(1.0, &labels), "Béla");
    assert_eq!(spec(15).text(0.0, &labels), "Ada");
    assert_eq!(spec(13).text(0.0, &labels), "Walk");
    // Beyond the list its last is meant, and without a list there are numbers.
    assert_eq!(spec(12).text(31.0, &labels), "Béla");
    assert_eq!(spec(12).text(31.0, &none), "32");
    assert_eq!(spec(12).parse(" BÉLA ", &labels), Some(1.0));
    assert_eq!(spec(12).parse("2", &labels), Some(1.0));
    assert_eq!(spec(12).parse("nobody", &labels), None);
    assert_eq!(spec(16).parse("3", &none), Some(2.0));
}
