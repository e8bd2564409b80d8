//! What the program that writes knows of its own stream.

use super::Notes;

/// A stream that runs, as its program knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Running {
    /// Which run of the stream.
    pub(crate) run: u32,
    /// Frames of it up to which the program has written.
    pub(crate) written: u64,
}

impl Notes {
    /// The stream, if it runs.
    pub(crate) fn running(&self) -> Option<Running> {
        let run = self.producer.run;
        self.producer.is_running.then(|| Running {
            run,
            written: self.in_packets(run).max(self.in_places(run)),
        })
    }

    fn in_packets(&self, run: u32) -> u64 {
        let last = self.writes.last().filter(|write| write.run == run);
        last.map_or(0, |write| write.packet * self.packet.get() + write.frames)
    }

    /// What was written anew is no news.
    fn in_places(&self, run: u32) -> u64 {
        let own = self.placed.iter().rev();
        let mut own = own.take_while(|placed| placed.run == run);
        let last = own.find(|placed| !placed.again);
        last.map_or(0, |placed| placed.first + placed.frames)
    }
}
