//! Carries out a scenario: the test host as a program.
//!
//! `scenario` is the language, `walk` where each call is in the song, `lane`, `guide` and `inputs` what it is told, `touch` what a hand writes,
//! `pace` when it comes, `place` where its files go, `check` what the plugin must not do, `recording` and `report` what is written of it, and
//! `instance` puts them together.

pub mod check;
pub mod guide;
pub mod inputs;
pub mod instance;
pub mod lane;
pub mod pace;
pub mod place;
pub mod recording;
pub mod report;
pub mod scenario;
pub mod touch;
pub mod walk;

/// Why a scenario was not carried out to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The scenario, a file or the machine is at fault.
    Scenario(String),
    /// The plugin is.
    Plugin(String),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Trouble::Scenario(why) => out.write_str(why),
            Trouble::Plugin(why) => write!(out, "the plugin breaks its contract: {why}"),
        }
    }
}
