//! From streams that went past the software engine to what came of them.

use truth::Ledger;
use vtime::Context as _;

use super::{Speaker, account, note_what_was_heard, written};
use crate::history::HEARD;
use crate::result::{ClientResult, EndpointResult, OffloadResult};
use crate::stack::offload::stream_name;
use crate::stack::{Answers, Stack};

impl Stack {
    /// What each of them did. Their notes go into it.
    pub(super) fn offload_ledgers(&mut self) -> Vec<Ledger> {
        let (scenario, until) = (&self.scenario, self.end());
        let hardware = &self.hardware;
        let pins = self.offloads.pins_mut().iter_mut().enumerate();
        let ledger = pins.map(|(number, pin)| {
            let log = hardware.offload_log(number);
            let geometry = pin.geometry();
            Ledger::close(account(scenario, (geometry, until), &log, &mut pin.notes))
        });
        ledger.collect()
    }

    /// Puts what was mixed of them into the history, so that the digest covers it.
    pub(super) fn note_what_was_mixed(&mut self) {
        for number in 0..self.offloads.pins().len() {
            let cx = self.world.actor(&stream_name(number));
            let log = self.hardware.offload_log(number);
            note_what_was_heard(&log, |words| cx.record(&HEARD, words));
        }
    }

    /// What came of each of them.
    pub(super) fn offload_endpoints(&self, truth: &[Ledger]) -> Vec<EndpointResult> {
        let pins = self.offloads.pins().iter().zip(truth);
        let endpoint = pins.map(|(pin, truth)| {
            let stream = Speaker {
                scenario: &self.scenario,
                notes: &pin.notes,
                answers: Answers {
                    position: pin.position(self.now()),
                    packet_count: None,
                },
                coalesced: pin.coalesced(),
                belief: None,
            };
            EndpointResult {
                offload: Some(OffloadResult {
                    client: self.scenario.client_name(pin.place),
                    pin: miniport::OffloadMiniport::OFFLOAD_PIN,
                }),
                ..stream.endpoint(Some(truth), None)
            }
        });
        endpoint.collect()
    }

    /// What came of the client at `place`, if it played past the software engine; else `client`.
    pub(super) fn with_stream(
        &self,
        place: usize,
        client: ClientResult,
        truth: &[Ledger],
    ) -> ClientResult {
        let mut pins = self.offloads.pins().iter().zip(truth);
        let Some((pin, truth)) = pins.find(|(pin, _)| pin.place == place) else {
            return client;
        };
        ClientResult {
            wakes: pin.notes.notifications.wakes,
            frames_written: written(truth),
            ..client
        }
    }
}
