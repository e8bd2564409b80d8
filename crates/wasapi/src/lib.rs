//! Clients of audio endpoints: the API they see, how they behave, and what they play.

mod action;
mod audio_client;
mod duration;
mod exclusive_client;
mod history;
mod render_client;
mod shared_client;
mod source;

pub use action::{Act, Action};
pub use audio_client::{AudioClient, BufferMinimum, Initialize, stream_flags};
pub use duration::{
    EXCLUSIVE_PERIOD_MAX, ExclusiveBufferError, ExclusiveLimits, duration_of, event_driven_buffer,
    frames_of,
};
pub use exclusive_client::{ExclusiveClient, exclusive_client};
pub use history::{FILL, RESET, START, STOP};
pub use render_client::{RenderClient, SILENT};
pub use shared_client::{SharedClient, SharedClientConfig, shared_client};
pub use source::{Pcm, Player, Source, SourceError};
