//! Whether faults of the device make sense.

use super::Check;
use super::happenings::MACHINE;
use crate::format::{Fault, PositionSource};
use crate::quantity::{FrameCount, Probability, Time};

/// The one fault that strikes the microphone.
pub(super) const CAPTURE_DATA_LATE: &str = "capture-data-late";
/// The one that another stream of the same controller brings about.
const OTHER_STREAM_STARTS: &str = "playback-stalls-on-capture-start";
/// More frames than any device takes ahead or falls behind.
const FRAMES_MAX: u64 = 48_000;
/// How much faster or slower than another a counter may run.
const RATIO_MAX: u32 = 10;

impl Check<'_> {
    pub(super) fn device_fault(&mut self, key: &str, fault: &Fault) {
        self.whom(key, fault);
        self.extents(key, fault);
        self.steps(key, fault);
        self.occasions(key, fault);
        if let Some(lag) = &fault.lpib_lag {
            self.one_of(
                &format!("{key}.lpib-lag"),
                [("frames", lag.frames.is_some()), ("fifo", lag.fifo)],
            );
        }
        if let Some(grain) = &fault.burst_grain {
            self.one_of(
                &format!("{key}.burst-grain"),
                [
                    ("frames", grain.frames.is_some()),
                    ("of", grain.of.is_some()),
                ],
            );
        }
        if let Some(mismatch) = &fault.cbl_mismatch {
            self.one_of(
                &format!("{key}.cbl-mismatch"),
                [
                    ("longer", mismatch.longer.is_some()),
                    ("shorter", mismatch.shorter.is_some()),
                ],
            );
        }
        if let Some(gone) = fault
            .reads_all_ones
            .as_ref()
            .filter(|gone| gone.until <= gone.from)
        {
            self.say(
                format!("{key}.reads-all-ones.until"),
                format!(
                    "ends at {}, not after it begins at {}",
                    gone.until, gone.from
                ),
            );
        }
        if let Some(other) = &fault.delay_other_timebase {
            let (counts, of) = (other.counts, other.of);
            let is_sane = counts > 0 && of > 0;
            if !is_sane || counts / of >= RATIO_MAX || of / counts >= RATIO_MAX {
                self.say(
                    format!("{key}.delay-other-timebase"),
                    format!("{counts} for {of}; expected less than {RATIO_MAX} times as much, either way"),
                );
            }
        }
    }

    /// A fault of a device that nobody uses, or of a record that nobody reads, would do nothing.
    fn whom(&mut self, key: &str, fault: &Fault) {
        let plays = self.scenario.players().next().is_some();
        let records = self.scenario.recorders().next().is_some();
        let kinds = fault.kinds();
        let given = kinds.iter().filter(|(_, given)| *given);
        for (kind, _) in given.filter(|(kind, _)| !MACHINE.contains(kind)) {
            let key = format!("{key}.{kind}");
            if *kind == OTHER_STREAM_STARTS {
                if !(plays && records && self.scenario.microphone_beside().is_some()) {
                    let message = "it strikes a speaker whose controller starts another stream, and there is none";
                    let help = "`controller = \"speaker\"` in [microphone], and clients that play and record";
                    self.advise(key, message, help);
                }
            } else if *kind == CAPTURE_DATA_LATE {
                if !records {
                    let help = "a table [microphone] and a client that records, or leave it away";
                    self.advise(key, "it strikes a microphone, and nobody records", help);
                }
            } else if !plays && records {
                let help =
                    "a client that plays, or `capture-data-late`, which strikes the microphone";
                self.advise(key, "it strikes the speaker, and nobody plays", help);
            } else if kind.starts_with("posbuf-")
                && self.scenario.device.position_source == PositionSource::Lpib
            {
                let help = "`position-source = \"position-buffer\"` in [device]";
                self.advise(key, "the driver does not read the position buffer", help);
            }
        }
    }

    /// A suite or a class of a device that nobody uses would do nothing.
    pub(super) fn whose_suite(&mut self) {
        let is_used = self.scenario.players().next().is_some();
        if is_used || self.scenario.recorders().next().is_none() {
            return;
        }
        let device = &self.scenario.device;
        let given = [
            ("device.faults", device.faults.is_some()),
            ("device.class", device.class.is_some()),
        ];
        for (key, _) in given.into_iter().filter(|(_, given)| *given) {
            let help = "a client that plays, or `faults` in [microphone]";
            self.advise(key, "it is of the speaker, and nobody plays", help);
        }
    }

    /// Frames that a fault adds or takes off.
    fn extents(&mut self, key: &str, fault: &Fault) {
        let by = |fault: &Option<crate::format::ByFrames>| fault.as_ref().map(|by| by.frames);
        let given = [
            (
                "lpib-lag",
                fault.lpib_lag.as_ref().and_then(|lag| lag.frames),
            ),
            ("lpib-lead", by(&fault.lpib_lead)),
            ("dpib-early", by(&fault.dpib_early)),
            ("irq-early", by(&fault.irq_early)),
            ("pos-at-or-above-cbl", by(&fault.pos_at_or_above_cbl)),
            ("mem-passes-link", by(&fault.mem_passes_link)),
            ("pause-adds-delay", by(&fault.pause_adds_delay)),
            (
                "backwards",
                fault.backwards.as_ref().map(|back| back.frames),
            ),
            (
                "cbl-mismatch",
                fault
                    .cbl_mismatch
                    .as_ref()
                    .and_then(|by| by.longer.or(by.shorter)),
            ),
            (
                "irq-spurious",
                fault.irq_spurious.as_ref().map(|spurious| spurious.after),
            ),
        ];
        for (name, frames) in given {
            if frames.is_some_and(|frames| frames.get() > FRAMES_MAX) {
                self.say(
                    format!("{key}.{name}"),
                    format!("expected at most {FRAMES_MAX}fr"),
                );
            }
        }
    }

    /// Steps of frames and of time: something that is zero would never end.
    fn steps(&mut self, key: &str, fault: &Fault) {
        let frames = [
            (
                "burst-grain.frames",
                fault.burst_grain.as_ref().and_then(|grain| grain.frames),
            ),
            (
                "backwards.every",
                fault.backwards.as_ref().map(|back| back.every),
            ),
        ];
        for (name, step) in frames {
            if step.is_some_and(|step: FrameCount| step.get() == 0) {
                self.say(format!("{key}.{name}"), "expected `1fr` or more");
            }
        }
        let ticks = [
            ("ticks.every", fault.ticks.as_ref().map(|ticks| ticks.every)),
            (
                "read-moves-engine.every",
                fault.read_moves_engine.as_ref().map(|ticks| ticks.every),
            ),
        ];
        for (name, step) in ticks {
            if step.is_some_and(|step: Time| step.nanos() < 1_000) {
                self.say(format!("{key}.{name}"), "expected `1us` or more");
            }
        }
    }

    fn occasions(&mut self, key: &str, fault: &Fault) {
        let of = |fault: &Option<crate::format::Occasions>| {
            fault.as_ref().map(|odds| (odds.event, odds.probability))
        };
        let spurious = fault.irq_spurious.as_ref();
        let given = [
            ("irq-lost", of(&fault.irq_lost)),
            ("msi-edge-lost", of(&fault.msi_edge_lost)),
            (
                "irq-spurious",
                spurious.map(|odds| (odds.event, odds.probability)),
            ),
        ];
        for (name, odds) in given {
            let Some((event, probability)) = odds else {
                continue;
            };
            let key = format!("{key}.{name}");
            self.one_of(
                &key,
                [
                    ("event", event.is_some()),
                    ("probability", Option::<Probability>::is_some(&probability)),
                ],
            );
            if event == Some(0) {
                self.say(
                    format!("{key}.event"),
                    "expected 1 or more: they are counted from 1",
                );
            }
        }
        if fault
            .stuck_after_resume
            .as_ref()
            .is_some_and(|stuck| stuck.start == 0)
        {
            self.say(
                format!("{key}.stuck-after-resume.start"),
                "expected 1 or more: they are counted from 1",
            );
        }
    }

    fn one_of(&mut self, key: &str, keys: [(&str, bool); 2]) {
        if keys[0].1 == keys[1].1 {
            let [(one, _), (other, _)] = keys;
            self.say(
                key,
                format!("expected exactly one of `{one}` and `{other}`"),
            );
        }
    }
}
