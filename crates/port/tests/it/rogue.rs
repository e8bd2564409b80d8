//! A miniport that breaks one rule.

use std::rc::Rc;

use ks::{
    Communication, DataFlow, DataRange, HardwareRegister, HwLatency, InstanceCount,
    KSCATEGORY_AUDIO, KsState, MappedRegister, PacketCount, PacketNumber, PinConnect, PinFactory,
    PinHandle, Position, PresentationPosition, ReadPacket, SampleKind, Settle, WritePacket,
};
use port::{DeviceHandle, Memory, Verifier, WaveRtPort};
use portcls::{
    AudioBuffer, CacheType, FilterDescription, InputStream, Mdl, MiniportWaveRt,
    MiniportWaveRtStream, NewStream, OutputStream, PortStreamHandle, StreamNotification,
};
use ring::Samples;
use units::{Bytes, Frames, Hns, Moment, NtStatus};
use vtime::{EventHandle, Forker, Shared};

use crate::support::{cd, now};

/// The rule that it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    None,
    UnevenBuffer,
    UnevenPackets,
    EmptyBuffer,
    BeyondPages,
    ForeignPages,
    KeepsPages,
    KeepsMapping,
    PositionOutside,
    PositionInStop,
    CountInStop,
    CountGoesBack,
    PresentationGoesBack,
    FailsDownwards,
    OddRegister,
    Flags,
}

/// A pin of a miniport with `fault`, and the device behind it.
pub(crate) fn rogue(fault: Fault) -> (PinHandle, DeviceHandle) {
    let memory = Shared::new(Memory::ample(Samples::Left));
    let miniport = Box::new(Rogue { fault });
    let (filter, device) = WaveRtPort::install_device(miniport, memory, Verifier::default());
    let connect = PinConnect::of(0, cd());
    let pin = filter.create_pin(now(), connect).expect("it opens");
    (pin, device)
}

#[derive(Debug)]
struct Rogue {
    fault: Fault,
}

#[derive(Debug)]
struct RogueStream {
    fault: Fault,
    port: PortStreamHandle,
    state: KsState,
    /// Answers so far.
    asked: u32,
}

/// A device that has nothing to catch up on.
#[derive(Debug)]
struct Idle;

impl Settle for Idle {
    fn settle(&self, _: Moment) {}
    fn fork_settle(&self, _: &mut Forker) -> Rc<dyn Settle> {
        Rc::new(Self)
    }
}

impl HardwareRegister for Idle {
    fn read(&self, _: Moment) -> u64 {
        0
    }
    fn fork_register(&self, _: &mut Forker) -> Rc<dyn HardwareRegister> {
        Rc::new(Self)
    }
}

impl MiniportWaveRt for Rogue {
    fn description(&self) -> FilterDescription {
        let range = DataRange {
            kind: SampleKind::Pcm,
            channels_max: 2,
            bits_min: 16,
            bits_max: 16,
            hertz_min: 48_000,
            hertz_max: 48_000,
        };
        let pin = PinFactory {
            flow: DataFlow::In,
            communication: Communication::Sink,
            category: KSCATEGORY_AUDIO,
            ranges: vec![range],
            instances: InstanceCount {
                possible: None,
                current: 0,
            },
        };
        FilterDescription {
            categories: vec![KSCATEGORY_AUDIO],
            pins: vec![pin],
        }
    }

    fn new_stream(
        &mut self,
        _: Moment,
        port: PortStreamHandle,
        _: NewStream,
    ) -> Result<Box<dyn MiniportWaveRtStream>, NtStatus> {
        Ok(Box::new(RogueStream {
            fault: self.fault,
            port,
            state: KsState::Stop,
            asked: 0,
        }))
    }

    fn fork_miniport(&self, _: &mut Forker) -> Box<dyn MiniportWaveRt> {
        panic!("it has no twin")
    }
}

impl RogueStream {
    fn buffer(&mut self, requested: Bytes) -> Result<AudioBuffer, NtStatus> {
        let mut port = self.port.borrow_mut();
        let given = port.allocate_pages(u64::MAX, requested);
        let given = given.ok_or(NtStatus::INSUFFICIENT_RESOURCES)?;
        if self.fault == Fault::KeepsMapping {
            port.map_allocated_pages(&given, CacheType::Cached);
        }
        let memory = port.cyclic_buffer(&given, cd(), cd().frames_in(requested));
        let (mut mdl, mut actual, mut offset) = (given.clone(), requested, Bytes::ZERO);
        match self.fault {
            Fault::UnevenBuffer => actual = Bytes::new(requested.get() - 1),
            Fault::UnevenPackets => actual = Bytes::new(requested.get() - 4),
            Fault::EmptyBuffer => actual = Bytes::ZERO,
            Fault::BeyondPages => offset = Bytes::new(1000),
            Fault::ForeignPages => {
                port.free_pages(given);
                mdl = Mdl::new(vec![0x7000_0000]);
            }
            _ => {}
        }
        Ok(AudioBuffer {
            mdl,
            actual,
            offset_from_first_page: offset,
            cache: CacheType::Cached,
            memory,
            bus: Rc::new(Idle),
        })
    }

    fn free(&mut self, buffer: AudioBuffer) {
        let keeps = matches!(self.fault, Fault::KeepsPages | Fault::ForeignPages);
        if !keeps {
            self.port.borrow_mut().free_pages(buffer.mdl);
        }
    }

    /// Counts up, or down if it is to.
    fn answer(&mut self, goes_back: Fault) -> u32 {
        if self.state == KsState::Stop {
            return (self.fault == Fault::CountInStop).into();
        }
        self.asked += 1;
        if self.fault == goes_back {
            100 - self.asked
        } else {
            self.asked
        }
    }
}

impl MiniportWaveRtStream for RogueStream {
    fn set_state(&mut self, _: Moment, state: KsState) -> Result<(), NtStatus> {
        if self.fault == Fault::FailsDownwards && state < self.state {
            return Err(NtStatus::UNSUCCESSFUL);
        }
        self.state = state;
        Ok(())
    }

    fn position(&mut self, _: Moment) -> Result<Position, NtStatus> {
        let running = self.state != KsState::Stop;
        let write = match self.fault {
            Fault::PositionOutside if running => 3840,
            Fault::PositionInStop if !running => 4,
            _ => 0,
        };
        Ok(Position {
            play: Bytes::ZERO,
            write: Bytes::new(write),
        })
    }

    fn allocate_audio_buffer(&mut self, _: Moment, size: Bytes) -> Result<AudioBuffer, NtStatus> {
        self.buffer(size)
    }

    fn free_audio_buffer(&mut self, _: Moment, buffer: AudioBuffer) {
        self.free(buffer);
    }

    fn hw_latency(&mut self, _: Moment) -> HwLatency {
        HwLatency::default()
    }

    fn position_register(&mut self, _: Moment) -> Result<MappedRegister, NtStatus> {
        let width = if self.fault == Fault::OddRegister {
            16
        } else {
            64
        };
        Ok(MappedRegister {
            register: Rc::new(Idle),
            width,
            numerator: 0,
            denominator: 0,
            accuracy: 4,
        })
    }

    fn clock_register(&mut self, _: Moment) -> Result<MappedRegister, NtStatus> {
        Err(NtStatus::NOT_SUPPORTED)
    }

    fn notification(&mut self) -> Option<&mut dyn StreamNotification> {
        Some(self)
    }

    fn output(&mut self) -> Option<&mut dyn OutputStream> {
        Some(self)
    }

    fn input(&mut self) -> Option<&mut dyn InputStream> {
        Some(self)
    }

    fn fork_stream(&self, _: &mut Forker) -> Box<dyn MiniportWaveRtStream> {
        panic!("it has no twin")
    }
}

impl StreamNotification for RogueStream {
    fn allocate_buffer_with_notification(
        &mut self,
        _: Moment,
        _: u32,
        size: Bytes,
    ) -> Result<AudioBuffer, NtStatus> {
        self.buffer(size)
    }

    fn free_buffer_with_notification(&mut self, _: Moment, buffer: AudioBuffer) {
        self.free(buffer);
    }

    fn register_notification_event(&mut self, _: Moment, _: EventHandle) -> Result<(), NtStatus> {
        Ok(())
    }

    fn unregister_notification_event(
        &mut self,
        _: Moment,
        _: &EventHandle,
    ) -> Result<(), NtStatus> {
        Ok(())
    }
}

impl OutputStream for RogueStream {
    fn set_write_packet(&mut self, _: Moment, _: WritePacket) -> Result<(), NtStatus> {
        Ok(())
    }

    fn packet_count(&mut self, _: Moment) -> Result<PacketCount, NtStatus> {
        let count = self.answer(Fault::CountGoesBack);
        Ok(PacketCount::wrapping(count.into()))
    }

    fn presentation_position(&mut self, now: Moment) -> Result<PresentationPosition, NtStatus> {
        let blocks = self.answer(Fault::PresentationGoesBack);
        Ok(PresentationPosition {
            blocks: Frames::new(blocks.into()),
            qpc: now.time.to_hns_floor(),
        })
    }
}

impl InputStream for RogueStream {
    fn read_packet(&mut self, _: Moment) -> Result<ReadPacket, NtStatus> {
        Ok(ReadPacket {
            packet: PacketNumber::new(self.answer(Fault::CountGoesBack)),
            flags: (self.fault == Fault::Flags).into(),
            performance_counter: Hns::new(0),
            more_data: false,
        })
    }
}
