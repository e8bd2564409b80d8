//! The cyclic buffer as it is made.

use ks::KsState;
use units::NtStatus;

use super::{Model, Ring};
use crate::kit::Answer;

/// What every device can make.
const MODEST: u64 = 1 << 22;
/// What no device can make.
const LARGEST: u64 = 1 << 48;

impl Model<'_> {
    pub(super) fn buffer_call(&mut self, requested: u64, packets: Option<u32>, answer: Answer) {
        let frame = self.frame();
        let wrong_count =
            packets.is_some_and(|packets| !(1..=self.declared.packets_max).contains(&packets));
        let refused = match answer {
            Answer::Buffer { .. } => false,
            Answer::Refused(_) => true,
            _ => return,
        };
        if self.state != KsState::Stop {
            self.hold_refused(
                refused,
                &["R65", "P41"],
                "refused: a buffer is made in Stop",
            );
        } else if self.ring.is_some() {
            self.hold_refused(refused, &["R64", "P41"], "refused: there is a buffer");
        } else if wrong_count {
            self.hold_refused(
                refused,
                &["R62"],
                "STATUS_INVALID_PARAMETER: 1 or 2 packets",
            );
        } else if requested < frame {
            self.hold_refused(refused, &["R60"], "STATUS_UNSUCCESSFUL: less than a frame");
        } else if refused && requested <= MODEST {
            let rule = if packets.is_some() { "R62" } else { "R53" };
            if answer != Answer::Refused(NtStatus::NOT_SUPPORTED) {
                self.blame(rule, "a buffer");
            }
        }
        if let Answer::Buffer { actual } = answer {
            self.made(requested, packets, actual.get());
        }
    }

    fn hold_refused(&mut self, refused: bool, rules: &[&'static str], expected: &str) {
        if !refused {
            self.blame_all(rules, expected);
        }
    }

    fn made(&mut self, requested: u64, packets: Option<u32>, actual: u64) {
        if self.ring.is_some() {
            return; // The first one counts.
        }
        let frame = self.frame();
        if actual < requested {
            self.blame("R54", format!("at least {requested} bytes"));
        }
        if actual == 0 || actual % frame != 0 {
            self.blame("R55", format!("whole frames of {frame} bytes"));
        }
        let unit = frame * u64::from(packets.unwrap_or(1)).max(1);
        if packets.is_some_and(|packets| packets > 1) && actual % unit != 0 {
            self.blame(
                "R63",
                format!("a multiple of {unit} bytes: packets of whole frames"),
            );
        }
        if (1..=LARGEST).contains(&actual) {
            self.ring = Some(Ring {
                bytes: actual,
                packets: packets.filter(|packets| *packets > 0),
            });
        }
    }
}
