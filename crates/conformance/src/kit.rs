//! The kit: histories are drawn, a subject goes through them, rules judge what it answered.

mod answer;
mod bench;
mod call;
mod clock;
mod compare;
mod controller;
mod declared;
mod function;
mod generate;
mod generate_controller;
mod generate_memory;
mod generate_policy;
mod generate_setup;
mod history;
mod json;
mod junit;
mod memory;
mod minimise;
mod model;
mod policy;
mod report;
mod rule;
mod rules;
mod run;
mod setup;
mod stream;
mod table;

pub use answer::Answer;
pub(crate) use answer::millis;
pub use bench::{Bench, Held, Limits, Signal, Subject};
pub use call::Call;
pub use clock::{ClockBench, DeviceClock, Leg};
pub use controller::{
    ControllerBench, ControllerCall, ControllerSource, Denied, INPUTS, RECORDS, STREAMS,
    list_address, ring_address,
};
pub(crate) use declared::Bounds;
pub use declared::{Declared, Window};
pub use function::{Function, PositionSource, Source};
pub use generate::{Kind, histories};
pub use generate_setup::setups;
pub use history::{History, HistoryError, HistoryOf, Recorded, Step, StepOf};
pub(crate) use history::{Trouble, no, number, state};
pub use json::json;
pub use junit::junit;
pub use memory::{Ear, Mark};
pub(crate) use minimise::minimise;
pub(crate) use model::RunTime;
pub use policy::{
    Absorbed, DeclaredPolicy, LoopGains, Misreading, PolicyBench, PolicyCall, PolicyReading,
    PolicySource,
};
pub use report::{Failure, Outcome, Report, Verdict};
pub use rule::{Group, LeftOut, Rule};
pub use rules::{LEFT_OUT, RULES, rule};
pub(crate) use run::draw;
pub use run::{Kit, Line, Trace, run};
pub use setup::Setup;
pub use stream::{Driver, StreamBench, Wiring};
pub(crate) use stream::{Maker, Pages, Processor, Rung, bell, serve};
pub use table::table;
