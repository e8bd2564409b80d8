//! The engine and an exclusive client are the same producer: what the device plays is the same.

use scenario::{Client, Engine, Mode, RunOptions, Scenario, Source, run};
use truth::{Class, Ledger};

use crate::runs::named;
use crate::sounds;

/// The same scenario with an engine and a shared client in place of the exclusive one.
fn through_an_engine(scenario: &Scenario) -> Scenario {
    let mut shared = scenario.clone();
    let client = &scenario.clients[0];
    shared.engine = Engine {
        period: client.packet,
        packets: client.packets.unwrap_or(2),
        policy: client.policy.unwrap_or_default(),
        content: client.content.unwrap_or_default(),
        service: client.service_time(),
        ..Engine::default()
    };
    shared.clients = vec![Client {
        mode: Mode::SharedEvent,
        packet: None,
        packets: None,
        policy: None,
        content: None,
        service: None,
        // Deep enough that the client itself never makes silence.
        buffer: Some(scenario::FrameCount::new(24_000)),
        source: Source::default(),
        ..client.clone()
    }];
    for fault in &mut shared.faults {
        if let Some(late) = &mut fault.late_wake_up {
            late.client = None;
            late.engine = true;
        }
    }
    shared
}

/// Class, first frame, frames, and what was heard.
type Heard = (Class, u64, u64, Option<u64>);

/// Class by class, what left the speaker, and what was made of it.
fn classes(scenario: &Scenario) -> (Vec<Heard>, String) {
    let run = run(scenario, &sounds::of(scenario), &RunOptions::default()).unwrap();
    let truth: &Ledger = run.truth[0].as_ref().unwrap();
    let spans = truth.spans().iter();
    let spans = spans.map(|span| (span.class, span.first, span.frames, span.heard_from()));
    let endpoint = &run.result.endpoints[0];
    let words = format!(
        "{:?} {:?} {:?}",
        endpoint.reported, endpoint.headroom_ns, endpoint.glitches
    );
    (spans.collect(), words)
}

#[test]
fn both_producers_leave_the_same_truth() {
    for name in [
        "s01-baseline",
        "s02-inside-the-slack",
        "s03-exactly-at-the-deadline",
        "s04-a-microsecond-late",
        "s05-14-ms-on-the-ring",
        "s06a-20-ms",
        "s06b-19-999-ms",
        "s07-21-ms-on-the-ring",
        "s08-21-ms-blind",
        "s12-44100-hz",
        "s13-small-period",
        "s14a-three-packets-19-ms",
        "s14b-three-packets-21-ms",
        "s15a-four-packets-29-ms",
        "s15b-four-packets-31-ms",
        "s16-60-ms-stall",
        "s17-prefetch-hides-the-error",
        "s18-bursty-prefetch",
        "s19a-prefetch-8-666-ms",
        "s19b-prefetch-8-667-ms",
        "s21a-lost-notification",
        "s21b-lost-notification-blind",
        "s22a-dpc-coalescing",
        "s22b-dpc-coalescing-blind",
        "s23a-thread-delayed-resync",
        "s23b-thread-delayed-blind",
        "s24a-spurious-wake",
        "s24c-spurious-wake-blind",
    ] {
        let exclusive = named(name);
        let shared = through_an_engine(&exclusive);
        let (one, one_words) = classes(&exclusive);
        let (other, other_words) = classes(&shared);
        assert_eq!(one, other, "{name}");
        assert_eq!(one_words, other_words, "{name}");
    }
}

fn glitches(text: &str) -> Vec<(u64, Option<&'static str>, Option<String>)> {
    let scenario = Scenario::parse(text).unwrap();
    let run = run(&scenario, &sounds::of(&scenario), &RunOptions::default()).unwrap();
    let glitches = run.result.endpoints[0].glitches.iter();
    let told = glitches.map(|glitch| (glitch.first_frame, glitch.cause, glitch.fault.clone()));
    told.collect()
}

/// A late wake-up of 29 ms, and five packets of 6 ms each to make up for it.
#[test]
fn work_behind_the_late_packet_is_not_the_cause() {
    let found = glitches(
        "name = \"x\"\nduration = \"120ms\"\n[device]\nmore-packets = true\n\
         [[client]]\nmode = \"exclusive-event\"\npackets = 4\nservice = \"6ms\"\n\
         [[fault]]\nlate-wake-up = { client = 0, event = 5, by = \"29ms\" }\n",
    );
    let fault = Some("late-wake-up-0".to_owned());
    assert_eq!(found[0], (3840, Some("ready_wait"), fault));
}

/// Sixty times the client is stopped in the middle of a packet. What it gave up ends there, and
/// of two late wake-ups later on each has its own glitch.
#[test]
fn a_packet_given_up_at_stop_leaves_no_trace_in_later_causes() {
    use std::fmt::Write as _;

    let mut text = "name = \"x\"\nduration = \"2200ms\"\n\
                    [[client]]\nmode = \"exclusive-event\"\nservice = \"2ms\"\n\
                    [[fault]]\nlate-wake-up = { client = 0, event = 42, by = \"41ms\" }\n\
                    [[fault]]\nlate-wake-up = { client = 0, event = 52, by = \"14ms\" }\n"
        .to_owned();
    for stop in (0..60).map(|time| 411 + 20 * time) {
        let again = stop + 9;
        writeln!(
            text,
            "[[action]]\nstop = {{ client = 0, at = \"{stop}ms\" }}"
        )
        .unwrap();
        writeln!(
            text,
            "[[action]]\nrun = {{ client = 0, at = \"{again}ms\" }}"
        )
        .unwrap();
    }
    let found = glitches(&text);
    let faults: Vec<_> = found.iter().map(|(.., fault)| fault.as_deref()).collect();
    assert_eq!(faults, [Some("late-wake-up-0"), Some("late-wake-up-1")]);
}

/// A buffer of one packet has no rest that could be filled at Run: packet 0 is heard. What comes
/// behind it has no place to wait in.
#[test]
fn a_single_packet_is_not_overwritten_before_it_is_heard() {
    let text = "name = \"x\"\nduration = \"50ms\"\n\
                [[client]]\nmode = \"exclusive-event\"\npackets = 1\n";
    let (spans, _) = classes(&Scenario::parse(text).unwrap());
    assert_eq!(spans[0], (Class::Fresh, 0, 480, Some(0)));
    assert_eq!(
        spans[1].0,
        Class::Stale,
        "the first frame of the second turn"
    );
    assert_eq!(spans[2], (Class::Ahead, 481, 479, Some(961)));
}

/// What was late stays late under DELAY: beside the stale frames there is a jump for good.
#[test]
fn a_delayed_stream_jumps_behind_what_was_late() {
    let kinds = |content: &str| {
        let text = format!(
            "name = \"x\"\nduration = \"200ms\"\n[[client]]\nmode = \"exclusive-event\"\n\
             content = \"{content}\"\n\
             [[fault]]\nlate-wake-up = {{ client = 0, event = 5, by = \"14ms\" }}\n"
        );
        let scenario = Scenario::parse(&text).unwrap();
        let run = run(&scenario, &sounds::of(&scenario), &RunOptions::default()).unwrap();
        let endpoint = &run.result.endpoints[0];
        let glitches = endpoint.glitches.iter();
        let told = glitches.map(|glitch| (glitch.kind, glitch.first_frame, glitch.fault.clone()));
        (endpoint.content_shift_frames, told.collect::<Vec<_>>())
    };
    let fault = Some("late-wake-up-0".to_owned());
    let late = ("G2", 2880, fault.clone());
    assert_eq!(kinds("drop"), (0, vec![late.clone()]));
    let (shift, told) = kinds("delay");
    // The packet that was refused is written again as the next one.
    assert_eq!((shift, told), (-480, vec![late, ("G5", 3360, fault)]));
}
