//! What came of a press of the button: said in place of advice for as long as all else stays as it was.

use crate::view::View;

/// What went wrong, and the status at that time.
#[derive(Debug, Default)]
pub struct Trouble(Option<(String, String)>);

impl Trouble {
    /// What came of a press; nothing went wrong: `None`.
    pub fn set(&mut self, words: Option<String>, status: String) {
        self.0 = words.map(|words| (words, status));
    }

    /// A service that is there now is not said to be missing.
    pub fn say_in(&mut self, view: &mut View) {
        self.0.take_if(|(_, status)| *status != view.status);
        if let Some((words, _)) = &self.0 {
            view.advice.clone_from(words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::Tone;

    #[test]
    fn it_is_said_until_something_else_is_the_matter() {
        let view = |status: &str| View {
            temperature: 1.0,
            useful: (0.6, 1.2),
            default: 1.0,
            model: String::new(),
            tone: Tone::Wrong,
            status: status.to_owned(),
            advice: "advice".to_owned(),
        };
        let mut trouble = Trouble::default();
        let said = |trouble: &mut Trouble, status: &str| {
            let mut view = view(status);
            trouble.say_in(&mut view);
            view.advice
        };
        assert_eq!(said(&mut trouble, "No service"), "advice");
        trouble.set(Some("no browser".to_owned()), "No service".to_owned());
        assert_eq!([(); 2].map(|()| said(&mut trouble, "No service")), ["no browser"; 2]);
        assert_eq!(["Connected", "No service"].map(|status| said(&mut trouble, status)), ["advice"; 2]);
        trouble.set(Some("no browser".to_owned()), "Connected".to_owned());
        trouble.set(None, "Connected".to_owned());
        assert_eq!(said(&mut trouble, "Connected"), "advice", "it went well this time");
    }
}
