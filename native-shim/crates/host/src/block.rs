//! What one process call is to say.

/// Where the host says the song is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Position {
    /// No process context at all.
    Missing,
    /// A process context in which nothing is said: all zeros, as hosts without a transport give.
    Blank,
    Stopped(i64),
    Playing(i64),
}

/// One process call. Audio buffers belong to the plugin's wrapper.
#[derive(Clone, Debug)]
pub struct Block {
    pub position: Position,
    pub frame_count: usize,
    /// Parameter id, offset, normalised value; in order.
    pub points: Vec<(u32, i32, f64)>,
    /// processMode of this call.
    pub mode: i32,
    /// The host's loop in song frames, end exclusive.
    pub cycle: Option<(i64, i64)>,
    /// The same memory for main input and output.
    pub in_place: bool,
    pub null_inputs: bool,
    pub null_channels: bool,
    pub null_outputs: bool,
    pub with_sidechain: bool,
}

impl Block {
    pub fn playing(frame: i64, frame_count: usize) -> Block {
        Block::at(Position::Playing(frame), frame_count)
    }

    pub fn stopped(frame: i64, frame_count: usize) -> Block {
        Block::at(Position::Stopped(frame), frame_count)
    }

    pub fn at(position: Position, frame_count: usize) -> Block {
        Block {
            position,
            frame_count,
            points: Vec::new(),
            mode: 0,
            cycle: None,
            in_place: false,
            null_inputs: false,
            null_channels: false,
            null_outputs: false,
            with_sidechain: false,
        }
    }

    /// With one more point.
    pub fn point(mut self, id: u32, offset: i32, normalised: f64) -> Block {
        self.points.push((id, offset, normalised));
        self
    }

    /// Rendered offline, as the host says in this call.
    pub fn offline(mut self) -> Block {
        self.mode = 2;
        self
    }
}
