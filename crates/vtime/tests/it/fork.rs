//! A world that is cloned between two events goes on as the original does (rule T6).

use std::rc::Rc;

use units::{Clock, Phase, SampleRate, SimDuration, SimTime};
use vtime::sim::{Role, RunError, SimEvent, SimMailbox, SimSender, World};
use vtime::{
    Context, Event, EventHandle, Fork, Forker, Keep, Mailbox, Received, Reset, Rng, Sender, Shared,
    Woken, fork_by_clone,
};

use crate::stage::{MARK, ms};

/// A device: raises a notification every packet and knows who is to be told.
#[derive(Debug)]
struct Device {
    clock: Clock,
    packets: u64,
    notify: EventHandle,
    buffer: Shared<Buffer>,
}

/// What device and client share.
#[derive(Debug, Default)]
struct Buffer {
    written: u64,
    glitches: u64,
}

/// A client that computes for a while, then tells the logger.
#[derive(Debug)]
struct Client {
    stage: Stage,
    rng: Rng,
    buffer: Shared<Buffer>,
    log: SimSender<Note>,
}

#[derive(Clone, Copy, Debug)]
enum Stage {
    Waiting,
    Computing { until: SimTime },
}

#[derive(Clone, Copy, Debug)]
struct Note(u64);

#[derive(Clone, Copy, Debug)]
struct Logger {
    notes: u64,
    patience: SimTime,
}

fork_by_clone!(Stage, Note, Logger);

impl Fork for Device {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            clock: self.clock,
            packets: self.packets,
            notify: self.notify.fork(forker),
            buffer: self.buffer.fork(forker),
        }
    }
}

impl Fork for Buffer {
    fn fork(&self, _: &mut Forker) -> Self {
        Self { ..*self }
    }
}

impl Fork for Client {
    fn fork(&self, forker: &mut Forker) -> Self {
        Self {
            stage: self.stage.fork(forker),
            rng: self.rng.fork(forker),
            buffer: self.buffer.fork(forker),
            log: self.log.fork(forker),
        }
    }
}

async fn device<C: Context>(core: Shared<Device>, cx: C) {
    loop {
        let next = {
            let core = core.borrow();
            core.clock.instant_of((core.packets + 1) * 480)
        };
        cx.sleep_until(next.at(Phase::Move)).await;
        let mut core = core.borrow_mut();
        core.packets += 1;
        let mut buffer = core.buffer.borrow_mut();
        buffer.glitches += u64::from(buffer.written < core.packets);
        cx.record(&MARK, &[core.packets, buffer.glitches]);
        core.notify.set(core.packets);
    }
}

async fn client<C: Context>(core: Shared<Client>, notified: C::Event, cx: C) {
    loop {
        let stage = core.borrow().stage;
        match stage {
            Stage::Waiting => {
                let deadline =
                    SimTime::from_ticks(cx.now().ticks() / 7_777_777_777 * 7_777_777_777)
                        + SimDuration::from_ticks(7_777_777_777);
                match notified.wait_until(Some(deadline.commit())).await {
                    Woken::Deadline => cx.record(&MARK, &[0]),
                    Woken::Event(tag) => {
                        cx.record(&MARK, &[tag]);
                        let mut core = core.borrow_mut();
                        let length = SimDuration::from_micros(core.rng.below(12_000));
                        let until = cx.now() + length;
                        core.stage = Stage::Computing { until };
                    }
                }
            }
            Stage::Computing { until } => {
                cx.sleep_until(until.commit()).await;
                let mut core = core.borrow_mut();
                core.buffer.borrow_mut().written += 1;
                core.stage = Stage::Waiting;
                let note = core.rng.next_u64();
                core.log.send(Note(note));
            }
        }
    }
}

async fn logger<M: Mailbox<Note>>(core: Shared<Logger>, mailbox: Rc<M>, cx: impl Context) {
    loop {
        let deadline = core.borrow().patience.commit();
        let received = mailbox.recv_until(Some(deadline)).await;
        let mut core = core.borrow_mut();
        match received {
            Received::Message(Note(word)) => {
                core.notes += 1;
                cx.record(&MARK, &[core.notes, word]);
            }
            Received::Deadline => {
                core.patience = core.patience + SimDuration::from_millis(13);
                cx.record(&MARK, &[core.notes]);
            }
            Received::Closed => return,
        }
    }
}

/// The whole model: a world, and what its actors work on.
struct Model {
    world: World,
    device: Shared<Device>,
    client: Shared<Client>,
    notified: SimEvent,
    logger: Shared<Logger>,
    mailbox: Rc<SimMailbox<Note>>,
}

impl Model {
    fn new() -> Self {
        let mut world = World::new(3, Keep::All);
        let notified = world.event("notified", Reset::Auto);
        let (log, mailbox) = world.mailbox("log");
        let buffer = Shared::new(Buffer::default());
        let mut model = Self {
            device: Shared::new(Device {
                clock: Clock::nominal(SimTime::ZERO, SampleRate::HZ_48000),
                packets: 0,
                notify: notified.handle(),
                buffer: buffer.clone(),
            }),
            client: Shared::new(Client {
                stage: Stage::Waiting,
                rng: world.actor("client").rng("length"),
                buffer,
                log,
            }),
            logger: Shared::new(Logger {
                notes: 0,
                patience: ms(13),
            }),
            world,
            notified,
            mailbox: Rc::new(mailbox),
        };
        model.spawn();
        model
    }

    /// Starts the actors, or the twins of actors.
    fn spawn(&mut self) {
        let world = &mut self.world;
        let [of_device, of_client, of_logger] =
            ["device", "client", "logger"].map(|name| world.actor(name));
        let device = device(self.device.clone(), of_device.clone());
        world.spawn(&of_device, Role::Foreground, device);
        let client = client(
            self.client.clone(),
            self.notified.clone(),
            of_client.clone(),
        );
        world.spawn(&of_client, Role::Service, client);
        let logger = logger(self.logger.clone(), self.mailbox.clone(), of_logger.clone());
        world.spawn(&of_logger, Role::Service, logger);
    }

    fn fork(&self) -> Self {
        let mut twin = self.fork_without_actors();
        twin.spawn();
        twin
    }

    fn fork_without_actors(&self) -> Self {
        let (world, mut forker) = self.world.fork();
        Self {
            world,
            device: self.device.fork(&mut forker),
            client: self.client.fork(&mut forker),
            notified: self.notified.fork(&mut forker),
            logger: self.logger.fork(&mut forker),
            mailbox: self.mailbox.fork(&mut forker),
        }
    }

    fn digest(&self) -> String {
        let history = self.world.history();
        format!("{} after {}", history.digest(), history.count())
    }
}

const END: u64 = 500;

fn unsplit() -> String {
    let mut model = Model::new();
    let run = model.world.run_until(ms(END));
    run.expect("a sound model");
    model.digest()
}

/// Forks after each event, so in every combination of waits that the model has.
#[test]
fn truth6_a_forked_world_goes_on_like_the_unsplit_run() {
    let expected = unsplit();
    let mut original = Model::new();
    while original
        .world
        .next_event()
        .is_some_and(|next| next <= ms(END))
    {
        let mut twin = original.fork();
        assert_eq!(twin.world.vacancies(), [""; 0]);
        assert_eq!(twin.world.events(), original.world.events());
        twin.world.run_until(ms(END)).unwrap();
        assert_eq!(
            twin.digest(),
            expected,
            "forked at {:?}",
            original.world.now()
        );
        assert_eq!(original.world.step(), Ok(true));
    }
    original.world.run_until(ms(END)).unwrap();
    assert_eq!(original.digest(), expected, "the original noticed nothing");
}

#[test]
fn truth6_the_twin_of_a_twin_is_as_good() {
    let expected = unsplit();
    let mut model = Model::new();
    for millis in (0..END).step_by(7) {
        model.world.run_until(ms(millis)).unwrap();
        model = model.fork();
    }
    model.world.run_until(ms(END)).unwrap();
    assert_eq!(model.digest(), expected);
}

#[test]
fn a_twin_goes_its_own_way() {
    let mut original = Model::new();
    original.world.run_until(ms(95)).unwrap();
    let mut twin = original.fork();
    let packets = original.device.borrow().packets;
    twin.device.borrow_mut().packets += 10;
    twin.notified.set(99);
    twin.world.run_until(ms(END)).unwrap();
    assert_eq!(original.device.borrow().packets, packets);
    assert!(!original.notified.is_set());
    original.world.run_until(ms(END)).unwrap();
    assert_eq!(original.digest(), unsplit());
    assert_ne!(twin.digest(), original.digest());
}

#[test]
fn a_fork_keeps_who_shares_what_with_whom() {
    let mut original = Model::new();
    original.world.run_until(ms(50)).unwrap();
    let twin = original.fork();
    assert!(twin.device.borrow().buffer.is(&twin.client.borrow().buffer));
    assert!(
        !twin
            .device
            .borrow()
            .buffer
            .is(&original.device.borrow().buffer)
    );
    assert_eq!(twin.device.borrow().notify, twin.notified.handle());
    assert_ne!(twin.device.borrow().notify, original.notified.handle());
}

#[test]
fn actors_that_are_not_spawned_again_are_named() {
    let mut original = Model::new();
    original.world.run_until(ms(50)).unwrap();
    let mut twin = original.fork_without_actors();
    assert_eq!(twin.world.vacancies(), ["client", "device", "logger"]);
    let error = twin.world.run_until(ms(60)).unwrap_err();
    assert!(matches!(error, RunError::NotTakenUp { .. }), "{error}");
    twin.spawn();
    twin.world.run_until(ms(END)).unwrap();
    assert_eq!(
        twin.world.history().digest().to_string(),
        unsplit()[..16],
        "it was not too late"
    );
}

#[test]
fn an_actor_that_had_ended_stays_so() {
    let mut world = World::new(3, Keep::All);
    let cx = world.actor("brief");
    world.spawn(&cx.clone(), Role::Foreground, async move {
        cx.record(&MARK, &[1]);
    });
    world.run_until(ms(1)).unwrap();
    let (mut twin, _) = world.fork();
    let cx = twin.actor("brief");
    twin.spawn(&cx.clone(), Role::Foreground, async move {
        cx.record(&MARK, &[1]);
    });
    twin.run_until(ms(2)).unwrap();
    assert_eq!(twin.history().count(), 1);
}

#[test]
#[should_panic(expected = "the twin of `sleeper` waits for Moment")]
fn a_twin_that_waits_for_something_else_is_refused() {
    let mut world = World::new(3, Keep::All);
    let cx = world.actor("sleeper");
    world.spawn(&cx.clone(), Role::Service, async move {
        cx.sleep_until(ms(5).commit()).await;
    });
    world.run_until(ms(1)).unwrap();
    let (mut twin, _) = world.fork();
    let cx = twin.actor("sleeper");
    twin.spawn(&cx.clone(), Role::Service, async move {
        cx.sleep_until(ms(6).commit()).await;
    });
}

#[test]
#[should_panic(expected = "a shared object does not contain itself")]
fn a_circle_of_shared_objects_is_refused() {
    struct Knot(Option<Shared<Knot>>);
    impl Fork for Knot {
        fn fork(&self, forker: &mut Forker) -> Self {
            Self(self.0.fork(forker))
        }
    }
    let knot = Shared::new(Knot(None));
    knot.borrow_mut().0 = Some(knot.clone());
    knot.fork(&mut Forker::new());
}
