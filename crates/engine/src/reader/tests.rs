//! A reader against drivers that are lists of answers.

use ks::PacketNumber;
use ring::Kind;

use super::*;

/// A driver that answers what it was told to, over a buffer in which place `p` holds frame `p`.
#[derive(Default)]
struct Script {
    answers: Vec<Result<(u32, bool), NtStatus>>,
    asked: usize,
    loads: Vec<(u64, u64)>,
}

impl ReadIo for Script {
    fn read_packet(&mut self) -> Result<ReadPacket, NtStatus> {
        let answer = self.answers.get(self.asked).copied();
        self.asked += 1;
        let (packet, more_data) = answer.unwrap_or(Err(NtStatus::DEVICE_NOT_READY))?;
        Ok(ReadPacket {
            packet: PacketNumber::new(packet),
            flags: 0,
            performance_counter: Hns::new(u64::from(packet) * 100_000),
            more_data,
        })
    }

    fn load(
        &mut self,
        at: Frames,
        len: Frames,
        _: Option<&mut [u8]>,
        each: &mut dyn FnMut(Frames, Option<Whose>),
    ) {
        self.loads.push((at.get(), len.get()));
        let whose = Whose {
            run: 0,
            kind: Kind::Audio,
            content: at.get(),
            intended: at.get(),
            write: 0,
        };
        each(len, Some(whose));
    }
}

fn reader(packets: u32, policy: ReadPolicy) -> PacketReader {
    PacketReader::new(ReaderConfig {
        packet: Frames::new(480),
        packets,
        policy,
    })
}

/// (packet, skipped) of everything that one wake-up reads.
fn pass(reader: &mut PacketReader, io: &mut Script) -> Vec<(u64, u64)> {
    let mut all = Vec::new();
    reader.wake(io);
    while reader.due().is_some() {
        let read = reader.commit(io, None, &mut Vec::new());
        all.push((read.packet, read.skipped));
    }
    all
}

#[test]
fn r131_nothing_new_ends_the_pass() {
    let mut io = Script {
        answers: vec![Err(NtStatus::DEVICE_NOT_READY)],
        ..Script::default()
    };
    let mut reader = reader(2, ReadPolicy::Ask);
    assert_eq!(pass(&mut reader, &mut io), []);
    assert_eq!((io.asked, reader.next()), (1, 0));
}

#[test]
fn r136_more_data_is_asked_for_at_once_and_its_lack_is_believed() {
    let mut io = Script {
        answers: vec![Ok((0, true)), Ok((1, true)), Ok((2, false))],
        ..Script::default()
    };
    let mut reader = reader(4, ReadPolicy::Ask);
    assert_eq!(pass(&mut reader, &mut io), [(0, 0), (1, 0), (2, 0)]);
    assert_eq!(io.asked, 3, "nobody asks for what is not there");
    assert_eq!(io.loads, [(0, 480), (480, 480), (960, 480)]);
}

#[test]
fn r137_a_jump_in_the_numbers_tells_how_many_are_missing() {
    let mut io = Script {
        answers: vec![Ok((0, false)), Ok((4, false)), Ok((5, false))],
        ..Script::default()
    };
    let mut reader = reader(2, ReadPolicy::Ask);
    assert_eq!(pass(&mut reader, &mut io), [(0, 0)]);
    assert_eq!(pass(&mut reader, &mut io), [(4, 3)]);
    assert_eq!(pass(&mut reader, &mut io), [(5, 0)]);
    assert_eq!(io.loads, [(0, 480), (0, 480), (480, 480)]);
}

#[test]
fn r142_numbers_are_unwrapped() {
    let mut reader = reader(2, ReadPolicy::Ask);
    let before = (1_u64 << 32) - 1;
    reader.next = before;
    let mut io = Script {
        answers: vec![Ok((u32::MAX, true)), Ok((0, true)), Ok((3, false))],
        ..Script::default()
    };
    let expected = [(before, 0), (before + 1, 0), (before + 4, 2)];
    assert_eq!(pass(&mut reader, &mut io), expected);
}

#[test]
fn what_was_read_already_is_not_read_again() {
    let mut io = Script {
        answers: vec![Ok((0, false)), Ok((1, true)), Ok((2, false))],
        ..Script::default()
    };
    let mut reader = reader(2, ReadPolicy::Ask);
    assert_eq!(pass(&mut reader, &mut io), [(0, 0)]);
    let forced = reader.force(1, 1, &mut io, None, &mut Vec::new());
    assert!(forced.is_ahead, "nobody has said that it is complete");
    assert_eq!(pass(&mut reader, &mut io), [(2, 0)]);
}

#[test]
fn a_driver_that_repeats_itself_does_not_hold_the_reader() {
    let mut io = Script {
        answers: vec![Ok((0, true)); 100],
        ..Script::default()
    };
    let mut reader = reader(2, ReadPolicy::Ask);
    assert_eq!(pass(&mut reader, &mut io), [(0, 0)]);
    assert!(io.asked < 10);
}

#[test]
fn a_refusal_ends_the_run() {
    let mut io = Script {
        answers: vec![Err(NtStatus::NOT_SUPPORTED), Ok((0, false))],
        ..Script::default()
    };
    let mut reader = reader(2, ReadPolicy::Ask);
    assert_eq!(pass(&mut reader, &mut io), []);
    assert_eq!(pass(&mut reader, &mut io), []);
    assert_eq!(io.asked, 1);
    reader.begin();
    assert_eq!(pass(&mut reader, &mut io), [(0, 0)]);
}

#[test]
fn a_blind_reader_takes_place_after_place_and_asks_nobody() {
    let mut io = Script::default();
    let mut reader = reader(2, ReadPolicy::Blind);
    for packet in 0..3 {
        assert_eq!(pass(&mut reader, &mut io), [(packet, 0)]);
    }
    assert_eq!(io.asked, 0);
    assert_eq!(io.loads, [(0, 480), (480, 480), (0, 480)]);
}
