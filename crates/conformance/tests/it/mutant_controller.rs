//! Controllers that are right, and controllers that are not.

use conformance::kit::{
    Bench, ControllerBench, ControllerSource, Declared, Denied, Kit, RECORDS, STREAMS, Setup,
};
use conformance::reference::{Registers, hd_audio_controller};
use hardware::FifoUnderrun;
use hardware::spec::{self, intctl, sts};
use units::{Bytes, Hns, NtStatus};

/// What is wrong with a controller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ControllerDefect {
    OneByOne,
    OutputsFirst,
    ClearsAll,
    ForgetsEnables,
    GlobalWithoutLeave,
    ClearedByReading,
    LosesCompletions,
    NoWallClock,
    FastWallClock,
    WallClockOfStreams,
    LateIsError,
    PlaysSilence,
    StarvesSilently,
}

use ControllerDefect as D;

impl ControllerDefect {
    pub(crate) const ALL: [Self; 13] = [
        D::OneByOne,
        D::OutputsFirst,
        D::ClearsAll,
        D::ForgetsEnables,
        D::GlobalWithoutLeave,
        D::ClearedByReading,
        D::LosesCompletions,
        D::NoWallClock,
        D::FastWallClock,
        D::WallClockOfStreams,
        D::LateIsError,
        D::PlaysSilence,
        D::StarvesSilently,
    ];

    pub(crate) const fn what(self) -> (&'static str, &'static str) {
        match self {
            D::OneByOne => (
                "releases streams one by one",
                "SSYNC that is stored and not obeyed",
            ),
            D::OutputsFirst => (
                "writes records of outputs into slots of inputs",
                "fault F14; qemu/qemu 062db740",
            ),
            D::ClearsAll => ("clears all status bits at a write", "write to clear"),
            D::ForgetsEnables => (
                "shows completions whether they are enabled or not",
                "missing mask",
            ),
            D::GlobalWithoutLeave => ("asks globally for streams without leave", "missing mask"),
            D::ClearedByReading => ("clears its status when it is read", "read to clear"),
            D::LosesCompletions => ("sets no status for a completion", "fault F09"),
            D::NoWallClock => (
                "has a wall clock that reads 0",
                "fault F11; torvalds/linux, Loongson quirks",
            ),
            D::FastWallClock => (
                "has a wall clock of 48 MHz",
                "fault F11; a documented wrap after 89 s",
            ),
            D::WallClockOfStreams => (
                "has streams that are 1 % slower than its wall clock",
                "a second oscillator",
            ),
            D::LateIsError => (
                "calls it a FIFO error when the ring comes round",
                "two underruns taken for one",
            ),
            D::PlaysSilence => (
                "plays silence where nobody has refilled",
                "a ring that is emptied by being read",
            ),
            D::StarvesSilently => (
                "does not tell that its FIFO has run dry",
                "fault without a bit",
            ),
        }
    }

    /// The rule that is there for it.
    const fn rule(self) -> &'static str {
        match self {
            D::OneByOne => "P51",
            D::OutputsFirst => "P53",
            D::ClearsAll
            | D::ForgetsEnables
            | D::GlobalWithoutLeave
            | D::ClearedByReading
            | D::LosesCompletions => "P54",
            D::NoWallClock | D::FastWallClock | D::WallClockOfStreams => "P55",
            D::LateIsError | D::PlaysSilence | D::StarvesSilently => "P56",
        }
    }
}

/// A controller of the laboratory with a defect.
#[derive(Debug)]
pub(crate) struct Mutant {
    inner: Registers,
    defect: ControllerDefect,
    ring: u64,
    frame: u64,
}

pub(crate) fn controllers(defect: ControllerDefect) -> impl Bench {
    ControllerBench::new("controller", move |setup: &Setup, denied: &[Denied]| {
        Mutant {
            inner: Registers::new(setup, denied),
            defect,
            ring: setup.buffer().get(),
            frame: setup.format.frame_bytes().into(),
        }
    })
}

/// The stream whose register `register` lies at `offset`.
fn stream_at(offset: u32, register: u32) -> Option<u32> {
    (0..STREAMS).find(|stream| spec::descriptor(*stream) + register == offset)
}

impl Mutant {
    fn read(&mut self, now: Hns, offset: u32) -> u32 {
        self.inner.load(now, offset).unwrap_or(0)
    }

    fn asking(&mut self, now: Hns) -> u32 {
        (0..STREAMS).fold(0, |asking, stream| {
            let status = self.read(now, spec::descriptor(stream) + spec::SD_STS);
            let asks = status & sts::BCIS != 0;
            asking | if asks { intctl::stream(stream) } else { 0 }
        })
    }

    fn link(&mut self, now: Hns, stream: u32) -> u64 {
        let at = spec::counters(stream);
        let high = u64::from(self.read(now, at + spec::LLPU));
        high << 32 | u64::from(self.read(now, at + spec::LLPL))
    }
}

impl ControllerSource for Mutant {
    fn load(&mut self, now: Hns, offset: u32) -> Option<u32> {
        let right = self.inner.load(now, offset)?;
        let status = stream_at(offset, spec::SD_STS);
        Some(match (self.defect, offset) {
            (D::NoWallClock, spec::WALCLK) | (D::LosesCompletions, spec::INTSTS) => 0,
            (D::FastWallClock, spec::WALCLK) => right.wrapping_mul(2),
            (D::ForgetsEnables, spec::INTSTS) => {
                let asking = self.asking(now);
                let leave = self.read(now, spec::INTCTL) & asking != 0;
                asking | if leave { intctl::GLOBAL } else { 0 }
            }
            (D::GlobalWithoutLeave, spec::INTSTS) if right != 0 => right | intctl::GLOBAL,
            (D::ClearedByReading, _) if status.is_some() => {
                let _ = self.inner.store(now, offset, sts::CLEARABLE);
                right
            }
            (D::LosesCompletions, _) if status.is_some() => right & !sts::BCIS,
            (D::StarvesSilently, _) if status.is_some() => right & !sts::FIFOE,
            (D::LateIsError, _) if status.is_some_and(|n| self.link(now, n) > self.ring) => {
                right | sts::FIFOE
            }
            (D::WallClockOfStreams, _) if stream_at(offset, spec::SD_LPIB).is_some() => {
                let link = self.link(now, stream_at(offset, spec::SD_LPIB)?);
                u32::try_from((link - link / 100) % self.ring).ok()?
            }
            (D::OneByOne, _) if stream_at(offset, spec::SD_LPIB).is_some() => {
                let stream = stream_at(offset, spec::SD_LPIB)?;
                let later = u64::from(stream) * self.frame;
                let link = self.link(now, stream).saturating_sub(later);
                u32::try_from(link % self.ring).ok()?
            }
            _ => right,
        })
    }

    fn store(&mut self, now: Hns, offset: u32, value: u32) -> Result<(), NtStatus> {
        if self.defect == D::ClearsAll && stream_at(offset, spec::SD_STS).is_some() {
            return self.inner.store(now, offset, sts::CLEARABLE);
        }
        self.inner.store(now, offset, value)
    }

    fn record(&mut self, now: Hns, physical: u32) -> Option<u32> {
        let slot = (physical - RECORDS) / 8;
        let inputs = conformance::kit::INPUTS;
        match self.defect {
            D::OutputsFirst if slot >= inputs => Some(0),
            D::OutputsFirst => self.inner.record(now, physical + 8 * inputs),
            _ => self.inner.record(now, physical),
        }
    }

    fn fill(&mut self, now: Hns, stream: u32, value: u8) {
        self.inner.fill(now, stream, value);
    }

    fn heard(&mut self, now: Hns, stream: u32, offset: Bytes) -> Option<u8> {
        let heard = self.inner.heard(now, stream, offset)?;
        let is_old = offset.get() >= self.ring;
        Some(if self.defect == D::PlaysSilence && is_old {
            0
        } else {
            heard
        })
    }
}

/// The rules that the controller breaks.
fn broken(defect: ControllerDefect) -> Vec<&'static str> {
    Kit::new(1).cases(48).broken(&controllers(defect))
}

fn each_is_caught(rule: &str) {
    let defects = ControllerDefect::ALL.into_iter();
    for defect in defects.filter(|defect| defect.rule() == rule) {
        let broken = broken(defect);
        assert!(broken.contains(&rule), "{defect:?} breaks {broken:?}");
    }
}

#[test]
fn p51_streams_that_are_released_one_by_one_are_apart() {
    each_is_caught("P51");
}

#[test]
fn p53_a_record_in_the_slot_of_another_stream_is_found() {
    each_is_caught("P53");
}

#[test]
fn p54_status_that_is_not_what_streams_ask_for_is_found() {
    each_is_caught("P54");
}

#[test]
fn p55_a_wall_clock_that_is_not_that_of_the_link_is_found() {
    each_is_caught("P55");
}

#[test]
fn p56_the_two_underruns_are_told_apart() {
    each_is_caught("P56");
}

#[test]
fn p56_a_link_that_stands_when_its_fifo_is_dry_has_to_say_so() {
    let stands = || {
        ControllerBench::new("stands", |setup: &Setup, denied: &[Denied]| {
            Registers::with(setup, denied, FifoUnderrun::LinkFreezes)
        })
    };
    let kit = Kit::new(1).cases(96);
    assert_eq!(kit.broken(&stands()), ["P56"]);
    let declared = stands().declares(Declared {
        stands_when_starved: true,
        ..Declared::default()
    });
    assert!(kit.check(&declared).passed(), "{}", kit.check(&declared));
}

#[test]
fn the_controller_of_the_laboratory_breaks_no_rule() {
    let report = Kit::new(1)
        .cases(96)
        .check(&hd_audio_controller("right", Vec::new()));
    assert!(report.passed(), "{report}");
}
