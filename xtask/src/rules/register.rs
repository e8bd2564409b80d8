//! Which tests and scenarios carry which numbers.

use super::family::Rule;
use crate::{Failure, files_below, read, root};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Every numbered test and scenario: rule to `package::test` or to the scenario's file name.
#[derive(Debug, Default)]
pub struct Register {
    holders: BTreeMap<Rule, BTreeSet<String>>,
}

impl Register {
    /// Everything with a number in this repository.
    ///
    /// # Errors
    /// [`Failure`], if a file cannot be read.
    pub fn of_the_repository() -> Result<Self, Failure> {
        let mut register = Self::default();
        for top in ["crates", "sim", "xtask", "benches"] {
            for path in files_below(&root().join(top), "rs")? {
                register.enter_source(&package(top, &path), &read(&path)?);
            }
        }
        for path in files_below(&root().join("scenarios"), "toml")? {
            register.enter_scenario(&path.file_stem().unwrap_or_default().to_string_lossy());
        }
        Ok(register)
    }

    /// Enters the tests of a source file.
    pub fn enter_source(&mut self, package: &str, source: &str) {
        for name in functions(source) {
            for rule in numbers(&name) {
                self.enter(rule, format!("{package}::{name}"));
            }
        }
    }

    /// Enters a scenario under the number that its file's name begins with; variants of a row
    /// hold the row.
    pub fn enter_scenario(&mut self, stem: &str) {
        if let Some(rule) = stem.split('-').next().and_then(Rule::parse) {
            self.enter(rule.whole(), format!("{stem}.toml"));
        }
    }

    fn enter(&mut self, rule: Rule, holder: String) {
        self.holders.entry(rule).or_default().insert(holder);
    }

    /// Who holds a rule, in order.
    pub fn holders(&self, rule: &Rule) -> impl Iterator<Item = &str> {
        self.holders
            .get(rule)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    /// All rules that somebody holds.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.holders.keys()
    }
}

/// The package that a source file belongs to.
fn package(top: &str, path: &Path) -> String {
    let inside = path.strip_prefix(root()).unwrap_or(path).to_string_lossy();
    let folder = inside.split('/').nth(usize::from(top == "crates"));
    folder.unwrap_or(top).to_owned()
}

/// The names of the functions below a `#[test]`, also inside a `proptest!`.
fn functions(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut marked = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[test]") {
            marked = true;
        } else if let Some(rest) = line.strip_prefix("fn ") {
            if std::mem::take(&mut marked) {
                names.push(rest.split(['(', '<']).next().unwrap_or_default().to_owned());
            }
        }
    }
    names
}

/// The numbers that a test's name begins with.
fn numbers(name: &str) -> Vec<Rule> {
    name.split('_').map_while(Rule::parse).collect()
}

#[cfg(test)]
mod tests {
    use super::{Register, Rule, functions, numbers};

    #[test]
    fn a_test_may_hold_several_rules() {
        let source = "#[test]\nfn r33_r34_steps_have_names() {}\nfn r99_no_test() {}\n";
        let names = functions(source);
        assert_eq!(names, ["r33_r34_steps_have_names"]);
        assert_eq!(
            numbers(&names[0]),
            [Rule::parse("R33").unwrap(), Rule::parse("R34").unwrap()]
        );
    }

    #[test]
    fn the_variants_of_a_row_hold_the_row() {
        let mut register = Register::default();
        register.enter_scenario("s06b-19-999-ms");
        register.enter_scenario("late-wake-up");
        let row = Rule::parse("S06").unwrap();
        let holders = register.holders(&row).collect::<Vec<_>>();
        assert_eq!(holders, ["s06b-19-999-ms.toml"]);
        assert_eq!(register.rules().count(), 1);
    }
}
