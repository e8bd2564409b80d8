//! From a stack that has run to what came of it.

mod capture;

use std::collections::BTreeMap;
use std::mem::take;
use std::rc::Rc;

use hardware::{LateArm, Segment};
use portcls::Violation;
use ring::Kind;
use truth::{Account, Cadence, CaptureLedger, Class, Glitch, LateFetch, Ledger, Played, Stay};
use units::{Frames, Phase, SimDuration, SimTime};
use vtime::Context;

use crate::expectation::expectations;
use crate::format::Mode;
use crate::heard::{Heard, Recorded};
use crate::history::HEARD;
use crate::result::{
    Belief, ClientResult, EndpointResult, GlitchResult, Headroom, RunResult, SCHEMA, StayResult,
    ViolationResult,
};
use crate::run::{Run, RunError};
use crate::stack::{Stack, device_faults, faults};

impl Stack {
    /// Runs what is left and draws the conclusions.
    ///
    /// # Errors
    /// [`RunError`] if the run does not get to its end, or if the driver refused to play.
    pub fn finish(mut self) -> Result<Run, RunError> {
        self.run_until(self.end())?;
        if let Some(status) = self.players.failure() {
            return Err(RunError::Refused {
                who: self.scenario.device.name.clone(),
                what: "a change of state",
                status: status.to_string(),
            });
        }
        if let Some((who, status)) = self.capture_failure() {
            return Err(RunError::Refused {
                who,
                what: "a change of state",
                status: status.to_string(),
            });
        }
        let now = self.now();
        let devices = std::iter::once(&self.hardware).chain(&self.microphone);
        devices.for_each(|device| device.settle(now));
        if let Some(stream) = self.players.opened() {
            stream.mapping.bus.settle(now);
        }
        if let Some(stream) = self.recorders.device_stream() {
            stream.mapping.bus.settle(now);
        }
        let truth = self.account().map(Ledger::close);
        let captured = self.capture_account().map(CaptureLedger::close);
        self.note_what_was_heard();
        let heard = self.heard();
        let recorded = self.recorded();
        let mut history = self.world.history().clone();
        let has_speaker = self.scenario.has_speaker();
        let speaker = has_speaker.then(|| self.endpoint(truth.as_ref(), heard.as_ref()));
        let microphone = self.capture_endpoint(captured.as_ref());
        let has_microphone = microphone.is_some();
        let both = (truth.as_ref(), captured.as_ref());
        let mut result = RunResult {
            schema: SCHEMA,
            scenario: self.scenario.name.clone(),
            seed: self.world.seed(),
            digest: history.digest().to_string(),
            sim_ns: self.end().to_nanos_floor(),
            events: self.world.events(),
            met: true,
            expect: Vec::new(),
            endpoints: speaker.into_iter().chain(microphone).collect(),
            clients: self.clients(both, &recorded),
            conversions: self.conversions.to_vec(),
            violations: self.violations(),
        };
        result.expect = expectations(&self.scenario.expect, &mut result);
        result.met = result.expect.iter().all(|each| each.met);
        if !self.options.keep_history {
            history.forget_entries();
        }
        Ok(Run {
            result,
            history,
            truth: has_speaker.then_some(truth).into_iter().collect(),
            captured: has_microphone.then_some(captured).into_iter().collect(),
            heard: heard.into_iter().collect(),
            recorded,
        })
    }

    /// What the verifier of the port found.
    fn violations(&self) -> Vec<ViolationResult> {
        let microphone = self.microphone.as_ref();
        let devices = [Some(&self.hardware), microphone].into_iter().flatten();
        let found = devices.flat_map(|hardware| hardware.device.verifier().violations());
        let result = |violation: Violation| ViolationResult {
            at_ns: violation.at.to_nanos_floor(),
            rule: violation.rule.name(),
            call: violation.call.name(),
            irql: violation.irql.name(),
            message: violation.to_string(),
        };
        found.map(result).collect()
    }

    /// All that happened to the stream of the device, if somebody opened it. The notes go into it.
    fn account(&mut self) -> Option<Account> {
        let (geometry, until) = (self.geometry()?, self.end());
        let packet = geometry.packet.get();
        let log = self.hardware.log();
        let frames: u64 = log
            .segments()
            .iter()
            .map(|segment| segment.frames.get())
            .sum();
        let completions = frames / packet;
        let notes = &mut self.notes;
        notes.silent_until(completions + 1);
        if log.segments().len() == 1 {
            let (packet, packets) = (geometry.packet, geometry.packets);
            let late = faults::late_notifications(&self.scenario, packet, packets);
            notes.lost.extend(late);
        }
        let played = log.spans().iter().map(|span| Played {
            run: span.run,
            first: span.first.get(),
            frames: span.len.get(),
            whose: span.whose,
        });
        Some(Account {
            geometry,
            until,
            stays: log.segments().iter().map(stay).collect(),
            played: played.collect(),
            stalls: log
                .stalls()
                .iter()
                .map(|stall| notes.stall(stall))
                .collect(),
            late_fetches: log.late_arms().iter().map(late_fetch).collect(),
            writes: take(&mut notes.writes),
            placed: take(&mut notes.placed),
            work: take(&mut notes.work),
            lost: take(&mut notes.lost),
            starved: take(&mut notes.starved),
            supply: take(&mut notes.supply),
            stopped: take(&mut notes.stopped),
            start_burst: device_faults::start_burst(&self.scenario),
        })
    }

    /// Puts what was heard into the history, so that the digest covers it.
    fn note_what_was_heard(&mut self) {
        let cx = self.world.actor(&self.scenario.device.name);
        for span in self.hardware.log().spans() {
            let (writer, kind, content) = span.whose.map_or((0, 0, 0), |whose| {
                let kind = match whose.kind {
                    Kind::Audio => 0,
                    Kind::EngineSilence => 1,
                    Kind::EosPad => 2,
                    Kind::ZeroFill => 3,
                    Kind::Muted => 4,
                };
                (u64::from(whose.run) + 1, kind, whose.content)
            });
            let (first, frames) = (span.first.get(), span.len.get());
            cx.record(
                &HEARD,
                &[span.run.into(), first, frames, writer, kind, content],
            );
        }
    }

    fn heard(&self) -> Option<Heard> {
        let device = &self.scenario.device;
        let log = self.hardware.log();
        let keeps = self.options.keep_samples && self.scenario.has_speaker();
        let rate = device.format.rate.to_rate();
        keeps.then(|| {
            Heard::of(
                device.name.clone(),
                device.format.to_format(),
                |at| self.hardware.crystal_count(rate, at),
                &log,
                self.end(),
            )
        })
    }

    fn endpoint(&self, truth: Option<&Ledger>, heard: Option<&Heard>) -> EndpointResult {
        let notes = &self.notes;
        let device = &self.scenario.device;
        let answers = self.ask();
        let mut notifications = notes.notifications;
        notifications.coalesced += self.coalesced_sets();
        notifications.duplicate_writes = truth.map_or(0, Ledger::duplicate_writes);
        let by_class = truth.map_or_else(
            || Class::ALL.map(|class| (class, 0)).into(),
            Ledger::frames_by_class,
        );
        let lost = truth.map_or(Frames::ZERO, Ledger::lost);
        let held = truth.map_or(SimDuration::ZERO, Ledger::held);
        let hertz = device.format.rate.hertz();
        let lost_ns = nanos_of(lost, hertz) + held.to_nanos_floor();
        let glitches = truth.into_iter().flat_map(Ledger::glitches);
        EndpointResult {
            name: device.name.clone(),
            flow: "render",
            rate_hz: device.format.rate.hertz(),
            channels: device.format.channels,
            frames: truth.map_or(0, Ledger::frames),
            frames_by_class: names(by_class),
            glitches: glitches.map(|glitch| self.glitch(glitch)).collect(),
            audible_events: truth.map_or(0, Ledger::audible_events),
            lost_ms: millis(lost_ns),
            lost_ns,
            headroom_ns: truth.and_then(|truth| summary(truth.headroom())),
            reported: notes.reported.clone(),
            notifications,
            stays: truth
                .into_iter()
                .flat_map(Ledger::stays)
                .map(|stay| stay_result(&stay))
                .collect(),
            dropped_frames: truth.map_or(0, |truth| truth.dropped().get()),
            late_rewrite_frames: truth.map_or(0, |truth| truth.late_rewrites().get()),
            content_shift_frames: truth.map_or(0, Ledger::shift),
            position_frames: answers.position,
            packet_count: answers.packet_count,
            heard_hash: heard.map(Heard::hash),
        }
    }

    fn glitch(&self, glitch: &Glitch) -> GlitchResult {
        let fault = glitch.blame.fault;
        GlitchResult {
            kind: glitch.kind.name(),
            class: glitch.class.map(Class::name),
            run: glitch.run,
            first_frame: glitch.first,
            frames: glitch.frames,
            heard_from: glitch.heard_from,
            start_ns: glitch.starts.to_nanos_floor(),
            duration_ns: nanos_of(
                Frames::new(glitch.frames),
                self.scenario.device.format.rate.hertz(),
            ) + glitch.held.to_nanos_floor(),
            cause: glitch.blame.cause.map(|(component, _)| component.name()),
            cause_ns: glitch
                .blame
                .cause
                .map(|(_, length)| length.to_nanos_floor()),
            fault: fault.map(|fault| self.scenario.fault_name(fault.ordinal() as usize)),
        }
    }

    fn clients(
        &self,
        (truth, captured): (Option<&Ledger>, Option<&CaptureLedger>),
        recorded: &[Recorded],
    ) -> Vec<ClientResult> {
        let notes = &self.notes;
        let producer = &notes.notifications;
        let writes = truth.into_iter().flat_map(|truth| &truth.account().writes);
        let written: u64 = writes.map(|write| write.frames).sum();
        let placed = truth.into_iter().flat_map(|truth| &truth.account().placed);
        let placed: u64 = placed.map(|placed| placed.frames).sum();
        let client = |place: usize| {
            let own = notes.clients[place];
            let mode = self.scenario.clients[place].mode;
            let (wakes, frames_written) = match mode {
                Mode::ExclusiveEvent => (producer.wakes, written),
                Mode::ExclusiveTimer => (producer.wakes, placed),
                _ => (own.wakes, own.frames_written),
            };
            let client = ClientResult {
                name: self.scenario.client_name(place),
                mode: mode.name(),
                wakes,
                frames_written,
                starved_passes: own.starved_passes,
                starved_frames: own.starved_frames,
                belief: (mode == Mode::ExclusiveTimer)
                    .then(|| self.belief())
                    .flatten(),
                recorded: None,
                round_trip: None,
            };
            self.with_tape(place, client, (truth, captured), recorded)
        };
        (0..notes.clients.len()).map(client).collect()
    }

    /// What a timer-driven client makes of its readings.
    fn belief(&self) -> Option<Belief> {
        let writer = self.players.belief()?;
        Some(Belief {
            played_frames: writer.played().get(),
            written_frames: writer.written().get(),
            ignored_readings: writer.ignored(),
            count_wraps: writer.wraps(),
            detected: self.notes.detections.len() as u64,
            detections: self.notes.detections.clone(),
        })
    }
}

/// How long `frames` frames are at `hertz`, rounded to the nearest nanosecond.
fn nanos_of(frames: Frames, hertz: u32) -> u64 {
    let hertz = u128::from(hertz);
    let nanos = (u128::from(frames.get()) * 2_000_000_000 + hertz) / (2 * hertz);
    u64::try_from(nanos).expect("a run lasts at most 30 days")
}

/// The link's own account of a stay, for the ledger.
#[derive(Debug)]
struct LinkCadence(Segment);

impl Cadence for LinkCadence {
    fn begins(&self, frame: u64) -> SimTime {
        self.0.instant_of(Frames::new(frame))
    }

    fn completed(&self, frames: u64) -> SimTime {
        self.0.completed_at(Frames::new(frames))
    }

    fn begun_before(&self, time: SimTime) -> u64 {
        self.0.begun_before(time).get()
    }
}

fn stay(segment: &Segment) -> Stay {
    Stay {
        run: segment.run,
        begins: segment.begins,
        first: segment.first.get(),
        frames: segment.frames.get(),
        cadence: Rc::new(LinkCadence(segment.clone())),
    }
}

fn stay_result(stay: &Stay) -> StayResult {
    StayResult {
        run: stay.run,
        start_ns: stay.begins.to_nanos_floor(),
        first_frame: stay.first,
        frames: stay.frames,
    }
}

fn summary(headroom: &truth::Headroom) -> Option<Headroom> {
    Some(Headroom {
        min: headroom.min_nanos()?,
        p50: headroom.percentile_nanos(50)?,
        p99: headroom.percentile_nanos(99)?,
        max: headroom.max_nanos()?,
        p1: headroom.percentile_nanos(1)?,
        mean: headroom.mean_nanos()?,
    })
}

fn names(by_class: BTreeMap<Class, u64>) -> BTreeMap<&'static str, u64> {
    let named = |(class, frames): (Class, u64)| (class.name(), frames);
    by_class.into_iter().map(named).collect()
}

/// Milliseconds with as many decimals as the nanoseconds have, as the nearest float.
fn millis(nanos: u64) -> f64 {
    let text = SimDuration::from_nanos(nanos).to_string();
    let number = text.trim_end_matches(" ms");
    number.parse().expect("a length is written as a number")
}

/// A late fetch, as the ledger knows it. Whoever is woken by the ISR that armed the round comes
/// after it, even at the same moment.
fn late_fetch(arm: &LateArm) -> LateFetch {
    let before = match arm.at.phase {
        Phase::Commit => {
            SimTime::from_ticks(arm.at.time.ticks().saturating_sub(1)).at(Phase::React)
        }
        _ => arm.at,
    };
    LateFetch {
        run: arm.run,
        first: arm.first.get(),
        at: before,
    }
}
