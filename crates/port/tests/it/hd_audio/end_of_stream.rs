//! The end of the stream.

use ks::{END_OF_STREAM, KsState, PacketNumber, RtAudioRequest, WritePacket};
use miniport::{EndOfStream, HdAudioOptions};
use ring::Kind;
use units::{Bytes, NtStatus};
use vtime::Event;

use super::lab::{Client, Heard, Lab, Stream, k0, spans};

const FRAME: u64 = 4;

fn lab(end_of_stream: EndOfStream) -> Lab {
    let options = HdAudioOptions {
        end_of_stream,
        ..HdAudioOptions::default()
    };
    Lab::new(hardware::StreamConfig::k0(), options)
}

/// Rows S45 and S46: packet 7 is the last, with 100 valid frames.
async fn play_to_the_end(client: &Client) -> Stream {
    let stream = client.start_k0();
    for packet in 2..=7 {
        assert_eq!(client.event.wait().await, packet - 1);
        let eos = (packet == 7).then_some(100 * FRAME);
        assert_eq!(client.write(&stream, packet, eos), NtStatus::SUCCESS);
    }
    stream
}

fn audio(first: u64, len: u64, intended: u64) -> Heard {
    (first, len, Some((intended, Kind::Audio)))
}

/// Row S45 without fill. The client's own tail of packet 7 lies behind the 100 valid frames.
#[test]
fn r128_behind_the_end_the_buffer_is_replayed() {
    let mut lab = lab(EndOfStream::Replay);
    lab.run(90, |client| async move {
        let stream = play_to_the_end(&client).await;
        client.at(85).await;
        client.set_state(&stream, KsState::Stop);
    });
    let heard = spans(&lab.heard());
    assert_eq!(heard, [audio(0, 3840, 0), audio(3840, 240, 2880)]);
}

/// Row S45 with fill: 380 and 240 frames of silence.
#[test]
fn r128_a_driver_may_silence_what_follows_the_end() {
    let mut lab = lab(EndOfStream::Silence);
    lab.run(90, |client| async move {
        let stream = play_to_the_end(&client).await;
        client.at(85).await;
        client.set_state(&stream, KsState::Stop);
    });
    let pad = Some((3460, Kind::EosPad));
    assert_eq!(spans(&lab.heard()), [audio(0, 3460, 0), (3460, 620, pad)]);
}

#[test]
fn r128_silence_reaches_every_packet_behind_an_end_that_was_announced_before_run() {
    let options = HdAudioOptions {
        packets_max: 4,
        end_of_stream: EndOfStream::Silence,
        ..HdAudioOptions::default()
    };
    let mut lab = Lab::new(hardware::StreamConfig::k0(), options);
    lab.run(65, |client| async move {
        let stream = client.open(super::lab::s16(48_000), 480, 4);
        for packet in 0..4 {
            client.store(&stream, packet);
        }
        client.set_state(&stream, KsState::Pause);
        assert_eq!(client.announce(&stream, 1, Some(400)), NtStatus::SUCCESS);
        client.set_state(&stream, KsState::Run);
    });
    let pad = Some((580, Kind::EosPad));
    assert_eq!(
        spans(&lab.heard()),
        [audio(0, 580, 0), (580, 65 * 48 + 1 - 580, pad)]
    );
}

/// Row S46: stopped too early.
#[test]
fn r37_what_is_not_out_at_stop_is_never_heard() {
    let mut lab = lab(EndOfStream::Replay);
    lab.run(90, |client| async move {
        let stream = play_to_the_end(&client).await;
        client.at_micros(60_050).await;
        client.set_state(&stream, KsState::Stop);
    });
    assert_eq!(spans(&lab.heard()), [audio(0, 2883, 0)]);
}

/// Row S47, and that STOP forgets the end.
#[test]
fn r123_r126_nothing_is_accepted_behind_the_end_until_stop() {
    k0().run(200, |client| async move {
        let stream = play_to_the_end(&client).await;
        assert_eq!(client.event.wait().await, 7);
        assert_eq!(
            client.write(&stream, 8, None),
            NtStatus::INVALID_DEVICE_STATE
        );
        assert_eq!(
            client.announce(&stream, 8, Some(0)),
            NtStatus::INVALID_DEVICE_STATE
        );
        assert_eq!(client.event.wait().await, 8, "events go on");
        assert_eq!(client.count(&stream), 8, "and so does the count");
        client.set_state(&stream, KsState::Pause);
        assert_eq!(
            client.announce(&stream, 9, None),
            NtStatus::INVALID_DEVICE_STATE
        );
        client.set_state(&stream, KsState::Stop);
        client.set_state(&stream, KsState::Pause);
        assert_eq!(client.announce(&stream, 0, None), NtStatus::SUCCESS);
    });
}

#[test]
fn r122_r124_r125_flags_and_length_are_checked() {
    k0().run(10, |client| async move {
        let stream = client.start_k0();
        let announce = |flags, length| {
            let packet = PacketNumber::new(1);
            let eos_packet_length = Bytes::new(length);
            let write = WritePacket {
                packet,
                flags,
                eos_packet_length,
            };
            client.status(&stream, RtAudioRequest::SetWritePacket(write))
        };
        assert_eq!(announce(1, 0), NtStatus::INVALID_PARAMETER);
        assert_eq!(announce(END_OF_STREAM | 1, 0), NtStatus::INVALID_PARAMETER);
        assert_eq!(announce(END_OF_STREAM, 1921), NtStatus::INVALID_PARAMETER);
        assert_eq!(announce(0, 1921), NtStatus::SUCCESS);
        assert_eq!(announce(END_OF_STREAM, 0), NtStatus::SUCCESS);
        assert_eq!(announce(0, 0), NtStatus::INVALID_DEVICE_STATE);
    });
}

#[test]
fn r128_silence_behind_the_end_belongs_to_the_run_that_it_ends() {
    let mut lab = lab(EndOfStream::Silence);
    lab.run(200, |client| async move {
        let stream = client.open_k0();
        for run in 0..2 {
            client.at(run * 100).await;
            client.set_state(&stream, KsState::Pause);
            assert_eq!(client.announce(&stream, 0, Some(0)), NtStatus::SUCCESS);
            client.set_state(&stream, KsState::Run);
            client.at(run * 100 + 20).await;
            client.set_state(&stream, KsState::Pause);
            client.at(run * 100 + 30).await;
            client.set_state(&stream, KsState::Run);
            client.at(run * 100 + 60).await;
            client.set_state(&stream, KsState::Stop);
        }
    });
    let log = lab.heard();
    for span in log.spans() {
        let whose = span.whose.expect("all is silenced");
        assert_eq!((whose.run, whose.kind), (span.run, Kind::EosPad));
        assert_eq!(
            (whose.intended, whose.content),
            (span.first.get(), span.first.get())
        );
    }
    assert_eq!(log.spans().last().map(|span| span.run), Some(1));
}
