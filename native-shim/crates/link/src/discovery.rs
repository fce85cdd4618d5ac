//! Finds the service through the file it leaves in the runtime folder.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

const FILE_NAME: &str = "service.json";
const FILE_BYTES_MAX: u64 = 64 * 1024;
const TOKEN_BYTES_MAX: usize = 256;

/// Where the service is and what it proves itself with.
#[derive(Clone, PartialEq, Eq)]
pub struct ServiceAddress {
    pub address: SocketAddr,
    pub token: String,
    /// Where the page is, with its key; only an address of this machine's own is believed.
    pub page: Option<String>,
}

impl std::fmt::Debug for ServiceAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} (token withheld)", self.address)
    }
}

/// Why there is no service to speak to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    NoFolder,
    NoFile,
    /// Others could have written it.
    NotOurs,
    Malformed,
    NotLoopback,
}

impl Absence {
    pub fn text(self) -> &'static str {
        match self {
            Absence::NoFolder => "no runtime folder is known (set SIMMER_RUNTIME_DIR)",
            Absence::NoFile => "no service is running: start it with `npx simmer serve`",
            Absence::NotOurs => {
                "service.json or its folder could have been written by somebody else; it is not believed"
            }
            Absence::Malformed => "service.json cannot be understood",
            Absence::NotLoopback => "service.json names an address that is not this machine's own; it is not believed",
        }
    }
}

/// The folder that service and shim share. docs/protocol.md.
pub fn runtime_folder() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = variable("SIMMER_RUNTIME_DIR") {
        return Some(folder);
    }
    if cfg!(target_os = "windows") {
        Some(variable("LOCALAPPDATA")?.join("Simmer"))
    } else if cfg!(target_os = "macos") {
        Some(variable("HOME")?.join("Library/Application Support/Simmer"))
    } else {
        let state = variable("XDG_STATE_HOME").filter(|path| path.is_absolute());
        Some(state.or_else(|| Some(variable("HOME")?.join(".local/state")))?.join("simmer"))
    }
}

/// Reads the discovery file of that folder.
pub fn find_in(folder: &Path) -> Result<ServiceAddress, Absence> {
    let path = folder.join(FILE_NAME);
    let metadata = fs::symlink_metadata(&path).map_err(|_| Absence::NoFile)?;
    if !metadata.is_file() || metadata.len() > FILE_BYTES_MAX {
        return Err(Absence::Malformed);
    }
    let folder_metadata = fs::metadata(folder).map_err(|_| Absence::NoFile)?;
    if !is_only_ours(&metadata) || !is_only_ours(&folder_metadata) {
        return Err(Absence::NotOurs);
    }
    parse(&fs::read(&path).map_err(|_| Absence::NoFile)?)
}

#[cfg(unix)]
fn is_only_ours(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode() & 0o022 == 0
}

#[cfg(not(unix))]
fn is_only_ours(_metadata: &fs::Metadata) -> bool {
    true // The folder is inside the user's profile, which Windows keeps to the user.
}

fn parse(bytes: &[u8]) -> Result<ServiceAddress, Absence> {
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(|_| Absence::Malformed)?;
    if value.get("version").and_then(serde_json::Value::as_u64) != Some(1) {
        return Err(Absence::Malformed);
    }
    let text = |name: &str| value.get(name).and_then(serde_json::Value::as_str);
    let address: SocketAddr = text("grpc").and_then(|grpc| grpc.parse().ok()).ok_or(Absence::Malformed)?;
    let token =
        text("token").filter(|token| (16..=TOKEN_BYTES_MAX).contains(&token.len())).ok_or(Absence::Malformed)?;
    if !address.ip().is_loopback() || address.port() == 0 {
        return Err(Absence::NotLoopback);
    }
    let page = text("page").filter(|page| is_own_page(page)).map(str::to_owned);
    Ok(ServiceAddress { address, token: token.to_owned(), page })
}

/// A port and nothing else stands before the path: what looks like one may be a name at another machine.
fn is_own_page(page: &str) -> bool {
    let port = page.strip_prefix("http://127.0.0.1:").and_then(|rest| rest.split('/').next());
    port.is_some_and(|port| port.parse::<u16>().is_ok())
}
