//! Whatever a file says: it is refused, or it runs.

use std::fmt::Write as _;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use scenario::{Inputs, RunOptions, Scenario, run};

/// A time of any size, most of them small.
fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => (0u64..120_000).prop_map(|micros| format!("{micros}us")),
        2 => (0u64..120).prop_map(|millis| format!("{millis}ms")),
        1 => (0u64..31).prop_map(|days| format!("{}h", days * 24)),
    ]
}

/// Frames of a packet.
fn packet() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => (1u64..1_000).prop_map(|frames| format!("{frames}fr")),
        1 => odd_frames(),
    ]
}

/// Frames of a buffer that is longer than most packets.
fn buffer() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => (1_000u64..8_000).prop_map(|frames| format!("{frames}fr")),
        1 => odd_frames(),
    ]
}

fn odd_frames() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["0fr", "1fr", "3fr", "1000000fr", "999999999fr"])
        .prop_map(str::to_owned)
}

fn device() -> impl Strategy<Value = String> {
    let rate = prop::sample::select(vec![
        "8kHz", "44.1kHz", "48kHz", "88.2kHz", "96kHz", "176.4kHz", "192kHz", "11025Hz", "47999Hz",
    ]);
    let sample = prop::sample::select(vec![
        "u8", "s16", "s16", "s24", "s24in32", "s32", "s32", "f32",
    ]);
    let keys = prop::sample::subsequence(
        vec![
            "preset = \"hd-audio\"",
            "count-on = \"memory\"",
            "faults = \"amd\"",
            "class = \"usb-high-speed\"",
            "drift = \"1000ppm\"",
            "more-packets = true",
            "packet-window = \"sample\"",
            "end-of-stream = \"silence\"",
        ],
        0..=8,
    );
    let extent = |key: &'static str| {
        let frames = prop_oneof![1 => Just(0u64), 4 => 1u64..9, 4 => 9u64..200];
        let some = frames.prop_map(move |frames| format!("{key} = \"{frames}fr\"\n"));
        prop_oneof![1 => Just(String::new()), 1 => some]
    };
    let rounds = prop::sample::select(vec![
        "",
        "",
        "",
        "looping = false\n",
        "looping = false\nrearm = \"ahead\"\n",
    ]);
    let dma = (extent("prefetch"), extent("burst"), rounds);
    (rate, prop_oneof![4 => 1u8..4, 1 => 4u8..9], sample, keys, dma).prop_map(|(rate, channels, sample, keys, (prefetch, burst, rounds))| {
        format!(
            "[device]\nformat = {{ rate = \"{rate}\", channels = {channels}, sample = \"{sample}\" }}\n{prefetch}{burst}{rounds}{}\n",
            keys.join("\n")
        )
    })
}

fn client() -> impl Strategy<Value = String> {
    let exclusive = (
        packet(),
        prop_oneof![4 => 1u32..3, 1 => 3u32..9],
        prop::sample::select(vec!["resync", "blind"]),
        prop::sample::select(vec!["drop", "delay"]),
        prop::sample::select(vec!["all", "first", "none"]),
        time(),
        (0u32..12, prop_oneof![4 => Just("1fr".to_owned()), 1 => packet()], any::<bool>()),
    )
        .prop_map(|(packet, packets, policy, content, prime, service, (last, valid, after))| {
            format!(
                "[[client]]\nmode = \"exclusive-event\"\npacket = \"{packet}\"\npackets = {packets}\n\
                 policy = \"{policy}\"\ncontent = \"{content}\"\nprime = \"{prime}\"\nservice = \"{service}\"\n\
                 end-of-stream = {{ packet = {last}, valid = \"{valid}\", writes-after = {after} }}\n"
            )
        });
    let source = prop::sample::select(vec![
        "{}",
        "{ sine = { frequency = \"440Hz\", level = \"6dB\" } }",
        "{ noise = { level = \"-1000dB\" } }",
        "{ sweep = { from = \"0Hz\", to = \"1000kHz\", over = \"720h\" } }",
        "{ impulses = { every = \"1fr\", level = \"1000dB\" } }",
    ]);
    let one = (buffer(), source, time(), "-?[0-9]{1,3}dB");
    let shared = (prop::collection::vec(one, 1..4), packet(), prop_oneof![4 => 1u32..3, 1 => 3u32..4], time()).prop_map(
        |(clients, period, packets, service)| {
            let mut text = format!(
                "[engine]\nperiod = \"{period}\"\npackets = {packets}\nservice = \"{service}\"\n"
            );
            for (buffer, source, start, volume) in clients {
                write!(text, "[[client]]\nmode = \"shared-event\"\nbuffer = \"{buffer}\"\nstart = \"{start}\"\n\
                     volume = \"{volume}\"\nsource = {source}\n"
                ).unwrap();
            }
            text
        },
    );
    prop_oneof![4 => exclusive, 4 => shared, 1 => Just(String::new())]
}

/// A microphone and who reads it.
fn recording() -> impl Strategy<Value = String> {
    let rate = prop::sample::select(vec!["8kHz", "44.1kHz", "48kHz", "48kHz", "96kHz", "192kHz"]);
    let sample = prop::sample::select(vec!["u8", "s16", "s24in32", "s32", "f32"]);
    let keys = prop::sample::subsequence(
        vec![
            "preset = \"hd-audio\"",
            "drift = \"-1000ppm\"",
            "more-packets = true",
            "read-order = \"newest-only\"",
        ],
        0..=4,
    );
    let microphone = (rate, 1u8..4, sample, keys).prop_map(|(rate, channels, sample, keys)| {
        format!(
            "[microphone]\nformat = {{ rate = \"{rate}\", channels = {channels}, sample = \"{sample}\" }}\n{}\n",
            keys.join("\n")
        )
    });
    let exclusive = (
        packet(),
        prop_oneof![4 => 1u32..3, 1 => 3u32..9],
        prop::sample::select(vec!["resync", "blind"]),
        time(),
    )
        .prop_map(|(packet, packets, policy, service)| {
            format!(
                "[[client]]\nmode = \"exclusive-capture\"\npacket = \"{packet}\"\npackets = {packets}\n\
                 policy = \"{policy}\"\nservice = \"{service}\"\n"
            )
        });
    let mode = prop::sample::select(vec!["shared-capture", "shared-capture", "shared-through"]);
    let overrun = prop::sample::select(vec!["keep-oldest", "keep-newest"]);
    let one = (mode, buffer(), time());
    let shared = (
        prop::collection::vec(one, 1..4),
        (packet(), 1u32..3, time(), overrun),
    )
        .prop_map(|(clients, (period, packets, service, overrun))| {
            let mut text = format!(
                "[capture-engine]\nperiod = \"{period}\"\npackets = {packets}\n\
                 service = \"{service}\"\noverrun = \"{overrun}\"\n"
            );
            for (mode, buffer, start) in clients {
                write!(
                    text,
                    "[[client]]\nmode = \"{mode}\"\nbuffer = \"{buffer}\"\nstart = \"{start}\"\n"
                )
                .unwrap();
            }
            text
        });
    (microphone, prop_oneof![exclusive, shared]).prop_map(|(one, other)| one + &other)
}

fn fault() -> impl Strategy<Value = String> {
    prop_oneof![
        (prop_oneof![4 => Just(0u32), 1 => 1u32..3], 0u64..20, time()).prop_map(
            |(client, event, by)| {
                format!("late-wake-up = {{ client = {client}, event = {event}, by = \"{by}\" }}")
            }
        ),
        (0u64..20, time()).prop_map(|(event, by)| {
            format!("late-wake-up = {{ engine = true, event = {event}, by = \"{by}\" }}")
        }),
        (0u64..20).prop_map(|event| format!("lost-notification = {{ event = {event} }}")),
        time().prop_map(|at| format!("spurious-notification = {{ at = \"{at}\" }}")),
        (time(), time()).prop_map(|(from, until)| {
            format!("blocked-dpc = {{ from = \"{from}\", until = \"{until}\" }}")
        }),
        (0u64..20, time())
            .prop_map(|(event, by)| { format!("late-isr = {{ event = {event}, by = \"{by}\" }}") }),
        (0u64..20, time())
            .prop_map(|(event, by)| { format!("late-dpc = {{ event = {event}, by = \"{by}\" }}") }),
    ]
}

/// A fault of the device; some are refused.
fn device_fault() -> impl Strategy<Value = String> {
    let by = prop::sample::select(vec![
        "lpib-lag",
        "lpib-lead",
        "dpib-early",
        "burst-grain",
        "irq-early",
        "pos-at-or-above-cbl",
        "mem-passes-link",
        "pause-adds-delay",
    ]);
    let lasting = prop::sample::select(vec![
        "fifo-size-zero",
        "run-sticky",
        "srst-slow",
        "playback-stalls-on-capture-start",
    ]);
    let plain = prop::sample::select(vec![
        "irq-one-frame-early",
        "wallclk-zero",
        "fifo-size-off-by-one",
        "fifo-size-by-fmt",
        "linear-not-reset",
        "stale-status-at-start",
        "stall-until-ack",
    ]);
    let which = prop_oneof![
        (0u64..20).prop_map(|event| format!("event = {event}")),
        (0u32..101).prop_map(|parts| format!("probability = \"{parts}%\"")),
    ];
    let odds = prop::sample::select(vec![
        "irq-lost = { ",
        "msi-edge-lost = { ",
        "irq-spurious = { after = \"7fr\", ",
    ]);
    prop_oneof![
        3 => (by, 0u64..2_000).prop_map(|(kind, n)| format!("{kind} = {{ frames = \"{n}fr\" }}")),
        1 => (lasting, time()).prop_map(|(kind, lasts)| format!("{kind} = {{ lasts = \"{lasts}\" }}")),
        2 => plain.prop_map(|kind| format!("{kind} = {{}}")),
        3 => (odds, which).prop_map(|(kind, which)| format!("{kind}{which} }}")),
        1 => (0u64..900, 0u64..900).prop_map(|(every, by)| {
            format!("backwards = {{ every = \"{every}fr\", frames = \"{by}fr\" }}")
        }),
        1 => time().prop_map(|window| format!("irq-coalesce = {{ window = \"{window}\" }}")),
        1 => (time(), time()).prop_map(|(from, until)| {
            format!("reads-all-ones = {{ from = \"{from}\", until = \"{until}\" }}")
        }),
        1 => (0u64..4, time()).prop_map(|(start, lasts)| {
            format!("stuck-after-resume = {{ start = {start}, lasts = \"{lasts}\" }}")
        }),
        1 => time().prop_map(|ahead| format!("start-burst = {{ ahead = \"{ahead}\" }}")),
        1 => (0u64..3).prop_map(|n| format!("cbl-mismatch = {{ shorter = \"{n}fr\" }}")),
        1 => (0u32..12, 0u32..12).prop_map(|(counts, of)| {
            format!("delay-other-timebase = {{ counts = {counts}, of = {of} }}")
        }),
        1 => (prop::sample::select(vec!["ticks", "read-moves-engine"]), time())
            .prop_map(|(kind, every)| format!("{kind} = {{ every = \"{every}\" }}")),
    ]
}

fn action() -> impl Strategy<Value = String> {
    prop_oneof![
        time().prop_map(|at| format!("pause = {{ client = 0, at = \"{at}\" }}")),
        time().prop_map(|at| format!("stop = {{ client = 0, at = \"{at}\" }}")),
        (time(), prop::sample::select(vec!["all", "first", "none"])).prop_map(
            |(at, prime)| format!("run = {{ client = 0, at = \"{at}\", prime = \"{prime}\" }}")
        ),
        (time(), prop_oneof![0u32..20, any::<u32>()]).prop_map(|(at, packet)| format!(
            "write-packet = {{ client = 0, at = \"{at}\", packet = {packet} }}"
        )),
    ]
}

/// What can go wrong with a recording.
fn recording_fault() -> impl Strategy<Value = String> {
    prop_oneof![
        (0u64..20, time()).prop_map(|(event, by)| {
            format!("late-wake-up = {{ client = 0, event = {event}, by = \"{by}\" }}")
        }),
        (1u64..20, time()).prop_map(|(event, by)| {
            format!("late-wake-up = {{ capture-engine = true, event = {event}, by = \"{by}\" }}")
        }),
        (1u64..20).prop_map(|event| format!("lost-notification = {{ event = {event} }}")),
        time().prop_map(|at| format!("spurious-notification = {{ at = \"{at}\" }}")),
    ]
}

fn recording_action() -> impl Strategy<Value = String> {
    prop_oneof![
        time().prop_map(|at| format!("pause = {{ client = 0, at = \"{at}\" }}")),
        time().prop_map(|at| format!("stop = {{ client = 0, at = \"{at}\" }}")),
        time().prop_map(|at| format!("run = {{ client = 0, at = \"{at}\" }}")),
        (time(), any::<u32>(), prop_oneof![0u32..20, any::<u32>()]).prop_map(
            |(at, slot, packet)| format!(
                "read-slot = {{ client = 0, at = \"{at}\", slot = {slot}, packet = {packet} }}"
            )
        ),
    ]
}

fn file() -> impl Strategy<Value = String> {
    let faults = prop_oneof![fault(), device_fault()].boxed();
    file_of(device(), client(), faults, action().boxed())
}

/// What strikes, and is done to, whatever client is first.
const LATE: &str = "late-wake-up = { client = 0, event = 2, by = \"21ms\" }\n";
const PAUSE: &str = "pause = { client = 0, at = \"31ms\" }\n";

/// A device that mixes, with clients that go past the software engine and such that do not.
fn mixing_file() -> impl Strategy<Value = String> {
    let delay = prop_oneof![9 => 0u64..2_000, 1 => Just(50_000u64)];
    let underrun = prop::sample::select(vec!["silence", "replay"]);
    let streams = prop_oneof![4 => 3u32..17, 1 => 0u32..3];
    let device = (streams, delay, underrun).prop_map(|(streams, delay, underrun)| {
        format!(
            "[device]\nkind = \"offload\"\n[device.offload]\nstreams = {streams}\n\
             delay = \"{delay}fr\"\nunderrun = \"{underrun}\"\n"
        )
    });
    let end = (0u32..9, 0u64..600).prop_map(|(packet, valid)| {
        format!("end-of-stream = {{ packet = {packet}, valid = \"{valid}fr\" }}\n")
    });
    let end = prop_oneof![1 => Just(String::new()), 1 => end];
    let policy = prop::sample::select(vec!["resync", "blind"]);
    let prime = prop::sample::select(vec!["all", "first", "none"]);
    let one = (230u64..2_000, time(), policy, prime, end).prop_map(
        |(packet, start, policy, prime, end)| {
            format!(
                "[[client]]\nmode = \"offload\"\npacket = \"{packet}fr\"\nstart = \"{start}\"\n\
                 policy = \"{policy}\"\nprime = \"{prime}\"\n{end}"
            )
        },
    );
    let host = prop_oneof![2 => Just(String::new()), 1 => client()];
    let clients = (prop::collection::vec(one, 1..4), host);
    let clients = clients.prop_map(|(past, host)| format!("{host}{}", past.concat()));
    let faults = prop_oneof![2 => Just(LATE.to_owned()), 1 => fault()].boxed();
    let actions = prop_oneof![2 => Just(PAUSE.to_owned()), 1 => action()].boxed();
    file_of(device, clients, faults, actions)
}

fn recording_file() -> impl Strategy<Value = String> {
    let (faults, actions) = (recording_fault().boxed(), recording_action().boxed());
    file_of(Just(String::new()), recording(), faults, actions)
}

fn file_of(
    device: impl Strategy<Value = String>,
    client: impl Strategy<Value = String>,
    fault: BoxedStrategy<String>,
    action: BoxedStrategy<String>,
) -> impl Strategy<Value = String> {
    let faults = prop::collection::vec(fault, 0..4);
    let actions = prop::collection::vec(action, 0..4);
    (device, client, faults, actions).prop_map(|(device, client, faults, actions)| {
        let mut text = format!("name = \"any\"\nduration = \"90ms\"\n{device}{client}");
        for fault in faults {
            write!(text, "[[fault]]\n{fault}\n").unwrap();
        }
        for action in actions {
            write!(text, "[[action]]\n{action}\n").unwrap();
        }
        text
    })
}

/// What holds of any run that came to its end.
fn check(text: &str, keep_samples: bool) -> Result<bool, TestCaseError> {
    let Ok(scenario) = Scenario::parse(text) else {
        return Ok(false);
    };
    let options = RunOptions {
        keep_samples,
        ..RunOptions::default()
    };
    let run = match run(&scenario, &Inputs::new(), &options) {
        Ok(run) => run,
        Err(error) => {
            prop_assert!(!error.is_internal(), "{error}\n{text}");
            return Ok(false);
        }
    };
    for endpoint in &run.result.endpoints {
        let classes = endpoint.frames_by_class.values();
        prop_assert_eq!(classes.sum::<u64>(), endpoint.frames, "T1\n{}", text);
        let stays: u64 = endpoint.stays.iter().map(|stay| stay.frames).sum();
        prop_assert_eq!(stays, endpoint.frames, "{}", text);
    }
    for (client, sound) in run
        .result
        .clients
        .iter()
        .filter(|client| client.recorded.is_some())
        .zip(&run.recorded)
    {
        let tape = client.recorded.as_ref().unwrap();
        let frames = sound.bytes.len() as u64 / u64::from(sound.format.frame_bytes());
        prop_assert_eq!(
            (&client.name, tape.frames),
            (&sound.client, frames),
            "{}",
            text
        );
    }
    if let Some(heard) = run.heard.first() {
        let frame = heard.format.frame_bytes() as usize;
        prop_assert!(heard.bytes.len() % frame == 0);
    }
    prop_assert!(!run.report().is_empty());
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_file_is_refused_or_runs(text in file(), keep_samples: bool) {
        check(&text, keep_samples)?;
    }

    #[test]
    fn any_recording_is_refused_or_runs(text in recording_file(), keep_samples: bool) {
        check(&text, keep_samples)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_file_of_a_mixer_is_refused_or_runs(text in mixing_file(), keep_samples: bool) {
        check(&text, keep_samples)?;
    }
}

/// The strategies above make files that run, not only such that are refused.
#[test]
fn some_of_any_files_run() {
    for files in [
        file().boxed(),
        recording_file().boxed(),
        mixing_file().boxed(),
    ] {
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let mut ran = 0;
        for _ in 0..200 {
            let text = files.new_tree(&mut runner).unwrap().current();
            ran += u32::from(check(&text, false).unwrap());
        }
        assert!(ran > 20, "{ran} of 200");
    }
}
