//! Faults, put into the device.

use std::num::NonZeroU32;

use hardware::class::DeviceClass;
use hardware::fault::{
    EngineFault, Fault as HardwareFault, Grain, InterruptFault, Lag, Odds, PositionFault,
    RecordFault, RegisterFault,
};
use hardware::{Controller, Extent, Injection};
use machine::FaultId;
use units::{Bytes, Frames, SimDuration, TICKS_PER_SECOND};

use crate::format::{
    BurstGrain, CaptureSuite, CblMismatch, Class, DeadRecord, Device, Fault, LpibLag, Occasions,
    Scenario, Step, Suite,
};
use crate::notes::Suspects;
use crate::quantity::{FrameCount, Probability};

/// Puts the faults that are the device's own into `stream` of `controller`, or into all of it.
pub(crate) fn inject(scenario: &Scenario, seed: u64, controller: &mut Controller, stream: u32) {
    for (id, fault) in numbered(scenario) {
        controller.inject(Injection {
            id,
            stream,
            seed,
            fault,
        });
    }
}

/// Puts the faults that are the microphone's into its `stream` of `controller`: those of the list,
/// each under its place in the file, and behind all others that of its suite.
pub(crate) fn inject_into_microphone(
    scenario: &Scenario,
    seed: u64,
    controller: &mut Controller,
    stream: u32,
) {
    for (id, fault) in numbered_of_microphone(scenario) {
        controller.inject(Injection {
            id,
            stream,
            seed,
            fault,
        });
    }
}

/// How much later than it says the microphone of `scenario` puts frames into memory, and the fault
/// because of which it does: of several the one that does most.
pub(crate) fn data_late(scenario: &Scenario) -> Option<(SimDuration, FaultId)> {
    let late = numbered_of_microphone(scenario).filter_map(|(id, fault)| match fault {
        HardwareFault::Engine(EngineFault::CaptureDataLate { lasts }) => {
            Some((lasts, FaultId::new(id)))
        }
        _ => None,
    });
    late.max_by_key(|(lasts, _)| *lasts)
}

/// The faults that are the microphone's own with their numbers: those of the list, each under its
/// place in the file, and behind those of the list and of the speaker those of its suite.
fn numbered_of_microphone(scenario: &Scenario) -> impl Iterator<Item = (u32, HardwareFault)> {
    let listed = scenario.faults.iter().map(Fault::of_microphone);
    let listed = (0..).zip(listed);
    let listed = listed.filter_map(|(id, fault)| Some((id, fault?)));
    let suite = scenario.microphone.as_ref().and_then(|mic| mic.faults);
    let suite = suite.map_or_else(Vec::new, |suite| suite.to_hardware().faults());
    let behind = scenario.faults.len() + scenario.device.own_faults().count();
    let behind = u32::try_from(behind).expect("a file has fewer");
    listed.chain((behind..).zip(suite))
}

/// The faults of `scenario` that strike without a word. Of several of a kind with different names
/// none: who was it then?
pub(crate) fn suspects(scenario: &Scenario) -> Suspects {
    let all: Vec<_> = numbered(scenario).collect();
    let only = |is_one: fn(&HardwareFault) -> bool| {
        let mut found = all.iter().filter(|(_, fault)| is_one(fault));
        let first = found.next()?;
        let name = |id: u32| scenario.fault_name(id as usize);
        // Those of a suite have one name.
        found
            .all(|(id, _)| name(*id) == name(first.0))
            .then_some(*first)
    };
    let misleads = only(|fault| match fault {
        HardwareFault::Position(_) | HardwareFault::Record(_) => true,
        HardwareFault::Interrupt(fault) => matches!(fault, InterruptFault::IrqEarly { .. }),
        HardwareFault::Engine(_) | HardwareFault::Register(_) => false,
    });
    let gone = |fault: &HardwareFault| {
        matches!(
            fault,
            HardwareFault::Register(RegisterFault::ReadsAllOnes { .. })
        )
    };
    Suspects {
        misleads: misleads.map(|(id, _)| FaultId::new(id)),
        gone: only(gone).and_then(|(id, fault)| match fault {
            HardwareFault::Register(RegisterFault::ReadsAllOnes { from, until }) => {
                Some((FaultId::new(id), from, until))
            }
            _ => None,
        }),
    }
}

/// Frames that the device of `scenario` takes with the first one of a run, and the fault because of
/// which it does.
pub(crate) fn start_burst(scenario: &Scenario) -> Option<(u64, FaultId)> {
    let hertz = u128::from(scenario.device.format.rate.hertz());
    numbered(scenario).find_map(|(id, fault)| match fault {
        HardwareFault::Engine(EngineFault::StartBurst { ahead }) => {
            let frames = u128::from(ahead.ticks()) * hertz / u128::from(TICKS_PER_SECOND);
            Some((u64::try_from(frames).unwrap_or(u64::MAX), FaultId::new(id)))
        }
        _ => None,
    })
}

/// What the device of `scenario` takes ahead beyond its FIFO, where a frame has so many bytes.
pub(crate) fn lead(scenario: &Scenario, frame: Bytes) -> Bytes {
    let more = numbered(scenario).filter_map(|(_, fault)| match fault {
        HardwareFault::Engine(EngineFault::MemPassesLink { by }) => Some(by.bytes(frame).get()),
        _ => None,
    });
    Bytes::new(more.sum())
}

/// The faults that are the device's own with their numbers: those of the list, each under its
/// place in the file, and behind all of the list those of suite and class.
fn numbered(scenario: &Scenario) -> impl Iterator<Item = (u32, HardwareFault)> {
    let device = &scenario.device;
    let listed = scenario.faults.iter().map(|fault| fault.of_device(device));
    let all = (0..).zip(listed.chain(device.own_faults().map(Some)));
    all.filter_map(|(id, fault)| Some((id, fault?)))
}

impl Device {
    /// What its suite and its class consist of, in this order.
    pub(crate) fn own_faults(&self) -> impl Iterator<Item = HardwareFault> {
        let suite = self.suite_faults();
        let class = self.class.map(Class::to_hardware);
        let class = class.and_then(|class| class.engine_faults());
        suite.into_iter().chain(class.unwrap_or_default())
    }

    fn suite_faults(&self) -> Vec<HardwareFault> {
        self.faults
            .map_or_else(Vec::new, |suite| suite.to_hardware().faults())
    }

    /// What its fault at `place` among its own is called: as the suite, or the class.
    pub(crate) fn name_of_fault(&self, place: usize) -> String {
        match (self.faults, self.class) {
            (Some(suite), _) if place < self.suite_faults().len() => suite.name().to_owned(),
            (_, Some(class)) => class.to_hardware().name.to_owned(),
            (_, None) => "fault".to_owned(),
        }
    }
}

impl Fault {
    /// The fault of `device` that it is, if it is one.
    pub(crate) fn of_device(&self, device: &Device) -> Option<HardwareFault> {
        let position = self.of_position().map(HardwareFault::Position);
        let interrupt = || self.of_interrupt().map(HardwareFault::Interrupt);
        let register = || self.of_register().map(HardwareFault::Register);
        let record = || self.of_record().map(HardwareFault::Record);
        let engine = || self.of_engine(device).map(HardwareFault::Engine);
        position
            .or_else(interrupt)
            .or_else(register)
            .or_else(record)
            .or_else(engine)
    }

    fn of_record(&self) -> Option<RecordFault> {
        if let Some(stale) = &self.posbuf_stale {
            return Some(RecordFault::PosbufStale {
                delay: stale.by.to_duration(),
                until_acknowledged: stale.until_acknowledged,
            });
        }
        if let Some(dead) = &self.posbuf_dead {
            let value = match dead.shows {
                DeadRecord::Zero => 0,
                DeadRecord::AllOnes => u32::MAX,
            };
            return Some(RecordFault::PosbufDead { value });
        }
        let wrong = self.posbuf_wrong_slot.as_ref()?;
        Some(RecordFault::PosbufWrongSlot { by: wrong.by })
    }

    /// The fault of the microphone that it is, if it is one.
    fn of_microphone(&self) -> Option<HardwareFault> {
        let late = self.capture_data_late.as_ref()?;
        let lasts = late.lasts.to_duration();
        Some(EngineFault::CaptureDataLate { lasts }.into())
    }

    fn of_position(&self) -> Option<PositionFault> {
        if let Some(lag) = &self.lpib_lag {
            return Some(PositionFault::LpibLag(lag.to_hardware()));
        }
        if let Some(lead) = &self.lpib_lead {
            return Some(PositionFault::LpibLead {
                by: extent(lead.frames),
            });
        }
        if let Some(early) = &self.dpib_early {
            return Some(PositionFault::DpibEarly {
                by: extent(early.frames),
            });
        }
        if let Some(grain) = &self.burst_grain {
            return Some(PositionFault::BurstGrain(grain.to_hardware()));
        }
        if let Some(backwards) = &self.backwards {
            return Some(PositionFault::Backwards {
                every: extent(backwards.every),
                by: extent(backwards.frames),
            });
        }
        if self.linear_not_reset.is_some() {
            return Some(PositionFault::LinearNotReset);
        }
        if let Some(beyond) = &self.pos_at_or_above_cbl {
            return Some(PositionFault::PosAtOrAboveCbl {
                by: extent(beyond.frames),
            });
        }
        if let Some(other) = &self.delay_other_timebase {
            return Some(PositionFault::DelayOtherTimebase {
                numerator: other.counts,
                denominator: NonZeroU32::new(other.of)?,
            });
        }
        let added = self.pause_adds_delay.as_ref()?;
        Some(PositionFault::PauseAddsDelay {
            by: extent(added.frames),
        })
    }

    fn of_interrupt(&self) -> Option<InterruptFault> {
        if let Some(early) = &self.irq_early {
            return Some(InterruptFault::IrqEarly {
                by: early.frames.to_frames(),
            });
        }
        if self.irq_one_frame_early.is_some() {
            return Some(InterruptFault::ONE_FRAME_EARLY);
        }
        if let Some(lost) = &self.irq_lost {
            return Some(InterruptFault::IrqLost { odds: lost.odds() });
        }
        if let Some(coalesce) = &self.irq_coalesce {
            return Some(InterruptFault::IrqCoalesce {
                window: coalesce.window.to_duration(),
            });
        }
        if let Some(lost) = &self.msi_edge_lost {
            return Some(InterruptFault::MsiEdgeLost { odds: lost.odds() });
        }
        if let Some(spurious) = &self.irq_spurious {
            return Some(InterruptFault::IrqSpurious {
                odds: odds(spurious.event, spurious.probability),
                after: spurious.after.to_frames(),
            });
        }
        let stale = self.stale_status_at_start.as_ref();
        stale.map(|_| InterruptFault::StaleStatusAtStart)
    }

    fn of_register(&self) -> Option<RegisterFault> {
        if self.wallclk_zero.is_some() {
            return Some(RegisterFault::WallclkZero);
        }
        if let Some(other) = &self.wallclk_hz {
            return Some(RegisterFault::WallclkHz {
                rate: other.rate.to_rate(),
            });
        }
        if let Some(other) = &self.wallclk_ppb {
            return Some(RegisterFault::WallclkPpb {
                ppb: other.drift.ppb(),
            });
        }
        if self.fifo_size_off_by_one.is_some() {
            return Some(RegisterFault::FifoSizeOffByOne);
        }
        if self.fifo_size_by_fmt.is_some() {
            return Some(RegisterFault::FifoSizeByFmt);
        }
        if let Some(gone) = &self.reads_all_ones {
            return Some(RegisterFault::ReadsAllOnes {
                from: gone.from.to_instant(),
                until: gone.until.to_instant(),
            });
        }
        let lasting = |fault: &Option<crate::format::Lasting>| {
            fault.as_ref().map(|lasting| lasting.lasts.to_duration())
        };
        let zero = lasting(&self.fifo_size_zero).map(|lasts| RegisterFault::FifoSizeZero { lasts });
        let sticky = || lasting(&self.run_sticky).map(|lasts| RegisterFault::RunSticky { lasts });
        let slow = || lasting(&self.srst_slow).map(|lasts| RegisterFault::SrstSlow { lasts });
        zero.or_else(sticky).or_else(slow)
    }

    fn of_engine(&self, device: &Device) -> Option<EngineFault> {
        if let Some(stuck) = &self.stuck_after_resume {
            return Some(EngineFault::StuckAfterResume {
                odds: Odds::At(stuck.start),
                lasts: stuck.lasts.map(crate::quantity::Time::to_duration),
            });
        }
        if let Some(burst) = &self.start_burst {
            return Some(EngineFault::StartBurst {
                ahead: burst.ahead.to_duration(),
            });
        }
        if self.stall_until_ack.is_some() {
            return Some(EngineFault::StallUntilAck);
        }
        if self.bdl_snapshot.is_some() {
            return Some(EngineFault::BdlSnapshot);
        }
        if let Some(mismatch) = &self.cbl_mismatch {
            return Some(EngineFault::CblMismatch {
                by: mismatch.bytes(device),
            });
        }
        if let Some(more) = &self.mem_passes_link {
            return Some(EngineFault::MemPassesLink {
                by: extent(more.frames),
            });
        }
        if let Some(ticks) = &self.read_moves_engine {
            return Some(EngineFault::ReadMovesEngine {
                tick: ticks.every.to_duration(),
            });
        }
        if let Some(ticks) = &self.ticks {
            return Some(EngineFault::Ticks {
                every: ticks.every.to_duration(),
            });
        }
        let shock = self.playback_stalls_on_capture_start.as_ref()?;
        Some(EngineFault::PlaybackStallsOnCaptureStart {
            lasts: shock.lasts.to_duration(),
        })
    }
}

fn extent(frames: FrameCount) -> Extent {
    Extent::Frames(frames.to_frames())
}

fn odds(event: Option<u64>, probability: Option<Probability>) -> Odds {
    match (event, probability) {
        (Some(event), _) => Odds::At(event),
        (None, Some(probability)) => Odds::PerMillion(probability.per_million()),
        (None, None) => Odds::PerMillion(0),
    }
}

impl Occasions {
    fn odds(&self) -> Odds {
        odds(self.event, self.probability)
    }
}

impl LpibLag {
    fn to_hardware(&self) -> Lag {
        match self.frames {
            Some(frames) => Lag::By(extent(frames)),
            None => Lag::Fifo,
        }
    }
}

impl BurstGrain {
    fn to_hardware(&self) -> Grain {
        match (self.frames, self.of) {
            (Some(frames), _) => Grain::Of(extent(frames)),
            (None, Some(Step::Segment)) => Grain::Segment,
            (None, Some(Step::Period)) => Grain::Period,
            (None, Some(Step::Burst) | None) => Grain::Burst,
        }
    }
}

impl CblMismatch {
    fn bytes(&self, device: &Device) -> i32 {
        let bytes = |frames: Option<FrameCount>| {
            let frames = frames.map_or(Frames::ZERO, FrameCount::to_frames);
            let bytes = device.format.to_format().bytes_of(frames).get();
            i32::try_from(bytes).unwrap_or(i32::MAX)
        };
        bytes(self.longer) - bytes(self.shorter)
    }
}

impl Class {
    const fn to_hardware(self) -> DeviceClass {
        match self {
            Self::AcxSample => DeviceClass::ACX_SAMPLE,
            Self::LinuxDummy => DeviceClass::LINUX_DUMMY,
            Self::LinuxLoopback => DeviceClass::LINUX_LOOPBACK,
            Self::LinuxPcmtest => DeviceClass::LINUX_PCMTEST,
            Self::QemuHda => DeviceClass::QEMU_HDA,
            Self::VirtualboxHda => DeviceClass::VIRTUALBOX_HDA,
            Self::Es1370 => DeviceClass::ES1370,
            Self::UsbFullSpeed => DeviceClass::USB_FULL_SPEED,
            Self::UsbHighSpeed => DeviceClass::USB_HIGH_SPEED,
            Self::I2sBatch => DeviceClass::I2S_BATCH,
            Self::I2sBurst => DeviceClass::I2S_BURST,
            Self::Soundwire => DeviceClass::SOUNDWIRE,
            Self::Dsp => DeviceClass::DSP,
            Self::Aes67 => DeviceClass::AES67,
        }
    }
}

impl CaptureSuite {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SkylakeCapture => "skylake-capture",
        }
    }

    const fn to_hardware(self) -> hardware::fault::Suite {
        match self {
            Self::SkylakeCapture => hardware::fault::Suite::SkylakeCapture,
        }
    }
}

impl Suite {
    const fn name(self) -> &'static str {
        match self {
            Self::Intel2009 => "intel-2009",
            Self::Amd => "amd",
            Self::Nvidia => "nvidia",
            Self::VmGuest => "vm-guest",
        }
    }

    const fn to_hardware(self) -> hardware::fault::Suite {
        match self {
            Self::Intel2009 => hardware::fault::Suite::Intel2009,
            Self::Amd => hardware::fault::Suite::Amd,
            Self::Nvidia => hardware::fault::Suite::Nvidia,
            Self::VmGuest => hardware::fault::Suite::VmGuest,
        }
    }
}
