//! What is behind the editor of one instance, whatever the format. Linux.

use crate::instance::Instance;
use simmer_core::parameter::{PARAMETERS, TEMPERATURE};
use simmer_core::{LinkStatus, Phase, Status};
use simmer_panel::{Desk, Tone, Turn, View};
use std::process::{Command, Stdio};
use std::sync::{Arc, Weak};

/// Where a model is worth playing while none is known.
const USEFUL: (f64, f64) = (0.6, 1.2);

/// The panel's way to an instance, which may end before the panel does.
pub struct EditorDesk(Weak<Instance>);

impl EditorDesk {
    /// [main-thread]
    pub fn new(instance: &Arc<Instance>) -> EditorDesk {
        EditorDesk(Arc::downgrade(instance))
    }
}

impl Desk for EditorDesk {
    fn view(&self) -> View {
        match self.0.upgrade() {
            Some(instance) => view_of(&instance),
            None => View {
                temperature: PARAMETERS[TEMPERATURE].default,
                useful: USEFUL,
                default: PARAMETERS[TEMPERATURE].default,
                model: String::new(),
                tone: Tone::Wrong,
                status: "Closed".to_owned(),
                advice: String::new(),
            },
        }
    }

    fn turn(&self, turn: Turn) {
        let Some(instance) = self.0.upgrade() else { return };
        let phase = match turn {
            Turn::Begin => Phase::Begin,
            Turn::Perform(value) => Phase::Perform(value),
            Turn::End => Phase::End,
        };
        instance.edit(PARAMETERS[TEMPERATURE].id, phase);
    }

    fn open_page(&self) -> Result<(), String> {
        let service = simmer_link::runtime_folder()
            .ok_or(simmer_link::Absence::NoFolder)
            .and_then(|folder| simmer_link::find_in(&folder))
            .map_err(|absence| absence.text().to_owned())?;
        let page = service.page.ok_or("the service has no page")?;
        // No shell, and the address is this machine's own.
        let opener =
            Command::new("xdg-open").arg(page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        match opener {
            Ok(mut child) => {
                // Somebody has to notice its end, or it would stay as a zombie.
                let waiting = std::thread::Builder::new().name("simmer browser".to_owned()).spawn(move || child.wait());
                drop(waiting);
                Ok(())
            }
            Err(_) => {
                Err("No browser answers (xdg-open): open the address that `npx simmer serve` printed.".to_owned())
            }
        }
    }
}

fn view_of(instance: &Instance) -> View {
    let words = instance.shared.service.words();
    let (tone, status, advice) = words_of(instance, &words.trouble);
    let is_known = words.useful.1 > words.useful.0;
    let default = if words.temperature > 0.0 { words.temperature } else { PARAMETERS[TEMPERATURE].default };
    View {
        temperature: instance.shared.shown(TEMPERATURE),
        useful: if is_known { words.useful } else { USEFUL },
        default,
        model: words.model,
        tone,
        status: status.to_owned(),
        advice,
    }
}

fn words_of(instance: &Instance, trouble: &str) -> (Tone, &'static str, String) {
    let said = |text: &str| text.to_owned();
    match instance.shared.service.link_status() {
        LinkStatus::Absent => (
            Tone::Wrong,
            "No service",
            said("Start it with `npx simmer serve` and leave it running; this window notices by itself."),
        ),
        LinkStatus::Connecting => (Tone::Busy, "Connecting", String::new()),
        LinkStatus::Failed => (Tone::Wrong, "The service refuses", said(trouble)),
        LinkStatus::ModelMissing => (Tone::Wrong, "Model missing", said(trouble)),
        LinkStatus::Ready => match instance.outputs.value(PARAMETERS[simmer_core::parameter::STATUS].id) {
            Some(status) if status == f64::from(Status::Waiting as u8) => {
                (Tone::Busy, "Rendering", said("The host exports, and waits for every frame."))
            }
            Some(status) if status == f64::from(Status::Behind as u8) => {
                (Tone::Busy, "Behind", said("Some audio came too late. The page shows where; a bounce has all of it."))
            }
            _ => (Tone::Calm, "Connected", String::new()),
        },
    }
}
