//! The interrupt actor in a world.

use machine::{
    Component, DELAY, DPC, FaultId, ISR, Injection, Interrupt, LATE_ISR, Machine, NOTIFICATION,
    WAKE, interrupt, wake,
};
use units::{Moment, Phase, SimTime};
use vtime::sim::{Cx, Role, SimEvent, World};
use vtime::{Context, Descriptor, Event, Fork, Keep, Reset, Shared};

use crate::support::{TenMillisecondDriver, commit_at, millis, notified};

/// A device that raises its line every 10 ms, the driver, and a client that waits.
struct Bench {
    world: World,
    machine: Shared<Machine>,
    interrupt: Shared<Interrupt>,
    line: SimEvent,
    event: SimEvent,
}

async fn device<C: Context>(cx: C, line: C::Event) {
    loop {
        let next = cx.now().ticks() / SimTime::from_millis(10).ticks() + 1;
        cx.sleep_until(SimTime::from_millis(10 * next).at(Phase::Move))
            .await;
        line.set(next);
    }
}

async fn client<C: Context>(cx: C, machine: Shared<Machine>, event: C::Event) {
    let thread = machine.borrow_mut().thread("client");
    loop {
        let tag = event.wait().await;
        wake(&cx, &machine, thread, &event.handle(), tag);
    }
}

impl Bench {
    fn new(faults: &[Injection]) -> Self {
        let mut world = World::new(1, Keep::All);
        let mut machine = Machine::ideal();
        for (ordinal, fault) in (0..).zip(faults) {
            machine.inject(FaultId::new(ordinal), *fault);
        }
        let machine = Shared::new(machine);
        let (line, event) = (
            world.event("line", Reset::Auto),
            world.event("event", Reset::Auto),
        );
        let interrupt = TenMillisecondDriver::signalling(&[event.handle()]);
        let interrupt = Shared::new(interrupt);
        let bench = Self {
            world,
            machine,
            interrupt,
            line,
            event,
        };
        bench.spawned()
    }

    fn spawned(mut self) -> Self {
        let [device_cx, driver_cx, client_cx] =
            ["device", "driver", "client"].map(|name| self.world.actor(name));
        let (machine, line) = (self.machine.clone(), self.line.clone());
        self.world.spawn(
            &device_cx,
            Role::Service,
            device(device_cx.clone(), line.clone()),
        );
        let driver = interrupt::<Cx>(
            driver_cx.clone(),
            machine.clone(),
            self.interrupt.clone(),
            line,
            Vec::new(),
        );
        self.world.spawn(&driver_cx, Role::Service, driver);
        let client = client(client_cx.clone(), machine, self.event.clone());
        self.world.spawn(&client_cx, Role::Service, client);
        self
    }

    fn run_to(mut self, millis: u64) -> Self {
        self.world
            .run_until(SimTime::from_millis(millis))
            .expect("nothing stands still");
        self
    }

    fn forked(&self) -> Self {
        let (world, mut forker) = self.world.fork();
        let machine = self.machine.fork(&mut forker);
        let interrupt = self.interrupt.fork(&mut forker);
        let (line, event) = (self.line.fork(&mut forker), self.event.fork(&mut forker));
        Self {
            world,
            machine,
            interrupt,
            line,
            event,
        }
        .spawned()
    }

    fn entries(&self, what: &'static Descriptor) -> Vec<(Moment, Vec<u64>)> {
        let history = self.world.history();
        let entries = history
            .entries()
            .filter(|entry| entry.what.name() == what.name());
        entries
            .map(|entry| (entry.moment, entry.words().to_vec()))
            .collect()
    }
}

#[test]
fn device_driver_and_client_run_in_the_phases_of_one_instant() {
    let bench = Bench::new(&[]).run_to(20);
    let react = |millis| SimTime::from_millis(millis).at(Phase::React);
    let ticks = |millis| SimTime::from_millis(millis).ticks();
    assert_eq!(
        bench.entries(&ISR),
        [(notified(10), vec![1, 1, 0]), (notified(20), vec![2, 2, 0])]
    );
    assert_eq!(
        bench.entries(&DPC),
        [
            (notified(10), vec![1, ticks(10), 0, 1, 0]),
            (notified(20), vec![2, ticks(20), 0, 1, 0])
        ]
    );
    assert_eq!(
        bench.entries(&NOTIFICATION),
        [(notified(10), vec![1, 0]), (notified(20), vec![2, 0])]
    );
    assert_eq!(
        bench.entries(&WAKE),
        [
            (react(10), vec![0, 1, ticks(10), ticks(10), 0]),
            (react(20), vec![0, 2, ticks(20), ticks(20), 0])
        ]
    );
    assert_eq!(bench.entries(&DELAY), []);
}

/// Row S22: interrupts 2, DPC runs 1, event sets 1.
#[test]
fn a_blocked_dpc_coalesces_what_comes_meanwhile() {
    let (from, until) = (SimTime::from_millis(50), SimTime::from_nanos(63_950_000));
    let bench = Bench::new(&[Injection::BlockedDpc { from, until }]).run_to(65);
    assert_eq!(
        bench.entries(&ISR)[4..],
        [(notified(50), vec![5, 5, 0]), (notified(60), vec![6, 6, 1])]
    );
    let waited = until.since(from).ticks();
    let released = commit_at(63_950_000);
    assert_eq!(
        bench.entries(&DPC)[4..],
        [(released, vec![5, from.ticks(), waited, 2, 1])]
    );
    assert_eq!(bench.entries(&NOTIFICATION)[4..], [(released, vec![6, 0])]);
    let due = from.ticks();
    assert_eq!(
        bench.entries(&WAKE)[4..],
        [(released, vec![0, 6, due, until.ticks(), 1])]
    );
    let component = Component::DpcQueueWait.index() as u64;
    assert_eq!(
        bench.entries(&DELAY),
        [(released, vec![0, 6, component, waited])]
    );
}

/// What comes while interrupts are masked is one interrupt: the line is up already.
#[test]
fn a_late_isr_answers_all_that_came_meanwhile_and_its_wait_is_booked() {
    let by = millis(14);
    let bench = Bench::new(&[Injection::LateIsr { interrupt: 2, by }]).run_to(40);
    let (raised, late) = (SimTime::from_millis(20).ticks(), commit_at(34_000_000));
    assert_eq!(
        bench.entries(&LATE_ISR),
        [(notified(20), vec![late.time.ticks(), 1])]
    );
    assert_eq!(
        bench.entries(&ISR)[1..],
        [(late, vec![2, 3, 0]), (notified(40), vec![3, 4, 0])]
    );
    assert_eq!(
        bench.entries(&DPC)[1..2],
        [(late, vec![2, raised, 0, 1, 1])]
    );
    let starts = late.time.ticks();
    assert_eq!(
        bench.entries(&WAKE)[1..2],
        [(late, vec![0, 3, raised, starts, 1])]
    );
    let component = Component::MaskWait.index() as u64;
    assert_eq!(
        bench.entries(&DELAY),
        [(late, vec![0, 3, component, by.ticks()])]
    );
}

#[test]
fn an_isr_that_is_unmasked_when_the_line_goes_up_again_runs_once() {
    let by = millis(10);
    let bench = Bench::new(&[Injection::LateIsr { interrupt: 1, by }]).run_to(20);
    let interrupts: Vec<u64> = bench
        .entries(&ISR)
        .iter()
        .map(|(_, words)| words[0])
        .collect();
    assert_eq!(
        interrupts,
        [1, 2],
        "the line goes up after the late ISR, at the same time"
    );
    assert_eq!(bench.entries(&LATE_ISR).len(), 1);
}

#[test]
fn a_lost_notification_wakes_nobody() {
    let bench = Bench::new(&[Injection::LostNotification { event: 2 }]).run_to(30);
    assert_eq!(bench.entries(&NOTIFICATION)[1], (notified(20), vec![2, 1]));
    let woken: Vec<u64> = bench
        .entries(&WAKE)
        .iter()
        .map(|(_, words)| words[1])
        .collect();
    assert_eq!(woken, [1, 3]);
}

#[test]
fn a_spurious_notification_is_a_dpc_without_an_interrupt() {
    let at = SimTime::from_millis(15);
    let bench = Bench::new(&[Injection::SpuriousNotification { at }]).run_to(20);
    assert_eq!(bench.entries(&ISR).len(), 2);
    assert_eq!(
        bench.entries(&DPC)[1],
        (at.commit(), vec![2, at.ticks(), 0, 0, 1])
    );
    assert_eq!(bench.entries(&WAKE)[1].0, at.commit());
    assert_eq!(bench.entries(&WAKE)[1].1[1], 1, "no further packet is done");
}

#[test]
fn a_twin_goes_on_as_the_original_would() {
    let (from, until) = (SimTime::from_millis(50), SimTime::from_nanos(63_950_000));
    let faults = [
        Injection::BlockedDpc { from, until },
        Injection::SpuriousNotification {
            at: SimTime::from_millis(75),
        },
        Injection::LostNotification { event: 9 },
    ];
    let unsplit = Bench::new(&faults).run_to(100);
    for millis in [0, 45, 55, 63, 70, 76, 99] {
        let original = Bench::new(&faults).run_to(millis);
        let twin = original.forked().run_to(100);
        assert_eq!(
            twin.world.history().digest(),
            unsplit.world.history().digest()
        );
        let original = original.run_to(100);
        assert_eq!(
            original.world.history().digest(),
            unsplit.world.history().digest()
        );
    }
}
