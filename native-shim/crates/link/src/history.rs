//! The blocks of one passage: those that a link has yet to be sent, and those that a new link must be sent again.

use simmer_core::{Block, Breakpoint};
use std::collections::VecDeque;

/// What is kept of an offline passage, at most: some six minutes of guide audio, or days without.
pub const HISTORY_BYTES_MAX: usize = 128 << 20;
/// Blocks of playback that wait for a slow link; beyond it the link is given up.
pub const UNSENT_BLOCKS_MAX: usize = 4096;

#[derive(Debug)]
pub struct History {
    /// An offline passage is kept whole, for it must be said again from its root; of playback only what is unsent.
    keeps_all: bool,
    blocks: VecDeque<Block>,
    bytes: usize,
    /// Blocks of `blocks` that this link has been sent.
    sent: usize,
    /// The first blocks are gone: the passage cannot be said again.
    truncated: bool,
}

impl History {
    pub fn new(keeps_all: bool) -> History {
        History { keeps_all, blocks: VecDeque::new(), bytes: 0, sent: 0, truncated: false }
    }

    pub fn push(&mut self, block: Block) {
        self.bytes += bytes_of(&block);
        self.blocks.push_back(block);
        if self.keeps_all && self.bytes > HISTORY_BYTES_MAX {
            self.truncated = true;
            for block in self.blocks.drain(..self.sent) {
                self.bytes = self.bytes.saturating_sub(bytes_of(&block));
            }
            self.sent = 0;
        }
    }

    /// A new link is sent all that is kept; false: that is not the whole passage.
    pub fn begin_again(&mut self) -> bool {
        self.sent = 0;
        self.keep_for_reconnect();
        !self.truncated
    }

    /// In playback only the newest block matters to a new link; of an offline passage, all.
    pub fn keep_for_reconnect(&mut self) {
        if !self.keeps_all {
            let newest = self.blocks.pop_back();
            self.blocks.clear();
            self.blocks.extend(newest);
            self.sent = 0;
        }
    }

    /// Whether a slow link has let too much pile up.
    pub fn is_choked(&self) -> bool {
        !self.keeps_all && self.blocks.len() > UNSENT_BLOCKS_MAX
    }

    /// The next block to send.
    pub fn next(&self) -> Option<&Block> {
        self.blocks.get(self.sent)
    }

    /// The next block, which counts as sent.
    pub fn take_next(&mut self) -> Option<Block> {
        if self.keeps_all && !self.truncated {
            let block = self.blocks.get(self.sent)?.clone();
            self.sent += 1;
            return Some(block);
        }
        let block = self.blocks.pop_front()?;
        self.bytes = self.bytes.saturating_sub(bytes_of(&block));
        Some(block)
    }
}

/// What keeping a block costs.
fn bytes_of(block: &Block) -> usize {
    let point_count: usize = block.lanes.iter().map(|lane| lane.points.len()).sum();
    size_of::<Block>() + size_of::<f32>() * block.guide.len() + size_of::<Breakpoint>() * point_count
}
