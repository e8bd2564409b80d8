//! What does not fit together between the lists and the tests.

use super::Rules;
use super::family::{FAMILIES, Family, Rule};
use super::row::{Row, Status};

impl Rules {
    /// Everything that is wrong, a line each.
    pub fn wrong(&self) -> Vec<String> {
        let rows = self.rows.values().filter_map(|row| self.wrong_row(row));
        let unlisted = self.held.rules().filter_map(|rule| self.unlisted(rule));
        let missing = self
            .missing()
            .filter(|rule| rule.family().whole)
            .map(|rule| format!("{rule} has no row in docs/rules/"));
        rows.chain(unlisted).chain(missing).collect()
    }

    /// The rules of a family that is known as a whole which have no row.
    pub fn missing(&self) -> impl Iterator<Item = Rule> {
        FAMILIES
            .iter()
            .flat_map(Family::rules)
            .filter(|rule| !self.rows.contains_key(rule))
    }

    fn wrong_row(&self, row: &Row) -> Option<String> {
        let Row {
            rule, file, words, ..
        } = row;
        let held = self.held.holders(rule).next();
        let what = match (row.status, held) {
            _ if !rule.exists() => "its family has no such number".to_owned(),
            (Status::Unknown, _) => format!(
                "`{words}` is none of: held, by type, in part: what is missing, \
                 later: with what, left out: why and who could tell"
            ),
            (Status::Held | Status::InPart, None) => {
                format!("it says `{words}`, and no test has the number in its name")
            }
            (Status::Later | Status::LeftOut, Some(test)) => {
                format!("it says `{words}`, and {test} has the number in its name")
            }
            _ => return None,
        };
        Some(format!("{rule} in docs/rules/{file}: {what}"))
    }

    fn unlisted(&self, rule: &Rule) -> Option<String> {
        let test = self.held.holders(rule).next()?;
        (!self.rows.contains_key(rule))
            .then(|| format!("{rule} has no row in docs/rules/, and {test} has the number"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::register::Register;
    use super::Rules;

    fn wrong(list: &str, tests: &str) -> Vec<String> {
        let mut held = Register::default();
        held.enter_source("port", tests);
        let rules = Rules::joined([("a.md", list)], held).unwrap();
        let mut wrong = rules.wrong();
        // Rules without a row are another matter.
        wrong.retain(|line| !line.ends_with("has no row in docs/rules/"));
        wrong
    }

    #[test]
    fn a_row_and_a_test_with_one_number_are_right() {
        let list = "| R46 | Says. | page | held |";
        let none: [&str; 0] = [];
        assert_eq!(wrong(list, "#[test]\nfn r46_fails() {}"), none);
    }

    #[test]
    fn held_by_nobody_is_wrong() {
        let list = "| R46 | Says. | page | held |";
        let line = "R46 in docs/rules/a.md: it says `held`, and no test has the number in its name";
        assert_eq!(wrong(list, ""), [line]);
    }

    #[test]
    fn a_test_without_a_row_and_a_row_that_denies_its_test_are_wrong() {
        let tests = "#[test]\nfn r46_r47_fails() {}";
        let lines = wrong(
            "| R46 | Says. | page | left out: nobody asks, a lab could tell |",
            tests,
        );
        assert_eq!(lines.len(), 2);
        assert!(lines[0].starts_with("R46 in docs/rules/a.md: it says `left out"));
        assert_eq!(
            lines[1],
            "R47 has no row in docs/rules/, and port::r46_r47_fails has the number"
        );
    }

    #[test]
    fn a_number_that_the_family_does_not_have_is_wrong() {
        let lines = wrong("| V23 | Says. | page | by type |", "");
        assert_eq!(
            lines,
            ["V23 in docs/rules/a.md: its family has no such number"]
        );
    }

    #[test]
    fn two_rows_for_one_rule_are_refused() {
        let row = "| R46 | Says. | page | by type |";
        let failure = Rules::joined([("a.md", row), ("b.md", row)], Register::default());
        assert_eq!(
            failure.unwrap_err().0,
            "R46 has a row in a.md and one in b.md"
        );
    }
}
