//! A microphone on the controller of the speaker.

use scenario::{EndpointResult, Inputs, RunOptions, Scenario, Stack, run};
use units::{SimDuration, SimTime};

const BOTH: &str = "name = \"x\"\nduration = \"300ms\"\n\
                    [[client]]\nmode = \"exclusive-event\"\n\
                    [[client]]\nmode = \"exclusive-capture\"\nstart = \"33ms\"\n";

fn endpoints(text: &str) -> Vec<EndpointResult> {
    let scenario = Scenario::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let run = run(&scenario, &Inputs::new(), &RunOptions::default()).unwrap();
    assert!(run.result.violations.is_empty(), "{text}");
    run.result.endpoints
}

/// What is heard and what is recorded does not depend on who else is there; how often the line goes
/// up does.
#[test]
fn two_streams_of_one_controller_do_what_they_do_on_two() {
    let of = |rest: &str| endpoints(&format!("{BOTH}[microphone]\n{rest}"));
    let late = "[[fault]]\nlate-wake-up = { client = 1, event = 5, by = \"25ms\" }\n\
                [[fault]]\nlate-wake-up = { client = 0, event = 7, by = \"25ms\" }\n";
    for rest in ["", late] {
        let [mut own, mut shared] = [of(rest), of(&format!("controller = \"speaker\"\n{rest}"))];
        let lines = |endpoints: &[EndpointResult]| {
            let all = endpoints.iter().map(|endpoint| endpoint.notifications);
            all.map(|all| (all.interrupts, all.event_sets))
                .collect::<Vec<_>>()
        };
        assert_eq!(lines(&own), [(30, 30), (26, 26)]);
        assert_eq!(lines(&shared), [(56, 30), (56, 26)]);
        for endpoint in own.iter_mut().chain(&mut shared) {
            endpoint.notifications = scenario::Notifications::default();
        }
        assert_eq!(own, shared, "{rest}");
    }
}

/// A crystal that is fast by 1000 ppm is so for both: of 14414.4 frames the last one has begun to
/// leave, of 12828.8 that come in it has not arrived.
#[test]
fn two_streams_of_one_controller_have_one_crystal() {
    let fast = "[device]\ndrift = \"1000ppm\"\n[microphone]\ncontroller = \"speaker\"\n";
    let both = endpoints(&format!("{BOTH}{fast}"));
    let frames: Vec<_> = both.iter().map(|endpoint| endpoint.frames).collect();
    assert_eq!(frames, [14_415, 12_828]);
}

/// Both ask at the same instant: there is one interrupt, and one DPC that tells both.
#[test]
fn one_interrupt_serves_both_streams() {
    let together = BOTH.replace("start = \"33ms\"", "");
    let both = endpoints(&format!(
        "{together}[microphone]\ncontroller = \"speaker\"\n"
    ));
    for endpoint in both {
        let told = endpoint.notifications;
        assert_eq!(
            (told.interrupts, told.dpc_runs, told.event_sets),
            (30, 30, 30)
        );
    }
}

/// A message that is lost was that of the microphone, at 43 ms; the line stays up, and the speaker
/// is told of nothing after its packet of 40 ms either.
#[test]
fn f09_a_lost_message_silences_all_streams_of_the_controller() {
    let rest = "[microphone]\ncontroller = \"speaker\"\n[[fault]]\nmsi-edge-lost = { event = 5 }\n";
    let [speaker, microphone] = &endpoints(&format!("{BOTH}{rest}"))[..] else {
        panic!("two endpoints");
    };
    let told = |endpoint: &EndpointResult| endpoint.notifications.event_sets;
    assert_eq!((told(speaker), told(microphone)), (4, 0));
    // Packets 5 to 30.
    assert_eq!(speaker.notifications.lost, 26);
    let by_fault =
        |glitch: &scenario::GlitchResult| glitch.fault.as_deref() == Some("msi-edge-lost-0");
    assert!(!speaker.glitches.is_empty() && speaker.glitches.iter().all(by_fault));
}

/// The same of a device that is gone when the microphone interrupts at 43 ms.
#[test]
fn f18_an_interrupt_that_nobody_answers_silences_all_streams_of_the_controller() {
    let rest = "[microphone]\ncontroller = \"speaker\"\n\
                [[fault]]\nreads-all-ones = { from = \"42ms\", until = \"44ms\" }\n";
    let [speaker, microphone] = &endpoints(&format!("{BOTH}{rest}"))[..] else {
        panic!("two endpoints");
    };
    let told = |endpoint: &EndpointResult| endpoint.notifications.event_sets;
    assert_eq!((told(speaker), told(microphone)), (4, 0));
    assert_eq!(speaker.notifications.lost, 26);
}

#[test]
fn two_streams_of_one_controller_are_taken_up_anywhere() {
    let mut shipped = scenario::shipped().iter();
    let stalls = shipped.find(|each| each.name == "f29-playback-stalls");
    let scenario = Scenario::parse(stalls.unwrap().text).unwrap();
    let options = RunOptions {
        keep_samples: true,
        ..RunOptions::default()
    };
    let whole = run(&scenario, &Inputs::new(), &options).unwrap();
    for micros in [0, 102_999, 103_000, 104_500, 108_000, 250_000] {
        let mut stack = Stack::assemble(&scenario, &Inputs::new(), &options).unwrap();
        let at = SimTime::ZERO + SimDuration::from_micros(micros);
        stack.run_until(at).unwrap();
        let twin = stack.fork();
        for half in [twin.finish().unwrap(), stack.finish().unwrap()] {
            assert_eq!(whole.result, half.result, "split at {micros} us");
            assert_eq!(whole.recorded, half.recorded, "split at {micros} us");
        }
    }
}

/// What cannot be on that controller, or would be two things at once, is said before it is tried.
#[test]
fn a_controller_that_cannot_be_shared_is_refused() {
    let shared = "[microphone]\ncontroller = \"speaker\"\n";
    let capture = "name = \"x\"\nduration = \"1s\"\n[[client]]\nmode = \"exclusive-capture\"\n";
    for (text, key) in [
        (
            format!("{BOTH}[device]\nkind = \"virtual\"\n{shared}"),
            "microphone.controller",
        ),
        (
            format!("{BOTH}{shared}kind = \"virtual\"\n"),
            "microphone.controller",
        ),
        (format!("{capture}{shared}"), "microphone.controller"),
        (
            format!("{BOTH}{shared}drift = \"5ppm\"\n"),
            "microphone.drift",
        ),
        (
            format!("{BOTH}{shared}[[action]]\npower = {{ at = \"5ms\", state = \"d3\" }}\n"),
            "action[0].power",
        ),
        (
            format!("{BOTH}{shared}[[action]]\nremove = {{ at = \"5ms\" }}\n"),
            "action[0].remove",
        ),
    ] {
        let refused = Scenario::parse(&text).unwrap_err();
        let [one] = &refused.iter().collect::<Vec<_>>()[..] else {
            panic!("one problem, not {refused}");
        };
        assert_eq!(one.key, key);
        assert!(one.help.is_some(), "{text}");
    }
}

/// F29 needs two streams on one controller: elsewhere it would do nothing.
#[test]
fn f29_is_refused_where_no_stream_starts_beside_another() {
    let fault = "[[fault]]\nplayback-stalls-on-capture-start = { lasts = \"5ms\" }\n";
    let alone = BOTH.replace("exclusive-capture", "exclusive-event");
    let alone = alone
        .split("[[client]]\nmode = \"exclusive-event\"\nstart")
        .next()
        .unwrap();
    for text in [
        format!("{BOTH}[microphone]\n{fault}"),
        format!("{alone}[microphone]\ncontroller = \"speaker\"\n{fault}"),
        format!("{alone}{fault}"),
    ] {
        let refused = Scenario::parse(&text).unwrap_err();
        let [one] = &refused.iter().collect::<Vec<_>>()[..] else {
            panic!("one problem, not {refused}");
        };
        assert_eq!(one.key, "fault[0].playback-stalls-on-capture-start");
    }
}
