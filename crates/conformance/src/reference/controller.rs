//! The HD Audio controller of this laboratory as a subject.

use std::sync::Arc;

use hardware::{
    BdlEntry, BusStall, Controller, ControllerConfig, FifoUnderrun, Injection, RegisterError,
    StreamConfig,
};
use ring::{Samples, SharedBuffer};
use units::{Bytes, Frames, Hns, Moment, NtStatus, SimDuration, SimTime};

use crate::kit::{
    ControllerBench, ControllerSource, Denied, INPUTS, STREAMS, Setup, list_address, ring_address,
};

/// Controllers of two HD Audio inputs and outputs, with `faults` in them.
pub fn hd_audio_controller(
    name: &str,
    faults: Vec<Injection>,
) -> ControllerBench<impl Fn(&Setup, &[Denied]) -> Registers + use<>> {
    ControllerBench::new(name, move |setup: &Setup, denied: &[Denied]| {
        let mut registers = Registers::new(setup, denied);
        for fault in &faults {
            registers.controller.inject(*fault);
        }
        registers
    })
}

/// A controller, and the memory of its streams.
#[derive(Debug)]
pub struct Registers {
    controller: Controller,
    rings: Vec<Arc<SharedBuffer>>,
    setup: Setup,
}

impl Registers {
    /// One in reset, on a bus that is denied it at times.
    pub fn new(setup: &Setup, denied: &[Denied]) -> Self {
        Self::with(setup, denied, FifoUnderrun::default())
    }

    /// The same, whose outputs do that when their FIFO has run dry.
    pub fn with(setup: &Setup, denied: &[Denied], fifo_underrun: FifoUnderrun) -> Self {
        let output = StreamConfig {
            record: Samples::Kept,
            fifo_underrun,
            ..StreamConfig::hd_audio()
        };
        let outputs = usize::try_from(STREAMS - INPUTS).expect("they are few");
        let stall = |denied: &Denied| BusStall {
            from: time(denied.from),
            until: time(denied.until),
        };
        let mut controller = Controller::new(&ControllerConfig {
            ppb: setup.ppb,
            inputs: vec![StreamConfig::hd_audio_input(); STREAMS as usize - outputs],
            outputs: vec![output; outputs],
            stalls: denied.iter().map(stall).collect(),
            ..ControllerConfig::without_streams()
        });
        let frames = Frames::new(setup.packet.get() * u64::from(setup.packets));
        let ring = |_| Arc::new(SharedBuffer::new(setup.format, frames, Samples::Kept));
        let rings: Vec<Arc<SharedBuffer>> = (0..STREAMS).map(ring).collect();
        let now = time(setup.start).commit();
        for (stream, ring) in (0..STREAMS).zip(&rings) {
            controller.map_memory(ring_address(stream).into(), Arc::clone(ring));
            let length = setup.packet_bytes();
            let packet = |n: u32| BdlEntry {
                address: u64::from(ring_address(stream)) + u64::from(n) * length.get(),
                length,
                interrupt_on_completion: true,
            };
            let list: Vec<BdlEntry> = (0..setup.packets).map(packet).collect();
            controller.write_bdl(now, list_address(stream).into(), &list);
        }
        Self {
            controller,
            rings,
            setup: *setup,
        }
    }

    fn ring(&self, stream: u32) -> Option<&SharedBuffer> {
        let ring = self.rings.get(usize::try_from(stream).ok()?)?;
        Some(ring)
    }
}

impl ControllerSource for Registers {
    fn load(&mut self, now: Hns, offset: u32) -> Option<u32> {
        self.controller.read(moment(now), offset).ok()
    }

    fn store(&mut self, now: Hns, offset: u32, value: u32) -> Result<(), NtStatus> {
        let stored = self.controller.write(moment(now), offset, value);
        stored.map_err(|error| match error {
            RegisterError::NotWritable { .. } => NtStatus::INVALID_PARAMETER,
            _ => NtStatus::INVALID_DEVICE_REQUEST,
        })
    }

    fn record(&mut self, now: Hns, physical: u32) -> Option<u32> {
        self.controller
            .position_record(moment(now), physical.into())
    }

    fn fill(&mut self, now: Hns, stream: u32, value: u8) {
        self.controller.settle(moment(now));
        let Some(ring) = self.ring(stream) else {
            return;
        };
        let frames = Frames::new(self.setup.packet.get() * u64::from(self.setup.packets));
        let bytes = usize::try_from(self.setup.buffer().get()).expect("it fits into memory");
        ring.store(Frames::ZERO, Some(&vec![value; bytes]), frames, None);
    }

    fn heard(&mut self, now: Hns, stream: u32, offset: Bytes) -> Option<u8> {
        if stream < INPUTS {
            return None;
        }
        self.controller.settle(moment(now));
        let log = self.controller.link_log(stream);
        let run = log.segments().last()?.run;
        let before = log.segments().iter().filter(|stay| stay.run != run);
        let before: u64 = before.map(|stay| stay.frames.get()).sum();
        let before = self.setup.format.bytes_of(Frames::new(before));
        let at = usize::try_from(before.get().checked_add(offset.get())?).ok()?;
        log.samples().get(at).copied()
    }
}

/// What was due at that time has happened.
fn moment(now: Hns) -> Moment {
    time(now).commit()
}

fn time(at: Hns) -> SimTime {
    SimTime::ZERO + SimDuration::from_hns(at)
}
