//! The stack that a scenario describes, assembled in a world of its own.

mod controller;
mod convert;
pub(crate) mod device;
pub(crate) mod device_faults;
mod dma;
mod endpoints;
pub(crate) mod faults;
mod halves;
mod list_writer;
mod machine;
mod microphone;
mod odd_pin;
pub(crate) mod offload;
mod players;
mod recorders;
mod source;
mod speaker;
mod system;
pub(crate) mod watch;

use std::fmt::Debug;
use std::rc::Rc;

use ::machine::Machine;
use ks::{PinHandle, PinReply, PinRequest, RtAudioRequest};
use truth::Geometry;
use units::{Frames, Moment, SimDuration, SimTime};
use vtime::sim::{Cx, World};
use vtime::{Context, Event, EventHandle, Fork, Keep, Shared};
use wasapi::Player;

use crate::format::Scenario;
use crate::input::Inputs;
use crate::notes::{Notes, Role};
use crate::run::{RunError, RunOptions};
use device::Hardware;
use endpoints::Endpoints;
pub use halves::{DeviceHalf, PlayerHalf, PlayerReport};
use list_writer::ListWriter;
use offload::Offloads;
pub use players::InPackets;
pub(crate) use players::Opened;
use players::Players;
use recorders::Recorders;
use system::System;
use watch::Watch;

/// Names of actors that are always there; no client or device has them.
pub(crate) const ENGINE: &str = "engine";
pub(crate) const CONTROLLER: &str = "controller";
pub(crate) const INTERRUPT: &str = "interrupt";
/// And those that are there with a microphone.
pub(crate) const CAPTURE_ENGINE: &str = "capture engine";
pub(crate) const CAPTURE_CONTROLLER: &str = "capture controller";
pub(crate) const CAPTURE_INTERRUPT: &str = "capture interrupt";
/// The name of an actor that is there if the driver does what it should not.
pub(crate) const DRIVER: &str = "driver";
/// The name of an actor that is there if the system does something to the device.
pub(crate) const SYSTEM: &str = "system";

/// The names of the actors that are there if somebody changes what is connected to a device.
pub(crate) const USER: &str = "user";
/// Jack of the speaker, jack of the microphone, format of the speaker.
pub(crate) const LISTENERS: [&str; 3] =
    ["jack listener", "capture jack listener", "format listener"];

/// How long a run goes on before its history is looked at.
const SLICE: SimDuration = SimDuration::from_millis(1_000);

/// A stack in a world of its own, at some instant of its run.
///
/// ```text
///  clients ─▶ engine ─▶ pin ─▶ port ─▶ miniport ─▶ bus ─▶ controller ─▶ link log
///                ▲                         │ DPC                │ interrupt line
///                └──── notification ◀── interrupt ◀─────────────┘
/// ```
///
/// [`run`](crate::run()) does all this at once. Whoever wants to look at the stack on its way, or
/// to take a run up twice, does it step by step.
#[derive(Debug)]
pub struct Stack {
    pub(crate) scenario: Rc<Scenario>,
    pub(crate) options: RunOptions,
    pub(crate) conversions: Rc<[crate::result::Conversion]>,
    pub(crate) world: World,
    pub(crate) hardware: Hardware,
    /// The microphone, if there is one.
    pub(crate) microphone: Option<Hardware>,
    machine: Shared<Machine>,
    pub(crate) players: Players,
    pub(crate) recorders: Recorders,
    /// The streams that go past the software engine.
    pub(crate) offloads: Offloads,
    system: System,
    list_writer: ListWriter,
    endpoints: Endpoints,
    /// Who looks at the position of the speaker, from outside.
    pub(crate) watch: Watch,
    /// What the history said so far.
    pub(crate) notes: Notes,
    /// Entries of the history that went into the notes and are still kept.
    noted: usize,
}

/// What the driver says of its stream.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Answers {
    pub(crate) position: Option<u64>,
    pub(crate) packet_count: Option<u64>,
}

impl Answers {
    /// What the driver of `pin` says at `now`.
    pub(crate) fn of(pin: &PinHandle, now: Moment) -> Self {
        let ask = |request| pin.request(now, PinRequest::RtAudio(request));
        let position = match ask(RtAudioRequest::PresentationPosition) {
            Ok(PinReply::PresentationPosition(position)) => Some(position.blocks.get()),
            _ => None,
        };
        let packet_count = match ask(RtAudioRequest::PacketCount) {
            Ok(PinReply::PacketCount(count)) => Some(count.get().into()),
            _ => None,
        };
        Self {
            position,
            packet_count,
        }
    }
}

impl Stack {
    /// Assembles the stack of `scenario` at the beginning of time.
    ///
    /// # Errors
    /// [`RunError`] if a sound is missing or a part of the stack refuses the scenario.
    pub fn assemble(
        scenario: &Scenario,
        inputs: &Inputs,
        options: &RunOptions,
    ) -> Result<Self, RunError> {
        let world = World::new(options.seed.unwrap_or(scenario.seed), Keep::All);
        Self::assemble_in(world, scenario, inputs, options)
    }

    /// The same in a world where others may live already; the scenario's seed is not used.
    ///
    /// # Errors
    /// As [`assemble`](Self::assemble).
    pub fn assemble_in(
        mut world: World,
        scenario: &Scenario,
        inputs: &Inputs,
        options: &RunOptions,
    ) -> Result<Self, RunError> {
        let conversions = source::conversions(scenario, inputs)?;
        // Sources rank in this order: clients fill before the engine's first pass.
        for place in 0..scenario.clients.len() {
            world.actor(&scenario.client_name(place));
        }
        for name in [ENGINE, CONTROLLER, INTERRUPT, &scenario.device.name] {
            world.actor(name);
        }
        for number in 0..scenario.offloads().count() {
            world.actor(&offload::stream_name(number));
        }
        // The microphone comes last: the engine that plays makes its pass before the one that
        // records tells its clients.
        if let Some(microphone) = &scenario.microphone {
            let names = [CAPTURE_ENGINE, CAPTURE_CONTROLLER, CAPTURE_INTERRUPT];
            for name in names.into_iter().chain([microphone.name.as_str()]) {
                world.actor(name);
            }
        }
        let machine = machine::machine(scenario, world.seed());
        let missing = faults::missing_ticks(scenario);
        let mut hardware = Hardware::new(&mut world, scenario, missing, options.keep_samples);
        let seed = world.seed();
        hardware.inject(|controller, stream| {
            device_faults::inject(scenario, seed, controller, stream);
        });
        let microphone = listening(&mut world, scenario, inputs, options, &mut hardware)?;
        if let Some(microphone) = &microphone {
            microphone.inject(|controller, stream| {
                device_faults::inject_into_microphone(scenario, seed, controller, stream);
            });
        }
        let players = Players::new(&mut world, scenario, inputs, &hardware.pins(), &machine)?;
        let offloads = Offloads::new(&mut world, scenario, inputs, &hardware.pins(), &machine)?;
        let system = System::new(&mut world, scenario, hardware.device.as_ref());
        let list_writer = ListWriter::new(&mut world, scenario, hardware.driver());
        let endpoints = Endpoints::new(&mut world, scenario, &hardware, microphone.as_ref());
        let recorders = Recorders::new(
            &mut world,
            scenario,
            microphone.as_ref(),
            players.endpoint(),
            &machine,
        )?;
        let notes = Notes::new(
            scenario,
            players.opened().map(|stream| stream.in_packets()),
            recorders.device_stream().as_ref(),
            device_faults::suspects(scenario),
            hardware.stream(),
        );
        let watch = Watch::new(scenario, players.opened().as_ref());
        let mut stack = Self {
            scenario: Rc::new(scenario.clone()),
            options: *options,
            conversions: conversions.into(),
            world,
            hardware,
            microphone,
            machine,
            players,
            recorders,
            offloads,
            system,
            list_writer,
            endpoints,
            watch,
            notes,
            noted: 0,
        };
        stack.spawn();
        Ok(stack)
    }

    /// What time it is.
    pub fn now(&self) -> Moment {
        self.world.now()
    }

    /// When the run ends.
    pub fn end(&self) -> SimTime {
        SimTime::ZERO + self.scenario.duration.to_duration()
    }

    /// The world, to look at its history.
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// Runs everything up to and including `limit`, but not beyond the end of the run.
    ///
    /// # Errors
    /// [`RunError::Stuck`].
    pub fn run_until(&mut self, limit: SimTime) -> Result<(), RunError> {
        let limit = limit.min(self.end());
        loop {
            // In slices, so that what is not kept does not pile up.
            let mut next = limit.min(self.now().time + SLICE);
            if let Some(at) = self.watch.due().filter(|at| *at <= next) {
                self.look(at)?;
                next = at;
            } else {
                self.world.run_until(next)?;
                self.take_notes();
            }
            if next == limit {
                return Ok(());
            }
        }
    }

    /// Runs everything up to and including `at`, and lets those look at the position of the speaker whose
    /// time that is. As a program that is woken then they see where the device is, and know what was
    /// written before.
    fn look(&mut self, at: SimTime) -> Result<(), RunError> {
        self.world.run_until(just_before(at))?;
        self.take_notes();
        let stream = self.notes.running();
        self.world.run_until(at)?;
        self.take_notes();
        if let Some(opened) = self.players.opened() {
            self.watch.look(self.world.now(), &opened.pin, stream);
        }
        Ok(())
    }

    /// Notes what the history has said since the last time.
    fn take_notes(&mut self) {
        let history = self.world.history();
        let roles: Vec<Role> = history
            .sources()
            .map(|name| Role::of(&self.scenario, name))
            .collect();
        for entry in history.entries().skip(self.noted) {
            match roles[entry.source.index()] {
                Role::Offload(number) => {
                    let pin = &mut self.offloads.pins_mut()[number];
                    pin.notes.take(Role::Producer, entry);
                }
                role => self.notes.take(role, entry),
            }
            self.noted += 1;
        }
        drop(history);
        if !self.options.keep_history {
            self.world.forget_entries();
            self.noted = 0;
        }
    }

    /// Lets the next event happen. False if there is none before the end of the run.
    ///
    /// # Errors
    /// [`RunError::Stuck`].
    pub fn step(&mut self) -> Result<bool, RunError> {
        let end = self.end();
        if self.world.next_event().is_none_or(|next| next > end) {
            return Ok(false);
        }
        Ok(self.world.step()?)
    }

    /// A twin of the stack in its present state. Neither notices the other.
    pub fn fork(&self) -> Self {
        let (world, mut forker) = self.world.fork();
        let mut twin = Self {
            scenario: Rc::clone(&self.scenario),
            options: self.options,
            conversions: Rc::clone(&self.conversions),
            world,
            hardware: self.hardware.fork(&mut forker),
            microphone: self.microphone.fork(&mut forker),
            machine: self.machine.fork(&mut forker),
            players: self.players.fork(&mut forker),
            recorders: self.recorders.fork(&mut forker),
            offloads: self.offloads.fork(&mut forker),
            system: self.system.fork(&mut forker),
            list_writer: self.list_writer.fork(&mut forker),
            endpoints: self.endpoints.fork(&mut forker),
            watch: self.watch.clone(),
            notes: self.notes.clone(),
            noted: self.noted,
        };
        twin.spawn();
        twin
    }

    fn spawn(&mut self) {
        self.players.spawn(&mut self.world, &self.scenario);
        self.offloads.spawn(&mut self.world, &self.scenario);
        // A device that nobody can open interrupts nobody.
        let is_beside = self.scenario.microphone_beside().is_some();
        if self.scenario.has_speaker() {
            let mut others = self.offloads.events(&mut self.world);
            if is_beside {
                others.extend(self.recorded_events());
            }
            self.hardware.spawn(&mut self.world, &self.machine, others);
        }
        self.recorders.spawn(&mut self.world, &self.scenario);
        if let Some(microphone) = self.microphone.as_ref().filter(|_| !is_beside) {
            microphone.spawn(&mut self.world, &self.machine, Vec::new());
        }
        self.system.spawn(&mut self.world);
        self.list_writer.spawn(&mut self.world);
        self.endpoints.spawn(&mut self.world);
    }

    /// The event that notifications of the microphone set, and who speaks for it.
    fn recorded_events(&mut self) -> Vec<(EventHandle, Cx)> {
        let cx = self.world.actor(CAPTURE_INTERRUPT);
        let events = self.recorders.notification().into_iter();
        events.map(|event| (event.handle(), cx.clone())).collect()
    }

    /// What the ledger has to know of device and buffer; none if nobody opened the device.
    pub(crate) fn geometry(&self) -> Option<Geometry> {
        let stream = self.players.opened()?;
        if self.hardware.dsp().is_some() {
            return Some(offload::mixed_when_ended(&stream));
        }
        let packets = stream.in_packets();
        Some(speaker_geometry(&self.scenario, &self.hardware, packets))
    }

    /// The same of the microphone; none if nobody opened it.
    pub(crate) fn capture_geometry(&self) -> Option<Geometry> {
        let stream = self.recorders.device_stream()?;
        let packets = Opened::of(&stream).in_packets();
        Some(geometry(self.microphone.as_ref()?, packets))
    }

    /// Asks the driver where its stream is. Leaves no trace.
    pub(crate) fn ask(&self) -> Answers {
        let opened = self.players.opened();
        opened.map_or_else(Answers::default, |opened| {
            Answers::of(&opened.pin, self.now())
        })
    }

    /// How often an event was set that was set already.
    pub(crate) fn coalesced_sets(&self) -> u64 {
        self.players.notification().map_or(0, Event::coalesced)
    }

    /// The same of the microphone's notifications.
    pub(crate) fn coalesced_capture_sets(&self) -> u64 {
        self.recorders.notification().map_or(0, Event::coalesced)
    }
}

/// The last instant before `at`: what happens there has not begun.
fn just_before(at: SimTime) -> SimTime {
    SimTime::from_ticks(at.ticks().saturating_sub(1))
}

/// The microphone of the scenario, with what it hears.
fn listening(
    world: &mut World,
    scenario: &Scenario,
    inputs: &Inputs,
    options: &RunOptions,
    speaker: &mut Hardware,
) -> Result<Option<Hardware>, RunError> {
    let Some(microphone) = &scenario.microphone else {
        return Ok(None);
    };
    let hears = |name: &str| {
        let format = microphone.format.to_format();
        let source = source::source(world.seed(), inputs, name, &microphone.source, format)?;
        Player::new(source, format).map_err(|error| RunError::Source {
            client: name.to_owned(),
            problem: error.to_string(),
        })
    };
    let player = if microphone.hears_the_tone() {
        None
    } else {
        Some(hears(&microphone.name)?)
    };
    if scenario.microphone_beside().is_some() {
        return Ok(Some(speaker.recording_beside(world, microphone, player)));
    }
    let missing = faults::missing_ticks(scenario);
    let keep = options.keep_samples;
    Ok(Some(Hardware::recording(
        world, microphone, missing, player, keep,
    )))
}

fn geometry<C: Context + Fork + Debug>(hardware: &Hardware<C>, stream: InPackets) -> Geometry {
    let config = hardware.stream_config();
    let frame = stream.format.bytes_of(Frames::new(1));
    Geometry {
        rate: stream.format.rate,
        packet: stream.packet,
        packets: stream.packets,
        frame,
        fifo: config.fifo.bytes(frame),
        burst: config.burst.bytes(frame),
    }
}

/// The same of a speaker, with what its faults make of it.
fn speaker_geometry<C: Context + Fork + Debug>(
    scenario: &Scenario,
    speaker: &Hardware<C>,
    stream: InPackets,
) -> Geometry {
    let plain = geometry(speaker, stream);
    Geometry {
        fifo: plain.fifo + device_faults::lead(scenario, plain.frame),
        ..plain
    }
}
