//! Whether the recording would notice: the arithmetic of the sample driver, each time with one
//! rule broken.

use conformance::replay::{
    Buffer, CaseFormat, Difference, POSITION_GOLDEN, PositionLogic, Presented, Read, Reading,
    Recording, Report, Tally, Tick, Trouble, replay,
};
use ks::{HwLatency, KsState, PacketCount, Position, WritePacket};
use units::Bytes;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defect {
    /// Nothing: the mutant is the original.
    None,
    /// The counter is cut to milliseconds, and not the time that has passed.
    CounterInMilliseconds,
    /// No step is ever too long for 32 bits.
    WideSteps,
    /// Every expiry of the timer moves the position.
    ExpiryMoves,
    /// A packet is stamped with its start.
    StampOfStart,
}

struct Mutant {
    inner: Box<dyn PositionLogic>,
    defect: Defect,
    interval_ms: u64,
    last: u64,
}

impl Mutant {
    /// The reading that the original is asked with.
    fn reading(&mut self, now: Reading) -> Reading {
        match self.defect {
            Defect::CounterInMilliseconds => {
                let millisecond = now.hertz / 1000;
                Reading {
                    counts: now.counts - now.counts % millisecond,
                    ..now
                }
            }
            Defect::WideSteps => {
                self.step_to(now);
                now
            }
            _ => now,
        }
    }

    /// Asks once in a second what nobody has asked for.
    fn step_to(&mut self, now: Reading) {
        while now.counts.saturating_sub(self.last) > now.hertz {
            self.last += now.hertz;
            let counts = self.last;
            // A stream without a buffer would stop the system; it has no position either.
            let _unasked = self.inner.position(Reading { counts, ..now });
        }
        self.last = now.counts;
    }
}

/// Methods that ask the original, some of them at its reading of the time.
macro_rules! ask {
    ($($name:ident($($now:ident: Reading)? $(; $argument:ident: $is:ty)?) -> $answer:ty;)*) => {
        $(fn $name(&mut self $(, $now: Reading)? $(, $argument: $is)?) -> $answer {
            $(let $now = self.reading($now);)?
            self.inner.$name($($now,)? $($argument)?)
        })*
    };
}

impl PositionLogic for Mutant {
    ask! {
        allocate_plain(; size: u32) -> Result<Buffer, Trouble>;
        free_buffer() -> ();
        register_event(; event: u32) -> Result<(), Trouble>;
        unregister_event(; event: u32) -> Result<(), Trouble>;
        set_state(now: Reading; state: KsState) -> Result<(), Trouble>;
        position(now: Reading) -> Result<Position, Trouble>;
        presentation_position(now: Reading) -> Result<Presented, Trouble>;
        packet_count(now: Reading) -> Result<PacketCount, Trouble>;
        set_write_packet(now: Reading; packet: WritePacket) -> Result<(), Trouble>;
        clock_register() -> Result<(), Trouble>;
        position_register() -> Result<(), Trouble>;
        hw_latency() -> HwLatency;
        set_format() -> Result<(), Trouble>;
        linear_position(now: Reading) -> Result<Bytes, Trouble>;
        stream_presentation_position(now: Reading) -> Result<Presented, Trouble>;
        set_write_position(; offset: u32) -> Result<(), Trouble>;
        set_last_buffer_position(; offset: u32) -> Result<(), Trouble>;
        take_reports(; into: &mut Vec<Report>) -> ();
    }

    fn allocate(&mut self, size: u32, count: u32) -> Result<Buffer, Trouble> {
        let made = self.inner.allocate(size, count)?;
        self.interval_ms = made.interval_ms.unwrap_or(0).into();
        Ok(made)
    }

    fn read_packet(&mut self, now: Reading) -> Result<Read, Trouble> {
        let now = self.reading(now);
        let read = self.inner.read_packet(now)?;
        Ok(match self.defect {
            Defect::StampOfStart => Read {
                counts: read
                    .counts
                    .wrapping_sub(self.interval_ms * now.hertz / 1000),
                ..read
            },
            _ => read,
        })
    }

    fn timer_is_armed(&self) -> bool {
        self.inner.timer_is_armed()
    }

    fn idle_expiries(&self, first: Reading, period: u64, count: u64) -> u64 {
        match self.defect {
            Defect::ExpiryMoves => 0,
            _ => self.inner.idle_expiries(first, period, count),
        }
    }

    fn tick(&mut self, now: Reading) -> Result<Tick, Trouble> {
        let now = self.reading(now);
        if self.defect == Defect::ExpiryMoves {
            self.inner.position(now)?;
        }
        self.inner.tick(now)
    }

    fn poke_packet_counter(&mut self, value: u64, last_read: u32) {
        self.inner.poke_packet_counter(value, last_read);
    }

    fn moved(&self) -> Option<u64> {
        self.inner.moved()
    }

    fn write_mark(&self) -> Option<u32> {
        self.inner.write_mark()
    }

    fn registers(&self) -> Option<Vec<(&'static str, String)>> {
        self.inner.registers()
    }
}

/// The recording, through the arithmetic with that defect.
fn replayed(defect: Defect) -> Tally {
    let recording = Recording::parse(POSITION_GOLDEN).expect("the recording is whole");
    let mut make = |format: CaseFormat| -> Box<dyn PositionLogic> {
        Box::new(Mutant {
            inner: super::sample(format),
            defect,
            interval_ms: 0,
            last: 0,
        })
    };
    replay(&recording, &mut make)
}

/// The first row that differs: case, call and column.
fn noticed(defect: Defect) -> [String; 3] {
    let first = replayed(defect).first.expect("nobody noticed");
    let Difference {
        case, call, column, ..
    } = first;
    [case, call, column]
}

#[test]
fn a_mutant_without_a_defect_is_the_original() {
    assert_eq!(replayed(Defect::None).different(), 0);
}

#[test]
fn v2_the_recording_notices_a_counter_that_is_cut_to_milliseconds() {
    assert_eq!(
        noticed(Defect::CounterInMilliseconds),
        ["REG-02", "set_state state=RUN", "internal dts"]
    );
}

#[test]
fn v2_the_recording_notices_arithmetic_that_is_wider_than_the_original() {
    assert_eq!(
        noticed(Defect::WideSteps),
        ["HUGE-02", "get_position", "outputs play"]
    );
}

#[test]
fn v21_the_recording_notices_an_expiry_that_moves_the_position() {
    assert_eq!(
        noticed(Defect::ExpiryMoves),
        ["IRR-02", "tick", "outputs consumed"]
    );
}

#[test]
fn v28_the_recording_notices_a_packet_that_is_stamped_with_its_start() {
    assert_eq!(
        noticed(Defect::StampOfStart),
        ["PAUSE-02", "get_read_packet", "outputs qpc"]
    );
}
