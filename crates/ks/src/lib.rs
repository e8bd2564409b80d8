//! Kernel streaming as values: what a client says to a device, and the handle it says it through.
//!
//! ```text
//!  client ─ request(&cx, &pin, PinRequest) ─▶ PinHandle ─▶ dyn Pin   (a port driver, elsewhere)
//!     │                                                       │
//!     └──────────── Mapping::store ──▶ cyclic buffer ◀── DMA ─┘
//! ```
//!
//! A [`Filter`] is a device as its clients see it. It makes [pins](Pin), one per stream. A pin is
//! moved through the four [states](KsState) and asked for everything else by
//! [requests](PinRequest), which are values: set, identifier, verb and sizes were checked when the
//! value was made. On WaveRT audio never travels in a request: a pin hands out a [`Mapping`] of the
//! cyclic buffer, and from then on client and device meet there, and nobody holds either back. The
//! pins of the older ports take packets instead, each a [`WriteIrp`] that comes back when it is done.
//!
//! Start with [`KsState`], then [`PinRequest`], then [`request`], which sends one and writes it
//! into the history.
//!
//! ```
//! use ks::KsState;
//!
//! // A client may ask for any state; the way there leads through every state between.
//! let way: Vec<_> = KsState::Stop.steps_to(KsState::Run).map(|step| step.to()).collect();
//! assert_eq!(way, [KsState::Acquire, KsState::Pause, KsState::Run]);
//! ```
//!
//! Whoever would rather speak in bytes is a [`Process`]: it opens handles, sends control codes with
//! buffers, and gets statuses and sizes as from the real stack. The structures are in [`wire`]; what
//! a request comes to is the same typed request. A filter answers [questions](FilterRequest) about
//! its pins, formats and inside; it is found among the [`DeviceInterfaces`], and what a user calls
//! a device is an [`Endpoint`] at the end of a way through filters.
//!
//! # What the model leaves out
//!
//! * *32-bit clients*, *modes of a stream* behind its opening, *attributes of ranges*: see decision
//!   0041 (`docs/decisions/0041-what-is-left-out-of-the-bytes.md`). Tests of thunks would notice.
//! * *Pending requests*, but for packets: each is answered at once. A client that cancels one would notice.
//! * *One-shot and buffered events*: an event is enabled until it is disabled. Nobody on WaveRT uses
//!   the others.
//! * *Loads of a client from a write-combined buffer* find what the device would: stores that
//!   wait for their barrier are not seen by their own processor either. Who renders never reads.

mod address;
mod audio;
mod audio_engine;
mod automation;
mod client;
mod combining;
mod drm;
mod endpoint;
mod event;
mod filter;
mod friendly_name;
mod guid;
mod history;
mod interfaces;
mod irp;
mod jack;
mod mapping;
mod packet;
mod packet_register;
mod period;
mod pin;
mod pin_connect;
mod pin_factory;
mod process;
mod query;
mod register;
mod request;
mod state;
mod topology;
pub mod wire;

pub use address::{AddressSpace, MappedRange};
pub use audio::{AudioRequest, PositionEx};
pub use audio_engine::{
    AudioEngineRequest, BufferSizeRange, ConstrictorOption, CurveType, EngineDescriptor,
    EngineNodeReply, EngineNodeRequest, VolumeLevel, VolumeRamp,
};
pub use automation::{Access, PropertyItem, Stepping, ValueType, Verb};
pub use client::{
    allocate_buffer, allocate_buffer_with_notification, clock_register, close, format, hw_latency,
    linear_buffer_position, packet_count, packet_register, position, position_ex,
    position_register, presentation_position, query_notification_support, read_packet,
    register_notification_event, request, set_content_id, set_current_write_position, set_format,
    set_last_buffer_position, set_loopback_protection, set_state, set_volume_level,
    set_write_packet, state, unregister_notification_event, volume_level, write_stream,
};
pub use combining::Combining;
pub use drm::{ContentId, DrmRights};
pub use endpoint::{Endpoint, EndpointState, endpoints};
pub use event::{EventSelector, Listener, PinCapsChange, PortEvents};
pub use filter::{Filter, FilterHandle};
pub use friendly_name::friendly_name;
pub use guid::*;
pub use history::{CLOSE, REQUEST};
pub use interfaces::{DeviceInterface, DeviceInterfaces};
pub use irp::{Completions, Payload, WriteIrp};
pub use jack::{JACK_DESCRIPTION, jacks_to_bytes, parse_jacks};
pub use mapping::{Mapping, Settle};
pub use packet::{END_OF_STREAM, PacketCount, PacketNumber, ReadPacket, WritePacket};
pub use packet_register::{CompletedPacket, PacketCells, PacketRegister};
pub use period::{DEFAULT_PERIOD, OemPeriod, SharedPeriods, default_period};
pub use pin::{Pin, PinHandle};
pub use pin_connect::{PinConnect, StreamAttributes};
pub use pin_factory::{Communication, DataFlow, DataRange, InstanceCount, PinFactory, SampleKind};
pub use process::{
    Completion, GENERIC_READ, GENERIC_WRITE, Handle, IOCTL_KS_DISABLE_EVENT, IOCTL_KS_ENABLE_EVENT,
    IOCTL_KS_METHOD, IOCTL_KS_PROPERTY, Process,
};
pub use query::{AutomationRequest, FilterReply, FilterRequest, PinQuery};
pub use register::{HardwareRegister, MappedRegister};
pub use request::RtAudioRequest;
pub use request::{HwLatency, PinReply, PinRequest, Position, PresentationPosition, Property};
pub use state::{IllegalStep, KsState, Step};
pub use topology::{Connection, End, Node, Topology};
