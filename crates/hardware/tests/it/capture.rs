//! Inputs: what comes over the link, when it is in memory, what is told of it.

use std::rc::Rc;

use hardware::{ControllerConfig, Extent, Flush, Microphone, RegisterError, StreamConfig, spec};
use spec::{ctl, gcap, sts};
use units::{Bytes, Frames, Phase, SampleFormat, SimTime, WaveFormat};

use crate::rig::{CONTROL, Plan, Rig, STREAM, keeping, ms, stereo, us};

fn start() -> units::Moment {
    SimTime::ZERO.commit()
}

fn k0() -> Rig {
    Rig::set_up(
        &ControllerConfig::with_input(StreamConfig::k0()),
        Plan::k0(),
    )
}

#[test]
fn a_frame_is_in_memory_when_it_has_wholly_arrived() {
    let mut rig = k0();
    rig.run(start());
    for frame in 1..=960_u64 {
        let done = SimTime::from_ticks(frame * 9_187_500);
        let seen = |rig: &mut Rig, at| {
            let position = rig.position(at);
            let there = rig.memory().iter().flatten().count() as u64;
            (position, there)
        };
        assert_eq!(seen(&mut rig, done.commit()), (frame - 1, frame - 1));
        assert_eq!(seen(&mut rig, done.at(Phase::Move)), (frame, frame));
    }
}

#[test]
fn an_interrupt_finds_the_packet_in_memory() {
    for (flush, burst) in [
        (Flush::DescriptorEnd, 32),
        (Flush::WholeBursts, 32),
        (Flush::WholeBursts, 56),
    ] {
        let input = StreamConfig {
            burst: Extent::Bytes(Bytes::new(burst)),
            flush,
            ..StreamConfig::hd_audio_input()
        };
        let plan = Plan {
            format: stereo(44_100, SampleFormat::S16),
            packet: 441,
            packets: 2,
        };
        let mut rig = Rig::set_up(&ControllerConfig::with_input(input), plan);
        rig.run(start());
        for (packet, event) in (1..).zip(rig.interrupts(40)) {
            let needed: u64 = packet * 441 * 4;
            let bytes = match flush {
                Flush::DescriptorEnd => needed,
                Flush::WholeBursts => needed.div_ceil(burst) * burst,
            };
            // Frame n is carried by link frame 160 (n - 1) / 147, and is there at its end.
            let frames = bytes.div_ceil(4);
            let link_frame = 160 * (frames - 1) / 147;
            assert_eq!(event.time.ticks(), (link_frame + 1) * 9_187_500, "{packet}");
        }
    }
}

/// Arithmetic of our own: link frames at whose end the interrupts come, bursts of 32 bytes flushed
/// or not, for 48 kHz and 96 kHz.
#[test]
fn golden_interrupt_frames_of_inputs() {
    let expected: [(WaveFormat, u64, Flush, [u64; 4]); 4] = [
        (
            stereo(48_000, SampleFormat::S16),
            480,
            Flush::WholeBursts,
            [479, 959, 1439, 1919],
        ),
        // 404 bytes are 12.625 bursts: 104, 208, 304 and 408 frames.
        (
            stereo(48_000, SampleFormat::S16),
            101,
            Flush::WholeBursts,
            [103, 207, 303, 407],
        ),
        (
            stereo(48_000, SampleFormat::S16),
            101,
            Flush::DescriptorEnd,
            [100, 201, 302, 403],
        ),
        // Two frames of 8 bytes in a link frame; 101 frames are 808 bytes, 25.25 bursts.
        (
            stereo(96_000, SampleFormat::S32),
            101,
            Flush::WholeBursts,
            [51, 101, 151, 201],
        ),
    ];
    for (format, packet, flush, frames) in expected {
        let input = StreamConfig {
            flush,
            ..StreamConfig::hd_audio_input()
        };
        let plan = Plan {
            format,
            packet,
            packets: 2,
        };
        let mut rig = Rig::set_up(&ControllerConfig::with_input(input), plan);
        rig.run(start());
        let events = rig.interrupts(4);
        let found: Vec<_> = events
            .iter()
            .map(|event| event.time.ticks() / 9_187_500 - 1)
            .collect();
        assert_eq!(found, frames, "{packet} frames, {flush:?}");
    }
}

/// What is between link and memory is less than a burst.
#[test]
fn memory_lags_behind_the_link_by_less_than_a_burst() {
    let mut rig = Rig::set_up(
        &ControllerConfig::with_input(StreamConfig::hd_audio_input()),
        Plan::k0(),
    );
    rig.run(start());
    let mut lags = std::collections::BTreeSet::new();
    for n in 0..5_000_u64 {
        let at = us(n * 7).commit();
        let lag = rig.position(at) * 4 - rig.fetched(at);
        lags.insert(lag);
    }
    assert_eq!(
        lags.into_iter().collect::<Vec<_>>(),
        [0, 4, 8, 12, 16, 20, 24, 28]
    );
}

#[derive(Debug)]
struct Counting;

impl Microphone for Counting {
    fn record(&self, run: u32, first: Frames, format: WaveFormat, out: &mut [u8]) {
        let frame = usize::try_from(format.frame_bytes()).unwrap();
        for (n, bytes) in (first.get()..).zip(out.chunks_exact_mut(frame)) {
            let value = (u64::from(run) << 24 | n).to_le_bytes();
            bytes.copy_from_slice(&value[..frame]);
        }
    }
}

/// Across the end of the buffer, a pause and a reset the samples are those of their frame.
#[test]
fn samples_are_those_of_the_microphone_whenever_they_are_moved() {
    let config = keeping(ControllerConfig::with_input(StreamConfig::hd_audio_input()));
    let mut rig = Rig::set_up(&config, Plan::k0());
    rig.controller.set_microphone(0, Rc::new(Counting));
    rig.run(start());
    rig.pause(ms(25).commit());
    rig.run(ms(26).commit());
    rig.controller.settle(ms(31).commit());
    let frames = |rig: &Rig, at: u64, len: u64| -> Vec<u32> {
        let mut bytes = vec![0; usize::try_from(len * 4).unwrap()];
        let (at, len) = (Frames::new(at), Frames::new(len));
        rig.buffer.load(at, len, Some(&mut bytes), |_, _| ());
        let words = bytes.chunks_exact(4);
        words
            .map(|word| u32::from_le_bytes(word.try_into().unwrap()))
            .collect()
    };
    assert_eq!(frames(&rig, 960, 400), (960..1360).collect::<Vec<_>>());
    assert_eq!(frames(&rig, 500, 460), (500..960).collect::<Vec<_>>());
    rig.pause(ms(31).commit());
    rig.reset(ms(31).commit());
    rig.stream_set_up_at(ms(31).commit());
    rig.run(ms(31).commit());
    rig.controller.settle(ms(35).commit());
    assert_eq!(
        frames(&rig, 0, 100),
        (1 << 24..(1 << 24) + 100).collect::<Vec<_>>()
    );
    let log = rig.controller.link_log(0);
    let words: Vec<_> = log
        .samples()
        .chunks_exact(4)
        .map(|word| u32::from_le_bytes(word.try_into().unwrap()))
        .collect();
    let second = words.iter().position(|&word| word == 1 << 24).unwrap();
    assert_eq!(
        words[..second],
        (0..u32::try_from(second).unwrap()).collect::<Vec<_>>()
    );
    let spans: Vec<_> = log
        .spans()
        .iter()
        .map(|span| (span.run, span.first.get()))
        .collect();
    assert_eq!(spans, [(0, 0), (1, 0)]);
    assert_eq!(log.spans()[0].len.get(), second as u64);
}

#[test]
fn capabilities_count_streams_by_kind_and_inputs_lie_first() {
    let config = ControllerConfig {
        inputs: vec![StreamConfig::hd_audio_input(); 4],
        outputs: vec![StreamConfig::hd_audio(); 3],
        bidirectional: vec![StreamConfig::hd_audio(); 2],
        ..ControllerConfig::without_streams()
    };
    let mut rig = Rig::set_up(&config, Plan::k0());
    let capabilities = rig.read(start(), spec::GCAP);
    let field = |shift: u32, bits: u32| capabilities >> shift & ((1 << bits) - 1);
    assert_eq!(field(gcap::INPUTS_SHIFT, 4), 4);
    assert_eq!(field(gcap::OUTPUTS_SHIFT, 4), 3);
    assert_eq!(field(gcap::BIDIRECTIONAL_SHIFT, 5), 2);
    for (stream, control, is_input) in [
        (0, 0, true),
        (3, ctl::DIR, true),
        (4, 0, false),
        (6, 0, false),
        (7, 0, true),
        (8, ctl::DIR, false),
    ] {
        let at = ms(u64::from(stream)).commit();
        rig.set_up_stream(at, stream);
        let register = spec::descriptor(stream) + spec::SD_CTL;
        rig.write(at, register, CONTROL | ctl::RUN | control);
        let later = ms(u64::from(stream) + 1).commit();
        let counters = spec::counters(stream);
        let on_link = rig.read(later, counters + spec::LLPL);
        let in_memory = rig.read(later, counters + spec::LDPL);
        assert_eq!(in_memory <= on_link, is_input, "stream {stream}");
        let shown = rig.read(later, register) & ctl::DIR;
        assert_eq!(
            shown,
            if stream == 8 { ctl::DIR } else { 0 },
            "stream {stream}"
        );
        rig.write(later, register, CONTROL);
        rig.write(later, register, ctl::SRST);
    }
    let beyond = rig.controller.read(ms(20).commit(), spec::descriptor(9));
    let offset = spec::descriptor(9);
    assert_eq!(beyond, Err(RegisterError::NotReadable { offset }));
}

#[test]
fn an_input_is_ready_while_it_runs() {
    let mut rig = k0();
    let ready = |rig: &mut Rig, at| rig.status(at) & sts::FIFORDY != 0;
    assert!(!ready(&mut rig, start()));
    rig.run(start());
    assert!(ready(&mut rig, start()));
}

/// A frame that is on its way at the pause is the last that arrives; it goes to memory when the
/// stream runs again.
#[test]
fn a_pause_ends_with_the_frame_that_is_on_its_way() {
    let mut rig = k0();
    rig.run(start());
    // In the middle of frame 10.
    rig.pause(us(219).commit());
    assert_eq!(rig.position(us(300).commit()), 11);
    assert_eq!(rig.fetched(us(300).commit()), 40);
    rig.run(ms(1).commit());
    assert_eq!(rig.fetched(ms(1).at(Phase::Move)), 44);
    assert_eq!(rig.read(ms(1).at(Phase::Move), STREAM + spec::SD_LPIB), 44);
    let sampled = |frame| rig.controller.sampled_at(0, Frames::new(frame));
    assert_eq!(sampled(10), Some(SimTime::from_ticks(10 * 9_187_500)));
    assert_eq!(sampled(11), Some(ms(1)));
    assert_eq!(sampled(12), None);
}

#[test]
fn s35_s36_the_reference_input_has_a_frame_in_memory_when_it_begins() {
    let config = ControllerConfig::with_input(StreamConfig::k0_input());
    for (micros, place, newest) in [(50_050, 482, 2402), (64_000, 191, 3071)] {
        let mut rig = Rig::set_up(&config, Plan::k0());
        rig.run(start());
        let counted = rig.position(us(micros).commit());
        let there = rig.memory();
        let content = |place: usize| there[place].map(|whose| whose.content);
        assert_eq!(content(place), Some(newest), "the newest that began before");
        assert_eq!(content(place + 1), Some(newest + 1 - 960));
        assert_eq!(counted, newest, "what has arrived is what counts");
    }
}
