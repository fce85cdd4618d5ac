//! Both sides prove that they know the token; it never travels.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Who proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Client,
    Service,
}

impl Role {
    fn prefix(self) -> &'static [u8] {
        match self {
            Role::Client => b"simmer client ",
            Role::Service => b"simmer service ",
        }
    }
}

fn mac(token: &str, role: Role, nonce: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).ok()?;
    mac.update(role.prefix());
    mac.update(nonce.as_bytes());
    Some(mac)
}

/// 64 fresh hex digits; `None` without entropy.
pub fn nonce() -> Option<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).ok()?;
    Some(hex(&bytes))
}

/// The proof as 64 hex digits.
pub fn prove(token: &str, role: Role, nonce: &str) -> Option<String> {
    Some(hex(&mac(token, role, nonce)?.finalize().into_bytes()))
}

/// Whether a proof holds, compared in constant time.
pub fn verify(token: &str, role: Role, nonce: &str, proof: &str) -> bool {
    let digits = proof.as_bytes();
    if digits.len() != 64 {
        return false;
    }
    let bytes: Option<Vec<u8>> =
        digits.chunks_exact(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    match (mac(token, role, nonce), bytes) {
        (Some(mac), Some(bytes)) => mac.verify_slice(&bytes).is_ok(),
        _ => false,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
