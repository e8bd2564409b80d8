//! The kit: histories are drawn, a subject goes through them, rules judge what it answered.

mod answer;
mod bench;
mod call;
mod clock;
mod compare;
mod declared;
mod function;
mod generate;
mod generate_setup;
mod history;
mod minimise;
mod model;
mod report;
mod rule;
mod rules;
mod run;
mod setup;
mod stream;
mod table;

pub use answer::Answer;
pub use bench::{Bench, Held, Limits, Signal, Subject};
pub use call::Call;
pub use clock::{ClockBench, DeviceClock};
pub use declared::{Declared, Window};
pub use function::{Function, PositionSource, Source};
pub use generate::{Kind, histories};
pub use generate_setup::setups;
pub use history::{History, HistoryError, Step};
pub use report::{Failure, Outcome, Report, Verdict};
pub use rule::{Group, LeftOut, Rule};
pub use rules::{LEFT_OUT, RULES, rule};
pub use run::{Kit, Line, Trace, run};
pub use setup::Setup;
pub use stream::{Driver, StreamBench, Wiring};
pub use table::table;
