//! The machine that a stack runs on.

use machine::Machine;
use vtime::Shared;

use super::faults;
use crate::format::Scenario;

/// The machine of `scenario`, with all its faults; what it draws comes from `seed`.
pub(super) fn machine(scenario: &Scenario, seed: u64) -> Shared<Machine> {
    let mut machine = Machine::ideal();
    faults::inject(scenario, &mut machine);
    if let Some(table) = &scenario.machine {
        let wake = table.wake_table().expect("a scenario is checked");
        if let Some(wake) = wake {
            machine.draw_wakes(wake, seed);
        }
        if let Some(tick) = table.resolved().tick {
            machine.set_tick(tick.to_duration());
        }
    }
    Shared::new(machine)
}
