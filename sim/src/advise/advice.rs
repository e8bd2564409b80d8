//! The answer, and what it rests on.

use super::question::Question;
use super::standard::{Bounds, Standard, Verdict};
use super::tally::{Cause, Tally};
use serde_json::{Value, json};

/// The answer.
#[derive(Debug)]
pub(super) struct Advice {
    /// The place of the smallest value that meets the budget, if one does.
    pub(super) answer: Option<usize>,
    /// What came of each value, from the smallest to the largest; none of those nobody looked at.
    pub(super) candidates: Vec<Option<Candidate>>,
    pub(super) standard: Standard,
}

/// What came of one value.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) tally: Tally,
    pub(super) verdict: Verdict,
}

/// What made the glitches of a value: the commonest cause, and how many of how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    pub(super) place: usize,
    pub(super) cause: Cause,
    pub(super) count: u64,
    pub(super) of: u64,
}

impl Advice {
    /// Those that were looked at, from the smallest to the largest.
    pub(super) fn looked_at(&self) -> impl DoubleEndedIterator<Item = (usize, &Candidate)> {
        let all = self.candidates.iter().enumerate();
        all.filter_map(|(place, candidate)| Some((place, candidate.as_ref()?)))
    }

    pub(super) fn bounds(&self, candidate: &Candidate) -> Bounds {
        self.standard.bounds(&candidate.tally)
    }

    /// The largest value below the answer that was looked at, or of all if there is no answer.
    pub(super) fn below(&self) -> Option<(usize, &Candidate)> {
        let end = self.answer.unwrap_or(self.candidates.len());
        self.looked_at()
            .take_while(|(place, _)| *place < end)
            .last()
    }

    /// What keeps the buffer from being smaller: the commonest cause of the glitches of the answer, or
    /// else of the largest value below it that has any.
    pub(super) fn binding(&self) -> Option<Binding> {
        let end = self
            .answer
            .map_or(self.candidates.len(), |answer| answer + 1);
        let below = self.looked_at().take_while(|(place, _)| *place < end);
        let (place, candidate) = below
            .filter(|(_, each)| !each.tally.causes.is_empty())
            .last()?;
        let causes = &candidate.tally.causes;
        // Of equally common ones the first by name.
        let (cause, count) = causes.iter().rev().max_by_key(|(_, count)| **count)?;
        Some(Binding {
            place,
            cause: cause.clone(),
            count: *count,
            of: causes.values().sum(),
        })
    }

    /// A value that meets the budget and a larger one that misses it: then a larger buffer is not a
    /// safer one, and the search may have missed something.
    pub(super) fn contradiction(&self) -> Option<(usize, usize)> {
        let of = |wanted| {
            let all = self.looked_at();
            all.filter(move |(_, each)| each.verdict == wanted)
                .map(|(place, _)| place)
        };
        let (meets, misses) = (of(Verdict::Meets).next()?, of(Verdict::Misses).next_back()?);
        (meets < misses).then_some((meets, misses))
    }

    /// How often an hour a latency may come that nobody has measured, with the confidence that was
    /// asked for, at the rate of wake-ups of the answer.
    pub(super) fn unseen_per_hour(&self, question: &Question) -> Option<f64> {
        let place = self
            .answer
            .or_else(|| self.below().map(|(place, _)| place))?;
        let wakes = self.candidates[place].as_ref()?.tally.chances_per_hour();
        let expected = super::binomial::expected_without_one(question.confidence.risk);
        question.measured.as_ref()?.unseen_per_hour(expected, wakes)
    }

    /// All of it for a program.
    pub(super) fn to_json(&self, question: &Question) -> Value {
        let candidate = |(place, candidate): (usize, &Candidate)| {
            let (tally, bounds) = (&candidate.tally, self.bounds(candidate));
            let causes = tally.causes.iter().map(|(cause, count)| {
                json!({ "cause": cause.part, "fault": cause.behind, "glitches": count })
            });
            json!({
                "value": question.value(place),
                "milliseconds": question.milliseconds(place),
                "verdict": candidate.verdict.word(),
                "runs": tally.runs,
                "glitched_runs": tally.glitched,
                "hours": tally.hours(),
                "wakes": tally.chances,
                "audible_events": tally.events,
                "glitches_per_hour": tally.per_hour(),
                "glitches_per_hour_at_least": bounds.at_least,
                "glitches_per_hour_at_most": bounds.at_most,
                "lost_ns": tally.lost_ns,
                "worst_margin_ns": tally.worst_margin_ns,
                "dispersion": tally.dispersion(),
                "causes": causes.collect::<Vec<_>>(),
                "is_always_the_same": tally.is_fixed(),
            })
        };
        let binding = self.binding().map(|binding| {
            json!({
                "value": question.value(binding.place),
                "cause": binding.cause.part,
                "fault": binding.cause.behind,
                "glitches": binding.count,
                "of": binding.of,
            })
        });
        let mut object = json!({
            "schema": 1,
            "scenario": question.plan.name,
            "key": question.key(),
            "budget": question.budget.to_string(),
            "budget_per_hour": question.budget.per_hour,
            "confidence": question.confidence.to_string(),
            "answer": self.answer.map(|place| question.value(place)),
            "answer_milliseconds": self.answer.and_then(|place| question.milliseconds(place)),
            "binding": binding,
            "is_monotone": self.contradiction().is_none(),
            "unseen_per_hour_at_most": self.unseen_per_hour(question),
            "first_seed": question.plan.first_seed,
            "candidates": self.looked_at().map(candidate).collect::<Vec<_>>(),
        });
        if let Some(measured) = &question.measured {
            object["latencies"] = measured.to_json();
        }
        object
    }
}
