//! What the audio thread said of the current passage, and what the service may answer, across links.
//!
//! The audio thread numbers its epochs, and the link numbers those on the wire: after a reconnect one passage of the audio
//! thread continues under a new number. So it is with revisions: to the audio thread they rise through all of its epoch,
//! and each stream begins anew with 0.

use crate::acceptance::{Acceptance, Given, Verdict};
use crate::chunk::{ChunkPlace, Label};
use crate::history::History;
use simmer_core::limits::SONG_FRAME_MAX;
use simmer_core::{Message, Place, Start};

#[derive(Debug)]
struct Passage {
    start: Start,
    /// The start of the passage has been sent on this link.
    started: bool,
    history: History,
    acceptance: Acceptance,
}

/// What a service has rendered of the epoch that it expects next.
#[derive(Clone, Copy, Debug)]
struct Prelude {
    root: i64,
    end: i64,
}

#[derive(Debug, Default)]
pub struct Book {
    wire_epoch: u32,
    online: bool,
    passage: Option<Passage>,
    /// The passage that has the wire's current number.
    said: Option<Start>,
    /// The start of `said` has been sent on this link.
    said_here: bool,
    /// What this link has sent of the epoch after `said`.
    prelude: Option<Prelude>,
    given: Given,
}

impl Book {
    /// The audio thread's current epoch.
    pub fn epoch(&self) -> Option<u32> {
        self.passage.as_ref().map(|passage| passage.start.epoch)
    }

    /// Whether a slow link has let too much pile up.
    pub fn is_choked(&self) -> bool {
        self.passage.as_ref().is_some_and(|passage| passage.history.is_choked())
    }

    /// Takes in what the audio thread said.
    pub fn record(&mut self, message: Message) {
        match message {
            Message::Start(start) => {
                let (history, acceptance) = (History::new(start.offline), Acceptance::new(&start));
                self.passage = Some(Passage { start, started: false, history, acceptance });
            }
            Message::Block(block) => {
                let epoch = block.header.epoch;
                let Some(passage) = self.passage.as_mut().filter(|p| p.start.epoch == epoch) else { return };
                passage.history.push(block);
                if !self.online {
                    passage.history.keep_for_reconnect();
                }
            }
        }
    }

    /// A new link: everything is said again. Returns the audio thread's epoch if that is not possible.
    pub fn on_link(&mut self) -> Result<(), u32> {
        self.online = true;
        self.forget_link();
        let Some(passage) = &mut self.passage else { return Ok(()) };
        passage.started = false;
        if !passage.history.begin_again() {
            let epoch = passage.start.epoch;
            self.passage = None;
            return Err(epoch);
        }
        Ok(())
    }

    /// The link is gone.
    pub fn on_link_lost(&mut self) {
        self.online = false;
        self.forget_link();
        if let Some(passage) = &mut self.passage {
            passage.started = false;
            passage.history.keep_for_reconnect();
        }
    }

    fn forget_link(&mut self) {
        self.said_here = false;
        self.prelude = None;
    }

    /// Whether there is something to say.
    pub fn has_outgoing(&self) -> bool {
        self.passage.as_ref().is_some_and(|passage| passage.history.next().is_some())
    }

    /// The next thing to say to a link that is up, with epochs and revisions as the stream numbers them.
    pub fn next_outgoing(&mut self) -> Option<Message> {
        let passage = self.passage.as_mut()?;
        let first_frame = passage.history.next()?.header.start;
        if !passage.started {
            return self.start_passage(first_frame);
        }
        let mut block = passage.history.take_next()?;
        if block.header.playing {
            let end = block.header.start.saturating_add(i64::from(block.header.frame_count));
            passage.acceptance.on_delivered(end);
        }
        block.header.epoch = self.wire_epoch;
        block.header.revision = passage.acceptance.revision_on_stream(block.header.revision);
        Some(Message::Block(block))
    }

    /// Says that the current passage begins, with a block that starts at `first_frame`.
    fn start_passage(&mut self, first_frame: i64) -> Option<Message> {
        let passage = self.passage.as_mut()?;
        let start = passage.start;
        // What the audio thread skips the wire skips alike, so that a prelude of the next epoch here is one there.
        let step = self.said.map_or(1, |said| start.epoch.wrapping_sub(said.epoch)).max(1);
        self.wire_epoch = self.wire_epoch.wrapping_add(step);
        // In playback the passage begins with what is left of it.
        let root = if start.offline { start.root } else { first_frame };
        passage.started = true;
        let prelude_fits = self.said_here
            && step == 1
            && !start.offline
            && self.said.is_some_and(|said| (said.seed, said.start_mode) == (start.seed, start.start_mode));
        let prelude = self.prelude.take().filter(|prelude| prelude_fits && prelude.root == root);
        let prelude_end = prelude.map(|prelude| prelude.end);
        let resume = passage.acceptance.begin(root, prelude_fits, prelude_end, self.given);
        self.said = Some(start);
        self.said_here = true;
        let resumes = start.resumes || root > start.root;
        Some(Message::Start(Start { epoch: self.wire_epoch, root, resume, resumes, ..start }))
    }

    /// Judges a chunk by its place.
    pub fn judge(&mut self, chunk: ChunkPlace) -> Verdict {
        let ahead = chunk.epoch.wrapping_sub(self.wire_epoch) as i32;
        if chunk.epoch == 0 || ahead > i32::from(chunk.prelude_root.is_some() && self.said_here) {
            return Verdict::Refuse("a chunk of an epoch that was never started");
        }
        if chunk.gap < 0 {
            return Verdict::Refuse("a negative gap");
        }
        let given = self.given;
        let verdict = match chunk.prelude_root {
            Some(root) => self.judge_prelude(chunk, root, ahead),
            None => match self.started().filter(|_| ahead == 0) {
                Some(passage) => passage.judge(chunk, given),
                None => Verdict::Ignore,
            },
        };
        match verdict {
            Verdict::Take { label, .. } if label.prelude.is_some() => self.given.prelude = Some(label.epoch),
            // Within an epoch revisions rise.
            Verdict::Take { label, .. } => self.given.audio = Some((label.epoch, label.revision)),
            Verdict::Ignore | Verdict::Refuse(_) => {}
        }
        verdict
    }

    /// What is accepted of the current passage, if its start has been sent on this link.
    fn started(&mut self) -> Option<&mut Acceptance> {
        self.passage.as_mut().filter(|passage| passage.started).map(|passage| &mut passage.acceptance)
    }

    fn judge_prelude(&mut self, chunk: ChunkPlace, root: i64, ahead: i32) -> Verdict {
        if chunk.gap != 0 || chunk.revision != 0 {
            return Verdict::Refuse("a prelude with a gap or a revision");
        }
        if !(0..=SONG_FRAME_MAX).contains(&root) {
            return Verdict::Refuse("a prelude of a place that is none");
        }
        if ahead == 0 {
            let given = self.given;
            return self.started().map_or(Verdict::Ignore, |passage| passage.judge_late_prelude(chunk, root, given));
        }
        let Some(said) = self.said.filter(|_| ahead == 1) else { return Verdict::Ignore };
        if said.offline {
            return Verdict::Refuse("a prelude in an offline epoch");
        }
        // At the root one may begin anew, in the same place or in another.
        let expected = self.prelude.filter(|prelude| prelude.root == root).map_or(root, |prelude| prelude.end);
        if chunk.start != expected && chunk.start != root {
            return Verdict::Refuse("a prelude that is not contiguous");
        }
        self.prelude = Some(Prelude { root, end: chunk.end() });
        let place = Place { frame: root, seed: said.seed, offline: false, start_mode: said.start_mode };
        let epoch = said.epoch.wrapping_add(1);
        Verdict::Take { from: chunk.start, label: Label { epoch, prelude: Some(place), ..Label::default() } }
    }
}
