//! The contract between the WaveRT port driver and a miniport: traits and the values they pass.
//!
//! ```text
//!  WaveRT port (the system's half)  ── MiniportWaveRt ──────────▶  miniport (the device's half)
//!        │                          ── MiniportWaveRtStream ───▶    ├ StreamNotification
//!        │                                                          ├ OutputStream
//!        │                                                          └ InputStream
//!        └◀── PortWaveRtStream: pages for the cyclic buffer ──────  stream
//!  topology port ── MiniportTopology ──────────────────────────▶  miniport without streams
//! ```
//!
//! The port knows no device and the miniport no client. A stream always has the basic interface;
//! whether it has the others is asked of it ([`MiniportWaveRtStream::notification`],
//! [`MiniportWaveRtStream::output`]), as `QueryInterface` would.
//!
//! What a miniport says of its filter is [`FilterDescription`] with a [`PinDescriptor`] for each
//! pin, nodes and wires; all but the first have defaults, so a small driver stays small. It may
//! know [modes](AudioSignalProcessing) and [formats that it likes](ProposedFormats), and handle
//! properties of its own.
//!
//! Every call carries the moment at which it is made. Nothing here waits.
//!
//! ```
//! use portcls::Mdl;
//!
//! // What a miniport learns of the memory it gets: pages, and where each lies for the device.
//! let pages = Mdl::new(vec![0x10_0000, 0x10_3000]);
//! assert_eq!(pages.size().get(), 8192);
//! assert_eq!(pages.page_address(1), 0x10_3000);
//! ```
//!
//! # What the model leaves out
//!
//! * *Reference counts and `IUnknown`*: ownership says the same.
//! * *Samples through a kernel mapping*: `MapAllocatedPages` gives an address and keeps the rules of
//!   mappings; what lies there is reached through the cyclic buffer.

mod buffer;
mod drm;
mod engine_node;
mod etw;
mod filter;
mod miniport;
mod pages;
mod pnp;
mod power;
mod stream;
mod topology;
mod violation;
mod wave_cyclic;

pub use buffer::{AudioBuffer, CacheType};
pub use drm::DrmAudioStream;
pub use engine_node::{AudioEngineNode, LastBufferNode, StreamAudioEngineNode};
pub use etw::{EngineEventKind, EtwEvent, GlitchCode};
pub use filter::{
    AudioSignalProcessing, DeviceDescription, Intersection, PinDescriptor, ProposedFormats,
    fill_modes,
};
pub use miniport::{FilterDescription, MiniportWaveRt, NewStream};
pub use pages::{Mdl, PAGE_SIZE, PortStreamHandle, PortWaveRtStream};
pub use pnp::{AdapterPnpManagement, MiniportPnpNotify, RebalanceType};
pub use power::{AdapterPowerManagement, DevicePower, ExitLatency, PowerNotify};
pub use stream::{InputStream, MiniportWaveRtStream, OutputStream, StreamNotification};
pub use topology::MiniportTopology;
pub use violation::{Call, Irql, Rule, Violation};
pub use wave_cyclic::{
    DmaChannel, MiniportWaveCyclic, MiniportWaveCyclicStream, NOTIFICATION_INTERVAL, NewCyclic,
    ServiceGroup, ServiceSink,
};
