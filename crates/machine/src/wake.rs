//! How an actor finds out when its thread runs.

use units::{Moment, SimTime};
use vtime::{Context, EventHandle, Shared};

use crate::history::{DELAY, WAKE};
use crate::injection::FaultId;
use crate::latency::Latency;
use crate::machine::{Machine, Over, ThreadId, Wake};

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
    record_unless_under_way(cx, machine, thread, tag, &wake);
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
    record_unless_under_way(cx, machine, thread, number, &wake);
    wake
}

/// When `thread` is to be asked again, if it still waits for its core at a moment for which it was
/// foreseen that it would not. If it does not, what became of its time is recorded.
///
/// Whoever competes for a core asks this before it goes on; on a machine without cores the answer
/// is always that it goes on.
pub fn held_up<C: Context>(cx: &C, machine: &Shared<Machine>, thread: ThreadId) -> Option<Moment> {
    let over = machine.borrow_mut().proceed(thread, cx.moment())?;
    match over {
        Err(later) => return Some(later),
        Ok(Over::Starts(tag, wake)) => record(cx, thread, tag, &wake),
        Ok(Over::Worked(tag, other)) => record_parts(cx, thread, tag, &other),
    }
    None
}

/// True if `at` has come and `thread` is still [held up](held_up): then `at` becomes the moment at
/// which it is to be asked again.
pub fn is_put_off<C: Context>(
    cx: &C,
    machine: &Shared<Machine>,
    thread: ThreadId,
    at: &mut Moment,
) -> bool {
    if *at > cx.moment() {
        return false;
    }
    let later = held_up(cx, machine, thread);
    later.inspect(|later| *at = *later).is_some()
}

/// A wake-up that competes for a core is recorded when it is known what became of it.
fn record_unless_under_way<C: Context>(
    cx: &C,
    machine: &Shared<Machine>,
    thread: ThreadId,
    tag: u64,
    wake: &Wake,
) {
    if !machine.borrow().is_under_way(thread) {
        record(cx, thread, tag, wake);
    }
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
    record_parts(cx, thread, tag, &wake.latency);
}

fn record_parts<C: Context>(cx: &C, thread: ThreadId, tag: u64, latency: &Latency) {
    let number = u64::from(thread.number());
    for (component, length) in latency.parts() {
        cx.record(
            &DELAY,
            &[number, tag, component.index() as u64, length.ticks()],
        );
    }
}
