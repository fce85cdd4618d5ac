//! Plays a scenario in one instance of the built CLAP plugin and writes what came out, as `simmer-host` does for VST3:
//!
//!     simmer-clap-host SCENARIO.json --out FOLDER
//!
//! It knows the part of that language which [`simmer_clap_host::play`] names, and writes the same report and WAV files.
//! Exit status: 0 all was played; 2 anything else.

use serde_json::json;
use simmer_clap_host::{Plugin, entry_at, play};
use simmer_host_kit::find_library;
use simmer_host_kit::play::place::Place;
use simmer_host_kit::play::scenario::Scenario;
use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: simmer-clap-host SCENARIO.json --out FOLDER";

fn run() -> Result<(), String> {
    let given: Vec<_> = std::env::args_os().skip(1).collect();
    let [scenario, option, folder] = &given[..] else { return Err(USAGE.to_owned()) };
    if option.to_str() != Some("--out") {
        return Err(USAGE.to_owned());
    }
    let (file, folder) = (PathBuf::from(scenario), PathBuf::from(folder));
    let text = std::fs::read_to_string(&file).map_err(|why| format!("{}: {why}", file.display()))?;
    let scenarios = Scenario::read(&text).map_err(|why| format!("{}: {why}", file.display()))?;
    let [scenario] = &scenarios[..] else { return Err("this host plays one instance".to_owned()) };
    std::fs::create_dir_all(&folder).map_err(|why| format!("{}: {why}", folder.display()))?;
    let library = find_library("simmer_clap")?;
    let entry = entry_at(&library);
    let instance = play::play(Plugin::new(&entry), scenario, Place { folder: &folder, instance: 0 })?;
    let report = json!({ "plugin": library, "instances": [instance] });
    let path = folder.join("report.json");
    std::fs::write(&path, report.to_string()).map_err(|why| format!("{}: {why}", path.display()))
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("simmer-clap-host: {why}");
            ExitCode::from(2)
        }
    }
}
