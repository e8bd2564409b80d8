//! What came of a subject.

use std::collections::BTreeMap;
use std::fmt;

use crate::kit::{Group, History, LEFT_OUT, LeftOut, Rule, Trace, table};

/// A rule that is broken, and the shortest history that was found to break it.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The rule.
    pub rule: &'static Rule,
    /// The history; its text can be replayed.
    pub history: History,
    /// What the subject answered to it.
    pub trace: Trace,
    /// The line of the trace that is wrong.
    pub line: usize,
    /// What should have been there.
    pub expected: String,
}

/// What a rule says of a subject.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// Nothing was found against it.
    Held,
    /// It is broken.
    Broken(Box<Failure>),
    /// It says nothing of the subject, and why.
    NotApplicable(String),
}

/// A rule and what it says of a subject.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The rule.
    pub rule: &'static Rule,
    /// Histories to which it applied.
    pub histories: u64,
    /// What it says.
    pub verdict: Verdict,
}

/// What all rules say of a subject.
#[derive(Clone, Debug)]
pub struct Report {
    /// What the subject is called.
    pub subject: String,
    /// The seed from which the histories follow.
    pub seed: u64,
    /// How many there were.
    pub histories: u64,
    /// Calls and signals in them.
    pub calls: u64,
    /// Rule by rule.
    pub outcomes: Vec<Outcome>,
}

impl Outcome {
    /// Why the rule is broken, if it is and `known` says so.
    pub fn known(&self, known: &[LeftOut]) -> Option<&'static str> {
        let known = known
            .iter()
            .find(|known| known.number == self.rule.number)?;
        matches!(self.verdict, Verdict::Broken(_)).then_some(known.why)
    }
}

impl Report {
    /// True if no rule is broken.
    pub fn passed(&self) -> bool {
        self.failures().next().is_none()
    }

    /// The rules that are broken.
    pub fn failures(&self) -> impl Iterator<Item = &Failure> {
        self.outcomes
            .iter()
            .filter_map(|outcome| match &outcome.verdict {
                Verdict::Broken(failure) => Some(&**failure),
                Verdict::Held | Verdict::NotApplicable(_) => None,
            })
    }

    /// Takes up what another report of the same subject found: a rule that is broken in either is
    /// broken.
    pub fn merge(&mut self, other: Self) {
        self.histories += other.histories;
        self.calls += other.calls;
        for (mine, theirs) in self.outcomes.iter_mut().zip(other.outcomes) {
            mine.histories += theirs.histories;
            match (&mine.verdict, theirs.verdict) {
                (Verdict::Broken(_), _) | (_, Verdict::NotApplicable(_)) => {}
                (_, verdict) => mine.verdict = verdict,
            }
        }
    }

    /// Reasons why rules say nothing of the subject, and the numbers of the rules, also of those
    /// that no subject of the kit is asked about.
    pub fn not_applicable(&self) -> BTreeMap<&str, Vec<&'static str>> {
        let mut reasons: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
        for outcome in &self.outcomes {
            if let Verdict::NotApplicable(why) = &outcome.verdict {
                reasons.entry(why).or_default().push(outcome.rule.number);
            }
        }
        for rule in LEFT_OUT {
            reasons.entry(rule.why).or_default().push(rule.number);
        }
        reasons
    }

    /// Rules of a group: held, broken, not applicable.
    pub fn tally(&self, group: Group) -> [usize; 3] {
        let mut tally = [0; 3];
        for outcome in self
            .outcomes
            .iter()
            .filter(|outcome| outcome.rule.group == group)
        {
            tally[match outcome.verdict {
                Verdict::Held => 0,
                Verdict::Broken(_) => 1,
                Verdict::NotApplicable(_) => 2,
            }] += 1;
        }
        tally
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (histories, calls) = (self.histories, self.calls);
        let (subject, seed) = (&self.subject, self.seed);
        writeln!(
            f,
            "{subject}: seed {seed}, {histories} histories, {calls} calls"
        )?;
        writeln!(
            f,
            "  {:<14} {:>5} {:>7} {:>5}",
            "group", "held", "broken", "n/a"
        )?;
        for group in Group::ALL {
            let [held, broken, not_applicable] = self.tally(group);
            let name = group.name();
            if held + broken + not_applicable > 0 {
                writeln!(f, "  {name:<14} {held:>5} {broken:>7} {not_applicable:>5}")?;
            }
        }
        writeln!(f, "  not applicable")?;
        for (why, rules) in self.not_applicable() {
            writeln!(f, "    {why}: {}", rules.join(", "))?;
        }
        for failure in self.failures() {
            write!(f, "\n{} is broken\n{}", failure.rule.number, table(failure))?;
        }
        Ok(())
    }
}
