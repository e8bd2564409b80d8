//! A client process: its handles, and what it sends through them as bytes.
//!
//! ```text
//!  DeviceIoControl(handle, IOCTL_KS_PROPERTY, bytes, buffer)
//!        │ find the property in the table of the handle, check verb and sizes
//!        ├─ pin ──── decode ─▶ PinRequest ─────▶ Pin ─▶ PinReply ────── encode ─▶ buffer
//!        ├─ filter ─ decode ─▶ FilterRequest ──▶ Filter ─▶ FilterReply ─ encode ─▶ buffer
//!        └─ not in the table ─▶ AutomationRequest ─▶ miniport ─▶ buffer
//! ```

mod event;
mod filter_property;
mod node_property;
mod pin_property;
mod property;
mod table;

use std::collections::BTreeMap;

use units::NtStatus;
use vtime::{Context, EventHandle, Fork, Forker};

use crate::automation::PropertyItem;
use crate::client;
use crate::filter::FilterHandle;
use crate::guid::{KSINTERFACESETID_STANDARD, KSMEDIUMSETID_STANDARD};
use crate::pin::PinHandle;
use crate::pin_connect::{PinConnect, StreamAttributes};
use crate::pin_factory::DataFlow;
use crate::query::{FilterReply, FilterRequest, PinQuery};
use crate::wire::{DataFormat, KsPinConnect};

/// A handle of a process. Zero is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "HANDLE")]
pub struct Handle(u64);

/// The control code of a property request. Source: `ks.h`.
pub const IOCTL_KS_PROPERTY: u32 = 0x002F_0003;
/// The control code that enables an event. Source: `ks.h`.
pub const IOCTL_KS_ENABLE_EVENT: u32 = 0x002F_0007;
/// The control code that disables an event. Source: `ks.h`.
pub const IOCTL_KS_DISABLE_EVENT: u32 = 0x002F_000B;
/// The control code of a method. No audio object has any. Source: `ks.h`.
pub const IOCTL_KS_METHOD: u32 = 0x002F_000F;

/// The right to read from a pin that captures. Source: `winnt.h`.
pub const GENERIC_READ: u32 = 0x8000_0000;
/// The right to write to a pin that renders. Source: `winnt.h`.
pub const GENERIC_WRITE: u32 = 0x4000_0000;

/// How a control request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "IO_STATUS_BLOCK")]
pub struct Completion {
    /// How.
    pub status: NtStatus,
    /// Bytes that were put into the output buffer, or that would have been needed.
    pub information: usize,
}

/// A process with open handles.
#[derive(Debug, Default)]
pub struct Process {
    handles: BTreeMap<u64, Object>,
    latest: u64,
}

/// What a handle stands for.
#[derive(Clone, Debug)]
enum Object {
    Filter(FilterHandle),
    Pin {
        pin: PinHandle,
        factory: u32,
        filter: FilterHandle,
    },
    Event(EventHandle),
}

impl Handle {
    /// Its number, as it stands in structures.
    pub const fn value(self) -> u64 {
        self.0
    }
}

impl Process {
    /// Opens the filter: an instance of its own, with instance counts of its own.
    ///
    /// # Errors
    /// What the filter refuses it with.
    #[doc(alias = "CreateFile")]
    pub fn open(&mut self, filter: &FilterHandle) -> Result<Handle, NtStatus> {
        let instance = filter.open()?;
        Ok(self.add(Object::Filter(instance)))
    }

    /// A handle to an event of the process.
    #[doc(alias = "CreateEvent")]
    pub fn add_event(&mut self, event: EventHandle) -> Handle {
        self.add(Object::Event(event))
    }

    /// Opens a pin of `filter`: `connect` is a `KSPIN_CONNECT` with a format behind it, `access`
    /// the rights that are asked for.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_HANDLE`] if that is no filter, [`NtStatus::INVALID_PARAMETER`] for bytes
    /// that are no connection or no format and for a pin that is not there,
    /// [`NtStatus::ACCESS_DENIED`] without the right that data needs on its way,
    /// [`NtStatus::NO_MATCH`] for an interface, a medium, a mode or a format that the pin does not
    /// have, and what the filter refuses the pin with.
    ///
    /// # Source
    /// `ks/nf-ks-kscreatepin.md`, `ks/nf-ks-ksvalidateconnectrequest.md`.
    #[doc(alias = "KsCreatePin")]
    pub fn create_pin<C: Context>(
        &mut self,
        cx: &C,
        filter: Handle,
        connect: &[u8],
        access: u32,
    ) -> Result<Handle, NtStatus> {
        let Some(Object::Filter(filter)) = self.handles.get(&filter.0) else {
            return Err(NtStatus::INVALID_HANDLE);
        };
        let filter = filter.clone();
        let head = KsPinConnect::parse(connect)?;
        let flow = match filter.query(
            cx.moment(),
            FilterRequest::Pin {
                pin: head.pin_id,
                query: PinQuery::DataFlow,
            },
        )? {
            FilterReply::DataFlow(flow) => flow,
            other => panic!("a filter answers in kind, not with {other:?}"),
        };
        check_access(flow, access)?;
        check_connect(&head)?;
        let format = DataFormat::parse(&connect[KsPinConnect::SIZE..])?;
        let wave = format.wave().ok_or(NtStatus::NO_MATCH)?;
        let connect = PinConnect {
            attributes: StreamAttributes::of(&format)?,
            ..PinConnect::of(head.pin_id, wave.format)
        };
        let pin = filter.create_pin(cx.moment(), connect)?;
        Ok(self.add(Object::Pin {
            pin,
            factory: head.pin_id,
            filter,
        }))
    }

    /// Sends a control request. What it answers is put into `output`; what it sets is taken from
    /// there.
    #[doc(alias = "DeviceIoControl")]
    pub fn control<C: Context>(
        &mut self,
        cx: &C,
        handle: Handle,
        code: u32,
        input: &[u8],
        output: &mut [u8],
    ) -> Completion {
        let result = match (self.handles.get(&handle.0), code) {
            (None | Some(Object::Event(_)), _) => Err(NtStatus::INVALID_HANDLE),
            (Some(object), IOCTL_KS_PROPERTY) => {
                return self.property(cx, object, input, output);
            }
            (Some(object), IOCTL_KS_ENABLE_EVENT) => {
                self.enable_event(object.filter(), input, output)
            }
            (Some(object), IOCTL_KS_DISABLE_EVENT) => self.disable_event(object.filter(), input),
            // Methods are unsupported: `portcls/ns-portcls-pcmethod_item.md`.
            (Some(_), _) => Err(NtStatus::INVALID_DEVICE_REQUEST),
        };
        let status = result.err().unwrap_or(NtStatus::SUCCESS);
        Completion {
            status,
            information: 0,
        }
    }

    /// Closes a handle; a pin or filter goes with it.
    ///
    /// # Errors
    /// [`NtStatus::INVALID_HANDLE`] if there is none.
    #[doc(alias = "CloseHandle")]
    pub fn close<C: Context>(&mut self, cx: &C, handle: Handle) -> Result<(), NtStatus> {
        match self.handles.remove(&handle.0) {
            None => Err(NtStatus::INVALID_HANDLE),
            Some(Object::Pin { pin, .. }) => {
                client::close(cx, &pin);
                Ok(())
            }
            Some(Object::Filter(_) | Object::Event(_)) => Ok(()),
        }
    }

    /// The pin that a handle stands for: the way to what it has mapped.
    pub fn pin(&self, handle: Handle) -> Option<&PinHandle> {
        match self.handles.get(&handle.0) {
            Some(Object::Pin { pin, .. }) => Some(pin),
            _ => None,
        }
    }

    /// The properties that `handle` answers without a node: those of the port, then the
    /// miniport's.
    pub fn properties(&self, handle: Handle) -> Vec<PropertyItem> {
        match self.handles.get(&handle.0) {
            Some(Object::Filter(filter)) => {
                let own = filter.automation(None).unwrap_or_default();
                table::FILTER.iter().copied().chain(own).collect()
            }
            Some(Object::Pin { .. }) => table::PIN.to_vec(),
            Some(Object::Event(_)) | None => Vec::new(),
        }
    }

    fn add(&mut self, object: Object) -> Handle {
        self.latest += 4; // As the numbers of real handles go.
        self.handles.insert(self.latest, object);
        Handle(self.latest)
    }

    /// The event that a number in a structure stands for.
    fn event(&self, handle: u64) -> Result<EventHandle, NtStatus> {
        match self.handles.get(&handle) {
            Some(Object::Event(event)) => Ok(event.clone()),
            _ => Err(NtStatus::INVALID_HANDLE),
        }
    }
}

impl Object {
    /// The filter itself, or the one that a pin belongs to.
    fn filter(&self) -> Option<&FilterHandle> {
        match self {
            Self::Filter(filter) | Self::Pin { filter, .. } => Some(filter),
            Self::Event(_) => None,
        }
    }
}

/// Data that goes into a filter needs the right to write, data that comes out the right to read.
fn check_access(flow: DataFlow, access: u32) -> Result<(), NtStatus> {
    let needed = match flow {
        DataFlow::In => GENERIC_WRITE,
        DataFlow::Out => GENERIC_READ,
    };
    if access & needed == 0 {
        return Err(NtStatus::ACCESS_DENIED);
    }
    Ok(())
}

/// Streaming or looped streaming, over device input and output, to no other filter.
fn check_connect(head: &KsPinConnect) -> Result<(), NtStatus> {
    let interface = head.interface.set == KSINTERFACESETID_STANDARD && head.interface.id <= 1;
    let medium = head.medium.set == KSMEDIUMSETID_STANDARD && head.medium.id == 0;
    if !interface || !medium {
        return Err(NtStatus::NO_MATCH);
    }
    if head.pin_to_handle != 0 {
        return Err(NtStatus::INVALID_PARAMETER);
    }
    Ok(())
}

impl Fork for Process {
    fn fork(&self, forker: &mut Forker) -> Self {
        let twin = |(handle, object): (&u64, &Object)| (*handle, object.fork(forker));
        Self {
            handles: self.handles.iter().map(twin).collect(),
            latest: self.latest,
        }
    }
}

impl Fork for Object {
    fn fork(&self, forker: &mut Forker) -> Self {
        match self {
            Self::Filter(filter) => Self::Filter(filter.fork(forker)),
            Self::Pin {
                pin,
                factory,
                filter,
            } => Self::Pin {
                pin: pin.fork(forker),
                factory: *factory,
                filter: filter.fork(forker),
            },
            Self::Event(event) => Self::Event(event.fork(forker)),
        }
    }
}

vtime::fork_by_clone!(Handle, Completion);
