//! The steps of a gesture, and who makes it.

/// What a step of a gesture does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Phase {
    Begin,
    /// Sets a plain value, within the parameter's range.
    Perform(f64),
    End,
}

/// Where a person makes an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Page,
    Editor,
}

impl Source {
    /// One gesture from there, in the word that counts who holds a parameter.
    pub(crate) const fn unit(self) -> u32 {
        1 << (16 * self as u32)
    }

    /// The bits of this source's count there.
    pub(crate) const fn mask(self) -> u32 {
        0xffff * self.unit()
    }
}

/// One step of a gesture, checked: every `Begin` has its `End`, and a `Perform` lies between them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Edit {
    /// Rises with every step of the instance, over all streams.
    pub sequence_number: u64,
    /// Of an input parameter.
    pub index: usize,
    pub phase: Phase,
    pub source: Source,
}
