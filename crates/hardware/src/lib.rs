//! The hardware below an audio driver: an HD Audio controller as its registers.
//!
//! ```text
//!  driver ──── registers (spec) ────▶ Controller ── interrupt line ──▶ device actor ─▶ ISR
//!  (a Bus)                              │ streams
//!                                       ▼
//!  client ─▶ cyclic buffer ─ bursts ─▶ FIFO ─ link frames ─▶ codec      LinkLog: what was heard
//!            (host memory)   DmaEngine
//!  client ◀─ cyclic buffer ◀─ bursts ─ FIFO ◀─ link frames ─ codec      LinkLog: what came in
//! ```
//!
//! Nobody tells the DMA engine when the client is done, and nobody can hold it back: a frame is
//! fetched when its time has come, whatever lies there then. Which frame is due when is a closed
//! form of the clock, so nothing ticks: the state at a moment is computed when somebody looks.
//!
//! How frames, bursts and completions are timed is a matter of [`StreamConfig`]. There are two
//! presets: [`k0`](StreamConfig::k0), the plainest device there can be, and
//! [`hd_audio`](StreamConfig::hd_audio) with a FIFO, bursts and link frames.
//!
//! A stream goes around its descriptor list by itself. One that [halts](AtEnd::Halts) at the end has a
//! driver that arms each round, and stands still while that is late.
//!
//! What real controllers do wrong is data: a [`Fault`] is [injected](Controller::inject) into one
//! that does all right; [`fault`] says which there are.
//!
//! Start with [`Controller`]; what its registers are is in [`spec`]; the page of [`LinkLog`] says
//! what is known of what left the speaker. In a world, [`device`] drives a controller and a
//! [`Bus`] reaches it.
//!
//! ```
//! use std::sync::Arc;
//!
//! use hardware::{BdlEntry, Controller, ControllerConfig, StreamFormat, spec};
//! use ring::{Kind, Samples, SharedBuffer, Whose};
//! use units::{Bytes, Frames, Phase, SampleFormat, SimTime, WaveFormat};
//!
//! // Two packets of 480 frames, each with a descriptor that asks for an interrupt.
//! let format = WaveFormat::new(48_000, 2, SampleFormat::S16)?;
//! let buffer = Arc::new(SharedBuffer::new(format, Frames::new(960), Samples::Left));
//! let packet = |address| BdlEntry {
//!     address,
//!     length: Bytes::new(1920),
//!     interrupt_on_completion: true,
//! };
//! let mut controller = Controller::new(&ControllerConfig::k0());
//! controller.map_memory(0x10_0000, Arc::clone(&buffer));
//! controller.write_bdl(SimTime::ZERO.commit(), 0x8000, &[packet(0x10_0000), packet(0x10_0780)]);
//!
//! // What a driver does, in the order in which it does it.
//! let start = SimTime::ZERO.commit();
//! let stream = spec::descriptor(0);
//! let control = 1 << spec::ctl::TAG_SHIFT | spec::ctl::IOCE;
//! for (offset, value) in [
//!     (spec::GCTL, spec::gctl::CRST),
//!     (spec::INTCTL, spec::intctl::GLOBAL | spec::intctl::stream(0)),
//!     (stream + spec::SD_FMT, StreamFormat::of(format)?.encode().into()),
//!     (stream + spec::SD_CBL, 3840),
//!     (stream + spec::SD_LVI, 1),
//!     (stream + spec::SD_BDPL, 0x8000),
//!     (stream + spec::SD_CTL, control),
//!     (stream + spec::SD_CTL, control | spec::ctl::RUN),
//! ] {
//!     controller.write(start, offset, value)?;
//! }
//! // Packet 0 is there at the start; of packet 1 nobody thinks.
//! let whose = Whose { run: 0, kind: Kind::Audio, content: 0, intended: 0, write: 0 };
//! buffer.store(Frames::ZERO, None, Frames::new(480), Some(whose));
//!
//! let event = controller.next_event().expect("packet 0 will be completed");
//! assert_eq!(event, SimTime::from_millis(10).at(Phase::Move));
//! controller.settle(event);
//! assert!(controller.interrupt_line());
//! assert_eq!(controller.read(event, stream + spec::SD_LPIB)?, 1920);
//!
//! controller.settle(SimTime::from_millis(15).commit());
//! let heard: Vec<_> = controller.link_log(0).spans().iter().map(|span| span.whose).collect();
//! assert_eq!(heard, [Some(whose), None]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A [`Dsp`] is another kind of device: it mixes streams itself and gives the mix back. A
//! [`TimerDevice`] is none at all: a timer, and a speaker that takes frames, or a microphone that puts
//! them into memory, in lumps when its driver says so.
//!
//! # What the model leaves out
//!
//! * *Bursts of several streams that stand in each other's way*: each waits its own time. A stream
//!   whose FIFO is too small for its format even on a perfect bus is refused.
//! * *A stop that ends with the link frame*: who is paused, or held back by SSYNC, sends the frame that
//!   is on its way to its end, and counts it at once. Who compares positions within a frame would
//!   notice.
//! * *Handshakes that take time*: SRST, RUN and `SDnFIFOS` read back at once, but for
//!   [faults](crate::fault). A driver that does not poll for them would fail on a real controller.
//! * *A list whose lengths or IOC flags change while the stream runs*, or that points to where no memory
//!   is: both are as they were at its start. Addresses are followed, one descriptor ahead.
//! * *A software position* that holds the engine back (SPIB), containers of 16 bits for samples of 8.
//! * *Torn frames*: a frame that lies across the end of a burst is fetched whole with its last
//!   byte, and descriptors hold whole frames. Who compares single bytes of a frame that is
//!   stored in that very moment would notice.
//! * *How late a real timer is*: that of a [`TimerDevice`] expires when it is due, or never.
//! * *Commands and responses to the codec* (CORB, RIRB): its only property is a delay.

mod bandwidth;
mod bus_timing;
pub mod class;
mod config;
mod controller;
mod crystal;
mod device;
mod dsp;
mod engine;
mod error;
pub mod fault;
mod fifo;
mod format;
pub mod history;
mod interrupt;
mod link;
mod memory;
mod microphone;
mod pace;
mod program;
mod records;
mod registers;
pub mod spec;
mod stay;
mod stream;
mod timer_device;
mod walk;

pub use config::{
    AtEnd, BusStall, Cadence, CadencePhase, ControllerConfig, CountOn, Delivery, Extent,
    FifoUnderrun, Flush, Lines, Packing, PositionRecord, Shown, Start, Store, StreamConfig, Tracks,
};
pub use controller::Controller;
pub use crystal::CrystalWalk;
pub use device::{Bus, device};
pub use dsp::{Dsp, DspConfig, DspEvent, DspPort, Tap, Underrun, dsp_device};
pub use error::{RegisterError, RunError};
pub use fault::{Fault, Injection};
pub use format::{SampleSize, StreamFormat, StreamFormatError};
pub use history::Note;
pub use link::{LateArm, LinkLog, LinkSpan, Lost, Segment, Stall};
pub use memory::{BdlEntry, DescriptorError};
pub use microphone::{Microphone, Noise};
pub use program::Direction;
pub use timer_device::{MissingTicks, TimerBus, TimerDevice, timer_device};
