//! Whether the machine makes sense.

use machine::WakeTableError;

use super::Check;

impl Check<'_> {
    pub(super) fn machine(&mut self) {
        let Some(machine) = &self.scenario.machine else {
            return;
        };
        if machine.tick.is_some_and(|tick| tick.nanos() == 0) {
            let help = "leave it away, and timers expire when they are due";
            self.advise(
                "machine.tick",
                "a clock that never stands still has no ticks",
                help,
            );
        }
        if let Err(error) = machine.wake_table() {
            self.advise(
                key_of(error),
                error.to_string(),
                "a profile has a whole table",
            );
        }
    }
}

/// The key of what is wrong with a table of wake-ups.
fn key_of(error: WakeTableError) -> String {
    match error {
        WakeTableError::Ends => "machine.wake".to_owned(),
        WakeTableError::Survivors(place) => format!("machine.wake[{place}].survivors"),
        WakeTableError::Latency(place) | WakeTableError::TooLong(place) => {
            format!("machine.wake[{place}].latency")
        }
    }
}
