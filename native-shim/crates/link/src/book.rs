//! Keeps what has been said of the current passage, so that it can be said again on a new link.
//!
//! The audio thread numbers its epochs, and the link numbers those on the wire: after a reconnect one passage of the audio
//! thread continues under a new number. So it is with revisions: to the audio thread they rise through all of its epoch,
//! and each stream begins anew with 0.

use crate::chunk::{ChunkPlace, Label};
use simmer_core::limits::SONG_FRAME_MAX;
use simmer_core::{Block, Breakpoint, Message, Place, Start};
use std::collections::VecDeque;

/// What is kept of an exact passage, at most: some six minutes of guide audio, or days without.
pub const HISTORY_BYTES_MAX: usize = 128 << 20;
/// Blocks of playback that wait for a slow link; beyond it the link is given up.
pub const UNSENT_BLOCKS_MAX: usize = 4096;

/// What to do with a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its frames from `from` on are audio of what the label says, in the audio thread's numbers.
    Take { from: i64, label: Label },
    /// It belongs to an older epoch, or says nothing new.
    Ignore,
    /// It breaks the protocol.
    Refuse(&'static str),
}

#[derive(Debug)]
struct Passage {
    start: Start,
    blocks: VecDeque<Block>,
    bytes: usize,
    /// Blocks of `blocks` that this link has been told.
    sent: usize,
    /// This link has been told of the passage.
    started: bool,
    /// The first blocks are gone: it cannot be said again.
    truncated: bool,
    /// The song frame after the last one received.
    expected: i64,
    /// The song frame after the last block sent.
    delivered: i64,
    /// Where the passage begins for this link.
    root: i64,
    /// What the link's revision 0 is to the audio thread.
    revision_base: u32,
    /// The audio thread may have other audio of this epoch, which this link's says nothing about.
    restarts: bool,
    /// The link's newest revision.
    revision: u32,
    /// The song frame after the last one received of any of its revisions.
    reach: i64,
    /// All that was received so far was sent before the passage began.
    only_prelude: bool,
    /// A prelude of the epoch before is of this one, if it is of its root.
    prelude_fits: bool,
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
    /// This link has been told of `said`.
    said_here: bool,
    /// What this link has sent of the epoch after `said`.
    prelude: Option<Prelude>,
    /// The audio thread's newest epoch that audio was taken for, and its highest revision.
    given: Option<(u32, u32)>,
    /// The audio thread's newest epoch that a prelude was taken for.
    prelude_given: Option<u32>,
}

impl Book {
    /// The audio thread's current epoch.
    pub fn epoch(&self) -> Option<u32> {
        self.passage.as_ref().map(|passage| passage.start.epoch)
    }

    /// Whether a process call is waiting for this passage.
    pub fn is_exact(&self) -> bool {
        self.passage.as_ref().is_some_and(|passage| passage.start.exact)
    }

    /// Whether a slow link has let too much pile up.
    pub fn is_choked(&self) -> bool {
        self.passage.as_ref().is_some_and(|p| !p.start.exact && p.blocks.len() > UNSENT_BLOCKS_MAX)
    }

    /// Takes in what the audio thread said.
    pub fn record(&mut self, message: Message) {
        match message {
            Message::Start(start) => {
                self.passage = Some(Passage {
                    start,
                    blocks: VecDeque::new(),
                    bytes: 0,
                    sent: 0,
                    started: false,
                    truncated: false,
                    expected: start.root.max(0),
                    delivered: start.root,
                    root: start.root,
                    revision_base: 0,
                    restarts: false,
                    revision: 0,
                    reach: start.root,
                    only_prelude: false,
                    prelude_fits: false,
                });
            }
            Message::Block(block) => {
                let epoch = block.header.epoch;
                let Some(passage) = self.passage.as_mut().filter(|p| p.start.epoch == epoch) else { return };
                passage.push(block);
                if !self.online {
                    passage.keep_for_reconnect();
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
        passage.sent = 0;
        passage.keep_for_reconnect();
        if passage.truncated {
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
            passage.keep_for_reconnect();
        }
    }

    fn forget_link(&mut self) {
        self.said_here = false;
        self.prelude = None;
    }

    /// Whether there is something to say.
    pub fn has_outgoing(&self) -> bool {
        self.passage.as_ref().is_some_and(|passage| passage.sent < passage.blocks.len())
    }

    /// The next thing to say to a link that is up, with epochs and revisions as the stream numbers them.
    pub fn next_outgoing(&mut self) -> Option<Message> {
        let passage = self.passage.as_mut()?;
        let next = passage.blocks.get(passage.sent)?;
        if !passage.started {
            let first_frame = next.header.start;
            return self.start_passage(first_frame);
        }
        let mut block = if passage.start.exact && !passage.truncated {
            passage.sent += 1;
            next.clone()
        } else {
            let block = passage.blocks.pop_front()?;
            passage.bytes = passage.bytes.saturating_sub(bytes_of(&block));
            block
        };
        if block.header.playing {
            passage.delivered = block.header.start.saturating_add(i64::from(block.header.frame_count));
        }
        block.header.epoch = self.wire_epoch;
        block.header.revision = block.header.revision.saturating_sub(passage.revision_base);
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
        let root = if start.exact { start.root } else { first_frame };
        passage.started = true;
        passage.root = root;
        passage.revision = 0;
        passage.prelude_fits = self.said_here
            && step == 1
            && !start.exact
            && self.said.is_some_and(|said| (said.seed, said.start_mode) == (start.seed, start.start_mode));
        let prelude = self.prelude.take().filter(|prelude| passage.prelude_fits && prelude.root == root);
        let resume = if start.exact {
            if passage.expected <= root.max(0) { root } else { passage.expected }
        } else {
            passage.expected = prelude.map_or(root.max(0), |prelude| prelude.end);
            passage.reach = passage.expected;
            passage.only_prelude = prelude.is_some();
            if prelude.is_none() {
                passage.restart(self.given, self.prelude_given);
            }
            root
        };
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
        let verdict = match chunk.prelude_root {
            Some(root) => self.judge_prelude(chunk, root, ahead),
            None => self.judge_current(chunk, ahead),
        };
        match verdict {
            Verdict::Take { label, .. } if label.prelude.is_some() => self.prelude_given = Some(label.epoch),
            // Within an epoch revisions rise.
            Verdict::Take { label, .. } => self.given = Some((label.epoch, label.revision)),
            Verdict::Ignore | Verdict::Refuse(_) => {}
        }
        verdict
    }

    fn judge_current(&mut self, chunk: ChunkPlace, ahead: i32) -> Verdict {
        let Some(passage) = self.passage.as_mut().filter(|passage| passage.started && ahead == 0) else {
            return Verdict::Ignore;
        };
        if passage.start.exact {
            return passage.judge_exact(chunk);
        }
        // The service may also think its prelude out of date, and begin at the root.
        passage.begin_anew(chunk, self.given, self.prelude_given);
        passage.only_prelude = false;
        passage.judge_playback(chunk)
    }

    fn judge_prelude(&mut self, chunk: ChunkPlace, root: i64, ahead: i32) -> Verdict {
        if chunk.gap != 0 || chunk.revision != 0 {
            return Verdict::Refuse("a prelude with a gap or a revision");
        }
        if !(0..=SONG_FRAME_MAX).contains(&root) {
            return Verdict::Refuse("a prelude of a place that is none");
        }
        if ahead == 0 {
            return self.judge_late_prelude(chunk, root);
        }
        let Some(said) = self.said.filter(|_| ahead == 1) else { return Verdict::Ignore };
        if said.exact {
            return Verdict::Refuse("a prelude in an exact epoch");
        }
        // At the root one may begin anew, in the same place or in another.
        let expected = self.prelude.filter(|prelude| prelude.root == root).map_or(root, |prelude| prelude.end);
        if chunk.start != expected && chunk.start != root {
            return Verdict::Refuse("a prelude that is not contiguous");
        }
        self.prelude = Some(Prelude { root, end: chunk.end() });
        let place = Place { frame: root, seed: said.seed, exact: false, start_mode: said.start_mode };
        let epoch = said.epoch.wrapping_add(1);
        Verdict::Take { from: chunk.start, label: Label { epoch, prelude: Some(place), ..Label::default() } }
    }

    /// A prelude of the epoch that has been started by now: the service had not heard of it yet. If it begins there, it
    /// is its audio; if not, the service has forgotten what it had sent for that place, and will begin at the root.
    fn judge_late_prelude(&mut self, chunk: ChunkPlace, root: i64) -> Verdict {
        let (given, prelude_given) = (self.given, self.prelude_given);
        let Some(passage) = self.passage.as_mut().filter(|passage| passage.started && passage.prelude_fits) else {
            return Verdict::Ignore;
        };
        if root == passage.root {
            passage.begin_anew(chunk, given, prelude_given);
            passage.only_prelude = true;
            return passage.judge_playback(chunk);
        }
        passage.expected = passage.root.max(0);
        passage.restart(given, prelude_given);
        Verdict::Ignore
    }
}

impl Passage {
    fn push(&mut self, block: Block) {
        self.bytes += bytes_of(&block);
        self.blocks.push_back(block);
        if self.start.exact && self.bytes > HISTORY_BYTES_MAX {
            self.truncated = true;
            for block in self.blocks.drain(..self.sent) {
                self.bytes = self.bytes.saturating_sub(bytes_of(&block));
            }
            self.sent = 0;
        }
    }

    /// The link begins at the passage's root. If the audio thread was given audio of this epoch before, what comes is a
    /// newer revision of it.
    fn restart(&mut self, given: Option<(u32, u32)>, prelude_given: Option<u32>) {
        let epoch = self.start.epoch;
        let of_prelude = prelude_given.filter(|given| *given == epoch).map(|_| 0);
        let newest = given.filter(|(given, _)| *given == epoch).map(|(_, revision)| revision).or(of_prelude);
        if let Some(newest) = newest {
            self.revision_base = newest.saturating_add(1);
            self.restarts = true;
        }
    }

    /// After nothing but a prelude, a chunk at the root means that the prelude is replaced.
    fn begin_anew(&mut self, chunk: ChunkPlace, given: Option<(u32, u32)>, prelude_given: Option<u32>) {
        let root = self.root.max(0);
        if self.only_prelude && chunk.joint() == root && self.expected > root {
            self.expected = root;
            self.restart(given, prelude_given);
        }
    }

    fn judge_exact(&mut self, chunk: ChunkPlace) -> Verdict {
        if chunk.revision != 0 {
            return Verdict::Refuse("a revision of an exact epoch");
        }
        if chunk.gap != 0 || chunk.start > self.expected {
            return Verdict::Refuse("a gap in an exact epoch");
        }
        if chunk.end() > self.delivered {
            return Verdict::Refuse("audio of an exact epoch beyond what was delivered");
        }
        if chunk.end() <= self.expected {
            return Verdict::Ignore;
        }
        let from = self.expected;
        self.expected = chunk.end();
        Verdict::Take { from, label: Label { epoch: self.start.epoch, ..Label::default() } }
    }

    fn judge_playback(&mut self, chunk: ChunkPlace) -> Verdict {
        let is_newer = chunk.revision > self.revision;
        if chunk.revision < self.revision {
            return Verdict::Refuse("a revision that was replaced");
        }
        let joint = chunk.joint();
        if joint < self.root.max(0) {
            return Verdict::Refuse("a chunk from before its epoch");
        }
        // A newer revision may splice into any that was sent: of those the audio thread refuses, all is forgotten.
        let reach = if is_newer { self.reach } else { self.expected };
        if joint > reach {
            return Verdict::Refuse("a chunk that leaves frames out without saying so");
        }
        if joint < self.expected && !is_newer {
            return Verdict::Refuse("a chunk that goes back without a newer revision");
        }
        self.revision = chunk.revision;
        self.expected = chunk.end();
        self.reach = self.reach.max(self.expected);
        let label = Label {
            epoch: self.start.epoch,
            revision: self.revision_base.saturating_add(chunk.revision),
            // Revisions after the link's first know what they replace.
            restarts: self.restarts && chunk.revision == 0,
            prelude: None,
        };
        Verdict::Take { from: chunk.start, label }
    }

    /// In playback only the newest block matters to a new link; of an exact passage, all.
    fn keep_for_reconnect(&mut self) {
        if !self.start.exact {
            let newest = self.blocks.pop_back();
            self.blocks.clear();
            self.blocks.extend(newest);
            self.sent = 0;
        }
    }
}

/// What keeping a block costs.
fn bytes_of(block: &Block) -> usize {
    let point_count: usize = block.lanes.iter().map(|lane| lane.points.len()).sum();
    size_of::<Block>() + size_of::<f32>() * block.guide.len() + size_of::<Breakpoint>() * point_count
}
