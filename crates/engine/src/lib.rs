//! The audio engine: who writes or reads which packet when, and what is in it.
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
//! follows when the miniport refuses one. It knows no time. [`PacketThread`] puts it on a thread of
//! the [machine](machine::Machine), with a [device](DeviceStream); the audio engine ([`Engine`],
//! [`engine`]) and the exclusive client of the crate above are both built around one.
//!
//! A pass, in order: the wait ends; the thread starts when the machine lets it; the packet count is
//! read; for each packet that can be stored a period is taken from each running stream, decoded,
//! mapped to the channels of the mix, turned to its volume, added, limited, encoded; that takes the
//! time of service; the packet is stored and announced; the clients are signalled.
//!
//! Recording is the mirror image:
//!
//! ```text
//!                    ┌──────── ReaderThread ────────┐              ┌─▶ endpoint buffer ─ client
//!  pin ── packet ──▶ │ PacketReader: which, when    │ ─▶ convert ──┼─▶ endpoint buffer ─ client
//!  cyclic buffer     │ machine: how late, how long  │              └─▶ endpoint buffer ─ client
//!                    └──────────────────────────────┘                  (a queue of packets)
//! ```
//!
//! [`PacketReader`] asks the driver for packet after packet until there is nothing more, and takes
//! each out of the cyclic buffer as it lies there. A late engine finds that the device has written
//! over what it did not read; a late client finds its [queue](CaptureBuffer) full.
//!
//! A wake-up that comes too late, and what the producer makes of the refusal:
//!
//! ```
//! use engine::{PacketContent, PacketIo, PacketProducer, Prime, ProducerConfig, Stretch};
//! use ks::{PacketCount, PacketNumber};
//! use ring::{Kind, Whose};
//! use units::{Bytes, Frames, NtStatus, SampleFormat, WaveFormat};
//!
//! /// A device of which nothing matters but how many packets it has done.
//! struct Device(u32);
//!
//! impl PacketIo for Device {
//!     fn format(&self) -> WaveFormat {
//!         WaveFormat::new(48_000, 2, SampleFormat::S16).expect("a legal format")
//!     }
//!     fn packet_count(&mut self) -> Result<PacketCount, NtStatus> {
//!         Ok(PacketCount::wrapping(self.0.into()))
//!     }
//!     fn store(&mut self, _: Frames, _: Frames, _: Option<&[u8]>, _: Whose) {}
//!     fn set_write_packet(&mut self, packet: PacketNumber, _: Option<Bytes>) -> NtStatus {
//!         if packet.get() > self.0 { NtStatus::SUCCESS } else { NtStatus::DATA_LATE_ERROR }
//!     }
//! }
//!
//! struct Nothing([Stretch; 1]);
//!
//! impl PacketContent for Nothing {
//!     fn make(&mut self, _content: u64, _intended: u64, _frames: Frames) {}
//!     fn bytes(&self) -> Option<&[u8]> { None }
//!     fn stretches(&self) -> &[Stretch] { &self.0 }
//! }
//!
//! let packet = Frames::new(480);
//! let content = &mut Nothing([Stretch { frames: packet, kind: Kind::Audio }]);
//! let mut producer = PacketProducer::new(ProducerConfig::new(packet)); // Two packets.
//! producer.begin(0, Prime::None);
//! producer.prime(&mut Device(0), content);
//! producer.run(); // Pass 0 writes what can be stored.
//! assert_eq!(producer.commit(&mut Device(0), content).status, NtStatus::SUCCESS);
//! assert_eq!((producer.due(), producer.next()), (None, 2));
//!
//! let device = &mut Device(4); // The next wake-up comes while packet 4 plays.
//! producer.wake(device);
//! assert_eq!(producer.due(), Some(2));
//! assert_eq!(producer.commit(device, content).status, NtStatus::DATA_LATE_ERROR);
//! assert_eq!(producer.due(), Some(5), "the one behind the packet in transfer");
//! ```
//!
//! # What the model leaves out
//!
//! * *Effects (APOs), modes and loopback.* One mix, one limiter. A client in raw mode, or one that
//!   records what is played, would notice.
//! * *How loud something is recorded*, and whether a program may. Settings would notice.
//! * *Resampling.* Streams have the rate of the mix. A client that asks for another is refused.
//! * *What a pass costs by what it does.* Service is one figure per packet.
//! * *Going idle* of an engine that records: once started, it runs to the end. That of one that plays
//!   goes idle when its last stream is taken out, and keeps its pin, in Stop.
//! * *Denormals* are mixed as they are; a real engine flushes them. Nobody would hear it.
//! * *Positions.* Where a miniport has no packet count, an engine works from positions; this one
//!   needs packets.

mod capture_buffer;
mod capture_engine;
mod capture_stream;
mod channels;
mod convert;
mod device;
mod endpoint;
mod engine;
mod history;
mod limiter;
mod mixer;
mod producer;
mod reader;
mod reader_thread;
mod stream;
#[cfg(feature = "testing")]
pub mod testing;
mod thread;
mod volume;

pub use capture_buffer::{CaptureBuffer, ClientPacket, Dropped, Overrun};
pub use capture_engine::{CaptureEndpoint, CaptureEngine, capture_engine};
pub use capture_stream::CaptureStream;
pub use channels::ChannelMatrix;
pub use convert::{decode, encode};
pub use device::{DeviceError, DeviceStream, Interface};
pub use endpoint::{EndpointBuffer, Taken};
pub use engine::{Endpoint, Engine, EngineConfig, engine};
pub use history::{
    MIXED, NO_PASS, NO_TIME, PACKET, PASS, QUEUE_FULL, READ, READ_AHEAD, READ_PASS, READ_STATE,
    READ_STRETCH, STARVED, STATE,
};
pub use limiter::{Limiter, RELEASE_MS};
pub use mixer::Mixer;
pub use producer::{
    ContentPolicy, EndOfStream, PacketContent, PacketIo, PacketProducer, Policy, Prime,
    ProducerConfig, Stretch, Written,
};
pub use reader::{PacketRead, PacketReader, ReadIo, ReadPolicy, ReaderConfig, Stretches};
pub use reader_thread::{PacketSink, ReaderThread};
pub use stream::Stream;
pub use thread::{PacketThread, Pass};
pub use volume::Volume;
