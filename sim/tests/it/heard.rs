//! What the speaker played, sample for sample.

use crate::support::Folder;
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};
use std::path::Path;

/// The frames of a 16-bit stereo file.
fn frames(path: &Path) -> Vec<[i16; 2]> {
    let samples: Vec<i16> = WavReader::open(path)
        .unwrap()
        .into_samples()
        .map(Result::unwrap)
        .collect();
    samples
        .chunks_exact(2)
        .map(|frame| [frame[0], frame[1]])
        .collect()
}

/// What the speaker should play: the packet that the engine primes the buffer with is silent, so
/// the melody begins 480 frames in.
fn melody() -> Vec<[i16; 2]> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../scenarios/sounds/melody.wav"
    );
    let mut played = vec![[0, 0]; 480];
    played.extend(frames(Path::new(path)));
    played.truncate(96_000);
    played
}

#[test]
fn s05_the_stutter_is_in_exactly_the_frames_that_the_report_names() {
    let folder = Folder::new("stutter");
    assert_eq!(
        folder
            .wavert(&["run", "late-wake-up", "--out", "out"])
            .status,
        0
    );
    let heard = frames(&folder.path("out/heard.wav"));
    let mut expected = melody();
    expected.copy_within(1_920..2_112, 2_880);
    assert_eq!(heard.len(), 96_000, "two seconds");
    let wrong = (0..heard.len()).find(|&n| heard[n] != expected[n]);
    assert_eq!(
        wrong, None,
        "the melody, but for the 192 frames of 20 ms before"
    );
    assert_ne!(
        heard[2_880..3_072],
        melody()[2_880..3_072],
        "and those can be heard"
    );
}

#[test]
fn s10_a_late_client_is_silence_and_the_rest_comes_later() {
    let folder = Folder::new("late-client");
    assert_eq!(
        folder
            .wavert(&["run", "late-client", "--out", "out"])
            .status,
        0
    );
    let (heard, melody) = (frames(&folder.path("out/heard.wav")), melody());
    assert!(heard[..3_840] == melody[..3_840]);
    assert!(heard[3_840..4_320].iter().all(|&frame| frame == [0, 0]));
    assert!(
        heard[4_320..] == melody[3_840..95_520],
        "later, and none of it lost"
    );
}

#[test]
fn a_file_of_the_user_is_converted_and_the_report_says_so() {
    let folder = Folder::new("own-file");
    let spec = WavSpec {
        channels: 1,
        sample_rate: 44_100,
        bits_per_sample: 24,
        sample_format: SampleFormat::Int,
    };
    let mut file = WavWriter::create(folder.path("own.wav"), spec).unwrap();
    for n in 0..44_100 {
        // 441 Hz: a square, so that a shift of a frame would show.
        file.write_sample(if n / 50 % 2 == 0 {
            2_000_000
        } else {
            -2_000_000
        })
        .unwrap();
    }
    file.finalize().unwrap();
    let arguments = ["run", "two-clients", "--input", "own.wav", "--out", "out"];
    let ended = folder.wavert(&arguments);
    assert_eq!(ended.status, 0, "{ended:?}");
    for part in ["own.wav", "44100", "48000"] {
        assert!(ended.out.contains(part), "{part} is not in\n{}", ended.out);
    }
    let result = std::fs::read_to_string(folder.path("out/result.json")).unwrap();
    let result: serde_json::Value = serde_json::from_str(&result).unwrap();
    assert_eq!(result["conversions"][0]["from_hz"], 44_100);
    assert_eq!(result["conversions"][0]["to_hz"], 48_000);
}

/// The microphone hears a frame counter: the number of a frame stands in its two samples.
fn numbers(path: &Path) -> Vec<u32> {
    let number = |[low, high]: [i16; 2]| {
        let [a, b] = low.to_le_bytes();
        let [c, d] = high.to_le_bytes();
        u32::from_le_bytes([a, b, c, d])
    };
    frames(path).into_iter().map(number).collect()
}

#[test]
fn s32_what_was_recorded_lacks_exactly_the_packet_that_was_lost() {
    let folder = Folder::new("recorded");
    let ended = folder.wavert(&["run", "s32-capture-overrun", "--out", "out"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    let expected: Vec<u32> = (0..24_000)
        .filter(|n| !(1_920..2_400).contains(n))
        .collect();
    assert_eq!(numbers(&folder.path("out/recorded.wav")), expected);
    assert!(!folder.path("out/heard.wav").exists(), "nobody played");
}

#[test]
fn s74_what_was_recorded_is_heard_30_ms_later() {
    let folder = Folder::new("round-trip");
    let ended = folder.wavert(&["run", "s74a-round-trip", "--out", "out"]);
    assert_eq!(ended.status, 0, "{ended:?}");
    let [heard, recorded] =
        ["heard", "recorded"].map(|name| numbers(&folder.path(&format!("out/{name}.wav"))));
    assert_eq!(heard[1_440..], recorded[..heard.len() - 1_440]);
    assert!(heard[..1_440].iter().all(|frame| *frame == 0));
}

#[test]
fn what_is_given_as_input_is_what_a_microphone_hears() {
    let folder = Folder::new("heard-by-the-microphone");
    let melody = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../scenarios/sounds/melody.wav"
    );
    let ended = folder.wavert(&[
        "run",
        "s32-capture-overrun",
        "--input",
        melody,
        "--out",
        "out",
    ]);
    assert_eq!(ended.status, 0, "{ended:?}");
    let mut expected = frames(Path::new(melody));
    expected.truncate(24_000);
    expected.drain(1_920..2_400);
    assert_eq!(frames(&folder.path("out/recorded.wav")), expected);
}
