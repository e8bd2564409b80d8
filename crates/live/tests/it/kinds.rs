//! All kinds of clients that play, and devices.

use scenario::{Inputs, Kind, RunOptions, Scenario, Time};
use truth::Class;
use units::SimTime;

use crate::support::{every_frame_is_accounted_for, ledger, live, scenario};

#[test]
fn clients_of_an_engine_play_through_its_thread() {
    let run = live(&scenario(
        "1s",
        "
[engine]
period = \"480fr\"
packets = 2
[[client]]
mode = \"shared-event\"
buffer = \"4800fr\"
[[client]]
mode = \"shared-event\"
buffer = \"4800fr\"
",
    ));
    every_frame_is_accounted_for(&run, SimTime::from_millis(1_000));
    assert!(
        ledger(&run).frames_by_class()[&Class::Fresh] > 0,
        "nothing was mixed"
    );
    for client in &run.result.clients {
        assert!(client.frames_written >= 4_800, "{client:?}");
        assert!(client.wakes > 0, "{client:?}");
    }
}

#[test]
fn a_timer_driven_client_asks_for_the_position_across_the_threads() {
    let run = live(&scenario(
        "1s",
        "
[[client]]
mode = \"exclusive-timer\"
",
    ));
    every_frame_is_accounted_for(&run, SimTime::from_millis(1_000));
    let client = &run.result.clients[0];
    let belief = client.belief.as_ref().expect("it reckons");
    assert!(belief.played_frames > 0, "{belief:?}");
    assert!(ledger(&run).frames_by_class()[&Class::Fresh] > 0);
}

#[test]
fn a_virtual_device_plays_on_its_own_thread_too() {
    let run = live(&scenario(
        "1s",
        "
[device]
kind = \"virtual\"
[[client]]
mode = \"exclusive-event\"
packet = \"4800fr\"
",
    ));
    assert!(ledger(&run).frames() > 24_000);
}

#[test]
fn being_asked_at_the_end_leaves_no_trace_of_a_driver_that_reports_everything() {
    let run = live(&scenario(
        "1s",
        "
[device]
kind = \"virtual\"
mode = \"sample\"
[[client]]
mode = \"exclusive-event\"
packet = \"480fr\"
",
    ));
    let speaker = &run.result.endpoints[0];
    assert!(speaker.position_frames.is_some(), "it was asked");
    let reported = &speaker.reported;
    assert!(reported["eMINIPORT_BUFFER_COMPLETE"] > 0, "{reported:?}");
    assert!(!reported.contains_key("eMINIPORT_GET_PRESENTATION_POSITION"));
}

#[test]
fn a_device_that_mixes_is_refused() {
    let mixing = scenario(
        "1s",
        "[device]\nkind = \"offload\"\n[[client]]\nmode = \"offload\"\n",
    );
    let refused = live::run(&mixing, &Inputs::new(), &RunOptions::default());
    let why = refused.expect_err("live mode does not mix").to_string();
    assert!(why.contains("mixes"), "{why}");
}

#[test]
fn a_scenario_that_records_is_refused() {
    let recording = scenario(
        "1s",
        "[microphone]\n[[client]]\nmode = \"exclusive-capture\"\n",
    );
    let refused = live::run(&recording, &Inputs::new(), &RunOptions::default());
    let why = refused.expect_err("live mode does not record").to_string();
    assert!(why.contains("microphone"), "{why}");
}

#[test]
fn truth1_every_shipped_scenario_that_plays_is_accounted_for_on_the_wall_clock() {
    let shipped = scenario::shipped().iter().filter_map(|shipped| {
        let mut scenario = Scenario::parse(shipped.text).expect("it is shipped");
        scenario.duration = Time::from_millis(400);
        let plays = scenario.microphone.is_none() && scenario.device.kind != Kind::Offload;
        // Sounds are not handed in here.
        let is_alone = scenario.inputs().next().is_none();
        (plays && is_alone).then_some((shipped.name, scenario))
    });
    let all: Vec<_> = shipped.collect();
    assert!(all.len() > 80, "{} scenarios", all.len());
    for some in all.chunks(12) {
        std::thread::scope(|threads| {
            for (name, scenario) in some {
                threads.spawn(move || {
                    let run = live::run(scenario, &Inputs::new(), &RunOptions::default());
                    let run = run.unwrap_or_else(|error| panic!("{name}: {error}"));
                    let Some(ledger) = &run.truth[0] else { return };
                    let by_class = ledger.frames_by_class().values().sum::<u64>();
                    let by_stay = ledger.stays().map(|stay| stay.frames).sum::<u64>();
                    assert_eq!(by_class, by_stay, "{name}");
                    assert_eq!(run.result.endpoints[0].frames, by_stay, "{name}");
                });
            }
        });
    }
}
