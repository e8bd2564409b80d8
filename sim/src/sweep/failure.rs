//! Why a sweep did not come to its end.

use super::plan::Plan;
use crate::exit::Status;
use crate::output::OutputError;
use crate::refusal::Refusal;
use crate::terminal::{self, say};
use serde_json::json;

/// What ended a sweep.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A file, an argument, a folder.
    Refused(Refusal),
    /// A fault of ours: in which scenario, and what.
    Broke(String, String),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl Failure {
    /// Of a file that could not be written.
    pub(crate) fn output(label: &str, error: &OutputError) -> Self {
        Self::Refused(Refusal::new(label, error.to_string(), error.remedy()))
    }

    /// Of one run, which can be done again alone.
    pub(crate) fn of_run(plan: &Plan, run: u64, why: &str, is_internal: bool) -> Self {
        let again = format!("`wavert run {} {}`", plan.label, plan.again(run));
        let what = format!("run {run}: {why}");
        if is_internal {
            return Self::Broke(plan.label.clone(), format!("{what}; alone: {again}"));
        }
        let help =
            format!("change the scenario where it asks for that; {again} does this run alone");
        Self::Refused(Refusal::new(&plan.label, what, help))
    }

    /// Tells it, and says how the command ends.
    pub(crate) fn tell(&self, as_json: bool) -> Status {
        let (told, object, status) = match self {
            Self::Refused(refusal) => (refusal.draw(), refusal.to_json(), Status::Refused),
            Self::Broke(label, why) => (
                format!(
                    "internal error: {label}: {why}\n  help: this is a fault of wavert, not of the \
                     scenario; please report it with the scenario and that command\n"
                ),
                json!({ "schema": 1, "scenario": label, "error": format!("internal error: {why}") }),
                Status::Internal,
            ),
        };
        say(&told);
        if as_json {
            return status.max(terminal::print_json(vec![object]));
        }
        status
    }
}
