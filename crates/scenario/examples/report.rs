//! Runs a shipped scenario by name and prints its report, and its result as JSON.
//!
//! ```text
//!  cargo run -p wavert-scenario --example report -- s05-14-ms-on-the-ring
//! ```

use std::error::Error;

use scenario::{Inputs, RunOptions, Scenario, run, shipped};

fn main() -> Result<(), Box<dyn Error>> {
    let name = std::env::args().nth(1);
    let name = name.as_deref().unwrap_or("s05-14-ms-on-the-ring");
    let found = shipped().iter().find(|each| each.name == name);
    let scenario = Scenario::parse(found.ok_or("no such scenario")?.text)?;
    let run = run(&scenario, &Inputs::new(), &RunOptions::default())?;
    print!("{}", run.report());
    println!("{}", serde_json::to_string_pretty(&run.result)?);
    Ok(())
}
