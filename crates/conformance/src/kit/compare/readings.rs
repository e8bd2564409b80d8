//! The test that a client would make of a device.

use ks::KsState;
use units::Hns;

use super::Violation;
use crate::kit::{Answer, Bench, Call, History, Trace};

/// As many readings, a packet apart.
const READINGS: u64 = 100;
/// Units of 100 ns in a millisecond.
const MILLI: i128 = 10_000;

/// P66: a hundred readings, a bit more than 10 ms apart, lie near one line: within 1 % of the rate,
/// 1 ms of standard deviation, 4 ms at most.
///
/// Source: microsoft/Windows-driver-samples, `audio/tests/KSPosTst/pintest.cpp`.
pub(crate) fn oracle(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let position = |line: &crate::kit::Line| line.call == Call::Position;
    let line = trace.lines.iter().position(position)?;
    let setup = &history.setup;
    let ring = setup.buffer().get();
    let apart = 100_000.min(setup.time_of(setup.packet.get()).get());
    let apart = apart * 7 / 8 + 13;
    let declared = bench.declared(setup);
    let slack = setup.format.bytes_of(declared.lead + declared.grain).get();
    if setup.bytes_after(Hns::new(apart)) + slack >= ring {
        return None; // Nobody could tell how many turns lie between two readings.
    }
    let mut subject = bench.make(setup);
    let mut at = setup.start.get();
    let buffer = Call::Buffer {
        requested: setup.buffer(),
        packets: Some(setup.packets),
    };
    subject.call(Hns::new(at), buffer);
    let started = subject.call(Hns::new(at), Call::State(KsState::Run));
    if started != Answer::Done {
        return None;
    }
    let (mut linear, mut before) = (0_i128, 0_u64);
    let mut off = Vec::new();
    for nth in 1..=READINGS {
        at += apart;
        subject.pass(Hns::new(at));
        let Answer::Position(place) = subject.call(Hns::new(at), Call::Position) else {
            return None;
        };
        let moved = (place.write.get() + ring - before) % ring;
        linear += i128::from(moved);
        before = place.write.get();
        // When the position reported was true, against when it was read.
        let bytes_per_second =
            i128::from(setup.format.rate.hertz()) * i128::from(setup.format.frame_bytes());
        let true_at = linear * 10_000_000 / bytes_per_second;
        off.push(true_at - i128::from(nth * apart));
    }
    judge(&off, i128::from(READINGS * apart)).map(|why| Violation::at(line, why))
}

/// How the deviations, in units of 100 ns, are more than a device may have.
fn judge(off: &[i128], length: i128) -> Option<String> {
    let count = i128::try_from(off.len()).ok()?;
    let mean = off.iter().sum::<i128>() / count;
    let squares = off.iter().map(|off| (off - mean).pow(2)).sum::<i128>() / count;
    let most = off.iter().map(|off| (off - mean).abs()).max()?;
    let drift = off.last()? - off.first()?;
    if drift.abs() * 100 > length + 4 * MILLI * 100 {
        return Some("a rate within 1 % of the nominal one".to_owned());
    }
    if squares > MILLI.pow(2) {
        return Some("readings with a standard deviation below 1 ms".to_owned());
    }
    (most > 4 * MILLI).then(|| "no reading more than 4 ms off".to_owned())
}
