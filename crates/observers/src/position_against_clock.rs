//! Chromium's rule for its render streams: the position has to keep up with the clock.

use units::{Frames, Hns, SampleRate};

/// 100 ns in a second.
const HNS_PER_SECOND: i128 = 10_000_000;

/// What a program reads in a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The performance counter.
    pub at: Hns,
    /// Frames that the device says it has played since the start.
    pub position: Frames,
}

/// By how much the position fell behind the clock between two callbacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deficit {
    /// When it was noticed.
    pub at: Hns,
    /// How much is missing, rounded down.
    pub missing: Hns,
}

/// From which reading on two readings are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Since {
    /// From the first one whose position is not 0: before that the device has not begun.
    #[default]
    PositionMoved,
    /// From the first one, as older versions did.
    FirstReading,
}

/// Compares at each callback the time and the position that were gained since the one before. A
/// position that fell behind by more than half a packet is reported as a glitch of that length.
///
/// It takes a coarse position for a glitch, and it misses whatever leaves the position as it
/// should be: a device that plays old data moves all the same.
///
/// # Source
/// Chromium, `media/audio/win/audio_low_latency_output_win.cc`.
#[derive(Clone, Debug)]
pub struct PositionAgainstClock {
    rate: SampleRate,
    packet: Frames,
    since: Since,
    previous: Option<Reading>,
}

impl PositionAgainstClock {
    /// For a stream of `rate` whose callbacks ask for `packet` frames each.
    pub const fn new(rate: SampleRate, packet: Frames, since: Since) -> Self {
        Self {
            rate,
            packet,
            since,
            previous: None,
        }
    }

    /// Takes in the reading of the next callback, and says by how much the position fell behind if
    /// that was too much.
    pub fn callback(&mut self, reading: Reading) -> Option<Deficit> {
        let previous = self.previous.replace(reading)?;
        if self.since == Since::PositionMoved && previous.position.is_zero() {
            return None;
        }
        let rate = i128::from(self.rate.hertz());
        // In frames times 100 ns per second, so that nothing is rounded.
        let elapsed = difference(reading.at.get(), previous.at.get()) * rate;
        let gained = difference(reading.position.get(), previous.position.get()) * HNS_PER_SECOND;
        let behind = elapsed - gained;
        let tolerated = i128::from(self.packet.get()) * HNS_PER_SECOND;
        (2 * behind > tolerated).then(|| Deficit {
            at: reading.at,
            missing: Hns::new(u64::try_from(behind / rate).unwrap_or(u64::MAX)),
        })
    }

    /// Forgets the reading before: the stream starts anew.
    pub fn restart(&mut self) {
        self.previous = None;
    }
}

fn difference(of: u64, from: u64) -> i128 {
    i128::from(of) - i128::from(from)
}
