//! From a stack that has run to what came of it.

mod account;
mod capture;
mod detectors;
mod lateness;
mod offload;
mod wakes;

use std::collections::BTreeMap;
use std::fmt::Debug;

use port::DeviceHandle;
use truth::{Blame, CaptureLedger, Class, Glitch, Ledger, Stay};
use units::{Frames, SimDuration, SimTime};
use vtime::{Context, Fork};
use wasapi::RingWriter;

use crate::expectation::expectations;
use crate::format::{Mode, Scenario};
use crate::heard::{Heard, Recorded};
use crate::history::HEARD;
use crate::notes::Notes;
use crate::result::{
    Belief, ClientResult, EndpointResult, GlitchResult, Headroom, RunResult, SCHEMA, StayResult,
    ViolationResult,
};
use crate::run::{Run, RunError};
use crate::stack::device::Hardware;
use crate::stack::offload::OffloadPin;
use crate::stack::{Answers, Stack};
pub(crate) use account::{account, note_what_was_heard};
pub use lateness::Lateness;

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
        let mut pins = self.offloads.pins().iter();
        if let Some(status) = pins.find_map(OffloadPin::failure) {
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
        self.settle();
        let (geometry, end) = (self.geometry(), self.end());
        let truth = geometry.map(|geometry| {
            let log = self.hardware.log();
            Ledger::close(account(
                &self.scenario,
                (geometry, end),
                &log,
                &mut self.notes,
            ))
        });
        let offloaded = self.offload_ledgers();
        let captured = self.capture_account().map(CaptureLedger::close);
        let cx = self.world.actor(&self.scenario.device.name);
        note_what_was_heard(&self.hardware.log(), |words| cx.record(&HEARD, words));
        self.note_what_was_mixed();
        let keeps = self.options.keep_samples && self.scenario.has_speaker();
        let heard = keeps.then(|| heard(&self.scenario, &self.hardware, end));
        let recorded = self.recorded();
        let mut history = self.world.history().clone();
        let has_speaker = self.scenario.has_speaker();
        let playing = self.speaker();
        let speaker = has_speaker.then(|| EndpointResult {
            detectors: self.detectors(truth.as_ref()),
            ..playing.endpoint(truth.as_ref(), heard.as_ref())
        });
        let speaker = speaker
            .into_iter()
            .chain(self.offload_endpoints(&offloaded));
        let microphone = self.capture_endpoint(captured.as_ref());
        let has_microphone = microphone.is_some();
        let of_all = Ledgers {
            played: truth.as_ref(),
            offloaded: &offloaded,
            captured: captured.as_ref(),
        };
        let mut result = RunResult {
            schema: SCHEMA,
            scenario: self.scenario.name.clone(),
            seed: self.world.seed(),
            digest: history.digest().to_string(),
            sim_ns: self.end().to_nanos_floor(),
            events: self.world.events(),
            met: true,
            expect: Vec::new(),
            endpoints: speaker.chain(microphone).collect(),
            clients: self.clients(&playing, of_all, &recorded),
            conversions: self.conversions.to_vec(),
            violations: violations(&self.hardware)
                .chain(self.microphone.iter().flat_map(violations))
                .collect(),
        };
        result.expect = expectations(&self.scenario.expect, &mut result);
        result.met = result.expect.iter().all(|each| each.met);
        if !self.options.keep_history {
            history.forget_entries();
        }
        Ok(Run {
            result,
            history,
            truth: has_speaker
                .then_some(truth)
                .into_iter()
                .chain(offloaded.into_iter().map(Some))
                .collect(),
            lateness: self.lateness(),
            captured: has_microphone.then_some(captured).into_iter().collect(),
            heard: heard.into_iter().collect(),
            recorded,
            is_live: false,
        })
    }

    /// Brings the hardware up to the end.
    fn settle(&self) {
        let now = self.now();
        let devices = std::iter::once(&self.hardware).chain(&self.microphone);
        devices.for_each(|device| device.settle(now));
        if let Some(stream) = self.players.opened() {
            stream.mapping.bus.settle(now);
        }
        if let Some(stream) = self.recorders.device_stream() {
            stream.mapping.bus.settle(now);
        }
    }

    fn speaker(&self) -> Speaker<'_> {
        Speaker {
            scenario: &self.scenario,
            notes: &self.notes,
            answers: self.ask(),
            coalesced: self.coalesced_sets(),
            belief: self.players.belief(),
        }
    }

    fn clients(
        &self,
        speaker: &Speaker<'_>,
        truth: Ledgers<'_>,
        recorded: &[Recorded],
    ) -> Vec<ClientResult> {
        let clients = speaker.clients(truth.played).into_iter().enumerate();
        let both = (truth.played, truth.captured);
        let whole = |(place, client)| {
            let client = self.with_stream(place, client, truth.offloaded);
            self.with_tape(place, client, both, recorded)
        };
        clients.map(whole).collect()
    }
}

/// The ledgers of a run.
#[derive(Clone, Copy)]
struct Ledgers<'a> {
    played: Option<&'a Ledger>,
    offloaded: &'a [Ledger],
    captured: Option<&'a CaptureLedger>,
}

/// What is known of a stream of the playing side when the run is over.
#[derive(Debug)]
pub(crate) struct Speaker<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) notes: &'a Notes,
    pub(crate) answers: Answers,
    /// How often the notification event was set that was set already.
    pub(crate) coalesced: u64,
    /// What a timer-driven client believes.
    pub(crate) belief: Option<RingWriter>,
}

impl Speaker<'_> {
    /// What came of the stream.
    pub(crate) fn endpoint(&self, truth: Option<&Ledger>, heard: Option<&Heard>) -> EndpointResult {
        let notes = &self.notes;
        let (device, answers) = (&self.scenario.device, self.answers);
        let mut notifications = notes.notifications;
        notifications.coalesced += self.coalesced;
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
            offload: None,
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
            detectors: Vec::new(),
            wake_ns: truth
                .filter(|_| self.scenario.machine.is_some())
                .and_then(|truth| wakes::latencies(&truth.account().work)),
            notifications,
            stays: truth
                .into_iter()
                .flat_map(Ledger::stays)
                .map(|stay| stay_result(&stay))
                .collect(),
            changes: notes.changes[0].clone(),
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
            parts_ns: parts(self.scenario, &glitch.blame),
            fault: fault.map(|fault| self.scenario.fault_name(fault.ordinal() as usize)),
        }
    }

    /// What came of each client that plays.
    pub(crate) fn clients(&self, truth: Option<&Ledger>) -> Vec<ClientResult> {
        let notes = &self.notes;
        let producer = &notes.notifications;
        let written: u64 = truth.map_or(0, written);
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
            ClientResult {
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
            }
        };
        (0..notes.clients.len()).map(client).collect()
    }

    /// What a timer-driven client makes of its readings.
    fn belief(&self) -> Option<Belief> {
        let writer = self.belief.as_ref()?;
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

/// Where the time of the wake-up behind `blame` went, if there is a machine that could take it.
fn parts(scenario: &Scenario, blame: &Blame) -> BTreeMap<&'static str, u64> {
    match scenario.machine {
        Some(_) => wakes::parts(&blame.latency),
        None => BTreeMap::new(),
    }
}

/// Frames that were written as packets.
fn written(truth: &Ledger) -> u64 {
    let writes = truth.account().writes.iter();
    writes.map(|write| write.frames).sum()
}

/// What the device played until `end`, as sound.
pub(crate) fn heard<C: Context + Fork + Debug>(
    scenario: &Scenario,
    hardware: &Hardware<C>,
    end: SimTime,
) -> Heard {
    let device = &scenario.device;
    if let Some(dsp) = hardware.dsp() {
        let (name, format) = (device.name.clone(), device.format.to_format());
        return Heard::mixed(name, format, dsp.heard(), dsp.count_at(end));
    }
    let rate = device.format.rate.to_rate();
    Heard::of(
        device.name.clone(),
        device.format.to_format(),
        |at| hardware.crystal_count(rate, at),
        &hardware.log(),
        end,
    )
}

/// What the verifier of the port found on a device.
pub(crate) fn violations<C: Context + Fork + Debug>(
    hardware: &Hardware<C>,
) -> impl Iterator<Item = ViolationResult> + use<C> {
    let verifiers = hardware.device.iter().map(DeviceHandle::verifier);
    let found: Vec<_> = verifiers
        .flat_map(|verifier| verifier.violations())
        .collect();
    found.into_iter().map(|violation| ViolationResult {
        at_ns: violation.at.to_nanos_floor(),
        rule: violation.rule.name(),
        call: violation.call.name(),
        irql: violation.irql.name(),
        message: violation.to_string(),
    })
}

/// How long `frames` frames are at `hertz`, rounded to the nearest nanosecond.
fn nanos_of(frames: Frames, hertz: u32) -> u64 {
    let hertz = u128::from(hertz);
    let nanos = (u128::from(frames.get()) * 2_000_000_000 + hertz) / (2 * hertz);
    u64::try_from(nanos).expect("a run lasts at most 30 days")
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
