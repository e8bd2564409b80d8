//! What a guard believes, against what is so.

use crate::kit::policy::truth;
use crate::kit::{
    Absorbed, Answer, Bench, Call, DeclaredPolicy, History, Misreading, PolicyCall, Setup, Trace,
};

use super::Violation;

/// What a guard believed at one time.
struct Belief {
    line: usize,
    believed: u64,
    /// What is so, in whole packets if that is what it believes in.
    truth: u64,
    /// What was wrong with the reading, if something was.
    wrong: Option<Misreading>,
    interrupt: bool,
}

/// Every belief of the trace, in order.
fn beliefs(setup: &Setup, declared: &DeclaredPolicy, trace: &Trace) -> Vec<Belief> {
    let packet = setup.packet.get();
    let mut interrupted = 0;
    let mut beliefs = Vec::new();
    for (index, line) in trace.lines.iter().enumerate() {
        let (Call::Policy(call), Answer::Linear(believed)) = (line.call, line.answer) else {
            continue;
        };
        let truth = truth(setup, line.at);
        let done = truth / packet;
        let packets = done - interrupted;
        if packets > setup.packets.into() {
            break; // Nobody could tell how many turns have gone by.
        }
        let interrupt = call == PolicyCall::Interrupt;
        let wrong = match call {
            PolicyCall::Misread(what, _) => Some(what),
            _ if packets >= 2 => Some(Misreading::Lost),
            PolicyCall::Interrupt if packets == 0 => Some(Misreading::Extra),
            _ => None,
        };
        if interrupt {
            interrupted = done;
        }
        let truth = if declared.whole_packets {
            done * packet
        } else {
            truth
        };
        beliefs.push(Belief {
            line: index,
            believed,
            truth,
            wrong,
            interrupt,
        });
    }
    beliefs
}

impl Belief {
    /// True if it can be expected to be right: packets are believed in when they are interrupted for.
    fn counts(&self, declared: &DeclaredPolicy) -> bool {
        self.interrupt || !declared.whole_packets
    }

    fn violation(&self, expected: String) -> Violation {
        Violation::at(self.line, expected)
    }
}

/// P60: as long as nothing is wrong, a guard believes the truth.
pub(crate) fn transparent(
    bench: &dyn Bench,
    history: &History,
    trace: &Trace,
) -> Option<Violation> {
    let declared = bench.policy(&history.setup);
    let beliefs = beliefs(&history.setup, &declared, trace);
    let mut right = beliefs.iter().take_while(|belief| belief.wrong.is_none());
    let misled =
        right.find(|belief| belief.counts(&declared) && belief.believed != belief.truth)?;
    let expected = format!("{}, the truth: nothing is wrong", misled.truth);
    Some(misled.violation(expected))
}

/// P61: what a guard absorbs misleads it within bounds, and not for long.
pub(crate) fn contained(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let declared = bench.policy(&history.setup);
    let (mut bound, mut recovers, mut right) = (0, 0, 0);
    let mut is_misled = false;
    for belief in beliefs(&history.setup, &declared, trace) {
        if let Some(wrong) = belief.wrong {
            let absorbed = declared.absorbs.iter().find(|it| it.reading == wrong)?;
            let Absorbed {
                bound: frames,
                readings,
                ..
            } = absorbed;
            bound = bound.max(frames.get());
            recovers = recovers.max(*readings);
            (is_misled, right) = (true, 0);
        } else if belief.counts(&declared) {
            right += 1;
        }
        if !is_misled {
            continue;
        }
        let off = belief.believed.abs_diff(belief.truth);
        if off > bound {
            let expected = format!("{} give or take {bound}", belief.truth);
            return Some(belief.violation(expected));
        }
        if right > recovers && off > 0 && belief.counts(&declared) {
            let expected = format!(
                "{}, the truth: {right} readings have been right since",
                belief.truth
            );
            return Some(belief.violation(expected));
        }
    }
    None
}
