//! The saved state: small, versioned, readable without any service.
//!
//! Layout: `SIMMERST`, a version (u32, little-endian), the length of what follows (u32), and a JSON object:
//!
//! ```json
//! {"instanceId":"32 hex digits","model":"","parameters":{"0":1.0,"3":7.0}}
//! ```
//!
//! `labels` are the names of the model's artists and genres; absent where it has none.
//! `takes` is the recipe of what was heard, in base64 (RFC 4648, padded); it is absent where there is none.
//! Parameters are plain values under their permanent ids. Members that this version does not know, of the object and of
//! `parameters`, are kept and written back, as is a newer version number.

use crate::labels::Labels;
use crate::limits::{STATE_BYTES_MAX, TAKES_BYTES_MAX};
use crate::parameter::{self, PARAMETER_COUNT};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Map, Value};

const MAGIC: &[u8; 8] = b"SIMMERST";
const VERSION: u32 = 1;
const HEADER_BYTES: usize = 16;
/// Longer model names are not names.
const MODEL_BYTES_MAX: usize = 256;

/// Why a blob is not a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateError {
    NotOurs,
    Truncated,
    TooLarge,
    Malformed,
}

/// What a song keeps of an instance.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Plain values by id; those of read-only parameters mean nothing.
    pub values: [f64; PARAMETER_COUNT],
    pub instance_id: [u8; 16],
    /// The model wanted; empty: the service's default.
    pub model: String,
    /// The names of the model's artists and genres, so that a song shows them without a service.
    pub labels: Labels,
    /// By which what was heard can be drawn again; opaque. Empty: none yet.
    pub takes: Vec<u8>,
    version: u32,
    unknown: Map<String, Value>,
    unknown_parameters: Map<String, Value>,
}

impl State {
    /// A new instance's. [main-thread]
    pub fn new(instance_id: [u8; 16]) -> State {
        State {
            values: parameter::defaults(),
            instance_id,
            model: String::new(),
            labels: Labels::default(),
            takes: Vec::new(),
            version: VERSION,
            unknown: Map::new(),
            unknown_parameters: Map::new(),
        }
    }

    /// [main-thread]
    pub fn encode(&self) -> Vec<u8> {
        let mut parameters = self.unknown_parameters.clone();
        for spec in parameter::inputs() {
            if let Some(value) = self.values.get(spec.id as usize) {
                parameters.insert(spec.id.to_string(), Value::from(*value));
            }
        }
        let mut object = self.unknown.clone();
        object.insert("instanceId".into(), Value::from(hex(&self.instance_id)));
        object.insert("model".into(), Value::from(self.model.as_str()));
        object.insert("parameters".into(), Value::Object(parameters));
        if !self.labels.is_empty() {
            object.insert("labels".into(), self.labels.to_json());
        }
        if !self.takes.is_empty() {
            object.insert("takes".into(), Value::from(BASE64.encode(&self.takes)));
        }
        let body = Value::Object(object).to_string();
        let mut bytes = Vec::with_capacity(HEADER_BYTES + body.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.version.to_le_bytes());
        bytes.extend_from_slice(&u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(body.as_bytes());
        bytes
    }

    /// Reads a blob; what it does not say is default. Bytes after it are ignored, as some hosts pad. [main-thread]
    pub fn decode(bytes: &[u8]) -> Result<State, StateError> {
        if bytes.len() > STATE_BYTES_MAX {
            return Err(StateError::TooLarge);
        }
        let rest = bytes.strip_prefix(MAGIC).ok_or(StateError::NotOurs)?;
        let (version, rest) = split_u32(rest)?;
        let (length, rest) = split_u32(rest)?;
        let body = rest.get(..length as usize).ok_or(StateError::Truncated)?;
        let Ok(Value::Object(mut unknown)) = serde_json::from_slice(body) else {
            return Err(StateError::Malformed);
        };
        let id = unknown.remove("instanceId").as_ref().and_then(Value::as_str).and_then(parse_hex);
        let Some(Value::Object(mut unknown_parameters)) = unknown.remove("parameters") else {
            return Err(StateError::Malformed);
        };
        let mut state = State::new(id.ok_or(StateError::Malformed)?);
        state.version = version.max(VERSION);
        if let Some(Value::String(model)) = unknown.remove("model")
            && model.len() <= MODEL_BYTES_MAX
        {
            state.model = model;
        }
        if let Some(labels) = unknown.remove("labels") {
            state.labels = Labels::from_json(&labels);
        }
        // A damaged recipe is not worth the rest of the song's settings: what it described is drawn anew.
        if let Some(Value::String(takes)) = unknown.remove("takes")
            && let Ok(takes) = BASE64.decode(takes)
            && takes.len() <= TAKES_BYTES_MAX
        {
            state.takes = takes;
        }
        for spec in parameter::inputs() {
            let saved = unknown_parameters.remove(&spec.id.to_string());
            if let Some(plain) = saved.as_ref().and_then(Value::as_f64).and_then(|v| spec.sanitise(v))
                && let Some(value) = state.values.get_mut(spec.id as usize)
            {
                *value = plain;
            }
        }
        state.unknown = unknown;
        state.unknown_parameters = unknown_parameters;
        Ok(state)
    }

    /// The instance id as 32 hex digits. [main-thread]
    pub fn instance_id_text(&self) -> String {
        hex(&self.instance_id)
    }
}

fn split_u32(bytes: &[u8]) -> Result<(u32, &[u8]), StateError> {
    let (head, rest) = bytes.split_first_chunk::<4>().ok_or(StateError::Truncated)?;
    Ok((u32::from_le_bytes(*head), rest))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn parse_hex(text: &str) -> Option<[u8; 16]> {
    let digits = text.as_bytes();
    if digits.len() != 32 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let number = u128::from_str_radix(text, 16).ok()?;
    Some(number.to_be_bytes())
}
