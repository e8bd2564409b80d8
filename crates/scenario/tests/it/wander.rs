//! A crystal that wanders.

use scenario::{Inputs, Run, RunOptions, Scenario, run};

fn play(text: &str, seed: u64) -> Run {
    let scenario = Scenario::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let options = RunOptions {
        seed: Some(seed),
        keep_samples: true,
        ..RunOptions::default()
    };
    run(&scenario, &Inputs::new(), &options).unwrap()
}

fn file(duration: &str, rest: &str) -> String {
    format!(
        "name = \"x\"\nduration = \"{duration}\"\n[[client]]\nmode = \"exclusive-event\"\n{rest}"
    )
}

/// Within the first second it keeps its rate; after half a minute it is elsewhere, and with another
/// seed elsewhere again. No stream and no client loses anything by it.
#[test]
fn how_many_frames_there_are_is_a_matter_of_the_seed() {
    let frames = |duration: &str, seed: u64| {
        let text = file(duration, "[device]\nwander = \"1000ppm\"\n");
        let speaker = play(&text, seed).result.endpoints.remove(0);
        assert!(speaker.glitches.is_empty());
        speaker.frames
    };
    assert_eq!(frames("1s", 1), 48_000);
    let [one, other] = [1, 2].map(|seed| frames("30s", seed));
    assert_ne!(one, 30 * 48_000);
    assert_ne!(one, other);
    assert_eq!(one, frames("30s", 1));
    // It strays by 1000 ppm at most.
    assert!(one.abs_diff(30 * 48_000) <= 30 * 48);
}

/// Two streams of one controller wander together: what one has begun to play, the other has
/// recorded, but for the frame on its way. Two controllers have two crystals.
#[test]
fn one_crystal_wanders_for_all_streams_of_its_controller() {
    let frames = |microphone: &str| {
        let rest = format!(
            "[[client]]\nmode = \"exclusive-capture\"\n[device]\nwander = \"1000ppm\"\n\
             [microphone]\n{microphone}\n"
        );
        let all = play(&file("30s", &rest), 1).result.endpoints;
        (all[0].frames, all[1].frames)
    };
    let (played, recorded) = frames("controller = \"speaker\"");
    assert!(played - recorded <= 1, "{played} {recorded}");
    let (played, recorded) = frames("wander = \"1000ppm\"");
    assert!(played.abs_diff(recorded) > 1, "{played} {recorded}");
}

/// The sound lies on the time line of the crystal: the frame counter goes on without a break, and a
/// pause is as long as the crystal has counted meanwhile.
#[test]
fn what_was_heard_lies_where_the_crystal_was() {
    let rest = "[device]\nwander = \"1000ppm\"\n\
                [[action]]\npause = { client = 0, at = \"12s\" }\n\
                [[action]]\nrun = { client = 0, at = \"15s\" }\n";
    let run = play(&file("20s", rest), 1);
    let heard: Vec<u32> = run.heard[0]
        .bytes
        .chunks_exact(4)
        .map(|frame| u32::from_le_bytes(frame.try_into().unwrap()))
        .collect();
    let [first, second] = &run.result.endpoints[0].stays[..] else {
        panic!("two stays");
    };
    let before = usize::try_from(first.frames).unwrap();
    let after = usize::try_from(second.frames).unwrap();
    let paused = heard.len() - before - after;
    assert!(
        heard[..before]
            .iter()
            .copied()
            .eq(0..u32::try_from(before).unwrap())
    );
    assert!(
        heard[before..before + paused]
            .iter()
            .all(|frame| *frame == 0)
    );
    let goes_on = (u32::try_from(before).unwrap()..).take(after);
    assert!(heard[before + paused..].iter().copied().eq(goes_on));
    // As long as without any pause, but not as nominal.
    let whole = play(&file("20s", "[device]\nwander = \"1000ppm\"\n"), 1);
    assert_eq!(heard.len(), whole.heard[0].bytes.len() / 4);
    assert_ne!(paused, 3 * 48_000);
}

#[test]
fn a_crystal_that_strays_by_nothing_or_too_far_is_refused() {
    for (table, key) in [
        ("[device]\nwander = \"0ppm\"", "device.wander"),
        ("[device]\nwander = \"-1ppm\"", "device.wander"),
        ("[device]\nwander = \"1001ppm\"", "device.wander"),
        (
            "[device]\nkind = \"virtual\"\nwander = \"1ppm\"",
            "device.wander",
        ),
        ("[microphone]\nwander = \"0ppb\"", "microphone.wander"),
        (
            "[microphone]\ncontroller = \"speaker\"\nwander = \"1ppm\"",
            "microphone.wander",
        ),
    ] {
        let refused = Scenario::parse(&file("1s", table)).unwrap_err();
        let keys: Vec<_> = refused.iter().map(|each| each.key.as_str()).collect();
        assert_eq!(keys, [key], "{table}");
    }
}
