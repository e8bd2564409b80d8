//! Whether what is said of the recording side makes sense.

use hardware::StreamFormat;
use ring::Samples;

use super::{Check, Cyclic};
use crate::format::{
    Action, Client, ControllerOf, Kind, Microphone, Mode, PositionSource, ReadOrder, Sample, Source,
};
use crate::stack::{CAPTURE_CONTROLLER, CAPTURE_ENGINE, CAPTURE_INTERRUPT};

/// Names that other parts of the stack have where there is a microphone.
pub(super) const NAMES: [&str; 3] = [CAPTURE_ENGINE, CAPTURE_CONTROLLER, CAPTURE_INTERRUPT];

impl Check<'_> {
    pub(super) fn microphone(&mut self) {
        let Some(microphone) = &self.scenario.microphone else {
            if let Some((place, _)) = self.scenario.recorders().next() {
                self.advise(
                    format!("client[{place}].mode"),
                    "it records, and there is no microphone",
                    "a table [microphone], which may be empty, makes one",
                );
            }
            return;
        };
        self.own_name(microphone);
        self.format("microphone.format", microphone.format);
        self.mode_of("microphone", microphone.kind, microphone.mode);
        self.wander("microphone.wander", microphone.wander);
        match microphone.kind {
            Kind::HdAudio => self.what_it_records(microphone),
            Kind::Virtual => self.virtual_microphone(microphone),
            Kind::Offload => self.advise(
                "microphone.kind",
                "a device that mixes records nothing",
                "take `hd-audio` or `virtual`",
            ),
        }
        if microphone.controller == ControllerOf::Speaker {
            self.beside_the_speaker(microphone);
        }
        self.source("microphone.source", &microphone.source);
        let engine = &self.scenario.capture_engine;
        let period = engine.period_frames(microphone.format);
        let keys = ("capture-engine.period", "capture-engine.packets");
        self.cyclic(keys, period, engine.packets, &recorded(microphone));
        if self.scenario.is_capture_shared() {
            self.length_at(keys.0, period, microphone.format);
        }
    }

    fn own_name(&mut self, microphone: &Microphone) {
        let key = "microphone.name";
        self.name(key, &microphone.name);
        let clients = 0..self.scenario.clients.len();
        let of_client = clients
            .into_iter()
            .any(|place| self.scenario.client_name(place) == microphone.name);
        let is_taken = self.is_of_the_stack(&microphone.name) || of_client;
        if is_taken || microphone.name == self.scenario.device.name {
            let name = &microphone.name;
            self.say(
                key,
                format!("`{name}` is the name of another part of the stack"),
            );
        }
    }

    /// Who is on the controller of the speaker needs one there, and has nothing of its own.
    fn beside_the_speaker(&mut self, microphone: &Microphone) {
        const KEY: &str = "microphone.controller";
        const LEAVE: &str = "leave it away: a microphone then has a controller of its own";
        if microphone.kind == Kind::Virtual || self.scenario.device.kind == Kind::Virtual {
            self.advise(KEY, "a virtual device is on no controller", LEAVE);
        } else if self.scenario.device.kind == Kind::Offload {
            self.advise(KEY, "a device that mixes has nothing beside it", LEAVE);
        } else if self.scenario.players().next().is_none() {
            self.advise(KEY, "nobody plays, so there is no speaker", LEAVE);
        }
        for (key, given) in [
            ("drift", microphone.drift.ppb() != 0),
            ("wander", microphone.wander.is_some()),
        ] {
            if given {
                self.advise(
                    format!("microphone.{key}"),
                    "a controller has one crystal, and this one is that of the speaker",
                    format!("`{key}` in [device], or leave `controller` away"),
                );
            }
        }
    }

    /// What the system does to a device, it does to the speaker: what would become of another
    /// stream on its controller is not modelled.
    pub(super) fn whose_power(&mut self, key: &str, action: &Action) {
        if self.scenario.microphone_beside().is_none() {
            return;
        }
        for (kind, is_given) in [
            ("power", action.power.is_some()),
            ("remove", action.remove.is_some()),
            ("rebalance", action.rebalance.is_some()),
        ] {
            if is_given {
                self.advise(
                    format!("{key}.{kind}"),
                    "it is done to the device of the speaker, and a microphone is on its controller",
                    "leave `controller` in [microphone] away",
                );
            }
        }
    }

    fn what_it_records(&mut self, microphone: &Microphone) {
        let format = microphone.format.to_format();
        match StreamFormat::of(format) {
            Err(error) => self.advise(
                "microphone.format",
                error.to_string(),
                "HD Audio records 48 kHz and 44.1 kHz, their multiples up to 4 and whole parts, in \
                 u8, s16, s24in32 or s32",
            ),
            Ok(link) if !microphone.stream_config(Samples::Left).feeds(link) => self.say(
                "microphone.format",
                "more than the FIFO of the device can hold; expected fewer channels or a lower rate",
            ),
            Ok(_) => {}
        }
    }

    /// What has no hardware has none of its properties, and hands out packets as its mode has it.
    fn virtual_microphone(&mut self, microphone: &Microphone) {
        self.no_hardware(&[
            ("microphone.preset", microphone.preset.is_some()),
            ("microphone.drift", microphone.drift.ppb() != 0),
            ("microphone.wander", microphone.wander.is_some()),
            ("microphone.faults", microphone.faults.is_some()),
            (
                "microphone.position-source",
                microphone.position_source != PositionSource::default(),
            ),
        ]);
        if microphone.read_order != ReadOrder::default() {
            self.advise(
                "microphone.read-order",
                "the mode of a virtual driver says which packet it hands out",
                "`mode = \"sample\"` hands out the newest one, `mode = \"exact\"` the oldest one",
            );
        }
        let is_pcm = matches!(
            microphone.format.sample,
            Sample::U8 | Sample::S16 | Sample::S24 | Sample::S32
        );
        if microphone.hears_the_tone() && !is_pcm {
            self.advise(
                "microphone.format.sample",
                "the tone generator of the sample driver makes `u8`, `s16`, `s24` and `s32`",
                "take one of these, or give the microphone a `source`",
            );
        }
    }

    /// A client that records, whose keys are at `key`.
    pub(super) fn recorder(&mut self, key: &str, client: &Client) {
        if client.source != Source::default() {
            self.say(
                format!("{key}.source"),
                "it plays nothing of its own; what it hears is the source of [microphone]",
            );
        }
        let Some(microphone) = &self.scenario.microphone else {
            return;
        };
        if client.mode.shares() {
            self.shared_recorder(key, client, microphone);
            return;
        }
        let packet = client.packet_frames_at(microphone.format, microphone.kind);
        self.asked_duration(key, client, microphone.format, microphone.kind);
        let keys = (format!("{key}.packet"), format!("{key}.packets"));
        let packets = client.packets.unwrap_or(2);
        self.cyclic((&keys.0, &keys.1), packet, packets, &recorded(microphone));
        self.length_at(&keys.0, packet, microphone.format);
    }

    fn shared_recorder(&mut self, key: &str, client: &Client, microphone: &Microphone) {
        if let Some(format) = client.format {
            self.format(&format!("{key}.format"), format);
            if format.rate != microphone.format.rate {
                let rate = microphone.format.rate;
                self.say(
                    format!("{key}.format.rate"),
                    format!("the engine of the microphone runs at {rate}"),
                );
            }
        }
        let mut period = self
            .scenario
            .capture_engine
            .period_frames(microphone.format);
        if client.mode == Mode::SharedThrough {
            let device = &self.scenario.device;
            period = period.max(self.scenario.engine.period_frames(device));
            if device.format.rate != microphone.format.rate {
                self.say(
                    format!("{key}.mode"),
                    format!(
                        "it plays at {} what was recorded at {}, and nothing converts rates",
                        device.format.rate, microphone.format.rate
                    ),
                );
            }
        }
        self.endpoint_buffer(key, client, period, microphone.format.rate);
    }

    /// An action that only some clients can do.
    pub(super) fn of_the_right_client(&mut self, key: &str, action: &Action) {
        let mode = |client: u32| {
            let client = self.scenario.clients.get(client as usize);
            client.map(|client| client.mode)
        };
        let found = [
            action.rewrite.as_ref().and_then(|what| {
                let wrong = mode(what.client).is_some_and(|mode| mode != Mode::ExclusiveTimer);
                wrong.then_some((
                    "rewrite.client",
                    "only a timer-driven client writes anew what it has queued",
                ))
            }),
            action.write_packet.as_ref().and_then(|what| {
                let wrong = mode(what.client).is_some_and(|mode| mode != Mode::ExclusiveEvent);
                wrong.then_some((
                    "write-packet.client",
                    "only an exclusive client that plays writes packets",
                ))
            }),
            action.read_slot.as_ref().and_then(|what| {
                let wrong = mode(what.client).is_some_and(|mode| mode != Mode::ExclusiveCapture);
                wrong.then_some((
                    "read-slot.client",
                    "only an exclusive client that records reads packets",
                ))
            }),
            action.run.as_ref().and_then(|run| {
                let wrong = mode(run.client).is_some_and(|mode| mode != Mode::ExclusiveEvent);
                (wrong && run.prime.is_some()).then_some((
                    "run.prime",
                    "only an exclusive client that plays writes packets",
                ))
            }),
        ];
        for (name, message) in found.into_iter().flatten() {
            self.say(format!("{key}.{name}"), message);
        }
    }

    /// Faults of notifications name no device, so there has to be one that is used.
    pub(super) fn whose_notification(&mut self, key: &str, kind: &str) {
        let plays = self.scenario.players().next().is_some();
        if plays && self.scenario.recorders().next().is_some() {
            self.advise(
                format!("{key}.{kind}"),
                "of which device? Speaker and microphone are both used",
                "leave those that play or those that record to another scenario, or use \
                 `late-wake-up`, which names a thread",
            );
        }
    }
}

fn recorded(microphone: &Microphone) -> Cyclic {
    Cyclic {
        format: microphone.format,
        more_packets: microphone.more_packets,
        table: "microphone",
    }
}
