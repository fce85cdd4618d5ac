//! What the test host as a program says of plugins that break their contract: it must see each fault, or nothing that it
//! passes means anything. The plugin is `examples/faulty-plugin.rs`.
#![allow(clippy::unwrap_used, reason = "tests fail loudly")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The faulty plugin as `cargo test` builds it.
fn faulty_plugin() -> PathBuf {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let folder = Path::new(env!("CARGO_BIN_EXE_simmer-host")).parent().unwrap().join("examples");
    let path = folder.join(format!("{prefix}faulty_plugin{suffix}"));
    assert!(path.is_file(), "{} is not built: run `cargo build -p simmer-host --examples`", path.display());
    path
}

struct Ran {
    output: Output,
    folder: PathBuf,
}

impl Ran {
    fn said(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    fn report(&self) -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(self.folder.join("report.json")).unwrap()).unwrap()
    }
}

impl Drop for Ran {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Plays four calls of 256 frames in an instance of the faulty plugin.
fn play(fault: &str, more: &str) -> Ran {
    let folder = std::env::temp_dir().join(format!("simmer-contract-{fault}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let scenario = folder.join("scenario.json");
    let segment = format!(r#"{{"kind": "play", "pace": "fast", "frameCount": 1024, "blocks": 256{more}}}"#);
    std::fs::write(&scenario, format!(r#"{{"segments": [{segment}]}}"#)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_simmer-host"));
    command.arg(&scenario).arg("--out").arg(&folder).arg("--plugin").arg(faulty_plugin());
    let output = command.env("SIMMER_TEST_FAULT", fault).output().unwrap();
    Ran { output, folder }
}

#[test]
fn a_plugin_that_does_as_it_should_is_passed() {
    let ran = play("none", "");
    assert_eq!(ran.output.status.code(), Some(0), "{}", ran.said());
    let instance = &ran.report()["instances"][0];
    assert_eq!(instance["segments"][0]["frameCount"], 1024);
    assert!(instance["trouble"].is_null(), "{instance}");
}

#[test]
fn each_fault_ends_it_with_status_1_and_says_what_and_where() {
    for (fault, words) in [
        ("not-a-number", "channel 1: frame 0 of 256 is NaN"),
        ("infinite", "channel 0: frame 128 of 256 is inf"),
        ("loud", "channel 0: frame 0 of 256 is 1000, which nothing accounts for"),
        ("unwritten", "channel 1: frame 255 of 256 is not written"),
        ("too-long", "channel 1: frame 0 behind a block of 256 frames is written to"),
        ("input", "it writes to its inputs"),
    ] {
        let ran = play(fault, "");
        let said = ran.said();
        assert_eq!(ran.output.status.code(), Some(1), "{fault}: {said}");
        assert!(said.contains("the plugin breaks its contract: segment 0: call 1 (song frame 256)"), "{fault}: {said}");
        assert!(said.contains(words), "{fault}: {said}");
        // What was heard until then is kept.
        let instance = &ran.report()["instances"][0];
        assert_eq!(instance["segments"][0]["frameCount"], 256, "{fault}");
        assert!(instance["trouble"].as_str().unwrap().contains(words), "{fault}: {instance}");
    }
}

#[test]
fn noise_in_the_output_shows_what_is_not_written_as_well() {
    let ran = play("unwritten", r#", "abuse": {"dirtyOutput": "loud"}"#);
    assert_eq!(ran.output.status.code(), Some(1), "{}", ran.said());
    assert!(ran.said().contains("which nothing accounts for"), "{}", ran.said());
}

/// Nothing catches it, and nothing hides it: there is no report that could be taken for a good one.
#[test]
fn a_plugin_that_crashes_takes_the_host_with_it() {
    let ran = play("abort", "");
    assert!(!ran.output.status.success(), "{}", ran.said());
    assert_ne!(ran.output.status.code(), Some(1));
    assert_ne!(ran.output.status.code(), Some(2));
    assert!(!ran.folder.join("report.json").exists());
}
