//! Why a scenario ends before its end.

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
