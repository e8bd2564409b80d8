//! A format that changes.

use ks::KsState;
use units::{Bytes, Hns};

use super::Violation;
use super::twins::{calls, first_difference};
use crate::kit::{Answer, Bench, Call, History, Line, Setup, Step, Trace, run};

/// P43: after a change of format, a stream is as one that was made with it.
pub(crate) fn format_change(
    bench: &dyn Bench,
    history: &History,
    trace: &Trace,
) -> Option<Violation> {
    let lines: Vec<(usize, &Line)> = calls(trace).collect();
    let is_taken = |line: &Line| {
        let done = matches!(line.answer, Answer::Done | Answer::Buffer { .. });
        matches!(line.call, Call::Format(_)) && done
    };
    let mut state = KsState::Stop;
    for (index, line) in &lines {
        match line.call {
            Call::State(to) if line.answer == Answer::Done => state = to,
            _ if is_taken(line) && state != KsState::Stop => {
                return Some(Violation::at(*index, "refused: it is not in Stop"));
            }
            _ => {}
        }
    }
    let last = lines.iter().rposition(|(_, line)| is_taken(line))?;
    let buffer = match lines[last].1.answer {
        Answer::Buffer { actual } => Some(actual),
        _ => None,
    };
    let fresh = made_with_it(history, last, buffer)?;
    let skipped = history.steps.len() - last - 1;
    let theirs = run(bench, &fresh);
    let theirs: Vec<&Line> = calls(&theirs).map(|(_, line)| line).collect();
    let answers = theirs.iter().skip(theirs.len() - skipped);
    first_difference(
        lines.iter().skip(last + 1).copied(),
        answers.map(|line| line.answer),
        "as from a stream that was made with this format",
    )
}

/// What follows call `last`, a change of format, for a stream that has that format from the start, and
/// a buffer of that size. `None` if it was prepared otherwise than at the start.
fn made_with_it(history: &History, last: usize, buffer: Option<Bytes>) -> Option<History> {
    let Call::Format(format) = history.steps.get(last)?.call else {
        return None;
    };
    let setup = Setup {
        format,
        ..history.setup
    };
    let is_first = |step: &&Step| matches!(step.call, Call::Buffer { .. } | Call::Register(_));
    let first = history.steps.iter().take_while(is_first);
    let first = first.map(|step| Step {
        call: match step.call {
            Call::Buffer { packets, .. } => Call::Buffer {
                requested: buffer.unwrap_or(setup.buffer()),
                packets,
            },
            call => call,
        },
        ..*step
    });
    let mut steps: Vec<Step> = first.collect();
    let time = |steps: &[Step]| steps.iter().map(|step| step.after.get()).sum::<u64>();
    let spare = time(history.steps.get(..=last)?) - time(&steps);
    let begun = steps.len();
    let prepares = |step: &Step| {
        matches!(
            step.call,
            Call::Buffer { .. }
                | Call::Register(_)
                | Call::Unregister(_)
                | Call::MapPosition
                | Call::MapClock
        )
    };
    if history.steps.iter().skip(begun).any(prepares) {
        return None;
    }
    steps.extend_from_slice(history.steps.get(last + 1..)?);
    let next = steps.get_mut(begun)?;
    next.after = Hns::new(next.after.get() + spare);
    Some(History { setup, steps })
}
