//! The audio engine: who writes which packet when, and what is in it.
//!
//! ```text
//!  client ─ endpoint buffer ─┐                      ┌──────── PacketThread ────────┐
//!  client ─ endpoint buffer ─┼─▶ Mixer ── packet ─▶ │ PacketProducer: which, when  │ ─▶ pin
//!  client ─ endpoint buffer ─┘   convert, volume,   │ machine: how late, how long  │    cyclic
//!           (a queue)            sum, limiter       └──────────────────────────────┘    buffer
//! ```
//!
//! Two buffers protect two threads, and are not to be mixed up. The *endpoint buffer* bears a late
//! client: what comes late is heard later, behind silence. The *cyclic buffer* of the device bears
//! a late engine: what comes late is not heard, and the device plays what lies there.
//!
//! [`PacketProducer`] is the heart: told of wake-ups, it says which packet is due, and decides what
//! follows when the driver refuses one. It knows no time. [`PacketThread`] puts it on a thread of
//! the [machine](machine::Machine), with a [device](DeviceStream); the audio engine ([`Engine`],
//! [`engine`]) and the exclusive client of the crate above are both built around one.
//!
//! A pass, in order: the wait ends; the thread starts when the machine lets it; the packet count is
//! read; for each packet that can be stored a period is taken from each running stream, decoded,
//! mapped to the channels of the mix, turned to its volume, added, limited, encoded; that takes the
//! time of service; the packet is stored and announced; the clients are signalled.
//!
//! ```
//! use engine::{PacketProducer, Policy, ProducerConfig};
//! use units::Frames;
//!
//! // Two packets of 10 ms at 48 kHz. Pass 0, at Run, writes all that can be stored: packet 1.
//! let mut producer = PacketProducer::new(ProducerConfig::new(Frames::new(480)));
//! producer.begin(0, producer.config().prime);
//! assert_eq!(producer.config().policy, Policy::Resync);
//! assert_eq!(producer.due(), None);
//! ```
//!
//! # What the model leaves out
//!
//! * *Effects (APOs), modes and loopback.* One mix, one limiter. A client in raw mode, or one that
//!   records what is played, would notice.
//! * *Resampling.* Streams have the rate of the mix. A client that asks for another is refused.
//! * *What a pass costs by what it does.* Service is one figure per packet.
//! * *Going idle.* Once started, the engine runs to the end. Who opens an endpoint exclusively
//!   after a shared client has closed would notice; there is no arbitration yet either.
//! * *Denormals* are mixed as they are; a real engine flushes them. Nobody would hear it.
//! * *Positions.* Where the driver has no packet count, an engine works from positions; this one
//!   needs packets.

mod channels;
mod convert;
mod device;
mod endpoint;
mod engine;
mod history;
mod limiter;
mod mixer;
mod producer;
mod stream;
#[cfg(feature = "testing")]
pub mod testing;
mod thread;
mod volume;

pub use channels::ChannelMatrix;
pub use convert::{decode, encode};
pub use device::{DeviceError, DeviceStream};
pub use endpoint::{EndpointBuffer, Taken};
pub use engine::{Endpoint, Engine, EngineConfig, engine};
pub use history::{NO_PASS, NO_TIME, PACKET, PASS, STARVED, STATE};
pub use limiter::{Limiter, RELEASE_MS};
pub use mixer::Mixer;
pub use producer::{
    ContentPolicy, EndOfStream, PacketContent, PacketIo, PacketProducer, Policy, Prime,
    ProducerConfig, Stretch, Written,
};
pub use stream::Stream;
pub use thread::{PacketThread, Pass};
pub use volume::Volume;
