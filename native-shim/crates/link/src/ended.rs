//! How a stream to a service ends.

/// Why a stream ended.
pub enum Ended {
    /// The main thread wants another one, or none.
    Asked,
    /// The service wants another one: what plays has changed.
    Renewed,
    Lost(String),
    Failed {
        why: String,
        permanent: bool,
    },
}
