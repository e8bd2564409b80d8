//! What a device says of itself, and is then held to.

use units::{Frames, Hns};

use crate::kit::Setup;

/// What a device declares. The default is a device that rounds to whole frames and does nothing
/// else. A property with room in it takes that room from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one thing that a device does or does not"
)]
pub struct Declared {
    /// By how many frames positions rise at a time.
    pub grain: Frames,
    /// How long ago a reported position may have been true.
    pub lag: Hns,
    /// How far the memory side may be ahead of the link.
    pub lead: Frames,
    /// How many frames the link may be ahead of an even rate, because frames travel in groups.
    pub ahead: Frames,
    /// How far presentation is behind the link.
    pub delay: Frames,
    /// How long after the end of its packet a notification may come.
    pub notification_lag: Hns,
    /// How many frames before the end of its packet a notification may come.
    pub notification_lead: Frames,
    /// By how much one pause may move positions.
    pub pause_rounding: Frames,
    /// True if positions are never inside a frame.
    pub aligned: bool,
    /// True if packets are done when they have left memory, not when they have left the link.
    pub counts_in_memory: bool,
    /// True if the stream is captured: then what is reported as played was recorded, and is ahead of
    /// what can be read.
    pub captures: bool,
    /// The most packets that a buffer can have. Windows knows 1 and 2.
    pub packets_max: u32,
    /// True if positions stop at the end of the stream, which is notified. Packets go on all the
    /// same.
    pub holds_at_end: bool,
    /// True if the link of an output stands when its FIFO has run dry; else it goes on with zeros.
    pub stands_when_starved: bool,
    /// Which packets are accepted.
    pub window: Window,
}

/// Which write packets a device accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Window {
    /// Whatever fits into the buffer and is not in transfer.
    #[default]
    Documented,
    /// The packet after the one in transfer, and before RUN the one at the position.
    Sample,
}

/// Bytes on the link: at least, at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) lo: u64,
    pub(crate) hi: u64,
}

impl Declared {
    /// How far the link has come after that time in RUN and so many pauses.
    pub(crate) fn due_after(&self, setup: &Setup, run: Hns, pauses: u32) -> Bounds {
        let frame = u64::from(setup.format.frame_bytes());
        let rounded = self.pause_rounding.get() * u64::from(pauses);
        let before = Hns::new(run.get().saturating_sub(self.lag.get()));
        let short = self.grain.get().saturating_sub(1) + rounded;
        let frames = setup.frames_after(before).saturating_sub(short);
        let grouped = match run.get() {
            0 => 0,
            _ => self.ahead.get(),
        };
        Bounds {
            lo: frames.saturating_mul(frame),
            hi: setup
                .bytes_after(run)
                .saturating_add((rounded + grouped) * frame),
        }
    }
}

impl Default for Declared {
    fn default() -> Self {
        Self {
            grain: Frames::new(1),
            lag: Hns::new(0),
            lead: Frames::ZERO,
            ahead: Frames::ZERO,
            delay: Frames::ZERO,
            notification_lag: Hns::new(0),
            notification_lead: Frames::ZERO,
            pause_rounding: Frames::ZERO,
            aligned: true,
            counts_in_memory: false,
            captures: false,
            packets_max: 2,
            holds_at_end: false,
            stands_when_starved: false,
            window: Window::default(),
        }
    }
}
