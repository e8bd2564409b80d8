//! The interfaces as a program holds them: enumerator, device, client, services, sessions.
//!
//! ```text
//!  DeviceEnumerator ─▶ Device ─activate─▶ AudioClient ─initialize─▶ stream ─┬─ RenderClient
//!                        │                                                  ├─ CaptureClient
//!                        └─ who has the endpoint (arbitration)              ├─ AudioClock
//!                                                                           └─ volumes, session
//! ```
//!
//! Each method has the name that the real one has and answers with the real code. What a client does
//! is a short `async fn`: it holds these objects, sleeps in virtual time and waits for its event. The
//! frames go to the engine of the endpoint, or in exclusive mode straight into the cyclic buffer of a
//! pin; see the examples of this crate.
//!
//! Which check comes first is decided in two places without any device, [`initialize`] and
//! [`StreamCore`](crate::StreamCore); the rest carries out what they allow.
//!
//! # What is different from COM
//!
//! * References are counted: a stream is open until its client and all services of it are dropped.
//! * What cannot be written is not answered: out pointers are return values, so none is null; the
//!   format is a [`WaveFormat`](units::WaveFormat), so none is malformed or compressed; a service has
//!   a method of its own, so none is unknown.
//! * Callbacks wait in a [queue](SessionNotifications) until they are taken.
//! * An actor that holds such objects is a plain `async fn`; a world with one cannot be forked.

mod audio_client;
mod audio_clock;
mod capture_client;
mod channel_volume;
mod device;
mod exclusive_line;
mod initialize;
mod open_stream;
mod profile;
mod render_client;
mod session;
mod session_control;

pub use audio_client::{AudioClient, ClientProperties};
pub use audio_clock::{AudioClock, Reading};
pub use capture_client::CaptureClient;
pub use channel_volume::{AudioStreamVolume, ChannelAudioVolume};
pub use device::{DataFlow, Device, DeviceEnumerator, Line, OpenPin, Role, device_state};
pub use initialize::{
    Granted, InitializeRequest, Refusal, ShareMode, Standing, Support, Usage, initialize,
    is_format_supported, stream_flags,
};
pub use profile::{EndpointProfile, LatencyReport};
pub use render_client::RenderClient;
pub use session::{DisconnectReason, SessionEvent, SessionNotifications, SessionState};
pub use session_control::{AudioSessionControl, SimpleAudioVolume};
