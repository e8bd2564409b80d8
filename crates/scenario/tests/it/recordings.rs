//! Recordings: samples and provenance tell the same story, and so do both kinds of client.

use miniport::virtual_audio::{Tone, ToneOptions};
use scenario::{Inputs, Microphone, Run, RunOptions, Scenario, Stack, run, shipped};
use truth::{CaptureLedger, PacketRead};
use units::{SimDuration, SimTime, WaveFormat};

use crate::runs::named;
use crate::sounds;

const EVERYTHING: RunOptions = RunOptions {
    seed: None,
    keep_history: true,
    keep_samples: true,
};

fn ledger(run: &Run) -> &CaptureLedger {
    run.captured[0].as_ref().unwrap()
}

/// The numbers that the frame counter put into frames of 16-bit stereo.
fn counted(bytes: &[u8]) -> Vec<u64> {
    let number = |frame: &[u8]| u64::from(u32::from_le_bytes(frame.try_into().unwrap()));
    bytes.chunks_exact(4).map(number).collect()
}

/// What the packets held that were read, one after the other.
fn held(reads: &[PacketRead]) -> Vec<u64> {
    let parts = reads.iter().flat_map(|read| &read.held);
    let numbers = parts.flat_map(|held| {
        let first = held.recorded.map_or(0, |(_, frame)| frame);
        let step = u64::from(held.recorded.is_some());
        (0..held.frames).map(move |at| first + at * step)
    });
    numbers.collect()
}

/// Those frames of the tone of the sample driver. Its first frame is 0, like what nobody wrote.
fn toned(format: WaveFormat, numbers: &[u64]) -> Vec<u8> {
    let frame = format.frame_bytes() as usize;
    let mut tone = Tone::new(format, ToneOptions::default()).unwrap();
    let frames = numbers.iter().max().map_or(0, |last| last + 1);
    let mut all = vec![0; usize::try_from(frames).unwrap() * frame];
    tone.generate(&mut all);
    let place = |number: &u64| usize::try_from(*number).unwrap() * frame;
    let bytes = numbers
        .iter()
        .map(|number| &all[place(number)..place(number) + frame]);
    bytes.flatten().copied().collect()
}

#[test]
fn s31_s32_s33_s34_s35_s36_a_recording_holds_the_frames_that_provenance_names() {
    let mut compared = 0;
    for each in shipped() {
        let scenario = Scenario::parse(each.text).unwrap();
        if scenario.microphone.is_none() {
            continue;
        }
        let run = run(&scenario, &sounds::of(&scenario), &EVERYTHING).unwrap();
        let held = held(&ledger(&run).account().reads);
        let recorded = &run.recorded[0];
        match &scenario.microphone {
            Some(Microphone { mode: Some(_), .. }) => {
                assert!(
                    recorded.bytes == toned(recorded.format, &held),
                    "{}",
                    each.path
                );
            }
            _ => assert_eq!(counted(&recorded.bytes), held, "{}", each.path),
        }
        let recorded = recorded.bytes.chunks_exact(4);
        let mut tapes = run.result.clients.iter();
        let tape = tapes.find_map(|client| client.recorded.as_ref()).unwrap();
        assert_eq!(tape.frames, recorded.len() as u64, "{}", each.path);
        compared += recorded.len();
    }
    assert!(compared > 200_000, "{compared} frames");
}

/// The frame that is recorded in the place of a frame that is as it should be is that frame, and
/// where the ledger calls it torn or early it is another.
#[test]
fn s35_s36_where_the_ledger_says_so_and_nowhere_else_the_sound_is_wrong() {
    for name in ["s35-torn-capture", "s36a-reading-too-early"] {
        let scenario = named(name);
        let run = run(&scenario, &Inputs::new(), &EVERYTHING).unwrap();
        let recorded = counted(&run.recorded[0].bytes);
        let wrong: Vec<u64> = (0..)
            .zip(&recorded)
            .filter(|(at, there)| at != *there)
            .map(|(at, _)| at)
            .collect();
        let glitch = ledger(&run).glitches()[0];
        let expected: Vec<u64> = (glitch.first..glitch.first + glitch.frames).collect();
        assert_eq!(wrong, expected, "{name}");
        let place = usize::try_from(glitch.first).unwrap();
        assert_eq!(Some(recorded[place]), glitch.holds, "{name}");
    }
}

/// The engine and an exclusive client lose the same frames to the same delay.
#[test]
fn a_shared_and_an_exclusive_client_have_the_same_truth() {
    for late in ["0ms", "9.9ms", "10ms", "10.001ms", "14ms", "25ms", "60ms"] {
        let play = |client: &str, thread: &str| {
            let text = format!(
                "name = \"both\"\nduration = \"300ms\"\n[microphone]\n[[client]]\nmode = \"{client}\"\n\
                 [[fault]]\nlate-wake-up = {{ {thread}, event = 5, by = \"{late}\" }}\n"
            );
            let scenario = Scenario::parse(&text).unwrap_or_else(|error| panic!("{error}"));
            run(&scenario, &Inputs::new(), &EVERYTHING).unwrap()
        };
        let shared = play("shared-capture", "capture-engine = true");
        let exclusive = play("exclusive-capture", "client = 0");
        let [one, other] = [&shared, &exclusive].map(ledger);
        assert_eq!(one.spans(), other.spans(), "{late}");
        assert_eq!(one.glitches(), other.glitches(), "{late}");
        assert_eq!(
            shared.recorded[0].bytes, exclusive.recorded[0].bytes,
            "{late}"
        );
        let of = |run: &Run| run.result.endpoints[0].reported.clone();
        assert_eq!(of(&shared), of(&exclusive), "{late}");
    }
}

/// What is heard is what was recorded 1440 frames before, sample for sample.
#[test]
fn s74_the_sound_comes_out_three_packets_after_it_went_in() {
    for (name, way) in [("s74a-round-trip", 1440), ("s74b-short-round-trip", 384)] {
        let run = run(&named(name), &Inputs::new(), &EVERYTHING).unwrap();
        let heard = counted(&run.heard[0].bytes);
        let (silent, sounding) = heard.split_at(way);
        assert!(silent.iter().all(|frame| *frame == 0), "{name}");
        let expected: Vec<u64> = (0..sounding.len() as u64).collect();
        assert_eq!(sounding, expected, "{name}");
        assert_eq!(
            counted(&run.recorded[0].bytes)[..sounding.len()],
            expected,
            "{name}"
        );
    }
}

/// A late loop-through is later from then on, and loses nothing.
#[test]
fn a_late_client_makes_the_way_longer() {
    let scenario = named("s74a-round-trip");
    let mut text = scenario::shipped()
        .iter()
        .find(|each| each.name == "s74a-round-trip")
        .unwrap()
        .text
        .to_owned();
    text.truncate(text.find("[expect]").unwrap());
    text += "[[fault]]\nlate-wake-up = { client = 0, event = 5, by = \"12ms\" }\n";
    let late = Scenario::parse(&text).unwrap();
    assert_eq!(late.clients, scenario.clients);
    let run = run(&late, &Inputs::new(), &RunOptions::default()).unwrap();
    let trip = run.result.clients[0].round_trip.unwrap();
    assert_eq!((trip.min_ns, trip.max_ns), (30_000_000, 40_000_000));
    assert_eq!(run.result.endpoints[1].frames_by_class["lost"], 0);
    assert_eq!(run.result.clients[0].starved_passes, 1);
}

#[test]
fn truth6_a_recording_is_taken_up_anywhere() {
    for name in [
        "s32-capture-overrun",
        "s34a-oldest-first-driver",
        "s35-torn-capture",
        "s74a-round-trip",
    ] {
        let scenario = named(name);
        let whole = run(&scenario, &Inputs::new(), &EVERYTHING).unwrap();
        for micros in [0, 5_000, 50_000, 55_000, 60_020, 64_000, 120_000, 499_999] {
            let mut stack = Stack::assemble(&scenario, &Inputs::new(), &EVERYTHING).unwrap();
            let at = SimTime::ZERO + SimDuration::from_micros(micros);
            stack.run_until(at).unwrap();
            let twin = stack.fork();
            for half in [twin.finish().unwrap(), stack.finish().unwrap()] {
                assert_eq!(whole.result, half.result, "{name} split at {micros} us");
                assert_eq!(whole.recorded, half.recorded, "{name} split at {micros} us");
                assert_eq!(whole.heard, half.heard, "{name} split at {micros} us");
            }
        }
    }
}

/// A client that does not come loses what its buffer has no room for, and its neighbour nothing.
#[test]
fn e14_a_late_listener_loses_its_own_frames_only() {
    let text = "name = \"two listeners\"\nduration = \"300ms\"\n[microphone]\n\
        [[client]]\nmode = \"shared-capture\"\n[[client]]\nmode = \"shared-capture\"\n\
        [[fault]]\nlate-wake-up = { client = 0, event = 5, by = \"35ms\" }\n";
    let run = run(&Scenario::parse(text).unwrap(), &Inputs::new(), &EVERYTHING).unwrap();
    let microphone = &run.result.endpoints[0];
    assert_eq!(microphone.frames_by_class["client_overrun"], 960);
    assert_eq!(microphone.reported["event 34"], 2);
    let glitch = &microphone.glitches[0];
    assert_eq!(
        (glitch.kind, glitch.first_frame, glitch.frames),
        ("G3", 2880, 960)
    );
    assert_eq!(glitch.fault.as_deref(), Some("late-wake-up-0"));
    let tapes: Vec<_> = run
        .result
        .clients
        .iter()
        .map(|client| client.recorded.as_ref().unwrap())
        .collect();
    let got = |place: usize| {
        (
            tapes[place].frames,
            tapes[place].discontinuities,
            tapes[place].overrun_frames,
        )
    };
    assert_eq!((got(0), got(1)), ((13_440, 1, 960), (14_400, 0, 0)));
    assert!(run.report().contains("had no room for it"));
}

#[test]
fn what_makes_no_sense_on_the_recording_side_is_refused_with_its_place() {
    for (text, key, words) in [
        (
            "[[client]]\nmode = \"shared-capture\"",
            "client[0].mode",
            "there is no microphone",
        ),
        (
            "[microphone]\n[[client]]\nmode = \"shared-capture\"\nvolume = \"0dB\"",
            "client[0].volume",
            "plays only",
        ),
        (
            "[microphone]\n[[client]]\nmode = \"shared-capture\"\nsource = { counter = {} }",
            "client[0].source",
            "plays nothing",
        ),
        (
            "[microphone]\n[[client]]\nmode = \"exclusive-capture\"\nbuffer = \"960fr\"",
            "client[0].buffer",
            "shared client",
        ),
        (
            "[microphone]\n[[client]]\nmode = \"exclusive-capture\"\npackets = 4",
            "client[0].packets",
            "Windows knows 1 or 2",
        ),
        (
            "[microphone]\n[[client]]\nmode = \"exclusive-capture\"\n[[client]]\nmode = \"shared-capture\"",
            "client[0].mode",
            "for itself",
        ),
        (
            "[microphone]\nname = \"speaker\"",
            "microphone.name",
            "another part",
        ),
        (
            "[microphone]\nname = \"capture engine\"",
            "microphone.name",
            "another part",
        ),
        (
            "[microphone]\nformat = { rate = \"44.1kHz\" }\n[[client]]\nmode = \"shared-through\"",
            "client[0].mode",
            "nothing converts rates",
        ),
        (
            "[microphone]\n[[client]]\nmode = \"shared-capture\"\n[[action]]\nread-slot = { client = 0, at = \"1ms\", slot = 0, packet = 0 }",
            "action[0].read-slot.client",
            "exclusive",
        ),
        (
            "[microphone]\n[[client]]\nmode = \"exclusive-capture\"\n[[fault]]\nlate-wake-up = { capture-engine = true, event = 1, by = \"1ms\" }",
            "fault[0].late-wake-up.capture-engine",
            "no engine",
        ),
        (
            "[microphone]\n[[client]]\nmode = \"shared-through\"\n[[fault]]\nlost-notification = { event = 5 }",
            "fault[0].lost-notification",
            "of which device",
        ),
    ] {
        let text = format!("name = \"odd\"\nduration = \"10ms\"\n{text}\n");
        let found = Scenario::parse(&text).expect_err(&text).to_string();
        assert!(found.contains(words), "{key}: {words}: {found}");
    }
}

/// Whatever the device stores when: a packet was read in time exactly if all of it is there.
#[test]
fn a_margin_is_negative_exactly_where_a_packet_is_torn() {
    let mut torn = 0;
    for preset in ["", "preset = \"hd-audio\"\n"] {
        for late in [
            "9.95ms", "9.999ms", "10ms", "10.001ms", "10.05ms", "10.2ms", "13ms",
        ] {
            let text = format!(
                "name = \"blind\"\nduration = \"300ms\"\n[microphone]\n{preset}[[client]]\n\
                 mode = \"exclusive-capture\"\npolicy = \"blind\"\n\
                 [[fault]]\nlate-wake-up = {{ client = 0, event = 5, by = \"{late}\" }}\n"
            );
            let scenario = Scenario::parse(&text).unwrap();
            let run = run(&scenario, &Inputs::new(), &EVERYTHING).unwrap();
            let recorded = counted(&run.recorded[0].bytes);
            let wrong = (0..).zip(&recorded).filter(|(at, there)| at != *there);
            let by_class = &run.result.endpoints[0].frames_by_class;
            assert_eq!(wrong.count() as u64, by_class["torn"], "{preset}{late}");
            for (read, margin) in ledger(&run).margins() {
                let whole = held(std::slice::from_ref(read));
                let is_torn = whole.first() != Some(&(read.packet * 480));
                assert_eq!(
                    margin.unwrap() < 0,
                    is_torn,
                    "{preset}{late} {}",
                    read.packet
                );
                torn += u32::from(is_torn);
            }
        }
    }
    assert!(torn >= 6, "{torn} packets");
}
