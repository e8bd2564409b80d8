//! The chain as actors.

use units::{Moment, SimTime};
use vtime::sim::{Cx, Role, SimEvent, World};
use vtime::{Context, Event, Keep, Reset, Shared};

use super::unrecorded::Unrecorded;
use super::{Entries, Outcome, Part, Stack, Step};

/// When `step` is through that begins now.
fn end_of<C: Context>(step: Step, stack: &Shared<Stack>, cx: &C) -> Moment {
    let delay = stack.borrow_mut().delay(step);
    (cx.now() + delay).commit()
}

/// Lets `step` happen now, and records it.
#[expect(
    clippy::inline_always,
    reason = "as it would be written out in each actor, and as the plain loop has it"
)]
#[inline(always)]
fn perform<C: Context>(step: Step, stack: &Shared<Stack>, cx: &C) {
    let word = stack.borrow_mut().happen(step, cx.now());
    cx.record(step.descriptor(), &[word]);
}

async fn dma<C: Context>(stack: Shared<Stack>, interrupt: C::Event, cx: C) {
    loop {
        let when = stack.borrow().next_boundary();
        cx.sleep_until(when.commit()).await;
        perform(Step::Boundary, &stack, &cx);
        interrupt.set(0);
    }
}

async fn port<C: Context>(stack: Shared<Stack>, interrupt: C::Event, notify: C::Event, cx: C) {
    loop {
        interrupt.wait().await;
        cx.sleep_until(end_of(Step::Isr, &stack, &cx)).await;
        perform(Step::Isr, &stack, &cx);
        cx.sleep_until(end_of(Step::Dpc, &stack, &cx)).await;
        perform(Step::Dpc, &stack, &cx);
        notify.set(0);
    }
}

async fn engine<C: Context>(
    stack: Shared<Stack>,
    notified: C::Event,
    (buffer, filled): (C::Event, C::Event),
    cx: C,
) {
    loop {
        notified.wait().await;
        cx.sleep_until(end_of(Step::Wake, &stack, &cx)).await;
        perform(Step::Wake, &stack, &cx);
        buffer.set(0);
        filled.wait().await;
        cx.sleep_until(end_of(Step::Mixed, &stack, &cx)).await;
        perform(Step::Mixed, &stack, &cx);
    }
}

async fn client<C: Context>(stack: Shared<Stack>, buffer: C::Event, filled: C::Event, cx: C) {
    loop {
        buffer.wait().await;
        cx.sleep_until(end_of(Step::Done, &stack, &cx)).await;
        perform(Step::Done, &stack, &cx);
        filled.set(0);
    }
}

/// One stack in a world of its own.
#[derive(Debug)]
pub struct StackWorld {
    /// The world.
    pub world: World,
    stack: Shared<Stack>,
    entries: Entries,
}

impl StackWorld {
    /// Stack number `stack` at the beginning.
    pub fn new(stack: u32, entries: Entries) -> Self {
        let mut world = World::new(0, entries.keep());
        let stack = add_stack(&mut world, stack, "", |cx| cx);
        Self {
            world,
            stack,
            entries,
        }
    }

    /// Runs up to and including `until`.
    pub fn run(&mut self, until: SimTime) {
        run_world(&mut self.world, until, self.entries);
    }

    /// What came of it so far.
    pub fn outcome(&self) -> Outcome {
        let history = self.world.history();
        Outcome {
            checksum: self.stack.borrow().checksum(),
            digest: history.digest().to_u64(),
            events: history.count(),
        }
    }
}

/// Puts stack number `number` into `world`; its actors' names begin with `prefix`, and they see
/// the world through what `wrap` makes of their contexts.
fn add_stack<C: Context<Event = SimEvent>>(
    world: &mut World,
    number: u32,
    prefix: &str,
    wrap: impl Fn(Cx) -> C,
) -> Shared<Stack> {
    let stack = Shared::new(Stack::new(number));
    let [of_dma, of_port, of_engine, of_client] =
        Part::ALL.map(|part| world.actor(&format!("{prefix}{}", part.name())));
    let [interrupt, notification, buffer, filled]: [SimEvent; 4] =
        ["interrupt", "notification", "buffer", "filled"]
            .map(|name| world.event(&format!("{prefix}{name}"), Reset::Auto));
    let each = || stack.clone();
    let role = Role::Service;
    world.spawn(
        &of_dma,
        role,
        dma(each(), interrupt.clone(), wrap(of_dma.clone())),
    );
    world.spawn(
        &of_port,
        role,
        port(
            each(),
            interrupt,
            notification.clone(),
            wrap(of_port.clone()),
        ),
    );
    let engine_events = (buffer.clone(), filled.clone());
    world.spawn(
        &of_engine,
        role,
        engine(each(), notification, engine_events, wrap(of_engine.clone())),
    );
    world.spawn(
        &of_client,
        role,
        client(each(), buffer, filled, wrap(of_client.clone())),
    );
    stack
}

fn run_world(world: &mut World, until: SimTime, entries: Entries) {
    for end in entries.slices(world.now().time, until) {
        world.run_until(end).expect("the chain goes on for ever");
        if entries == Entries::LetGo {
            world.forget_entries();
        }
    }
}

/// Stacks `0..stacks`, each in a world of its own, one after the other, as a sweep runs them.
pub fn run(stacks: u32, until: SimTime, entries: Entries) -> Outcome {
    let mut sum = Outcome::default();
    for number in 0..stacks {
        let mut stack = StackWorld::new(number, entries);
        stack.run(until);
        sum.add(stack.outcome());
    }
    sum
}

/// Stacks `0..stacks` in one world with one queue, as if they interacted.
pub fn run_in_one_world(stacks: u32, until: SimTime, entries: Entries) -> Outcome {
    let mut world = World::new(0, entries.keep());
    let all: Vec<_> = (0..stacks)
        .map(|number| add_stack(&mut world, number, &format!("{number}/"), |cx| cx))
        .collect();
    run_world(&mut world, until, entries);
    let history = world.history();
    Outcome {
        checksum: all.iter().map(|stack| stack.borrow().checksum()).sum(),
        digest: history.digest().to_u64(),
        events: history.count(),
    }
}

/// [`run`] without a history: what recording costs is what this takes less.
pub fn run_unrecorded(stacks: u32, until: SimTime) -> Outcome {
    let mut sum = Outcome::default();
    for number in 0..stacks {
        let mut world = World::new(0, Keep::Digest);
        let stack = add_stack(&mut world, number, "", Unrecorded);
        world.run_until(until).expect("the chain goes on for ever");
        let stack = stack.borrow();
        sum.add(Outcome {
            checksum: stack.checksum(),
            digest: 0,
            events: stack.events(),
        });
    }
    sum
}
