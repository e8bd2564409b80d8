//! The plain structs, without an executor.

use machine::{Component, FaultId, Injection, Knot, Latency, Machine, Wake, WakeTable};
use proptest::prelude::*;
use units::{Moment, SimDuration, SimTime};

use crate::support::{TenMillisecondDriver, commit_at, millis, notified, tally};

const FAULT: FaultId = FaultId::new(3);

#[test]
fn an_ideal_machine_delays_nothing_and_charges_nothing() {
    let mut machine = Machine::ideal();
    let thread = machine.thread("engine");
    let dispatch = machine.dispatch_dpc(notified(10), Some(1));
    assert_eq!(
        (dispatch.runs, dispatch.latency),
        (notified(10), Latency::ZERO)
    );
    let ready = notified(10).released();
    let wake = machine.wake(thread, &tally(), ready, 1);
    assert_eq!(
        wake,
        Wake {
            due: ready.time,
            starts: ready,
            latency: Latency::ZERO,
            fault: None
        }
    );
    assert_eq!(machine.run(thread, ready, SimDuration::ZERO), ready);
}

#[test]
fn threads_are_known_by_name() {
    let mut machine = Machine::ideal();
    let engine = machine.thread("engine");
    let client = machine.thread("client-0");
    assert_ne!(engine, client);
    assert_eq!(machine.thread("engine"), engine);
}

#[test]
fn a_late_wake_up_strikes_its_thread_and_event_once_and_ends_in_a_commit() {
    let mut machine = Machine::ideal();
    let (engine, client) = (machine.thread("engine"), machine.thread("client"));
    let by = millis(14);
    machine.inject(
        FAULT,
        Injection::LateWakeUp {
            thread: client,
            event: 5,
            by,
        },
    );
    let event = tally();
    let ready = notified(50).released();
    assert_eq!(machine.wake(engine, &event, ready, 5).starts, ready);
    assert_eq!(machine.wake(client, &event, ready, 4).starts, ready);

    let late = machine.wake(client, &event, ready, 5);
    assert_eq!(late.starts, SimTime::from_millis(64).commit());
    assert_eq!(late.latency.of(Component::ReadyWait), by);
    assert_eq!(late.fault, Some(FAULT));

    assert_eq!(
        machine.wake(client, &event, ready, 5).starts,
        ready,
        "it struck already"
    );
}

#[test]
fn a_disturbance_that_begins_at_an_interrupt_delays_it_and_its_end_releases_commits() {
    let mut machine = Machine::ideal();
    let until = SimTime::from_nanos(63_950_000);
    let from = SimTime::from_millis(50);
    machine.inject(FAULT, Injection::BlockedDpc { from, until });
    assert_eq!(
        machine.dispatch_dpc(notified(40), Some(4)).runs,
        notified(40)
    );
    for (queued, waits) in [(notified(50), 13_950), (notified(60), 3_950)] {
        let dispatch = machine.dispatch_dpc(queued, Some(5));
        assert_eq!(dispatch.runs, until.commit());
        assert_eq!(
            dispatch.latency.of(Component::DpcQueueWait),
            SimDuration::from_micros(waits)
        );
        assert_eq!(dispatch.fault, Some(FAULT));
    }
    let ended = machine.dispatch_dpc(until.commit(), Some(6));
    assert_eq!((ended.runs, ended.fault), (until.commit(), None));
}

#[test]
fn a_late_dpc_may_run_into_a_block() {
    let mut machine = Machine::ideal();
    machine.inject(
        FaultId::new(0),
        Injection::LateDpc {
            event: 5,
            by: millis(4),
        },
    );
    let (from, until) = (SimTime::from_millis(54), SimTime::from_millis(57));
    machine.inject(FaultId::new(1), Injection::BlockedDpc { from, until });
    let dispatch = machine.dispatch_dpc(notified(50), Some(5));
    assert_eq!(dispatch.runs, until.commit());
    assert_eq!(dispatch.latency.of(Component::DpcQueueWait), millis(7));
    assert_eq!(
        dispatch.fault,
        Some(FaultId::new(1)),
        "the last one to hold it"
    );
}

#[test]
fn cpu3_a_dpc_is_queued_at_most_once() {
    let mut machine = Machine::ideal();
    let (from, until) = (SimTime::from_millis(50), SimTime::from_millis(65));
    machine.inject(FAULT, Injection::BlockedDpc { from, until });
    let event = tally();
    let mut interrupt = TenMillisecondDriver::signalling(std::slice::from_ref(&event));
    let first = interrupt.line_raised(notified(50), &mut machine).unwrap();
    let second = interrupt.line_raised(notified(60), &mut machine).unwrap();
    assert_eq!(
        (first.interrupt, first.event, first.coalesced),
        (1, 5, false)
    );
    assert_eq!(
        (second.interrupt, second.event, second.coalesced),
        (2, 6, true)
    );
    assert_eq!(interrupt.take_due(notified(60), &mut machine), None);

    let dpc = interrupt.take_due(until.commit(), &mut machine).unwrap();
    assert_eq!(
        (dpc.run, dpc.interrupts, dpc.due),
        (1, 2, SimTime::from_millis(50))
    );
    let mut tags = Vec::new();
    interrupt.run(until.commit(), &mut machine, &dpc, |notified| {
        tags.push(notified.tag);
    });
    assert_eq!(tags, [6]);
    assert_eq!(interrupt.take_due(until.commit(), &mut machine), None);
    assert_eq!(
        (
            interrupt.interrupts(),
            interrupt.runs(),
            interrupt.coalesced()
        ),
        (2, 1, 1)
    );
}

#[test]
fn an_interrupt_of_another_device_is_not_claimed() {
    let mut machine = Machine::ideal();
    let mut interrupt = TenMillisecondDriver::signalling(&[]);
    assert_eq!(interrupt.line_raised(notified(9), &mut machine), None);
    assert_eq!((interrupt.interrupts(), interrupt.dpc_due()), (0, None));
}

#[test]
fn a_lost_notification_is_lost_to_every_registered_event() {
    let mut machine = Machine::ideal();
    machine.inject(FAULT, Injection::LostNotification { event: 5 });
    let events = [tally(), tally()];
    let mut interrupt = TenMillisecondDriver::signalling(&events);
    for (at, expected) in [(40, None), (50, Some(FAULT)), (60, None)] {
        interrupt.line_raised(notified(at), &mut machine).unwrap();
        let dpc = interrupt.take_due(notified(at), &mut machine).unwrap();
        let mut lost = Vec::new();
        interrupt.run(notified(at), &mut machine, &dpc, |notified| {
            lost.push(notified.lost);
        });
        assert_eq!(lost, [expected; 2]);
    }
}

#[test]
fn the_whole_chain_from_crossing_to_first_instruction_is_booked() {
    let mut machine = Machine::ideal();
    let thread = machine.thread("client");
    machine.inject(
        FAULT,
        Injection::LateDpc {
            event: 5,
            by: millis(4),
        },
    );
    machine.inject(
        FaultId::new(4),
        Injection::LateWakeUp {
            thread,
            event: 5,
            by: millis(2),
        },
    );
    let event = tally();
    let mut interrupt = TenMillisecondDriver::signalling(std::slice::from_ref(&event));
    interrupt.line_raised(notified(50), &mut machine).unwrap();
    let set = interrupt.dpc_due().unwrap();
    let dpc = interrupt.take_due(set, &mut machine).unwrap();
    interrupt.run(set, &mut machine, &dpc, |_| ());

    // The client is busy until 55 ms with what another event had it do.
    machine.run(thread, commit_at(53_000_000), millis(2));
    let wake = machine.wake(thread, &event, commit_at(55_000_000), 5);

    assert_eq!(wake.due, SimTime::from_millis(50));
    assert_eq!(wake.starts, commit_at(57_000_000));
    let micros = |component| wake.latency.of(component).ticks() / 441_000;
    assert_eq!(micros(Component::DpcQueueWait), 4_000);
    assert_eq!(
        micros(Component::RunSelf),
        1_000,
        "from the set at 54 ms to 55 ms"
    );
    assert_eq!(micros(Component::ReadyWait), 2_000);
    assert_eq!(wake.fault, Some(FaultId::new(4)));
}

/// Two packets, one after the other: all of it is the thread's own work.
#[test]
fn c11_what_a_thread_does_without_a_break_is_one_run() {
    let mut machine = Machine::ideal();
    let thread = machine.thread("client-0");
    let event = tally();
    let mut interrupt = TenMillisecondDriver::signalling(std::slice::from_ref(&event));
    interrupt.line_raised(notified(50), &mut machine).unwrap();
    let set = interrupt.dpc_due().unwrap();
    let dpc = interrupt.take_due(set, &mut machine).unwrap();
    interrupt.run(set, &mut machine, &dpc, |_| ());

    let done = machine.run(thread, commit_at(48_000_000), millis(4));
    let done = machine.run(thread, done, millis(4));
    let wake = machine.wake(thread, &event, done, 5);
    assert_eq!(wake.latency.of(Component::RunSelf), millis(6));
    assert_eq!(wake.latency.total(), millis(6));
}

#[test]
fn an_event_that_no_dpc_set_owes_nothing_to_one() {
    let mut machine = Machine::ideal();
    let thread = machine.thread("client");
    machine.inject(
        FAULT,
        Injection::LateDpc {
            event: 5,
            by: millis(4),
        },
    );
    let (driver_event, engine_event) = (tally(), tally());
    let mut interrupt = TenMillisecondDriver::signalling(std::slice::from_ref(&driver_event));
    interrupt.line_raised(notified(50), &mut machine).unwrap();
    let set = interrupt.dpc_due().unwrap();
    let dpc = interrupt.take_due(set, &mut machine).unwrap();
    interrupt.run(set, &mut machine, &dpc, |_| ());
    let ready = commit_at(54_000_000);
    assert_eq!(
        machine.wake(thread, &engine_event, ready, 5).latency,
        Latency::ZERO
    );
    assert_eq!(
        machine
            .wake(thread, &driver_event, ready, 5)
            .latency
            .total(),
        millis(4)
    );
}

#[test]
fn spurious_notifications_come_in_order_of_time() {
    let mut machine = Machine::ideal();
    for (fault, at) in [(0, 70), (1, 55)] {
        let at = SimTime::from_millis(at);
        machine.inject(FaultId::new(fault), Injection::SpuriousNotification { at });
    }
    assert_eq!(machine.next_spurious(), Some(SimTime::from_millis(55)));
    assert_eq!(machine.take_spurious(SimTime::from_millis(54)), None);
    assert_eq!(
        machine.take_spurious(SimTime::from_millis(55)),
        Some(FaultId::new(1))
    );
    assert_eq!(machine.next_spurious(), Some(SimTime::from_millis(70)));
}

#[test]
fn a_fault_word_comes_back_as_the_fault() {
    for fault in [None, Some(FaultId::new(0)), Some(FaultId::new(u32::MAX))] {
        assert_eq!(FaultId::from_word(FaultId::word(fault)), fault);
    }
    assert_eq!(FaultId::word(None), machine::FAULT_NONE);
}

#[test]
fn cpu9_ticks_stay_on_their_lattice_for_a_day() {
    let mut machine = Machine::ideal();
    machine.set_tick(SimDuration::from_nanos(15_625_000));
    for second in (0..86_400).step_by(60) {
        let due = SimTime::from_millis(1_000 * second);
        assert_eq!(machine.expiry(due), due, "64 ticks are a second");
        let late = SimTime::from_nanos(1_000_000_000 * second + 1);
        assert_eq!(
            machine.expiry(late),
            due + SimDuration::from_nanos(15_625_000)
        );
    }
}

#[test]
fn a_wake_up_by_a_timer_says_how_long_it_waited_for_the_tick() {
    let mut machine = Machine::ideal();
    machine.set_tick(SimDuration::from_nanos(15_625_000));
    let thread = machine.thread("client");
    let (due, ready) = (SimTime::from_millis(10), commit_at(16_000_000));
    let wake = machine.wake_by_timer(thread, due, ready, 1);
    let nanos = SimDuration::from_nanos;
    assert_eq!(wake.latency.of(Component::TickWait), nanos(5_625_000));
    assert_eq!(wake.latency.of(Component::ReadyWait), nanos(375_000));
    assert_eq!(wake.latency.total(), wake.starts.time.since(due));
}

#[test]
fn a_drawn_wake_up_comes_after_what_a_fault_delays() {
    let mut machine = Machine::ideal();
    let thread = machine.thread("client");
    let knot = |survivors, latency| Knot { survivors, latency };
    let always = SimDuration::from_millis(3);
    let table = WakeTable::new(vec![knot(WakeTable::WHOLE, always), knot(0, always)]);
    machine.draw_wakes(table.unwrap(), 7);
    let by = SimDuration::from_millis(4);
    machine.inject(
        FAULT,
        Injection::LateWakeUp {
            thread,
            event: 1,
            by,
        },
    );
    let wake = machine.wake(thread, &tally(), notified(10), 1);
    assert_eq!(wake.starts, SimTime::from_millis(17).commit());
    assert_eq!(wake.latency.of(Component::ReadyWait), by);
    assert_eq!(wake.latency.of(Component::InterruptToProcess), always);
    assert_eq!(wake.fault, Some(FAULT));
}

proptest! {
    /// Whatever delays a wake-up, its parts add up to the time from the crossing to the start.
    #[test]
    fn cpu11_parts_of_a_wake_up_add_up_to_its_whole(
        late_dpc in prop::option::of(0u64..30_000_000),
        late_wake in prop::option::of(0u64..30_000_000),
        block in prop::option::of((0u64..30_000_000, 0u64..30_000_000)),
        run in prop::option::of((0u64..80_000_000, 0u64..80_000_000)),
        drawn in prop::option::of(0u64..30_000_000),
        asleep_after_nanos in 0u64..30_000_000,
    ) {
        let nanos = SimDuration::from_nanos;
        let mut machine = Machine::ideal();
        let thread = machine.thread("client");
        if let Some(by) = late_dpc {
            machine.inject(FAULT, Injection::LateDpc { event: 1, by: nanos(by) });
        }
        if let Some(by) = late_wake {
            machine.inject(FAULT, Injection::LateWakeUp { thread, event: 1, by: nanos(by) });
        }
        if let Some((from, length)) = block {
            let from = SimTime::from_nanos(from);
            machine.inject(FAULT, Injection::BlockedDpc { from, until: from + nanos(length) });
        }
        if let Some(longest) = drawn {
            let knot = |survivors, latency| Knot { survivors, latency: nanos(latency) };
            let table = WakeTable::new(vec![knot(WakeTable::WHOLE, 0), knot(0, longest)]);
            machine.draw_wakes(table.unwrap(), 7);
        }
        if let Some((from, cost)) = run {
            machine.run(thread, commit_at(from), nanos(cost));
        }
        let event = tally();
        let crossed = notified(10);
        let dispatch = machine.dispatch_dpc(crossed, Some(1));
        prop_assert_eq!(dispatch.runs.time.since(crossed.time), dispatch.latency.total());
        machine.signalled(&event, 1, dispatch.runs, crossed.time, &dispatch);
        let ready: Moment = (dispatch.runs.time + nanos(asleep_after_nanos)).commit();
        let wake = machine.wake(thread, &event, ready, 1);
        prop_assert_eq!(wake.due, crossed.time);
        prop_assert_eq!(wake.starts.time.since(wake.due), wake.latency.total());
        prop_assert!(wake.starts >= ready);
    }
}

#[test]
fn who_waits_for_a_page_or_for_the_lock_starts_when_it_has_it() {
    let mut machine = Machine::ideal();
    let thread = machine.thread("engine");
    let (lock, page) = (FaultId::new(0), FaultId::new(1));
    let (from, until) = (SimTime::from_millis(50), SimTime::from_millis(62));
    machine.inject(lock, Injection::DeviceLock { from, until });
    let by = millis(5);
    let event = 6;
    machine.inject(page, Injection::PageFault { thread, event, by });
    let wake = |machine: &mut Machine, at: u64, tag| {
        machine.wake(thread, &tally(), notified(at).released(), tag)
    };
    let held = wake(&mut machine, 50, 5);
    assert_eq!(held.starts, SimTime::from_millis(62).commit());
    assert_eq!(held.latency.of(Component::LockWait), millis(12));
    assert_eq!(held.fault, Some(lock));
    // The page is there at 60 ms, and the lock is not.
    let both = wake(&mut machine, 55, 6);
    assert_eq!(both.starts, SimTime::from_millis(62).commit());
    let parts = [Component::FaultWait, Component::LockWait].map(|part| both.latency.of(part));
    assert_eq!(parts, [millis(5), millis(2)]);
    let free = wake(&mut machine, 62, 7);
    assert_eq!((free.latency, free.fault), (Latency::ZERO, None));
}

#[test]
fn who_waits_for_the_lock_finds_it_taken_again() {
    let mut machine = Machine::ideal();
    let thread = machine.thread("engine");
    for (ordinal, from, until) in [(0, 50, 55), (1, 54, 58), (2, 59, 60)] {
        let (from, until) = (SimTime::from_millis(from), SimTime::from_millis(until));
        machine.inject(FaultId::new(ordinal), Injection::DeviceLock { from, until });
    }
    let wake = machine.wake(thread, &tally(), notified(50).released(), 5);
    assert_eq!(wake.starts, SimTime::from_millis(58).commit());
    assert_eq!(wake.latency.of(Component::LockWait), millis(8));
    assert_eq!(wake.fault, Some(FaultId::new(1)));
}
