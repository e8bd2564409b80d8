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
//! value was made. Audio never travels in a request: a pin hands out a [`Mapping`] of the cyclic
//! buffer, and from then on client and device meet there, and nobody holds either back.
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
//! # What the model leaves out
//!
//! * *Bytes on the wire.* `IOCTL_KS_PROPERTY` with its `KSPROPERTY` header, sizes, and 32-bit
//!   thunks; so also `STATUS_BUFFER_OVERFLOW` and `STATUS_BUFFER_TOO_SMALL` of size queries, and
//!   unknown sets and identifiers. A fuzzer of the byte interface would notice.
//! * *Filter queries* other than the list of pin factories: data intersection, proposed formats,
//!   physical connections, nodes. The service that builds endpoints would notice.
//! * *Loads of a client from a write-combined buffer* find what the device would: stores that
//!   wait for their barrier are not seen by their own processor either. Who renders never reads.

mod address;
mod audio;
mod audio_engine;
mod client;
mod combining;
mod filter;
mod guid;
mod history;
mod mapping;
mod packet;
mod packet_register;
mod pin;
mod register;
mod request;
mod state;
pub mod wire;

pub use address::{AddressSpace, MappedRange};
pub use audio::{AudioRequest, PositionEx};
pub use audio_engine::{
    AudioEngineRequest, BufferSizeRange, ConstrictorOption, CurveType, EngineDescriptor,
    EngineNodeReply, EngineNodeRequest, VolumeLevel, VolumeRamp,
};
pub use client::{
    allocate_buffer, allocate_buffer_with_notification, clock_register, close, format, hw_latency,
    linear_buffer_position, packet_count, packet_register, position, position_ex,
    position_register, presentation_position, query_notification_support, read_packet,
    register_notification_event, request, set_current_write_position, set_format,
    set_last_buffer_position, set_loopback_protection, set_state, set_volume_level,
    set_write_packet, state, unregister_notification_event, volume_level,
};
pub use combining::Combining;
pub use filter::{
    Communication, DataFlow, DataRange, Filter, FilterHandle, InstanceCount, PinConnect,
    PinFactory, SampleKind,
};
pub use guid::*;
pub use history::{CLOSE, REQUEST};
pub use mapping::{Mapping, Settle};
pub use packet::{END_OF_STREAM, PacketCount, PacketNumber, ReadPacket, WritePacket};
pub use packet_register::{CompletedPacket, PacketCells, PacketRegister};
pub use pin::{Pin, PinHandle};
pub use register::{HardwareRegister, MappedRegister};
pub use request::RtAudioRequest;
pub use request::{HwLatency, PinReply, PinRequest, Position, PresentationPosition, Property};
pub use state::{IllegalStep, KsState, Step};
