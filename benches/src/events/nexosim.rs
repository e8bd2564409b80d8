//! The chain on `nexosim`, through its documented interface, on one thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::{EventSource, Output};
use nexosim::simulation::{EventId, Mailbox, SimInit, Simulation};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};
use units::SimTime;

use crate::chain::{
    Jitter, Outcome, PERIOD, PERIOD_FRAMES, PRIMED_FRAMES, Part, Step, StepHash, start_nanos,
};

const START: MonotonicTime = MonotonicTime::EPOCH;

/// What a run adds up to. Models are to be serializable; this stays outside.
#[derive(Debug, Default)]
struct Sums {
    checksum: AtomicU64,
    events: AtomicU64,
}

/// What the four models have in common.
#[derive(Serialize, Deserialize)]
struct Common {
    hash: StepHash,
    jitter: Jitter,
    events: u64,
    /// What the engine of this stack has written; the DMA engine reads it.
    #[serde(skip)]
    written_frames: Arc<AtomicU64>,
    #[serde(skip)]
    sums: Arc<Sums>,
}

impl Common {
    fn new(stack: u32, part: Part, written_frames: &Arc<AtomicU64>, sums: &Arc<Sums>) -> Self {
        Self {
            hash: StepHash::default(),
            jitter: Jitter::of(stack, part),
            events: 0,
            written_frames: Arc::clone(written_frames),
            sums: Arc::clone(sums),
        }
    }

    fn happen(&mut self, step: Step, now: MonotonicTime) {
        let since = now.duration_since(START);
        self.events += 1;
        self.hash.fold(step, nanos(since));
    }

    fn delay(&mut self, step: Step) -> Duration {
        Duration::from_nanos(u64::from(step.base_nanos() + self.jitter.next_nanos()))
    }

    fn report(&self, glitches: u64) {
        self.sums
            .checksum
            .fetch_add(self.hash.get() + glitches, Relaxed);
        self.sums.events.fetch_add(self.events, Relaxed);
    }
}

fn nanos(duration: Duration) -> u64 {
    duration.as_secs() * 1_000_000_000 + u64::from(duration.subsec_nanos())
}

#[derive(Serialize, Deserialize)]
struct Dma {
    common: Common,
    played_frames: u64,
    glitches: u64,
    interrupt: Output<()>,
}

#[Model]
impl Dma {
    /// Input port: begins to play.
    #[expect(clippy::unused_self, reason = "an input port takes the model")]
    fn run(&mut self, first: Duration, cx: &Context<Self>) {
        let period = Duration::from_nanos(PERIOD.to_nanos_floor());
        cx.schedule_periodic_event(first, period, schedulable!(Self::boundary), ())
            .expect("the first period ends in the future");
    }

    #[nexosim(schedulable)]
    async fn boundary(&mut self, (): (), cx: &Context<Self>) {
        self.played_frames += PERIOD_FRAMES;
        let written_frames = self.common.written_frames.load(Relaxed);
        self.glitches += u64::from(self.played_frames > written_frames);
        self.common.happen(Step::Boundary, cx.time());
        self.interrupt.send(()).await;
    }

    /// Input port: adds its sums to the run's.
    fn report(&mut self) {
        self.common.report(self.glitches);
    }
}

#[derive(Serialize, Deserialize)]
struct Port {
    common: Common,
    notify: Output<()>,
}

#[Model]
impl Port {
    /// Input port: the interrupt.
    fn interrupt(&mut self, (): (), cx: &Context<Self>) {
        let delay = self.common.delay(Step::Isr);
        cx.schedule_event(delay, schedulable!(Self::isr), ())
            .expect("later");
    }

    #[nexosim(schedulable)]
    fn isr(&mut self, (): (), cx: &Context<Self>) {
        self.common.happen(Step::Isr, cx.time());
        let delay = self.common.delay(Step::Dpc);
        cx.schedule_event(delay, schedulable!(Self::dpc), ())
            .expect("later");
    }

    #[nexosim(schedulable)]
    async fn dpc(&mut self, (): (), cx: &Context<Self>) {
        self.common.happen(Step::Dpc, cx.time());
        self.notify.send(()).await;
    }

    /// Input port: adds its sums to the run's.
    fn report(&mut self) {
        self.common.report(0);
    }
}

#[derive(Serialize, Deserialize)]
struct Engine {
    common: Common,
    buffer: Output<()>,
}

#[Model]
impl Engine {
    /// Input port: the notification.
    fn notified(&mut self, (): (), cx: &Context<Self>) {
        let delay = self.common.delay(Step::Wake);
        cx.schedule_event(delay, schedulable!(Self::wake), ())
            .expect("later");
    }

    #[nexosim(schedulable)]
    async fn wake(&mut self, (): (), cx: &Context<Self>) {
        self.common.happen(Step::Wake, cx.time());
        self.buffer.send(()).await;
    }

    /// Input port: the client has filled its packet.
    fn filled(&mut self, (): (), cx: &Context<Self>) {
        let delay = self.common.delay(Step::Mixed);
        cx.schedule_event(delay, schedulable!(Self::mixed), ())
            .expect("later");
    }

    #[nexosim(schedulable)]
    fn mixed(&mut self, (): (), cx: &Context<Self>) {
        self.common.happen(Step::Mixed, cx.time());
        let written_frames = self.common.written_frames.load(Relaxed);
        self.common
            .written_frames
            .store(written_frames + PERIOD_FRAMES, Relaxed);
    }

    /// Input port: adds its sums to the run's.
    fn report(&mut self) {
        self.common.report(0);
    }
}

#[derive(Serialize, Deserialize)]
struct Client {
    common: Common,
    filled: Output<()>,
}

#[Model]
impl Client {
    /// Input port: the buffer event.
    fn buffer(&mut self, (): (), cx: &Context<Self>) {
        let delay = self.common.delay(Step::Done);
        cx.schedule_event(delay, schedulable!(Self::done), ())
            .expect("later");
    }

    #[nexosim(schedulable)]
    async fn done(&mut self, (): (), cx: &Context<Self>) {
        self.common.happen(Step::Done, cx.time());
        self.filled.send(()).await;
    }

    /// Input port: adds its sums to the run's.
    fn report(&mut self) {
        self.common.report(0);
    }
}

/// The inputs of one stack that a run needs from outside.
struct Stack {
    first: Duration,
    run: EventId<Duration>,
    report: EventId<()>,
}

/// Wires up stack number `stack`.
fn add_stack(mut bench: SimInit, stack: u32, sums: &Arc<Sums>) -> (SimInit, Stack) {
    let written_frames = Arc::new(AtomicU64::new(PRIMED_FRAMES));
    let common = |part| Common::new(stack, part, &written_frames, sums);
    let mut dma = Dma {
        common: common(Part::Dma),
        played_frames: 0,
        glitches: 0,
        interrupt: Output::default(),
    };
    let mut port = Port {
        common: common(Part::Port),
        notify: Output::default(),
    };
    let mut engine = Engine {
        common: common(Part::Engine),
        buffer: Output::default(),
    };
    let mut client = Client {
        common: common(Part::Client),
        filled: Output::default(),
    };
    let (to_dma, to_port) = (Mailbox::new(), Mailbox::new());
    let (to_engine, to_client) = (Mailbox::new(), Mailbox::new());
    dma.interrupt.connect(Port::interrupt, &to_port);
    port.notify.connect(Engine::notified, &to_engine);
    engine.buffer.connect(Client::buffer, &to_client);
    client.filled.connect(Engine::filled, &to_engine);
    let run = EventSource::new()
        .connect(Dma::run, &to_dma)
        .register(&mut bench);
    let report = EventSource::new()
        .connect(Dma::report, &to_dma)
        .connect(Port::report, &to_port)
        .connect(Engine::report, &to_engine)
        .connect(Client::report, &to_client)
        .register(&mut bench);
    let bench = bench
        .add_model(dma, to_dma, Part::Dma.name())
        .add_model(port, to_port, Part::Port.name())
        .add_model(engine, to_engine, Part::Engine.name())
        .add_model(client, to_client, Part::Client.name());
    let first = Duration::from_nanos(start_nanos(stack) + PERIOD.to_nanos_floor());
    (bench, Stack { first, run, report })
}

fn run_numbers(numbers: impl Iterator<Item = u32>, until: SimTime) -> Outcome {
    let sums = Arc::new(Sums::default());
    let mut bench = SimInit::with_num_threads(1);
    let mut stacks = Vec::new();
    for number in numbers {
        let stack;
        (bench, stack) = add_stack(bench, number, &sums);
        stacks.push(stack);
    }
    let mut simulation = bench.init(START).expect("a sound bench");
    advance(&mut simulation, &stacks, until);
    Outcome {
        checksum: sums.checksum.load(Relaxed),
        digest: 0,
        events: sums.events.load(Relaxed),
    }
}

fn advance(simulation: &mut Simulation, stacks: &[Stack], until: SimTime) {
    for stack in stacks {
        simulation
            .process_event(&stack.run, stack.first)
            .expect("the bench runs");
    }
    simulation
        .step_until(Duration::from_nanos(until.to_nanos_floor()))
        .expect("the bench runs");
    for stack in stacks {
        simulation
            .process_event(&stack.report, ())
            .expect("the bench runs");
    }
}

/// Stacks `0..stacks` in one simulation.
pub(super) fn run(stacks: u32, until: SimTime) -> Outcome {
    run_numbers(0..stacks, until)
}

/// Stacks `0..stacks`, each in a simulation of its own, one after the other.
pub(super) fn run_apart(stacks: u32, until: SimTime) -> Outcome {
    let mut sum = Outcome::default();
    for number in 0..stacks {
        sum.add(run_numbers(std::iter::once(number), until));
    }
    sum
}
