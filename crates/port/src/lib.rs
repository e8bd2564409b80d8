//! The WaveRT port driver: what stands between a client's requests and a miniport.
//!
//! ```text
//!  client ─▶ ks::FilterHandle ─▶ WaveRtPort ─▶ dyn MiniportWaveRt
//!                                    │ create_pin      (TopologyPort ─▶ dyn MiniportTopology)
//!  client ─▶ ks::PinHandle ────▶ WaveRtPin ──▶ dyn MiniportWaveRtStream ─▶ device
//!                                                     │
//!                              Memory ◀── PortWaveRtStream
//! ```
//!
//! The port does what is the same for every device: it counts pins, checks formats against the
//! declared ranges, walks through the states one step at a time, keeps requests that come too
//! early or twice from the miniport, maps what the miniport made, and tidies up when a pin is
//! closed. It touches no sample and sees no register.
//!
//! It answers what can be asked of a filter: most of it from the miniport's description, formats
//! by way of the miniport, with a handler of its own where the miniport does not care. The
//! [`TopologyPort`] does the same for filters without streams. An [`Adapter`] makes filters known
//! and wires them.
//!
//! Between port and miniport a [`Verifier`] looks at each call and answer, at the level it comes at,
//! and keeps what breaks a rule. A [`DeviceHandle`] is for whoever puts the device to sleep, pulls it
//! out, or has it make room.
//!
//! Start with [`WaveRtPort::install`].
//!
//! A stack from the controller up, and the first questions of a client:
//!
//! ```
//! use hardware::{Bus, Controller, ControllerConfig};
//! use ks::{KsState, PinConnect, PinReply, PinRequest};
//! use miniport::{HdAudioMiniport, HdAudioOptions};
//! use port::{Memory, WaveRtPort};
//! use ring::Samples;
//! use units::{NtStatus, SampleFormat, WaveFormat};
//! use vtime::sim::World;
//! use vtime::{Event, Keep, Reset, Shared};
//!
//! let mut world = World::new(1, Keep::All);
//! let doorbell = world.event("doorbell", Reset::Auto);
//! let controller = Shared::new(Controller::new(&ControllerConfig::k0()));
//! let bus = Bus::new(controller, doorbell.handle());
//! let now = world.now();
//! let miniport = HdAudioMiniport::new(now, bus, 0, HdAudioOptions::default());
//! let memory = Shared::new(Memory::ample(Samples::Kept));
//! let filter = WaveRtPort::install(Box::new(miniport), memory);
//!
//! let format = WaveFormat::new(48_000, 2, SampleFormat::S16)?;
//! let pin = filter.create_pin(now, PinConnect::of(0, format))?;
//! let run = PinRequest::SetState(KsState::Run);
//! let refused = pin.request(now, run).unwrap_err();
//! assert_eq!(refused, NtStatus::INVALID_DEVICE_REQUEST); // There is no buffer yet.
//! let state = pin.request(now, PinRequest::GetState)?;
//! assert!(matches!(state, PinReply::State(KsState::Pause))); // As far as it got.
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What the model leaves out
//!
//! * *Waking up takes no time*: exit latencies are told and not spent. Who plays the first frame after
//!   an idle device wakes up would notice.
//! * *Serialisation.* Requests take no time and come one at a time; [`PropertyLock`] says which of them
//!   would wait for each other. A driver that blocks in one would notice.
//! * *Address spaces of several clients*: whoever uses a filter handle shares one.

mod adapter;
mod checked;
mod described;
mod device;
mod engine_node;
mod intersection;
mod irp_queue;
mod lock;
mod memory;
mod pin;
mod port_stream;
mod topology;
mod verifier;
mod wave_cyclic;
mod wavert;

pub use adapter::Adapter;
pub use device::{
    DEVICE, DeviceAct, DeviceHandle, DeviceManager, IdleSettings, create_pin, idle, manage_device,
};
pub use lock::PropertyLock;
pub use memory::Memory;
pub use topology::TopologyPort;
pub use verifier::{ENGINE_EVENT, VIOLATION, Verifier, Witness};
pub use wave_cyclic::WaveCyclicPort;
pub use wavert::WaveRtPort;
