//! What detectors saw, against what happened.

use truth::{Glitch, Ledger};
use units::{Clock, Frames, NtStatus, SimDuration, SimTime};

use crate::format::{DetectorRule, GlitchDetector};
use crate::result::DetectorResult;
use crate::stack::Stack;
use crate::stack::watch::Alarm;

impl Stack {
    /// Each detector against the glitches of the speaker, in the order of the file.
    pub(super) fn detectors(&self, truth: Option<&Ledger>) -> Vec<DetectorResult> {
        let glitches = truth.map_or(&[][..], Ledger::glitches);
        let spans: Vec<Span> = glitches.iter().map(|glitch| self.span(glitch)).collect();
        let all = self.scenario.detectors.iter().enumerate();
        let result = |(place, detector): (usize, &GlitchDetector)| {
            let watchers = self.watch.watchers();
            let watcher = watchers.iter().find(|watcher| watcher.place == place);
            let alarms = match detector.rule {
                DetectorRule::PacketStatus => self.refused(truth, |_| true),
                DetectorRule::WindowsEvents => self.logged(truth),
                _ => watcher.map_or_else(Vec::new, |watcher| watcher.alarms.clone()),
            };
            let looks = watcher.map(|watcher| watcher.looks);
            compared(detector.rule, looks, &alarms, &spans)
        };
        all.map(result).collect()
    }

    /// Packets that the driver did not simply accept, with an `is_one` status.
    fn refused(&self, truth: Option<&Ledger>, is_one: fn(NtStatus) -> bool) -> Vec<Alarm> {
        let writes = truth.into_iter().flat_map(|truth| &truth.account().writes);
        let refused = writes.filter(|write| write.status != NtStatus::SUCCESS);
        refused
            .filter(|write| is_one(write.status))
            .map(|write| self.about_the_buffer(write.done.time))
            .collect()
    }

    /// What the engine would have logged: it knows where it found too little of a client, and which of its
    /// packets were late. Nobody logs anything for an exclusive client.
    fn logged(&self, truth: Option<&Ledger>) -> Vec<Alarm> {
        if !self.scenario.is_shared() {
            return Vec::new();
        }
        let mut alarms = self.refused(truth, |status| status == NtStatus::DATA_LATE_ERROR);
        let starved = truth.into_iter().flat_map(|truth| &truth.account().starved);
        alarms.extend(starved.map(|starved| self.about_the_buffer(starved.at.time)));
        alarms.sort_by_key(|alarm| alarm.at);
        alarms
    }

    fn buffer_length(&self) -> SimDuration {
        let Some(opened) = self.players.opened() else {
            return SimDuration::ZERO;
        };
        let clock = Clock::nominal(SimTime::ZERO, opened.mapping.format().rate);
        clock
            .instant_of(opened.mapping.frames().get())
            .since(SimTime::ZERO)
    }

    /// Who writes a packet at `at` knows of what is in the buffer then, and of what it has just played.
    fn about_the_buffer(&self, at: SimTime) -> Alarm {
        let buffer = self.buffer_length();
        let since = SimTime::from_ticks(at.ticks().saturating_sub(buffer.ticks()));
        let until = at + buffer;
        Alarm { at, since, until }
    }

    fn span(&self, glitch: &Glitch) -> Span {
        let length = super::nanos_of(
            Frames::new(glitch.frames),
            self.scenario.device.format.rate.hertz(),
        );
        Span {
            begins: glitch.starts,
            ends: glitch.starts + SimDuration::from_nanos(length) + glitch.held,
        }
    }
}

/// When a glitch was heard, both ends included.
#[derive(Clone, Copy, Debug)]
struct Span {
    begins: SimTime,
    ends: SimTime,
}

/// How many of `glitches` some alarm is about, and how many of `alarms` are about none.
fn compared(
    rule: DetectorRule,
    looks: Option<u64>,
    alarms: &[Alarm],
    glitches: &[Span],
) -> DetectorResult {
    let is_about =
        |alarm: &Alarm, glitch: &Span| alarm.since <= glitch.ends && glitch.begins <= alarm.until;
    // Both are in order, so of each only the neighbours of the other matter.
    let seen = glitches.iter().filter(|glitch| {
        let first = alarms.partition_point(|alarm| alarm.until < glitch.begins);
        alarms[first..]
            .first()
            .is_some_and(|alarm| is_about(alarm, glitch))
    });
    let seen = seen.count() as u64;
    let is_false = |alarm: &&Alarm| {
        let first = glitches.partition_point(|glitch| glitch.ends < alarm.since);
        !glitches[first..]
            .first()
            .is_some_and(|glitch| is_about(alarm, glitch))
    };
    DetectorResult {
        rule: rule.name(),
        looks,
        alarms: alarms.len() as u64,
        seen,
        missed: glitches.len() as u64 - seen,
        false_alarms: alarms.iter().filter(is_false).count() as u64,
        alarms_ns: alarms
            .iter()
            .map(|alarm| alarm.at.to_nanos_floor())
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(millis: u64) -> SimTime {
        SimTime::from_nanos(millis * 1_000_000)
    }

    fn table(alarms: &[u64], glitches: &[(u64, u64)]) -> [u64; 3] {
        let alarms: Vec<Alarm> = alarms
            .iter()
            .map(|&at| Alarm {
                at: ms(at),
                since: ms(at - 10),
                until: ms(at + 10),
            })
            .collect();
        let glitches: Vec<Span> = glitches
            .iter()
            .map(|&(begins, ends)| Span {
                begins: ms(begins),
                ends: ms(ends),
            })
            .collect();
        let result = compared(DetectorRule::Alsa, None, &alarms, &glitches);
        [result.seen, result.missed, result.false_alarms]
    }

    #[test]
    fn an_alarm_is_about_what_is_heard_between_its_ends() {
        assert_eq!(table(&[100], &[(90, 95)]), [1, 0, 0]);
        assert_eq!(
            table(&[100], &[(80, 90)]),
            [1, 0, 0],
            "the ends are included"
        );
        assert_eq!(table(&[100], &[(80, 89)]), [0, 1, 1]);
        assert_eq!(table(&[100], &[(110, 120)]), [1, 0, 0]);
        assert_eq!(table(&[100], &[(111, 120)]), [0, 1, 1]);
    }

    #[test]
    fn one_alarm_can_be_about_several_glitches_and_several_about_one() {
        assert_eq!(table(&[100], &[(91, 92), (94, 95), (130, 131)]), [2, 1, 0]);
        assert_eq!(table(&[100, 110, 140], &[(95, 105)]), [1, 0, 1]);
        assert_eq!(table(&[], &[(1, 2)]), [0, 1, 0]);
        assert_eq!(table(&[100], &[]), [0, 0, 1]);
    }
}
