//! `cargo bench -p wavert-benches --features peers --bench events` prints the table of P1, P2, P4
//! and P10.

use std::process::ExitCode;

use wavert_benches::counting::Counting;
use wavert_benches::events::Events;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn main() -> ExitCode {
    let table = Events::measure();
    print!("{table}");
    if table.is_plausible() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
