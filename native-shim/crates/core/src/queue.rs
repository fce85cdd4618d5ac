//! The pre-allocated queues between the audio thread and the link thread. Single producer, single consumer, no waiting.

use crate::call::{LoopRange, MusicalTime};
use crate::epoch::{Place, Start};
use crate::lane::Breakpoint;
use crate::limits::{CELL_FRAMES, CELLS_QUEUED_MAX, COMMANDS_QUEUED_MAX, GUIDE_VALUES_QUEUED_MAX, POINTS_QUEUED_MAX};
use crate::parameter::SHAPING;
use rtrb::{Consumer, Producer, RingBuffer};

/// What one block said, without its lanes and its guide.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct BlockHeader {
    pub epoch: u32,
    pub start: i64,
    pub frame_count: u32,
    pub playing: bool,
    pub tempo_bpm: f64,
    pub loop_range: LoopRange,
    /// At `start`.
    pub musical: Option<MusicalTime>,
    /// The host gave one value of each parameter for the whole block, that of its end.
    pub coarse: bool,
    /// The take that is played is kept, whatever the lane says.
    pub keep: bool,
    /// The revision of the audio that the block is played from.
    pub revision: u32,
}

/// What a block says of the lane of one input: its value before any breakpoint, and those. Of a coarse block the value is
/// that of its end, and there are no breakpoints.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct BlockLane {
    pub value_at_start: f64,
    pub points: Vec<Breakpoint>,
}

/// One process block, whole.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Block {
    pub header: BlockHeader,
    /// Those of [`SHAPING`], in its order.
    pub lanes: [BlockLane; SHAPING.len()],
    /// Interleaved, two values a frame; empty: silent.
    pub guide: Vec<f32>,
}

impl Block {
    /// The lane of the input of that index, if draws depend on it.
    pub fn lane(&self, index: usize) -> Option<&BlockLane> {
        self.lanes.get(SHAPING.iter().position(|shaping| *shaping == index)?)
    }
}

/// What is said to the service, in order: by the audio thread to the link, and by the link to the stream.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one at a time, and nearly always a block")]
pub enum Message {
    Start(Start),
    Block(Block),
}

/// What a block says of one lane, without its breakpoints: they follow in their queue.
#[derive(Clone, Copy, Debug, Default)]
pub struct LaneHead {
    pub value_at_start: f64,
    pub point_count: u32,
}

/// A [`Message`], but for what has a queue of its own.
#[derive(Clone, Copy, Debug)]
enum Command {
    Start(Start),
    Block { header: BlockHeader, lanes: [LaneHead; SHAPING.len()], guide_value_count: u32 },
}

/// A piece of rendered audio on its way to the timeline.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    pub epoch: u32,
    /// Rises where audio of the epoch was drawn again. The first cell of a revision starts at its splice.
    pub revision: u32,
    /// The revision comes from a stream that knows nothing of those before it: it is taken up wherever it starts.
    pub restarts: bool,
    /// The epoch has not begun; this is its audio should it begin in that place.
    pub prelude: Option<Place>,
    pub start: i64,
    pub frame_count: u16,
    pub frames: [[f32; 2]; CELL_FRAMES],
}

impl Default for Cell {
    fn default() -> Self {
        Cell {
            epoch: 0,
            revision: 0,
            restarts: false,
            prelude: None,
            start: 0,
            frame_count: 0,
            frames: [[0.0; 2]; CELL_FRAMES],
        }
    }
}

/// The audio thread's end for commands.
pub struct Outlet {
    commands: Producer<Command>,
    points: Producer<Breakpoint>,
    guide: Producer<f32>,
}

/// The link's end for commands.
pub struct Inlet {
    commands: Consumer<Command>,
    points: Consumer<Breakpoint>,
    guide: Consumer<f32>,
}

/// The link's end for audio.
pub struct CellSender(Producer<Cell>);

/// The audio thread's end for audio.
pub struct CellReceiver(Consumer<Cell>);

/// All four ends.
pub struct Queues {
    pub outlet: Outlet,
    pub inlet: Inlet,
    pub cell_sender: CellSender,
    pub cell_receiver: CellReceiver,
}

/// Makes the queues and touches their memory. [main-thread]
pub fn queues() -> Queues {
    let (mut command_producer, mut command_consumer) = RingBuffer::new(COMMANDS_QUEUED_MAX);
    let (mut point_producer, mut point_consumer) = RingBuffer::new(POINTS_QUEUED_MAX);
    let (mut guide_producer, mut guide_consumer) = RingBuffer::new(GUIDE_VALUES_QUEUED_MAX);
    let (mut cell_producer, mut cell_consumer) = RingBuffer::new(CELLS_QUEUED_MAX);
    touch(&mut command_producer, &mut command_consumer, || Command::Start(Start::default()));
    touch(&mut point_producer, &mut point_consumer, Breakpoint::default);
    touch(&mut guide_producer, &mut guide_consumer, || 0.0f32);
    touch(&mut cell_producer, &mut cell_consumer, Cell::default);
    Queues {
        outlet: Outlet { commands: command_producer, points: point_producer, guide: guide_producer },
        inlet: Inlet { commands: command_consumer, points: point_consumer, guide: guide_consumer },
        cell_sender: CellSender(cell_producer),
        cell_receiver: CellReceiver(cell_consumer),
    }
}

/// Fresh memory comes page by page at first touch; that must not happen on the audio thread.
fn touch<T>(producer: &mut Producer<T>, consumer: &mut Consumer<T>, make: impl Fn() -> T) {
    while producer.push(make()).is_ok() {}
    while consumer.pop().is_ok() {}
}

impl Outlet {
    /// [audio-thread]
    pub fn start(&mut self, start: Start) -> bool {
        self.commands.push(Command::Start(start)).is_ok()
    }

    /// Whether a start and a block of this size find room, so that they can be handed over whole. [audio-thread]
    pub fn has_room(&self, point_count: usize, guide_value_count: usize) -> bool {
        self.commands.slots() >= 2 && self.points.slots() >= point_count && self.guide.slots() >= guide_value_count
    }

    /// A breakpoint of the block that will be pushed next. [audio-thread]
    pub fn point(&mut self, point: Breakpoint) {
        // has_room() was asked before; what does not fit would be missing from the block's count as well.
        let _ = self.points.push(point);
    }

    /// Guide audio of the block that will be pushed next, interleaved. [audio-thread]
    pub fn guide(&mut self, left: &[f32], right: &[f32]) {
        for (l, r) in left.iter().zip(right) {
            let _ = self.guide.push(*l);
            let _ = self.guide.push(*r);
        }
    }

    /// Hands over the block, whose breakpoints and guide have been pushed. [audio-thread]
    pub fn block(&mut self, header: BlockHeader, lanes: [LaneHead; SHAPING.len()], guide_value_count: u32) -> bool {
        self.commands.push(Command::Block { header, lanes, guide_value_count }).is_ok()
    }
}

impl Inlet {
    /// The next message, if there is one. [link-thread]
    pub fn pop(&mut self) -> Option<Message> {
        match self.commands.pop().ok()? {
            Command::Start(start) => Some(Message::Start(start)),
            Command::Block { header, lanes, guide_value_count } => Some(Message::Block(Block {
                header,
                lanes: lanes.map(|LaneHead { value_at_start, point_count }| BlockLane {
                    value_at_start,
                    points: take(&mut self.points, point_count as usize),
                }),
                guide: take(&mut self.guide, guide_value_count as usize),
            })),
        }
    }
}

fn take<T>(consumer: &mut Consumer<T>, count: usize) -> Vec<T> {
    match consumer.read_chunk(count.min(consumer.slots())) {
        Ok(chunk) => chunk.into_iter().collect(),
        Err(_) => Vec::new(),
    }
}

impl CellSender {
    /// Hands over a cell; `false` if there is no room. [link-thread]
    pub fn push(&mut self, cell: &Cell) -> bool {
        self.0.push(*cell).is_ok()
    }

    /// [link-thread]
    pub fn room(&self) -> usize {
        self.0.slots()
    }
}

impl CellReceiver {
    /// Passes up to `at_most` cells to `each`, in place. [audio-thread]
    pub fn drain(&mut self, at_most: usize, mut each: impl FnMut(&Cell)) -> usize {
        let count = at_most.min(self.0.slots());
        let Ok(chunk) = self.0.read_chunk(count) else { return 0 };
        let (first, second) = chunk.as_slices();
        first.iter().chain(second).for_each(&mut each);
        chunk.commit_all();
        count
    }
}
