//! Whether the machine makes sense.

use machine::WakeTableError;

use super::Check;
use crate::format::{Cpu, Load, LoadKind};
use crate::quantity::Time;

/// More than any desktop has.
const CORES_MAX: u32 = 64;
/// Beyond that every thread that is boosted at all is at 15.
const BOOST_MAX: u8 = 15;
/// As many as can be told apart in a report.
const LOADS_MAX: usize = 64;
/// What comes more often is a part of what it interrupts.
const EVERY_MIN_NANOS: u64 = 10_000;
/// Faults that delay what a processor delays.
const OF_PROCESSORS: [&str; 6] = [
    "late-wake-up",
    "page-fault",
    "device-lock",
    "late-isr",
    "blocked-dpc",
    "late-dpc",
];

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
            let key = key_of("machine.wake", error);
            self.advise(key, error.to_string(), "a profile has a whole table");
        }
        if let Some(cpu) = &machine.cpu {
            self.drawn_or_not();
            self.cpu(cpu);
        }
    }

    /// Delays that are drawn as a whole hold all that processors would add.
    fn drawn_or_not(&mut self) {
        let machine = self.scenario.machine.as_ref();
        let drawn =
            machine.is_some_and(|machine| machine.wake.is_some() || machine.profile.is_some());
        if drawn {
            let message = "delays are drawn as a whole or come about on processors, never both";
            let help = "leave [machine.cpu] away, or `profile` and `wake`";
            self.advise("machine.cpu", message, help);
        }
        for (place, fault) in self.scenario.faults.iter().enumerate() {
            let kinds = fault.kinds();
            let given = kinds
                .iter()
                .find(|(kind, given)| *given && OF_PROCESSORS.contains(kind));
            if let Some((kind, _)) = given {
                let message = "on processors such a delay comes about";
                let help = "say what takes the processor, in [[machine.cpu.load]]";
                self.advise(format!("fault[{place}].{kind}"), message, help);
            }
        }
    }

    fn cpu(&mut self, cpu: &Cpu) {
        if cpu.cores == 0 || cpu.cores > CORES_MAX {
            let message = format!("{} cores; expected 1 to {CORES_MAX}", cpu.cores);
            self.say("machine.cpu.cores", message);
        }
        for (key, core) in [
            ("interrupt-core", cpu.interrupt_core),
            ("engine-core", cpu.engine_core),
            ("client-core", cpu.client_core),
        ] {
            self.core(format!("machine.cpu.{key}"), core, cpu);
        }
        for (key, priority) in [
            ("engine-priority", cpu.engine_priority),
            ("client-priority", cpu.client_priority),
        ] {
            self.priority(format!("machine.cpu.{key}"), priority);
        }
        if cpu.wake_boost > BOOST_MAX {
            let message = format!("{}; expected 0 to {BOOST_MAX}", cpu.wake_boost);
            self.say("machine.cpu.wake-boost", message);
        }
        if cpu.important_dpc && cpu.threaded_dpc {
            let message = "a threaded DPC goes behind all others, whatever its importance";
            self.advise(
                "machine.cpu.important-dpc",
                message,
                "leave one of the two away",
            );
        }
        if cpu.quantum <= cpu.switch {
            let message = format!(
                "{} is over before the switch of {} is",
                cpu.quantum, cpu.switch
            );
            self.say("machine.cpu.quantum", message);
        }
        if cpu.loads.len() > LOADS_MAX {
            let message = format!("{} loads; expected at most {LOADS_MAX}", cpu.loads.len());
            self.say("machine.cpu.load", message);
        }
        for (place, load) in cpu.loads.iter().enumerate() {
            self.cpu_load(&format!("machine.cpu.load[{place}]"), load, cpu);
        }
    }

    fn cpu_load(&mut self, key: &str, load: &Load, cpu: &Cpu) {
        self.name(&format!("{key}.name"), &load.name);
        self.core(format!("{key}.core"), load.core, cpu);
        if let Some(priority) = load.priority {
            self.priority(format!("{key}.priority"), priority);
        }
        let often = |every: Time| every.nanos() < EVERY_MIN_NANOS;
        if load.every.is_some_and(often) {
            self.say(format!("{key}.every"), "expected `10us` or more");
        }
        if load.important && load.kind != LoadKind::Dpc {
            let message = "only DPCs are of some importance";
            self.advise(format!("{key}.important"), message, "leave it away");
        }
        if load.irregular && load.every.is_none() {
            self.advise(
                format!("{key}.irregular"),
                "in which stretch?",
                "add `every = \"1s\"`",
            );
        }
        if load.takes.is_some() == load.drawn.is_some() {
            self.advise(
                key,
                "expected exactly one of `takes` and `drawn`",
                "add `takes = \"1ms\"`",
            );
        }
        if let Err(error) = load.table() {
            let key = key_of(&format!("{key}.drawn"), error);
            self.say(key, error.to_string());
        }
    }

    fn core(&mut self, key: String, core: u32, cpu: &Cpu) {
        if core >= cpu.cores {
            let message = format!("there is no core {core}");
            self.advise(key, message, "cores are counted from 0, up to `cores`");
        }
    }

    fn priority(&mut self, key: String, priority: u8) {
        if priority > 31 {
            self.say(key, format!("priority {priority}; expected 0 to 31"));
        }
    }
}

/// The key of what is wrong with the table at `key`.
fn key_of(key: &str, error: WakeTableError) -> String {
    match error {
        WakeTableError::Ends => key.to_owned(),
        WakeTableError::Survivors(place) => format!("{key}[{place}].survivors"),
        WakeTableError::Latency(place) | WakeTableError::TooLong(place) => {
            format!("{key}[{place}].latency")
        }
    }
}
