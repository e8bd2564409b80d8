//! Which captured packet is read next.

use crate::options::ReadOrder;
use crate::packets::Progress;

/// How far a client has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reading {
    /// The first packet that does not count as read, counted without wrap.
    next: u64,
}

/// A packet that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Readable {
    /// Counted without wrap.
    pub(crate) packet: u64,
    /// True if another one can be read at once.
    pub(crate) more: bool,
}

impl Reading {
    /// The next packet of a buffer that holds `count`; it counts as read from now on, and so does
    /// every packet before it.
    ///
    /// Source: `portcls/nf-portcls-iminiportwavertinputstream-getreadpacket.md`.
    pub(crate) fn take(
        &mut self,
        progress: Progress,
        count: u32,
        order: ReadOrder,
    ) -> Option<Readable> {
        let completed = progress.completed;
        if completed <= self.next {
            return None;
        }
        let packet = match order {
            ReadOrder::OldestFirst => self.next.max(oldest_intact(progress, count)),
            ReadOrder::NewestOnly => completed - 1,
        };
        self.next = packet + 1;
        Some(Readable {
            packet,
            more: completed > self.next,
        })
    }
}

/// The oldest packet that nothing is being written over.
///
/// Model: of a buffer of one packet that packet counts as intact though the next one is being
/// written over it, as a client can read it behind the device.
fn oldest_intact(progress: Progress, count: u32) -> u64 {
    let in_transfer = u64::from(progress.in_transfer);
    let intact = u64::from(count).saturating_sub(in_transfer).max(1);
    progress.completed.saturating_sub(intact)
}

vtime::fork_by_clone!(Reading);

#[cfg(test)]
mod tests {
    use super::*;

    fn running(completed: u64) -> Progress {
        Progress {
            completed,
            in_transfer: true,
            running: true,
        }
    }

    fn all(
        reading: &mut Reading,
        completed: u64,
        count: u32,
        order: ReadOrder,
    ) -> Vec<(u64, bool)> {
        let next = || reading.take(running(completed), count, order);
        std::iter::from_fn(next)
            .map(|readable| (readable.packet, readable.more))
            .collect()
    }

    #[test]
    fn r131_r132_without_a_new_packet_there_is_nothing_and_the_first_is_packet_0() {
        let mut reading = Reading::default();
        let oldest = ReadOrder::OldestFirst;
        assert_eq!(all(&mut reading, 0, 2, oldest), []);
        assert_eq!(all(&mut reading, 1, 2, oldest), [(0, false)]);
        assert_eq!(all(&mut reading, 1, 2, oldest), []);
        assert_eq!(all(&mut reading, 2, 2, oldest), [(1, false)]);
    }

    #[test]
    fn r136_more_data_means_that_the_next_call_succeeds() {
        let mut reading = Reading { next: 4 };
        let read = all(&mut reading, 7, 4, ReadOrder::OldestFirst);
        assert_eq!(read, [(4, true), (5, true), (6, false)]);
    }

    #[test]
    fn r137_what_was_written_over_is_skipped() {
        let mut reading = Reading { next: 4 };
        let read = all(&mut reading, 7, 2, ReadOrder::OldestFirst);
        assert_eq!(read, [(6, false)], "packets 4 and 5 are gone");
        let paused = Progress {
            in_transfer: false,
            running: false,
            ..running(8)
        };
        let mut reading = Reading { next: 4 };
        let read = reading.take(paused, 2, ReadOrder::OldestFirst);
        let expected = Readable {
            packet: 6,
            more: true,
        };
        assert_eq!(read, Some(expected), "nothing is written over packet 6");
    }

    /// Source: `audio/sysvad/EndpointsCommon/minwavertstream.cpp`.
    #[test]
    fn a_driver_that_hands_out_the_newest_packet_alone_skips_what_is_still_there() {
        let mut reading = Reading { next: 4 };
        let read = all(&mut reading, 7, 4, ReadOrder::NewestOnly);
        assert_eq!(read, [(6, false)]);
    }

    #[test]
    fn a_buffer_of_one_packet_can_be_read_behind_the_device() {
        let mut reading = Reading::default();
        let oldest = ReadOrder::OldestFirst;
        assert_eq!(all(&mut reading, 1, 1, oldest), [(0, false)]);
        assert_eq!(all(&mut reading, 3, 1, oldest), [(2, false)]);
    }
}
