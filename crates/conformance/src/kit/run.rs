//! A subject goes through histories, and rules judge it.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use units::Hns;
use vtime::Rng;

use crate::kit::compare::Violation;
use crate::kit::minimise::minimise;
use crate::kit::report::{Failure, Outcome, Report, Verdict};
use crate::kit::rule::{Judge, Rule};
use crate::kit::{Answer, Bench, Call, Held, History, RULES, compare, histories, model, rule};

/// A call with its answer, or a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Hns,
    /// What.
    pub call: Call,
    /// What came of it.
    pub answer: Answer,
}

/// What a subject answered to a history. Signals stand where they happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The lines, in order.
    pub lines: Vec<Line>,
}

/// Takes a fresh subject of `bench` through `history`.
pub fn run(bench: &dyn Bench, history: &History) -> Trace {
    let mut subject = bench.make(&history.setup);
    let mut at = history.setup.start.get();
    let mut lines = Vec::with_capacity(history.steps.len());
    for step in &history.steps {
        at = at.saturating_add(step.after.get());
        let now = Hns::new(at);
        let held = step.call == Call::Hold && subject.hold(now) == Held::Yes;
        if !held {
            lines.extend(signals(&mut *subject, now));
        }
        let answer = match step.call {
            Call::Hold if held => Answer::Done,
            Call::Hold | Call::Signal(_) => Answer::NotOffered,
            call => subject.call(now, call),
        };
        lines.push(Line {
            at: now,
            call: step.call,
            answer,
        });
        if !held {
            lines.extend(signals(&mut *subject, now));
        }
    }
    Trace { lines }
}

fn signals(subject: &mut dyn crate::kit::Subject, until: Hns) -> Vec<Line> {
    let line = |signal: crate::kit::Signal| Line {
        at: signal.at,
        call: Call::Signal(signal.event),
        answer: Answer::Done,
    };
    subject.pass(until).into_iter().map(line).collect()
}

/// Draws histories and has rules judge subjects.
#[derive(Clone, Copy, Debug)]
pub struct Kit {
    seed: u64,
    cases: u32,
    only: Option<&'static Rule>,
}

impl Kit {
    /// A kit whose histories follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            cases: 32,
            only: None,
        }
    }

    /// The same with another seed.
    #[must_use]
    pub fn seeded(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The same with so many histories of each kind.
    #[must_use]
    pub fn cases(self, cases: u32) -> Self {
        Self { cases, ..self }
    }

    /// The same with one rule alone; `None` if there is none of that number.
    #[must_use]
    pub fn only(self, number: &str) -> Option<Self> {
        rule(number).map(|rule| Self {
            only: Some(rule),
            ..self
        })
    }

    fn rules(&self) -> Vec<&'static Rule> {
        self.only.map_or(RULES.iter().collect(), |rule| vec![rule])
    }

    /// Puts subjects of `bench` under the rules. A rule that is broken is not tried again, and its
    /// history is made as short as it can be.
    pub fn check(&self, bench: &dyn Bench) -> Report {
        let mut bout = Bout::new(bench, self.rules());
        for &kind in bench.kinds() {
            let strategy = histories(kind, &bench.limits());
            for case in 0..self.cases {
                let drawn = draw(&strategy, self.seed, kind.name(), case);
                bout.take(&drawn);
            }
        }
        bout.finish(self.seed)
    }

    /// The numbers of the rules that subjects of `bench` break, without looking for the shortest
    /// history: quicker than a [check](Self::check).
    pub fn broken(&self, bench: &dyn Bench) -> Vec<&'static str> {
        let mut bout = Bout::new(bench, self.rules());
        bout.shortens = false;
        for &kind in bench.kinds() {
            let strategy = histories(kind, &bench.limits());
            for case in 0..self.cases {
                bout.take(&draw(&strategy, self.seed, kind.name(), case));
            }
        }
        let broken = bout
            .rules
            .into_iter()
            .filter(|watched| watched.failure.is_some());
        broken.map(|watched| watched.rule.number).collect()
    }

    /// Puts a subject of `bench` under the rules for this one history.
    pub fn replay(&self, bench: &dyn Bench, history: &History) -> Report {
        let mut bout = Bout::new(bench, self.rules());
        bout.take(history);
        bout.finish(self.seed)
    }
}

/// What `strategy` draws in `case` of those called `what`: the same for the same seed.
pub(crate) fn draw<T>(strategy: &impl Strategy<Value = T>, seed: u64, what: &str, case: u32) -> T {
    let mut rng = Rng::of(seed, what, &case.to_string());
    let mut bytes = [0; 32];
    for chunk in bytes.chunks_mut(8) {
        chunk.copy_from_slice(&rng.next_u64().to_le_bytes());
    }
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let tree = strategy.new_tree(&mut runner);
    tree.expect("the strategies reject nothing").current()
}

/// One subject against the rules.
struct Bout<'a> {
    bench: &'a dyn Bench,
    rules: Vec<Watched>,
    histories: u64,
    calls: u64,
    shortens: bool,
}

struct Watched {
    rule: &'static Rule,
    applied: u64,
    failure: Option<Failure>,
    /// Why it says nothing of the subject, if that is so whatever is called.
    exempt: Option<&'static str>,
}

impl<'a> Bout<'a> {
    fn new(bench: &'a dyn Bench, rules: Vec<&'static Rule>) -> Self {
        let exempt = bench.exempt();
        let watched = |rule: &'static Rule| Watched {
            rule,
            applied: 0,
            failure: None,
            exempt: exempt
                .iter()
                .find(|left| left.number == rule.number)
                .map(|left| left.why),
        };
        Self {
            bench,
            rules: rules.into_iter().map(watched).collect(),
            histories: 0,
            calls: 0,
            shortens: true,
        }
    }

    fn take(&mut self, history: &History) {
        let bench = self.bench;
        let trace = run(bench, history);
        let blamed = model::judge(history, &|setup| bench.declared(setup), &trace);
        self.histories += 1;
        self.calls += trace.lines.len() as u64;
        for watched in &mut self.rules {
            let is_settled = watched.failure.is_some() || watched.exempt.is_some();
            if is_settled || !watched.rule.applies(&trace) {
                continue;
            }
            watched.applied += 1;
            let violation = match watched.rule.judge {
                Judge::Model => blamed
                    .iter()
                    .find(|blame| blame.rule == watched.rule.number),
                Judge::Compare(_) => None,
            };
            let broken = match watched.rule.judge {
                Judge::Model => violation.is_some(),
                Judge::Compare(compare) => compare(bench, history, &trace).is_some(),
            };
            if broken {
                watched.failure = Some(if self.shortens {
                    shortest(bench, watched.rule, history)
                } else {
                    failure(bench, watched.rule, history.clone())
                });
            }
        }
    }

    fn finish(self, seed: u64) -> Report {
        let verdict = |watched: &mut Watched| match (watched.failure.take(), watched.exempt) {
            (Some(failure), _) => Verdict::Broken(Box::new(failure)),
            (None, Some(why)) => Verdict::NotApplicable(why.to_owned()),
            (None, None) if watched.applied == 0 => {
                Verdict::NotApplicable(format!("needs {}", watched.rule.needs()))
            }
            (None, None) => Verdict::Held,
        };
        let outcome = |mut watched: Watched| Outcome {
            rule: watched.rule,
            histories: watched.applied,
            verdict: verdict(&mut watched),
        };
        Report {
            subject: self.bench.name().to_owned(),
            seed,
            histories: self.histories,
            calls: self.calls,
            outcomes: self.rules.into_iter().map(outcome).collect(),
        }
    }
}

/// How `history` breaks `rule`, if it does.
pub(crate) fn broken_by(bench: &dyn Bench, rule: &Rule, history: &History) -> Option<Violation> {
    let trace = run(bench, history);
    if !rule.applies(&trace) {
        return None;
    }
    match rule.judge {
        Judge::Model => {
            let blamed = model::judge(history, &|setup| bench.declared(setup), &trace);
            blamed
                .into_iter()
                .find(|blame| blame.rule == rule.number)
                .map(|blame| Violation::at(blame.line, blame.expected))
        }
        Judge::Compare(compare) => compare(bench, history, &trace),
    }
}

fn shortest(bench: &dyn Bench, rule: &'static Rule, history: &History) -> Failure {
    let broken = |history: &History| broken_by(bench, rule, history).is_some();
    failure(bench, rule, minimise(history, &bench.limits(), &broken))
}

fn failure(bench: &dyn Bench, rule: &'static Rule, history: History) -> Failure {
    let violation = broken_by(bench, rule, &history).unwrap_or_else(|| {
        Violation::at(
            0,
            "the same as a moment ago: the subject cannot be repeated",
        )
    });
    let trace = run(bench, &history);
    Failure {
        rule,
        history,
        trace,
        line: violation.line,
        expected: violation.expected,
    }
}

/// Where rules that compare runs find this module's neighbours.
pub(crate) use compare::Compare;
