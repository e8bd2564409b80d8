//! `wavert conformance`: the reference miniports or a shared library under the kit, or recorded driver calls through
//! them.

mod file;
mod judged;
mod pins;
mod replayed;
mod subjects;

use crate::args::ConformanceArguments;
use crate::exit::Status;
use crate::refusal::Refusal;
use crate::terminal::{self, say};

/// Does what the arguments say.
pub fn run(arguments: &ConformanceArguments) -> Status {
    let done = match &arguments.replay {
        Some(name) => replayed::run(name.as_deref(), arguments.json),
        None if arguments.pins => pins::run(arguments),
        None => judged::run(arguments),
    };
    done.unwrap_or_else(|refusal| refuse(&refusal, arguments.json))
}

fn refuse(refusal: &Refusal, as_json: bool) -> Status {
    say(&refusal.draw());
    if as_json {
        return terminal::print_json(vec![refusal.to_json()]).max(Status::Refused);
    }
    Status::Refused
}

/// So many histories, in words.
fn counted(histories: u64) -> String {
    match histories {
        1 => "1 history".to_owned(),
        more => format!("{more} histories"),
    }
}
