//! Streams that go past the software engine, on a device that mixes.

use scenario::{EndpointResult, Inputs, Run, RunOptions, Scenario, Stack, run};
use truth::Class;
use units::SimTime;

const EVERYTHING: RunOptions = RunOptions {
    seed: None,
    keep_history: true,
    keep_samples: true,
};

/// A device for two streams.
const MIXER: &str = "name = \"x\"\nduration = \"100ms\"\n[device]\nkind = \"offload\"\n";
const FILM: &str = "[[client]]\nname = \"film\"\nmode = \"offload\"\n";
const LATE: &str = "[[fault]]\nlate-wake-up = { client = 0, event = 5, by = \"14ms\" }\n";

fn parse(text: &str) -> Scenario {
    Scenario::parse(text).unwrap_or_else(|e| panic!("{e}"))
}

fn play(text: &str) -> Run {
    run(&parse(text), &Inputs::new(), &EVERYTHING).unwrap()
}

/// The one stream that went past the engine.
fn offloaded(run: &Run) -> &EndpointResult {
    let mut all = run.result.endpoints.iter();
    let mut streams = all.by_ref().filter(|endpoint| endpoint.offload.is_some());
    let one = streams.next().unwrap();
    assert!(streams.next().is_none());
    one
}

/// What the driver has told of stream 0 by events numbered `kind`: when, in nanoseconds, and the
/// third parameter.
fn told(run: &Run, kind: u64) -> Vec<(u64, u64)> {
    let of_stream = run.history.entries().filter(|entry| {
        entry.what.name() == "port.engine_event"
            && run.history.source_name(entry.source) == "offload 0"
            && entry.words()[0] == kind
    });
    of_stream
        .map(|entry| (entry.moment.time.to_nanos_floor(), entry.words()[3]))
        .collect()
}

/// The number that the frame counter put into each frame of what was heard.
fn counted(run: &Run) -> Vec<u64> {
    let frames = run.heard[0].bytes.chunks_exact(4);
    frames
        .map(|frame| u32::from_le_bytes(frame.try_into().unwrap()).into())
        .collect()
}

fn samples(run: &Run) -> Vec<i32> {
    let samples = run.heard[0].bytes.chunks_exact(2);
    samples
        .map(|bytes| i16::from_le_bytes([bytes[0], bytes[1]]).into())
        .collect()
}

/// Two packets of 1920 bytes: what is written of both, and then of one after the other.
#[test]
fn r148_a_client_says_up_to_where_its_buffer_is_valid() {
    const SET_WRITE_POSITION: u64 = 4;
    let run = play(&format!("{MIXER}{FILM}"));
    let told = told(&run, SET_WRITE_POSITION);
    let mut expected = vec![(0, 1920), (0, 3840)];
    expected.extend((1..=10).map(|n| (n * 10_000_000, if n % 2 == 1 { 1920 } else { 3840 })));
    assert_eq!(told, expected);
    assert!(
        !offloaded(&run)
            .reported
            .contains_key("eMINIPORT_GLITCH_REPORT 3")
    );
    assert_eq!(counted(&run), (0..4800).collect::<Vec<_>>());
}

/// Packet 6 is due at 60 ms and comes at 64 ms. A frame is mixed when it ends, and the one that ends
/// at 64 ms is still in time.
#[test]
fn r128_what_comes_late_is_silence_or_the_revolution_before_and_is_told_of_the_pin() {
    const GLITCH: u64 = 7;
    for (underrun, class) in [("silence", Class::ZeroFill), ("replay", Class::Stale)] {
        let device = format!("{MIXER}[device.offload]\nunderrun = \"{underrun}\"\n");
        let run = play(&format!("{device}{FILM}{LATE}"));
        let stream = offloaded(&run);
        let [glitch] = &stream.glitches[..] else {
            panic!("one glitch, not {:?}", stream.glitches);
        };
        assert_eq!((glitch.kind, glitch.class), ("G2", Some(class.name())));
        assert_eq!((glitch.first_frame, glitch.frames), (2880, 191));
        assert_eq!(
            (glitch.cause, glitch.cause_ns, glitch.fault.as_deref()),
            (Some("ready_wait"), Some(14_000_000), Some("late-wake-up-0"))
        );
        // When the first frame that was not there has ended.
        assert_eq!(told(&run, GLITCH), [(60_020_833, 1)]);
        assert_eq!(stream.reported["eMINIPORT_GLITCH_REPORT 1"], 1);
        let expected = (0..4800).map(|frame| match (class, frame) {
            (Class::Stale, 2880..3071) => frame - 960,
            (_, 2880..3071) => 0,
            _ => frame,
        });
        assert_eq!(counted(&run), expected.collect::<Vec<_>>(), "{underrun}");
    }
}

#[test]
fn r151_the_end_is_told_when_the_last_byte_is_rendered() {
    const LAST_BUFFER_RENDERED: u64 = 8;
    for (delay, at) in [(0_u64, 2_500_u64), (240, 2_740), (300, 2_800)] {
        let run = play(&format!(
            "{MIXER}[device.offload]\ndelay = \"{delay}fr\"\n{FILM}\
             end-of-stream = {{ packet = 5, valid = \"100fr\" }}\n"
        ));
        let stream = offloaded(&run);
        assert_eq!(
            told(&run, LAST_BUFFER_RENDERED),
            [(at * 1_000_000_000 / 48_000, 0)]
        );
        assert_eq!(stream.frames_by_class["fresh"], 2_500);
        assert_eq!(stream.frames_by_class["eos_pad"], 2_300);
        assert_eq!(
            stream.notifications.event_sets, 6,
            "five packets, and the end"
        );
        assert_eq!(stream.glitches, []);
        let expected = (0..4800).map(|frame| if frame < 2_500 { frame } else { 0 });
        assert_eq!(counted(&run), expected.collect::<Vec<_>>());
    }
}

/// An end that falls together with that of a packet, in either half of the buffer.
#[test]
fn r151_a_last_buffer_may_be_empty_or_full() {
    for (packet, valid, frames) in [
        (5, 0, 2_400),
        (4, 0, 1_920),
        (4, 480, 2_400),
        (5, 480, 2_880),
    ] {
        let run = play(&format!(
            "{MIXER}{FILM}end-of-stream = {{ packet = {packet}, valid = \"{valid}fr\" }}\n"
        ));
        let stream = offloaded(&run);
        assert_eq!(stream.frames_by_class["fresh"], frames, "{packet}, {valid}");
        assert_eq!(stream.glitches, []);
        assert_eq!(stream.reported["eMINIPORT_LAST_BUFFER_RENDERED"], 1);
        assert_eq!(run.result.clients[0].frames_written, frames);
    }
}

/// Each alone, and added: what all of them give together.
#[test]
fn what_is_heard_is_the_sum_of_what_each_stream_alone_gives() {
    let source = |hertz: u32| {
        format!("source = {{ sine = {{ frequency = \"{hertz}Hz\", level = \"-12dB\" }} }}\n")
    };
    let clients = [
        format!(
            "[[client]]\nname = \"bell\"\nmode = \"shared-event\"\n{}",
            source(880)
        ),
        format!("{FILM}packet = \"1000fr\"\n{}", source(440)),
        format!(
            "[[client]]\nname = \"music\"\nmode = \"offload\"\nstart = \"7ms\"\nvolume = \"-5dB\"\n{}",
            source(660)
        ),
    ];
    let alone: Vec<_> = clients
        .iter()
        .map(|client| samples(&play(&format!("{MIXER}{client}"))))
        .collect();
    let together = samples(&play(&format!("{MIXER}{}", clients.concat())));
    let sum: Vec<i32> = (0..together.len())
        .map(|place| alone.iter().map(|samples| samples[place]).sum())
        .collect();
    assert_eq!(together, sum);
    for (samples, from) in alone.iter().zip([480, 0, 336]) {
        assert!(samples[2 * from + 2..].iter().any(|sample| *sample != 0));
    }
}

#[test]
fn a_volume_is_that_of_one_stream() {
    let text = format!(
        "{MIXER}{FILM}source = {{ sine = {{ frequency = \"440Hz\", level = \"0dB\" }} }}\n"
    );
    let loud = samples(&play(&text));
    let soft = samples(&play(
        &text.replace("[[client]]\n", "[[client]]\nvolume = \"-20dB\"\n"),
    ));
    let tenth = |(loud, soft): (&i32, &i32)| (loud - 10 * soft).abs() <= 6;
    assert!(loud.iter().zip(&soft).all(tenth));
    assert!(soft.iter().any(|sample| *sample > 3_000));
}

/// The device interrupts for its streams with one line, so whose DPC is late, all of them are.
#[test]
fn a_late_dpc_is_late_for_every_stream_of_the_device() {
    let run = play(&format!(
        "{MIXER}{FILM}[[client]]\nname = \"bell\"\nmode = \"shared-event\"\n\
         [[fault]]\nname = \"wifi\"\nlate-dpc = {{ event = 5, by = \"14ms\" }}\n"
    ));
    for (endpoint, frames) in run.result.endpoints.iter().zip([191, 191]) {
        let [glitch] = &endpoint.glitches[..] else {
            panic!("one glitch, not {:?}", endpoint.glitches);
        };
        assert_eq!((glitch.first_frame, glitch.frames), (2880, frames));
        assert_eq!(glitch.cause, Some("dpc_queue_wait"));
        assert_eq!(glitch.fault.as_deref(), Some("wifi"));
    }
}

/// PAUSE freezes one stream; the others go on.
#[test]
fn a_stream_that_pauses_goes_on_where_it_was() {
    let run = play(&format!(
        "{MIXER}{FILM}[[client]]\nname = \"bell\"\nmode = \"shared-event\"\n\
         [[action]]\npause = {{ client = 0, at = \"23ms\" }}\n\
         [[action]]\nrun = {{ client = 0, at = \"45ms\" }}\n"
    ));
    let [host, stream] = &run.result.endpoints[..] else {
        panic!("two streams");
    };
    assert_eq!((host.frames, host.glitches.len()), (4800, 0));
    let stays: Vec<_> = stream
        .stays
        .iter()
        .map(|stay| (stay.run, stay.start_ns, stay.first_frame, stay.frames))
        .collect();
    // A frame that has not ended when the stream pauses is mixed when it goes on.
    assert_eq!(stays, [(0, 0, 0, 1103), (0, 45_000_000, 1103, 2640)]);
    assert_eq!(stream.frames_by_class["fresh"], 3743);
    assert_eq!(stream.glitches, []);
}

/// A crystal that is fast by a thousandth plays 101 ms in 100.9.
#[test]
fn a_stream_runs_at_the_rate_of_the_device() {
    let run = play(&format!("{MIXER}drift = \"1000ppm\"\n{FILM}"));
    assert_eq!(offloaded(&run).frames, 4804, "4804.8 of them have begun");
    assert_eq!(run.heard[0].bytes.len(), 4804 * 4);
}

#[test]
fn a_stack_that_mixes_can_be_taken_up_again() {
    let scenario = parse(&format!("{MIXER}{FILM}{LATE}"));
    let whole = run(&scenario, &Inputs::new(), &EVERYTHING).unwrap();
    for millis in [0, 15, 55, 62, 99] {
        let mut stack = Stack::assemble(&scenario, &Inputs::new(), &EVERYTHING).unwrap();
        stack.run_until(SimTime::from_millis(millis)).unwrap();
        let twin = stack.fork();
        drop(stack.finish().unwrap());
        let twin = twin.finish().unwrap();
        assert_eq!(twin.result, whole.result, "{millis} ms");
        assert_eq!(twin.heard, whole.heard);
    }
}

/// The only thing wrong with the file: its key, and that there is help.
fn refused(text: &str) -> String {
    let problems = Scenario::parse(text).unwrap_err();
    let all: Vec<_> = problems.iter().collect();
    let [one] = &all[..] else {
        panic!("one problem, not {all:#?}");
    };
    assert!(one.line > 1, "it names its place");
    assert!(
        one.help.is_some() || one.message.contains("expected"),
        "{one:?}"
    );
    one.key.clone()
}

#[test]
fn r144_more_streams_than_the_device_mixes_are_refused() {
    let more = |n: u32| format!("[[client]]\nname = \"more {n}\"\nmode = \"offload\"\n");
    let text = format!("{MIXER}{FILM}{}{}", more(1), more(2));
    assert_eq!(refused(&text), "client[2].mode");
    let text = text.replace(
        "[[client]]\nname = \"film\"",
        "[device.offload]\nstreams = 3\n[[client]]\nname = \"film\"",
    );
    play(&text);
}

#[test]
fn what_a_device_that_mixes_cannot_do_is_refused() {
    let good = format!("{MIXER}{FILM}");
    for (more, key) in [
        ("packets = 1\n", "client[0].packets"),
        ("packets = 3\n", "client[0].packets"),
        ("volume = \"1dB\"\n", "client[0].volume"),
        (
            "[[fault]]\nlost-notification = { event = 5 }\n",
            "fault[0].lost-notification",
        ),
        (
            "[[fault]]\nlpib-lag = { frames = \"5fr\" }\n",
            "fault[0].lpib-lag",
        ),
        (
            "[[action]]\nremove = { at = \"5ms\" }\n",
            "action[0].remove",
        ),
        ("[device.offload]\nstreams = 0\n", "device.offload.streams"),
    ] {
        if key == "device.offload.streams" {
            let none = format!("{MIXER}{more}");
            assert_eq!(refused(&none), key);
        } else {
            assert_eq!(refused(&format!("{good}{more}")), key);
        }
    }
    for (key, value) in [
        ("preset", "\"hd-audio\""),
        ("class", "\"dsp\""),
        ("more-packets", "true"),
        ("looping", "false"),
        ("format", "{ sample = \"s32\" }"),
    ] {
        let key_of = if key == "format" {
            "format.sample"
        } else {
            key
        };
        let text = format!("{MIXER}{key} = {value}\n{FILM}");
        assert_eq!(refused(&text), format!("device.{key_of}"));
    }
}

#[test]
fn what_only_a_device_that_mixes_can_do_is_refused_of_others() {
    let plain = MIXER.replace("kind = \"offload\"\n", "");
    assert_eq!(refused(&format!("{plain}{FILM}")), "client[0].mode");
    let unused = "[device.offload]\nstreams = 3\n[[client]]\nmode = \"exclusive-event\"\n";
    assert_eq!(refused(&format!("{plain}{unused}")), "device.offload");
}
