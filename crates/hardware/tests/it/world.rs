//! The controller in a world: its actor, the bus, and the twin of both.

use std::sync::Arc;

use hardware::{Bus, Controller, ControllerConfig, StreamFormat, device, history, spec};
use ring::{Samples, SharedBuffer};
use units::{Frames, Moment, SimTime};
use vtime::sim::{Role, SimEvent, World};
use vtime::{Context, Event, Fork, Keep, Reset, Shared};

use crate::rig::{BUFFER, CONTROL, LIST, Plan, STREAM, audio, ms};

/// A controller, and a driver that pauses once and acknowledges each interrupt.
struct Stack {
    world: World,
    controller: Shared<Controller>,
    buffer: Arc<SharedBuffer>,
    bus: Bus,
    doorbell: SimEvent,
    line: SimEvent,
    stage: Shared<u8>,
}

async fn driver<C: Context>(cx: C, bus: Bus, stage: Shared<u8>) {
    let write = |now: Moment, register, value| bus.write(now, register, value).unwrap();
    loop {
        let now = *stage.borrow();
        let when = match now {
            0 => SimTime::ZERO,
            1 => ms(25),
            2 => ms(35),
            _ => return,
        };
        cx.sleep_until(when.commit()).await;
        let run = if now == 1 { 0 } else { spec::ctl::RUN };
        write(cx.moment(), STREAM + spec::SD_CTL, CONTROL | run);
        *stage.borrow_mut() += 1;
    }
}

async fn interrupts<C: Context>(cx: C, bus: Bus, buffer: Arc<SharedBuffer>, line: C::Event) {
    loop {
        let number = line.wait().await;
        bus.write(cx.moment(), STREAM + spec::SD_STS, spec::sts::BCIS)
            .unwrap();
        let first = (number + 1) * 480;
        bus.settle(cx.moment());
        buffer.store(
            Frames::new(first),
            None,
            Frames::new(480),
            Some(audio(first, number)),
        );
    }
}

impl Stack {
    fn new() -> Self {
        let mut world = World::new(1, Keep::All);
        let controller = Shared::new(Controller::new(&ControllerConfig::k0()));
        let doorbell = world.event("doorbell", Reset::Auto);
        let line = world.event("interrupt", Reset::Auto);
        let bus = Bus::new(controller.clone(), doorbell.handle());
        let plan = Plan::k0();
        let buffer = Arc::new(SharedBuffer::new(plan.format, plan.frames(), Samples::Left));
        let start = Moment::default();
        bus.map_memory(BUFFER, Arc::clone(&buffer));
        bus.write_bdl(start, LIST, &plan.list());
        let format = StreamFormat::of(plan.format).unwrap().encode();
        for (offset, value) in [
            (spec::GCTL, spec::gctl::CRST),
            (spec::INTCTL, spec::intctl::GLOBAL | 1),
            (STREAM + spec::SD_FMT, format.into()),
            (STREAM + spec::SD_CBL, 3840),
            (STREAM + spec::SD_LVI, 1),
            (STREAM + spec::SD_BDPL, 0x8000),
        ] {
            bus.write(start, offset, value).unwrap();
        }
        let mut stack = Self {
            world,
            controller,
            buffer,
            bus,
            doorbell,
            line,
            stage: Shared::new(0),
        };
        stack.spawn();
        stack
    }

    fn spawn(&mut self) {
        let world = &mut self.world;
        let card = world.actor("card");
        let isr = world.actor("isr");
        let app = world.actor("app");
        let (doorbell, line) = (self.doorbell.clone(), self.line.clone());
        let actor = device(
            card.clone(),
            self.controller.clone(),
            doorbell,
            line.clone(),
        );
        world.spawn(&card, Role::Service, actor);
        let actor = interrupts(
            isr.clone(),
            self.bus.clone(),
            Arc::clone(&self.buffer),
            line,
        );
        world.spawn(&isr, Role::Service, actor);
        let actor = driver(app.clone(), self.bus.clone(), self.stage.clone());
        world.spawn(&app, Role::Foreground, actor);
    }

    fn twin(&self) -> Self {
        let (world, mut forker) = self.world.fork();
        let mut twin = Self {
            world,
            controller: self.controller.fork(&mut forker),
            buffer: forker.arc(&self.buffer, |buffer, _| buffer.snapshot()),
            bus: self.bus.fork(&mut forker),
            doorbell: self.doorbell.fork(&mut forker),
            line: self.line.fork(&mut forker),
            stage: self.stage.fork(&mut forker),
        };
        twin.spawn();
        twin
    }

    fn finish(&mut self) -> (String, hardware::LinkLog) {
        self.world.run_until(ms(100)).unwrap();
        self.controller.borrow_mut().settle(self.world.now());
        let log = self.controller.borrow().link_log(0).clone();
        (self.world.history().digest().to_string(), log)
    }
}

#[test]
fn the_actor_sets_the_interrupt_at_each_completion_and_writes_history() {
    let mut stack = Stack::new();
    stack.finish();
    let history = stack.world.history();
    let entries: Vec<_> = history
        .entries()
        .map(|entry| (entry.what.name(), entry.moment.time, entry.words()[2]))
        .collect();
    let interrupt = history::INTERRUPT.name();
    let expected = [
        (history::RUN.name(), ms(0), 0),
        (interrupt, ms(10), 1),
        (interrupt, ms(20), 2),
        (history::PAUSE.name(), ms(25), 1200),
        (history::RUN.name(), ms(35), 1200),
        (interrupt, ms(40), 3),
        (interrupt, ms(50), 4),
        (interrupt, ms(60), 5),
        (interrupt, ms(70), 6),
        (interrupt, ms(80), 7),
        (interrupt, ms(90), 8),
        (interrupt, ms(100), 9),
    ];
    assert_eq!(entries, expected);
}

#[test]
fn an_interrupt_costs_one_event_of_the_device_and_one_of_its_driver() {
    let mut stack = Stack::new();
    stack.world.run_until(ms(41)).unwrap();
    let before = stack.world.events();
    stack.world.run_until(ms(91)).unwrap();
    assert_eq!(stack.world.events() - before, 2 * 5);
}

#[test]
fn a_twin_goes_on_as_the_original_does() {
    let expected = Stack::new().finish();
    for at in [0, 10, 15, 25, 30, 35, 41, 77] {
        let mut stack = Stack::new();
        stack.world.run_until(ms(at)).unwrap();
        let mut twin = stack.twin();
        assert_eq!(twin.finish(), expected, "the twin of {at} ms");
        assert_eq!(stack.finish(), expected, "the original, taken at {at} ms");
    }
}
