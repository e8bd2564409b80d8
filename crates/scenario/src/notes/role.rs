//! Whose an entry of the history is.

use crate::format::{Mode, Scenario};
use crate::stack::{
    CAPTURE_CONTROLLER, CAPTURE_ENGINE, CAPTURE_INTERRUPT, ENGINE, INTERRUPT, offload::stream_name,
};

/// Whose an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Writes the packets: the engine or an exclusive client.
    Producer,
    /// A shared client, by its place.
    Client(usize),
    /// Reads the packets: the engine of the microphone or an exclusive client.
    Reader,
    /// A client that shares the microphone, by its place.
    Listener(usize),
    /// The controller of the microphone, or its interrupt.
    CaptureHardware,
    /// The interrupt of speaker and microphone.
    SharedInterrupt,
    /// The driver of the microphone.
    Microphone,
    /// A stream that goes past the software engine, or its client: which, counted from 0.
    Offload(usize),
    /// Anybody else.
    Other,
}

impl Role {
    /// Whose the entries of the source called `name` are.
    pub(crate) fn of(scenario: &Scenario, name: &str) -> Self {
        let mut clients = 0..scenario.clients.len();
        let client = clients.find(|place| scenario.client_name(*place) == name);
        match (client, name) {
            (Some(place), _) => match scenario.clients[place].mode {
                Mode::SharedEvent => Self::Client(place),
                Mode::ExclusiveEvent | Mode::ExclusiveTimer => Self::Producer,
                Mode::ExclusiveCapture => Self::Reader,
                Mode::SharedCapture | Mode::SharedThrough => Self::Listener(place),
                Mode::Offload => {
                    let all = scenario.offloads();
                    Self::Offload(all.take_while(|(other, _)| *other < place).count())
                }
            },
            (None, ENGINE) => Self::Producer,
            (None, CAPTURE_ENGINE) => Self::Reader,
            (None, CAPTURE_CONTROLLER | CAPTURE_INTERRUPT) => Self::CaptureHardware,
            (None, INTERRUPT) if scenario.microphone_beside().is_some() => Self::SharedInterrupt,
            (None, _) => match &scenario.microphone {
                Some(microphone) if microphone.name == name => Self::Microphone,
                _ => (0..scenario.offloads().count())
                    .find(|number| stream_name(*number) == name)
                    .map_or(Self::Other, Self::Offload),
            },
        }
    }
}
