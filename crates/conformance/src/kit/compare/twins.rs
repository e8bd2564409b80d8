//! The same history, told in another way.

use ks::{KsState, Position};
use units::{Bytes, Frames, Hns, SampleFormat, WaveFormat};

use super::Violation;
use crate::kit::{Answer, Bench, Call, History, Line, Setup, Step, Trace, run};

/// The first line that differs.
pub(super) fn first_difference<'a>(
    mine: impl Iterator<Item = (usize, &'a Line)>,
    theirs: impl Iterator<Item = Answer>,
    what: &str,
) -> Option<Violation> {
    let mut pairs = mine.zip(theirs);
    let (index, answer) = pairs
        .find(|((_, line), answer)| line.answer != *answer)
        .map(|((index, _), answer)| (index, answer))?;
    Some(Violation::at(index, format!("{answer}, {what}")))
}

fn is_call(line: &Line) -> bool {
    !matches!(line.call, Call::Signal(_))
}

pub(super) fn calls(trace: &Trace) -> impl Iterator<Item = (usize, &Line)> {
    trace
        .lines
        .iter()
        .enumerate()
        .filter(|(_, line)| is_call(line))
}

/// P57: a fresh subject answers the same.
pub(crate) fn reproducible(
    bench: &dyn Bench,
    history: &History,
    trace: &Trace,
) -> Option<Violation> {
    let again = run(bench, history);
    let differs = trace
        .lines
        .iter()
        .zip(&again.lines)
        .position(|(a, b)| a != b);
    if let Some(index) = differs {
        let expected = again.lines[index].answer;
        return Some(Violation::at(
            index,
            format!("{expected}, as in a second run"),
        ));
    }
    (trace.lines.len() != again.lines.len()).then(|| {
        let last = trace.lines.len().saturating_sub(1);
        Violation::at(last, "as many signals as in a second run")
    })
}

/// P59: started at another time, everything is as much later.
pub(crate) fn shift(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    const STARTS: [u64; 4] = [
        (1 << 32) - 5_000,
        4_294_967_296 * 10_000 - 77_777,
        1_844_674_407_371 - 33_333,
        100 * 864_000_000_000,
    ];
    STARTS.into_iter().find_map(|start| {
        let mut later = history.clone();
        later.setup.start = Hns::new(start);
        let theirs = run(bench, &later);
        let answers = calls(&theirs)
            .map(|(_, line)| since(line.answer, start))
            .collect::<Vec<_>>();
        let base = history.setup.start.get();
        let mine: Vec<Line> = trace
            .lines
            .iter()
            .map(|line| Line {
                answer: since(line.answer, base),
                ..*line
            })
            .collect();
        let mine = mine.iter().enumerate().filter(|(_, line)| is_call(line));
        first_difference(
            mine,
            answers.into_iter(),
            &format!("as if started at {start}"),
        )
    })
}

/// The answer with its instants counted from `start`; what a free-running clock reads as is left
/// out.
fn since(answer: Answer, start: u64) -> Answer {
    let from = |at: Hns| Hns::new(at.get().wrapping_sub(start));
    match answer {
        Answer::Presented(mut at) => {
            at.qpc = from(at.qpc);
            Answer::Presented(at)
        }
        Answer::Packet(mut read) => {
            read.performance_counter = from(read.performance_counter);
            Answer::Packet(read)
        }
        Answer::Register(_) => Answer::Done,
        Answer::Time(at) => Answer::Time(from(at)),
        answer => answer,
    }
}

/// P15: every second call that only asks is left out; the others get the same answers.
pub(crate) fn observer(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    if history.steps.iter().any(|step| step.call == Call::Hold) {
        return None; // What is left out before a stall would make it longer.
    }
    let mut nth = 0;
    let mut kept = Vec::new();
    let mut fewer = history.clone();
    fewer.steps.clear();
    let mut spare = 0;
    for (index, step) in history.steps.iter().enumerate() {
        nth += usize::from(step.call.only_asks());
        if step.call.only_asks() && nth % 2 == 1 {
            spare += step.after.get();
            continue;
        }
        kept.push(index);
        fewer.steps.push(Step {
            after: Hns::new(step.after.get().saturating_add(spare)),
            ..*step
        });
        spare = 0;
    }
    let theirs = run(bench, &fewer);
    let mine: Vec<_> = calls(trace).collect();
    let mine = kept
        .into_iter()
        .filter_map(|index| mine.get(index).copied());
    let answers = calls(&theirs).map(|(_, line)| line.answer);
    first_difference(mine, answers, "as when asked less often")
}

/// P58: readings of one instant the other way round.
pub(crate) fn query_order(
    bench: &dyn Bench,
    history: &History,
    trace: &Trace,
) -> Option<Violation> {
    let mut order: Vec<usize> = (0..history.steps.len()).collect();
    let mut first = 0;
    for index in 1..=history.steps.len() {
        let goes_on = history.steps.get(index).is_some_and(|step| {
            step.after.get() == 0 && step.call.only_asks() && history.steps[first].call.only_asks()
        });
        if !goes_on {
            order[first..index].reverse();
            first = index;
        }
    }
    let mut turned = history.clone();
    for (place, &from) in order.iter().enumerate() {
        turned.steps[place].call = history.steps[from].call;
    }
    let theirs = run(bench, &turned);
    let theirs: Vec<Answer> = calls(&theirs).map(|(_, line)| line.answer).collect();
    let mut answers = theirs.clone();
    for (place, &from) in order.iter().enumerate() {
        answers[from] = theirs[place];
    }
    first_difference(
        calls(trace),
        answers.into_iter(),
        "as when asked in another order",
    )
}

/// P39: after a stop the same again, to the same answers.
pub(crate) fn second_epoch(
    bench: &dyn Bench,
    history: &History,
    trace: &Trace,
) -> Option<Violation> {
    // Whole periods of whatever a device goes by: link frames, milliseconds.
    const PERIOD: u64 = 100_000;
    let once = |call: Call| {
        matches!(
            call,
            Call::Buffer { .. } | Call::Register(_) | Call::MapPosition | Call::MapClock
        )
    };
    // What lies in memory stays there over Stop.
    let stays = |step: &Step| {
        !matches!(
            step.call,
            Call::Unregister(_) | Call::Hold | Call::Format(_) | Call::Behind(_) | Call::Heard(_)
        )
    };
    let first = history.steps.iter().position(|step| !once(step.call))?;
    let prepared = !history.steps[first..].iter().any(|step| once(step.call));
    if history.setup.ppb != 0 {
        return None; // Its periods are not those of the counter.
    }
    if !prepared || !history.steps.iter().all(stays) {
        return None;
    }
    // Who is in Stop already does not enter it.
    let last = history.steps.len() + 1;
    let mut twice = history.clone();
    twice
        .steps
        .extend([KsState::Acquire, KsState::Stop].map(|state| Step {
            after: Hns::new(0),
            call: Call::State(state),
        }));
    let length = history.steps.iter().fold(0_u64, |length, step| {
        length.saturating_add(step.after.get())
    });
    let mut between = 12 * PERIOD - length % PERIOD;
    let mut again = Vec::new();
    for (index, step) in history.steps.iter().enumerate() {
        between = step.after.get().saturating_add(between);
        if once(step.call) {
            continue;
        }
        again.push(index);
        twice.steps.push(Step {
            after: Hns::new(between),
            ..*step
        });
        between = 0;
    }
    let theirs = run(bench, &twice);
    let lines: Vec<_> = calls(&theirs).collect();
    if lines.get(last).map(|(_, line)| line.answer) != Some(Answer::Done) {
        return None;
    }
    let shifted = |line: &Line| Line {
        answer: since(line.answer, line.at.get()),
        ..*line
    };
    let mine: Vec<Line> = calls(trace).map(|(_, line)| shifted(line)).collect();
    let places: Vec<usize> = calls(trace).map(|(place, _)| place).collect();
    let mine = again
        .iter()
        .filter_map(|&index| Some((*places.get(index)?, mine.get(index)?)));
    let answers = lines[last + 1..]
        .iter()
        .map(|(_, line)| shifted(line).answer);
    first_difference(mine, answers, "as in a second run after Stop")
}

/// P52: another subject that runs beside it changes nothing.
pub(crate) fn isolation(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let mut mine = bench.make(&history.setup);
    let mut other = bench.make(&history.setup);
    let mut at = history.setup.start.get();
    let mut answers = Vec::new();
    for step in &history.steps {
        at = at.saturating_add(step.after.get());
        let now = Hns::new(at);
        if step.call == Call::Hold {
            return None;
        }
        for subject in [&mut other, &mut mine] {
            subject.pass(now);
        }
        other.call(now, step.call);
        let answer = mine.call(now, step.call);
        other.call(now, Call::Position);
        answers.push(answer);
    }
    first_difference(
        calls(trace),
        answers.into_iter(),
        "as without a second stream",
    )
}

/// Where the stream is, unwrapped as what lies nearest to where it should be.
fn linear(setup: &Setup, place: Position, run: Hns) -> i128 {
    let ring = i128::from(setup.buffer().get());
    let ideal = i128::from(setup.bytes_after(run));
    let ahead = (i128::from(place.write.get()) - ideal).rem_euclid(ring);
    ideal
        + if ahead * 2 > ring {
            ahead - ring
        } else {
            ahead
        }
}

/// Positions of the history with another ring, as linear positions in frames.
fn with_ring(
    bench: &dyn Bench,
    history: &History,
    trace: &Trace,
    setup: Setup,
    what: &str,
) -> Option<Violation> {
    let ring = Call::Buffer {
        requested: history.setup.buffer(),
        packets: Some(history.setup.packets),
    };
    let other_ring = |(_, line): (usize, &Line)| match line.call {
        Call::Buffer { .. } => line.call != ring,
        Call::Format(_) => true,
        _ => false,
    };
    if calls(trace).any(other_ring) {
        return None;
    }
    let mut other = history.clone();
    other.setup = setup;
    for step in &mut other.steps {
        if let Call::Buffer { requested, packets } = &mut step.call {
            *requested = setup.buffer();
            *packets = packets.map(|_| setup.packets);
        }
    }
    let theirs = run(bench, &other);
    let refused = |(_, line): (usize, &Line)| {
        matches!(line.call, Call::State(_)) && matches!(line.answer, Answer::Refused(_))
    };
    if calls(&theirs).any(refused) {
        return None; // Not every device carries every format.
    }
    let ends = |(_, line): (usize, &Line)| match line.call {
        Call::Write(write) => write.flags & ks::END_OF_STREAM != 0,
        _ => false,
    };
    if bench.declared(&setup).holds_at_end && calls(trace).any(ends) {
        return None; // The end is so many bytes into a packet.
    }
    let same = |(_, line): &(usize, &Line)| line.call == Call::Position;
    let mine = calls(trace).filter(same);
    let mut run_time = RunTime::default();
    let times: Vec<(Hns, u64)> = trace.lines.iter().map(|line| run_time.take(line)).collect();
    let rounding = bench.declared(&history.setup).pause_rounding.get();
    let frames = |setup: &Setup, line: &Line, run: Hns| match line.answer {
        Answer::Position(place) => {
            Some(linear(setup, place, run).div_euclid(i128::from(setup.format.frame_bytes())))
        }
        _ => None,
    };
    let smaller = i128::from(history.setup.packet.get() * u64::from(history.setup.packets))
        .min(i128::from(setup.packet.get() * u64::from(setup.packets)));
    // What lies between memory and link depends on how it is cut.
    let room = |setup: &Setup| {
        let declared = bench.declared(setup);
        i128::from(declared.lead.get() + declared.grain.get().saturating_sub(1))
    };
    let apart = room(&history.setup).max(room(&setup));
    let mut pairs = mine.zip(calls(&theirs).filter(same));
    pairs.find_map(|((index, line), (_, their))| {
        let (run, pauses) = times[index];
        let mine = frames(&history.setup, line, run)?;
        let theirs = frames(&setup, their, run)?;
        // Farther from where it should be, nobody could tell which turn of the buffer it is.
        let due = i128::from(history.setup.frames_after(run));
        let rounded = i128::from(rounding.saturating_mul(pauses));
        let off = (mine - due).abs().max((theirs - due).abs()) + rounded;
        ((mine - theirs).abs() > apart && off * 4 <= smaller).then(|| {
            let text = format!("frame {theirs} of the stream and not {mine}, {what}");
            Violation::at(index, text)
        })
    })
}

/// Time in RUN, and how often it was left, line by line.
#[derive(Default)]
struct RunTime {
    done: u64,
    since: Option<u64>,
    pauses: u64,
}

impl RunTime {
    fn take(&mut self, line: &Line) -> (Hns, u64) {
        let at = line.at.get();
        if let (Call::State(state), Answer::Done) = (line.call, line.answer) {
            let run = self.done + self.since.map_or(0, |since| at - since);
            let left = self.since.is_some() && state != KsState::Run;
            let (done, pauses) = (run, self.pauses + u64::from(left));
            (self.done, self.pauses) = match state {
                KsState::Stop => (0, 0),
                _ => (done, pauses),
            };
            self.since = (state == KsState::Run).then_some(at);
        }
        let run = self.done + self.since.map_or(0, |since| at - since);
        (Hns::new(run), self.pauses)
    }
}

/// P20: in a buffer that never ends the positions are the same.
pub(crate) fn wrap(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let bytes = u64::from(history.setup.format.frame_bytes()) << 20;
    let packet = (1 << 20) / u64::from(history.setup.packets).next_power_of_two();
    let setup = Setup {
        packet: Frames::new(packet),
        ..history.setup
    };
    (setup.buffer() >= Bytes::new(bytes / 2))
        .then(|| with_ring(bench, history, trace, setup, "as in a buffer without end"))?
}

/// P22: with another packet the positions are the same.
pub(crate) fn size(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let setup = Setup {
        packet: Frames::new(history.setup.packet.get() * 3 + 1),
        ..history.setup
    };
    with_ring(
        bench,
        history,
        trace,
        setup,
        "as with packets of another size",
    )
}

/// P49: with another size of frame the frames are the same.
pub(crate) fn units(bench: &dyn Bench, history: &History, trace: &Trace) -> Option<Violation> {
    let limits = bench.limits();
    let wide = limits.samples.contains(&SampleFormat::S32);
    let sample = if wide {
        SampleFormat::S32
    } else {
        SampleFormat::S16
    };
    let channels = limits.channels_max;
    let format = WaveFormat::new(history.setup.format.rate.hertz(), channels, sample).ok()?;
    let setup = Setup {
        format,
        ..history.setup
    };
    with_ring(
        bench,
        history,
        trace,
        setup,
        "as with frames of another size",
    )
}
