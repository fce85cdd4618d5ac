//! Paints panels into PNG files: `cargo run -p simmer-panel --example pictures -- FOLDER`.
#![allow(clippy::expect_used)]

use simmer_panel::{HEIGHT, Part, Tone, View, WIDTH, paint};

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let view = |temperature, tone, status: &str, advice: &str| View {
        temperature,
        useful: (0.6, 1.2),
        default: 0.95,
        model: "one-song".into(),
        tone,
        status: status.into(),
        advice: advice.into(),
    };
    let missing = "Start it with `npx simmer serve` and leave it running; this window notices by itself.";
    for (name, scale, under, view) in [
        ("hot", 1.0, None, view(1.15, Tone::Calm, "Connected", "")),
        ("cold", 1.0, Some(Part::Page), view(0.62, Tone::Busy, "Behind: some audio came too late", "")),
        ("missing", 1.0, None, View { model: String::new(), ..view(1.0, Tone::Wrong, "No service", missing) }),
        ("twice", 2.0, None, view(0.9, Tone::Calm, "Connected", "")),
    ] {
        let (width, height) = ((WIDTH * scale) as u32, (HEIGHT * scale) as u32);
        let mut picture = tiny_skia::Pixmap::new(width, height).expect("a picture");
        paint(&mut picture.as_mut(), &view, scale, under);
        picture.save_png(format!("{folder}/panel-{name}.png")).expect("a file");
    }
}
