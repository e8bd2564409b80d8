//! Endpoints, and who has them.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::{Rc, Weak};

use engine::{CaptureEndpoint, DeviceError, DeviceStream, Endpoint};
use ks::Guid;
use units::{Frames, HResult, WaveFormat};
use vtime::{Context, EventHandle};

use super::audio_client::AudioClient;
use super::initialize::Usage;
use super::open_stream::OpenStream;
use super::profile::EndpointProfile;
use super::session::{DisconnectReason, Session, SessionKey, SessionState};

/// Which way an endpoint goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "EDataFlow")]
pub enum DataFlow {
    /// It plays.
    Render,
    /// It records.
    Capture,
}

/// What an endpoint is the default for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "ERole")]
pub enum Role {
    /// Games, sounds of the system.
    Console,
    /// Music, films.
    Multimedia,
    /// Talking to people.
    Communications,
}

/// States of a device, as bits.
///
/// # Source
/// `CoreAudio/device-state-xxx-constants.md`.
pub mod device_state {
    /// Streams can be opened.
    #[doc(alias = "DEVICE_STATE_ACTIVE")]
    pub const ACTIVE: u32 = 1;
    /// The user has disabled it.
    #[doc(alias = "DEVICE_STATE_DISABLED")]
    pub const DISABLED: u32 = 2;
    /// It is gone.
    #[doc(alias = "DEVICE_STATE_NOTPRESENT")]
    pub const NOT_PRESENT: u32 = 4;
    /// Nothing is plugged in.
    #[doc(alias = "DEVICE_STATE_UNPLUGGED")]
    pub const UNPLUGGED: u32 = 8;
    /// Any of them.
    #[doc(alias = "DEVICE_STATEMASK_ALL")]
    pub const ALL: u32 = 0xf;
}

/// Opens the pin of an exclusive stream: so many packets of so many frames of this format, with the
/// event that each notification sets.
pub type OpenPin<C> =
    Rc<dyn Fn(&C, WaveFormat, Frames, u32, EventHandle) -> Result<DeviceStream, DeviceError>>;

/// What the streams of an endpoint are connected to.
pub enum Line<C> {
    /// An engine that mixes, and the pin of exclusive streams, if they can have one.
    Render {
        /// The engine.
        engine: Endpoint,
        /// Opens the pin of an exclusive stream.
        exclusive: Option<OpenPin<C>>,
    },
    /// An engine that records.
    Capture(CaptureEndpoint),
}

/// An audio endpoint. A clone is the same endpoint.
#[derive(Debug)]
#[doc(alias = "IMMDevice")]
pub struct Device<C: Context>(Rc<Inner<C>>);

struct Inner<C: Context> {
    line: Line<C>,
    profile: RefCell<EndpointProfile>,
    state: Cell<u32>,
    /// What new streams are refused with.
    lost: Cell<Option<HResult>>,
    streams: RefCell<Vec<Weak<OpenStream<C>>>>,
    sessions: RefCell<Vec<Rc<Session>>>,
}

impl<C: Context> Device<C> {
    /// An active endpoint on `line`.
    pub fn new(line: Line<C>, profile: EndpointProfile) -> Self {
        Self(Rc::new(Inner {
            line,
            profile: RefCell::new(profile),
            state: Cell::new(device_state::ACTIVE),
            lost: Cell::new(None),
            streams: RefCell::default(),
            sessions: RefCell::default(),
        }))
    }

    /// A client of the endpoint, held by the actor of `cx`, of process `process`.
    ///
    /// # Errors
    /// `DEVICE_INVALIDATED` if the device is gone.
    #[doc(alias = "IMMDevice::Activate")]
    pub fn activate(&self, cx: &C, process: u32) -> Result<AudioClient<C>, HResult> {
        if self.state() == device_state::NOT_PRESENT {
            return Err(HResult::DEVICE_INVALIDATED);
        }
        Ok(AudioClient::new(cx.clone(), self.clone(), process))
    }

    /// See [`device_state`].
    #[doc(alias = "IMMDevice::GetState")]
    pub fn state(&self) -> u32 {
        self.0.state.get()
    }

    /// Which way it goes.
    #[doc(alias = "IMMEndpoint::GetDataFlow")]
    pub fn data_flow(&self) -> DataFlow {
        match self.0.line {
            Line::Render { .. } => DataFlow::Render,
            Line::Capture(_) => DataFlow::Capture,
        }
    }

    /// What it can do.
    pub fn profile(&self) -> EndpointProfile {
        self.0.profile.borrow().clone()
    }

    /// The user changes what exclusive use is allowed. Streams that are open stay as they are.
    pub fn set_exclusive_use(&self, is_allowed: bool, has_priority: bool) {
        let mut profile = self.0.profile.borrow_mut();
        profile.is_exclusive_allowed = is_allowed;
        profile.has_exclusive_priority = has_priority;
    }

    /// The device is taken away: all streams lose it.
    pub fn remove(&self) {
        self.0.state.set(device_state::NOT_PRESENT);
        self.lose(HResult::DEVICE_INVALIDATED);
        self.disconnect(
            HResult::DEVICE_INVALIDATED,
            Some(DisconnectReason::DeviceRemoval),
        );
    }

    /// The audio service ends, in order or by a crash, of which nobody is told.
    pub fn stop_service(&self, in_order: bool) {
        self.lose(HResult::SERVICE_NOT_RUNNING);
        let (code, reason) = if in_order {
            (
                HResult::DEVICE_INVALIDATED,
                Some(DisconnectReason::ServerShutdown),
            )
        } else {
            (HResult::SERVICE_NOT_RUNNING, None)
        };
        self.disconnect(code, reason);
    }

    fn lose(&self, code: HResult) {
        self.0.lost.set(Some(code));
    }

    /// Who has it.
    pub fn usage(&self) -> Usage {
        let mut usage = Usage::None;
        for stream in self.streams() {
            usage = if stream.is_exclusive() {
                Usage::Exclusive
            } else {
                Usage::Shared
            };
        }
        usage
    }

    pub(crate) fn line(&self) -> &Line<C> {
        &self.0.line
    }

    pub(crate) fn lost(&self) -> Option<HResult> {
        self.0.lost.get()
    }

    pub(crate) fn period(&self) -> Frames {
        match &self.0.line {
            Line::Render { engine, .. } => engine.period(),
            Line::Capture(engine) => engine.period(),
        }
    }

    pub(crate) fn mix_format(&self) -> WaveFormat {
        match &self.0.line {
            Line::Render { engine, .. } => engine.mix_format(),
            Line::Capture(engine) => engine.mix_format(),
        }
    }

    pub(crate) fn add(&self, stream: &Rc<OpenStream<C>>) {
        let mut streams = self.0.streams.borrow_mut();
        streams.retain(|other| other.strong_count() > 0);
        streams.push(Rc::downgrade(stream));
    }

    /// The streams that have not lost the endpoint, in the order in which they were opened.
    fn streams(&self) -> Vec<Rc<OpenStream<C>>> {
        let streams = self.0.streams.borrow();
        let open = streams.iter().filter_map(Weak::upgrade);
        open.filter(|stream| stream.alive().is_ok()).collect()
    }

    /// Closes all streams; they answer `code` from now on. Sessions are told why, if anybody can.
    pub(crate) fn disconnect(&self, code: HResult, reason: Option<DisconnectReason>) {
        let mut sessions: Vec<Rc<Session>> = Vec::new();
        for stream in self.streams() {
            stream.invalidate(code);
            let session = stream.session();
            if !sessions.iter().any(|other| Rc::ptr_eq(other, session)) {
                sessions.push(Rc::clone(session));
            }
        }
        for session in sessions {
            if let Some(reason) = reason {
                session.disconnect(reason);
            }
        }
        self.0.sessions.borrow_mut().clear();
    }

    /// Levels of a session have changed: its streams are mixed so.
    pub(crate) fn regain(&self) {
        for stream in self.streams() {
            stream.regain();
        }
    }

    /// The session of that key: the one there is, or a new one.
    pub(crate) fn session(
        &self,
        key: SessionKey,
        is_persistent: bool,
        channels: usize,
    ) -> Rc<Session> {
        let mut sessions = self.0.sessions.borrow_mut();
        let known = sessions.iter().position(|session| session.key == key);
        let mut volume = (1.0, false);
        if let Some(at) = known {
            if sessions[at].state() != SessionState::Expired {
                return Rc::clone(&sessions[at]);
            }
            let expired = sessions.remove(at);
            if expired.is_persistent {
                volume = expired.volume();
            }
        }
        let session = Rc::new(Session::new(key, is_persistent, channels, volume));
        sessions.push(Rc::clone(&session));
        session
    }

    /// A stream was closed; the engine goes idle behind the last.
    pub(crate) fn closed(&self, cx: &C) {
        if let (Line::Render { engine, .. }, true) = (&self.0.line, self.streams().is_empty()) {
            engine.go_idle(cx);
        }
    }
}

impl SessionKey {
    pub(crate) fn new(id: Option<Guid>, process: Option<u32>) -> Self {
        Self {
            id: id.unwrap_or(Guid::new(0)),
            process,
        }
    }
}

impl<C: Context> Clone for Device<C> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<C: Context> PartialEq for Device<C> {
    /// The same endpoint.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<C> fmt::Debug for Line<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Render { .. } => "Render",
            Self::Capture(_) => "Capture",
        })
    }
}

impl<C: Context> fmt::Debug for Inner<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// The endpoints there are. The first of a direction that is active is the default for all roles
/// that no other was named for.
#[derive(Debug)]
#[doc(alias = "IMMDeviceEnumerator")]
pub struct DeviceEnumerator<C: Context> {
    devices: Vec<Device<C>>,
    defaults: Vec<(Role, Device<C>)>,
}

impl<C: Context> DeviceEnumerator<C> {
    /// An enumerator of `devices`.
    pub const fn new(devices: Vec<Device<C>>) -> Self {
        Self {
            devices,
            defaults: Vec::new(),
        }
    }

    /// Makes `device` the default of its direction for `role`.
    pub fn set_default(&mut self, role: Role, device: &Device<C>) {
        let flow = device.data_flow();
        self.defaults
            .retain(|(other, known)| *other != role || known.data_flow() != flow);
        self.defaults.push((role, device.clone()));
    }

    /// The endpoints of a direction (`None` for both) in one of the states of `mask`.
    ///
    /// # Errors
    /// `INVALIDARG` for a mask with an unknown state.
    #[doc(alias = "IMMDeviceEnumerator::EnumAudioEndpoints")]
    pub fn enum_audio_endpoints(
        &self,
        flow: Option<DataFlow>,
        mask: u32,
    ) -> Result<Vec<Device<C>>, HResult> {
        if mask & !device_state::ALL != 0 {
            return Err(HResult::INVALIDARG);
        }
        let is_meant = |device: &&Device<C>| {
            device.state() & mask != 0 && flow.is_none_or(|flow| device.data_flow() == flow)
        };
        Ok(self.devices.iter().filter(is_meant).cloned().collect())
    }

    /// The default endpoint.
    ///
    /// # Errors
    /// `NOTFOUND` if there is none.
    #[doc(alias = "IMMDeviceEnumerator::GetDefaultAudioEndpoint")]
    pub fn default_audio_endpoint(&self, flow: DataFlow, role: Role) -> Result<Device<C>, HResult> {
        let is_fit = |device: &&Device<C>| {
            device.data_flow() == flow && device.state() == device_state::ACTIVE
        };
        let named = self.defaults.iter().filter(|(named, _)| *named == role);
        let mut fit = named
            .map(|(_, device)| device)
            .chain(&self.devices)
            .filter(is_fit);
        fit.next().cloned().ok_or(HResult::NOTFOUND)
    }
}
