//! Parameters: permanent ids, ranges, defaults and text.
//!
//! Values inside the shim are plain (a temperature, a decibel); only a format layer knows normalised ones.

use crate::labels::Labels;

/// How a parameter's plain value is spaced and shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Any value of the range; `decimals` are shown.
    Continuous {
        decimals: usize,
    },
    /// Whole numbers of the range.
    Integer,
    /// Whole numbers from 0, each with a name.
    List(&'static [&'static str]),
    /// Whole numbers from 0 whose names are the artists, or the genres, of the model.
    Artist,
    Genre,
    /// A read-only count.
    Count,
}

/// One parameter as the host sees it. Ids are permanent: a saved song refers to them.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    pub id: u32,
    pub title: &'static str,
    pub unit: &'static str,
    pub min: f64,
    pub max: f64,
    pub default: f64,
    pub kind: Kind,
    pub automatable: bool,
    pub read_only: bool,
    /// Draws depend on it, step for step: its lane goes to the service with every block.
    pub shapes_draws: bool,
}

pub const TEMPERATURE: usize = 0;
pub const GUIDE_AMOUNT: usize = 1;
pub const GUIDE_SOURCE: usize = 2;
pub const TAKE: usize = 3;
pub const MIX: usize = 4;
pub const OUTPUT_GAIN: usize = 5;
pub const RUN: usize = 6;
pub const RENDER_WAIT: usize = 7;
pub const STATUS: usize = 8;
pub const MISSED_FRAMES: usize = 9;
pub const KEEP_TAKE: usize = 10;
pub const START: usize = 11;
pub const ARTIST: usize = 12;
pub const GENRE: usize = 13;
pub const BLEND: usize = 14;
pub const OTHER_ARTIST: usize = 15;
pub const OTHER_GENRE: usize = 16;
/// Inputs and read-only outputs together; their ids are mixed, for an id is never given anew.
pub const PARAMETER_COUNT: usize = 17;
const fn input(id: u32, title: &'static str, unit: &'static str, min: f64, max: f64, default: f64, kind: Kind) -> Spec {
    Spec { id, title, unit, min, max, default, kind, automatable: true, read_only: false, shapes_draws: false }
}

/// An input that draws depend on.
const fn shaping(input: Spec) -> Spec {
    Spec { shapes_draws: true, ..input }
}

const fn output(id: u32, title: &'static str, max: f64, kind: Kind) -> Spec {
    let input = input(id, title, "", 0.0, max, 0.0, kind);
    Spec { automatable: false, read_only: true, ..input }
}

/// All parameters in the order the host lists them. Index equals id. Temperature stays first.
pub const PARAMETERS: [Spec; PARAMETER_COUNT] = [
    shaping(input(0, "Temperature", "", 0.0, 2.0, 1.0, Kind::Continuous { decimals: 3 })),
    shaping(input(1, "Guide amount", "", 0.0, 1.0, 0.0, Kind::Continuous { decimals: 3 })),
    input(2, "Guide source", "", 0.0, 2.0, 0.0, Kind::List(&["Auto", "Sidechain", "Track input"])),
    input(3, "Take", "", 0.0, 9999.0, 1.0, Kind::Integer),
    input(4, "Mix", "", 0.0, 1.0, 1.0, Kind::Continuous { decimals: 3 }),
    input(5, "Output gain", "dB", -60.0, 12.0, 0.0, Kind::Continuous { decimals: 1 }),
    Spec { automatable: false, ..input(6, "Run", "", 0.0, 1.0, 0.0, Kind::List(&["Follow transport", "Free-run"])) },
    Spec { automatable: false, ..input(7, "Render wait", "", 0.0, 2.0, 0.0, Kind::List(&["Auto", "On", "Off"])) },
    output(
        8,
        "Status",
        6.0,
        Kind::List(&["No service", "Connecting", "Ready", "Waiting", "Behind", "Failed", "Model missing"]),
    ),
    output(9, "Missed frames", 10_000_000.0, Kind::Count),
    input(10, "Keep take", "", 0.0, 1.0, 0.0, Kind::List(&["Off", "On"])),
    Spec {
        automatable: false,
        ..input(11, "Start", "", 0.0, 2.0, 0.0, Kind::List(&["Continue", "Fresh", "Fresh, exact lane"]))
    },
    shaping(input(12, "Artist", "", 0.0, 31.0, 0.0, Kind::Artist)),
    shaping(input(13, "Genre", "", 0.0, 31.0, 0.0, Kind::Genre)),
    shaping(input(14, "Blend", "%", 0.0, 100.0, 0.0, Kind::Continuous { decimals: 1 })),
    shaping(input(15, "Other artist", "", 0.0, 31.0, 0.0, Kind::Artist)),
    shaping(input(16, "Other genre", "", 0.0, 31.0, 0.0, Kind::Genre)),
];

/// Indices of the inputs that draws depend on, by rising id.
pub const SHAPING: [usize; SHAPING_COUNT] = {
    let mut shaping = [0; SHAPING_COUNT];
    let (mut index, mut count) = (0, 0);
    while index < PARAMETER_COUNT {
        if PARAMETERS[index].shapes_draws {
            shaping[count] = index;
            count += 1;
        }
        index += 1;
    }
    shaping
};

const SHAPING_COUNT: usize = {
    let (mut index, mut count) = (0, 0);
    while index < PARAMETER_COUNT {
        count += PARAMETERS[index].shapes_draws as usize;
        index += 1;
    }
    count
};

/// The parameter of this id. [thread-safe]
pub fn spec(id: u32) -> Option<&'static Spec> {
    PARAMETERS.get(usize::try_from(id).ok()?)
}

/// The parameters that the host may set. [thread-safe]
pub fn inputs() -> impl Iterator<Item = &'static Spec> {
    PARAMETERS.iter().filter(|spec| !spec.read_only)
}

/// The default plain values of all parameters. [thread-safe]
pub fn defaults() -> [f64; PARAMETER_COUNT] {
    PARAMETERS.map(|spec| spec.default)
}

impl Spec {
    /// Number of steps between the lowest and the highest value; 0: continuous. [thread-safe]
    pub fn step_count(&self) -> i32 {
        match self.kind {
            Kind::Continuous { .. } | Kind::Count => 0,
            Kind::Integer | Kind::List(_) | Kind::Artist | Kind::Genre => (self.max - self.min) as i32,
        }
    }

    /// A usable plain value: clamped, rounded where only whole numbers are; `None` if it is not finite. [thread-safe]
    pub fn sanitise(&self, plain: f64) -> Option<f64> {
        if !plain.is_finite() {
            return None;
        }
        let clamped = plain.clamp(self.min, self.max);
        Some(match self.kind {
            Kind::Continuous { .. } | Kind::Count => clamped,
            Kind::Integer | Kind::List(_) | Kind::Artist | Kind::Genre => clamped.round(),
        })
    }

    /// Normalised (0 to 1) to plain, in VST3's manner: steps share the range evenly. `None` if not finite. [thread-safe]
    pub fn to_plain(&self, normalised: f64) -> Option<f64> {
        if !normalised.is_finite() {
            return None;
        }
        let normalised = normalised.clamp(0.0, 1.0);
        let steps = f64::from(self.step_count());
        Some(if steps > 0.0 {
            self.min + (normalised * (steps + 1.0)).floor().min(steps)
        } else {
            self.min + normalised * (self.max - self.min)
        })
    }

    /// Plain to normalised (0 to 1). A value that is not finite becomes the default. [thread-safe]
    pub fn to_normalised(&self, plain: f64) -> f64 {
        let plain = self.sanitise(plain).unwrap_or(self.default);
        (plain - self.min) / (self.max - self.min)
    }

    /// Whether its lane jumps whatever the format says of the way: there is nothing between two names.
    /// [audio-thread]
    pub fn is_named(&self) -> bool {
        matches!(self.kind, Kind::Artist | Kind::Genre)
    }

    /// What the host shows for a plain value. A value beyond the end of the model's names is shown as the last of them, which is
    /// what it asks for. [main-thread]
    pub fn text(&self, plain: f64, labels: &Labels) -> String {
        let plain = self.sanitise(plain).unwrap_or(self.default);
        let named = |names: &[String]| {
            let name = names.get(plain as usize).or(names.last());
            name.cloned().unwrap_or_else(|| format!("{:.0}", plain + 1.0))
        };
        match self.kind {
            Kind::Continuous { decimals } => format!("{plain:.decimals$}"),
            Kind::Integer | Kind::Count => format!("{plain:.0}"),
            Kind::List(names) => names.get(plain as usize).copied().unwrap_or("").to_owned(),
            Kind::Artist => named(&labels.artists),
            Kind::Genre => named(&labels.genres),
        }
    }

    /// The plain value of what a user typed; `None` if it means nothing. [main-thread]
    pub fn parse(&self, text: &str, labels: &Labels) -> Option<f64> {
        let text = text.trim();
        if let Kind::List(names) = self.kind
            && let Some(index) = names.iter().position(|name| name.eq_ignore_ascii_case(text))
        {
            return Some(index as f64);
        }
        let named = match self.kind {
            Kind::Artist => Some(&labels.artists),
            Kind::Genre => Some(&labels.genres),
            _ => None,
        };
        if let Some(names) = named {
            let lower = text.to_lowercase();
            if let Some(index) = names.iter().position(|name| name.to_lowercase() == lower) {
                return Some(index as f64);
            }
            // Without names the values are shown from 1 on.
            return self.sanitise(text.parse::<f64>().ok()? - 1.0);
        }
        let number = text.strip_suffix(self.unit).unwrap_or(text).trim();
        self.sanitise(number.parse().ok()?)
    }
}
