//! A machine under the stack.

use scenario::{EndpointResult, GlitchResult, Inputs, Profile, Run, RunOptions, Scenario, run};
use units::SimDuration;

/// An exclusive client with packets of 128 frames, on `machine`.
fn file(duration: &str, machine: &str) -> String {
    format!(
        "name = \"x\"\nseed = 7\nduration = \"{duration}\"\n[[client]]\nmode = \"exclusive-event\"\n\
         packet = \"128fr\"\n{machine}"
    )
}

fn play(text: &str) -> Run {
    let scenario = Scenario::parse(text).unwrap_or_else(|error| panic!("{error}"));
    run(&scenario, &Inputs::new(), &RunOptions::default()).unwrap()
}

fn speaker(text: &str) -> EndpointResult {
    play(text).result.endpoints.remove(0)
}

fn refusal(machine: &str) -> String {
    let refused = Scenario::parse(&file("1s", machine)).unwrap_err();
    refused.to_string()
}

/// Any wake-up takes 1 to 5 ms, and 2.667 ms are there.
const SLOW: &str = "[machine]\nwake = [{ survivors = 1000000000, latency = \"1ms\" }, \
                    { survivors = 0, latency = \"5ms\" }]\n";

#[test]
fn cpu11_the_parts_of_every_wake_up_add_up_to_the_whole() {
    let run = play(&file("10s", SLOW));
    let ledger = run.truth[0].as_ref().unwrap();
    let work = &ledger.account().work;
    assert!(work.len() > 2_000, "{}", work.len());
    for wake in work
        .iter()
        .filter(|wake| wake.done.time < units::SimTime::MAX)
    {
        assert_eq!(wake.latency.total(), wake.done.time.since(wake.due));
    }
}

/// One wake-up in ten takes up to 5 ms.
const AT_TIMES: &str = "[machine]\nwake = [{ survivors = 1000000000, latency = \"0us\" }, \
                        { survivors = 100000000, latency = \"10us\" }, \
                        { survivors = 0, latency = \"5ms\" }]\n";

#[test]
fn glitches_come_about_and_are_blamed_on_the_machine() {
    let speaker = speaker(&file("10s", AT_TIMES));
    let wakes = speaker.wake_ns.unwrap();
    assert!(wakes.max > 4_800_000, "{wakes:?}");
    assert!(wakes.p50 < 10_000, "{wakes:?}");
    // Of 375 wake-ups a second about 17 come more than 2.667 ms late.
    let count = speaker.glitches.len();
    assert!((140..220).contains(&count), "{count}");
    // Now and then a thread is late because it was late before, and waits for itself.
    let drawn = |glitch: &&GlitchResult| glitch.cause == Some("interrupt_to_process");
    assert!(speaker.glitches.iter().filter(drawn).count() * 10 > count * 9);
    for glitch in &speaker.glitches {
        assert_eq!(glitch.fault, None);
        assert_eq!(glitch.parts_ns.values().max().copied(), glitch.cause_ns);
    }
}

#[test]
fn equal_seeds_draw_equal_wake_ups_and_others_draw_others() {
    let digest = |seed: u64| {
        let text = file("1s", SLOW).replace("seed = 7", &format!("seed = {seed}"));
        play(&text).result.digest
    };
    assert_eq!(digest(7), digest(7));
    assert_ne!(digest(7), digest(8));
}

/// What another thread draws changes nothing for this one.
#[test]
fn each_thread_draws_numbers_of_its_own() {
    let wakes = |more: &str| {
        let text = format!(
            "name = \"x\"\nseed = 7\nduration = \"1s\"\n{SLOW}\n[[client]]\nname = \"a\"\n\
             mode = \"shared-event\"\n{more}"
        );
        speaker(&text).wake_ns.unwrap()
    };
    let second = "[[client]]\nname = \"b\"\nmode = \"shared-event\"\n";
    assert_eq!(wakes(""), wakes(second));
}

#[test]
fn an_ideal_machine_delays_nothing() {
    let ideal = speaker(&file("1s", "[machine]\nprofile = \"ideal\"\n"));
    let none = speaker(&file("1s", ""));
    assert_eq!(ideal.wake_ns.as_ref().unwrap().max, 0);
    assert_eq!(
        (ideal.headroom_ns, ideal.frames),
        (none.headroom_ns, none.frames)
    );
    assert_eq!(none.wake_ns, None);
}

#[test]
fn every_profile_can_be_run() {
    for profile in Profile::ALL {
        let name = serde_json::to_value(profile).unwrap();
        let machine = format!("[machine]\nprofile = {name}\n");
        let wakes = speaker(&file("1s", &machine)).wake_ns.unwrap();
        assert_eq!(wakes.count, 375, "{name}");
    }
}

/// A table of one's own goes before that of the profile.
#[test]
fn what_the_table_states_goes_before_the_profile() {
    let machine = SLOW.replace("[machine]", "[machine]\nprofile = \"ideal\"");
    assert!(speaker(&file("1s", &machine)).wake_ns.unwrap().max > 4_000_000);
}

/// A timer of 10 ms on a clock that ticks every 15.625 ms expires at 15.625, 31.25, 46.875 ms.
#[test]
fn cpu8_a_timer_waits_for_the_tick_that_finds_it_due() {
    let timed = |tick: &str| {
        let text = format!(
            "name = \"x\"\nduration = \"1s\"\n[[client]]\nmode = \"exclusive-timer\"\n\
             buffer = \"1920fr\"\n[machine]\n{tick}"
        );
        play(&text)
    };
    let run = timed("tick = \"15.625ms\"");
    let (wakes, client) = (
        run.result.endpoints[0].wake_ns.clone().unwrap(),
        &run.result.clients[0],
    );
    assert_eq!((client.wakes, wakes.count), (64, 64));
    assert_eq!(
        wakes.parts.keys().copied().collect::<Vec<_>>(),
        ["tick_wait"]
    );
    // The last 10 ms before a tick lie less than 10 ms before it.
    assert!(wakes.max < 10_000_000 && wakes.max > 9_000_000, "{wakes:?}");
    assert_eq!(timed("").result.clients[0].wakes, 100);
    let work = &run.truth[0].as_ref().unwrap().account().work;
    let tick = SimDuration::from_nanos(15_625_000).ticks();
    assert!(work.iter().all(|wake| wake.done.time.ticks() % tick == 0));
}

#[test]
fn tables_that_are_no_distribution_are_refused_with_their_place() {
    let wake = |knots: &str| refusal(&format!("[machine]\nwake = [{knots}]\n"));
    assert!(wake("").contains("machine.wake"), "{}", wake(""));
    let falls =
        "{ survivors = 1000000000, latency = \"2us\" }, { survivors = 0, latency = \"1us\" }";
    assert!(
        wake(falls).contains("machine.wake[1].latency"),
        "{}",
        wake(falls)
    );
    let grows = "{ survivors = 1000000000, latency = \"1us\" }, \
                 { survivors = 1000000000, latency = \"2us\" }, { survivors = 0, latency = \"3us\" }";
    assert!(
        wake(grows).contains("machine.wake[1].survivors"),
        "{}",
        wake(grows)
    );
    let long = "{ survivors = 1000000000, latency = \"1us\" }, { survivors = 0, latency = \"2h\" }";
    assert!(wake(long).contains("longer than"), "{}", wake(long));
    let still = refusal("[machine]\ntick = \"0ms\"\n");
    assert!(still.contains("machine.tick"), "{still}");
}
