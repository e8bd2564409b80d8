//! Strategies for what is done with a controller.

use hardware::spec::{self, ctl, intctl, sts};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use units::{Bytes, Hns};

use crate::kit::controller::{INPUTS, STREAMS, control};
use crate::kit::{Call, ControllerCall, Setup, Step};

const MILLI: u64 = 10_000;

fn at_once(calls: Vec<ControllerCall>) -> Vec<Step> {
    let step = |call| Step {
        after: Hns::new(0),
        call: Call::Controller(call),
    };
    calls.into_iter().map(step).collect()
}

/// What is done with a controller, from its reset on.
pub(super) fn steps(setup: &Setup, gaps: BoxedStrategy<u64>) -> BoxedStrategy<Vec<Step>> {
    let group = (gaps, group(setup)).prop_map(|(after, calls)| {
        let mut steps = at_once(calls);
        steps[0].after = Hns::new(after);
        steps
    });
    let busy = vec(group, 1..24).prop_map(|groups| groups.concat());
    let driven = (prologue(), busy).prop_map(|(first, busy)| [at_once(first), busy].concat());
    prop_oneof![8 => driven, 1 => wraps(), 2 => starves(setup)].boxed()
}

/// Taken out of reset, with its streams set up and filled, and some of them running.
fn prologue() -> impl Strategy<Value = Vec<ControllerCall>> {
    let all = (1 << STREAMS) - 1;
    let outputs = all & !((1 << INPUTS) - 1);
    let set_up = prop_oneof![2 => Just(all), 1 => 1..=all];
    let running = prop_oneof![1 => Just(all), 2 => Just(outputs), 2 => 0..=all];
    (set_up, running).prop_map(|(set_up, running)| {
        let mut calls = vec![ControllerCall::Reset];
        let streams = (0..STREAMS).filter(|stream| set_up & intctl::stream(*stream) != 0);
        for stream in streams {
            calls.push(ControllerCall::SetUp(stream));
            if stream >= INPUTS {
                calls.push(ControllerCall::Fill(
                    stream,
                    0x11 * u8::try_from(stream).unwrap_or(1),
                ));
            }
        }
        if set_up & running != 0 {
            calls.push(ControllerCall::Start(set_up & running));
        }
        calls
    })
}

fn stream() -> impl Strategy<Value = u32> {
    0..STREAMS
}

fn of(stream: u32, register: u32) -> ControllerCall {
    ControllerCall::Load(spec::descriptor(stream) + register)
}

/// All that INTSTS follows from.
fn status() -> Vec<ControllerCall> {
    let global = [spec::INTCTL, spec::INTSTS].map(ControllerCall::Load);
    let each = (0..STREAMS).flat_map(|n| [of(n, spec::SD_CTL), of(n, spec::SD_STS)]);
    global.into_iter().chain(each).collect()
}

/// Where a stream is, in registers and in memory.
fn whereabouts(stream: u32) -> Vec<ControllerCall> {
    vec![
        of(stream, spec::SD_FIFOS),
        of(stream, spec::SD_LPIB),
        ControllerCall::Record(stream),
        of(stream, spec::SD_STS),
    ]
}

/// The clock, and where all are.
fn places() -> Vec<ControllerCall> {
    let places = (0..STREAMS).map(|n| of(n, spec::SD_LPIB));
    [ControllerCall::Load(spec::WALCLK)]
        .into_iter()
        .chain(places)
        .collect()
}

fn records() -> Vec<ControllerCall> {
    (0..STREAMS).map(ControllerCall::Record).collect()
}

fn acknowledge(stream: u32, bits: u32) -> ControllerCall {
    ControllerCall::Store(spec::descriptor(stream) + spec::SD_STS, bits)
}

fn group(setup: &Setup) -> BoxedStrategy<Vec<ControllerCall>> {
    let bits = select(vec![sts::BCIS, sts::FIFOE, sts::DESE, sts::CLEARABLE, 0]);
    let acknowledged = (stream(), bits).prop_map(|(stream, bits)| {
        let mut calls = status();
        calls.push(acknowledge(stream, bits));
        calls.extend(status());
        calls
    });
    let enables = (
        stream(),
        any::<bool>(),
        select(vec![0, ctl::FEIE, ctl::DEIE, ctl::IOCE]),
    );
    let control = enables.prop_map(|(stream, runs, flipped)| {
        let run = if runs { ctl::RUN } else { 0 };
        let value = control(stream) ^ flipped | run;
        let store = ControllerCall::Store(spec::descriptor(stream) + spec::SD_CTL, value);
        [vec![store], status()].concat()
    });
    let interrupts = (0..16_u32, any::<bool>()).prop_map(|(streams, global)| {
        let global = if global { intctl::GLOBAL } else { 0 };
        let store = ControllerCall::Store(spec::INTCTL, streams | global);
        [vec![store], status()].concat()
    });
    let ring = setup.buffer().get();
    let heard = (INPUTS..STREAMS, 0..ring.saturating_mul(3).max(1));
    prop_oneof![
        4 => Just(status()),
        4 => acknowledged,
        2 => control,
        2 => interrupts,
        5 => stream().prop_map(whereabouts),
        4 => Just(places()),
        1 => Just(records()),
        2 => (0..STREAMS).prop_map(|n| [vec![ControllerCall::Start(1 << n)], places()].concat()),
        1 => (1..16_u32).prop_map(|streams| vec![ControllerCall::Start(streams)]),
        1 => stream().prop_map(|stream| vec![ControllerCall::SetUp(stream)]),
        1 => Just(vec![ControllerCall::Reset]),
        1 => (INPUTS..STREAMS, 1..=255_u8)
            .prop_map(|(stream, value)| vec![ControllerCall::Fill(stream, value)]),
        3 => heard.prop_map(|(stream, at)| vec![ControllerCall::Heard(stream, Bytes::new(at))]),
    ]
    .boxed()
}

/// A clock that nobody reads until it is full.
fn wraps() -> BoxedStrategy<Vec<Step>> {
    const SECOND: u64 = 1_000 * MILLI;
    let far = select(vec![
        89 * SECOND,
        178 * SECOND,
        178_956_971 * 10,
        179 * SECOND,
        400 * SECOND,
    ]);
    vec(prop_oneof![3 => far, 1 => 0..60 * SECOND], 1..6)
        .prop_map(|gaps| {
            let mut steps = at_once(vec![ControllerCall::Reset]);
            for gap in gaps {
                let first = steps.len();
                steps.extend(at_once(vec![ControllerCall::Load(spec::WALCLK)]));
                steps[first].after = Hns::new(gap);
            }
            steps
        })
        .boxed()
}

/// A bus that is denied for longer than a FIFO lasts.
fn starves(setup: &Setup) -> BoxedStrategy<Vec<Step>> {
    let setup = *setup;
    let looks = vec(1..20 * MILLI, 2..8);
    (
        10 * MILLI..30 * MILLI,
        20 * MILLI..80 * MILLI,
        INPUTS..STREAMS,
        looks,
    )
        .prop_map(move |(from, lasts, stream, looks)| {
            let mut steps = at_once(vec![
                ControllerCall::Deny {
                    from: Hns::new(from),
                    until: Hns::new(from + lasts),
                },
                ControllerCall::Reset,
                ControllerCall::SetUp(stream),
                ControllerCall::Start(intctl::stream(stream)),
            ]);
            // The first look comes when a FIFO of some hundred bytes is empty for sure.
            let frames = 512 / u64::from(setup.format.frame_bytes());
            let mut after = from + setup.time_of(frames).get();
            for look in looks {
                let first = steps.len();
                steps.extend(at_once(whereabouts(stream)));
                steps[first].after = Hns::new(after);
                after = look;
            }
            steps
        })
        .boxed()
}
