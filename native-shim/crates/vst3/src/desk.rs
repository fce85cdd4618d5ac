//! Where the two halves of a plugin in one process meet: the controller's values, and whoever passes gestures to the host.
//!
//! VST3 wants gestures to come from the controller, on the host's UI thread; they arrive on the link's, in the component. The
//! halves know each other by messages only, so the controller names its desk by a number drawn at random, and a component
//! of the same process finds it. In a host that keeps the halves apart none is found, and the page cannot turn anything.

use crate::messenger::Messenger;
use simmer_core::parameter::{PARAMETERS, Spec};
use simmer_instance::{Instance, Phase};
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use vst3::ComPtr;
use vst3::Steinberg::Vst::{IComponentHandler, IComponentHandlerTrait, RestartFlags_};

/// The desks of this process, by token.
static DESKS: Mutex<BTreeMap<i64, Weak<Desk>>> = Mutex::new(BTreeMap::new());

/// What a controller shares with the component and with the thread that calls the host.
pub struct Desk {
    pub token: i64,
    /// Plain values as the host knows them, by parameter.
    values: [AtomicU64; PARAMETERS.len()],
    handler: Mutex<Option<ComPtr<IComponentHandler>>>,
    instance: Mutex<Option<Weak<Instance>>>,
    track: Mutex<Option<(String, Option<u32>)>>,
    messenger: Mutex<Option<Messenger>>,
}

/// [thread-safe]
pub fn lock<T>(slot: &Mutex<T>) -> MutexGuard<'_, T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts something else into a slot. What was there is let go after the lock is. [main-thread]
pub fn put<T>(slot: &Mutex<Option<T>>, value: Option<T>) {
    let before = std::mem::replace(&mut *lock(slot), value);
    drop(before);
}

impl Desk {
    /// [main-thread]
    pub fn new() -> Arc<Desk> {
        // Every RandomState has keys of its own.
        let token = RandomState::new().build_hasher().finish() as i64;
        let desk = Arc::new(Desk {
            token,
            values: PARAMETERS.map(|spec| AtomicU64::new(spec.default.to_bits())),
            handler: Mutex::new(None),
            instance: Mutex::new(None),
            track: Mutex::new(None),
            messenger: Mutex::new(None),
        });
        lock(&DESKS).insert(token, Arc::downgrade(&desk));
        desk
    }

    /// The parameter of this id, and its value here. [thread-safe]
    pub fn slot(&self, id: u32) -> Option<(&'static Spec, &AtomicU64)> {
        let index = usize::try_from(id).ok()?;
        Some((PARAMETERS.get(index)?, self.values.get(index)?))
    }

    /// Who takes gestures. [main-thread]
    pub fn set_handler(&self, handler: Option<ComPtr<IComponentHandler>>) {
        put(&self.handler, handler);
        self.ring_if_due();
    }

    /// Who calls [`Desk::apply_edits`] when the desk is rung; none: nobody does. What did is ended first. [main-thread]
    pub fn set_messenger(&self, messenger: Option<Messenger>) {
        put(&self.messenger, None);
        put(&self.messenger, messenger);
        self.ring_if_due();
    }

    /// [main-thread]
    pub fn set_track(&self, name: String, colour: Option<u32>) {
        if let Some(instance) = self.instance() {
            instance.set_track(name.clone(), colour);
        }
        put(&self.track, Some((name, colour)));
    }

    /// The component's, where it is in this process. [main-thread]
    pub fn instance(&self) -> Option<Arc<Instance>> {
        lock(&self.instance).as_ref()?.upgrade()
    }

    /// What came while nobody could take it.
    fn ring_if_due(&self) {
        if self.instance().is_some_and(|instance| instance.has_news()) {
            self.ring();
        }
    }

    /// There may be something to pass on. Neither waits nor calls the host. [thread-safe]
    fn ring(&self) {
        if let Some(messenger) = &*lock(&self.messenger) {
            messenger.ring();
        }
    }

    /// Tells the host what there is. [main-thread], or the messenger's thread where the host gives no way to its own
    pub fn apply_edits(&self) {
        let handler = lock(&self.handler).clone();
        let (Some(handler), Some(instance)) = (handler, self.instance()) else { return };
        if instance.take_labels_changed() {
            // Not kParamValuesChanged: Ardour then takes the controller's values for its own and forgets what it has set.
            // SAFETY: a call to the host's object, of which we hold a reference.
            unsafe { handler.restartComponent(RestartFlags_::kParamTitlesChanged as i32) };
        }
        instance.apply_edits(|edit| {
            let Some((spec, slot)) = PARAMETERS.get(edit.index).and_then(|spec| self.slot(spec.id)) else {
                return true;
            };
            // SAFETY: calls to the host's object, of which we hold a reference.
            unsafe {
                match edit.phase {
                    Phase::Begin => handler.beginEdit(spec.id),
                    Phase::Perform(plain) => {
                        // Hosts take it for granted that the controller knows.
                        slot.store(plain.to_bits(), Relaxed);
                        handler.performEdit(spec.id, spec.to_normalised(plain))
                    }
                    Phase::End => handler.endEdit(spec.id),
                }
            };
            if let Phase::Perform(plain) = edit.phase {
                // process() brings it as well, if it runs.
                instance.note_value(spec.id, plain);
            }
            true
        });
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        lock(&DESKS).remove(&self.token);
    }
}

/// Has the instance ring at the desk of this token; false: there is none in this process. [main-thread]
pub fn join(token: i64, instance: &Arc<Instance>) -> bool {
    let Some(desk) = lock(&DESKS).get(&token).and_then(Weak::upgrade) else { return false };
    put(&desk.instance, Some(Arc::downgrade(instance)));
    if let Some((name, colour)) = lock(&desk.track).clone() {
        instance.set_track(name, colour);
    }
    let weak = Arc::downgrade(&desk);
    instance.on_edits(Some(Arc::new(move || {
        if let Some(desk) = weak.upgrade() {
            desk.ring();
        }
    })));
    true
}
