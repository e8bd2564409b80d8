//! A pin goes through a history, and the model with it.

use std::fmt;

use ks::KsState;
use units::{Hns, NtStatus};

use super::model::{Model, Objection};
use super::said::Answer;
use super::subject::PinSubject;
use super::{Ask, PinHistory, Said};
use crate::kit::{Declared, Signal, millis};

/// A request with its answer, or an event that was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinLine {
    /// When.
    pub at: Hns,
    /// What; `None` for an event that was set.
    pub ask: Option<Ask>,
    /// What came of it, in words.
    pub answer: String,
}

/// An answer that no rule allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The rule.
    pub rule: &'static str,
    /// What it allows.
    pub expected: String,
}

/// What came of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinTrial {
    start: Hns,
    lines: Vec<PinLine>,
    granted: usize,
    broken: Option<Broken>,
}

impl PinTrial {
    /// Takes `subject` through `history`, up to the first answer that is not allowed.
    pub(super) fn of(history: &PinHistory, mut subject: PinSubject, declared: &Declared) -> Self {
        let mut trial = Self {
            start: history.setup.start,
            lines: Vec::new(),
            granted: 0,
            broken: None,
        };
        if !subject.has_pin() {
            return trial;
        }
        let mut model = Model::new(&history.setup, declared);
        let mut now = history.setup.start;
        for step in &history.steps {
            let next = Hns::new(now.get().saturating_add(step.after.get()));
            let done = trial
                .pass(&model, (now, next), &subject.pass(next))
                .and_then(|()| {
                    now = next;
                    trial.step(&mut model, &mut subject, now, step.call)
                });
            let done = done.and_then(|()| trial.pass(&model, (now, now), &subject.pass(now)));
            if let Err(Objection { rule, expected }) = done {
                trial.broken = Some(Broken { rule, expected });
                break;
            }
        }
        trial
    }

    fn pass(
        &mut self,
        model: &Model<'_>,
        (from, until): (Hns, Hns),
        set: &[Signal],
    ) -> Result<(), Objection> {
        self.lines.extend(set.iter().map(|signal| PinLine {
            at: signal.at,
            ask: None,
            answer: format!("event {} is set", signal.event),
        }));
        model.pass(from, until, set)
    }

    fn step(
        &mut self,
        model: &mut Model<'_>,
        subject: &mut PinSubject,
        at: Hns,
        ask: Ask,
    ) -> Result<(), Objection> {
        if !model.can_be_asked(ask) {
            return Ok(());
        }
        let ahead = match ask {
            Ask::Write { ahead, .. } => i64::from(ahead),
            _ => 0,
        };
        let packet = model.in_transfer(at).wrapping_add_signed(ahead);
        let packet = u32::try_from(packet & u64::from(u32::MAX)).expect("it is masked");
        let answer = subject.ask(ask, packet);
        self.granted += usize::from(answer.is_ok());
        self.lines.push(PinLine {
            at,
            ask: Some(ask),
            answer: words(&answer),
        });
        model.take(at, ask, packet, &answer)?;
        match (ask, answer) {
            (Ask::State(target), Err(NtStatus::INSUFFICIENT_RESOURCES)) => {
                self.look(model, subject, at, target)
            }
            _ => Ok(()),
        }
    }

    /// How far did it get?
    fn look(
        &mut self,
        model: &mut Model<'_>,
        subject: &mut PinSubject,
        at: Hns,
        target: KsState,
    ) -> Result<(), Objection> {
        let answer = subject.ask(Ask::GetState, 0);
        self.lines.push(PinLine {
            at,
            ask: Some(Ask::GetState),
            answer: words(&answer),
        });
        match answer {
            Ok(Said::State(state)) => model.stopped_at(at, target, state),
            _ => Ok(()),
        }
    }

    /// True if every answer was one that the rules allow.
    pub fn is_kept(&self) -> bool {
        self.broken.is_none()
    }

    /// What was not allowed; it is the last of the lines.
    pub fn broken(&self) -> Option<&Broken> {
        self.broken.as_ref()
    }

    /// How many requests were granted.
    pub fn granted(&self) -> usize {
        self.granted
    }

    /// What was asked and set, in order.
    pub fn lines(&self) -> &[PinLine] {
        &self.lines
    }
}

fn words(answer: &Answer) -> String {
    match answer {
        Ok(said) => said.to_string(),
        Err(status) => NtStatus::name(*status).to_owned(),
    }
}

/// A table of calls, and below it the rule that the last one breaks.
impl fmt::Display for PinTrial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = |line: &PinLine| {
            let since = Hns::new(line.at.get().saturating_sub(self.start.get()));
            let ask = line.ask.map_or_else(String::new, |ask| ask.to_string());
            (millis(since), ask, line.answer.clone())
        };
        let rows: Vec<_> = self.lines.iter().map(row).collect();
        let times = rows.iter().map(|row| row.0.len()).max().unwrap_or(0);
        let asks = rows.iter().map(|row| row.1.len()).max().unwrap_or(0);
        for (time, ask, answer) in &rows {
            writeln!(f, "  {time:>times$}  {ask:<asks$}  {answer}")?;
        }
        match &self.broken {
            Some(Broken { rule, expected }) => {
                writeln!(f, "  {rule} is broken: expected {expected}")
            }
            None => writeln!(f, "  every answer is one that the rules allow"),
        }
    }
}
