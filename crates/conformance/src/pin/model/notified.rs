//! What the rules allow to be signalled.

use units::Hns;

use super::{Model, Objection, Pin, objection};
use crate::kit::{Bounds, Signal};

impl Model<'_> {
    /// R79 to R81: an event is set if it is registered, in RUN, once for each packet; and again for
    /// the packets that are done (R83).
    pub(super) fn check_signals(
        &self,
        from: Hns,
        until: Hns,
        set: &[Signal],
    ) -> Result<(), Objection> {
        let Some(pin) = &self.pin else {
            return match set {
                [] => Ok(()),
                _ => objection("R86", "no signal without a pin"),
            };
        };
        if let Some(unknown) = set
            .iter()
            .find(|signal| !pin.events.contains(&signal.event))
        {
            return objection("R81", format!("no signal of event {}", unknown.event));
        }
        if !pin.is_running() {
            return match set {
                [] => Ok(()),
                _ => objection("R79", "no signal outside Run"),
            };
        }
        let (Some(before), Some(after)) = (self.notified(pin, from), self.notified(pin, until))
        else {
            return Ok(());
        };
        for event in &pin.events {
            let signals = set.iter().filter(|signal| signal.event == *event).count() as u64;
            let least = after.0.saturating_sub(before.1);
            // The end of the stream may be notified, too (P34).
            let at_end = u64::from(pin.ended && self.declared.holds_at_end);
            let most = after.1.saturating_sub(before.0) + at_end;
            // What is done within the same interrupt is one signal.
            if signals > most || (signals == 0 && least > 0) {
                let expected = format!("{least} to {most} signals of event {event}");
                return objection("R83", expected);
            }
        }
        Ok(())
    }

    /// Packets that have been notified at `at`: at least, at most.
    fn notified(&self, pin: &Pin, at: Hns) -> Option<(u64, u64)> {
        let packet = pin.packet()?;
        let frame = u64::from(self.setup.format.frame_bytes());
        let lag = self.declared.notification_lag.get();
        let before = Hns::new(pin.run.at(at).get().saturating_sub(lag));
        let pauses = pin.run.pauses();
        let Bounds { lo, .. } = self.declared.due_after(self.setup, before, pauses);
        let Bounds { hi, .. } = self.due(at)?;
        let early = self.declared.notification_lead.get() * frame + self.ahead();
        Some((lo / packet, (hi + early) / packet))
    }
}
