//! The rows of the table of regression scenarios that are a matter of packets alone, worked out on
//! a device of a few sums.

mod rig;

use proptest::prelude::*;

use super::*;
use rig::{Heard, Rig};

const LATE: NtStatus = NtStatus::DATA_LATE_ERROR;
const OVERRUN: NtStatus = NtStatus::DATA_OVERRUN;

fn blind(packet: u64) -> ProducerConfig {
    ProducerConfig {
        policy: Policy::Blind,
        ..ProducerConfig::new(Frames::new(packet))
    }
}

/// K0 with the wake-up for event 5 delayed by so many microseconds.
fn delayed(micros: u64) -> Rig {
    Rig::k0().late(5, micros)
}

/// What of a run is not as it was meant, as (first frame, frames, heard instead).
fn stale(first: u64, frames: u64, content: u64) -> (u64, u64, Heard) {
    (first, frames, Heard::Stale { content })
}

fn ahead(first: u64, frames: u64, content: u64) -> (u64, u64, Heard) {
    (first, frames, Heard::Ahead { content })
}

#[test]
fn s01_e6_all_frames_fresh_and_every_packet_a_packet_early() {
    let run = Rig::k0().until_ms(1000).run();
    assert_eq!(run.bad(), []);
    assert_eq!(run.refused(), []);
    assert!(run.headroom_nanos().all(|nanos| nanos == 10_000_000));
    assert_eq!(run.passes, 100, "pass 0 and a pass for each of 99 events");
}

#[test]
fn s02_s03_inside_the_slack_nothing_is_lost() {
    for (micros, headroom) in [(9_900, 100_000), (10_000, 0)] {
        let run = delayed(micros).run();
        assert_eq!((run.bad(), run.refused()), (vec![], vec![]));
        assert_eq!(run.headroom_nanos().min(), Some(headroom));
    }
}

#[test]
fn s04_one_microsecond_late_is_one_frame() {
    let run = delayed(10_001).run();
    assert_eq!(run.bad(), [stale(2880, 1, 1920)]);
    assert_eq!(run.refused(), [(6, LATE)]);
}

#[test]
fn s05_e5_14_ms_late_replays_the_slot() {
    let run = delayed(14_000).run();
    assert_eq!(run.bad(), [stale(2880, 192, 1920)]);
    assert_eq!(run.refused(), [(6, LATE)]);
    assert_eq!(run.coalesced, 0);
}

#[test]
fn s06_two_packets_to_the_dot() {
    for micros in [19_999, 20_000] {
        let run = delayed(micros).run();
        assert_eq!(run.bad(), [stale(2880, 480, 1920)]);
        assert_eq!(run.refused(), [(6, LATE)]);
    }
}

#[test]
fn s07_21_ms_loses_two_packets_and_goes_on_with_the_eighth() {
    let run = delayed(21_000).run();
    assert_eq!(run.bad(), [stale(2880, 960, 1920)]);
    assert_eq!(run.refused(), [(6, LATE)]);
    assert!(run.written().any(|packet| packet == 8) && !run.written().any(|packet| packet == 7));
    assert_eq!(run.coalesced, 1);
}

#[test]
fn s08_a_blind_producer_loses_a_packet_of_margin_for_ever() {
    let run = Rig {
        config: blind(480),
        ..delayed(20_950)
    }
    .service_micros(50)
    .run();
    let mut expected = vec![stale(2880, 531, 1920)];
    expected.extend((8..50).map(|packet| stale(packet * 480, 3, (packet - 2) * 480)));
    assert_eq!(run.bad(), expected);
    let refused: Vec<_> = run.refused().iter().map(|&(packet, _)| packet).collect();
    assert_eq!(refused, (6..50).collect::<Vec<_>>(), "late on every call");
}

#[test]
fn s12_44100_hz_rounds_the_loss_up() {
    let run = Rig::new(44_100, ProducerConfig::new(Frames::new(441)))
        .late(5, 14_000)
        .run();
    assert_eq!(run.bad(), [stale(2646, 177, 1764)]);
}

#[test]
fn s13_small_packets() {
    let run = Rig::new(48_000, ProducerConfig::new(Frames::new(128)))
        .late(5, 3_000)
        .run();
    assert_eq!(run.bad(), [stale(768, 16, 512)]);
}

#[test]
fn s14_s15_more_packets_bear_more() {
    for (packets, good, late, first) in [(3, 19_000, 21_000, 3360), (4, 29_000, 31_000, 3840)] {
        let config = ProducerConfig {
            packets,
            ..ProducerConfig::new(Frames::new(480))
        };
        let run = Rig::new(48_000, config).late(5, good).run();
        assert_eq!((run.bad(), run.refused()), (vec![], vec![]));
        let run = Rig::new(48_000, config).late(5, late).run();
        assert_eq!(run.bad(), [stale(first, 48, 1920)]);
        assert_eq!(run.refused(), [(first / 480, LATE)]);
    }
}

#[test]
fn s16_a_stall_of_60_ms_replays_the_ring_again_and_again() {
    let run = delayed(60_000).run();
    let turns = [
        stale(2880, 960, 1920),
        stale(3840, 960, 1920),
        stale(4800, 480, 1920),
    ];
    assert_eq!(run.bad(), turns);
    assert_eq!(run.refused(), [(6, LATE)]);
    assert!(run.written().any(|packet| packet == 11));
    assert_eq!(run.coalesced, 4);
}

#[test]
fn s17_s18_s19_prefetch_loses_frames_without_an_error() {
    for (burst, micros, frames) in [
        (1, 9_000, 16),
        (32, 9_000, 32),
        (1, 8_666, 0),
        (1, 8_667, 1),
    ] {
        let run = Rig {
            prefetch: 64,
            burst,
            ..delayed(micros)
        }
        .run();
        let expected: Vec<_> = (frames > 0)
            .then(|| stale(2880, frames, 1920))
            .into_iter()
            .collect();
        assert_eq!((run.bad(), run.refused()), (expected, vec![]));
    }
}

#[test]
fn s21_a_lost_notification_costs_service_once_or_for_ever() {
    let run = Rig::k0().lost(5).service_micros(50).run();
    assert_eq!(run.bad(), [stale(2880, 3, 1920)]);
    assert_eq!(run.refused(), [(6, LATE)]);

    let run = Rig {
        config: blind(480),
        ..Rig::k0()
    }
    .lost(5)
    .service_micros(50)
    .run();
    let expected: Vec<_> = (6..50)
        .map(|packet| stale(packet * 480, 3, (packet - 2) * 480))
        .collect();
    assert_eq!(run.bad(), expected);
}

#[test]
fn s22_two_notifications_in_one_dpc() {
    let dpc = |rig: Rig| {
        rig.lost(5)
            .lost(6)
            .extra_micros(63_950, 6)
            .service_micros(50)
    };
    let run = dpc(Rig::k0()).run();
    assert_eq!(run.bad(), [stale(2880, 192, 1920)]);
    assert_eq!(run.refused(), [(6, LATE)]);

    let run = dpc(Rig {
        config: blind(480),
        ..Rig::k0()
    })
    .run();
    let mut expected = vec![stale(2880, 192, 1920)];
    expected.extend((7..50).map(|packet| stale(packet * 480, 3, (packet - 2) * 480)));
    assert_eq!(run.bad(), expected);
}

#[test]
fn s23_an_event_that_stays_pending_leaves_no_after_effect() {
    for config in [ProducerConfig::new(Frames::new(480)), blind(480)] {
        let run = Rig {
            config,
            ..delayed(14_000)
        }
        .run();
        assert_eq!(run.bad(), [stale(2880, 192, 1920)]);
        assert_eq!(run.refused(), [(6, LATE)]);
    }
}

#[test]
fn s24_e6_a_spurious_wake_up_is_harmless_to_who_reads_the_count() {
    let run = Rig::k0().extra_micros(55_000, 5).service_micros(50).run();
    assert_eq!((run.bad(), run.refused()), (vec![], vec![]));
    assert_eq!(run.passes, 51, "one more pass");
}

#[test]
fn s24_a_spurious_wake_up_leaves_a_blind_producer_one_packet_ahead() {
    let run = Rig {
        config: blind(480),
        ..Rig::k0()
    }
    .extra_micros(55_000, 5);
    let run = run.service_micros(50).run();
    let mut expected = vec![ahead(2643, 237, 3603)];
    expected.extend((6..50).map(|packet| ahead(packet * 480 + 3, 477, packet * 480 + 963)));
    assert_eq!(run.bad(), expected);
    let refused: Vec<_> = run.refused();
    assert!(
        refused
            .iter()
            .all(|&(packet, status)| packet >= 7 && status == OVERRUN)
    );
    assert_eq!(refused.len(), 45);
}

#[test]
fn s24_a_packet_forced_early_is_heard_early_and_rewritten() {
    let run = Rig::k0().forced_micros(55_000, 7).run();
    assert_eq!(run.bad(), [ahead(2640, 240, 3600)]);
    assert_eq!(run.refused(), [(7, OVERRUN)]);
}

#[test]
fn s25_the_same_packet_twice_does_no_harm() {
    let run = Rig::k0().forced_micros(55_000, 6).run();
    assert_eq!((run.bad(), run.refused()), (vec![], vec![]));
}

#[test]
fn s42_without_priming_the_first_packet_is_nobodys() {
    for (content, first) in [(ContentPolicy::Drop, 480), (ContentPolicy::Delay, 0)] {
        let config = ProducerConfig {
            prime: Prime::None,
            content,
            ..ProducerConfig::new(Frames::new(480))
        };
        let run = Rig::new(48_000, config).run();
        assert_eq!(run.bad(), [(0, 480, Heard::Uninit)]);
        assert_eq!(run.content_at(480), first);
    }
}

#[test]
fn w94_primed_with_one_packet_each_fill_is_heard_a_packet_after_its_signal() {
    let config = ProducerConfig {
        prime: Prime::First,
        content: ContentPolicy::Delay,
        ..ProducerConfig::new(Frames::new(160))
    };
    let run = Rig::new(48_000, config).run();
    assert_eq!(run.bad(), [(160, 160, Heard::Uninit)]);
    assert_eq!(run.refused(), []);
    for fill in 1..20 {
        assert_eq!(run.content_at((fill + 1) * 160), fill * 160);
    }
}

#[test]
fn s45_s46_the_last_packet_is_written_as_far_as_it_is_valid() {
    let end = EndOfStream {
        packet: 7,
        valid: Frames::new(100),
        writes_after: false,
    };
    let config = ProducerConfig {
        end: Some(end),
        ..ProducerConfig::new(Frames::new(480))
    };
    let run = Rig::new(48_000, config).until_ms(85).run();
    assert_eq!(run.bad(), [stale(3460, 380 + 240, 2500)]);
    assert_eq!(run.frames(), 4080);
    assert_eq!(run.end, Some((7, 400)), "100 frames of 4 bytes");
    assert_eq!(run.written().max(), Some(7));
}

#[test]
fn s47_e11_what_is_announced_after_the_end_is_refused_and_changes_nothing() {
    let end = EndOfStream {
        packet: 7,
        valid: Frames::new(100),
        writes_after: true,
    };
    let config = ProducerConfig {
        end: Some(end),
        ..ProducerConfig::new(Frames::new(480))
    };
    let run = Rig::new(48_000, config).until_ms(85).run();
    assert_eq!(run.bad(), [stale(3460, 380 + 240, 2500)]);
    assert_eq!(
        run.refused(),
        [(8, NtStatus::INVALID_DEVICE_STATE)],
        "and only once"
    );
    assert_eq!(run.asked, 7, "and from then on it asks no more");
}

#[test]
fn delay_goes_on_with_what_was_refused() {
    let config = ProducerConfig {
        content: ContentPolicy::Delay,
        ..ProducerConfig::new(Frames::new(480))
    };
    let run = Rig {
        config,
        ..delayed(21_000)
    }
    .run();
    assert_eq!(
        run.content_at(3840),
        2880,
        "packet 8 plays what packet 6 should have"
    );
    assert_eq!(run.content_at(4319), 3359);
    assert_eq!(run.content_at(4320), 3360);
}

#[test]
fn a_blind_producer_delays_nothing_as_it_takes_no_notice() {
    let config = ProducerConfig {
        content: ContentPolicy::Delay,
        ..blind(480)
    };
    let run = Rig {
        config,
        ..delayed(14_000)
    }
    .run();
    assert_eq!(run.refused(), [(6, LATE)]);
    assert_eq!(run.content_at(3360), 3360);
}

#[test]
fn spans_tell_which_write_brought_them() {
    let run = delayed(21_000).run();
    let write = |packet: u64| run.whose_at(packet * 480).write;
    assert_eq!([write(0), write(1), write(5)], [0, 1, 5]);
    assert_eq!(
        [write(8), write(9)],
        [7, 8],
        "packet 6 was write 6, packet 7 was none"
    );
}

#[test]
fn a_driver_that_is_late_for_ever_is_asked_once_per_pass() {
    let mut io = NeverInTime;
    let config = ProducerConfig {
        packets: 4,
        ..ProducerConfig::new(Frames::new(480))
    };
    let mut producer = PacketProducer::new(config);
    let mut content = rig::everything();
    producer.begin(0, Prime::None);
    producer.prime(&mut io, &mut content);
    producer.run();
    for _ in 0..3 {
        assert_eq!(producer.due(), Some(1));
        producer.commit(&mut io, &content);
        assert_eq!(producer.due(), None);
        producer.wake(&mut io);
    }
}

/// Contradicts itself: no packet is done, and every packet is late.
struct NeverInTime;

impl PacketIo for NeverInTime {
    fn format(&self) -> WaveFormat {
        WaveFormat::new(48_000, 2, units::SampleFormat::S16).unwrap()
    }

    fn packet_count(&mut self) -> Result<PacketCount, NtStatus> {
        Ok(PacketCount::wrapping(0))
    }

    fn store(&mut self, _at: Frames, _len: Frames, _bytes: Option<&[u8]>, _whose: Whose) {}

    fn set_write_packet(&mut self, _packet: PacketNumber, _eos: Option<Bytes>) -> NtStatus {
        LATE
    }
}

#[test]
fn drop_goes_on_with_what_belongs_to_the_time() {
    let run = delayed(21_000).run();
    assert_eq!(run.content_at(3840), 3840);
}

#[test]
fn truth8_stale_content_is_whole_revolutions_old() {
    let run = delayed(35_000).run();
    let expected = [
        stale(2880, 960, 1920),
        stale(3840, 240, 1920),
        stale(4080, 240, 3120),
    ];
    assert_eq!(run.bad(), expected);
}

#[test]
fn s56_s57_work_that_outlasts_a_packet_is_charged_per_packet() {
    let run = Rig::k0().service_micros(10_500).until_ms(105).run();
    let late: u64 = run
        .bad()
        .iter()
        .filter(|(first, ..)| *first < 5280)
        .map(|(_, n, _)| n)
        .sum();
    assert_eq!(late, (1..=10).map(|packet| 24 * packet).sum::<u64>());
}

#[test]
fn a_driver_that_takes_only_the_next_packet_is_not_asked_for_ever() {
    let config = ProducerConfig {
        packets: 4,
        ..ProducerConfig::new(Frames::new(480))
    };
    let run = Rig {
        strict: true,
        ..Rig::new(48_000, config)
    }
    .until_ms(100)
    .run();
    assert_eq!(
        run.bad()
            .iter()
            .filter(|(_, _, heard)| *heard != Heard::Uninit)
            .count(),
        0
    );
    assert!(run.refused().iter().all(|&(_, status)| status == OVERRUN));
    assert_eq!(run.refused().len(), 10, "once per pass");
}

proptest! {
    /// E4: the slack is the largest delay without a glitch, for every shape of device.
    #[test]
    fn e4_slack_is_the_largest_delay_without_a_glitch(
        hertz in prop::sample::select(vec![44_100_u32, 48_000, 96_000]),
        packet in 96_u64..600,
        packets in 2_u32..5,
        prefetch in 0_u64..64,
        burst in prop::sample::select(vec![1_u64, 8, 32]),
    ) {
        let config = ProducerConfig { packets, ..ProducerConfig::new(Frames::new(packet)) };
        let rig = || Rig { prefetch, burst, ..Rig::new(hertz, config) }.until_ms(200);
        let slack = rig().slack_ticks(5);
        prop_assert_eq!(rig().late_ticks(5, slack).run().bad(), []);
        prop_assert!(!rig().late_ticks(5, slack + 1).run().bad().is_empty());
    }

    /// 4.2: one delayed wake-up costs `ceil(x)` frames up to a packet, whole packets beyond.
    #[test]
    fn truth3_the_loss_has_a_closed_form(micros in 0_u64..45_000) {
        let late = micros.saturating_sub(10_000) * 48;
        let frames = late.div_ceil(1000);
        let expected = if late > 480_000 { late.div_ceil(480_000) * 480 } else { frames };
        let lost: u64 = delayed(micros).run().bad().iter().map(|(_, frames, _)| frames).sum();
        prop_assert_eq!(lost, expected);
    }

    /// E8: whoever waits for the device cannot drift away from it.
    #[test]
    fn e8_a_wrong_crystal_costs_an_event_driven_producer_nothing(ppb in -1_000_000_i32..1_000_000) {
        let run = Rig { ppb, ..Rig::k0() }.until_ms(2_000).run();
        prop_assert_eq!(run.bad(), []);
    }
}
