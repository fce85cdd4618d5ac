//! Keeps what has been said of the current passage, so that it can be said again on a new link.
//!
//! The audio thread numbers its epochs, and the link numbers those on the wire: after a reconnect one passage of the audio
//! thread continues under a new number.

use simmer_core::{BlockHeader, Breakpoint, Message, Start};
use std::collections::VecDeque;

/// What is kept of an exact passage, at most: some six minutes of guide audio, or days without.
pub const HISTORY_BYTES_MAX: usize = 128 << 20;
/// What a block costs beyond its guide and points.
const BLOCK_BYTES: usize = 160;
/// Blocks of playback that wait for a slow link; beyond it the link is given up.
pub const UNSENT_BLOCKS_MAX: usize = 4096;

/// A block to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub header: BlockHeader,
    pub temperature: Vec<Breakpoint>,
    pub guide: Vec<f32>,
}

/// The next thing to say.
#[derive(Clone, Debug, PartialEq)]
pub enum Outgoing {
    Start { epoch: u32, root: i64, seed: u32, exact: bool, resume: i64 },
    Block { epoch: u32, block: Block },
}

/// What to do with a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its frames from `from` on are audio of the audio thread's epoch.
    Take { epoch: u32, from: i64 },
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
}

#[derive(Debug, Default)]
pub struct Book {
    wire_epoch: u32,
    online: bool,
    passage: Option<Passage>,
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
                });
            }
            Message::Block { header, temperature, guide } => {
                let Some(passage) = self.passage.as_mut().filter(|p| p.start.epoch == header.epoch) else { return };
                passage.push(Block { header, temperature, guide });
                if !self.online {
                    passage.keep_for_reconnect();
                }
            }
        }
    }

    /// A new link: everything is said again. Returns the audio thread's epoch if that is not possible.
    pub fn on_link(&mut self) -> Result<(), u32> {
        self.online = true;
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
        if let Some(passage) = &mut self.passage {
            passage.started = false;
            passage.keep_for_reconnect();
        }
    }

    /// Whether there is something to say.
    pub fn has_outgoing(&self) -> bool {
        self.passage.as_ref().is_some_and(|passage| passage.sent < passage.blocks.len())
    }

    /// The next thing to say to a link that is up.
    pub fn next_outgoing(&mut self) -> Option<Outgoing> {
        let passage = self.passage.as_mut()?;
        let next = passage.blocks.get(passage.sent)?;
        if !passage.started {
            passage.started = true;
            self.wire_epoch = self.wire_epoch.wrapping_add(1);
            let Start { root, seed, exact, .. } = passage.start;
            // In playback the passage begins with what is left of it.
            let root = if exact { root } else { next.header.start };
            if !exact {
                passage.expected = root.max(0);
            }
            let resume = passage.expected.max(root);
            let resume = if passage.expected <= root.max(0) { root } else { resume };
            return Some(Outgoing::Start { epoch: self.wire_epoch, root, seed, exact, resume });
        }
        let block = if passage.start.exact && !passage.truncated {
            passage.sent += 1;
            next.clone()
        } else {
            let block = passage.blocks.pop_front()?;
            passage.bytes = passage.bytes.saturating_sub(block.bytes());
            block
        };
        if block.header.playing {
            passage.delivered = block.header.start.saturating_add(i64::from(block.header.frame_count));
        }
        Some(Outgoing::Block { epoch: self.wire_epoch, block })
    }

    /// Judges a chunk by its place. `frame_count` is at least 1.
    pub fn judge(&mut self, wire_epoch: u32, start: i64, frame_count: usize, gap: i32) -> Verdict {
        let ahead = wire_epoch.wrapping_sub(self.wire_epoch) as i32;
        if ahead > 0 || (wire_epoch == 0) {
            return Verdict::Refuse("a chunk of an epoch that was never started");
        }
        let Some(passage) = self.passage.as_mut().filter(|passage| passage.started && ahead == 0) else {
            return Verdict::Ignore;
        };
        let end = start.saturating_add(i64::try_from(frame_count).unwrap_or(i64::MAX));
        let epoch = passage.start.epoch;
        if gap < 0 {
            return Verdict::Refuse("a negative gap");
        }
        if passage.start.exact {
            if gap != 0 || start > passage.expected {
                return Verdict::Refuse("a gap in an exact epoch");
            }
            if end > passage.delivered {
                return Verdict::Refuse("audio of an exact epoch beyond what was delivered");
            }
            if end <= passage.expected {
                return Verdict::Ignore;
            }
            let from = passage.expected;
            passage.expected = end;
            return Verdict::Take { epoch, from };
        }
        if start > passage.expected.saturating_add(i64::from(gap)) {
            return Verdict::Refuse("a chunk that leaves frames out without saying so");
        }
        if gap != 0 && start != passage.expected.saturating_add(i64::from(gap)) {
            return Verdict::Refuse("a gap that does not fit");
        }
        // Going back is drawing again: the newer audio counts.
        passage.expected = end;
        Verdict::Take { epoch, from: start }
    }
}

impl Block {
    fn bytes(&self) -> usize {
        BLOCK_BYTES + 4 * self.guide.len() + size_of::<Breakpoint>() * self.temperature.len()
    }
}

impl Passage {
    fn push(&mut self, block: Block) {
        self.bytes += block.bytes();
        self.blocks.push_back(block);
        if self.start.exact && self.bytes > HISTORY_BYTES_MAX {
            self.truncated = true;
            for block in self.blocks.drain(..self.sent) {
                self.bytes = self.bytes.saturating_sub(block.bytes());
            }
            self.sent = 0;
        }
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
