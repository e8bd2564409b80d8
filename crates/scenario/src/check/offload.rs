//! Whether a device that mixes, and streams that go past the software engine, make sense.

use miniport::OffloadOptions;

use super::Check;
use crate::format::{
    Action, Client, Device, Dma, EndFill, Fault, FifoUnderrun, Kind, Offload, PacketWindow,
    PositionSource, Sample,
};
use crate::quantity::{FrameCount, Level};

/// More streams than any device mixes.
const STREAMS_MAX: u32 = 16;
/// Packets in the buffer of such a stream.
const PACKETS: u32 = 2;
/// What a key is for that other devices have no use for.
const TAKE_KIND: &str = "`kind = \"offload\"` in [device]";

impl Check<'_> {
    /// What a device that mixes can have, and what only it has.
    pub(super) fn mixer(&mut self, device: &Device) {
        if device.kind != Kind::Offload {
            if device.offload != Offload::default() {
                let help = format!("{TAKE_KIND}, or leave it away");
                self.advise("device.offload", "this device mixes nothing", help);
            }
            return;
        }
        if device.format.sample != Sample::S16 {
            let message = "a device that mixes does so in 16-bit samples";
            self.advise("device.format.sample", message, "take `s16`");
        }
        if !(1..=STREAMS_MAX).contains(&device.offload.streams) {
            let message = format!(
                "{} streams; expected 1 to {STREAMS_MAX}",
                device.offload.streams
            );
            self.say("device.offload.streams", message);
        }
        let second = u64::from(device.format.rate.hertz());
        if device.offload.delay.map_or(0, FrameCount::get) > second {
            self.say("device.offload.delay", "a delay is at most a second long");
        }
        for (key, given) in [
            ("preset", device.preset.is_some()),
            ("prefetch", device.prefetch.is_some()),
            ("burst", device.burst.is_some()),
            ("count-on", device.count_on.is_some()),
            ("grant-latency", device.grant_latency.is_some()),
            (
                "fifo-underrun",
                device.fifo_underrun != FifoUnderrun::default(),
            ),
            ("wander", device.wander.is_some()),
            ("dma", device.dma != Dma::default()),
            ("class", device.class.is_some()),
            ("faults", device.faults.is_some()),
            ("looping", !device.looping),
            (
                "position-source",
                device.position_source != PositionSource::default(),
            ),
            ("more-packets", device.more_packets),
            (
                "packet-window",
                device.packet_window != PacketWindow::default(),
            ),
            ("end-of-stream", device.end_of_stream != EndFill::default()),
        ] {
            if given {
                let help = "leave it away, or take another `kind`";
                self.advise(
                    format!("device.{key}"),
                    "a device that mixes has no such property",
                    help,
                );
            }
        }
    }

    /// A stream that goes past the software engine.
    pub(super) fn offload_client(&mut self, key: &str, client: &Client) {
        let device = &self.scenario.device;
        if device.kind != Kind::Offload {
            let help = format!("{TAKE_KIND}, or another mode");
            self.advise(format!("{key}.mode"), "this device mixes nothing", help);
            return;
        }
        let packet = client.packet_frames(device);
        self.length(&format!("{key}.packet"), packet);
        let packets = client.packets.unwrap_or(PACKETS);
        if packets != PACKETS {
            self.advise(
                format!("{key}.packets"),
                format!("{packets} packets; a stream that goes by write positions needs {PACKETS}"),
                "leave it away: with one packet every write position would be the same, and a \
                 driver makes no more than two",
            );
        }
        self.buffer_range(key, client);
        if client
            .volume
            .is_some_and(|level| level > Level::from_millibels(0))
        {
            let message = "louder than it is; expected `0dB` or less";
            self.say(format!("{key}.volume"), message);
        }
        if let Some(end) = client.end_of_stream {
            if end.valid.to_frames() > packet {
                let message = format!("more than the {} frames of a packet", packet.get());
                self.say(format!("{key}.end-of-stream.valid"), message);
            }
            if end.packet == 0 && end.valid.get() == 0 {
                let message = "a stream that ends before its first frame has no write position";
                self.say(format!("{key}.end-of-stream.valid"), message);
            }
        }
    }

    /// The driver says how long a buffer may be.
    fn buffer_range(&mut self, key: &str, client: &Client) {
        let OffloadOptions {
            buffer_min,
            buffer_max,
            ..
        } = OffloadOptions::default();
        let device = &self.scenario.device;
        let frames = u128::from(client.packet_frames(device).get()) * u128::from(PACKETS);
        let ticks = frames * u128::from(units::TICKS_PER_SECOND);
        let hertz = u128::from(device.format.rate.hertz());
        let [min, max] = [buffer_min, buffer_max].map(|time| u128::from(time.ticks()) * hertz);
        if !(min..=max).contains(&ticks) {
            let message = format!(
                "a buffer of {PACKETS} such packets is not within the {buffer_min} to {buffer_max} \
                 that the driver makes"
            );
            self.say(format!("{key}.packet"), message);
        }
    }

    /// A device mixes as many streams as it has inputs.
    pub(super) fn streams(&mut self) {
        let device = &self.scenario.device;
        let possible = device.offload.streams as usize;
        let beyond = self.scenario.offloads().nth(possible);
        if let Some((place, _)) = beyond.filter(|_| device.kind == Kind::Offload) {
            self.advise(
                format!("client[{place}].mode"),
                format!("only {possible} streams go past the software engine"),
                "more `streams` in [device.offload], or `mode = \"shared-event\"`",
            );
        }
    }

    /// What can go wrong with a device that mixes: what goes wrong in the machine.
    pub(super) fn fault_of_mixer(&mut self, key: &str, fault: &Fault) {
        if self.scenario.device.kind != Kind::Offload {
            return;
        }
        let possible = ["late-wake-up", "late-isr", "blocked-dpc", "late-dpc"];
        let kinds = fault.kinds();
        let given = kinds.iter().filter(|(_, given)| *given);
        for (kind, _) in given.filter(|(kind, _)| !possible.contains(kind)) {
            let help = "take `late-wake-up`, `late-isr`, `blocked-dpc` or `late-dpc`";
            self.advise(
                format!("{key}.{kind}"),
                "not of a device that mixes, whose streams share one interrupt",
                help,
            );
        }
    }

    /// What is done on purpose to a device that mixes: its clients do it.
    pub(super) fn action_on_mixer(&mut self, key: &str, action: &Action) {
        if self.scenario.device.kind != Kind::Offload {
            return;
        }
        for kind in ["rewrite-descriptor", "power", "remove", "rebalance"] {
            if action.kinds().contains(&(kind, true)) {
                self.advise(
                    format!("{key}.{kind}"),
                    "not modelled of a device that mixes",
                    "leave it away, or take another `kind` in [device]",
                );
            }
        }
    }
}
