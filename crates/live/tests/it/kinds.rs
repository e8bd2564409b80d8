//! All kinds of clients that play, and devices.

use scenario::Inputs;
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
    assert!(ledger(&run).frames() > 40_000);
}

#[test]
fn a_device_that_mixes_is_refused() {
    let mixing = scenario(
        "1s",
        "[device]\nkind = \"offload\"\n[[client]]\nmode = \"offload\"\n",
    );
    let refused = live::run(&mixing, &Inputs::new(), &scenario::RunOptions::default());
    let why = refused.expect_err("live mode does not mix").to_string();
    assert!(why.contains("mixes"), "{why}");
}

#[test]
fn a_scenario_that_records_is_refused() {
    let recording = scenario(
        "1s",
        "[microphone]\n[[client]]\nmode = \"exclusive-capture\"\n",
    );
    let refused = live::run(&recording, &Inputs::new(), &scenario::RunOptions::default());
    let why = refused.expect_err("live mode does not record").to_string();
    assert!(why.contains("microphone"), "{why}");
}

/// The action is on the thread of the device, and so is who listens.
#[test]
fn who_listens_to_a_jack_is_told_that_it_is_empty() {
    let run = live(&scenario(
        "300ms",
        "
[[client]]
mode = \"exclusive-event\"
[[action]]
jack = { at = \"100ms\", plugged = false }
",
    ));
    let [change] = &run.result.endpoints[0].changes[..] else {
        panic!("one change, not {:?}", run.result.endpoints[0].changes);
    };
    assert_eq!(change.state, "unplugged");
    assert!(change.at_ns >= 100_000_000, "{change:?}");
}
