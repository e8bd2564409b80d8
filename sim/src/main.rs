//! The command `wavert`.

use clap::Parser as _;
use sim::args::{Arguments, Command};
use sim::{advise, check, conformance, explore, inspect, list, live, run, sweep, terminal, tone};
use std::process::ExitCode;

fn main() -> ExitCode {
    let status = match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Sweep(arguments) => sweep::run(&arguments),
        Command::Advise(arguments) => advise::run(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Live(arguments) => live::run(&arguments),
        Command::Explore(arguments) => explore::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Conformance(arguments) => conformance::run(&arguments),
        Command::Tone(arguments) => tone::run(&arguments),
        Command::List => terminal::print(&list::list()),
        Command::Schema => terminal::print(&list::schema()),
    };
    status.into()
}
