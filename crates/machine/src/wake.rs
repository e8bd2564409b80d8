//! How an actor finds out when its thread runs.

use units::SimTime;
use vtime::{Context, EventHandle, Shared};

use crate::history::{DELAY, WAKE};
use crate::injection::FaultId;
use crate::machine::{Machine, ThreadId, Wake};

/// Says when `thread`, whose wait for `event` just returned `tag`, gets to run, and records it.
///
/// The caller then waits until [`Wake::starts`], which is now on an ideal machine.
pub fn wake<C: Context>(
    cx: &C,
    machine: &Shared<Machine>,
    thread: ThreadId,
    event: &EventHandle,
    tag: u64,
) -> Wake {
    let wake = machine.borrow_mut().wake(thread, event, cx.moment(), tag);
    record(cx, thread, tag, &wake);
    wake
}

/// Says when `thread`, whose own timer was due at `due` for the `number`th time, gets to run, and
/// records it.
///
/// The caller then waits until [`Wake::starts`], which is now on an ideal machine.
pub fn timer_wake<C: Context>(
    cx: &C,
    machine: &Shared<Machine>,
    thread: ThreadId,
    due: SimTime,
    number: u64,
) -> Wake {
    let wake = machine
        .borrow_mut()
        .wake_by_timer(thread, due, cx.moment(), number);
    record(cx, thread, number, &wake);
    wake
}

fn record<C: Context>(cx: &C, thread: ThreadId, tag: u64, wake: &Wake) {
    let number = u64::from(thread.number());
    let starts = wake.starts.time.ticks();
    cx.record(
        &WAKE,
        &[
            number,
            tag,
            wake.due.ticks(),
            starts,
            FaultId::word(wake.fault),
        ],
    );
    for (component, length) in wake.latency.parts() {
        cx.record(
            &DELAY,
            &[number, tag, component.index() as u64, length.ticks()],
        );
    }
}
