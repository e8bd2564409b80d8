//! A clock that can be paused, and the positions that are made of it.

use ks::KsState;
use units::{Bytes, Frames};

use super::counter::HNS_PER_SECOND;
use super::sample::Presentation;
use super::wave::Wave;

/// How far behind the position an offloaded stream of that driver says that it presents.
const OFFLOAD_DELAY_HNS: u64 = 200_000;

/// Time in RUN as Microsoft's `SoundWire` sample keeps it: units of 100 ns, with nothing rounded
/// and nothing carried.
///
/// It hands out the counter that was read last while it ran. In PAUSE that is the one that PAUSE
/// itself took, however much later somebody asks.
///
/// # Source
/// `audio/SoundWire/Samples/SdcaVad/SdcaVDsp/PositionSimClock.cpp`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[doc(alias = "PositionSimClock")]
pub struct PausableClock {
    began: Option<u64>,
    banked: u64,
    counter: u64,
}

impl PausableClock {
    /// RUN is entered. No effect if it lasts.
    pub fn run(&mut self, now: u64) {
        if self.began.is_none() {
            self.began = Some(now);
            self.counter = now;
        }
    }

    /// RUN is left: the time spent in it is banked. No effect if that was before.
    pub fn pause(&mut self, now: u64) {
        self.banked = self.elapsed(now);
        self.began = None;
    }

    /// Nothing was spent in RUN. The counter is kept.
    pub fn stop(&mut self) {
        *self = Self {
            counter: self.counter,
            ..Self::default()
        };
    }

    /// Units of 100 ns spent in RUN by `now`. In RUN this reads the counter.
    pub fn elapsed(&mut self, now: u64) -> u64 {
        let Some(began) = self.began else {
            return self.banked;
        };
        self.counter = now;
        self.banked + now.saturating_sub(began)
    }

    /// The counter that goes with what was read last: that of now in RUN, an older one in PAUSE.
    pub const fn counter(&self) -> u64 {
        self.counter
    }
}

/// The positions of a stream of that sample. Times are in units of 100 ns.
///
/// # Source
/// `audio/SoundWire/Samples/SdcaVad/SdcaVDsp/{streamengine,offloadStreamEngine}.cpp`.
#[derive(Clone, Copy, Debug)]
pub struct PausableStream {
    wave: Wave,
    clock: PausableClock,
}

impl PausableStream {
    /// A new stream, in STOP.
    pub fn new(wave: Wave) -> Self {
        Self {
            wave,
            clock: PausableClock::default(),
        }
    }

    /// Goes to `state`.
    #[doc(alias = "SetState")]
    pub fn set_state(&mut self, now: u64, state: KsState) {
        match state {
            KsState::Run => self.clock.run(now),
            KsState::Pause | KsState::Acquire => self.clock.pause(now),
            KsState::Stop => self.clock.stop(),
        }
    }

    /// Bytes moved since STOP: to the byte, not to the frame.
    #[doc(alias = "GetLinearBufferPosition")]
    pub fn get_linear_position(&mut self, now: u64) -> Bytes {
        let elapsed = self.clock.elapsed(now);
        self.bytes_in(elapsed)
    }

    /// The frame presented, with the counter of the clock.
    #[doc(alias = "GetPresentationPosition")]
    pub fn get_presentation_position(&mut self, now: u64) -> Presentation {
        let elapsed = self.clock.elapsed(now);
        self.presented(elapsed)
    }

    /// The frame presented by an offloaded stream: 20 ms behind the other.
    pub fn get_offload_presentation_position(&mut self, now: u64) -> Presentation {
        let elapsed = self.clock.elapsed(now);
        self.presented(elapsed.saturating_sub(OFFLOAD_DELAY_HNS))
    }

    fn presented(&self, elapsed: u64) -> Presentation {
        let frame = u64::from(self.wave.frame_bytes.get());
        Presentation {
            blocks: Frames::new(self.bytes_in(elapsed).get() / frame),
            counter: self.clock.counter(),
        }
    }

    fn bytes_in(&self, elapsed: u64) -> Bytes {
        let scaled = u128::from(elapsed) * u128::from(self.wave.byte_rate.get());
        let bytes = scaled / u128::from(HNS_PER_SECOND);
        Bytes::new(u64::try_from(bytes).unwrap_or(u64::MAX))
    }
}

vtime::fork_by_clone!(PausableClock, PausableStream);

#[cfg(test)]
mod tests;
