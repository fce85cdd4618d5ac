//! Carries out a scenario: the test host as a program. `instance` is one instance's life, `segment` the calls of one segment,
//! `inputs` what a call is told.

mod inputs;
mod instance;
mod segment;

pub use instance::play;
