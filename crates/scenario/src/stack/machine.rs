//! The machine that a stack runs on.

use std::rc::Rc;

use machine::{
    Budget, Core, CoreConfig, Cpu, FaultId, IdleState, InterruptPath, Level, Load, Machine, Pace,
    Seat, Takes,
};
use units::{SimDuration, SimTime};
use vtime::{Rng, Shared};

use super::faults;
use crate::format::{self, FIRST_LOAD, LoadKind, Scenario, Task};

/// The interrupt request levels of the device and of other ones, which come first.
const DEVICE_IRQL: u8 = 5;
const OTHER_IRQL: u8 = 6;

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
        if let Some(cpu) = &table.cpu {
            run_on(&mut machine, scenario, cpu, seed);
        }
    }
    Shared::new(machine)
}

fn run_on(machine: &mut Machine, scenario: &Scenario, cpu: &format::Cpu, seed: u64) {
    let count = cpu.cores as usize;
    let mut cores = vec![Core::new(config(cpu)); count];
    let mut names = vec![Vec::new(); count];
    for (place, load) in cpu.loads.iter().enumerate() {
        let fault = u32::try_from(FIRST_LOAD + place).expect("loads are few");
        let own = load.core as usize;
        let on = match load.kind {
            LoadKind::Firmware => 0..count,
            LoadKind::Thread | LoadKind::ThreadedDpc | LoadKind::Dpc | LoadKind::Isr => {
                own..own + 1
            }
        };
        for core in on {
            cores[core].load(load_of(load, seed));
            names[core].push(FaultId::new(fault));
        }
    }
    let path = InterruptPath {
        core: cpu.interrupt_core as usize,
        irql: DEVICE_IRQL,
        isr: cpu.isr.to_duration(),
        dpc: cpu.dpc.to_duration(),
        is_threaded: cpu.threaded_dpc,
        is_important: cpu.important_dpc,
    };
    let mmcss = cpu.mmcss.filter(|mmcss| mmcss.responsiveness != 100);
    let seat = |core: u32, priority: u8, task: Option<Task>| {
        let task = mmcss.zip(task);
        Seat {
            core: core as usize,
            priority: task.map_or(priority, |(mmcss, task)| mmcss.priority_of(task)),
            boost: cpu.wake_boost,
            is_multimedia: task.is_some(),
            work: SimDuration::ZERO,
        }
    };
    let task = mmcss.map(|mmcss| mmcss.engine);
    let engine = seat(cpu.engine_core, cpu.engine_priority, task);
    machine.run_on(Cpu::new(cores, names, path, engine));
    for (place, client) in scenario.clients.iter().enumerate() {
        if client.mode.shares() {
            let task = mmcss.and_then(|mmcss| mmcss.client);
            let client = seat(cpu.client_core, cpu.client_priority, task);
            machine.seat(&scenario.client_name(place), client);
        }
    }
}

fn config(cpu: &format::Cpu) -> CoreConfig {
    let state = |state: &format::IdleState| IdleState {
        residency: state.residency.to_duration(),
        exit: state.exit.to_duration(),
    };
    let responsiveness = cpu.mmcss.map(|mmcss| mmcss.responsiveness);
    CoreConfig {
        budget: responsiveness.and_then(Budget::of_responsiveness),
        switch: cpu.switch.to_duration(),
        quantum: Some(cpu.quantum.to_duration()),
        idle: cpu.idle.iter().map(state).collect(),
    }
}

/// Firmware draws the same numbers on every core: it stops all of them at once.
fn load_of(load: &format::Load, seed: u64) -> Load {
    let level = match load.kind {
        LoadKind::Thread => Level::Thread(load.priority.unwrap_or(8)),
        LoadKind::ThreadedDpc => Level::ThreadedDispatch,
        LoadKind::Dpc => Level::Dispatch,
        LoadKind::Isr => Level::Device(OTHER_IRQL),
        LoadKind::Firmware => Level::Firmware,
    };
    let every = load.every.map(crate::quantity::Time::to_duration);
    let pace = match every {
        Some(every) if load.irregular => Pace::Irregular { every },
        every => Pace::Regular {
            first: SimTime::ZERO + load.first.to_duration(),
            every,
        },
    };
    let table = load.table().expect("a scenario is checked");
    let takes = match (load.takes, table) {
        (_, Some(table)) => Takes::Drawn(Rc::new(table)),
        (takes, None) => Takes::Always(takes.unwrap_or_default().to_duration()),
    };
    let made = Load::new(level, pace, takes, Rng::of(seed, &load.name, "load"));
    if load.important {
        made.of_high_importance()
    } else {
        made
    }
}
