//! `wavert tone`.

use crate::support::Folder;
use std::fs;

/// The samples of the one WAV file that the command makes.
fn samples(arguments: &[&str]) -> Vec<i32> {
    let folder = Folder::new("tone");
    let ended = folder.wavert(&[&["tone", "tone.wav"], arguments].concat());
    assert_eq!(ended.status, 0, "{ended:?}");
    let file = fs::File::open(folder.path("tone.wav")).unwrap();
    let mut reader = hound::WavReader::new(file).unwrap();
    reader.samples().map(Result::unwrap).collect()
}

/// The figures were obtained by running the generator of the sample driver.
#[test]
fn v60_the_file_holds_what_the_sample_driver_records() {
    let stereo = samples(&["--frames", "7"]);
    let left: Vec<i32> = stereo.iter().step_by(2).copied().collect();
    assert_eq!(left, [0, 4240, 8191, 11_584, 14_188, 15_825, 16_383]);
    let at_44_1 = samples(&["--rate", "44100", "--channels", "1", "--frames", "8"]);
    let expected = [0, 4605, 8839, 12_360, 14_885, 16_209, 16_225, 14_933];
    assert_eq!(at_44_1, expected);
}

#[test]
fn v60_the_second_channel_of_24_bits_is_missing_with_the_defects_only() {
    let wide = ["--samples", "s24", "--frames", "20"];
    for (samples, is_missing) in [
        (samples(&wide), false),
        (samples(&[&wide[..], &["--defects"]].concat()), true),
    ] {
        let mut right = samples.iter().skip(1).step_by(2);
        assert_eq!(right.all(|sample| *sample == 0), is_missing);
    }
}

/// What a client records through the whole stack is what the generator makes, to the bit: of the
/// sample driver with its defects, of the one done right without.
#[test]
fn v60_a_recording_of_a_virtual_microphone_is_the_tone() {
    for (mode, defects) in [("sample", &["--defects"][..]), ("exact", &[])] {
        for (samples, channels, rate) in [
            ("u8", "1", "48000"),
            ("s16", "2", "48000"),
            ("s16", "2", "44100"),
            ("s24", "3", "96000"),
            ("s32", "2", "11025"),
        ] {
            let folder = Folder::new("tone-recorded");
            let format =
                format!("{{ rate = \"{rate}Hz\", channels = {channels}, sample = \"{samples}\" }}");
            // A packet of 40 ms has whole frames at each of these rates.
            let packet = rate.parse::<u64>().unwrap() / 25;
            folder.file(
                "microphone.toml",
                format!(
                    "name = \"tone\"\nduration = \"400ms\"\n[microphone]\nkind = \"virtual\"\n\
                     mode = \"{mode}\"\nformat = {format}\n[[client]]\n\
                     mode = \"exclusive-capture\"\npacket = \"{packet}fr\"\n"
                ),
            );
            let ended = folder.wavert(&["run", "microphone.toml", "--out", "out"]);
            assert_eq!(ended.status, 0, "{ended:?}");
            let frames = (10 * packet).to_string();
            let format = ["--samples", samples, "--channels", channels, "--rate", rate];
            let tone = [
                &["tone", "tone.wav", "--frames", &frames],
                &format[..],
                defects,
            ]
            .concat();
            assert_eq!(folder.wavert(&tone).status, 0);
            let [recorded, tone] =
                ["out/recorded.wav", "tone.wav"].map(|name| fs::read(folder.path(name)).unwrap());
            assert!(recorded == tone, "{mode} {samples} {channels} {rate}");
        }
    }
}

#[test]
fn what_cannot_be_a_stream_or_cannot_be_written_is_refused() {
    let folder = Folder::new("tone-refused");
    for arguments in [
        ["tone", "a.wav", "--rate", "0"],
        ["tone", "a.wav", "--channels", "0"],
        ["tone", "a.wav", "--frames", "100000001"],
        ["tone", "nowhere/a.wav", "--frames", "1"],
    ] {
        let ended = folder.wavert(&arguments);
        assert_eq!(ended.status, 2, "{ended:?}");
    }
}
