//! A DMA engine that does not loop, against arithmetic.

use proptest::prelude::*;
use scenario::{Inputs, RunOptions, Scenario, run};

/// A stream of 10 ms packets at 48 kHz whose `event`th interrupt is `late` nanoseconds late.
#[derive(Clone, Debug)]
struct Case {
    packets: u64,
    prefetch: u64,
    counts_in_memory: bool,
    ahead: bool,
    event: u64,
    late: u64,
}

const PACKET: u64 = 10_000_000;
const ENDS: u64 = 200_000_000;

impl Case {
    fn text(&self) -> String {
        let count_on = if self.counts_in_memory {
            "memory"
        } else {
            "link"
        };
        let rearm = if self.ahead { "ahead" } else { "at-end" };
        format!(
            "name = \"x\"\nduration = \"{ENDS}ns\"\n[device]\nlooping = false\nrearm = \"{rearm}\"\n\
             more-packets = true\nprefetch = \"{}fr\"\nburst = \"1fr\"\ncount-on = \"{count_on}\"\n\
             [[client]]\nmode = \"exclusive-event\"\npackets = {}\n\
             [[fault]]\nname = \"masked\"\nlate-isr = {{ event = {}, by = \"{}ns\" }}\n",
            self.prefetch, self.packets, self.event, self.late
        )
    }

    /// How long what is armed lasts when the late interrupt comes, if that is the one which arms
    /// the next round.
    fn lasts(&self) -> Option<u64> {
        let in_fifo = if self.counts_in_memory {
            (self.prefetch + 1) * 1_000_000_000 / 48_000
        } else {
            0
        };
        let (arms, armed) = if self.ahead {
            ((self.event + 1) % self.packets == 0, PACKET)
        } else {
            (self.event % self.packets == 0, 0)
        };
        arms.then_some(armed + in_fifo)
    }
}

fn case() -> impl Strategy<Value = Case> {
    let late = prop_oneof![0..2_000_000_u64, 0..PACKET];
    (1..5_u64, 0..97_u64, any::<[bool; 2]>(), 1..15_u64, late).prop_map(
        |(packets, prefetch, [counts_in_memory, ahead], event, late)| Case {
            packets,
            prefetch,
            counts_in_memory,
            ahead,
            event,
            late,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// The device stands still for as long as the ISR is later than what is armed lasts, and what
    /// it plays is right before and after, if who writes is in time.
    #[test]
    fn the_device_stands_still_until_its_isr_has_sent_it_back(case in case()) {
        let scenario = Scenario::parse(&case.text()).unwrap_or_else(|error| panic!("{error}"));
        let run = run(&scenario, &Inputs::new(), &RunOptions::default()).unwrap();
        let endpoint = &run.result.endpoints[0];
        let stalls: Vec<_> = endpoint.glitches.iter().filter(|glitch| glitch.kind == "G15").collect();
        let held = case.lasts().map_or(0, |lasts| case.late.saturating_sub(lasts));
        if held < 2 {
            // Within what a frame of whole ticks is rounded by.
            prop_assert!(stalls.iter().all(|stall| stall.duration_ns < 2), "{stalls:?}");
            return Ok(());
        }
        let [stall] = stalls[..] else {
            return Err(TestCaseError::fail(format!("{held} ns expected, not {stalls:?}")));
        };
        prop_assert!(stall.duration_ns.abs_diff(held) <= 1, "{held} ns expected, not {stall:?}");
        prop_assert_eq!((stall.cause, stall.fault.as_deref()), (Some("mask_wait"), Some("masked")));
        prop_assert!(stall.cause_ns.unwrap().abs_diff(case.late) <= 1);
        let turn = if case.ahead { case.event + 1 } else { case.event };
        prop_assert_eq!(stall.first_frame, turn * 480);
        let played = (u128::from(ENDS - held) * 48_000).div_ceil(1_000_000_000);
        prop_assert!(u128::from(endpoint.frames).abs_diff(played) <= 1);
    }
}

/// A lost interrupt is the last one: nobody arms a round, so nothing is completed any more.
#[test]
fn f09_after_a_lost_interrupt_nothing_is_played_any_more() {
    let text = "name = \"x\"\nduration = \"100ms\"\n[device]\nlooping = false\n\
                [[client]]\nmode = \"exclusive-event\"\n\
                [[fault]]\nname = \"edge\"\nirq-lost = { event = 4 }\n";
    let scenario = Scenario::parse(text).unwrap();
    let run = run(&scenario, &Inputs::new(), &RunOptions::default()).unwrap();
    let endpoint = &run.result.endpoints[0];
    let [glitch] = &endpoint.glitches[..] else {
        panic!("one stall, not {:?}", endpoint.glitches);
    };
    assert_eq!(
        (glitch.kind, glitch.start_ns, glitch.duration_ns),
        ("G15", 40_000_000, 60_000_000)
    );
    assert_eq!(
        (endpoint.frames, glitch.fault.as_deref()),
        (1920, Some("edge"))
    );
}

/// STOP begins the rounds anew, and PAUSE does not.
#[test]
fn rounds_go_on_after_a_pause_and_begin_anew_after_stop() {
    for (action, until) in [("pause", 25), ("stop", 25), ("pause", 40), ("stop", 40)] {
        for rearm in ["at-end", "ahead"] {
            let text = format!(
                "name = \"x\"\nduration = \"200ms\"\n[device]\nlooping = false\nrearm = \"{rearm}\"\n\
                 [[client]]\nmode = \"exclusive-event\"\n\
                 [[action]]\n{action} = {{ client = 0, at = \"{until}ms\" }}\n\
                 [[action]]\nrun = {{ client = 0, at = \"100ms\" }}\n"
            );
            let scenario = Scenario::parse(&text).unwrap();
            let run = run(&scenario, &Inputs::new(), &RunOptions::default()).unwrap();
            let endpoint = &run.result.endpoints[0];
            assert_eq!(
                endpoint.frames,
                (until + 100) * 48,
                "{action} at {until} ms, {rearm}"
            );
            let stalls = endpoint
                .glitches
                .iter()
                .filter(|glitch| glitch.kind == "G15");
            assert_eq!(stalls.count(), 0, "{action} at {until} ms, {rearm}");
        }
    }
}

#[test]
fn what_an_engine_that_halts_cannot_have_is_refused() {
    for (keys, key) in [
        ("looping = false\nclass = \"qemu-hda\"", "device.class"),
        ("looping = false\nfaults = \"amd\"", "device.faults"),
        (
            "looping = false\ngrant-latency = \"1ms\"",
            "device.grant-latency",
        ),
        ("looping = false\nkind = \"virtual\"", "device.looping"),
        ("rearm = \"ahead\"", "device.rearm"),
    ] {
        let text = format!(
            "name = \"x\"\nduration = \"100ms\"\n[device]\n{keys}\n[[client]]\nmode = \"exclusive-event\"\n"
        );
        let refused = Scenario::parse(&text).unwrap_err().to_string();
        assert!(refused.contains(key), "{keys}: {refused}");
    }
}
