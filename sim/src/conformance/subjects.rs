//! The reference cores, as what a recording is replayed through.

use conformance::replay::{
    Buffer, CaseFormat, Direction, IdealLogic, PositionLogic, Presented, Read, Reading, Report,
    ReportKind, Tick, Trouble,
};
use ks::{DataFlow, HwLatency, KsState, PacketCount, Position, WritePacket};
use miniport::virtual_audio::{
    Allocated, BugCheck, Counter, EngineEvent, ExactOptions, ExactStream, Failure, Presentation,
    SampleStream, Wave,
};
use units::{Bytes, Hns, NtStatus};

/// Units of 100 ns in a second.
const HNS_PER_SECOND: u64 = 10_000_000;

/// The arithmetic of the sample driver, which writes what it renders to a file.
pub(super) fn sample(format: CaseFormat) -> Box<dyn PositionLogic> {
    Box::new(Sample {
        stream: SampleStream::new(wave(format), flow(format.direction), true),
    })
}

/// The device without rounding.
pub(super) fn exact(format: CaseFormat) -> Box<dyn IdealLogic> {
    let options = ExactOptions::default();
    let flow = flow(format.direction);
    Box::new(Exact(ExactStream::new(
        wave(format),
        flow,
        options,
        HNS_PER_SECOND,
    )))
}

fn wave(format: CaseFormat) -> Wave {
    Wave::pcm(format.rate_hz, format.frame_bytes).expect("a case has a format")
}

const fn flow(direction: Direction) -> DataFlow {
    match direction {
        Direction::Render => DataFlow::In,
        Direction::Capture => DataFlow::Out,
    }
}

struct Sample {
    stream: SampleStream<u32>,
}

impl PositionLogic for Sample {
    fn allocate(&mut self, size: u32, count: u32) -> Result<Buffer, Trouble> {
        Ok(buffer(self.stream.allocate(size, count)?))
    }

    fn allocate_plain(&mut self, size: u32) -> Result<Buffer, Trouble> {
        Ok(buffer(self.stream.allocate_plain(size)?))
    }

    fn free_buffer(&mut self) {
        self.stream.free();
    }

    fn register_event(&mut self, event: u32) -> Result<(), Trouble> {
        Ok(self.stream.register(event)?)
    }

    fn unregister_event(&mut self, event: u32) -> Result<(), Trouble> {
        Ok(self.stream.unregister(&event)?)
    }

    fn set_state(&mut self, now: Reading, state: KsState) -> Result<(), Trouble> {
        self.stream.set_state(counter(now), state).map_err(crash)
    }

    fn position(&mut self, now: Reading) -> Result<Position, Trouble> {
        self.stream.get_position(counter(now)).map_err(crash)
    }

    fn presentation_position(&mut self, now: Reading) -> Result<Presented, Trouble> {
        let answer = self.stream.get_presentation_position(counter(now));
        answer.map(presented).map_err(trouble)
    }

    fn packet_count(&mut self, now: Reading) -> Result<PacketCount, Trouble> {
        self.stream.get_packet_count(counter(now)).map_err(trouble)
    }

    fn set_write_packet(&mut self, _: Reading, packet: WritePacket) -> Result<(), Trouble> {
        Ok(self.stream.set_write_packet(packet)?)
    }

    fn read_packet(&mut self, _: Reading) -> Result<Read, Trouble> {
        let answer = self.stream.get_read_packet()?;
        Ok(Read {
            packet: answer.packet,
            flags: 0,
            counts: answer.counter,
            more_data: answer.more_data,
            dropped: Some(answer.dropped),
        })
    }

    fn clock_register(&mut self) -> Result<(), Trouble> {
        Err(SampleStream::<u32>::REGISTER.into())
    }

    fn position_register(&mut self) -> Result<(), Trouble> {
        Err(SampleStream::<u32>::REGISTER.into())
    }

    fn hw_latency(&mut self) -> HwLatency {
        HwLatency {
            fifo_size: Bytes::ZERO,
            chipset_delay: Hns::new(0),
            codec_delay: Hns::new(0),
        }
    }

    fn set_format(&mut self) -> Result<(), Trouble> {
        Err(NtStatus::NOT_SUPPORTED.into())
    }

    fn linear_position(&mut self, now: Reading) -> Result<Bytes, Trouble> {
        self.stream.get_linear_position(counter(now)).map_err(crash)
    }

    fn stream_presentation_position(&mut self, now: Reading) -> Result<Presented, Trouble> {
        let answer = self.stream.get_stream_presentation_position(counter(now));
        answer.map(presented).map_err(trouble)
    }

    fn set_write_position(&mut self, offset: u32) -> Result<(), Trouble> {
        Ok(self.stream.set_write_position(offset)?)
    }

    fn set_last_buffer_position(&mut self, offset: u32) -> Result<(), Trouble> {
        Ok(self.stream.set_last_buffer_position(offset)?)
    }

    fn timer_is_armed(&self) -> bool {
        self.stream.timer_is_armed()
    }

    fn idle_expiries(&self, first: Reading, period: u64, count: u64) -> u64 {
        self.stream.idle_expiries(counter(first), period, count)
    }

    fn tick(&mut self, now: Reading) -> Result<Tick, Trouble> {
        let ticked = self.stream.tick(counter(now)).map_err(crash)?;
        let events = self.stream.events().len() as u64;
        Ok(Tick {
            completed: ticked.completed.into(),
            signals: if ticked.signals { events } else { 0 },
        })
    }

    fn poke_packet_counter(&mut self, value: u64, last_read: u32) {
        self.stream.poke_packet_counter(value, last_read);
    }

    fn take_reports(&mut self, into: &mut Vec<Report>) {
        let recorded = |report: miniport::virtual_audio::Report| {
            let kind = match report.event {
                EngineEvent::Glitch => ReportKind::Glitch,
                EngineEvent::BufferComplete => ReportKind::BufferComplete,
                EngineEvent::LastBufferRendered => ReportKind::LastBufferRendered,
                EngineEvent::PinState
                | EngineEvent::SetWritePosition
                | EngineEvent::GetPresentationPosition => return None,
            };
            let parameters = report.parameters;
            Some(Report { kind, parameters })
        };
        let reports = self.stream.take_reports();
        // Nearly always; an expiry that completes nothing is to cost nothing.
        if reports.len() > 0 {
            into.extend(reports.filter_map(recorded));
        }
    }

    fn moved(&self) -> Option<u64> {
        Some(self.stream.registers().linear)
    }

    fn write_mark(&self) -> Option<u32> {
        Some(self.stream.registers().write_mark)
    }

    fn registers(&self) -> Option<Vec<(&'static str, String)>> {
        let registers = self.stream.registers();
        let number = |name: &'static str, value: u64| (name, value.to_string());
        let flag = |name: &'static str, value: bool| (name, u8::from(value).to_string());
        Some(vec![
            ("ks", state_name(self.stream.state()).to_owned()),
            number("lin", registers.linear),
            number("pres", registers.presentation),
            number("pos", registers.position),
            number("pkt", registers.packets),
            number("hc", registers.time_carry),
            number("bc", registers.byte_carry.into()),
            number("dts", registers.updated_at),
            number("tts", registers.completed_at),
            number("tc", registers.timer_carry),
            number("iv", registers.interval_ms.into()),
            number("wp", registers.write_mark.into()),
            flag("upd", registers.mark_is_new),
            flag("eos", registers.has_end),
            flag("lbr", registers.is_over),
            number("lrd", registers.last_read.into()),
            number("lwr", registers.last_written.into()),
            flag("tmr", self.stream.timer_is_armed()),
        ])
    }
}

const fn state_name(state: KsState) -> &'static str {
    match state {
        KsState::Stop => "STOP",
        KsState::Acquire => "ACQUIRE",
        KsState::Pause => "PAUSE",
        KsState::Run => "RUN",
    }
}

const fn counter(now: Reading) -> Counter {
    Counter {
        value: now.counts,
        hertz: now.hertz,
    }
}

const fn buffer(made: Allocated) -> Buffer {
    Buffer {
        actual: made.actual,
        offset: 0,
        cache: "MmCached",
        interval_ms: Some(made.interval_ms),
        packet_bytes: made.packet_bytes,
    }
}

const fn presented(answer: Presentation) -> Presented {
    Presented {
        blocks: answer.blocks,
        counts: answer.counter,
    }
}

fn trouble(failure: Failure) -> Trouble {
    match failure {
        Failure::Status(status) => status.into(),
        Failure::BugCheck(why) => crash(why),
    }
}

fn crash(why: BugCheck) -> Trouble {
    Trouble::Crash(why.to_string())
}

struct Exact(ExactStream<u32>);

impl IdealLogic for Exact {
    fn take_buffer(&mut self, bytes: u32, packets: u32) {
        self.0.adopt(bytes, packets);
    }

    fn set_state(&mut self, hns: u64, state: KsState) {
        self.0.set_state(hns, state);
    }

    fn run_hns(&self, hns: u64) -> u64 {
        self.0.elapsed(hns)
    }

    fn linear(&self, run_hns: u64) -> u64 {
        self.0.bytes_in(run_hns)
    }

    fn packets(&self, run_hns: u64) -> u64 {
        self.0.packets_in(run_hns)
    }

    fn packet_start_hns(&self, packet: u64) -> Option<u64> {
        self.0.packet_start(packet)
    }
}

#[cfg(test)]
mod mutants;
