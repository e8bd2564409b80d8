//! From a stack that has recorded to what came of it.

use std::collections::BTreeMap;
use std::mem::take;

use hardware::Store;
use truth::{
    CaptureAccount, CaptureClass, CaptureGlitch, CaptureLedger, Ledger, Mixed, RoundTrip, Stored,
};
use units::{Frames, NtStatus};

use super::account::stay;
use super::wakes::latencies;
use super::{millis, nanos_of, parts, stay_result, summary};
use crate::heard::Recorded;
use crate::result::{ClientResult, EndpointResult, GlitchResult, RoundTripResult, TapeResult};
use crate::stack::{Stack, device_faults, faults};

impl Stack {
    /// The status that the microphone refused a state with, and what it is called.
    pub(super) fn capture_failure(&self) -> Option<(String, NtStatus)> {
        let status = self.recorders.failure()?;
        let microphone = self.scenario.microphone.as_ref()?;
        Some((microphone.name.clone(), status))
    }

    /// All that happened to the stream of the microphone, if somebody opened it. The notes go into
    /// it.
    pub(super) fn capture_account(&mut self) -> Option<CaptureAccount> {
        let (geometry, until) = (self.capture_geometry()?, self.end());
        let microphone = self.microphone.as_ref()?;
        let stored = match microphone.stream_config().store {
            Store::Begun => Stored::Begun,
            Store::Arrived => Stored::Arrived,
        };
        let log = microphone.log();
        let notes = &mut self.notes.capture;
        if log.segments().len() == 1 {
            let (packet, packets) = (geometry.packet, geometry.packets);
            let late = faults::late_capture_notifications(&self.scenario, packet, packets);
            notes.lost.extend(late);
        }
        Some(CaptureAccount {
            geometry,
            stored,
            until,
            stays: log.segments().iter().map(stay).collect(),
            reads: take(&mut notes.reads),
            work: take(&mut notes.work),
            lost: take(&mut notes.lost),
            dropped: take(&mut notes.dropped),
            supply: take(&mut notes.supply),
            data_late: device_faults::data_late(&self.scenario),
        })
    }

    /// What came of the microphone, if the scenario has one.
    pub(super) fn capture_endpoint(&self, truth: Option<&CaptureLedger>) -> Option<EndpointResult> {
        let microphone = self.scenario.microphone.as_ref()?;
        let notes = &self.notes.capture;
        let mut notifications = notes.notifications;
        notifications.coalesced += self.coalesced_capture_sets();
        let by_class = truth.map_or_else(
            || CaptureClass::ALL.map(|class| (class, 0)).into(),
            CaptureLedger::frames_by_class,
        );
        let hertz = microphone.format.rate.hertz();
        let lost_ns = nanos_of(truth.map_or(Frames::ZERO, CaptureLedger::lost), hertz);
        let glitches = truth.into_iter().flat_map(CaptureLedger::glitches);
        Some(EndpointResult {
            name: microphone.name.clone(),
            offload: None,
            flow: "capture",
            rate_hz: hertz,
            channels: microphone.format.channels,
            frames: truth.map_or(0, CaptureLedger::frames),
            frames_by_class: names(by_class),
            glitches: glitches
                .map(|glitch| self.capture_glitch(glitch, hertz))
                .collect(),
            audible_events: truth.map_or(0, CaptureLedger::audible_events),
            lost_ms: millis(lost_ns),
            lost_ns,
            headroom_ns: truth.and_then(|truth| summary(truth.headroom())),
            reported: notes.reported.clone(),
            detectors: Vec::new(),
            wake_ns: truth
                .filter(|_| self.scenario.machine.is_some())
                .and_then(|truth| latencies(&truth.account().work)),
            notifications,
            stays: truth
                .into_iter()
                .flat_map(CaptureLedger::stays)
                .map(|stay| stay_result(&stay))
                .collect(),
            changes: self.notes.changes[1].clone(),
            dropped_frames: 0,
            late_rewrite_frames: 0,
            content_shift_frames: 0,
            position_frames: None,
            packet_count: None,
            heard_hash: None,
        })
    }

    fn capture_glitch(&self, glitch: &CaptureGlitch, hertz: u32) -> GlitchResult {
        let (cause, fault) = (glitch.blame.cause, glitch.blame.fault);
        GlitchResult {
            kind: glitch.kind.name(),
            class: Some(glitch.class.name()),
            run: glitch.run,
            first_frame: glitch.first,
            frames: glitch.frames,
            heard_from: glitch.holds,
            start_ns: glitch.starts.to_nanos_floor(),
            duration_ns: nanos_of(Frames::new(glitch.frames), hertz),
            cause: cause.map(|(component, _)| component.name()),
            cause_ns: cause.map(|(_, length)| length.to_nanos_floor()),
            parts_ns: parts(&self.scenario, &glitch.blame),
            fault: fault.map(|fault| self.scenario.fault_name(fault.ordinal() as usize)),
        }
    }

    /// What each client got, in sound, if samples were kept.
    pub(super) fn recorded(&self) -> Vec<Recorded> {
        if !self.options.keep_samples {
            return Vec::new();
        }
        let recordings = self.recorders.recordings().into_iter();
        recordings
            .map(|(place, recording)| Recorded {
                client: self.scenario.client_name(place),
                format: recording.format(),
                bytes: recording.bytes().to_vec(),
            })
            .collect()
    }

    /// Adds to what is known of the client at `place` what it has recorded.
    pub(super) fn with_tape(
        &self,
        place: usize,
        client: ClientResult,
        (played, recorded): (Option<&Ledger>, Option<&CaptureLedger>),
        sounds: &[Recorded],
    ) -> ClientResult {
        let Some(tape) = self.notes.capture.tapes.get(&place) else {
            return client;
        };
        let sound = sounds.iter().find(|sound| sound.client == client.name);
        ClientResult {
            wakes: tape.wakes,
            recorded: Some(TapeResult {
                frames: tape.frames,
                discontinuities: tape.discontinuities,
                timestamp_errors: tape.timestamp_errors,
                overrun_frames: tape.overrun_frames,
                hash: sound.map(Recorded::hash),
            }),
            round_trip: self.round_trip(place, played, recorded),
            ..client
        }
    }

    fn round_trip(
        &self,
        place: usize,
        played: Option<&Ledger>,
        recorded: Option<&CaptureLedger>,
    ) -> Option<RoundTripResult> {
        let all = self.notes.mixed.iter();
        let own: Vec<Mixed> = all.filter(|mixed| mixed.client == place).copied().collect();
        let trip = RoundTrip::of(recorded?, played?, &own)?;
        Some(RoundTripResult {
            frames: trip.frames,
            min_ns: trip.min.to_nanos_floor(),
            max_ns: trip.max.to_nanos_floor(),
        })
    }
}

fn names(by_class: BTreeMap<CaptureClass, u64>) -> BTreeMap<&'static str, u64> {
    let named = |(class, frames): (CaptureClass, u64)| (class.name(), frames);
    by_class.into_iter().map(named).collect()
}
