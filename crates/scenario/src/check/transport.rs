//! Whether a device that is reached by an older port makes sense.

use super::Check;
use super::happenings::MACHINE;
use crate::format::{
    Device, DeviceTransport, Dma, EndFill, FifoUnderrun, Kind, Mode, PacketWindow, PositionSource,
};
use crate::quantity::FrameCount;

impl Check<'_> {
    /// What a device can have that its client shares no buffer with.
    pub(super) fn transport(&mut self, device: &Device) {
        if device.transport == DeviceTransport::WaveRt {
            if device.dma_buffer.is_some() {
                let help = "`transport = \"wave-cyclic\"` beside it";
                self.advise(
                    "device.dma-buffer",
                    "on WaveRT the buffer is the client's to ask for",
                    help,
                );
            }
            return;
        }
        let second = u64::from(device.format.rate.hertz());
        let ring = device.dma_buffer.map(FrameCount::get);
        if ring.is_some_and(|frames| !(1..=second).contains(&frames)) {
            let message = "a ring has at least one frame, and is at most a second long";
            self.say("device.dma-buffer", message);
        }
        for (key, given) in [
            ("kind", device.kind != Kind::default()),
            ("mode", device.mode.is_some()),
            ("preset", device.preset.is_some()),
            ("prefetch", device.prefetch.is_some()),
            ("burst", device.burst.is_some()),
            ("count-on", device.count_on.is_some()),
            ("grant-latency", device.grant_latency.is_some()),
            (
                "fifo-underrun",
                device.fifo_underrun != FifoUnderrun::default(),
            ),
            ("drift", device.drift.ppb() != 0),
            ("wander", device.wander.is_some()),
            ("dma", device.dma != Dma::default()),
            ("class", device.class.is_some()),
            ("faults", device.faults.is_some()),
            (
                "position-source",
                device.position_source != PositionSource::default(),
            ),
            ("position-register", !device.position_register),
            ("looping", !device.looping),
            (
                "packet-window",
                device.packet_window != PacketWindow::default(),
            ),
            ("end-of-stream", device.end_of_stream != EndFill::default()),
        ] {
            if given {
                let help = "leave it away, or `transport = \"wavert\"`";
                self.advise(
                    format!("device.{key}"),
                    "a device of an older port has no such property",
                    help,
                );
            }
        }
        self.company();
    }

    /// Who else there may be.
    fn company(&mut self) {
        if self.scenario.microphone_beside().is_some() {
            let message = "a device of an older port has no controller that it could share";
            self.say("microphone", message);
        }
        for (place, client) in self.scenario.clients.iter().enumerate() {
            if client.mode == Mode::ExclusiveTimer {
                let help = "`mode = \"exclusive-event\"`";
                let message = "there is no cyclic buffer whose position a client could go by";
                self.advise(format!("client[{place}].mode"), message, help);
            }
        }
        for (place, fault) in self.scenario.faults.iter().enumerate() {
            let kinds = fault.kinds();
            let mut given = kinds.iter().filter(|(_, given)| *given);
            if let Some((kind, _)) = given.find(|(kind, _)| !MACHINE.contains(kind)) {
                let help = "leave it away, or `transport = \"wavert\"`";
                self.advise(
                    format!("fault[{place}].{kind}"),
                    "a device of an older port cannot do this",
                    help,
                );
            }
        }
        for (place, action) in self.scenario.actions.iter().enumerate() {
            let of_wavert = [
                "power",
                "remove",
                "rebalance",
                "rewrite-descriptor",
                "rewrite",
            ];
            let kinds = action.kinds();
            let mut given = kinds.iter().filter(|(_, given)| *given);
            if let Some((kind, _)) = given.find(|(kind, _)| of_wavert.contains(kind)) {
                let help = "leave it away, or `transport = \"wavert\"`";
                self.advise(
                    format!("action[{place}].{kind}"),
                    "the older ports are modelled without it",
                    help,
                );
            }
        }
    }
}
