//! Faults, actions and refusals that no shipped scenario has.

use std::sync::Arc;

use scenario::{Inputs, Pcm, Run, RunError, RunOptions, Scenario, run, shipped};

const EXCLUSIVE: &str =
    "name = \"x\"\nduration = \"100ms\"\n[[client]]\nmode = \"exclusive-event\"\n";
const SHARED: &str = "name = \"x\"\nduration = \"100ms\"\n[[client]]\nmode = \"shared-event\"\n";

fn play(text: &str, inputs: &Inputs) -> Result<Run, RunError> {
    let scenario = Scenario::parse(text).unwrap_or_else(|e| panic!("{e}"));
    run(&scenario, inputs, &RunOptions::default())
}

#[test]
fn a_late_dpc_is_the_cause() {
    let fault = "[[fault]]\nname = \"wifi\"\nlate-dpc = { event = 5, by = \"14ms\" }\n";
    let run = play(&format!("{EXCLUSIVE}{fault}"), &Inputs::new()).unwrap();
    let [glitch] = &run.result.endpoints[0].glitches[..] else {
        panic!("one glitch, not {:?}", run.result.endpoints[0].glitches);
    };
    assert_eq!((glitch.first_frame, glitch.frames), (2880, 192));
    assert_eq!(
        (glitch.cause, glitch.cause_ns),
        (Some("dpc_queue_wait"), Some(14_000_000))
    );
    assert_eq!(glitch.fault.as_deref(), Some("wifi"));
}

#[test]
fn a_late_isr_is_the_cause() {
    let fault = "[[fault]]\nname = \"smi\"\nlate-isr = { event = 5, by = \"14ms\" }\n";
    let run = play(&format!("{EXCLUSIVE}{fault}"), &Inputs::new()).unwrap();
    let [glitch] = &run.result.endpoints[0].glitches[..] else {
        panic!("one glitch, not {:?}", run.result.endpoints[0].glitches);
    };
    assert_eq!((glitch.first_frame, glitch.frames), (2880, 192));
    assert_eq!(
        (glitch.cause, glitch.cause_ns),
        (Some("mask_wait"), Some(14_000_000))
    );
    assert_eq!(glitch.fault.as_deref(), Some("smi"));
    let notifications = run.result.endpoints[0].notifications;
    assert_eq!(
        notifications.interrupts, 9,
        "one fewer than 10: two fell together"
    );
}

/// Delays of DPC, thread and work add up, and the longest part is the cause.
#[test]
fn the_longest_part_is_the_cause() {
    let rest = "service = \"1ms\"\n[[fault]]\nlate-dpc = { event = 5, by = \"4ms\" }\n\
                [[fault]]\nlate-wake-up = { client = 0, event = 5, by = \"9ms\" }\n";
    let run = play(&format!("{EXCLUSIVE}{rest}"), &Inputs::new()).unwrap();
    let glitch = &run.result.endpoints[0].glitches[0];
    assert_eq!((glitch.first_frame, glitch.frames), (2880, 192));
    assert_eq!(
        (glitch.cause, glitch.cause_ns),
        (Some("ready_wait"), Some(9_000_000))
    );
}

/// A driver that writes back what it read would ask for a reset in RUN.
#[test]
fn f19_a_pause_within_a_slow_reset_is_a_pause() {
    let rest = "[[action]]\npause = { client = 0, at = \"0us\" }\n\
                [[fault]]\nsrst-slow = { lasts = \"30ms\" }\n";
    let run = play(&format!("{EXCLUSIVE}{rest}"), &Inputs::new()).unwrap();
    assert_eq!(run.result.endpoints[0].frames, 0);
}

/// Each kind of device and each suite plays; one whose positions move with its packets, or as
/// time does, plays everything.
#[test]
fn every_class_and_every_suite_plays() {
    let schema = scenario::schema();
    let words = |name: &str| -> Vec<String> {
        let all = schema["$defs"][name]["oneOf"].as_array().unwrap();
        let words = all
            .iter()
            .map(|each| each["const"].as_str().unwrap().to_owned());
        words.collect()
    };
    for (key, name) in [("class", "Class"), ("faults", "Suite")] {
        let words = words(name);
        assert!(words.len() > 3);
        for word in words {
            let device = format!("[device]\n{key} = \"{word}\"\n");
            let run = play(&format!("{EXCLUSIVE}{device}"), &Inputs::new()).unwrap();
            let speaker = &run.result.endpoints[0];
            assert!(speaker.frames > 0, "{word}");
            let named = |glitch: &scenario::GlitchResult| glitch.fault.as_deref() == Some(&word);
            assert!(
                speaker.glitches.iter().all(named),
                "{word}: {:?}",
                speaker.glitches
            );
        }
    }
}

#[test]
fn a_shared_client_pauses_and_what_it_left_out_is_no_glitch() {
    let rest = "[[action]]\npause = { client = 0, at = \"35ms\" }\n\
                [[action]]\nrun = { client = 0, at = \"65ms\" }\n";
    let run = play(&format!("{SHARED}{rest}"), &Inputs::new()).unwrap();
    let speaker = &run.result.endpoints[0];
    assert!(
        speaker.glitches.is_empty() && speaker.reported.is_empty(),
        "{speaker:?}"
    );
    assert_eq!(speaker.frames_by_class["fresh"], 4800);
}

/// A burst waits a millisecond, longer than the FIFO of the preset bears; half of one it does.
#[test]
fn a_device_whose_bus_is_slow_plays_zeros_or_stands_still() {
    let device = |latency: &str, rest: &str| {
        let device = format!("[device]\npreset = \"hd-audio\"\ngrant-latency = \"{latency}\"\n");
        let run = play(&format!("{EXCLUSIVE}{device}{rest}"), &Inputs::new()).unwrap();
        let speaker = &run.result.endpoints[0];
        let fresh = speaker.frames_by_class["fresh"];
        (fresh == speaker.frames, speaker.frames)
    };
    assert!(device("500us", "").0);
    let (is_fresh, frames) = device("1ms", "");
    assert!(!is_fresh && frames > 4_700);
    let (is_fresh, frames) = device("1ms", "fifo-underrun = \"freeze\"\n");
    assert!(is_fresh && frames < 4_700, "{frames}");
}

#[test]
fn nobody_plays() {
    let run = play("name = \"x\"\nduration = \"100ms\"\n", &Inputs::new()).unwrap();
    assert_eq!((run.result.endpoints[0].frames, run.result.met), (0, true));
    assert!(run.report().contains("Nobody opened"));
}

#[test]
fn a_sound_is_handed_in_at_the_rate_of_the_device() {
    let text = format!("{SHARED}source = {{ wav = {{ path = \"a.wav\" }} }}\n");
    let missing = play(&text, &Inputs::new()).unwrap_err();
    assert_eq!(
        missing,
        RunError::MissingInput {
            path: "a.wav".into()
        }
    );

    let mut pcm = Pcm {
        rate_hz: 44_100,
        channels: 1,
        samples: Arc::from(vec![0.5; 441]),
        converted_from_hz: None,
    };
    let wrong = play(&text, &Inputs::from([("a.wav".into(), pcm.clone())])).unwrap_err();
    assert!(matches!(
        wrong,
        RunError::InputRate {
            rate_hz: 44_100,
            needed_hz: 48_000,
            ..
        }
    ));

    pcm.rate_hz = 48_000;
    pcm.converted_from_hz = Some(44_100);
    let run = play(&text, &Inputs::from([("a.wav".into(), pcm)])).unwrap();
    assert_eq!(run.result.conversions[0].from_hz, 44_100);
    assert!(run.report().contains("converted from 44100 Hz to 48000 Hz"));
}

/// At 192 kHz a link frame carries four frames, and this FIFO holds one.
#[test]
fn what_the_device_would_refuse_is_said_before_it_is_asked() {
    let device = "[device]\npreset = \"hd-audio\"\nprefetch = \"0fr\"\nburst = \"1fr\"\n\
                  format = { rate = \"192kHz\" }\n";
    let refused = Scenario::parse(&format!("{EXCLUSIVE}{device}")).unwrap_err();
    let keys: Vec<_> = refused.iter().map(|each| each.key.as_str()).collect();
    assert_eq!(keys, ["device.prefetch"]);
}

/// Each client draws its own: two that make noise are not one that is twice as loud.
#[test]
fn the_noise_of_one_client_is_not_that_of_another() {
    let heard = |name: &str| {
        let text = format!("{SHARED}name = \"{name}\"\nsource = {{ noise = {{}} }}\n");
        let scenario = Scenario::parse(&text).unwrap();
        let options = RunOptions {
            keep_samples: true,
            ..RunOptions::default()
        };
        run(&scenario, &Inputs::new(), &options).unwrap().heard[0].hash()
    };
    assert_eq!(heard("wind"), heard("wind"));
    assert_ne!(heard("wind"), heard("rain"));
}

#[test]
fn another_seed_is_another_noise_and_the_same_history() {
    let text = format!("{SHARED}source = {{ noise = {{}} }}\n");
    let scenario = Scenario::parse(&text).unwrap();
    let heard = |seed| {
        let options = RunOptions {
            seed,
            keep_samples: true,
            ..RunOptions::default()
        };
        let run = run(&scenario, &Inputs::new(), &options).unwrap();
        (run.result.seed, run.result.digest, run.heard[0].hash())
    };
    let (one, other) = (heard(None), heard(Some(8)));
    assert_eq!((one.0, other.0), (0, 8));
    assert_eq!(one.1, other.1);
    assert_ne!(one.2, other.2);
}

/// A pass at the start fills all packets but one; a client whose buffer nobody stated has them.
#[test]
fn the_buffer_by_default_bears_the_first_pass_with_any_number_of_packets() {
    for packets in 1..=8 {
        let text = format!(
            "name = \"{packets} packets\"\nduration = \"200ms\"\n\
             device = {{ more-packets = true }}\nengine = {{ packets = {packets} }}\n\
             [[client]]\nmode = \"shared-event\"\n"
        );
        let run = play(&text, &Inputs::default()).unwrap();
        let silent = run.result.endpoints[0]
            .frames_by_class
            .get("engine_silence");
        assert_eq!(silent.copied().unwrap_or_default(), 0, "{packets} packets");
    }
}

/// Whoever counts by a record that is right counts as by the counters.
#[test]
fn a_position_record_that_is_right_misleads_nobody() {
    let of = |source: &str, rest: &str| {
        let device = format!("[device]\nposition-source = \"{source}\"\n{rest}");
        let run = play(&format!("{EXCLUSIVE}{device}"), &Inputs::new()).unwrap();
        let speaker = run.result.endpoints[0].clone();
        (
            speaker.frames_by_class["fresh"],
            speaker.packet_count,
            speaker.glitches.len(),
        )
    };
    let by_counters = of("lpib", "");
    assert_eq!(by_counters, (4_800, Some(10), 0));
    assert_eq!(of("position-buffer", ""), by_counters);
    assert_eq!(of("position-buffer-only", ""), by_counters);
}

/// All ones are as dead as 0.
#[test]
fn f04_a_dead_record_is_given_up_at_the_first_interrupt() {
    for shows in ["zero", "all-ones"] {
        let fault = format!(
            "[device]\nposition-source = \"position-buffer\"\n\
             [[fault]]\nposbuf-dead = {{ shows = \"{shows}\" }}\n"
        );
        let run = play(&format!("{EXCLUSIVE}{fault}"), &Inputs::new()).unwrap();
        let speaker = &run.result.endpoints[0];
        assert_eq!(speaker.frames_by_class["fresh"], 4_800, "{shows}");
    }
}

/// Each of the thirty numbers is that of a key, and a scenario named after the number switches it on.
#[test]
fn every_fault_of_the_hardware_is_switched_on_by_a_shipped_scenario() {
    let schema = scenario::schema();
    let keys = schema["$defs"]["Fault"]["properties"].as_object().unwrap();
    for number in 1..=30 {
        let own: Vec<&str> = keys
            .iter()
            .filter(|(_, key)| {
                let says = key["description"].as_str().unwrap_or_default();
                says.starts_with(&format!("F{number:02}: "))
            })
            .map(|(key, _)| key.as_str())
            .collect();
        assert!(!own.is_empty(), "no key has the number {number}");
        let file = format!("faults/f{number:02}");
        let shipped = scenario::shipped().iter();
        let mut switched = shipped
            .filter(|each| each.path.starts_with(&file))
            .flat_map(|each| each.text.lines());
        let is_own = |line: &str| {
            line.split_once(" = ")
                .is_some_and(|(key, _)| own.contains(&key))
        };
        assert!(switched.any(is_own), "{own:?} is in no {file}");
    }
}

/// Turn 11 is held when turn 10 is played, so descriptor 0 is found changed at turn 12, at 120 ms, and
/// descriptor 1 at turn 13; by a device that reads its list once neither is.
#[test]
fn f23_which_descriptor_changes_says_when_it_is_heard() {
    let first_glitch = |descriptor: u32, rest: &str| {
        let action = format!(
            "[[action]]\nrewrite-descriptor = {{ at = \"105ms\", descriptor = {descriptor}, \
             points-to = {} }}\n",
            1 - descriptor
        );
        let text = format!("{EXCLUSIVE}{action}{rest}").replace("100ms", "200ms");
        let run = play(&text, &Inputs::new()).unwrap();
        let glitches = run.result.endpoints[0].glitches.iter();
        glitches.map(|glitch| glitch.first_frame).min()
    };
    assert_eq!(first_glitch(0, ""), Some(12 * 480));
    assert_eq!(first_glitch(1, ""), Some(13 * 480));
    let snapshot = "[[fault]]\nbdl-snapshot = {}\n";
    assert_eq!(first_glitch(0, snapshot), None);
    assert_eq!(first_glitch(1, snapshot), None);
}

/// A descriptor that points elsewhere and back before its next turn was never elsewhere.
#[test]
fn f23_what_is_undone_in_time_is_not_heard() {
    let back = |at: &str| {
        let actions = format!(
            "[[action]]\nrewrite-descriptor = {{ at = \"35ms\", descriptor = 1, points-to = 0 }}\n\
             [[action]]\nrewrite-descriptor = {{ at = \"{at}\", descriptor = 1, points-to = 1 }}\n"
        );
        let run = play(&format!("{EXCLUSIVE}{actions}"), &Inputs::new()).unwrap();
        run.result.endpoints[0].glitches.len()
    };
    // Turn 5, at 50 ms, is taken up at 40 ms.
    assert_eq!(back("39ms"), 0);
    assert_eq!(back("41ms"), 2);
}

/// At 96 kHz 20 µs are 1.92 frames. At an interrupt frame 957 of 960 began 30.2 µs ago, frame 958 19.8: it and
/// frame 959 are not there. 10 packets miss 2 frames each.
#[test]
fn f28_the_suite_of_a_recording_skylake_has_late_data() {
    let text = "name = \"x\"\nduration = \"100ms\"\n\
                [microphone]\nfaults = \"skylake-capture\"\nformat = { rate = \"96kHz\" }\n\
                position-source = \"position-buffer\"\n\
                [[client]]\nmode = \"exclusive-capture\"\n";
    let run = play(text, &Inputs::new()).unwrap();
    let microphone = run.result.endpoints.last().unwrap();
    assert_eq!(microphone.frames_by_class["ok"], 9_600 - 20);
}

/// With these a driver copes so well that not even the order of events differs.
const COPED_WITH: [u32; 5] = [4, 11, 16, 17, 19];

/// The digest of a shipped file, and of the same without its faults.
fn digests(text: &str) -> [String; 2] {
    let broken = Scenario::parse(text).unwrap();
    let mut sound = broken.clone();
    sound.faults.clear();
    sound
        .actions
        .retain(|action| action.rewrite_descriptor.is_none());
    [broken, sound].map(|scenario| {
        let run = run(&scenario, &Inputs::new(), &RunOptions::default());
        run.unwrap().result.digest
    })
}

/// F01 to F30 each have a file, and what happens there is another story than without the fault.
#[test]
fn each_fault_of_hardware_is_switched_on_by_a_scenario() {
    for number in 1..=30 {
        let prefix = format!("faults/f{number:02}");
        let files = shipped().iter().filter(|it| it.path.starts_with(&prefix));
        let mut of_this = 0;
        for each in files {
            let [broken, sound] = digests(each.text);
            let is_coped_with = COPED_WITH.contains(&number);
            assert_eq!(broken == sound, is_coped_with, "{}", each.path);
            of_this += 1;
        }
        assert!(of_this > 0, "no scenario for F{number:02}");
    }
}
