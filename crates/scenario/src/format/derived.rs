//! What follows from the keys of a file: names, sizes, kinds.

use ks::{DEFAULT_PERIOD, OemPeriod, default_period};
use units::{Frames, HResult, Hns, WaveFormat};
use wasapi::{ExclusiveDevice, ExclusiveRequest};

use super::cpu::{FIRST_LOAD, Load};
use super::{
    Action, CaptureEngine, Client, Device, Engine, Fault, Format, Kind, Microphone, Mode, Scenario,
    Source, VirtualMode,
};
use crate::quantity::{FrameCount, Time};

impl Fault {
    /// Each kind of fault by its key, and whether it is this one.
    pub(crate) const fn kinds(&self) -> [(&'static str, bool); 48] {
        [
            ("late-wake-up", self.late_wake_up.is_some()),
            ("page-fault", self.page_fault.is_some()),
            ("device-lock", self.device_lock.is_some()),
            ("lost-notification", self.lost_notification.is_some()),
            (
                "spurious-notification",
                self.spurious_notification.is_some(),
            ),
            ("late-isr", self.late_isr.is_some()),
            ("blocked-dpc", self.blocked_dpc.is_some()),
            ("late-dpc", self.late_dpc.is_some()),
            ("lpib-lag", self.lpib_lag.is_some()),
            ("lpib-lead", self.lpib_lead.is_some()),
            ("dpib-early", self.dpib_early.is_some()),
            ("posbuf-stale", self.posbuf_stale.is_some()),
            ("posbuf-dead", self.posbuf_dead.is_some()),
            ("irq-early", self.irq_early.is_some()),
            ("irq-one-frame-early", self.irq_one_frame_early.is_some()),
            ("burst-grain", self.burst_grain.is_some()),
            ("backwards", self.backwards.is_some()),
            ("irq-lost", self.irq_lost.is_some()),
            ("irq-coalesce", self.irq_coalesce.is_some()),
            ("msi-edge-lost", self.msi_edge_lost.is_some()),
            ("irq-spurious", self.irq_spurious.is_some()),
            ("wallclk-zero", self.wallclk_zero.is_some()),
            ("wallclk-hz", self.wallclk_hz.is_some()),
            ("wallclk-ppb", self.wallclk_ppb.is_some()),
            ("fifo-size-off-by-one", self.fifo_size_off_by_one.is_some()),
            ("fifo-size-zero", self.fifo_size_zero.is_some()),
            ("fifo-size-by-fmt", self.fifo_size_by_fmt.is_some()),
            ("stuck-after-resume", self.stuck_after_resume.is_some()),
            ("posbuf-wrong-slot", self.posbuf_wrong_slot.is_some()),
            ("linear-not-reset", self.linear_not_reset.is_some()),
            ("pos-at-or-above-cbl", self.pos_at_or_above_cbl.is_some()),
            ("run-sticky", self.run_sticky.is_some()),
            ("reads-all-ones", self.reads_all_ones.is_some()),
            ("srst-slow", self.srst_slow.is_some()),
            ("start-burst", self.start_burst.is_some()),
            (
                "stale-status-at-start",
                self.stale_status_at_start.is_some(),
            ),
            ("stall-until-ack", self.stall_until_ack.is_some()),
            ("bdl-snapshot", self.bdl_snapshot.is_some()),
            ("cbl-mismatch", self.cbl_mismatch.is_some()),
            ("delay-other-timebase", self.delay_other_timebase.is_some()),
            ("mem-passes-link", self.mem_passes_link.is_some()),
            ("read-moves-engine", self.read_moves_engine.is_some()),
            ("capture-data-late", self.capture_data_late.is_some()),
            (
                "playback-stalls-on-capture-start",
                self.playback_stalls_on_capture_start.is_some(),
            ),
            ("pause-adds-delay", self.pause_adds_delay.is_some()),
            ("ticks", self.ticks.is_some()),
            ("missing-ticks", self.missing_ticks.is_some()),
            ("position-steps-back", self.position_steps_back.is_some()),
        ]
    }
}

impl Action {
    pub(crate) const fn kinds(&self) -> [(&'static str, bool); 12] {
        [
            ("pause", self.pause.is_some()),
            ("run", self.run.is_some()),
            ("stop", self.stop.is_some()),
            ("write-packet", self.write_packet.is_some()),
            ("read-slot", self.read_slot.is_some()),
            ("rewrite", self.rewrite.is_some()),
            ("rewrite-descriptor", self.rewrite_descriptor.is_some()),
            ("jack", self.jack.is_some()),
            ("format-change", self.format_change.is_some()),
            ("power", self.power.is_some()),
            ("remove", self.remove.is_some()),
            ("rebalance", self.rebalance.is_some()),
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
    pub(crate) fn ten_millis(self) -> Frames {
        self.frames_of(DEFAULT_PERIOD)
    }

    /// Frames of a period at this rate, rounded up.
    fn frames_of(self, period: Hns) -> Frames {
        Frames::new((u64::from(self.rate.hertz()) * period.get()).div_ceil(10_000_000))
    }
}

impl Engine {
    /// Frames that one pass makes for `device`.
    pub fn period_frames(&self, device: &Device) -> Frames {
        let by_default = || device.format.frames_of(default_period(self.oem()));
        self.period.map_or_else(by_default, FrameCount::to_frames)
    }

    /// The maker's period, if it is one that is heard.
    pub(crate) fn oem(&self) -> Option<OemPeriod> {
        let nanos = self.oem_period?.nanos();
        if nanos % 100 == 0 {
            OemPeriod::new(Hns::new(nanos / 100))
        } else {
            None
        }
    }
}

impl CaptureEngine {
    /// Frames that one pass takes of a microphone that records `format`.
    pub fn period_frames(&self, format: Format) -> Frames {
        self.period
            .map_or_else(|| format.ten_millis(), FrameCount::to_frames)
    }
}

impl Client {
    /// Frames of a packet, of an exclusive client on `device`.
    pub fn packet_frames(&self, device: &Device) -> Frames {
        self.packet_frames_at(device.format, device.kind)
    }

    /// Frames of a packet, of an exclusive client on a device of `format` and `kind`.
    pub fn packet_frames_at(&self, format: Format, kind: Kind) -> Frames {
        let granted = || self.granted(format, kind)?.ok();
        let given = self.packet.map(FrameCount::to_frames);
        given
            .or_else(granted)
            .unwrap_or_else(|| format.ten_millis())
    }

    /// Frames in the cyclic buffer of a timer-driven client on `device`.
    pub fn ring_frames(&self, device: &Device) -> Frames {
        let granted = || self.granted(device.format, device.kind)?.ok();
        let given = self.buffer.map(FrameCount::to_frames);
        given
            .or_else(granted)
            .unwrap_or_else(|| Frames::new(2 * device.format.ten_millis().get()))
    }

    /// What `Initialize` makes of the duration of an exclusive client, if it says one.
    pub(crate) fn granted(&self, format: Format, kind: Kind) -> Option<Result<Frames, HResult>> {
        let duration = Hns::new(self.duration?.nanos() / 100);
        let is_event_driven = self.mode != Mode::ExclusiveTimer;
        let device = match kind {
            Kind::Virtual => ExclusiveDevice::WHOLE_FRAMES,
            _ => ExclusiveDevice::HD_AUDIO,
        };
        let opened = device.open(ExclusiveRequest {
            format: format.to_format(),
            duration,
            periodicity: if is_event_driven {
                duration
            } else {
                Hns::new(0)
            },
            is_event_driven,
        });
        Some(opened.map(|buffer| buffer.frames))
    }

    /// Time that an exclusive client takes per packet.
    pub fn service_time(&self) -> Time {
        self.service.unwrap_or_default()
    }
}

impl Device {
    /// How it counts, if it is a virtual one.
    pub(crate) fn virtual_mode(&self) -> Option<VirtualMode> {
        self.kind.virtual_mode(self.mode)
    }
}

impl Microphone {
    /// How it counts, if it is a virtual one.
    pub(crate) fn virtual_mode(&self) -> Option<VirtualMode> {
        self.kind.virtual_mode(self.mode)
    }

    /// True if what it hears is the tone of the sample driver.
    pub(crate) fn hears_the_tone(&self) -> bool {
        self.kind == Kind::Virtual && self.source == Source::default()
    }
}

impl Kind {
    fn virtual_mode(self, mode: Option<VirtualMode>) -> Option<VirtualMode> {
        let mode = mode.unwrap_or(VirtualMode::Exact);
        (self == Self::Virtual).then_some(mode)
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

    /// The load of the machine that is to blame under the number `fault`, if one is.
    fn load(&self, fault: usize) -> Option<&Load> {
        let cpu = self.machine.as_ref()?.cpu.as_ref()?;
        cpu.loads.get(fault.checked_sub(FIRST_LOAD)?)
    }

    /// What the fault at `place` is called: behind those of the list come those of the device's
    /// suite and class, which are called by its name, and behind these those of the microphone's
    /// suite.
    pub fn fault_name(&self, place: usize) -> String {
        if let Some(load) = self.load(place) {
            return load.name.clone();
        }
        let Some(fault) = self.faults.get(place) else {
            let behind = place - self.faults.len();
            let suite = self.microphone.as_ref().and_then(|mic| mic.faults);
            return match suite {
                Some(suite) if behind >= self.device.own_faults().count() => {
                    suite.name().to_owned()
                }
                _ => self.device.name_of_fault(behind),
            };
        };
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
