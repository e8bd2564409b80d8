//! Faults, put into the machine.

use hardware::MissingTicks;
use machine::{FaultId, Injection, Machine, ThreadId};
use truth::LostNotification;
use units::{Frames, SimDuration, SimTime};

use super::{CAPTURE_ENGINE, ENGINE};
use crate::format::{Fault, Format, LateWakeUp, Scenario, VirtualMode};
use crate::quantity::Time;

/// Puts all faults of `scenario` into `machine`, each under its place in the file.
pub(crate) fn inject(scenario: &Scenario, machine: &mut Machine) {
    for (ordinal, fault) in (0..).zip(&scenario.faults) {
        if let Some(injection) = injection(scenario, fault, machine) {
            machine.inject(FaultId::new(ordinal), injection);
        }
    }
}

/// The ticks that the virtual driver which has any misses; no fault of the machine.
pub(crate) fn missing_ticks(scenario: &Scenario) -> Option<MissingTicks> {
    let mut faults = scenario.faults.iter();
    let missing = faults.find_map(|fault| fault.missing_ticks.as_ref())?;
    Some(MissingTicks {
        from: missing.from,
        to: missing.to,
    })
}

/// The notifications that the driver of the speaker owes while its ticks are missing, if it runs
/// without a break, in a buffer of `packets` packets of `packet` frames. They come when the ticks
/// do.
pub(crate) fn late_notifications(
    scenario: &Scenario,
    packet: Frames,
    packets: u32,
) -> Vec<LostNotification> {
    let device = &scenario.device;
    match device.virtual_mode() {
        Some(VirtualMode::Sample) => owed(scenario, device.format, packet, packets),
        _ => Vec::new(),
    }
}

/// The same of the microphone.
pub(crate) fn late_capture_notifications(
    scenario: &Scenario,
    packet: Frames,
    packets: u32,
) -> Vec<LostNotification> {
    let microphone = scenario.microphone.as_ref();
    match microphone.map(|microphone| (microphone.virtual_mode(), microphone.format)) {
        Some((Some(VirtualMode::Sample), format)) => owed(scenario, format, packet, packets),
        _ => Vec::new(),
    }
}

fn owed(
    scenario: &Scenario,
    format: Format,
    packet: Frames,
    packets: u32,
) -> Vec<LostNotification> {
    let fault = |fault: &Fault| fault.missing_ticks.clone();
    let mut faults = (0..).zip(&scenario.faults);
    let missing = faults.find_map(|(place, each)| Some((FaultId::new(place), fault(each)?)));
    let Some((fault, missing)) = missing else {
        return Vec::new();
    };
    // The driver's own arithmetic: whole milliseconds of the buffer, then of a packet.
    let hertz = u64::from(format.rate.hertz());
    let packets = u64::from(packets);
    let interval = packet.get() * packets * 1_000 / hertz / packets;
    let ends = scenario.duration.to_duration().to_nanos_floor() / 1_000_000;
    let last = missing.to.min(ends);
    let Some(first) = missing.from.checked_next_multiple_of(interval) else {
        return Vec::new();
    };
    let events = first / interval..=last / interval;
    events
        .map(|event| LostNotification { event, fault })
        .collect()
}

/// Which thread, woken by which event, by how much.
fn woken(
    scenario: &Scenario,
    late: &LateWakeUp,
    machine: &mut Machine,
) -> (ThreadId, u64, SimDuration) {
    let thread = match late.client {
        Some(client) => machine.thread(&scenario.client_name(client as usize)),
        None if late.capture_engine => machine.thread(CAPTURE_ENGINE),
        None => machine.thread(ENGINE),
    };
    (thread, late.event, late.by.to_duration())
}

fn injection(scenario: &Scenario, fault: &Fault, machine: &mut Machine) -> Option<Injection> {
    if let Some(late) = &fault.late_wake_up {
        let (thread, event, by) = woken(scenario, late, machine);
        return Some(Injection::LateWakeUp { thread, event, by });
    }
    if let Some(page) = &fault.page_fault {
        let (thread, event, by) = woken(scenario, page, machine);
        let is_locked = page.client.is_some_and(|client| {
            let client = scenario.clients.get(client as usize);
            client.is_some_and(|client| client.locked_memory)
        });
        return (!is_locked).then_some(Injection::PageFault { thread, event, by });
    }
    if let Some(lock) = &fault.device_lock {
        let (from, until) = (lock.from.to_instant(), lock.until.to_instant());
        let is_shared = !scenario.device.position_lock;
        return is_shared.then_some(Injection::DeviceLock { from, until });
    }
    if let Some(lost) = &fault.lost_notification {
        return Some(Injection::LostNotification { event: lost.event });
    }
    if let Some(spurious) = &fault.spurious_notification {
        return Some(Injection::SpuriousNotification {
            at: spurious.at.to_instant(),
        });
    }
    if let Some(blocked) = &fault.blocked_dpc {
        return Some(Injection::BlockedDpc {
            from: blocked.from.to_instant(),
            until: blocked.until.to_instant(),
        });
    }
    if let Some(late) = &fault.late_isr {
        return Some(Injection::LateIsr {
            interrupt: late.event,
            by: late.by.to_duration(),
        });
    }
    fault.late_dpc.as_ref().map(|late| Injection::LateDpc {
        event: late.event,
        by: late.by.to_duration(),
    })
}

impl Time {
    /// So long after the beginning of the run.
    pub(crate) fn to_instant(self) -> SimTime {
        SimTime::ZERO + self.to_duration()
    }
}
