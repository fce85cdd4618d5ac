//! What the controller sends the component: values that the host names while process() may not run, and where to find the
//! controller's desk.
//!
//! A host that is not processing gives a new value to the controller alone, and saves the component's state. The two
//! halves may live in different processes, so the message is the host's own object, passed by the host.

use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{ComPtr, ComRef};

const VALUE: FIDString = c"simmer.value".as_ptr();
const ID: FIDString = c"id".as_ptr();
const PLAIN: FIDString = c"plain".as_ptr();
const DESK: FIDString = c"simmer.desk".as_ptr();

/// An empty message of the host's; `None` where it has none. [main-thread]
fn message(host: &ComPtr<IHostApplication>) -> Option<ComPtr<IMessage>> {
    let (mut class, mut interface) = (IMessage_iid, IMessage_iid);
    let mut object = std::ptr::null_mut();
    // SAFETY: ids and a place to fill that outlive the call.
    let made = unsafe { host.createInstance(&mut class, &mut interface, &mut object) };
    // SAFETY: a host that answers ok has put an IMessage there, and the reference is ours.
    unsafe { ComPtr::from_raw(object.cast::<IMessage>()) }.filter(|_| made == kResultOk)
}

/// Tells the component at which desk the controller sits; false as of [`send_value`]. [main-thread]
pub fn send_desk(host: &ComPtr<IHostApplication>, peer: &ComPtr<IConnectionPoint>, token: i64) -> bool {
    let Some(message) = message(host) else { return false };
    // SAFETY: the names are constants; the attributes live as long as the message.
    unsafe {
        message.setMessageID(DESK);
        let Some(attributes) = ComRef::from_raw(message.getAttributes()) else { return false };
        attributes.setInt(ID, token) == kResultOk && peer.notify(message.as_ptr()) == kResultOk
    }
}

/// The token in a message of [`send_desk`]. [main-thread]
pub fn read_desk(message: ComRef<'_, IMessage>) -> Option<i64> {
    let mut token = 0;
    // SAFETY: calls to the host's objects within its call.
    unsafe {
        if !is_named(message, DESK) {
            return None;
        }
        (ComRef::from_raw(message.getAttributes())?.getInt(ID, &mut token) == kResultOk).then_some(token)
    }
}

/// # Safety
/// A message id ends with a zero, as does `name`.
unsafe fn is_named(message: ComRef<'_, IMessage>, name: FIDString) -> bool {
    // SAFETY: as of this function.
    unsafe {
        let found = message.getMessageID();
        !found.is_null() && std::ffi::CStr::from_ptr(found) == std::ffi::CStr::from_ptr(name)
    }
}

/// Sends one plain value; false where the host has no messages or nobody takes this one. [main-thread]
pub fn send_value(host: &ComPtr<IHostApplication>, peer: &ComPtr<IConnectionPoint>, id: u32, plain: f64) -> bool {
    let Some(message) = message(host) else { return false };
    // SAFETY: the names are constants; the attributes live as long as the message.
    unsafe {
        message.setMessageID(VALUE);
        let Some(attributes) = ComRef::from_raw(message.getAttributes()) else { return false };
        attributes.setInt(ID, i64::from(id)) == kResultOk
            && attributes.setFloat(PLAIN, plain) == kResultOk
            && peer.notify(message.as_ptr()) == kResultOk
    }
}

/// The id and the plain value in a message of [`send_value`]. [main-thread]
pub fn read_value(message: ComRef<'_, IMessage>) -> Option<(u32, f64)> {
    let (mut id, mut plain) = (0, 0.0);
    // SAFETY: calls to the host's objects within its call; a message id ends with a zero.
    unsafe {
        if !is_named(message, VALUE) {
            return None;
        }
        let attributes = ComRef::from_raw(message.getAttributes())?;
        let read = attributes.getInt(ID, &mut id) == kResultOk && attributes.getFloat(PLAIN, &mut plain) == kResultOk;
        if !read {
            return None;
        }
    }
    Some((u32::try_from(id).ok()?, plain))
}
