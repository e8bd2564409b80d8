//! The reference miniports, or the subject of a shared library, under the kit.

use super::{counted, file};
use crate::args::ConformanceArguments;
use crate::exit::Status;
use crate::refusal::Refusal;
use crate::terminal;
use conformance::kit::{
    self, Bench, Failure, Group, History, HistoryError, Kit, LEFT_OUT, LeftOut, Outcome, Report,
    Verdict, junit, table,
};
use conformance::reference::Reference;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};
use wavert_capi::Library;

/// Makes what is tested, and what that is known to break.
type Named = (Box<dyn Bench>, &'static [LeftOut]);

/// What came of a subject.
#[derive(Debug)]
pub(super) struct Judged {
    /// What it is known to break, and why.
    known: &'static [LeftOut],
    report: Report,
    /// Seeds that were drawn from, the first being that of the report; none for a saved history.
    seeds: u64,
}

/// Puts the subjects that the arguments name under the rules, and tells what came of it.
pub(super) fn run(arguments: &ConformanceArguments) -> Result<Status, Refusal> {
    let kit = Kit::new(arguments.seed).cases(arguments.cases);
    let kit = match &arguments.rule {
        Some(number) => kit.only(number).ok_or_else(|| no_rule(number))?,
        None => kit,
    };
    let history = arguments.history.as_deref().map(read_history).transpose()?;
    let benches = fitting(benches(arguments)?, history.as_ref())?;
    let share = arguments.budget.map(|budget| {
        let subjects = u32::try_from(benches.len()).expect("they are few");
        budget / subjects
    });
    let judge = |(bench, known): &Named| {
        let (report, seeds) = match &history {
            Some(history) => (kit.replay(&**bench, history), 0),
            None => judge(&**bench, kit, arguments.seed, share),
        };
        Judged {
            known,
            report,
            seeds,
        }
    };
    let judged: Vec<Judged> = benches.iter().map(judge).collect();
    if let Some(folder) = &arguments.out {
        write_histories(folder, &judged)?;
    }
    if let Some(name) = &arguments.junit {
        let reports: Vec<_> = judged.iter().map(Judged::with_known).collect();
        write(name, &junit(&reports))?;
    }
    let printed = if arguments.json {
        terminal::print_json(vec![to_json(arguments.seed, &judged)])
    } else {
        let drawn: Vec<String> = judged.iter().map(Judged::draw).collect();
        terminal::print(&drawn.join("\n"))
    };
    let passed = judged.iter().all(Judged::passed);
    Ok(printed.max(if passed { Status::Met } else { Status::Unmet }))
}

/// What the arguments name.
fn benches(arguments: &ConformanceArguments) -> Result<Vec<Named>, Refusal> {
    if let Some(path) = &arguments.library {
        let library = Library::open(path).map_err(|error| {
            let file = path.display().to_string();
            Refusal::new(&file, error.to_string(), error.remedy())
        })?;
        return Ok(vec![(Box::new(library), &[])]);
    }
    let all = Reference::ALL;
    let named = match &arguments.subject[..] {
        [] => &all[..],
        named => named,
    };
    let bench = |reference: &Reference| (reference.bench(), reference.known());
    Ok(named.iter().map(bench).collect())
}

/// Those that can be made as a saved history has it.
fn fitting(benches: Vec<Named>, history: Option<&History>) -> Result<Vec<Named>, Refusal> {
    let Some(history) = history else {
        return Ok(benches);
    };
    let fits = |(bench, _): &Named| bench.limits().hold(&history.setup);
    let (fitting, others): (Vec<Named>, Vec<Named>) = benches.into_iter().partition(fits);
    if fitting.is_empty() {
        let names: Vec<&str> = others.iter().map(|(bench, _)| bench.name()).collect();
        let message = format!(
            "its format, packets or clock are none of those that {} can be made with",
            names.join(", ")
        );
        let help = "change the lines before the first call, or name another subject";
        return Err(Refusal::new("--history", message, help));
    }
    Ok(fitting)
}

/// One round of histories, and as many more, each with the next seed, as fit into `share`.
#[expect(
    clippy::disallowed_methods,
    reason = "how long somebody will wait is a matter of the wall clock"
)]
fn judge(bench: &dyn Bench, kit: Kit, seed: u64, share: Option<Duration>) -> (Report, u64) {
    let begun = Instant::now();
    let mut report = kit.check(bench);
    let mut seeds = 1;
    while share.is_some_and(|share| begun.elapsed() < share) {
        report.merge(kit.seeded(seed.wrapping_add(seeds)).check(bench));
        seeds += 1;
    }
    (report, seeds)
}

fn no_rule(number: &str) -> Refusal {
    let left_out = LEFT_OUT
        .iter()
        .find(|left| left.number.eq_ignore_ascii_case(number));
    let (message, help) = if let Some(left) = left_out {
        let message = format!("{} is not in the kit: {}", left.number, left.why);
        (message, "docs/conformance-matrix.md lists the rules")
    } else {
        let help = "rules are P1 to P66 and some R; docs/conformance-matrix.md lists them";
        (format!("there is no rule `{number}`"), help)
    };
    Refusal::new("--rule", message, help)
}

fn read_history(name: &str) -> Result<History, Refusal> {
    let text = file::text(name, "name a history, as --out writes them")?;
    History::parse(&text).map_err(|HistoryError { line, why, remedy }| {
        Refusal::new(&format!("{name}:{line}"), why, remedy)
    })
}

fn write_histories(folder: &Path, judged: &[Judged]) -> Result<(), Refusal> {
    for subject in judged {
        for failure in subject.report.failures() {
            let name = format!("{}-{}.history", subject.report.subject, failure.rule.number);
            write_into(folder, &name, &failure.history.to_string())?;
        }
    }
    Ok(())
}

/// Writes the file `name` into `folder`, which is made if it is not there.
pub(super) fn write_into(folder: &Path, name: &str, text: &str) -> Result<(), Refusal> {
    std::fs::create_dir_all(folder).map_err(|error| cannot_write(folder, &error))?;
    write(&folder.join(name), text)
}

fn write(name: &Path, text: &str) -> Result<(), Refusal> {
    std::fs::write(name, text).map_err(|error| cannot_write(name, &error))
}

fn cannot_write(name: &Path, error: &std::io::Error) -> Refusal {
    let message = format!("cannot be written: {error}");
    let help = "choose a place that you may write to";
    Refusal::new(&name.display().to_string(), message, help)
}

impl Judged {
    /// Why the rule is broken, if that is known.
    fn known(&self, outcome: &Outcome) -> Option<&'static str> {
        outcome.known(self.known)
    }

    fn with_known(&self) -> (&Report, &[LeftOut]) {
        (&self.report, self.known)
    }

    /// What is broken and not known to be.
    fn new_failures(&self) -> impl Iterator<Item = &Failure> {
        let outcomes = self.report.outcomes.iter();
        outcomes.filter_map(|outcome| match &outcome.verdict {
            Verdict::Broken(failure) if self.known(outcome).is_none() => Some(&**failure),
            _ => None,
        })
    }

    fn passed(&self) -> bool {
        self.new_failures().next().is_none()
    }

    /// Rules of a group: held, broken, known to be broken, not applicable.
    fn tally(&self, group: Group) -> [usize; 4] {
        let [held, broken, not_applicable] = self.report.tally(group);
        let outcomes = self.report.outcomes.iter();
        let known = outcomes
            .filter(|outcome| outcome.rule.group == group && self.known(outcome).is_some())
            .count();
        [held, broken - known, known, not_applicable]
    }

    fn origin(&self) -> String {
        let seed = self.report.seed;
        match self.seeds {
            0 => "a saved history".to_owned(),
            1 => format!("seed {seed}"),
            more => format!("seeds {seed} to {}", seed.wrapping_add(more - 1)),
        }
    }

    fn draw(&self) -> String {
        let Report {
            subject,
            histories,
            calls,
            ..
        } = &self.report;
        let mut text = format!(
            "{subject}: {}, {}, {calls} calls\n",
            self.origin(),
            counted(*histories)
        );
        let head = ["group", "held", "broken", "known", "n/a"];
        let _ = writeln!(
            text,
            "  {:<14} {:>5} {:>7} {:>6} {:>5}",
            head[0], head[1], head[2], head[3], head[4]
        );
        for group in Group::ALL {
            let tally @ [held, broken, known, not_applicable] = self.tally(group);
            if tally != [0; 4] {
                let _ = writeln!(
                    text,
                    "  {:<14} {held:>5} {broken:>7} {known:>6} {not_applicable:>5}",
                    group.name()
                );
            }
        }
        for (why, rules) in self.known_defects() {
            let _ = writeln!(text, "  known {why}: {}", rules.join(", "));
        }
        for (why, rules) in self.report.not_applicable() {
            let _ = writeln!(text, "  n/a, {why}: {}", rules.join(", "));
        }
        for failure in self.new_failures() {
            let _ = write!(
                text,
                "\n{} is broken\n{}",
                failure.rule.number,
                table(failure)
            );
        }
        text
    }

    /// Defects that were found again, and the rules that they break.
    fn known_defects(&self) -> Vec<(&'static str, Vec<&'static str>)> {
        let mut defects: Vec<(&str, Vec<&str>)> = Vec::new();
        for outcome in &self.report.outcomes {
            let Some(why) = self.known(outcome) else {
                continue;
            };
            match defects.iter_mut().find(|(known, _)| *known == why) {
                Some((_, rules)) => rules.push(outcome.rule.number),
                None => defects.push((why, vec![outcome.rule.number])),
            }
        }
        defects
    }

    fn to_json(&self) -> Value {
        let mut object = kit::json(&self.report, self.known);
        object["seeds"] = self.seeds.into();
        object
    }
}

fn to_json(seed: u64, judged: &[Judged]) -> Value {
    json!({
        "schema": 1,
        "seed": seed,
        "passed": judged.iter().all(Judged::passed),
        "subjects": judged.iter().map(Judged::to_json).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use conformance::kit::{Function, Setup};
    use units::{Bytes, Hns};

    /// A position that stands, as if it were that of a reference miniport.
    fn standing() -> Judged {
        let stands = Function::new("stands & waits", |_: &Setup| |_: Hns| Bytes::ZERO);
        Judged {
            known: &[],
            report: Kit::new(1).cases(1).check(&stands),
            seeds: 1,
        }
    }

    #[test]
    fn what_is_not_known_to_be_broken_fails() {
        let judged = standing();
        assert!(!judged.passed());
        let drawn = judged.draw();
        assert!(drawn.starts_with("stands & waits: seed 1, "), "{drawn}");
        assert!(drawn.contains("\nP16 is broken\n"), "{drawn}");
        let rules = judged.to_json()["rules"].as_array().unwrap().clone();
        let broken = rules.iter().find(|rule| rule["rule"] == "P16").unwrap();
        assert_eq!(broken["verdict"], "broken");
        let history = broken["failure"]["history"].as_str().unwrap();
        assert!(History::parse(history).is_ok(), "{history}");
    }

    #[test]
    fn a_build_server_is_told_what_failed_and_what_was_skipped() {
        let judged = standing();
        let failures = judged.report.failures().count();
        let text = junit(&[judged.with_known()]);
        assert!(
            text.contains("<testsuite name=\"stands &amp; waits\""),
            "{text}"
        );
        assert_eq!(text.matches("<failure message=").count(), failures);
        let cases = text.matches("<testcase ").count();
        let ended =
            text.matches("</testcase>").count() + text.matches("\"/>\n    <testcase").count();
        assert_eq!(cases, conformance::kit::RULES.len());
        assert!(
            ended <= cases && text.ends_with("</testsuites>\n"),
            "{text}"
        );
    }
}
