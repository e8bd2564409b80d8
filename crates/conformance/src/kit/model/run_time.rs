//! Time in RUN since STOP.

use units::Hns;

/// How long a stream ran, and when.
#[derive(Clone, Debug, Default)]
pub(crate) struct RunTime {
    /// Where each stretch begins: on the counter, and in time in RUN.
    stretches: Vec<(u64, u64)>,
    done: u64,
    since: Option<u64>,
}

impl RunTime {
    pub(crate) fn start(&mut self, at: Hns) {
        self.stretches.push((at.get(), self.done));
        self.since = Some(at.get());
    }

    pub(crate) fn pause(&mut self, at: Hns) {
        self.done = self.at(at).get();
        self.since = None;
    }

    pub(crate) fn at(&self, at: Hns) -> Hns {
        let now = self.since.map_or(0, |since| at.get().saturating_sub(since));
        Hns::new(self.done + now)
    }

    /// Pauses after which it went on, or that it is in.
    pub(crate) fn pauses(&self) -> u32 {
        let stretches = self.stretches.len() - usize::from(self.since.is_some());
        u32::try_from(stretches).unwrap_or(u32::MAX)
    }

    /// True if it went on after a pause.
    pub(crate) fn was_resumed(&self) -> bool {
        self.stretches.len() > 1
    }

    /// When that much time in RUN was over; `None` before the first.
    pub(crate) fn counter_at(&self, run: Hns) -> Option<Hns> {
        let stretch = self.stretches.iter().rev();
        let (wall, before) = stretch.copied().find(|(_, before)| *before <= run.get())?;
        Some(Hns::new(wall + run.get() - before))
    }

    /// Where the latest stretch begins, in time in RUN.
    pub(crate) fn latest_stretch(&self) -> Option<Hns> {
        self.stretches.last().map(|(_, before)| Hns::new(*before))
    }
}
