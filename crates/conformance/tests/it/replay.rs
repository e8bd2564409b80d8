//! Reading recordings, and replaying them through logic that is not ours.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod recordings;
mod replays;

/// A recording with this header and these lines.
fn table(lines: &[&str]) -> String {
    let header = conformance::replay::POSITION_GOLDEN.lines().next().unwrap();
    let mut text = format!("{header}\n");
    for line in lines {
        text += line;
        text.push('\n');
    }
    text
}

/// A first row: `op`, `args`, status and outputs of a stream at 48 kHz.
fn row(step: u32, counts: u64, call: &str) -> String {
    format!("T-01,render,48000,16,2,0,0,10000000,{step},{counts},{counts},{call},,0,0,0,,")
}
