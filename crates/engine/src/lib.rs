//! The audio engine: who writes which packet when, and what is in it.

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
