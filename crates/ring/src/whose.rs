//! Whose frames.

use units::Frames;

/// What a frame is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// What somebody wanted to be heard (or, for capture, what was converted).
    Audio,
    /// The engine had nothing of a client to mix.
    EngineSilence,
    /// Behind the last frame of a stream, up to the end of its last packet.
    EosPad,
    /// A writer, not the owner of the content, cleared the place.
    ZeroFill,
    /// Content that is passed on as silence on purpose.
    Muted,
}

/// Whose frames a stretch of a buffer holds: what is known of its first frame.
///
/// Along the stretch `content` and `intended` rise by one per frame; the rest stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Whose {
    /// Which run of which stream wrote them; a reader of another run calls them foreign.
    pub run: u32,
    /// What they are there for.
    pub kind: Kind,
    /// Index of the frame in its content.
    pub content: u64,
    /// The device frame that it is meant to become, counted from the start of the run.
    pub intended: u64,
    /// Which write of the run brought them, counted from 0.
    pub write: u32,
}

impl Whose {
    /// Whose the frame `frames` further on is.
    pub fn after(self, frames: Frames) -> Self {
        Self {
            content: self.content + frames.get(),
            intended: self.intended + frames.get(),
            ..self
        }
    }
}
