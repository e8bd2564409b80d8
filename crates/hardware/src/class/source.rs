//! What a reader of a device of some class sees.

use units::{Bytes, Frames, SimDuration, TICKS_PER_SECOND, WaveFormat};

use super::{DeviceClass, Granule, Notify, Publish, Round};

/// A stream, as far as positions go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamShape {
    /// What a frame is, and how many there are in a second.
    pub format: WaveFormat,
    /// Frames in a packet, at least 1.
    pub packet: Frames,
}

/// The position of a stream on a device of some class, as a function of the time since RUN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionSource {
    class: DeviceClass,
    stream: StreamShape,
}

impl PositionSource {
    /// The positions of `stream` on a device of `class`.
    ///
    /// # Panics
    /// If a packet has no frame.
    pub const fn new(class: DeviceClass, stream: StreamShape) -> Self {
        assert!(stream.packet.get() > 0, "a packet has at least one frame");
        Self { class, stream }
    }

    /// Bytes that somebody sees who looks so long after RUN.
    pub fn shown(&self, elapsed: SimDuration) -> Bytes {
        let told = match self.class.publish {
            Publish::Always | Publish::Packets => elapsed,
            Publish::Ticks(every) => whole(elapsed, every),
        };
        let bytes = self.converted(told);
        let step = match (self.class.publish, self.class.grain) {
            (Publish::Packets, _) | (_, Granule::Packet) => self.packet_bytes(),
            // A position to the byte is one.
            (_, Granule::Frame) => return Bytes::new(bytes),
            (_, Granule::Bytes(step)) => step.get().max(1),
            (_, Granule::Frames(step)) => step.get().max(1) * self.frame_bytes(),
        };
        Bytes::new(bytes / step * step)
    }

    /// Bytes that the device no longer looks at, that long after RUN: what is shown, and its lead.
    pub fn taken(&self, elapsed: SimDuration) -> Bytes {
        let lead = scaled(self.class.lead, self.hertz(), TICKS_PER_SECOND);
        self.shown(elapsed) + Bytes::new(lead * self.frame_bytes())
    }

    /// When packet number `packet`, counted from 1, is announced, after RUN.
    pub fn announced(&self, packet: u64) -> SimDuration {
        match self.class.notify {
            Notify::Position => self.first_shown(packet * self.packet_bytes()),
            Notify::Absolute(unit) => whole(self.due(packet), unit),
            Notify::Periodic(unit) => {
                let period = up(self.due(1), unit).ticks();
                SimDuration::from_ticks(packet * period)
            }
            Notify::OnePerTick(tick) => self.one_per_tick(packet, tick),
        }
    }

    /// At the first tick with which the packet is done, and one later than the packet before.
    ///
    /// Packets longer than a tick never meet; of shorter ones each takes a tick of its own.
    fn one_per_tick(&self, packet: u64, tick: SimDuration) -> SimDuration {
        let first = up(self.due(1), tick).ticks();
        let behind_the_first = SimDuration::from_ticks(first + (packet - 1) * tick.ticks());
        up(self.due(packet), tick).max(behind_the_first)
    }

    /// When so many packets have passed by the exact rate, rounded up to a tick of time.
    fn due(&self, packet: u64) -> SimDuration {
        let frames = u128::from(packet) * u128::from(self.stream.packet.get());
        let ticks = (frames * u128::from(TICKS_PER_SECOND)).div_ceil(u128::from(self.hertz()));
        SimDuration::from_ticks(u64::try_from(ticks).expect("model time stays below 484 days"))
    }

    /// The earliest time at which at least `bytes` are shown.
    fn first_shown(&self, bytes: u64) -> SimDuration {
        let (mut low, mut high) = (0, 1);
        while self.shown(SimDuration::from_ticks(high)).get() < bytes {
            (low, high) = (high, high * 2);
        }
        while low < high {
            let middle = low.midpoint(high);
            if self.shown(SimDuration::from_ticks(middle)).get() < bytes {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        SimDuration::from_ticks(low)
    }

    /// Time as bytes.
    fn converted(&self, elapsed: SimDuration) -> u64 {
        let frame = self.frame_bytes();
        match self.class.round {
            Round::Down(unit) => {
                scaled(whole(elapsed, unit), self.hertz(), TICKS_PER_SECOND) * frame
            }
            Round::DownToBytes(unit) => {
                scaled(whole(elapsed, unit), self.hertz() * frame, TICKS_PER_SECOND)
            }
            Round::Up(unit) => {
                let ticks = u128::from(whole(elapsed, unit).ticks());
                let frames = (ticks * u128::from(self.hertz())).div_ceil(TICKS_PER_SECOND.into());
                u64::try_from(frames).expect("model time stays below 484 days") * frame
            }
        }
    }

    fn hertz(&self) -> u64 {
        self.stream.format.rate.hertz().into()
    }

    fn frame_bytes(&self) -> u64 {
        self.stream.format.frame_bytes().into()
    }

    fn packet_bytes(&self) -> u64 {
        self.stream.packet.get() * self.frame_bytes()
    }
}

/// `elapsed * numerator / denominator`, rounded down.
fn scaled(elapsed: SimDuration, numerator: u64, denominator: u64) -> u64 {
    let wide = u128::from(elapsed.ticks()) * u128::from(numerator) / u128::from(denominator);
    u64::try_from(wide).expect("model time stays below 484 days")
}

/// `elapsed` in whole units.
fn whole(elapsed: SimDuration, unit: SimDuration) -> SimDuration {
    let unit = unit.ticks().max(1);
    SimDuration::from_ticks(elapsed.ticks() / unit * unit)
}

/// `elapsed` rounded up to whole units.
fn up(elapsed: SimDuration, unit: SimDuration) -> SimDuration {
    let unit = unit.ticks().max(1);
    SimDuration::from_ticks(elapsed.ticks().div_ceil(unit) * unit)
}
