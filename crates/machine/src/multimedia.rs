//! Multimedia classes: which priority a thread gets for what it does.

/// What a thread registers as.
///
/// # Source
/// `ProcThread/multimedia-class-scheduler-service.md` names the tasks and the bands. Model: which category
/// and priority each task has are settings of a system; these are those that Windows Vista came with, and the
/// priority of a thread is the lowest of its band and that figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MultimediaTask {
    /// `Audio`, as the audio engine registers.
    Audio,
    /// `Capture`.
    Capture,
    /// `Distribution`.
    Distribution,
    /// `Games`.
    Games,
    /// `Playback`.
    Playback,
    /// `Pro Audio`.
    ProAudio,
    /// `Window Manager`.
    WindowManager,
}

/// What a thread asks for within its class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[doc(alias = "AVRT_PRIORITY")]
pub enum RelativePriority {
    /// One less.
    Low,
    /// The priority of the task.
    #[default]
    Normal,
    /// One more.
    High,
    /// Two more.
    Critical,
}

impl MultimediaTask {
    /// The priority of a thread, within the band of its category.
    pub fn priority(self, relative: RelativePriority) -> u8 {
        let (lowest, highest, of_task): (u8, u8, u8) = match self {
            // In this category the figure of the task is always taken for 2.
            Self::ProAudio => (23, 26, 2),
            Self::Audio => (16, 22, 6),
            Self::Capture | Self::WindowManager => (16, 22, 5),
            Self::Distribution => (16, 22, 4),
            Self::Playback => (16, 22, 3),
            Self::Games => (16, 22, 2),
        };
        let more = match relative {
            RelativePriority::Low => -1,
            RelativePriority::Normal => 0,
            RelativePriority::High => 1,
            RelativePriority::Critical => 2,
        };
        (lowest + of_task)
            .saturating_add_signed(more)
            .clamp(lowest, highest)
    }
}

#[cfg(test)]
mod tests {
    use super::{MultimediaTask, RelativePriority};

    #[test]
    fn every_thread_stays_in_the_band_of_its_category() {
        use MultimediaTask::{Audio, Games, Playback, ProAudio};
        use RelativePriority::{Critical, High, Low, Normal};
        for (task, relative, priority) in [
            (Audio, Normal, 22),
            (Audio, Critical, 22),
            (Audio, Low, 21),
            (Playback, High, 20),
            (Games, Low, 17),
            (ProAudio, Normal, 25),
            (ProAudio, Critical, 26),
            (ProAudio, Low, 24),
        ] {
            assert_eq!(task.priority(relative), priority, "{task:?} {relative:?}");
        }
    }
}
