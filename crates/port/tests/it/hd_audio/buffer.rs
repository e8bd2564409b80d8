//! The cyclic buffer as the HD Audio miniport makes it.

use std::sync::Arc;

use hardware::StreamConfig;
use ks::{KsState, PinConnect, PinHandle};
use miniport::{HdAudioMiniport, HdAudioOptions};
use port::Memory;
use portcls::PAGE_SIZE;
use ring::Samples;
use units::{Bytes, Frames, NtStatus, SampleFormat, WaveFormat};
use vtime::Context;

use super::lab::{Client, Lab, k0, s16};

fn open(client: &Client, format: WaveFormat) -> Result<PinHandle, NtStatus> {
    let connect = PinConnect::of(HdAudioMiniport::RENDER_PIN, format);
    client.filter.create_pin(client.cx.moment(), connect)
}

fn allocate(client: &Client, pin: &PinHandle, bytes: u64, packets: u32) -> Result<u64, NtStatus> {
    ks::allocate_buffer_with_notification(&client.cx, pin, Bytes::new(bytes), packets)
        .map(|mapping| mapping.actual.get())
}

/// The status of asking a fresh pin for a buffer.
fn size_of(client: &Client, bytes: u64, packets: u32) -> Result<u64, NtStatus> {
    let pin = open(client, s16(48_000)).expect("the pin opens");
    let size = allocate(client, &pin, bytes, packets);
    ks::close(&client.cx, &pin);
    size
}

#[test]
fn r62_one_and_two_notifications_are_accepted_and_more_by_option_only() {
    k0().run(1, |client| async move {
        for (packets, expected) in [
            (0, Err(NtStatus::INVALID_PARAMETER)),
            (1, Ok(3840)),
            (2, Ok(3840)),
            (3, Err(NtStatus::INVALID_PARAMETER)),
            (u32::MAX, Err(NtStatus::INVALID_PARAMETER)),
        ] {
            assert_eq!(size_of(&client, 3840, packets), expected);
        }
    });
    let options = HdAudioOptions {
        packets_max: 8,
        ..HdAudioOptions::default()
    };
    Lab::new(StreamConfig::k0(), options).run(1, |client| async move {
        assert_eq!(size_of(&client, 3840, 8), Ok(3840));
        assert_eq!(size_of(&client, 3840, 9), Err(NtStatus::INVALID_PARAMETER));
    });
}

#[test]
fn r55_r56_r63_the_size_is_the_next_number_of_whole_packets() {
    k0().run(1, |client| async move {
        assert_eq!(size_of(&client, 961 * 4, 2), Ok(962 * 4));
        assert_eq!(size_of(&client, 5, 1), Ok(8));
        assert_eq!(size_of(&client, 4, 1), Ok(8), "a list has two descriptors");
        assert_eq!(size_of(&client, 4, 2), Ok(8));
    });
    let options = HdAudioOptions {
        alignment: Bytes::new(128),
        ..HdAudioOptions::default()
    };
    Lab::new(StreamConfig::k0(), options).run(1, |client| async move {
        assert_eq!(size_of(&client, 441 * 8, 2), Ok(2 * 14 * 128));
    });
}

#[test]
fn r60_what_cannot_be_and_what_there_is_no_memory_for_are_told_apart() {
    let memory = Memory::new(0, Bytes::new(3 * PAGE_SIZE.get()), Samples::Left);
    let mut lab = Lab::with_memory(StreamConfig::k0(), HdAudioOptions::default(), memory);
    lab.run(1, |client| async move {
        assert_eq!(size_of(&client, 0, 2), Err(NtStatus::UNSUCCESSFUL));
        assert_eq!(size_of(&client, 3, 2), Err(NtStatus::UNSUCCESSFUL));
        // Two pages and one for the descriptor list.
        assert_eq!(size_of(&client, 8192, 2), Ok(8192));
        assert_eq!(
            size_of(&client, 8200, 2),
            Err(NtStatus::INSUFFICIENT_RESOURCES)
        );
        assert_eq!(
            size_of(&client, 4 * 4096, 2),
            Err(NtStatus::INSUFFICIENT_RESOURCES)
        );
        assert_eq!(
            size_of(&client, 8192, 2),
            Ok(8192),
            "what failed left nothing taken"
        );
    });
}

#[test]
fn r58_r59_the_buffer_is_write_combined_so_a_barrier_is_asked_for() {
    k0().run(1, |client| async move {
        assert!(client.open_k0().mapping.call_memory_barrier);
    });
}

#[test]
fn r67_a_fresh_buffer_reads_as_zero() {
    k0().run(1, |client| async move {
        let stream = client.open_k0();
        let mut bytes = vec![1; 3840];
        stream
            .mapping
            .buffer
            .samples()
            .unwrap()
            .load(units::Frames::ZERO, &mut bytes);
        assert!(bytes.iter().all(|byte| *byte == 0));
    });
}

#[test]
fn r28_what_the_link_cannot_carry_is_no_match() {
    k0().run(1, |client| async move {
        let format = |hertz, sample| WaveFormat::new(hertz, 2, sample).unwrap();
        for (hertz, sample) in [
            (48_000, SampleFormat::F32),
            (48_000, SampleFormat::S24),
            (11_111, SampleFormat::S16),
            (384_000, SampleFormat::S16),
        ] {
            assert_eq!(
                open(&client, format(hertz, sample)).unwrap_err(),
                NtStatus::NO_MATCH
            );
        }
        assert!(open(&client, format(96_000, SampleFormat::S24In32)).is_ok());
    });
}

#[test]
fn r11_r12_the_one_engine_is_taken_until_its_pin_is_closed() {
    k0().run(50, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        let second = open(&client, s16(44_100)).unwrap_err();
        assert_eq!(second, NtStatus::INSUFFICIENT_RESOURCES);
        client.at(15).await;
        ks::close(&client.cx, &stream.pin);
        let next = client.open(s16(44_100), 441, 2);
        client.set_state(&next, KsState::Run);
        client.at(30).await;
        assert_eq!(client.count(&next), 1);
    });
}

/// At 192 kHz four frames travel together, and this FIFO holds one.
#[test]
fn r28_a_format_that_the_fifo_cannot_feed_is_refused() {
    let shallow = StreamConfig::hd_audio().with_prefetch(Frames::ZERO, Frames::new(1));
    Lab::new(shallow, HdAudioOptions::default()).run(1, |client| async move {
        assert_eq!(open(&client, s16(192_000)).unwrap_err(), NtStatus::NO_MATCH);
        assert!(open(&client, s16(48_000)).is_ok());
    });
}

#[test]
fn r46_run_without_a_buffer_never_reaches_the_device() {
    let mut lab = k0();
    lab.run(10, |client| async move {
        let pin = open(&client, s16(48_000)).unwrap();
        let refused = ks::set_state(&client.cx, &pin, KsState::Run);
        assert_eq!(refused, Err(NtStatus::INVALID_DEVICE_REQUEST));
        assert_eq!(ks::state(&client.cx, &pin), Ok(KsState::Pause));
    });
    assert!(lab.heard().segments().is_empty());
}

#[test]
fn a_buffer_without_notifications_plays_and_tells_nobody() {
    let mut lab = k0();
    lab.run(50, |client| async move {
        let pin = open(&client, s16(48_000)).unwrap();
        ks::allocate_buffer(&client.cx, &pin, Bytes::new(3840)).unwrap();
        ks::set_state(&client.cx, &pin, KsState::Run).unwrap();
        client.at(45).await;
        let position = ks::position(&client.cx, &pin).unwrap();
        assert_eq!(position.play.get(), (45 * 48 - 1) % 960 * 4);
        assert_eq!(client.interrupt.borrow().interrupts(), 0);
    });
}

#[test]
fn r68_after_close_the_device_has_let_go_of_the_buffer() {
    k0().run(50, |client| async move {
        let stream = client.open_k0();
        client.set_state(&stream, KsState::Run);
        client.at(15).await;
        assert_ne!(Arc::strong_count(&stream.mapping.buffer), 1);
        ks::close(&client.cx, &stream.pin);
        assert_eq!(
            Arc::strong_count(&stream.mapping.buffer),
            1,
            "the client's mapping alone"
        );
    });
}
