//! Where an instance's files go.

use crate::play::scenario::Scenario;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The output folder, and which of the instances it is.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub folder: &'a Path,
    pub instance: usize,
}

impl Place<'_> {
    /// A file that a scenario names: `{instance}` is the instance's number; relative to the output folder.
    pub fn file(&self, named: &Path) -> PathBuf {
        self.folder.join(named.to_string_lossy().replace("{instance}", &self.instance.to_string()))
    }
}

/// Refuses instances that would save over each other's states: they play at once, and any of them might be last.
pub fn saves_apart(instances: &[&Scenario], folder: &Path) -> Result<(), String> {
    let mut owners = BTreeMap::new();
    for (instance, scenario) in instances.iter().enumerate() {
        for named in scenario.saved_states() {
            let path = Place { folder, instance }.file(named);
            let owner = *owners.entry(path).or_insert(instance);
            if owner != instance {
                let named = named.display();
                return Err(format!(
                    "instances {owner} and {instance} would both save {named}: put {{instance}} in its name"
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of that many instances of one scenario.
    fn told(scenario: &str, count: usize) -> Result<(), String> {
        let scenarios = Scenario::read(scenario).expect("a scenario");
        saves_apart(&vec![&scenarios[0]; count], Path::new("out"))
    }

    #[test]
    fn a_state_has_one_owner() {
        let at_the_end = r#"{"saveState": "a", "segments": [{"kind": "play", "frameCount": 1}]}"#;
        let within = r#"{"segments": [{"kind": "play", "frameCount": 1, "saveState": "a"}]}"#;
        for scenario in [at_the_end, within] {
            assert_eq!(told(scenario, 1), Ok(()));
            let refused = told(scenario, 2).expect_err("they clash");
            assert!(refused.contains("instances 0 and 1 would both save a"), "{refused}");
            assert_eq!(told(&scenario.replace("\"a\"", "\"a{instance}\""), 9), Ok(()));
        }
    }

    #[test]
    fn one_instance_may_save_over_its_own() {
        let scenario = r#"{"saveState": "a", "segments": [
            {"kind": "play", "frameCount": 1, "saveState": "a"}, {"kind": "play", "frameCount": 1, "saveState": "a"}]}"#;
        assert_eq!(told(scenario, 1), Ok(()));
    }
}
