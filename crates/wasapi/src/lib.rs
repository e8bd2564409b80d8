//! Clients of audio endpoints: the API they see, how they behave, and what they play.
//!
//! ```text
//!  Source ─▶ Player ─▶ SharedClient ── AudioClient, RenderClient ──▶ endpoint buffer ─▶ engine
//!                 ├──▶ ExclusiveClient ── packets, announcements ──▶ pin and its cyclic buffer
//!                 └──▶ TimerClient ── places, readings ──▶ pin and its cyclic buffer
//!
//!  Recording ◀── SharedCaptureClient ── AudioClient, CaptureClient ◀── endpoint buffer ◀── engine
//!           └─── ExclusiveCaptureClient ◀── packets ◀── pin and its cyclic buffer
//! ```
//!
//! [`AudioClient`] and [`RenderClient`] are the objects a program holds, with the answers that
//! Windows gives; nothing in them waits. A client in a scenario is one of them and a habit:
//! [`shared_client`] fills its endpoint buffer whenever the engine has taken from it,
//! [`exclusive_client`] writes a packet for every notification of the device, [`timer_client`] wakes
//! by its own timer and fills what a position says is free;
//! [`shared_capture_client`] and [`exclusive_capture_client`] read as the others write, and
//! [`through_client`] plays what it records. All do what an [agenda](Action) says at its times:
//! start, pause, stop, or write or read a packet on purpose.
//!
//! A client that is written as a program would write it holds the interfaces in [`com`].
//!
//! What is played is a [`Source`]: a function of the frame's index and of nothing else.
//!
//! ```
//! use engine::Volume;
//! use units::{SampleFormat, WaveFormat};
//! use wasapi::{Player, Source};
//!
//! let sine = Source::Sine { frequency_millihertz: 1_000_000, level: Volume::FULL };
//! let stereo = WaveFormat::new(48_000, 2, SampleFormat::S16)?;
//! let mut player = Player::new(sine, stereo).expect("a sine fits any stream");
//! let mut frame = [0; 4];
//! player.play(12, &mut frame); // A quarter of a cycle.
//! assert_eq!(frame, [0xff, 0x7f, 0xff, 0x7f]);
//! # Ok::<(), units::FormatError>(())
//! ```
//!
//! # What the model leaves out
//!
//! * *COM.* No interface queries, no null pointers; see [`com`] for what stands in their place.
//! * *Loopback, periods of one's own, rates that are adjusted, endpoint volumes, MMCSS.* A client that
//!   asks for loopback is refused; the rest has no method.
//! * *Exclusive streams that record*, in [`com`]: an [`ExclusiveCaptureClient`] is there.
//! * *Offload.* That a stream goes past the software engine is decided by who opens its pin for an
//!   [`ExclusiveClient`].
//! * *Silence that is only flagged* in what is recorded: the engine does not look at samples.
//! * *Habits of clients of [`com`] in scenarios*, among them timer-driven shared ones, and so who is
//!   thrown out by whom there.
//! * *The contents of a packet on `GetBuffer`* are what the last one left, as on Windows 10.
//! * *Rate conversion*, see the engine.

mod action;
mod audio_client;
mod buffer_minimum;
mod capture_client;
pub mod com;
mod duration;
mod exclusive_buffer;
mod exclusive_capture_client;
mod exclusive_client;
mod history;
mod line;
mod place_stream;
mod recording;
mod render_client;
mod ring_writer;
mod shared_capture_client;
mod shared_client;
mod source;
mod stream_core;
mod through_client;
mod timer_client;

pub use action::{Act, Action};
pub use audio_client::AudioClient;
pub use buffer_minimum::BufferMinimum;
pub use capture_client::{CaptureClient, CapturedPacket, Got, buffer_flags};
pub use exclusive_buffer::{ExclusiveBuffer, ExclusiveDevice, ExclusiveRefusal, ExclusiveRequest};
pub use exclusive_capture_client::{ExclusiveCaptureClient, exclusive_capture_client};
pub use exclusive_client::{ExclusiveClient, exclusive_client};
pub use history::{CAPTURED, DEFICIT, FILL, NO_WAKE, PLACED, READING, RESET, START, STOP, TURN};
pub use place_stream::{PlaceStream, PositionKind};
pub use recording::Recording;
pub use render_client::{RenderClient, SILENT};
pub use ring_writer::{ByteCount, Plausibility, RingWriter, RingWriterConfig, Step, Stretch};
pub use shared_capture_client::{SharedCaptureClient, shared_capture_client};
pub use shared_client::{SharedClient, SharedClientConfig, shared_client};
pub use source::{Pcm, Player, Source, SourceError};
pub use stream_core::{StreamCore, StreamKind};
pub use through_client::{ThroughClient, through_client};
pub use timer_client::{TimerClient, TimerClientConfig, timer_client};
