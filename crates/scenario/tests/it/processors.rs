//! Delays that come about: what competes for a core with the stack.

use scenario::{EndpointResult, Inputs, Run, RunOptions, Scenario, run};

/// Processors on which nothing of the stack itself takes any time.
const FREE: &str = "[machine.cpu]\ncores = 2\nisr = \"0ns\"\ndpc = \"0ns\"\nswitch = \"0ns\"\n";

/// An exclusive client with packets of `packet` frames that each take `service`, on `machine`.
fn file(packet: u64, service: &str, machine: &str) -> String {
    format!(
        "name = \"x\"\nseed = 7\nduration = \"200ms\"\n[[client]]\nmode = \"exclusive-event\"\n\
         packet = \"{packet}fr\"\nservice = \"{service}\"\n{machine}"
    )
}

fn play(text: &str) -> Run {
    let scenario = Scenario::parse(text).unwrap_or_else(|error| panic!("{error}"));
    run(&scenario, &Inputs::new(), &RunOptions::default()).unwrap()
}

/// The glitches of the speaker: first frame, frames.
fn glitches(text: &str) -> Vec<(u64, u64)> {
    let speaker = play(text).result.endpoints.remove(0);
    let glitches = speaker.glitches.iter();
    glitches
        .map(|glitch| (glitch.first_frame, glitch.frames))
        .collect()
}

fn load(kind: &str, first: &str, takes: &str, more: &str) -> String {
    format!(
        "{FREE}[[machine.cpu.load]]\nname = \"other\"\nkind = \"{kind}\"\nfirst = \"{first}\"\n\
         takes = \"{takes}\"\n{more}\n"
    )
}

#[test]
fn s50_a_dpc_of_4_ms_is_too_long_for_short_packets() {
    let long = load("dpc", "50ms", "4ms", "");
    assert_eq!(glitches(&file(480, "0ns", &long)), []);
    let at_event_5 = load("dpc", "13333333ns", "4ms", "");
    assert_eq!(glitches(&file(128, "0ns", &at_event_5)), [(768, 64)]);
}

#[test]
fn s51_a_dpc_of_13_6_ms_delays_its_own_core_and_no_other() {
    let dpc = |core: &str| load("dpc", "50ms", "13.6ms", core);
    let speaker: EndpointResult = play(&file(480, "0ns", &dpc(""))).result.endpoints.remove(0);
    let glitch = &speaker.glitches[0];
    assert_eq!((glitch.first_frame, glitch.frames), (2880, 173));
    assert_eq!(glitch.cause, Some("dpc_queue_wait"));
    assert_eq!(glitch.cause_ns, Some(13_600_000));
    assert_eq!(glitch.fault.as_deref(), Some("other"));
    assert_eq!(glitches(&file(480, "0ns", &dpc("core = 1"))), []);
}

#[test]
fn s52_a_dpc_of_16_ms() {
    let dpc = load("dpc", "50ms", "16ms", "");
    assert_eq!(glitches(&file(480, "0ns", &dpc)), [(2880, 288)]);
}

#[test]
fn s55_a_thread_of_equal_priority_keeps_the_core_for_its_turn() {
    let hog = |priority: u8| load("thread", "50ms", "35ms", &format!("priority = {priority}"));
    assert_eq!(glitches(&file(480, "0ns", &hog(22))), [(2880, 1440)]);
    assert_eq!(glitches(&file(480, "0ns", &hog(21))), []);
}

#[test]
fn s61_firmware_delays_whatever_core_the_thread_is_on() {
    for core in ["engine-core = 0\n", "engine-core = 1\n"] {
        let cpu = FREE.replace("cores = 2\n", &format!("cores = 2\n{core}"));
        let smi = load("firmware", "5ms", "0.3ms", "").replace(FREE, &cpu);
        assert_eq!(glitches(&file(48, "0.8ms", &smi)), [(288, 5)], "{core}");
    }
}

/// A busy machine: the stack costs something, and DPCs, ISRs and threads take their share.
const BUSY: &str = "[machine.cpu]\ncores = 1\nengine-priority = 12\n\
    idle = [{ residency = \"20us\", exit = \"3us\" }]\n\
    [[machine.cpu.load]]\nname = \"net\"\nkind = \"dpc\"\nevery = \"300us\"\nirregular = true\n\
    drawn = [{ survivors = 1000000000, latency = \"1us\" }, { survivors = 0, latency = \"400us\" }]\n\
    [[machine.cpu.load]]\nname = \"usb\"\nkind = \"isr\"\nevery = \"125us\"\ntakes = \"9us\"\n\
    [[machine.cpu.load]]\nname = \"hog\"\nkind = \"thread\"\npriority = 12\nevery = \"7ms\"\n\
    irregular = true\ntakes = \"3ms\"\n";

#[test]
fn cpu11_on_processors_too_the_parts_of_every_wake_up_add_up() {
    let run = play(&file(128, "0.4ms", BUSY));
    let work = &run.truth[0].as_ref().unwrap().account().work;
    let done = work
        .iter()
        .filter(|wake| wake.done.time < units::SimTime::MAX);
    let mut count = 0;
    for wake in done {
        assert_eq!(wake.latency.total(), wake.done.time.since(wake.due));
        count += 1;
    }
    assert!(count > 40, "{count}");
    let parts = &run.result.endpoints[0].wake_ns.as_ref().unwrap().parts;
    for part in [
        "isr_self",
        "dpc_self",
        "switch",
        "run_self",
        "run_preempted",
        "ready_wait",
    ] {
        assert!(parts[part] > 0, "{parts:?}");
    }
}

#[test]
fn equal_seeds_give_equal_runs_on_processors_too() {
    let digest = |text: &str| play(text).result.digest;
    let text = file(128, "0.4ms", BUSY);
    assert_eq!(digest(&text), digest(&text));
    assert_ne!(digest(&text), digest(&text.replace("seed = 7", "seed = 8")));
}

/// A DPC of 5 ms is queued when the device's comes, and an ISR keeps both from running for a while. The thread has
/// another core.
#[test]
fn cpu14_cpu15_the_dpc_of_the_device_may_go_first_or_last() {
    let cpu = |dpc: &str| {
        format!(
            "{FREE}engine-core = 1\n{dpc}\n\
             [[machine.cpu.load]]\nname = \"line\"\nkind = \"isr\"\nfirst = \"49ms\"\ntakes = \"3ms\"\n\
             [[machine.cpu.load]]\nname = \"disk\"\nkind = \"dpc\"\nfirst = \"49.5ms\"\ntakes = \"5ms\"\n\
             [[machine.cpu.load]]\nname = \"net\"\nkind = \"dpc\"\nfirst = \"54ms\"\ntakes = \"2ms\"\n"
        )
    };
    let margin = |dpc: &str| {
        let run = play(&file(480, "0ns", &cpu(dpc)));
        run.result.endpoints[0].headroom_ns.unwrap().min
    };
    // The ISR ends at 52 ms, the first DPC at 57, the second one at 59. The deadline is at 60.
    let margins = ["important-dpc = true", "", "threaded-dpc = true"].map(margin);
    assert_eq!(margins, [8_000_000, 3_000_000, 1_000_000]);
}

#[test]
fn with_a_responsiveness_of_100_there_is_no_multimedia_class() {
    let hog = "[[machine.cpu.load]]\nname = \"hog\"\nkind = \"thread\"\ntakes = \"150ms\"\npriority = 23\n";
    let with = |mmcss: &str| {
        let cpu = format!("{FREE}engine-priority = 24\n[machine.cpu.mmcss]\n{mmcss}\n{hog}");
        glitches(&file(480, "1ms", &cpu)).len()
    };
    assert!(with("") > 0, "Audio is 22");
    assert_eq!(with("responsiveness = 100"), 0);
    assert_eq!(with("engine = \"pro-audio\""), 0);
    assert!(with("engine = \"playback\"\npriority = \"critical\"") > 0);
}

#[test]
fn truth7_a_load_on_a_core_without_audio_changes_nothing() {
    let idle = file(480, "1ms", FREE);
    let elsewhere = load("dpc", "1ms", "0.9ms", "every = \"1ms\"\ncore = 1");
    let busy = file(480, "1ms", &elsewhere);
    assert_eq!(play(&idle).result.digest, play(&busy).result.digest);
}

#[test]
fn cpu10_delays_are_drawn_or_come_about_and_never_both() {
    for drawn in [
        "[machine]\nprofile = \"office\"\n",
        "[machine]\nwake = []\n",
    ] {
        let text = file(480, "0ns", &format!("{drawn}{FREE}"));
        let refusal = Scenario::parse(&text).unwrap_err().to_string();
        assert!(refusal.contains("never both"), "{refusal}");
    }
    for fault in [
        "late-dpc = { event = 5, by = \"1ms\" }",
        "page-fault = { client = 0, event = 5, by = \"1ms\" }",
        "device-lock = { from = \"5ms\", until = \"6ms\" }",
    ] {
        let text = file(480, "0ns", &format!("{FREE}[[fault]]\n{fault}\n"));
        let refusal = Scenario::parse(&text).unwrap_err().to_string();
        assert!(refusal.contains("machine.cpu.load"), "{refusal}");
    }
}

#[test]
fn processors_that_cannot_be_are_refused_with_their_place() {
    let refused = |cpu: &str| {
        let text = file(480, "0ns", cpu);
        Scenario::parse(&text).unwrap_err().to_string()
    };
    for (cpu, place) in [
        ("[machine.cpu]\ncores = 0\n", "machine.cpu.cores"),
        (
            "[machine.cpu]\nengine-core = 1\n",
            "machine.cpu.engine-core",
        ),
        (
            "[machine.cpu]\nclient-priority = 32\n",
            "machine.cpu.client-priority",
        ),
        ("[machine.cpu]\nquantum = \"1us\"\n", "machine.cpu.quantum"),
        ("[machine.cpu]\nwake-boost = 16\n", "machine.cpu.wake-boost"),
        (
            "[machine.cpu]\nimportant-dpc = true\nthreaded-dpc = true\n",
            "machine.cpu.important-dpc",
        ),
    ] {
        let refusal = refused(cpu);
        assert!(refusal.contains(place), "{refusal}");
    }
    let of_load = |more: &str| refused(&load("dpc", "0ms", "1ms", more));
    assert!(of_load("every = \"1us\"").contains("machine.cpu.load[0].every"));
    assert!(of_load("irregular = true").contains("machine.cpu.load[0].irregular"));
    assert!(of_load("core = 2").contains("machine.cpu.load[0].core"));
    assert!(of_load("drawn = []").contains("exactly one of"));
    let thread = refused(&load("thread", "0ms", "1ms", "important = true"));
    assert!(thread.contains("machine.cpu.load[0].important"));
}
