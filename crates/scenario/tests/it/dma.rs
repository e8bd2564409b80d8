//! What the figures of a DMA engine change.

use scenario::{EndpointResult, Inputs, RunOptions, Scenario, run};

const PLAYS: &str = "name = \"x\"\nduration = \"100ms\"\n[[client]]\nmode = \"exclusive-event\"\n";
const RECORDS: &str =
    "name = \"x\"\nduration = \"100ms\"\n[[client]]\nmode = \"exclusive-capture\"\n";

fn endpoint(text: &str, seed: u64) -> EndpointResult {
    let scenario = Scenario::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let options = RunOptions {
        seed: Some(seed),
        ..RunOptions::default()
    };
    let run = run(&scenario, &Inputs::new(), &options).unwrap();
    run.result.endpoints.into_iter().next().unwrap()
}

fn speaker(device: &str, dma: &str) -> EndpointResult {
    endpoint(
        &format!("{PLAYS}[device]\n{device}\ndma = {{ {dma} }}\n"),
        0,
    )
}

/// 1 ms of 48 frames is not yet at the jack.
#[test]
fn a_codec_delay_is_taken_off_what_is_presented() {
    let position = |dma: &str| speaker("", dma).position_frames;
    assert_eq!(position(""), Some(4_800));
    assert_eq!(position("codec-delay = \"1ms\""), Some(4_752));
}

/// The same where registers show what was so 1 ms ago: then the packet that an interrupt is for is
/// not counted yet.
#[test]
fn a_register_that_is_late_misleads_who_counts_by_it() {
    let late = speaker("", "shown-late = \"1ms\"");
    assert_eq!(
        (late.position_frames, late.packet_count),
        (Some(4_752), Some(9))
    );
    assert!(!late.glitches.is_empty());
}

/// Up to 1 ms late, and how much is a matter of the seed.
#[test]
fn a_register_that_jitters_shows_another_position_with_another_seed() {
    let text = format!("{PLAYS}[device]\ndma = {{ shown-jitter = \"1ms\" }}\n");
    let shown = |seed| endpoint(&text, seed).position_frames.unwrap();
    let all: Vec<u64> = (0..8).map(shown).collect();
    assert!(
        all.iter().all(|shown| (4_752..=4_800).contains(shown)),
        "{all:?}"
    );
    assert!(all.iter().any(|shown| *shown != all[0]), "{all:?}");
    assert_eq!(shown(3), all[3]);
}

/// At the interrupt for what was fetched, the link has 48 frames to go to the end of the packet: a
/// record of the link, or one that is 1 ms late, does not show it, and each packet is written an
/// interrupt later.
#[test]
fn a_record_that_tracks_the_link_or_is_late_counts_less() {
    let device = "preset = \"hd-audio\"\nposition-source = \"position-buffer-only\"";
    let of = |dma: &str| {
        let speaker = speaker(device, dma);
        (
            speaker.packet_count.unwrap(),
            speaker.headroom_ns.unwrap().p50,
        )
    };
    assert_eq!(of(""), (10, 10_166_666));
    assert_eq!(of("record-tracks = \"link\""), (10, 166_666));
    assert_eq!(of("record-latency = \"1ms\""), (10, 166_666));
}

/// At 32 kHz three link frames of 20.8 us carry two frames.
#[test]
fn groups_are_packed_or_spread() {
    let device = "preset = \"hd-audio\"\nformat = { rate = \"32kHz\" }";
    let frames = |until: &str, dma: &str| {
        let text = format!("{PLAYS}[device]\n{device}\ndma = {{ {dma} }}\n");
        endpoint(&text.replace("100ms", until), 0).frames
    };
    let spread = "packing = \"spread\"";
    // 10 us into each of the three.
    let of = |dma: &str| ["10us", "31us", "52us"].map(|until| frames(until, dma));
    assert_eq!(of(""), [2, 2, 2]);
    assert_eq!(of(spread), [1, 2, 2]);
}

/// At 44.1 kHz link frame 12, counted from 0, is the first empty one: of those of the stream, or of
/// all since the controller left reset.
#[test]
fn the_cadence_is_that_of_the_stream_or_that_of_the_link() {
    let device = "preset = \"hd-audio\"\nformat = { rate = \"44.1kHz\" }";
    let frames = |dma: &str| {
        let text = format!("{PLAYS}start = \"100us\"\n[device]\n{device}\ndma = {{ {dma} }}\n");
        // The stream has had link frames 5 to 14.
        endpoint(&text.replace("100ms", "302us"), 0).frames
    };
    assert_eq!(frames(""), 10);
    assert_eq!(frames("cadence-phase = \"link\""), 9);
}

/// 441 frames are 55.125 bursts. What waits for the rest of the burst is interrupted for up to seven
/// frames later, and has that much less time.
#[test]
fn less_than_a_burst_is_stored_at_the_end_of_a_packet_or_waits() {
    let of = |dma: &str| {
        let client = RECORDS.to_owned() + "packet = \"441fr\"\n";
        let text = format!("{client}[microphone]\npreset = \"hd-audio\"\ndma = {{ {dma} }}\n");
        endpoint(&text, 0).headroom_ns.unwrap().min
    };
    let (at_once, whole) = (of(""), of("flush = \"whole-bursts\""));
    let seven_frames = 145_833;
    assert!(
        (at_once - seven_frames - 1..at_once).contains(&whole),
        "{at_once} {whole}"
    );
}

/// At 15 ms frame 720 begins. It is in memory, or what lay there is.
#[test]
fn a_frame_is_in_memory_when_it_begins_or_when_it_has_arrived() {
    let reads = "[[action]]\nread-slot = { client = 0, at = \"15001us\", slot = 1, packet = 1 }\n";
    let early = |dma: &str| {
        let text = format!("{RECORDS}{reads}[microphone]\ndma = {{ {dma} }}\n");
        endpoint(&text, 0).frames_by_class["early"]
    };
    assert_eq!(early(""), 239);
    assert_eq!(early("store = \"arrived\""), 240);
}

/// A link that freezes loses nothing and is late from then on; one that goes on sends zeros.
#[test]
fn a_stall_of_the_bus_is_no_underrun_of_the_cyclic_buffer() {
    let stall = "stalls = [{ from = \"50ms\", until = \"53ms\" }]";
    let zeros = speaker("preset = \"hd-audio\"", stall);
    assert_eq!(
        (zeros.frames, zeros.frames_by_class["zero_fill"]),
        (4_800, 104)
    );
    assert!(zeros.reported.is_empty());
    let device = "preset = \"hd-audio\"\nfifo-underrun = \"freeze\"";
    let frozen = speaker(device, stall);
    assert_eq!(
        (frozen.frames, frozen.frames_by_class["fresh"]),
        (4_696, 4_696)
    );
    // A cyclic buffer that nobody fills again is played again, and the FIFO never runs dry.
    let late = format!(
        "{PLAYS}[device]\npreset = \"hd-audio\"\n[[fault]]\n\
                        late-wake-up = {{ client = 0, event = 5, by = \"15ms\" }}\n"
    );
    let late = endpoint(&late, 0);
    assert_eq!(late.frames_by_class["zero_fill"], 0);
    assert_ne!(late.frames_by_class["stale"], 0);
}

/// What would do nothing, or cannot be, is refused.
#[test]
fn figures_that_would_change_nothing_are_refused() {
    let both = "[[client]]\nmode = \"exclusive-capture\"\n[microphone]\n";
    let stall = "stalls = [{ from = \"1ms\", until = \"2ms\" }]";
    for (start, table, key) in [
        (
            PLAYS,
            "[device.dma]\nflush = \"packet-end\"",
            "device.dma.flush",
        ),
        (PLAYS, "[device.dma]\nstore = \"begun\"", "device.dma.store"),
        (
            PLAYS,
            "[device.dma]\npacking = \"spread\"",
            "device.dma.packing",
        ),
        (
            PLAYS,
            "[device.dma]\ncadence-phase = \"link\"",
            "device.dma.cadence-phase",
        ),
        (
            PLAYS,
            "[device.dma]\nrecord-tracks = \"link\"",
            "device.dma.record-tracks",
        ),
        (
            PLAYS,
            "[device.dma]\nrecord-latency = \"1us\"",
            "device.dma.record-latency",
        ),
        (
            PLAYS,
            "[device.dma]\ncodec-delay = \"1s\"",
            "device.dma.codec-delay",
        ),
        (
            PLAYS,
            "[device.dma]\nstalls = [{ from = \"2ms\", until = \"2ms\" }]",
            "device.dma.stalls[0]",
        ),
        (
            PLAYS,
            &format!("[device]\nlooping = false\ndma = {{ {stall} }}"),
            "device.dma.stalls[0]",
        ),
        (
            PLAYS,
            &format!("[device]\ndma = {{ {stall} }}\n{both}controller = \"speaker\""),
            "device.dma.stalls[0]",
        ),
        (
            RECORDS,
            &format!("[microphone.dma]\n{stall}"),
            "microphone.dma.stalls",
        ),
        (
            PLAYS,
            "[device]\nkind = \"virtual\"\ndma = { codec-delay = \"1ms\" }",
            "device.dma",
        ),
    ] {
        let refused = Scenario::parse(&format!("{start}{table}\n")).unwrap_err();
        let keys: Vec<_> = refused.iter().map(|each| each.key.as_str()).collect();
        assert_eq!(keys, [key], "{table}");
    }
}
