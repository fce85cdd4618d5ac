//! The names that a model has for the values of Artist and Genre.

use crate::limits::{LABEL_BYTES_MAX, LABELS_MAX};
use serde_json::{Map, Value};

/// What the model of an instance can be asked for; both empty: it has no labels, or none is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    pub artists: Vec<String>,
    pub genres: Vec<String>,
}

impl Labels {
    /// As many names as there may be, each without what cannot be shown. [link-thread] [main-thread]
    pub fn new(artists: &[String], genres: &[String]) -> Labels {
        Labels { artists: names(artists), genres: names(genres) }
    }

    pub fn is_empty(&self) -> bool {
        self.artists.is_empty() && self.genres.is_empty()
    }

    /// As it is kept in a song.
    pub fn to_json(&self) -> Value {
        let list = |names: &[String]| Value::from(names.to_vec());
        let mut object = Map::new();
        object.insert("artists".into(), list(&self.artists));
        object.insert("genres".into(), list(&self.genres));
        Value::Object(object)
    }

    /// What a song says; what is no name is left out.
    pub fn from_json(value: &Value) -> Labels {
        let list = |key: &str| -> Vec<String> {
            let names = value.get(key).and_then(Value::as_array);
            names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Labels::new(&list("artists"), &list("genres"))
    }
}

fn names(said: &[String]) -> Vec<String> {
    said.iter().take(LABELS_MAX).map(|name| printable(name)).collect()
}

fn printable(name: &str) -> String {
    let mut shown: String = name.chars().filter(|character| !character.is_control()).collect();
    while shown.len() > LABEL_BYTES_MAX {
        shown.pop();
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bounded_and_can_be_shown() {
        let many: Vec<String> = (0..40).map(|number| format!("a\n{number}")).collect();
        let labels = Labels::new(&many, &["é".repeat(40)]);
        assert_eq!(labels.artists.len(), LABELS_MAX);
        assert_eq!(labels.artists[3], "a3");
        assert_eq!(labels.genres[0].len(), LABEL_BYTES_MAX);
    }

    #[test]
    fn a_song_keeps_them() {
        let labels = Labels::new(&["Ada".to_owned()], &["Walk".to_owned(), "Run".to_owned()]);
        assert_eq!(Labels::from_json(&labels.to_json()), labels);
        assert!(Labels::from_json(&Value::from("no object")).is_empty());
        assert!(Labels::from_json(&serde_json::json!({"artists": [1, null]})).is_empty());
    }
}
