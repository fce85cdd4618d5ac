//! The host's own COM objects: parameter changes and memory streams.

use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{Class, ComWrapper};

pub const QUEUES_MAX: usize = 16;
pub const POINTS_MAX: usize = 4096;

/// One parameter's points, in a fixed place.
pub struct Queue {
    pub id: Cell<u32>,
    pub points: RefCell<Vec<(i32, f64)>>,
}

impl Class for Queue {
    type Interfaces = (IParamValueQueue,);
}

impl IParamValueQueueTrait for Queue {
    unsafe fn getParameterId(&self) -> u32 {
        self.id.get()
    }
    unsafe fn getPointCount(&self) -> i32 {
        self.points.borrow().len() as i32
    }
    unsafe fn getPoint(&self, index: i32, offset: *mut i32, value: *mut f64) -> tresult {
        let points = self.points.borrow();
        let Some((o, v)) = usize::try_from(index).ok().and_then(|index| points.get(index)) else { return kResultFalse };
        // SAFETY: the plugin passes places to fill.
        unsafe {
            *offset = *o;
            *value = *v;
        }
        kResultTrue
    }
    unsafe fn addPoint(&self, offset: i32, value: f64, index: *mut i32) -> tresult {
        let mut points = self.points.borrow_mut();
        if points.len() == points.capacity() {
            return kResultFalse;
        }
        points.push((offset, value));
        // SAFETY: as above.
        unsafe { *index = points.len() as i32 - 1 };
        kResultOk
    }
}

/// The changes of one block.
pub struct Changes {
    pub queues: Vec<ComWrapper<Queue>>,
    pub used: Cell<usize>,
}

impl Class for Changes {
    type Interfaces = (IParameterChanges,);
}

impl Changes {
    pub fn new() -> ComWrapper<Changes> {
        let queue =
            || ComWrapper::new(Queue { id: Cell::new(0), points: RefCell::new(Vec::with_capacity(POINTS_MAX)) });
        ComWrapper::new(Changes { queues: (0..QUEUES_MAX).map(|_| queue()).collect(), used: Cell::new(0) })
    }

    pub fn clear(&self) {
        self.used.set(0);
    }

    pub fn queue_of(&self, id: u32) -> &ComWrapper<Queue> {
        let used = self.used.get();
        let index = self.queues[..used].iter().position(|queue| queue.id.get() == id).unwrap_or_else(|| {
            self.used.set(used + 1);
            self.queues[used].id.set(id);
            self.queues[used].points.borrow_mut().clear();
            used
        });
        &self.queues[index]
    }
}

impl IParameterChangesTrait for Changes {
    unsafe fn getParameterCount(&self) -> i32 {
        self.used.get() as i32
    }
    unsafe fn getParameterData(&self, index: i32) -> *mut IParamValueQueue {
        let queue = usize::try_from(index).ok().and_then(|index| self.queues[..self.used.get()].get(index));
        queue.and_then(|queue| queue.as_com_ref::<IParamValueQueue>()).map_or(std::ptr::null_mut(), |q| q.as_ptr())
    }
    unsafe fn addParameterData(&self, id: *const u32, index: *mut i32) -> *mut IParamValueQueue {
        // SAFETY: the plugin passes an id and a place to fill.
        let queue = unsafe {
            *index = self.used.get() as i32;
            self.queue_of(*id)
        };
        queue.as_com_ref::<IParamValueQueue>().map_or(std::ptr::null_mut(), |q| q.as_ptr())
    }
}

/// A stream in memory.
pub struct Stream {
    pub bytes: RefCell<Vec<u8>>,
    pub at: Cell<usize>,
}

impl Class for Stream {
    type Interfaces = (IBStream,);
}

impl Stream {
    pub fn new(bytes: Vec<u8>) -> ComWrapper<Stream> {
        ComWrapper::new(Stream { bytes: RefCell::new(bytes), at: Cell::new(0) })
    }
}

impl IBStreamTrait for Stream {
    unsafe fn read(&self, buffer: *mut c_void, count: i32, read: *mut i32) -> tresult {
        let bytes = self.bytes.borrow();
        let got = bytes.len().saturating_sub(self.at.get()).min(count.max(0) as usize);
        // SAFETY: the plugin's buffer has `count` bytes.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr().add(self.at.get()), buffer.cast(), got);
            if !read.is_null() {
                *read = got as i32;
            }
        }
        self.at.set(self.at.get() + got);
        kResultOk
    }
    unsafe fn write(&self, buffer: *mut c_void, count: i32, written: *mut i32) -> tresult {
        // SAFETY: as above.
        unsafe {
            self.bytes.borrow_mut().extend_from_slice(std::slice::from_raw_parts(buffer.cast(), count.max(0) as usize));
            if !written.is_null() {
                *written = count;
            }
        }
        kResultOk
    }
    unsafe fn seek(&self, at: i64, _mode: i32, result: *mut i64) -> tresult {
        self.at.set(at.max(0) as usize);
        if !result.is_null() {
            // SAFETY: not null.
            unsafe { *result = at };
        }
        kResultOk
    }
    unsafe fn tell(&self, at: *mut i64) -> tresult {
        // SAFETY: the plugin passes a place to fill.
        unsafe { *at = self.at.get() as i64 };
        kResultOk
    }
}
