//! Samples and provenance tell the same story, frame by frame.

use scenario::{Run, RunOptions, Scenario, run, shipped};
use truth::{Class, Ledger};

use crate::sounds;

const WITH_SAMPLES: RunOptions = RunOptions {
    seed: None,
    keep_history: false,
    keep_samples: true,
};

/// The number that the frame counter put into a frame of 16-bit stereo.
fn counted(frame: &[u8]) -> u64 {
    u32::from_le_bytes(frame.try_into().unwrap()).into()
}

/// What each frame that left the speaker should sound like: the content that provenance names, or
/// silence.
fn expected(truth: &Ledger) -> Vec<Option<u64>> {
    let mut all = Vec::new();
    for span in truth.spans() {
        for at in 0..span.frames {
            let content = span.whose.map(|whose| whose.content + at);
            all.push(match span.class {
                Class::Fresh | Class::Stale | Class::Ahead | Class::Foreign => content,
                Class::Uninit
                | Class::ZeroFill
                | Class::EngineSilence
                | Class::EosPad
                | Class::Muted => None,
            });
        }
    }
    all
}

/// The frames of the time line in which the device played.
fn played(run: &Run) -> Vec<u8> {
    let endpoint = &run.result.endpoints[0];
    let mut bytes = Vec::new();
    for stay in &endpoint.stays {
        let hertz = u64::from(endpoint.rate_hz);
        let from = usize::try_from(stay.start_ns * hertz / 1_000_000_000).unwrap();
        let to = from + usize::try_from(stay.frames).unwrap();
        bytes.extend_from_slice(&run.heard[0].bytes[from * 4..to * 4]);
    }
    bytes
}

#[test]
fn the_frame_counter_is_heard_where_provenance_says() {
    let mut compared = 0;
    for each in shipped() {
        let scenario = Scenario::parse(each.text).unwrap();
        // A shared client's counter goes through volume and mix; its own test is below.
        // What only records plays nothing, and frames of other than two 16-bit samples are counted
        // otherwise.
        let format = scenario.device.format.to_format();
        // What is offloaded is heard in a mix, and has tests of its own.
        let is_mixed = scenario.is_shared() || scenario.offloads().next().is_some();
        if is_mixed || !scenario.has_speaker() || format.frame_bytes() != 4 {
            continue;
        }
        let run = run(&scenario, &sounds::of(&scenario), &WITH_SAMPLES).unwrap();
        let expected = expected(run.truth[0].as_ref().unwrap());
        let played = played(&run);
        assert_eq!(played.len(), expected.len() * 4, "{}", each.path);
        for (frame, (bytes, expected)) in played.chunks_exact(4).zip(&expected).enumerate() {
            assert_eq!(
                counted(bytes),
                expected.unwrap_or(0),
                "{} frame {frame}",
                each.path
            );
        }
        compared += expected.len();
    }
    assert!(compared > 10_000_000, "{compared} frames");
}

/// Through the engine, packet 0 is the engine's own silence, and the client's frame n becomes mix
/// frame n + 480; silence in place of a client's frames moves the rest back.
#[test]
fn a_shared_counter_is_heard_where_the_engine_took_it() {
    for name in [
        "s09-client-14-ms-late",
        "s10-client-21-ms-late",
        "s11-client-30-ms-late",
    ] {
        let scenario = crate::runs::named(name);
        let run = run(&scenario, &sounds::of(&scenario), &WITH_SAMPLES).unwrap();
        let expected = expected(run.truth[0].as_ref().unwrap());
        let mut taken = 0;
        let played = played(&run);
        for (frame, (bytes, expected)) in played.chunks_exact(4).zip(&expected).enumerate() {
            let client = expected.filter(|_| frame >= 480).map(|_| {
                taken += 1;
                taken - 1
            });
            assert_eq!(counted(bytes), client.unwrap_or(0), "{name} frame {frame}");
        }
    }
}

/// The repeat in the sound of the first scenario lies in exactly the frames that the ledger names.
#[test]
fn the_stutter_in_the_tune_is_where_the_report_says() {
    let scenario = crate::runs::named("late-wake-up");
    let inputs = sounds::of(&scenario);
    let late = run(&scenario, &inputs, &WITH_SAMPLES).unwrap();
    let on_time = Scenario {
        faults: Vec::new(),
        ..scenario
    };
    let on_time = run(&on_time, &inputs, &WITH_SAMPLES).unwrap();
    let (late, right) = (&late.heard[0].bytes, &on_time.heard[0].bytes);
    assert_eq!(late.len(), right.len());
    let differ = |frame: &usize| late[frame * 4..frame * 4 + 4] != right[frame * 4..frame * 4 + 4];
    let wrong: Vec<usize> = (0..late.len() / 4).filter(differ).collect();
    assert!(
        wrong.iter().all(|frame| (2880..3072).contains(frame)),
        "{wrong:?}"
    );
    assert!(
        wrong.len() > 150,
        "a tune hardly ever repeats itself: {}",
        wrong.len()
    );
    assert_eq!(
        late[2880 * 4..3072 * 4],
        right[1920 * 4..2112 * 4],
        "the revolution before"
    );
}
