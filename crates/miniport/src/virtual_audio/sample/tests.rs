//! The rules of the sample driver, from its text and from figures obtained by running it.

mod end_of_stream;
mod packets;
mod position;
mod states;
mod timer;

use ks::{DataFlow, END_OF_STREAM, KsState, PacketNumber, WritePacket};
use units::{Bytes, NtStatus};

use super::{EngineEvent, SampleStream};
use crate::virtual_audio::{Counter, Wave};

/// A stream with one event, and the time in 100 ns units at which everything is done.
struct Rig {
    stream: SampleStream<u32>,
    now: u64,
}

/// 100 ns units in a millisecond.
const MS: u64 = 10_000;

impl Rig {
    /// Frames of `frame_bytes` at `rate`; no buffer yet.
    fn new(rate: u32, frame_bytes: u32, flow: DataFlow) -> Self {
        let wave = Wave::pcm(rate, frame_bytes).unwrap();
        Self {
            stream: SampleStream::new(wave, flow, false),
            now: 1_000_000_000,
        }
    }

    /// 48 kHz, 16 bit, stereo.
    fn render() -> Self {
        Self::new(48_000, 4, DataFlow::In)
    }

    /// With a buffer of `count` packets and an event.
    fn with_packets(mut self, size: u32, count: u32) -> Self {
        self.stream.allocate(size, count).unwrap();
        self.stream.register(1).unwrap();
        self
    }

    /// With a buffer without packets.
    fn with_plain(mut self, size: u32) -> Self {
        self.stream.allocate_plain(size).unwrap();
        self
    }

    /// In RUN.
    fn running(mut self) -> Self {
        for state in [KsState::Acquire, KsState::Pause, KsState::Run] {
            self.state(state);
        }
        self
    }

    fn counter(&self) -> Counter {
        Counter::of_hns(self.now)
    }

    fn state(&mut self, state: KsState) {
        self.stream.set_state(self.counter(), state).unwrap();
    }

    fn linear(&mut self) -> u64 {
        let linear = self.stream.get_linear_position(self.counter());
        linear.unwrap().get()
    }

    fn count(&mut self) -> u32 {
        let count = self.stream.get_packet_count(self.counter());
        count.unwrap().get()
    }

    /// True if the events were set.
    fn tick(&mut self) -> bool {
        self.stream.tick(self.counter()).unwrap().signals
    }

    /// Expiries every millisecond from a millisecond on; how often the events were set.
    fn ticks(&mut self, count: u64) -> u64 {
        (0..count)
            .map(|_| {
                self.now += MS;
                u64::from(self.tick())
            })
            .sum()
    }

    fn write(&mut self, packet: u32) -> Result<(), NtStatus> {
        self.write_with(packet, 0, 0)
    }

    fn write_last(&mut self, packet: u32, valid: u64) -> Result<(), NtStatus> {
        self.write_with(packet, END_OF_STREAM, valid)
    }

    fn write_with(&mut self, packet: u32, flags: u32, valid: u64) -> Result<(), NtStatus> {
        self.stream.set_write_packet(WritePacket {
            packet: PacketNumber::new(packet),
            flags,
            eos_packet_length: Bytes::new(valid),
        })
    }

    /// What was reported of `event`.
    fn reports(&mut self, event: EngineEvent) -> Vec<[u64; 4]> {
        let reports = self.stream.take_reports();
        let of = reports.filter(|report| report.event == event);
        of.map(|report| report.parameters).collect()
    }
}
