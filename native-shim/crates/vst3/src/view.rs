//! The editor: a panel in a window that the host gives. Linux with X11; elsewhere there is none yet.

use crate::desk::Desk;
use crate::guard;
use simmer_instance::EditorDesk;
use simmer_panel::Panel;
use std::ffi::{CStr, c_void};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vst3::Class;
use vst3::Steinberg::IPlugViewContentScaleSupport_::ScaleFactor;
use vst3::Steinberg::*;

/// One editor of one controller. The host's main thread alone calls it.
pub struct View {
    desk: Arc<Desk>,
    state: Mutex<State>,
}

struct State {
    scale: f32,
    panel: Option<Panel>,
}

impl Class for View {
    type Interfaces = (IPlugView, IPlugViewContentScaleSupport);
}

/// # Safety
/// `kind` is null or ends with a zero.
unsafe fn is_x11(kind: FIDString) -> bool {
    // SAFETY: as of this function; the other is a constant.
    unsafe { !kind.is_null() && CStr::from_ptr(kind) == CStr::from_ptr(kPlatformTypeX11EmbedWindowID) }
}

impl View {
    /// [main-thread]
    pub fn new(desk: &Arc<Desk>) -> View {
        View { desk: desk.clone(), state: Mutex::new(State { scale: 1.0, panel: None }) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn size(&self) -> ViewRect {
        let (width, height) = Panel::size(self.state().scale);
        ViewRect { left: 0, top: 0, right: width.into(), bottom: height.into() }
    }
}

impl IPlugViewTrait for View {
    unsafe fn isPlatformTypeSupported(&self, kind: FIDString) -> tresult {
        // SAFETY: the host's string.
        guard::entry(|| if unsafe { is_x11(kind) } { kResultTrue } else { kResultFalse })
    }

    unsafe fn attached(&self, parent: *mut c_void, kind: FIDString) -> tresult {
        guard::entry(|| {
            // On X11 the pointer is the window's number itself.
            // SAFETY: the host's string.
            let (Ok(parent), true) = (u32::try_from(parent as usize), unsafe { is_x11(kind) }) else {
                return kInvalidArgument;
            };
            let Some(instance) = self.desk.instance() else { return kResultFalse };
            let mut state = self.state();
            state.panel = None;
            state.panel = Panel::open(parent, state.scale, Box::new(EditorDesk::new(&instance)));
            if state.panel.is_some() { kResultOk } else { kResultFalse }
        })
    }

    unsafe fn removed(&self) -> tresult {
        guard::entry(|| {
            let panel = self.state().panel.take();
            drop(panel);
            kResultOk
        })
    }

    unsafe fn onWheel(&self, _distance: f32) -> tresult {
        kResultFalse
    }

    unsafe fn onKeyDown(&self, _key: char16, _code: int16, _modifiers: int16) -> tresult {
        kResultFalse
    }

    unsafe fn onKeyUp(&self, _key: char16, _code: int16, _modifiers: int16) -> tresult {
        kResultFalse
    }

    unsafe fn getSize(&self, size: *mut ViewRect) -> tresult {
        guard::entry(|| {
            // SAFETY: null or a place to fill.
            let Some(size) = (unsafe { size.as_mut() }) else { return kInvalidArgument };
            *size = self.size();
            kResultOk
        })
    }

    unsafe fn onSize(&self, _size: *mut ViewRect) -> tresult {
        kResultOk
    }

    unsafe fn onFocus(&self, _state: TBool) -> tresult {
        kResultOk
    }

    unsafe fn setFrame(&self, _frame: *mut IPlugFrame) -> tresult {
        kResultOk
    }

    unsafe fn canResize(&self) -> tresult {
        kResultFalse
    }

    unsafe fn checkSizeConstraint(&self, size: *mut ViewRect) -> tresult {
        // SAFETY: as of getSize.
        unsafe { self.getSize(size) }
    }
}

impl IPlugViewContentScaleSupportTrait for View {
    unsafe fn setContentScaleFactor(&self, factor: ScaleFactor) -> tresult {
        guard::entry(|| {
            if !factor.is_finite() || factor <= 0.0 {
                return kInvalidArgument;
            }
            self.state().scale = factor;
            kResultOk
        })
    }
}
