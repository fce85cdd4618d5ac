//! Where a test takes place.

use simmer_fake_service::{Behaviour, FakeService};
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// A runtime folder of its own; tests take turns, since the folder is an environment variable.
pub struct Stage {
    pub folder: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Stage {
    pub fn new(name: &str) -> Stage {
        let turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = std::env::temp_dir().join(format!("simmer-host-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        // SAFETY: tests take turns, and threads of earlier turns, which could read it, have ended.
        unsafe { std::env::set_var("SIMMER_RUNTIME_DIR", &folder) };
        Stage { folder, _turn: turn }
    }

    pub fn service(&self, change: impl FnOnce(&mut Behaviour)) -> FakeService {
        let mut behaviour = Behaviour::default();
        change(&mut behaviour);
        FakeService::start(&self.folder, behaviour).unwrap()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("shim.log")).unwrap_or_default()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Runs a thread of its own on something that this one has made, as a host runs its audio thread.
pub fn on_audio_thread<P: Send, T: Send>(player: P, body: impl FnOnce(P) -> T + Send) -> T {
    std::thread::scope(|scope| match scope.spawn(move || body(player)).join() {
        Ok(result) => result,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}
