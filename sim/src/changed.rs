//! A scenario as its file and the command line say.

use crate::overrides::Override;
use crate::refusal::Refusal;
use crate::source::Source;
use scenario::Scenario;
use toml::Table;

/// The scenario of a file, changed by each `--set`.
///
/// # Errors
/// [`Refusal`], of the file or of what became of it.
pub fn scenario(source: &Source, overrides: &[Override]) -> Result<Scenario, Refusal> {
    if overrides.is_empty() {
        return parse(&source.text, &source.label);
    }
    let table = table(source, "--set", overrides)?;
    parse(&text(&table), &format!("{} (with --set)", source.label))
}

/// The file as a table, changed by each of `overrides`, which came by the argument `flag`. Whether
/// it makes a scenario is not yet known.
///
/// # Errors
/// [`Refusal`], if the file is no table, or has no place for a change.
pub fn table(source: &Source, flag: &str, overrides: &[Override]) -> Result<Table, Refusal> {
    let label = &source.label;
    let Ok(mut table) = source.text.parse::<Table>() else {
        // What is wrong with the file comes first. Only a seed may be larger than what a
        // table can hold.
        parse(&source.text, label)?;
        let message = format!("{flag}: a number in the file is more than {}", i64::MAX);
        let help = "write a smaller seed there, and give the large one with --seed";
        return Err(Refusal::new(label, message, help));
    };
    apply(&mut table, label, flag, overrides)?;
    Ok(table)
}

/// Makes the changes that came by the argument `flag`.
///
/// # Errors
/// [`Refusal`], if there is no place for one of them.
pub fn apply<'a>(
    table: &mut Table,
    label: &str,
    flag: &str,
    overrides: impl IntoIterator<Item = &'a Override>,
) -> Result<(), Refusal> {
    for change in overrides {
        change.apply(table).map_err(|error| {
            let help = "`wavert schema` shows every key";
            Refusal::new(label, format!("{flag}: {error}"), help)
        })?;
    }
    Ok(())
}

/// A table as the text of a file.
pub fn text(table: &Table) -> String {
    toml::to_string(table).expect("what was read can be written")
}

/// The scenario that a text is, if it is one; `label` is what messages call it.
///
/// # Errors
/// [`Refusal`]: all that is wrong with it.
pub fn parse(text: &str, label: &str) -> Result<Scenario, Refusal> {
    Scenario::parse(text).map_err(|found| Refusal::of_scenario(label, text, &found))
}
