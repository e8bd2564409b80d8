//! Whether figures of a DMA engine make sense.

use super::Check;
use crate::format::{Dma, Kind, PositionSource, Preset};
use crate::quantity::Time;

/// Longer than any device takes for anything.
const LATE_MAX: Time = Time::from_millis(100);

impl Check<'_> {
    pub(super) fn dma_of_speaker(&mut self) {
        let device = &self.scenario.device;
        let dma = &device.dma;
        self.dma("device", device.kind, dma);
        self.link_frames("device", device.preset, dma);
        self.records("device", device.position_source, dma);
        for (key, given) in [
            ("device.dma.flush", dma.flush.is_some()),
            ("device.dma.store", dma.store.is_some()),
        ] {
            if given {
                self.advise(
                    key,
                    "only of an input",
                    "leave it away, or say it in [microphone]",
                );
            }
        }
        for (place, stall) in dma.stalls.iter().enumerate() {
            let key = format!("device.dma.stalls[{place}]");
            if stall.until <= stall.from {
                let (from, until) = (stall.from, stall.until);
                self.say(
                    key,
                    format!("ends at {until}, not after it begins at {from}"),
                );
            } else if !device.looping {
                let help = "leave it away, or `looping = false`";
                self.advise(key, "only of a DMA engine that loops", help);
            } else if self.scenario.microphone_beside().is_some() {
                let help = "leave it away, or `controller` in [microphone]";
                self.advise(
                    key,
                    "what a microphone on the same bus loses is not told",
                    help,
                );
            }
        }
    }

    pub(super) fn dma_of_microphone(&mut self) {
        let Some(microphone) = &self.scenario.microphone else {
            return;
        };
        let dma = &microphone.dma;
        self.dma("microphone", microphone.kind, dma);
        self.link_frames("microphone", microphone.preset, dma);
        self.records("microphone", microphone.position_source, dma);
        if !dma.stalls.is_empty() {
            let help = "say it in [device.dma]";
            self.advise("microphone.dma.stalls", "only of the speaker's bus", help);
        }
    }

    fn dma(&mut self, table: &str, kind: Kind, dma: &Dma) {
        let key = format!("{table}.dma");
        if kind == Kind::Virtual && *dma != Dma::default() {
            self.no_hardware(&[(&key, true)]);
        }
        for (name, time) in [
            ("codec-delay", dma.codec_delay),
            ("shown-late", dma.shown_late),
            ("shown-jitter", dma.shown_jitter),
            ("record-latency", dma.record_latency),
        ] {
            if time.is_some_and(|time| time > LATE_MAX) {
                self.say(
                    format!("{key}.{name}"),
                    format!("expected at most {LATE_MAX}"),
                );
            }
        }
    }

    /// What is said of link frames would do nothing where there are none.
    fn link_frames(&mut self, table: &str, preset: Option<Preset>, dma: &Dma) {
        for (name, given) in [
            ("packing", dma.packing.is_some()),
            ("cadence-phase", dma.cadence_phase.is_some()),
        ] {
            if given && preset.is_none() {
                let help = "`preset = \"hd-audio\"` beside it";
                let key = format!("{table}.dma.{name}");
                self.advise(
                    key,
                    "frames of the reference device are evenly spaced",
                    help,
                );
            }
        }
    }

    /// What is said of a record that nobody reads would do nothing either.
    fn records(&mut self, table: &str, source: PositionSource, dma: &Dma) {
        for (name, given) in [
            ("record-tracks", dma.record_tracks.is_some()),
            ("record-latency", dma.record_latency.is_some()),
        ] {
            if given && source == PositionSource::Lpib {
                let help = "`position-source = \"position-buffer\"` beside it";
                let key = format!("{table}.dma.{name}");
                self.advise(key, "the driver does not read the position buffer", help);
            }
        }
    }
}
