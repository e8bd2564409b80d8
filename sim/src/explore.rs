//! `wavert explore`: the explorer as one page, with the model inside.
//!
//! ```text
//!   scenario ──┐
//!   sounds ────┼──> page ──> PAGE.html, or served on loopback
//!   module ────┘
//! ```

mod page;
mod serve;

use crate::args::ExploreArguments;
use crate::exit::Status;
use crate::input;
use crate::output::Staged;
use crate::refusal::Refusal;
use crate::source::Source;
use crate::terminal::{self, say};
use crate::{changed, overrides::Override};
use std::io::Write as _;
use std::path::Path;

/// Makes the page of the scenario that was named, and writes or serves it.
pub fn run(arguments: &ExploreArguments) -> Status {
    let served = made(arguments).and_then(|page| match &arguments.out {
        Some(path) => write(&page, path),
        None => serve::serve(page, arguments.port),
    });
    match served {
        Ok(status) => status,
        Err(refusal) => {
            say(&refusal.draw());
            Status::Refused
        }
    }
}

fn made(arguments: &ExploreArguments) -> Result<String, Refusal> {
    let source = Source::find(&arguments.file)?;
    let set = |set: &String| {
        Override::parse(set).map_err(|error| {
            let help = "see `wavert explore --help`, and `wavert schema` for every key";
            Refusal::new(&source.label, format!("--set: {error}"), help)
        })
    };
    let changes = arguments
        .set
        .iter()
        .map(set)
        .collect::<Result<Vec<_>, _>>()?;
    let text = if changes.is_empty() {
        source.text.clone()
    } else {
        changed::text(&changed::table(&source, "--set", &changes)?)
    };
    let scenario = changed::parse(&text, &source.label)?;
    let inputs = input::load(&scenario, &source.folder, None)?;
    Ok(page::page(&scenario.name, &text, arguments.seed, &inputs))
}

fn write(page: &str, path: &Path) -> Result<Status, Refusal> {
    let (folder, name) = (
        path.parent(),
        path.file_name().and_then(|name| name.to_str()),
    );
    let Some(name) = name else {
        let message = format!("{} is no name of a file", path.display());
        return Err(Refusal::new("--out", message, "write --out page.html"));
    };
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    let staged = Staged::open(folder.unwrap_or(Path::new("."))).and_then(|mut staged| {
        staged.add(name, |file| file.write_all(page.as_bytes()))?;
        staged.publish()
    });
    staged.map_err(|error| Refusal::new("--out", error.to_string(), error.remedy()))?;
    let told = format!(
        "wrote {}, {} kB\n",
        path.display(),
        page.len().div_ceil(1_000)
    );
    Ok(terminal::print(&told))
}
