//! Chores of the workspace. `cargo xtask` alone lists them.

use std::process::ExitCode;
use xtask::{Failure, chores};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        eprint!("{}", chores::usage());
        return ExitCode::from(2);
    };
    match chores::find(name).map(|chore| chore.run(rest)) {
        Some(Ok(())) => ExitCode::SUCCESS,
        Some(Err(Failure(message))) => {
            eprintln!("xtask {name}: {message}");
            ExitCode::FAILURE
        }
        None => {
            eprint!("there is no chore `{name}`\n\n{}", chores::usage());
            ExitCode::from(2)
        }
    }
}
