//! `shim.log` in the runtime folder, and stderr. Only the link thread writes.

use simmer_core::{GiveUp, Shared};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{SystemTime, UNIX_EPOCH};

const FILE_BYTES_MAX: u64 = 256 * 1024;
const LINE_CHARS_MAX: usize = 400;

pub struct Log {
    path: Option<PathBuf>,
    instance: String,
    last: String,
}

impl Log {
    pub fn new(folder: Option<PathBuf>) -> Log {
        Log { path: folder.map(|folder| folder.join("shim.log")), instance: String::new(), last: String::new() }
    }

    /// Lines from here on are of that instance.
    pub fn set_instance(&mut self, instance_id: &str) {
        self.instance = instance_id.chars().take(8).collect();
    }

    /// Writes down why a process call gave up, once. [link-thread]
    pub fn given_up(&mut self, shared: &Shared) {
        if let Some(reason) = GiveUp::from_code(shared.played.gave_up.swap(0, Relaxed)) {
            self.line(&format!("EXPORT INCOMPLETE: {}", reason.text()));
        }
    }

    /// Writes one line, unless it is the same as the last one. What others wrote is made harmless.
    pub fn line(&mut self, text: &str) {
        let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LINE_CHARS_MAX).collect();
        if clean == self.last {
            return;
        }
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let line = format!("{seconds} {} {clean}\n", self.instance);
        self.last = clean;
        eprint!("simmer: {line}");
        // A log that cannot be written must not stop the link.
        let _ = self.append(&line);
    }

    fn append(&self, line: &str) -> std::io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            builder.create(folder)?;
        }
        let full = fs::metadata(path).is_ok_and(|metadata| metadata.len() > FILE_BYTES_MAX);
        if full {
            fs::rename(path, path.with_extension("log.old"))?;
        }
        OpenOptions::new().create(true).append(true).open(path)?.write_all(line.as_bytes())
    }
}
