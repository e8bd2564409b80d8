//! What a controller is like.

use ring::Samples;
use units::{Bytes, Frames, SampleRate, SimDuration, SimTime};
use vtime::Rng;

use crate::crystal::CrystalWalk;
use crate::format::{SampleSize, StreamFormat};
use crate::pace::{FifoRule, Pace};
use crate::spec;

/// The properties of a controller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControllerConfig {
    /// How much its crystal is fast, in parts per 10^9; slow if negative.
    ///
    /// There is one crystal: wall clock and all streams share it and never drift apart.
    pub ppb: i32,
    /// How it wanders around that; `None` if it never does.
    pub wander: Option<CrystalWalk>,
    /// Rate of the wall clock.
    ///
    /// 24 MHz, with which it wraps after 178.957 s. A public page says 89 s, which would be
    /// 48 MHz.
    pub wall_clock: SampleRate,
    /// How an interrupt reaches the processor.
    pub delivery: Delivery,
    /// Lines that carry outputs, and lines that carry inputs, at least one each. What the streams
    /// that run need together must fit.
    pub lines: Lines,
    /// When the bus grants nothing to anybody, beside what each stream waits.
    pub stalls: Vec<BusStall>,
    /// The input streams, at most [`STREAMS_MAX`](spec::STREAMS_MAX). Their descriptors come
    /// first.
    pub inputs: Vec<StreamConfig>,
    /// The output streams, at most [`STREAMS_MAX`](spec::STREAMS_MAX).
    pub outputs: Vec<StreamConfig>,
    /// The streams that can be either, at most [`STREAMS_MAX`](spec::STREAMS_MAX). Their
    /// descriptors come last.
    pub bidirectional: Vec<StreamConfig>,
}

/// Lines of the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// Each carries 960 bits of samples in a link frame: 1, 2 or 4.
    #[doc(alias = "SDO")]
    pub out: u32,
    /// Each carries 464 bits of samples in a link frame.
    #[doc(alias = "SDI")]
    pub input: u32,
}

/// A time in which the bus grants nothing. What was asked for is granted at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BusStall {
    /// From when on.
    pub from: SimTime,
    /// Until when.
    pub until: SimTime,
}

/// How an interrupt reaches the processor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// A message when the line goes up, and only then. Whoever leaves a stream unacknowledged gets
    /// no other until the line has been down.
    #[default]
    MsiEdge,
    /// The line itself: as long as it is up after an acknowledgement, the routine is called again.
    ///
    /// Model: a routine that acknowledges nothing is not called again at once, where a processor
    /// would never get away from it.
    #[doc(alias = "Intx")]
    Level,
}

/// The properties of a stream's DMA engine, and of the codec behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamConfig {
    /// What the FIFO holds, including the frame that is going to the converter or coming from it.
    pub fifo: Extent,
    /// What it holds of samples of 20 and 24 bits, if that differs.
    pub fifo_of_24_bits: Option<Extent>,
    /// How much is fetched, or stored, at a time.
    pub burst: Extent,
    /// What it does at the end of its descriptor list.
    pub at_end: AtEnd,
    /// When a descriptor of an output counts as completed. One of an input does when its last
    /// byte is in memory.
    pub count_on: CountOn,
    /// What an input does with less than a burst at the end of a descriptor.
    pub flush: Flush,
    /// When a frame of an input lies in memory.
    pub store: Store,
    /// How long a burst waits for the bus.
    pub grant_latency: SimDuration,
    /// What the link of an output does when the FIFO has run dry.
    pub fifo_underrun: FifoUnderrun,
    /// How frames are spread over time.
    pub cadence: Cadence,
    /// How the multiples of a base rate are put into link frames.
    pub packing: Packing,
    /// Whose the cadence is.
    pub cadence_phase: CadencePhase,
    /// When the first frame follows RUN.
    pub start: Start,
    /// What the position buffer in memory shows.
    pub position_record: PositionRecord,
    /// How late a register shows what it shows.
    pub shown: Shown,
    /// From the link to the jack, or from the jack to the link.
    pub codec_delay: SimDuration,
    /// Whether the [`LinkLog`](crate::LinkLog) keeps samples, and an input stores any.
    pub record: Samples,
}

/// A size that is a number of frames in any format, or a number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// So many frames.
    Frames(Frames),
    /// So many bytes.
    Bytes(Bytes),
}

/// What a DMA engine does at the end of its descriptor list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AtEnd {
    /// It begins anew, by itself.
    #[default]
    Loops,
    /// It halts, unless it was armed for one more round.
    ///
    /// RUN arms the first round after a reset. Each write of the list's address to
    /// [`SD_BDPL`](crate::spec::SD_BDPL) after that arms one more, also while the stream runs. What
    /// is in the FIFO still goes out; then the link stands, and goes on as after RUN. The status has
    /// a bit that says so, [`HALTED`](crate::spec::sts::HALTED). Only for an output, on a bus that
    /// keeps nobody waiting, whose list ends with a slot of the link.
    ///
    /// Source: `audio/developing-a-wavert-miniport-driver.md`, "Scatter-Gather DMA and Buffer
    /// Looping": such devices exist, and their driver sends them back to the beginning. Model: how
    /// it does.
    Halts,
}

/// When a descriptor of an output counts as completed, and so when its interrupt comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountOn {
    /// When its last frame has left on the link.
    Link,
    /// When its last byte has been fetched, up to a FIFO earlier.
    ///
    /// Source: AMD SB600 register reference, "buffer completion interrupt status".
    Memory,
}

/// What an input does with less than a burst at the end of a descriptor.
///
/// Model: no data sheet tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flush {
    /// It is stored at once, so that the descriptor is completed with its last frame.
    #[default]
    DescriptorEnd,
    /// It waits for the rest of the burst.
    WholeBursts,
}

/// When a frame of an input lies in memory, where the next reader finds it.
///
/// What counts as stored, in positions and for interrupts, is what has wholly arrived either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Store {
    /// When it has wholly arrived, with the burst that it belongs to.
    #[default]
    Arrived,
    /// When it begins: the converter's sample of an instant is in memory at that instant, as an
    /// output of the reference device fetches a frame when it begins. Bursts do not matter.
    Begun,
}

/// How frames are spread over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cadence {
    /// Each frame takes the same time.
    Even,
    /// On the grid of 48 000 link frames per second: each carries a group of frames or none.
    ///
    /// At 44.1 kHz 147 of 160 link frames carry one. Model: the groups of a stream are counted
    /// from its own first link frame, and the multiples of a base rate travel together.
    LinkFrames,
}

/// When the first frame follows RUN.
///
/// Where bursts are kept waiting an output begins no earlier than its FIFO is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At that very instant.
    AtOnce,
    /// With the first link frame that has not begun yet.
    NextLinkFrame,
}

/// What the link of an output does when its FIFO has run dry. An input that cannot store what
/// arrives drops it, and its position stands.
///
/// Model: no data sheet tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FifoUnderrun {
    /// It sends zeros, and positions go on. What comes too late is dropped.
    #[default]
    LinkAdvancesZeros,
    /// It sends nothing, and positions stand until there is something.
    LinkFreezes,
}

/// How the multiples of a base rate are put into link frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Packing {
    /// A whole group in one link frame: at 32 kHz two, none, none.
    #[default]
    Grouped,
    /// As evenly as can be: at 32 kHz one, one, none.
    Spread,
}

/// Whose the cadence is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CadencePhase {
    /// The stream's own, from its first link frame on.
    #[default]
    Stream,
    /// That of the link, from when the controller left reset.
    Link,
}

/// What the position buffer in memory shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "DPLBASE")]
pub struct PositionRecord {
    /// Which side's position.
    pub tracks: Tracks,
    /// How long a record is on its way to memory.
    pub latency: SimDuration,
}

/// Which side a position is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tracks {
    /// What was fetched, or is in memory.
    ///
    /// Source: Intel 800-series data sheet, "DMA position buffer"; older parts differ.
    #[default]
    Memory,
    /// What has gone over the link.
    Link,
}

/// How late the link position shows what it shows.
///
/// Each link frame publishes its position once, so a reading is late and never wrong, and never
/// goes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// Always.
    pub delay: SimDuration,
    /// Beside that, up to so much, drawn for each link frame on its own.
    pub jitter_max: SimDuration,
    /// What the draws depend on, beside stream and link frame.
    pub seed: u64,
}

impl Shown {
    /// How late slot `slot` of a stream shows itself beside the delay.
    pub(crate) fn jitter(self, slot: u64) -> SimDuration {
        if self.jitter_max.is_zero() {
            return SimDuration::ZERO;
        }
        let mut drawn = Rng::new(self.seed ^ slot.rotate_left(32));
        SimDuration::from_ticks(drawn.below(self.jitter_max.ticks() + 1))
    }
}

impl Extent {
    /// In bytes, for frames of `frame_bytes`.
    pub const fn bytes(self, frame_bytes: Bytes) -> Bytes {
        match self {
            Self::Frames(frames) => Bytes::new(frames.get() * frame_bytes.get()),
            Self::Bytes(bytes) => bytes,
        }
    }
}

impl StreamConfig {
    /// The reference device: evenly spaced frames, each fetched when it begins and counted on the
    /// link, or in memory when it has wholly arrived; no delay.
    pub const fn k0() -> Self {
        Self {
            fifo: Extent::Frames(Frames::new(1)),
            burst: Extent::Frames(Frames::new(1)),
            at_end: AtEnd::Loops,
            count_on: CountOn::Link,
            flush: Flush::DescriptorEnd,
            store: Store::Arrived,
            cadence: Cadence::Even,
            start: Start::AtOnce,
            fifo_of_24_bits: None,
            grant_latency: SimDuration::ZERO,
            fifo_underrun: FifoUnderrun::LinkAdvancesZeros,
            packing: Packing::Grouped,
            cadence_phase: CadencePhase::Stream,
            position_record: PositionRecord {
                tracks: Tracks::Memory,
                latency: SimDuration::ZERO,
            },
            shown: Shown {
                delay: SimDuration::ZERO,
                jitter_max: SimDuration::ZERO,
                seed: 0,
            },
            codec_delay: SimDuration::ZERO,
            record: Samples::Left,
        }
    }

    /// The reference input: the same, with each frame in memory when it begins.
    pub const fn k0_input() -> Self {
        Self {
            store: Store::Begun,
            ..Self::k0()
        }
    }

    /// An HD Audio output: a FIFO of 192 bytes filled in bursts of 32, link frames, completion
    /// on the memory side.
    ///
    /// Source: Intel ICH6 data sheet, `SDnFIFOS` and `SDnFIFOW`.
    pub const fn hd_audio() -> Self {
        Self {
            fifo: Extent::Bytes(Bytes::new(192)),
            burst: Extent::Bytes(Bytes::new(32)),
            count_on: CountOn::Memory,
            cadence: Cadence::LinkFrames,
            start: Start::NextLinkFrame,
            ..Self::k0()
        }
    }

    /// An HD Audio input: the same with a FIFO of 120 bytes.
    ///
    /// Source: Intel ICH6 data sheet, `SDnFIFOS`.
    pub const fn hd_audio_input() -> Self {
        Self {
            fifo: Extent::Bytes(Bytes::new(120)),
            ..Self::hd_audio()
        }
    }

    /// The same with `prefetch` frames taken ahead of the one that goes to the converter, in
    /// bursts of `burst` frames: frame `f` is in the FIFO when frame `f - prefetch` begins.
    #[must_use]
    pub fn with_prefetch(self, prefetch: Frames, burst: Frames) -> Self {
        Self {
            fifo: Extent::Frames(prefetch + burst),
            burst: Extent::Frames(burst),
            ..self
        }
    }

    /// By how much positions rise at a time in `format`: the frames that travel together.
    pub fn frames_at_once(&self, format: StreamFormat) -> Frames {
        Frames::new(self.pace(format).most_at_once())
    }

    /// True if the FIFO never lets the link run dry in `format`, or never runs over: it holds what
    /// one slot takes beside the burst that does not fit. A stream in any other format cannot run.
    pub fn feeds(&self, format: StreamFormat) -> bool {
        self.fifo_rule(format).is_some()
    }

    /// What the FIFO holds of `format`.
    pub fn fifo_of(&self, format: StreamFormat) -> Bytes {
        let is_wide = matches!(format.size(), SampleSize::Bits20 | SampleSize::Bits24);
        let wide = self.fifo_of_24_bits.filter(|_| is_wide);
        wide.unwrap_or(self.fifo).bytes(format.frame_bytes())
    }

    /// How frames of `format` are spread over time.
    pub(crate) fn pace(&self, format: StreamFormat) -> Pace {
        Pace::of(self.cadence, self.packing, format)
    }

    /// How the FIFO is filled in `format`; `None` if that is not enough.
    pub(crate) fn fifo_rule(&self, format: StreamFormat) -> Option<FifoRule> {
        self.fifo_rule_with(format, self.burst.bytes(format.frame_bytes()))
    }

    /// The same with bursts of another size.
    pub(crate) fn fifo_rule_with(&self, format: StreamFormat, burst: Bytes) -> Option<FifoRule> {
        let (fifo, frame) = (self.fifo_of(format), format.frame_bytes());
        let group = self.frames_at_once(format).get();
        FifoRule::new(fifo.get(), burst.get(), frame.get(), group)
    }

    /// Frames that an input has heard at the jack when `position` frames have arrived on the link:
    /// those, and the ones that the codec holds.
    ///
    /// Rounds down: a frame counts once all of it was heard. Before the first frame has arrived
    /// there is nothing.
    pub fn heard(&self, position: Frames, rate: SampleRate) -> Frames {
        if position.is_zero() {
            return position;
        }
        let scaled = u128::from(self.codec_delay.ticks()) * u128::from(rate.hertz());
        let held = scaled / u128::from(units::TICKS_PER_SECOND);
        position + Frames::new(u64::try_from(held).expect("model time stays below 484 days"))
    }

    /// Frames presented at the jack when `position` frames have left on the link.
    ///
    /// Rounds down: a frame counts once all of it is out.
    pub fn presented(&self, position: Frames, rate: SampleRate) -> Frames {
        let scaled = u128::from(self.codec_delay.ticks()) * u128::from(rate.hertz());
        let delay = scaled.div_ceil(u128::from(units::TICKS_PER_SECOND));
        position.saturating_sub(Frames::new(u64::try_from(delay).unwrap_or(u64::MAX)))
    }
}

impl ControllerConfig {
    /// A controller with one [reference](StreamConfig::k0) output and an exact crystal.
    pub fn k0() -> Self {
        Self::with_output(StreamConfig::k0())
    }

    /// A controller with one [HD Audio](StreamConfig::hd_audio) output and an exact crystal.
    pub fn hd_audio() -> Self {
        Self::with_output(StreamConfig::hd_audio())
    }

    /// A controller with one output and an exact crystal.
    pub fn with_output(output: StreamConfig) -> Self {
        Self {
            outputs: vec![output],
            ..Self::without_streams()
        }
    }

    /// A controller with one input and an exact crystal.
    pub fn with_input(input: StreamConfig) -> Self {
        Self {
            inputs: vec![input],
            ..Self::without_streams()
        }
    }

    /// A controller with an exact crystal and nothing else: to be filled.
    pub fn without_streams() -> Self {
        Self {
            ppb: 0,
            wander: None,
            wall_clock: SampleRate::new(spec::BIT_CLOCK_HZ).expect("not zero"),
            delivery: Delivery::default(),
            lines: Lines { out: 1, input: 1 },
            stalls: Vec::new(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            bidirectional: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use units::{SampleFormat, WaveFormat};

    use super::*;

    #[test]
    fn a_fifo_that_holds_less_than_a_slot_takes_does_not_feed_the_link() {
        let fast = WaveFormat::new(192_000, 2, SampleFormat::S16).unwrap();
        let fast = StreamFormat::of(fast).unwrap();
        let hd_audio = StreamConfig::hd_audio();
        assert!(hd_audio.feeds(fast));
        let none_ahead = hd_audio.with_prefetch(Frames::ZERO, Frames::new(1));
        assert!(!none_ahead.feeds(fast), "four frames travel together");
        assert!(StreamConfig::k0().feeds(fast));
    }

    #[test]
    fn the_codec_delay_is_taken_off_in_whole_frames() {
        let delayed = StreamConfig {
            codec_delay: SimDuration::from_micros(50),
            ..StreamConfig::k0()
        };
        let presented = |position| {
            delayed
                .presented(Frames::new(position), SampleRate::HZ_48000)
                .get()
        };
        // 50 µs are 2.4 frames.
        assert_eq!([presented(0), presented(3), presented(480)], [0, 0, 477]);
    }
}
