//! Which chunks of one passage are accepted: those that are contiguous, but for declared gaps and newer revisions.

use crate::chunk::{ChunkPlace, Label};
use simmer_core::Start;

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

/// What the audio thread was given last.
#[derive(Clone, Copy, Debug, Default)]
pub struct Given {
    /// Its newest epoch that audio was taken for, and the highest revision of it.
    pub audio: Option<(u32, u32)>,
    /// Its newest epoch that a prelude was taken for.
    pub prelude: Option<u32>,
}

#[derive(Debug)]
pub struct Acceptance {
    /// The audio thread's number.
    epoch: u32,
    offline: bool,
    /// Where the passage begins for this link.
    root: i64,
    /// The song frame after the last one received.
    expected: i64,
    /// The song frame after the last block sent.
    delivered: i64,
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

impl Acceptance {
    pub fn new(start: &Start) -> Acceptance {
        Acceptance {
            epoch: start.epoch,
            offline: start.offline,
            root: start.root,
            expected: start.root.max(0),
            delivered: start.root,
            revision_base: 0,
            restarts: false,
            revision: 0,
            reach: start.root,
            only_prelude: false,
            prelude_fits: false,
        }
    }

    /// A link begins the passage at `root`, with the prelude that it has sent of it, which reaches to `prelude_end`.
    /// Returns the first frame that is still wanted.
    pub fn begin(&mut self, root: i64, prelude_fits: bool, prelude_end: Option<i64>, given: Given) -> i64 {
        self.root = root;
        self.revision = 0;
        self.prelude_fits = prelude_fits;
        if self.offline {
            return if self.expected <= root.max(0) { root } else { self.expected };
        }
        self.expected = prelude_end.unwrap_or(root.max(0));
        self.reach = self.expected;
        self.only_prelude = prelude_end.is_some();
        if prelude_end.is_none() {
            self.restart(given);
        }
        root
    }

    /// A block was sent that ends there.
    pub fn on_delivered(&mut self, end: i64) {
        self.delivered = end;
    }

    /// The stream's number of a revision of the audio thread's.
    pub fn revision_on_stream(&self, revision: u32) -> u32 {
        revision.saturating_sub(self.revision_base)
    }

    /// Judges a chunk of this passage.
    pub fn judge(&mut self, chunk: ChunkPlace, given: Given) -> Verdict {
        if self.offline {
            return self.judge_offline(chunk);
        }
        // The service may also think its prelude out of date, and begin at the root.
        self.begin_anew(chunk, given);
        self.only_prelude = false;
        self.judge_playback(chunk)
    }

    /// Judges a chunk of a prelude of this passage, which had begun before the service knew of it. If it begins here, it
    /// is its audio; if not, the service has forgotten what it had sent for this place, and will begin at the root.
    pub fn judge_late_prelude(&mut self, chunk: ChunkPlace, root: i64, given: Given) -> Verdict {
        if !self.prelude_fits {
            return Verdict::Ignore;
        }
        if root == self.root {
            self.begin_anew(chunk, given);
            self.only_prelude = true;
            return self.judge_playback(chunk);
        }
        self.expected = self.root.max(0);
        self.restart(given);
        Verdict::Ignore
    }

    /// The link begins at the passage's root. If the audio thread was given audio of this epoch before, what comes is a
    /// newer revision of it.
    fn restart(&mut self, given: Given) {
        let of_prelude = given.prelude.filter(|epoch| *epoch == self.epoch).map(|_| 0);
        let newest = given.audio.filter(|(epoch, _)| *epoch == self.epoch).map(|(_, revision)| revision).or(of_prelude);
        if let Some(newest) = newest {
            self.revision_base = newest.saturating_add(1);
            self.restarts = true;
        }
    }

    /// After nothing but a prelude, a chunk at the root means that the prelude is replaced.
    fn begin_anew(&mut self, chunk: ChunkPlace, given: Given) {
        let root = self.root.max(0);
        if self.only_prelude && chunk.joint() == root && self.expected > root {
            self.expected = root;
            self.restart(given);
        }
    }

    fn judge_offline(&mut self, chunk: ChunkPlace) -> Verdict {
        if chunk.revision != 0 {
            return Verdict::Refuse("a revision of an offline epoch");
        }
        if chunk.gap != 0 || chunk.start > self.expected {
            return Verdict::Refuse("a gap in an offline epoch");
        }
        if chunk.end() > self.delivered {
            return Verdict::Refuse("audio of an offline epoch beyond what was delivered");
        }
        if chunk.end() <= self.expected {
            return Verdict::Ignore;
        }
        let from = self.expected;
        self.expected = chunk.end();
        Verdict::Take { from, label: Label { epoch: self.epoch, ..Label::default() } }
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
            epoch: self.epoch,
            revision: self.revision_base.saturating_add(chunk.revision),
            // Revisions after the link's first know what they replace.
            restarts: self.restarts && chunk.revision == 0,
            prelude: None,
        };
        Verdict::Take { from: chunk.start, label }
    }
}
