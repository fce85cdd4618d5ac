//! What the host gives a plugin beside audio: its name, messages between the halves, and the name of a track.

use std::collections::HashMap;
use std::ffi::{CStr, CString, c_char, c_void};
use std::sync::Mutex;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{Class, ComPtr, ComWrapper};

/// A host that has messages to give.
pub struct Application;

impl Class for Application {
    type Interfaces = (IHostApplication,);
}

impl IHostApplicationTrait for Application {
    unsafe fn getName(&self, name: *mut String128) -> tresult {
        // SAFETY: the plugin passes an array to fill.
        let name = unsafe { &mut *name };
        name.fill(0);
        for (unit, slot) in "simmer-host".encode_utf16().zip(name) {
            *slot = unit as TChar;
        }
        kResultOk
    }

    unsafe fn createInstance(&self, class: *mut TUID, _iid: *mut TUID, object: *mut *mut c_void) -> tresult {
        // SAFETY: the plugin passes an id and a place to fill.
        unsafe {
            if *class != IMessage_iid {
                return kNoInterface;
            }
            *object = Message::new().to_com_ptr::<IMessage>().expect("a message").into_raw().cast();
        }
        kResultOk
    }
}

struct Message {
    name: Mutex<CString>,
    attributes: ComPtr<IAttributeList>,
}

impl Class for Message {
    type Interfaces = (IMessage,);
}

impl Message {
    fn new() -> ComWrapper<Message> {
        let attributes = ComWrapper::new(Attributes::default()).to_com_ptr().expect("attributes");
        ComWrapper::new(Message { name: Mutex::default(), attributes })
    }
}

impl IMessageTrait for Message {
    unsafe fn getMessageID(&self) -> FIDString {
        self.name.lock().expect("a name").as_ptr()
    }
    unsafe fn setMessageID(&self, id: FIDString) {
        // SAFETY: a string that ends with a zero.
        *self.name.lock().expect("a name") = unsafe { CStr::from_ptr(id) }.to_owned();
    }
    unsafe fn getAttributes(&self) -> *mut IAttributeList {
        self.attributes.as_ptr()
    }
}

#[derive(Clone)]
enum Value {
    Integer(i64),
    Float(f64),
    Text(Vec<u16>),
}

/// Numbers and texts by name.
#[derive(Default)]
pub struct Attributes(Mutex<HashMap<CString, Value>>);

impl Class for Attributes {
    type Interfaces = (IAttributeList,);
}

impl Attributes {
    /// What a host says of a track.
    pub fn of_track(name: &str, colour: Option<u32>) -> ComWrapper<Attributes> {
        let attributes = Attributes::default();
        let mut units: Vec<u16> = name.encode_utf16().collect();
        units.push(0);
        attributes.set(c"channel name", Value::Text(units));
        if let Some(colour) = colour {
            attributes.set(c"channel color", Value::Integer(i64::from(0xff00_0000 | colour)));
        }
        ComWrapper::new(attributes)
    }

    fn set(&self, name: &CStr, value: Value) {
        self.0.lock().expect("attributes").insert(name.to_owned(), value);
    }

    /// # Safety
    /// The name ends with a zero.
    unsafe fn get(&self, id: *const c_char) -> Option<Value> {
        // SAFETY: as of this function.
        self.0.lock().expect("attributes").get(unsafe { CStr::from_ptr(id) }).cloned()
    }
}

impl IAttributeListTrait for Attributes {
    unsafe fn setInt(&self, id: *const c_char, value: i64) -> tresult {
        // SAFETY: names end with a zero.
        self.set(unsafe { CStr::from_ptr(id) }, Value::Integer(value));
        kResultOk
    }
    unsafe fn getInt(&self, id: *const c_char, value: *mut i64) -> tresult {
        // SAFETY: as above; the plugin passes a place to fill.
        unsafe {
            let Some(Value::Integer(found)) = self.get(id) else { return kResultFalse };
            *value = found;
        }
        kResultOk
    }
    unsafe fn setFloat(&self, id: *const c_char, value: f64) -> tresult {
        // SAFETY: as above.
        self.set(unsafe { CStr::from_ptr(id) }, Value::Float(value));
        kResultOk
    }
    unsafe fn getFloat(&self, id: *const c_char, value: *mut f64) -> tresult {
        // SAFETY: as above.
        unsafe {
            let Some(Value::Float(found)) = self.get(id) else { return kResultFalse };
            *value = found;
        }
        kResultOk
    }
    unsafe fn setString(&self, _id: *const c_char, _string: *const TChar) -> tresult {
        kNotImplemented
    }
    unsafe fn getString(&self, id: *const c_char, string: *mut TChar, bytes: u32) -> tresult {
        // SAFETY: as above; the plugin's array has as many bytes as it says.
        unsafe {
            let Some(Value::Text(found)) = self.get(id) else { return kResultFalse };
            let room = bytes as usize / size_of::<TChar>();
            for (index, unit) in found.iter().take(room).enumerate() {
                *string.add(index) = *unit as TChar;
            }
        }
        kResultOk
    }
    unsafe fn setBinary(&self, _id: *const c_char, _data: *const c_void, _size: u32) -> tresult {
        kNotImplemented
    }
    unsafe fn getBinary(&self, _: *const c_char, _: *mut *const c_void, _: *mut u32) -> tresult {
        kNotImplemented
    }
}
