//! What follows from the keys of a file: names, sizes, kinds.

use units::{Frames, WaveFormat};

use super::{Action, Client, Device, Engine, Fault, Format, Scenario};
use crate::quantity::{FrameCount, Time};

impl Fault {
    /// Each kind of fault by its key, and whether it is this one.
    pub(crate) const fn kinds(&self) -> [(&'static str, bool); 5] {
        [
            ("late-wake-up", self.late_wake_up.is_some()),
            ("lost-notification", self.lost_notification.is_some()),
            (
                "spurious-notification",
                self.spurious_notification.is_some(),
            ),
            ("blocked-dpc", self.blocked_dpc.is_some()),
            ("late-dpc", self.late_dpc.is_some()),
        ]
    }
}

impl Action {
    pub(crate) const fn kinds(&self) -> [(&'static str, bool); 4] {
        [
            ("pause", self.pause.is_some()),
            ("run", self.run.is_some()),
            ("stop", self.stop.is_some()),
            ("write-packet", self.write_packet.is_some()),
        ]
    }
}

impl Format {
    /// As the model counts it. At least one channel, so that it can be asked before it is checked.
    pub fn to_format(self) -> WaveFormat {
        WaveFormat {
            rate: self.rate.to_rate(),
            channels: self.channels.max(1),
            sample: self.sample.to_format(),
        }
    }

    /// 10 ms at this rate, rounded up to whole frames.
    fn ten_millis(self) -> Frames {
        Frames::new(u64::from(self.rate.hertz()).div_ceil(100))
    }
}

impl Engine {
    /// Frames that one pass makes for `device`.
    pub fn period_frames(&self, device: &Device) -> Frames {
        self.period
            .map_or_else(|| device.format.ten_millis(), FrameCount::to_frames)
    }
}

impl Client {
    /// Frames of a packet, of an exclusive client on `device`.
    pub fn packet_frames(&self, device: &Device) -> Frames {
        self.packet
            .map_or_else(|| device.format.ten_millis(), FrameCount::to_frames)
    }

    /// Time that an exclusive client takes per packet.
    pub fn service_time(&self) -> Time {
        self.service.unwrap_or_default()
    }
}

impl Scenario {
    /// What the client at `place` is called. Panics if there is none.
    pub fn client_name(&self, place: usize) -> String {
        self.clients[place]
            .name
            .clone()
            .unwrap_or_else(|| format!("client-{place}"))
    }

    /// What the fault at `place` is called. Panics if there is none.
    pub fn fault_name(&self, place: usize) -> String {
        let fault = &self.faults[place];
        let kind = fault
            .kinds()
            .iter()
            .find(|(_, given)| *given)
            .map_or("fault", |(name, _)| name);
        fault
            .name
            .clone()
            .unwrap_or_else(|| format!("{kind}-{place}"))
    }
}
