//! The two halves of a stack that plays: who writes, and the device. Each can stand on a thread of
//! its own; between them there are the pin and the cyclic buffer.

use std::fmt::Debug;

use ks::{PinConnect, PinHandle};
use machine::Machine;
use truth::Ledger;
use units::{Moment, NtStatus, SimTime};
use vtime::{Context, Event, Fork, History, Host, Shared};
use wasapi::RingWriter;

use super::device::Hardware;
use super::endpoints::Endpoints;
use super::list_writer::ListWriter;
use super::machine::machine;
use super::players::{InPackets, Players};
use super::system::System;
use super::{
    Answers, CONTROLLER, ENGINE, INTERRUPT, device_faults, faults, source, speaker_geometry,
};
use crate::format::Scenario;
use crate::history::HEARD;
use crate::input::Inputs;
use crate::notes::{Notes, Role};
use crate::outcome::{Lateness, Speaker, account, heard, note_what_was_heard, violations};
use crate::result::{Conversion, RunResult, SCHEMA};
use crate::run::{Run, RunError, RunOptions};

/// Everything below a pin: port, miniport, interrupt, and the controller or the timer.
#[derive(Debug)]
pub struct DeviceHalf<C: Context> {
    scenario: Scenario,
    options: RunOptions,
    hardware: Hardware<C>,
    machine: Shared<Machine>,
    system: System,
    list_writer: ListWriter,
    endpoints: Endpoints<C>,
    /// Speaks for the device.
    device: C,
}

/// Everything above a pin: an exclusive client, or an engine and its clients.
#[derive(Debug)]
pub struct PlayerHalf<C: Context> {
    scenario: Scenario,
    conversions: Vec<Conversion>,
    players: Players<C>,
    machine: Shared<Machine>,
}

/// What the half above the pin has to say when the run is over.
#[derive(Clone, Debug)]
pub struct PlayerReport {
    conversions: Vec<Conversion>,
    stream: Option<InPackets>,
    failure: Option<NtStatus>,
    coalesced: u64,
    belief: Option<RingWriter>,
}

impl<C: Context> PlayerHalf<C> {
    /// Whoever plays in `scenario`, into pins that `create_pin` makes.
    ///
    /// # Errors
    /// [`RunError`] if a sound is missing or the device refuses what a client asks of it.
    pub fn assemble(
        host: &mut impl Host<Context = C>,
        scenario: &Scenario,
        inputs: &Inputs,
        create_pin: &dyn Fn(PinConnect) -> Result<PinHandle, NtStatus>,
    ) -> Result<Self, RunError> {
        let conversions = source::conversions(scenario, inputs)?;
        for place in 0..scenario.clients.len() {
            host.actor(&scenario.client_name(place));
        }
        host.actor(ENGINE);
        let machine = machine(scenario, host.seed());
        let players = Players::new(host, scenario, inputs, create_pin, &machine)?;
        Ok(Self {
            scenario: scenario.clone(),
            conversions,
            players,
            machine,
        })
    }

    /// The machine that its threads run on: notifications that come from elsewhere are
    /// [`signalled`](Machine::signalled) to it.
    pub const fn machine(&self) -> &Shared<Machine> {
        &self.machine
    }

    /// Lets clients and engine do what they do.
    pub fn spawn(&self, host: &mut impl Host<Context = C>) {
        self.players.spawn(host, &self.scenario);
    }

    /// What it has to say by now.
    pub fn report(&self) -> PlayerReport {
        PlayerReport {
            conversions: self.conversions.clone(),
            stream: self.players.opened().map(|stream| stream.in_packets()),
            failure: self.players.failure(),
            coalesced: self.players.notification().map_or(0, Event::coalesced),
            belief: self.players.belief(),
        }
    }
}

impl<C: Context + Fork + Debug> DeviceHalf<C> {
    /// The device of `scenario`, at the beginning of time.
    pub fn assemble(
        host: &mut impl Host<Context = C>,
        scenario: &Scenario,
        options: &RunOptions,
    ) -> Self {
        for name in [CONTROLLER, INTERRUPT] {
            host.actor(name);
        }
        let device = host.actor(&scenario.device.name);
        let missing = faults::missing_ticks(scenario);
        let hardware = Hardware::new(host, scenario, missing, options.keep_samples);
        let seed = host.seed();
        hardware.inject(|controller, stream| {
            device_faults::inject(scenario, seed, controller, stream);
        });
        Self {
            system: System::new(host, scenario, hardware.device.as_ref()),
            list_writer: ListWriter::new(host, scenario, hardware.driver()),
            endpoints: Endpoints::new(host, scenario, &hardware, None),
            // Each half has one of its own with all faults of the scenario, and those strike where
            // their victim is.
            machine: machine(scenario, seed),
            scenario: scenario.clone(),
            options: *options,
            hardware,
            device,
        }
    }

    /// Makes a pin of the device at `now`.
    ///
    /// # Errors
    /// The status that the device refuses it with.
    pub fn create_pin(&self, now: Moment, connect: PinConnect) -> Result<PinHandle, NtStatus> {
        self.hardware.filter.create_pin(now, connect)
    }

    /// The machine that its ISR and its DPC run on.
    pub const fn machine(&self) -> &Shared<Machine> {
        &self.machine
    }

    /// Lets controller, interrupt, system and driver do what they do.
    pub fn spawn(&self, host: &mut impl Host<Context = C>) {
        self.hardware.spawn(host, &self.machine, Vec::new());
        self.system.spawn(host);
        self.list_writer.spawn(host);
        self.endpoints.spawn(host);
    }

    /// Does everything that the controller has done up to `now`.
    pub fn settle(&self, now: Moment) {
        self.hardware.settle(now);
    }

    /// Notes what was heard, as of now. The last thing before the history is taken.
    pub fn note_what_was_heard(&self) {
        note_what_was_heard(&self.hardware.log(), |words| {
            self.device.record(&HEARD, words);
        });
    }

    /// Draws the conclusions: from the histories of both halves, brought into one order, from what
    /// the players have to say, and from what `pin` says at `now`.
    ///
    /// # Errors
    /// [`RunError`] if the driver refused to play.
    pub fn conclude(
        &self,
        now: Moment,
        pin: Option<&PinHandle>,
        players: &PlayerReport,
        mut history: History,
    ) -> Result<Run, RunError> {
        let scenario = &self.scenario;
        if let Some(status) = players.failure {
            return Err(RunError::Refused {
                who: scenario.device.name.clone(),
                what: "a change of state",
                status: status.to_string(),
            });
        }
        let end = SimTime::ZERO + scenario.duration.to_duration();
        let mut notes = self.notes(players, &history);
        let truth = players.stream.map(|stream| {
            let geometry = speaker_geometry(scenario, &self.hardware, stream);
            let log = self.hardware.log();
            Ledger::close(account(scenario, (geometry, end), &log, &mut notes))
        });
        let keeps = self.options.keep_samples;
        let heard = keeps.then(|| heard(scenario, &self.hardware, end));
        let speaker = Speaker {
            scenario,
            notes: &notes,
            answers: pin.map_or_else(Answers::default, |pin| Answers::of(pin, now)),
            coalesced: players.coalesced,
            belief: players.belief.clone(),
        };
        let result = RunResult {
            schema: SCHEMA,
            scenario: scenario.name.clone(),
            seed: self.options.seed.unwrap_or(scenario.seed),
            digest: history.digest().to_string(),
            sim_ns: end.to_nanos_floor(),
            events: history.count(),
            met: true,
            expect: Vec::new(),
            endpoints: vec![speaker.endpoint(truth.as_ref(), heard.as_ref())],
            clients: speaker.clients(truth.as_ref()),
            conversions: players.conversions.clone(),
            violations: violations(&self.hardware).collect(),
        };
        if !self.options.keep_history {
            history.forget_entries();
        }
        Ok(Run {
            result,
            history,
            truth: vec![truth],
            captured: Vec::new(),
            lateness: vec![Lateness::of(&notes.wake_latencies)],
            heard: heard.into_iter().collect(),
            recorded: Vec::new(),
            is_live: true,
        })
    }

    fn notes(&self, players: &PlayerReport, history: &History) -> Notes {
        let mut notes = Notes::new(
            &self.scenario,
            players.stream,
            None,
            device_faults::suspects(&self.scenario),
            self.hardware.stream(),
        );
        let roles: Vec<Role> = history
            .sources()
            .map(|name| Role::of(&self.scenario, name))
            .collect();
        for entry in history.entries() {
            notes.take(roles[entry.source.index()], entry);
        }
        notes
    }
}
