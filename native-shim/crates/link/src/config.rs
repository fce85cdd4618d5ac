//! What the link says of the instance.

use crate::wire;
use simmer_core::limits::HOST_NAME_BYTES_MAX;

/// The content of `open`. A change opens a new stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkConfig {
    pub instance_id: String,
    pub host_name: String,
    pub sample_rate_hz: i32,
    pub block_frames_max: i32,
    pub model: String,
    /// How often a state has brought other takes (`Shared::takes_load_count`). What the service says of them is no change.
    pub takes_load_count: u32,
}

impl LinkConfig {
    pub(crate) fn to_open(&self, takes: Vec<u8>) -> wire::Open {
        let mut host_name = self.host_name.clone();
        while host_name.len() > HOST_NAME_BYTES_MAX {
            host_name.pop();
        }
        wire::Open {
            protocol_version: wire::PROTOCOL_VERSION,
            instance_id: self.instance_id.clone(),
            host_name,
            sample_rate_hz: self.sample_rate_hz,
            block_frames_max: self.block_frames_max,
            model: self.model.clone(),
            takes,
        }
    }
}
