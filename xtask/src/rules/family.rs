//! Rules and the families that they come in.

use std::fmt;

/// A family of rules: the letter in front of its numbers, and which numbers there are.
#[derive(Debug)]
pub struct Family {
    /// As it is written in tables, and in lower case in the names of tests.
    pub name: &'static str,
    /// What its rules are about.
    pub about: &'static str,
    /// The first and the last number, where the family is known as a whole.
    pub declared: Option<(u32, u32)>,
    /// Numbers in between that no rule has.
    pub unused: &'static [u32],
    /// Whether each of the declared rules must have a row by now.
    pub whole: bool,
}

const OPEN: Family = Family {
    name: "",
    about: "",
    declared: None,
    unused: &[],
    whole: false,
};

/// All families, in the order of the page. `truth`, `cpu` and `policy` stand for letters that other
/// families use, too.
pub static FAMILIES: &[Family] = &[
    Family {
        name: "R",
        about: "the contract of the kernel side: filters, pins, port, miniport",
        declared: Some((1, 174)),
        whole: true,
        ..OPEN
    },
    Family {
        name: "V",
        about: "the arithmetic of the virtual sample driver",
        declared: Some((1, 71)),
        unused: &[
            9, 17, 18, 19, 23, 36, 37, 38, 39, 45, 46, 47, 48, 49, 53, 54, 55, 56, 57, 58, 59, 63,
            64, 65, 66, 67, 68, 69,
        ],
        whole: true,
    },
    Family {
        name: "F",
        about: "faults of the hardware, each to be switched on from a scenario",
        declared: Some((1, 30)),
        whole: true,
        ..OPEN
    },
    Family {
        name: "W",
        about: "the contract of the client side",
        ..OPEN
    },
    Family {
        name: "E",
        about: "the audio engine and other producers",
        ..OPEN
    },
    Family {
        name: "cpu",
        about: "who runs when",
        ..OPEN
    },
    Family {
        name: "truth",
        about: "the ledger of what was heard",
        ..OPEN
    },
    Family {
        name: "policy",
        about: "what consumers make of a position that may be wrong",
        ..OPEN
    },
    Family {
        name: "L",
        about: "the older ports",
        ..OPEN
    },
    Family {
        name: "S",
        about: "the regression table: one story each, with its exact truth",
        ..OPEN
    },
];

impl Family {
    /// Every rule of a family that is known as a whole.
    pub fn rules(&'static self) -> impl Iterator<Item = Rule> {
        let (first, last) = self.declared.unwrap_or((1, 0));
        (first..=last)
            .filter(|number| !self.unused.contains(number))
            .map(|number| Rule {
                family: self.place(),
                number,
                variant: None,
            })
    }

    /// Whether a rule may have that number.
    pub fn has(&self, number: u32) -> bool {
        let inside = |(first, last)| (first..=last).contains(&number);
        self.declared.is_none_or(inside) && !self.unused.contains(&number)
    }

    fn place(&'static self) -> usize {
        FAMILIES
            .iter()
            .position(|other| std::ptr::eq(self, other))
            .expect("a family stands in the list of families")
    }
}

/// A rule's name: its family, its number, and a letter where one number has variants.
///
/// Rules are ordered as the page has them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    family: usize,
    number: u32,
    variant: Option<char>,
}

impl Rule {
    /// Reads `R46`, `S14a`, `r46`, `truth3`; `None` for any other word, and for the Rust type `f32`.
    pub fn parse(word: &str) -> Option<Self> {
        let digits = word.find(|c: char| c.is_ascii_digit())?;
        let (letters, rest) = word.split_at(digits);
        let end = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (number, variant) = rest.split_at(end);
        let family = FAMILIES
            .iter()
            .position(|known| known.name.eq_ignore_ascii_case(letters))?;
        let mut variant = variant.chars();
        let (variant, None) = (variant.next(), variant.next()) else {
            return None;
        };
        if variant.is_some_and(|letter| !letter.is_ascii_lowercase()) || word == "f32" {
            return None;
        }
        let number = number.parse().ok()?;
        Some(Self {
            family,
            number,
            variant,
        })
    }

    /// The rule without the letter of its variant.
    #[must_use]
    pub fn whole(&self) -> Self {
        Self {
            variant: None,
            ..self.clone()
        }
    }

    /// The family that the rule belongs to.
    pub fn family(&self) -> &'static Family {
        &FAMILIES[self.family]
    }

    /// Whether the family has a rule of that number.
    pub fn exists(&self) -> bool {
        self.family().has(self.number)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Family { name, .. } = self.family();
        let width = if matches!(*name, "S" | "F") { 2 } else { 0 };
        write!(f, "{name}{:0width$}", self.number)?;
        self.variant.map_or(Ok(()), |letter| write!(f, "{letter}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{FAMILIES, Rule};

    #[test]
    fn names_and_tables_are_read_alike() {
        assert_eq!(Rule::parse("R46"), Rule::parse("r46"));
        assert_eq!(Rule::parse("s05a").unwrap().to_string(), "S05a");
        assert_eq!(Rule::parse("truth3").unwrap().to_string(), "truth3");
        assert_eq!(Rule::parse("f7").unwrap().to_string(), "F07");
        for none in ["", "run", "46", "Rx", "s05ab", "u64", "f32", "r46A"] {
            assert_eq!(Rule::parse(none), None, "{none}");
        }
    }

    #[test]
    fn a_family_counts_from_its_first_rule_to_its_last() {
        let counts = FAMILIES.iter().map(|family| family.rules().count());
        assert_eq!(counts.take(3).collect::<Vec<_>>(), [174, 43, 30]);
        assert!(Rule::parse("V24").unwrap().exists());
        assert!(!Rule::parse("V23").unwrap().exists());
        assert!(!Rule::parse("R175").unwrap().exists());
    }
}
