//! Whether clients make sense.

use units::Frames;

use super::{Check, PACKETS_OF_RUN_MAX};
use crate::format::{Client, Format, Kind, Mode};
use crate::quantity::{FrameCount, Rate, Time};

impl Check<'_> {
    pub(super) fn clients(&mut self) {
        let clients = &self.scenario.clients;
        let (played, recorded) = (self.scenario.players(), self.scenario.recorders());
        let exclusive = [alone(played), alone(recorded)];
        for place in exclusive.into_iter().flatten() {
            self.advise(
                format!("client[{place}].mode"),
                "an exclusive client has the endpoint for itself, and there are others",
                "leave one client, or let all of them share the endpoint",
            );
        }
        let names: Vec<_> = (0..clients.len())
            .map(|place| self.scenario.client_name(place))
            .collect();
        for (place, name) in names.iter().enumerate() {
            self.name(&format!("client[{place}].name"), name);
            if names[..place].contains(name) {
                let message = format!("`{name}` is the name of an earlier client");
                self.say(format!("client[{place}].name"), message);
            }
            let device = self.scenario.device.name.as_str();
            if self.is_of_the_stack(name) || name == device {
                let message = format!("`{name}` is the name of another part of the stack");
                self.say(format!("client[{place}].name"), message);
            }
        }
    }

    pub(super) fn client(&mut self, key: &str, client: &Client) {
        let shared = [
            ("format", client.format.is_some()),
            ("buffer", client.buffer.is_some()),
            ("volume", client.volume.is_some()),
        ];
        let exclusive = [
            ("packet", client.packet.is_some()),
            ("packets", client.packets.is_some()),
            ("duration", client.duration.is_some()),
            ("policy", client.policy.is_some()),
            ("content", client.content.is_some()),
            ("service", client.service.is_some()),
            ("prime", client.prime.is_some()),
            ("end-of-stream", client.end_of_stream.is_some()),
        ];
        if client.mode == Mode::ExclusiveTimer {
            self.timer_client(key, client);
            return;
        }
        if client.timer.is_some() {
            let message = "a key of a timer-driven client only";
            self.say(format!("{key}.timer"), message);
        }
        let (misplaced, belongs) = if client.mode.shares() {
            (&exclusive[..], "an exclusive client")
        } else {
            (&shared[..], "a shared client")
        };
        let is_offloaded = client.mode == Mode::Offload;
        let fits = |name: &str| is_offloaded && name == "volume";
        for (name, _) in misplaced
            .iter()
            .filter(|(name, given)| *given && !fits(name))
        {
            self.say(format!("{key}.{name}"), format!("a key of {belongs} only"));
        }
        if is_offloaded && client.duration.is_some() {
            let message = "a key of an exclusive client only";
            self.say(format!("{key}.duration"), message);
        }
        if client.mode.records() {
            let playing = ["volume", "content", "prime", "end-of-stream"];
            let given = shared.iter().chain(&exclusive).filter(|(_, given)| *given);
            for (name, _) in given.filter(|(name, _)| playing.contains(name)) {
                let message = "a key of a client that plays only";
                self.say(format!("{key}.{name}"), message);
            }
            self.recorder(key, client);
            return;
        }
        self.source(&format!("{key}.source"), &client.source);
        if client.mode.shares() {
            self.shared_client(key, client);
        } else if is_offloaded {
            self.offload_client(key, client);
        } else {
            self.exclusive_client(key, client);
        }
    }

    fn timer_client(&mut self, key: &str, client: &Client) {
        for (name, given, belongs) in [
            ("format", client.format.is_some(), "a shared client"),
            ("volume", client.volume.is_some(), "a shared client"),
            ("packet", client.packet.is_some(), "a client with packets"),
            ("packets", client.packets.is_some(), "a client with packets"),
            ("policy", client.policy.is_some(), "a client with packets"),
            ("content", client.content.is_some(), "a client with packets"),
            ("prime", client.prime.is_some(), "a client with packets"),
            (
                "end-of-stream",
                client.end_of_stream.is_some(),
                "a client with packets",
            ),
        ] {
            if given {
                self.say(format!("{key}.{name}"), format!("a key of {belongs} only"));
            }
        }
        self.source(&format!("{key}.source"), &client.source);
        let device = &self.scenario.device;
        let ring = client.ring_frames(device);
        let frame = u64::from(device.format.to_format().frame_bytes());
        let buffer_key = format!("{key}.buffer");
        self.asked_duration(key, client, device.format, device.kind);
        self.buffer((&buffer_key, &buffer_key), ring, 1);
        self.taken_ahead(&buffer_key, ring, 1);
        let timer = client.timer.unwrap_or_default();
        let after = timer.wraps_after.map_or(0, FrameCount::get);
        if after.saturating_mul(frame) > u32::MAX.into() {
            self.say(format!("{key}.timer.wraps-after"), "more than 2^32 bytes");
        }
        self.wake_ups(&format!("{key}.timer.period"), timer.period);
    }

    /// What is remembered of a run has to fit into memory.
    fn wake_ups(&mut self, key: &str, period: Time) {
        let duration = self.scenario.duration.nanos();
        match duration.checked_div(period.nanos()) {
            None => self.say(key, "a timer takes time to expire; expected more than zero"),
            Some(wakes) if wakes > PACKETS_OF_RUN_MAX => self.advise(
                "duration",
                format!("more than {PACKETS_OF_RUN_MAX} wake-ups, more than a run can remember"),
                format!("make the run shorter or `{key}` longer"),
            ),
            Some(_) => {}
        }
    }

    fn shared_client(&mut self, key: &str, client: &Client) {
        let device = &self.scenario.device;
        if let Some(format) = client.format {
            self.format(&format!("{key}.format"), format);
            if format.rate != device.format.rate {
                self.advise(
                    format!("{key}.format.rate"),
                    format!("the engine runs at {}", device.format.rate),
                    "leave the rate to the device; sound files are converted",
                );
            }
        }
        let period = self.scenario.engine.period_frames(device);
        self.endpoint_buffer(key, client, period, device.format.rate);
    }

    /// The endpoint buffer that a client asks for, at an engine with that period and rate.
    pub(super) fn endpoint_buffer(
        &mut self,
        key: &str,
        client: &Client,
        period: Frames,
        rate: Rate,
    ) {
        if let Some(buffer) = client.buffer {
            let buffer_key = format!("{key}.buffer");
            if buffer.to_frames() < period {
                let message = format!(
                    "an endpoint buffer of {buffer} holds less than the period of {} frames",
                    period.get()
                );
                self.say(buffer_key, message);
            } else if buffer.get() > 2 * u64::from(rate.hertz()) {
                self.say(buffer_key, "an endpoint buffer is at most two seconds long");
            }
        }
    }

    /// A duration that `Initialize` grants, and no size beside it.
    pub(super) fn asked_duration(
        &mut self,
        key: &str,
        client: &Client,
        format: Format,
        kind: Kind,
    ) {
        let Some(duration) = client.duration else {
            return;
        };
        let key = format!("{key}.duration");
        for (name, given) in [
            ("packet", client.packet.is_some()),
            ("buffer", client.buffer.is_some()),
        ] {
            if given {
                self.say(&key, format!("`{name}` is given, too; leave one of them"));
            }
        }
        if duration.nanos() % 100 != 0 {
            self.say(&key, "`Initialize` is asked for whole units of 100 ns");
        }
        if let Some(Err(code)) = client.granted(format, kind) {
            let message = format!(
                "`Initialize` answers {code}; expected 3 to 500 ms, or with a timer up to 2 s"
            );
            self.say(&key, message);
        }
    }

    fn exclusive_client(&mut self, key: &str, client: &Client) {
        let (format, kind) = (self.scenario.device.format, self.scenario.device.kind);
        self.asked_duration(key, client, format, kind);
        let packet = client.packet_frames(&self.scenario.device);
        let packets = client.packets.unwrap_or(2);
        let keys = (format!("{key}.packet"), format!("{key}.packets"));
        self.buffer((&keys.0, &keys.1), packet, packets);
        self.length(&keys.0, packet);
        self.taken_ahead(&keys.0, packet, packets);
        if let Some(end) = client.end_of_stream {
            if end.valid.to_frames() > packet {
                let message = format!("more than the {} frames of a packet", packet.get());
                self.say(format!("{key}.end-of-stream.valid"), message);
            }
        }
    }
}

/// The place of an exclusive client who is not alone among `clients`.
fn alone<'a>(clients: impl Iterator<Item = (usize, &'a Client)>) -> Option<usize> {
    let all: Vec<_> = clients.collect();
    let exclusive = all.iter().find(|(_, client)| !client.mode.shares());
    exclusive.filter(|_| all.len() > 1).map(|(place, _)| *place)
}
