//! What a host tells the controller while process() does not run is in the state the component saves.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail loudly")]
#![allow(clippy::missing_safety_doc, reason = "COM methods: the ABI is the contract")]

use simmer_core::State;
use simmer_host::{Block, Mode, Module, Plugin};
use simmer_host_kit::built_library;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ffi::{CStr, CString, c_void};
use std::ptr::null_mut;
use std::sync::LazyLock;
use vst3::Steinberg::Vst::*;
use vst3::Steinberg::*;
use vst3::{Class, ComPtr, ComWrapper};

static MODULE: LazyLock<Module> = LazyLock::new(|| Module::load(&built_library("simmer_vst3")));

/// A host that has messages to give.
struct Application;

impl Class for Application {
    type Interfaces = (IHostApplication,);
}

impl IHostApplicationTrait for Application {
    unsafe fn getName(&self, _name: *mut String128) -> tresult {
        kResultFalse
    }
    unsafe fn createInstance(&self, class: *mut TUID, _iid: *mut TUID, object: *mut *mut c_void) -> tresult {
        // SAFETY: the plugin passes an id and a place to fill.
        unsafe {
            if *class != IMessage_iid {
                return kNoInterface;
            }
            *object = Message::new().to_com_ptr::<IMessage>().unwrap().into_raw().cast();
        }
        kResultOk
    }
}

struct Message {
    name: RefCell<CString>,
    attributes: ComPtr<IAttributeList>,
}

impl Class for Message {
    type Interfaces = (IMessage,);
}

impl Message {
    fn new() -> ComWrapper<Message> {
        let attributes = ComWrapper::new(Attributes::default()).to_com_ptr().unwrap();
        ComWrapper::new(Message { name: RefCell::default(), attributes })
    }
}

impl IMessageTrait for Message {
    unsafe fn getMessageID(&self) -> FIDString {
        self.name.borrow().as_ptr()
    }
    unsafe fn setMessageID(&self, id: FIDString) {
        // SAFETY: a string that ends with a zero.
        *self.name.borrow_mut() = unsafe { CStr::from_ptr(id) }.to_owned();
    }
    unsafe fn getAttributes(&self) -> *mut IAttributeList {
        self.attributes.as_ptr()
    }
}

#[derive(Default)]
struct Attributes {
    integers: RefCell<HashMap<CString, i64>>,
    floats: RefCell<HashMap<CString, f64>>,
}

impl Class for Attributes {
    type Interfaces = (IAttributeList,);
}

unsafe fn name(id: *const std::ffi::c_char) -> CString {
    // SAFETY: attribute names end with a zero.
    unsafe { CStr::from_ptr(id) }.to_owned()
}

impl IAttributeListTrait for Attributes {
    unsafe fn setInt(&self, id: *const std::ffi::c_char, value: i64) -> tresult {
        // SAFETY: as of `name`.
        self.integers.borrow_mut().insert(unsafe { name(id) }, value);
        kResultOk
    }
    unsafe fn getInt(&self, id: *const std::ffi::c_char, value: *mut i64) -> tresult {
        // SAFETY: as of `name`; the plugin passes a place to fill.
        unsafe { self.integers.borrow().get(&name(id)).map_or(kResultFalse, |found| store(value, *found)) }
    }
    unsafe fn setFloat(&self, id: *const std::ffi::c_char, value: f64) -> tresult {
        // SAFETY: as of `name`.
        self.floats.borrow_mut().insert(unsafe { name(id) }, value);
        kResultOk
    }
    unsafe fn getFloat(&self, id: *const std::ffi::c_char, value: *mut f64) -> tresult {
        // SAFETY: as of `name`; the plugin passes a place to fill.
        unsafe { self.floats.borrow().get(&name(id)).map_or(kResultFalse, |found| store(value, *found)) }
    }
    unsafe fn setString(&self, _id: *const std::ffi::c_char, _string: *const TChar) -> tresult {
        kNotImplemented
    }
    unsafe fn getString(&self, _id: *const std::ffi::c_char, _string: *mut TChar, _size: u32) -> tresult {
        kNotImplemented
    }
    unsafe fn setBinary(&self, _id: *const std::ffi::c_char, _data: *const c_void, _size: u32) -> tresult {
        kNotImplemented
    }
    unsafe fn getBinary(&self, _: *const std::ffi::c_char, _: *mut *const c_void, _: *mut u32) -> tresult {
        kNotImplemented
    }
}

unsafe fn store<T>(place: *mut T, value: T) -> tresult {
    // SAFETY: the caller has a place to fill.
    unsafe { *place = value };
    kResultOk
}

/// What Ardour puts between the halves: it hands on, and counts.
struct Proxy {
    target: ComPtr<IConnectionPoint>,
    count: Cell<u32>,
}

impl Class for Proxy {
    type Interfaces = (IConnectionPoint,);
}

impl IConnectionPointTrait for Proxy {
    unsafe fn connect(&self, _other: *mut IConnectionPoint) -> tresult {
        kResultFalse
    }
    unsafe fn disconnect(&self, _other: *mut IConnectionPoint) -> tresult {
        kResultFalse
    }
    unsafe fn notify(&self, message: *mut IMessage) -> tresult {
        self.count.set(self.count.get() + 1);
        // SAFETY: the plugin's message, within its call.
        unsafe { self.target.notify(message) }
    }
}

/// Connects the halves of a plugin through a proxy.
fn connect(plugin: &Plugin) -> ComWrapper<Proxy> {
    let application = ComWrapper::new(Application).to_com_ptr::<IHostApplication>().unwrap();
    let target = plugin.component().cast::<IConnectionPoint>().expect("the component takes messages");
    let proxy = ComWrapper::new(Proxy { target, count: Cell::new(0) });
    let sender = plugin.controller().cast::<IConnectionPoint>().expect("the controller sends messages");
    // SAFETY: the plugin's objects, and ours that it counts references of.
    unsafe {
        assert_eq!(plugin.controller().initialize(application.as_ptr().cast()), kResultOk);
        assert_eq!(sender.connect(proxy.to_com_ptr::<IConnectionPoint>().unwrap().as_ptr()), kResultOk);
    }
    assert_eq!(proxy.count.replace(0), 1, "the controller has said where it sits");
    proxy
}

fn set(plugin: &Plugin, id: u32, normalised: f64) {
    // SAFETY: the plugin's object.
    assert_eq!(unsafe { plugin.controller().setParamNormalized(id, normalised) }, kResultOk);
}

fn saved(plugin: &Plugin, index: usize) -> f64 {
    State::decode(&plugin.state()).unwrap().values[index]
}

#[test]
fn a_value_set_before_processing_is_saved_and_heard() {
    let mut plugin = Plugin::new(&MODULE);
    let proxy = connect(&plugin);
    set(&plugin, 0, 0.25);
    set(&plugin, 5, 1.0);
    assert_eq!(proxy.count.get(), 2);
    assert_eq!((saved(&plugin, 0), saved(&plugin, 5)), (0.5, 12.0));
    plugin.start(Mode::Realtime, 48_000.0, 512);
    plugin.process(&Block::stopped(0, 64));
    assert_eq!((saved(&plugin, 0), saved(&plugin, 5)), (0.5, 12.0), "the process call has taken it up");
    let other = Plugin::new(&MODULE);
    assert!(other.load(&plugin.state()));
    assert_eq!(saved(&other, 0), 0.5);
}

#[test]
fn without_a_connection_nothing_is_heard() {
    // The control: what the test above sees comes over the connection.
    let plugin = Plugin::new(&MODULE);
    set(&plugin, 0, 0.25);
    assert_eq!(saved(&plugin, 0), 1.0);
}

#[test]
fn an_echo_of_automation_does_not_bend_the_lane() {
    let mut plugin = Plugin::new(&MODULE);
    let _proxy = connect(&plugin);
    plugin.start(Mode::Realtime, 48_000.0, 512);
    plugin.process(&Block::stopped(0, 64).point(0, 0, 0.5));
    set(&plugin, 0, 0.1);
    assert_eq!(saved(&plugin, 0), 0.2, "for all that is known here, processing has ended");
    plugin.process(&Block::stopped(0, 64));
    assert_eq!(saved(&plugin, 0), 1.0, "process() has the last word while it runs");
}

#[test]
fn messages_of_others_and_read_only_values_are_refused() {
    let plugin = Plugin::new(&MODULE);
    let proxy = connect(&plugin);
    set(&plugin, 8, 1.0);
    assert_eq!(proxy.count.get(), 0, "nobody sets the status");
    let before = plugin.state();
    let target = plugin.component().cast::<IConnectionPoint>().unwrap();
    let message = Message::new();
    let pointer = message.to_com_ptr::<IMessage>().unwrap();
    // SAFETY: our message, null, and values no parameter has.
    unsafe {
        assert_ne!(target.notify(null_mut()), kResultOk);
        assert_ne!(target.notify(pointer.as_ptr()), kResultOk, "no name");
        message.setMessageID(c"simmer.value".as_ptr());
        assert_ne!(target.notify(pointer.as_ptr()), kResultOk, "no values");
        for (id, plain) in [(99, 0.5), (-1, 0.5), (8, 1.0), (0, f64::NAN)] {
            message.attributes.setInt(c"id".as_ptr(), id);
            message.attributes.setFloat(c"plain".as_ptr(), plain);
            assert_ne!(target.notify(pointer.as_ptr()), kResultOk, "{id} {plain}");
        }
    }
    assert_eq!(plugin.state(), before);
}

#[test]
fn a_disconnected_controller_lets_go_of_the_component() {
    let plugin = Plugin::new(&MODULE);
    let proxy = connect(&plugin);
    let sender = plugin.controller().cast::<IConnectionPoint>().unwrap();
    // SAFETY: the plugin's object.
    unsafe { assert_eq!(sender.disconnect(null_mut()), kResultOk) };
    set(&plugin, 0, 0.25);
    assert_eq!(proxy.count.get(), 0);
    assert_eq!(saved(&plugin, 0), 1.0);
}
