//! What a device done right says.

use ks::{DataFlow, END_OF_STREAM, KsState, PacketNumber, WritePacket};
use proptest::prelude::*;
use units::{Bytes, NtStatus};

use super::{ExactOptions, ExactStream};
use crate::virtual_audio::Wave;

const HNS: u64 = 10_000_000;
const MS: u64 = 10_000;

fn stream(rate: u32, frame: u32, flow: DataFlow) -> ExactStream<u32> {
    let wave = Wave::pcm(rate, frame).unwrap();
    ExactStream::new(wave, flow, ExactOptions::default(), HNS)
}

fn write(packet: u32, flags: u32, valid: u64) -> WritePacket {
    WritePacket {
        packet: PacketNumber::new(packet),
        flags,
        eos_packet_length: Bytes::new(valid),
    }
}

proptest! {
    /// D1, D3, D5, D6: frames, packets and the instants of packets are one arithmetic, however
    /// long nobody asked.
    #[test]
    fn positions_and_packets_are_one_closed_form(
        rate in prop::sample::select(vec![8_000u32, 11_025, 44_100, 48_000, 192_000]),
        frames in 1u32..5_000,
        start in 0u64..1_000_000_000_000,
        elapsed in 0u64..864_000_000_000,
    ) {
        let mut stream = stream(rate, 4, DataFlow::Out);
        stream.allocate(frames * 8, 2).unwrap();
        stream.set_state(start, KsState::Run);
        let now = start + elapsed;
        let whole = u64::from(rate) * elapsed / HNS;
        prop_assert_eq!(stream.get_presentation_position(now).get(), whole);
        prop_assert_eq!(stream.completed(now), whole / u64::from(frames));
        let next = stream.next_completion(now).unwrap();
        prop_assert!(next > now);
        prop_assert_eq!(stream.completed(next), stream.completed(now) + 1);
        prop_assert_eq!(stream.completed(next - 1), stream.completed(now));
        if let Some(last) = stream.completed(now).checked_sub(1) {
            let begins = stream.packet_start(last).unwrap();
            let first = u128::from(last) * u128::from(frames) * u128::from(HNS) / u128::from(rate);
            prop_assert_eq!(u128::from(begins - start), first);
        }
    }
}

#[test]
fn a_stop_clears_everything() {
    let mut stream = stream(48_000, 4, DataFlow::In);
    stream.allocate(3840, 2).unwrap();
    stream.set_state(7, KsState::Run);
    stream.set_state(7 + 174_321, KsState::Pause);
    assert_eq!(stream.get_linear_position(999_999).get(), 836 * 4);
    stream.set_state(999_999, KsState::Stop);
    stream.set_state(1_000_000, KsState::Run);
    assert_eq!(stream.get_linear_position(1_000_000).get(), 0);
    assert_eq!(stream.next_completion(1_000_000), Some(1_100_000));
}

#[test]
fn a_buffer_is_never_below_the_request_and_has_whole_frames() {
    let mut stream = stream(44_100, 6, DataFlow::In);
    let made = stream.allocate(5293, 2).unwrap();
    assert_eq!((made.actual, made.packet_bytes), (5304, 2652));
    assert_eq!(stream.allocate(5292, 3), Err(NtStatus::INVALID_PARAMETER));
    assert_eq!(stream.allocate(5, 1), Err(NtStatus::UNSUCCESSFUL));
}

#[test]
fn the_end_of_the_stream_is_a_linear_byte() {
    for (packet, valid) in [(1, 1920), (2, 1920), (2, 0), (1, 1000)] {
        let mut stream = stream(48_000, 4, DataFlow::In);
        stream.allocate(3840, 2).unwrap();
        stream.set_state(0, KsState::Run);
        let now = u64::from(packet - 1) * 10 * MS;
        stream
            .set_write_packet(now, write(packet, END_OF_STREAM, valid))
            .unwrap();
        let end = u64::from(packet) * 1920 + valid;
        assert_eq!(stream.end_byte(), Some(end));
        assert_eq!(stream.get_linear_position(10_000 * MS).get(), end);
        assert_eq!(stream.completed(10_000 * MS), 1000, "the count goes on");
        let refused = stream.set_write_packet(now, write(packet + 1, 0, 0));
        assert_eq!(refused, Err(NtStatus::INVALID_DEVICE_STATE));
    }
}

#[test]
fn the_next_completion_is_that_of_the_last_valid_byte_if_that_comes_first() {
    let mut stream = stream(48_000, 4, DataFlow::In);
    stream.allocate(3840, 2).unwrap();
    stream.set_state(0, KsState::Run);
    stream
        .set_write_packet(0, write(1, END_OF_STREAM, 962))
        .unwrap();
    assert_eq!(stream.next_completion(0), Some(100_000));
    // 720.5 frames are there with the 721st.
    assert_eq!(stream.next_completion(100_000), Some(150_209));
    assert_eq!(stream.get_linear_position(150_209).get(), 1920 + 962);
    assert_eq!(stream.next_completion(150_209), Some(200_000));
}

#[test]
fn a_packet_half_played_is_in_transfer_in_pause_too() {
    let mut stream = stream(48_000, 4, DataFlow::In);
    stream.allocate(3840, 2).unwrap();
    assert_eq!(stream.set_write_packet(0, write(0, 0, 0)), Ok(()));
    assert_eq!(stream.set_write_packet(0, write(1, 0, 0)), Ok(()));
    stream.set_state(0, KsState::Run);
    stream.set_state(15 * MS, KsState::Pause);
    let status = |packet| {
        stream
            .clone()
            .set_write_packet(15 * MS, write(packet, 0, 0))
    };
    assert_eq!(status(1), Err(NtStatus::DATA_LATE_ERROR));
    assert_eq!(status(2), Ok(()));
    assert_eq!(status(3), Err(NtStatus::DATA_OVERRUN));
    let unknown = stream.set_write_packet(15 * MS, write(2, 1, 0));
    assert_eq!(unknown, Err(NtStatus::INVALID_PARAMETER));
}

#[test]
fn the_oldest_packet_that_is_intact_is_read_first() {
    let options = ExactOptions {
        packets_max: 4,
        ..ExactOptions::default()
    };
    let wave = Wave::pcm(48_000, 4).unwrap();
    let mut stream = ExactStream::<u32>::new(wave, DataFlow::Out, options, HNS);
    stream.allocate(7680, 4).unwrap();
    assert_eq!(
        stream.get_read_packet(0),
        Err(NtStatus::INVALID_DEVICE_STATE)
    );
    stream.set_state(500, KsState::Run);
    assert_eq!(stream.get_read_packet(500), Err(NtStatus::DEVICE_NOT_READY));
    let now = 500 + 55 * MS;
    let read: Vec<_> = std::iter::from_fn(|| stream.get_read_packet(now).ok())
        .map(|read| {
            (
                read.packet.get(),
                read.counter,
                read.more_data,
                read.dropped,
            )
        })
        .collect();
    // Packet 5 is under way where packet 1 was, so packets 2 to 4 are whole.
    let at = |packet: u64| 500 + packet * 10 * MS;
    assert_eq!(
        read,
        [
            (2, at(2), true, 2),
            (3, at(3), true, 0),
            (4, at(4), false, 0)
        ]
    );
}
