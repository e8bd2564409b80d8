//! `[[detector]]`.

use super::Check;
use crate::format::{DetectorPosition, GlitchDetector};
use crate::quantity::Time;

/// Nobody looks more often: a program that did would do nothing else.
const EVERY_MIN_NS: u64 = 100_000;

impl Check<'_> {
    pub(super) fn detector(&mut self, key: &str, detector: GlitchDetector) {
        if self.scenario.players().next().is_none() {
            let message =
                "nobody plays into the buffer of the speaker, so there is nothing to look at";
            self.advise(
                key,
                message,
                "add a [[client]] that plays, not past the engine",
            );
        }
        let is_told = !detector.rule.looks();
        if is_told && detector.every.is_some() {
            let message = format!("`{}` is told, and looks at nothing", detector.rule.name());
            self.say(format!("{key}.every"), message);
        }
        if is_told && detector.position != DetectorPosition::default() {
            let message = format!(
                "`{}` is told, and looks at no position",
                detector.rule.name()
            );
            self.say(format!("{key}.position"), message);
        }
        let every = detector.every.map(Time::nanos);
        if every.is_some_and(|every| every < EVERY_MIN_NS) {
            let message = "no program looks more often than every 100us";
            self.say(format!("{key}.every"), message);
        }
    }
}
