//! What a panel shows.

/// How much what is said wants to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Calm,
    /// It takes a while.
    Busy,
    /// Somebody has to do something.
    Wrong,
}

/// All that is shown; equal views make equal pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// 0 to 2.
    pub temperature: f64,
    /// The temperatures at which the model is worth playing.
    pub useful: (f64, f64),
    /// The temperature that a double click sets.
    pub default: f64,
    /// Of the model that plays; empty: not known.
    pub model: String,
    pub tone: Tone,
    /// In a few words.
    pub status: String,
    /// What to do; empty: nothing.
    pub advice: String,
}
