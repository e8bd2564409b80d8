//! What lies between a client and what it hears.

use units::Hns;

use super::Model;

impl Model<'_> {
    /// What was written and is not presented; nothing, if the client is late.
    pub(super) fn delay(&mut self, at: Hns, written: u64, delay: u64) {
        let just_presented = self.presented.filter(|(qpc, _)| *qpc == at);
        let (lo, hi) = match just_presented {
            Some((_, frame)) => (frame, frame),
            None => self.presented_at(at),
        };
        let [least, most] = [hi, lo].map(|presented| written.saturating_sub(presented));
        if (least..=most).contains(&delay) {
            return;
        }
        let expected = if least == most {
            least.to_string()
        } else {
            format!("{least} to {most}")
        };
        self.blame("P46", expected);
    }
}
