//! Something is plugged in, pulled out, or likes another format best.

use scenario::{Inputs, RunOptions, RunResult, Scenario, run};

fn file(rest: &str) -> String {
    format!("name = \"x\"\nduration = \"200ms\"\n[[client]]\nmode = \"exclusive-event\"\n{rest}")
}

fn play(rest: &str) -> RunResult {
    let scenario = Scenario::parse(&file(rest)).unwrap_or_else(|error| panic!("{error}"));
    let played = run(&scenario, &Inputs::new(), &RunOptions::default());
    played.unwrap().result
}

fn told(result: &RunResult, endpoint: usize) -> Vec<(u64, &str)> {
    let changes = result.endpoints[endpoint].changes.iter();
    changes.map(|it| (it.at_ns / 1_000_000, it.state)).collect()
}

fn pulled(at: &str, microphone: bool) -> String {
    format!("[[action]]\njack = {{ at = \"{at}\", plugged = false, microphone = {microphone} }}\n")
}

/// Each jack is of its own device, on a controller of its own and on a shared one.
#[test]
fn a_jack_changes_the_endpoint_of_its_device() {
    for microphone in ["", "controller = \"speaker\"\n"] {
        let rest = format!(
            "[[client]]\nmode = \"exclusive-capture\"\n[microphone]\n{microphone}{}{}",
            pulled("20ms", true),
            pulled("30ms", false)
        );
        let result = play(&rest);
        assert_eq!(told(&result, 0), [(30, "unplugged")]);
        assert_eq!(told(&result, 1), [(20, "unplugged")]);
    }
}

/// Who pulls out what is out already changes nothing, and nobody is told.
#[test]
fn a_jack_that_stays_as_it_is_tells_nobody() {
    let result = play(&(pulled("20ms", false) + &pulled("30ms", false)));
    assert_eq!(told(&result, 0), [(20, "unplugged")]);
}

/// The stream has been opened in a format; nothing that happens at the jack touches its frames.
#[test]
fn a_stream_goes_on_whatever_is_connected() {
    let change = "[[action]]\nformat-change = { at = \"21ms\", format = { rate = \"96kHz\" } }\n";
    let changed = play(&(pulled("20ms", false) + change));
    let [before, after] = [play(""), changed].map(|mut result| result.endpoints.remove(0));
    assert_eq!(after.changes[1].rate_hz, Some(96_000));
    assert_eq!(after.changes[1].state, "unplugged");
    assert_eq!(
        (before.frames, before.rate_hz),
        (after.frames, after.rate_hz)
    );
    assert!(after.glitches.is_empty());
}

#[test]
fn what_nobody_could_notice_is_refused() {
    let change = "[[action]]\nformat-change = { at = \"20ms\", format = { rate = \"96kHz\" } }\n";
    let of = |kind| format!("[device]\nkind = \"{kind}\"\n{change}");
    let cases = [
        (pulled("20ms", true), "nobody records"),
        (of("virtual"), "only hd-audio has a format"),
        (of("offload"), "only hd-audio has a format"),
        (
            change.replace("96", "47"),
            "HD Audio plays 48 kHz and 44.1 kHz",
        ),
    ];
    for (rest, says) in cases {
        let error = Scenario::parse(&file(&rest)).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}
