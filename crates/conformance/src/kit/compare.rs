//! Rules that compare runs: they need no model, only the same thing said in another way.

mod clocks;
mod controller;
mod formats;
mod guard;
mod legs;
mod rate_loop;
mod readings;
mod twins;

use crate::kit::{Bench, History, Trace};

pub(crate) use clocks::{cadence, domain_lock, exact_rate, inverse, monotone, ppm_law, sums};
pub(crate) use controller::{slots, status_algebra, together, underruns, wall_clock};
pub(crate) use formats::format_change;
pub(crate) use guard::{contained, transparent};
pub(crate) use legs::legs;
pub(crate) use rate_loop::{amplifies_nothing, starts_clean, unbiased};
pub(crate) use readings::oracle;
pub(crate) use twins::{
    isolation, observer, query_order, reproducible, second_epoch, shift, size, units, wrap,
};

/// Where a run breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The line of the run.
    pub(crate) line: usize,
    /// What should have been there.
    pub(crate) expected: String,
}

impl Violation {
    pub(crate) fn at(line: usize, expected: impl Into<String>) -> Self {
        Self {
            line,
            expected: expected.into(),
        }
    }
}

/// Decides whether the run of a history breaks a rule, by running others.
pub(crate) type Compare = fn(&dyn Bench, &History, &Trace) -> Option<Violation>;
