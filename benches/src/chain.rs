//! The chain that all engines run: four actors that pass one period on.
//!
//! ```text
//!  dma ──▶ port ──▶ engine ──▶ client      per period of 10 ms six timed events:
//!                     ▲           │        boundary, ISR, DPC, wake, done, mixed
//!                     └───────────┘
//! ```
//! This is the pure core: told which step happens when, and asked how long the next one takes.
//! [`actors`] drives it with async actors, [`plain`] with a loop and a heap; the peers, who know
//! nothing of our types, with its parts [`Jitter`] and [`StepHash`].

pub mod actors;
pub mod plain;
mod unrecorded;

use units::{SimDuration, SimTime};
use vtime::{Descriptor, Field, Keep};

/// Length of a period.
pub const PERIOD: SimDuration = SimDuration::from_millis(10);
/// Frames in a period.
pub const PERIOD_FRAMES: u64 = 480;
/// Frames written before the first period.
pub const PRIMED_FRAMES: u64 = 2 * PERIOD_FRAMES;

/// What becomes of the entries of a history. The digest covers them all in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entries {
    /// None is kept.
    Digested,
    /// All are kept until a second of model time is over, and let go then. So does the command
    /// with a run that nobody wants a trace of: it takes its notes of each second.
    LetGo,
    /// All are kept.
    Kept,
}

impl Entries {
    const fn keep(self) -> Keep {
        match self {
            Self::Digested => Keep::Digest,
            Self::LetGo | Self::Kept => Keep::All,
        }
    }

    /// The ends of the seconds up to `until`, if entries are let go then; else just `until`.
    fn slices(self, from: SimTime, until: SimTime) -> impl Iterator<Item = SimTime> {
        let step = match self {
            Self::LetGo => SimDuration::from_millis(1_000),
            Self::Digested | Self::Kept => until.since(from),
        };
        let ends = std::iter::successors(Some(from + step), move |&end| Some(end + step));
        ends.take_while(move |&end| end < until).chain([until])
    }
}

/// The actors of a stack, in the order of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Finds period boundaries.
    Dma,
    /// Runs ISR and DPC.
    Port,
    /// Wakes the client and mixes.
    Engine,
    /// Fills its packet.
    Client,
}

impl Part {
    /// All, in order.
    pub const ALL: [Self; 4] = [Self::Dma, Self::Port, Self::Engine, Self::Client];

    /// The actor's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dma => "dma",
            Self::Port => "port",
            Self::Engine => "engine",
            Self::Client => "client",
        }
    }
}

/// The six timed events of a period, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The DMA engine passes the end of a packet.
    Boundary,
    /// The interrupt service routine runs.
    Isr,
    /// The deferred procedure call runs.
    Dpc,
    /// The engine wakes up.
    Wake,
    /// The client has filled its packet.
    Done,
    /// The engine has mixed it.
    Mixed,
}

const fn described(name: &'static str) -> Descriptor {
    const FIELDS: &[Field] = &[Field {
        name: "hash",
        unit: "1",
    }];
    Descriptor::new(name, FIELDS)
}

static DESCRIPTORS: [Descriptor; 6] = [
    described("period boundary"),
    described("interrupt serviced"),
    described("deferred call run"),
    described("engine awake"),
    described("client done"),
    described("mix done"),
];

impl Step {
    /// All, in order.
    pub const ALL: [Self; 6] = [
        Self::Boundary,
        Self::Isr,
        Self::Dpc,
        Self::Wake,
        Self::Done,
        Self::Mixed,
    ];

    /// Whose step it is.
    pub const fn part(self) -> Part {
        match self {
            Self::Boundary => Part::Dma,
            Self::Isr | Self::Dpc => Part::Port,
            Self::Wake | Self::Mixed => Part::Engine,
            Self::Done => Part::Client,
        }
    }

    /// How long the step takes from the one before it, without jitter.
    pub const fn base_nanos(self) -> u32 {
        match self {
            Self::Boundary => 10_000_000,
            Self::Isr => 2_000,
            Self::Dpc => 10_000,
            Self::Wake => 30_000,
            Self::Done => 100_000,
            Self::Mixed => 200_000,
        }
    }

    /// What its history entry is called.
    pub fn descriptor(self) -> &'static Descriptor {
        &DESCRIPTORS[self as usize]
    }
}

/// An actor's source of 0 to 1023 ns: a linear congruential generator of 32 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "peers", derive(serde::Serialize, serde::Deserialize))]
pub struct Jitter(u32);

impl Jitter {
    /// The generator of `part` of stack number `stack`.
    pub const fn of(stack: u32, part: Part) -> Self {
        Self(stack.wrapping_mul(4).wrapping_add(part as u32))
    }

    /// The next number of nanoseconds.
    pub const fn next_nanos(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0 >> 22
    }
}

/// What an actor did, folded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "peers", derive(serde::Serialize, serde::Deserialize))]
pub struct StepHash(u32);

impl StepHash {
    /// Folds `step` at `nanos`.
    #[expect(clippy::cast_possible_truncation, reason = "the low half is meant")]
    pub const fn fold(&mut self, step: Step, nanos: u64) {
        let kind = step as u32 + 1;
        self.0 = self
            .0
            .wrapping_mul(33)
            .wrapping_add(nanos as u32)
            .wrapping_add(kind);
    }

    /// The hash.
    pub const fn get(self) -> u64 {
        self.0 as u64
    }
}

/// When the first period of stack number `stack` begins, in nanoseconds.
pub fn start_nanos(stack: u32) -> u64 {
    u64::from(stack) * 7919 * 13 % 10_000_000
}

/// One stack: all that its four actors compute.
#[derive(Clone, Debug)]
pub struct Stack {
    start: SimTime,
    periods: u64,
    played_frames: u64,
    written_frames: u64,
    glitches: u64,
    events: u64,
    hashes: [StepHash; 4],
    jitters: [Jitter; 4],
}

impl Stack {
    /// Stack number `stack`.
    pub fn new(stack: u32) -> Self {
        Self {
            start: SimTime::from_nanos(start_nanos(stack)),
            periods: 0,
            played_frames: 0,
            written_frames: PRIMED_FRAMES,
            glitches: 0,
            events: 0,
            hashes: [StepHash::default(); 4],
            jitters: Part::ALL.map(|part| Jitter::of(stack, part)),
        }
    }

    /// When the next period ends.
    pub fn next_boundary(&self) -> SimTime {
        self.start + SimDuration::from_ticks((self.periods + 1) * PERIOD.ticks())
    }

    /// How long `step` takes this time.
    pub fn delay(&mut self, step: Step) -> SimDuration {
        let jitter = self.jitters[step.part() as usize].next_nanos();
        SimDuration::from_nanos(u64::from(step.base_nanos() + jitter))
    }

    /// Lets `step` happen. Returns the actor's hash, for the history.
    #[inline]
    pub fn happen(&mut self, step: Step, now: SimTime) -> u64 {
        match step {
            Step::Boundary => {
                self.periods += 1;
                self.played_frames += PERIOD_FRAMES;
                self.glitches += u64::from(self.played_frames > self.written_frames);
            }
            Step::Mixed => self.written_frames += PERIOD_FRAMES,
            Step::Isr | Step::Dpc | Step::Wake | Step::Done => {}
        }
        self.events += 1;
        let hash = &mut self.hashes[step.part() as usize];
        hash.fold(step, now.to_nanos_floor());
        hash.get()
    }

    /// Timed events so far.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// The sum of all hashes and glitches.
    pub fn checksum(&self) -> u64 {
        self.hashes.iter().map(|hash| hash.get()).sum::<u64>() + self.glitches
    }
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The sum of the stacks' checksums.
    pub checksum: u64,
    /// The exclusive or of the digests of the stacks' histories; 0 if there were none.
    pub digest: u64,
    /// Timed events.
    pub events: u64,
}

impl Outcome {
    /// Adds a stack's to a run's.
    pub fn add(&mut self, other: Self) {
        self.checksum += other.checksum;
        self.digest ^= other.digest;
        self.events += other.events;
    }
}
