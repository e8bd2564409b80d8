//! Reference miniports: drivers for the devices of `hardware`.
//!
//! ```text
//!  port ── MiniportWaveRt ──▶ HdAudioMiniport ──┐
//!   │                              │            │ registers, descriptor list
//!   └──── MiniportWaveRtStream ──▶ stream ──────┼──▶ hardware::Bus ──▶ controller
//!                                  │            │
//!  interrupt ── InterruptRoutine ──┴─ ISR, DPC ─┘
//! ```
//!
//! The [HD Audio miniport](HdAudioMiniport) reaches its controller through registers and memory
//! alone, as the real one does; only when a captured frame was sampled it is told. It counts packets from positions, never from interrupts: the
//! completion bit is sticky, so two packets may share one interrupt.
//!
//! How a driver counts that has a clock and no hardware is in [`virtual_audio`]: the arithmetic of
//! the sample virtual driver to the bit, and the same done right.
//!
//! The [offload miniport](OffloadMiniport) is that of a device that mixes: a pin for the software
//! engine, pins for streams that go past it, and the mix on its way back.
//!
//! The [`WaveCyclic` miniport](CyclicMiniport) is that of a device with a ring of its own, into which
//! the port copies what clients hand over.
//!
//! Start with [`HdAudioMiniport`], or with [`HdAudioAdapter`] for several streams of one controller;
//! what of its behaviour can be chosen is in [`HdAudioOptions`].
//!
//! ```
//! use hardware::{Bus, Controller, ControllerConfig};
//! use miniport::{HdAudioMiniport, HdAudioOptions};
//! use portcls::MiniportWaveRt;
//! use vtime::sim::World;
//! use vtime::{Event, Keep, Reset, Shared};
//!
//! let mut world = World::new(1, Keep::All);
//! let doorbell = world.event("doorbell", Reset::Auto);
//! let controller = Shared::new(Controller::new(&ControllerConfig::hd_audio()));
//! let bus = Bus::new(controller, doorbell.handle());
//! let miniport = HdAudioMiniport::new(world.now(), bus, 0, HdAudioOptions::default());
//!
//! let pins = miniport.description().pins;
//! assert_eq!(pins[HdAudioMiniport::RENDER_PIN as usize].instances.possible, Some(1));
//! assert_eq!(pins[1].instances.possible, Some(0)); // The bridge to the codec's topology filter.
//! ```
//!
//! # What the model leaves out
//!
//! * *Scattered pages.* The cyclic buffer lies in one stretch of physical memory, though the
//!   descriptor list could gather it. Who fragments memory would notice a refusal.
//! * *Effects, peak meters, and volumes per channel of the whole device*, of a device that mixes. A
//!   control panel would notice.
//! * *Waiting for the hardware.* A reset and a stop take effect at once, so no register is polled.
//! * *The codec.* No verb is sent; its delay is a number. The [topology miniport](HdAudioTopology)
//!   keeps volume and mute, and they change no sample. Who listens would notice.
//! * *Input that does not loop*: such DMA engines are outputs.
//! * *Stopping at the end of valid data* to leave a gap instead of a repeat, which is allowed to a
//!   driver: this one replays, or fills behind the end of the stream.

mod adapter;
mod hd_audio;
mod hd_audio_formats;
mod hd_audio_power;
mod hd_audio_stream;
mod hd_audio_topology;
mod mapped;
mod offload;
mod options;
mod packets;
mod reading;
mod registers;
mod routine;
mod size;
mod stream;
pub mod virtual_audio;
mod wave_cyclic;

pub use adapter::HdAudioAdapter;
pub use hd_audio::HdAudioMiniport;
pub use hd_audio_formats::Preference;
pub use hd_audio_topology::{HdAudioTopology, Jack};
pub use offload::{OffloadMiniport, OffloadOptions};
pub use options::{EndOfStream, HdAudioOptions, PacketWindow, PositionSource, ReadOrder, Rearm};
pub use packets::WritePacketError;
pub use wave_cyclic::{CyclicMiniport, CyclicOptions, Ring};
