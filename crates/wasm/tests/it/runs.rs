//! What a run gives back, as an ordinary call.

use scenario::{RunOptions, Scenario, shipped};
use serde_json::Value;
use wavert_wasm::Session;

/// The object of a block, and its columns.
struct Read {
    object: Value,
    bytes: Vec<u8>,
}

impl Read {
    fn of(block: &[u8]) -> Self {
        let length = usize::try_from(u64::from_le_bytes(block[..8].try_into().unwrap())).unwrap();
        let (object, bytes) = block[8..].split_at(length);
        Self {
            object: serde_json::from_slice(object).unwrap(),
            bytes: bytes.to_vec(),
        }
    }

    /// The rows of a column, each with its numbers.
    fn rows(&self, name: &str) -> Vec<Vec<f64>> {
        let columns = self.object["columns"].as_array().unwrap();
        let column = columns.iter().find(|column| column["name"] == name);
        let column = column.unwrap();
        let whole = |key: &str| usize::try_from(column[key].as_u64().unwrap()).unwrap();
        let bytes = &self.bytes[whole("at")..whole("at") + whole("bytes")];
        let numbers = bytes.chunks_exact(8);
        let numbers: Vec<f64> = numbers
            .map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap()))
            .collect();
        let fields = column["fields"].as_array().unwrap().len();
        numbers.chunks_exact(fields).map(<[f64]>::to_vec).collect()
    }
}

fn text(name: &str) -> &'static str {
    let found = shipped().iter().find(|each| each.name == name);
    found.unwrap().text
}

fn run(text: &str) -> Read {
    Read::of(&Session::default().run(text.as_bytes(), None))
}

#[test]
fn the_result_is_that_of_the_command_line() {
    let text = text("s05-14-ms-on-the-ring");
    let shown = run(text);
    let scenario = Scenario::parse(text).unwrap();
    let options = RunOptions {
        keep_samples: true,
        ..RunOptions::default()
    };
    let alone = scenario::run(&scenario, &scenario::Inputs::new(), &options).unwrap();
    assert_eq!(shown.object["result"], serde_json::json!(alone.result));
    assert_eq!(shown.object["report"], alone.report());
}

#[test]
fn the_seed_can_be_another() {
    let text = text("s01-baseline");
    let other = Read::of(&Session::default().run(text.as_bytes(), Some(u64::MAX)));
    assert_eq!(other.object["result"]["seed"], u64::MAX);
}

#[test]
fn frames_of_all_spans_are_the_frames_of_the_result_by_class() {
    let shown = run(text("s05-14-ms-on-the-ring"));
    let classes = shown.object["classes"].as_array().unwrap();
    for (place, class) in classes.iter().enumerate() {
        let place = u32::try_from(place).unwrap();
        let of_class = shown
            .rows("s0.spans")
            .into_iter()
            .filter(|span| (span[5] - f64::from(place)).abs() < f64::EPSILON);
        let frames: f64 = of_class.map(|span| span[2] - span[1]).sum();
        let told = &shown.object["result"]["endpoints"][0]["frames_by_class"];
        let told = told[class.as_str().unwrap()].as_f64().unwrap();
        assert!(
            (frames - told).abs() < f64::EPSILON,
            "{class}: {frames} and {told}"
        );
    }
}

#[test]
fn a_late_packet_has_its_margin_and_the_wake_up_it_answers() {
    let shown = run(text("s05-14-ms-on-the-ring"));
    let late: Vec<_> = shown
        .rows("s0.writes")
        .into_iter()
        .filter(|write| write[5] < 0.0)
        .collect();
    // Packet 6, written at 64 ms, was fetched from 60 ms on; its notification came at 50 ms.
    assert_eq!(late.len(), 1);
    assert_eq!(late[0][0].to_bits(), 64_000_000_f64.to_bits());
    assert_eq!(late[0][2].to_bits(), 2_880_f64.to_bits());
    assert_eq!(late[0][5].to_bits(), (-4_000_000_f64).to_bits());
    assert_eq!(late[0][7].to_bits(), 50_000_000_f64.to_bits());
    let blame = &shown.object["streams"][0]["blame"][0];
    assert_eq!(blame["fetched_ns"], 60_000_000);
    assert_eq!(blame["parts"][0][0], "ready_wait");
}

#[test]
fn what_is_perfect_has_as_many_samples_and_other_ones() {
    let mut session = Session::default();
    let shown = Read::of(&session.run(text("s05-14-ms-on-the-ring").as_bytes(), None));
    let ideal = Read::of(&session.perfect());
    let (heard, perfect) = (&shown.object["heard"][0], &ideal.object["perfect"][0]);
    assert_ne!(heard["hash"], perfect["hash"]);
    assert_eq!(
        heard["hash"],
        shown.object["result"]["endpoints"][0]["heard_hash"]
    );
    let bytes = |read: &Read, name: &str| {
        let columns = read.object["columns"].as_array().unwrap();
        let found = columns.iter().find(|column| column["name"] == name);
        found.unwrap()["bytes"].as_u64().unwrap()
    };
    assert_eq!(bytes(&shown, "heard0"), bytes(&ideal, "perfect0"));
}

#[test]
fn nothing_is_perfect_before_a_run_and_after_one_that_could_not_be() {
    let mut session = Session::default();
    let perfect = |session: &Session| Read::of(&session.perfect()).object["perfect"].clone();
    assert_eq!(perfect(&session), Value::Null);
    session.run(text("s05-14-ms-on-the-ring").as_bytes(), None);
    assert_ne!(perfect(&session), Value::Null);
    session.run(b"name = 1", None);
    assert_eq!(perfect(&session), Value::Null);
}

#[test]
fn what_is_wrong_with_a_scenario_comes_back_with_its_line() {
    let shown = run("name = \"x\"\nduration = \"1s\"\n[[client]]\nmode = \"shared-evnt\"\n");
    let problem = &shown.object["error"]["problems"][0];
    assert_eq!(problem["line"], 4);
    assert!(problem["message"].as_str().unwrap().contains("shared-evnt"));
    let shown = Read::of(&Session::default().run(&[0xff, 0xfe], None));
    let problem = &shown.object["error"]["problems"][0]["message"];
    assert!(problem.as_str().unwrap().contains("UTF-8"));
}

#[test]
fn a_sound_that_was_not_handed_in_is_missed_by_name() {
    let shown = run(text("late-wake-up"));
    let problem = &shown.object["error"]["problems"][0]["message"];
    assert!(
        problem.as_str().unwrap().contains("sounds/melody.wav"),
        "{problem}"
    );
}

#[test]
fn a_sound_of_half_frames_is_none() {
    let mut session = Session::default();
    assert!(!session.sound(b"a", (48_000, 2, 0), &[0; 12]));
    assert!(!session.sound(b"a", (48_000, 0, 0), &[0; 8]));
    assert!(!session.sound(b"a", (0, 2, 0), &[0; 8]));
    assert!(!session.sound(&[0xff], (48_000, 2, 0), &[0; 8]));
    assert!(session.sound(b"a", (48_000, 2, 0), &[0; 16]));
}

#[test]
fn runs_longer_than_an_hour_are_refused_before_they_begin() {
    let shown = run("name = \"x\"\nduration = \"61min\"\n[[client]]\nmode = \"shared-event\"\n");
    let problem = &shown.object["error"]["problems"][0]["message"];
    assert!(problem.as_str().unwrap().contains("hour"), "{problem}");
}
