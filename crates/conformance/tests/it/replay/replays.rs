//! Replays through a logic that knows little: what it does not have is passed over.

use conformance::replay::{
    Buffer, CaseFormat, PositionLogic, Presented, Read, Reading, Recording, Trouble, replay,
};
use ks::{HwLatency, KsState, PacketCount, Position, WritePacket};
use units::{Bytes, Hns, NtStatus};

use super::{row, table};

/// A driver that plays a byte per count and has one buffer.
#[derive(Default)]
struct Toy {
    size: u64,
    began: Option<u64>,
}

impl PositionLogic for Toy {
    fn allocate(&mut self, size: u32, _: u32) -> Result<Buffer, Trouble> {
        self.allocate_plain(size)
    }

    fn allocate_plain(&mut self, size: u32) -> Result<Buffer, Trouble> {
        self.size = size.into();
        Ok(Buffer {
            actual: size,
            offset: 0,
            cache: "MmCached",
            interval_ms: None,
            packet_bytes: 0,
        })
    }

    fn free_buffer(&mut self) {
        self.size = 0;
    }

    fn register_event(&mut self, _: u32) -> Result<(), Trouble> {
        Err(NtStatus::NOT_SUPPORTED.into())
    }

    fn unregister_event(&mut self, _: u32) -> Result<(), Trouble> {
        Err(NtStatus::NOT_FOUND.into())
    }

    fn set_state(&mut self, now: Reading, state: KsState) -> Result<(), Trouble> {
        self.began = (state == KsState::Run).then_some(now.counts);
        Ok(())
    }

    fn position(&mut self, now: Reading) -> Result<Position, Trouble> {
        let played = self.began.map_or(0, |began| now.counts - began);
        let at = played.checked_rem(self.size);
        let at = Bytes::new(at.ok_or_else(|| Trouble::Crash("no buffer".into()))?);
        Ok(Position {
            play: at,
            write: at,
        })
    }

    fn presentation_position(&mut self, _: Reading) -> Result<Presented, Trouble> {
        Err(NtStatus::NOT_SUPPORTED.into())
    }

    fn packet_count(&mut self, _: Reading) -> Result<PacketCount, Trouble> {
        Err(NtStatus::NOT_SUPPORTED.into())
    }

    fn set_write_packet(&mut self, _: Reading, _: WritePacket) -> Result<(), Trouble> {
        Err(NtStatus::NOT_SUPPORTED.into())
    }

    fn read_packet(&mut self, _: Reading) -> Result<Read, Trouble> {
        Err(NtStatus::NOT_SUPPORTED.into())
    }

    fn hw_latency(&mut self) -> HwLatency {
        HwLatency {
            fifo_size: Bytes::ZERO,
            chipset_delay: Hns::new(0),
            codec_delay: Hns::new(0),
        }
    }
}

fn toy(_: CaseFormat) -> Box<dyn PositionLogic> {
    Box::new(Toy::default())
}

#[test]
fn what_a_logic_does_not_know_is_passed_over() {
    let lines = [
        row(
            0,
            5,
            "allocate,size=100;count=2,STATUS_SUCCESS,actual=100;offset=0;cache=MmCached;interval_ms=10;packet_bytes=0",
        ),
        row(1, 5, "set_state,state=RUN,STATUS_SUCCESS,"),
        row(
            2,
            35,
            "get_position,,STATUS_SUCCESS,play=30;write=30;consumed=30",
        ),
        row(
            3,
            195,
            "polls,count=3;period=50,STATUS_SUCCESS,play=90;write=90;linear=190",
        ),
        row(
            4,
            195,
            "get_hw_latency,,STATUS_SUCCESS,fifo=0;chipset=0;codec=0",
        ),
        row(5, 195, "get_clock_register,,STATUS_NOT_SUPPORTED,"),
        row(
            6,
            195,
            "tick,,STATUS_SUCCESS,executed=0;completed=0;signals=0;glitch1=0;last_buffer=0",
        ),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let tally = replay(&Recording::parse(&table(&lines)).unwrap(), &mut toy);
    assert_eq!((tally.rows(), tally.equal()), (7, 7), "{:?}", tally.first);
}

#[test]
fn the_first_difference_is_told_in_full() {
    let lines = [
        row(
            0,
            5,
            "allocate_plain,size=100,STATUS_SUCCESS,actual=100;offset=0;cache=MmCached",
        ),
        row(1, 5, "set_state,state=RUN,STATUS_SUCCESS,"),
        row(2, 35, "get_position,,STATUS_SUCCESS,play=30;write=31"),
        row(3, 35, "get_packet_count,,STATUS_SUCCESS,count=0"),
    ];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let tally = replay(&Recording::parse(&table(&lines)).unwrap(), &mut toy);
    assert_eq!((tally.equal(), tally.different()), (2, 2));
    let first = tally.first.unwrap();
    assert_eq!((first.line, first.step), (4, 2));
    assert_eq!(
        (first.case.as_str(), first.call.as_str()),
        ("T-01", "get_position")
    );
    assert_eq!(first.column, "outputs write");
    assert_eq!(
        (first.recorded.as_str(), first.found.as_str()),
        ("31", "30")
    );
}

#[test]
fn a_driver_that_would_crash_is_a_difference_and_no_panic() {
    let line = row(0, 5, "get_position,,STATUS_SUCCESS,play=0;write=0");
    let tally = replay(&Recording::parse(&table(&[&line])).unwrap(), &mut toy);
    let first = tally.first.unwrap();
    assert_eq!(
        (first.column.as_str(), first.found.as_str()),
        ("status", "no buffer")
    );
}
