//! `cargo bench -p wavert-benches --features peers --bench ring_blocks` prints the table of P6.

use std::process::ExitCode;

use wavert_benches::ring_blocks::RingBlocks;

fn main() -> ExitCode {
    let table = RingBlocks::measure();
    print!("{table}");
    if table.is_plausible() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
