//! What the main thread wants of the link thread.

use crate::config::LinkConfig;
use std::time::Duration;

/// Between two looks for a service.
pub const RETRY: Duration = Duration::from_secs(1);

/// What the main thread wants of the link.
#[derive(Clone, PartialEq)]
pub struct Control {
    pub config: LinkConfig,
    pub stop: bool,
}
