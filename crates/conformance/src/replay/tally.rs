//! What a replay found.

/// Rows that were compared, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// By family, in the order of the recording.
    pub families: Vec<FamilyTally>,
    /// The first row that differs.
    pub first: Option<Difference>,
}

/// Rows of one family.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FamilyTally {
    /// What it is called.
    pub family: String,
    /// Rows that are equal in everything.
    pub equal: usize,
    /// Rows that are not.
    pub different: usize,
    /// Rows that were not compared.
    pub excepted: usize,
}

/// A row that differs, and the first thing in which it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where the row stands in the file, counted from 1.
    pub line: usize,
    /// Its case.
    pub case: String,
    /// Its number in the case.
    pub step: u64,
    /// The call.
    pub call: String,
    /// The column, and the name in it where it has several.
    pub column: String,
    /// What was recorded.
    pub recorded: String,
    /// What came out.
    pub found: String,
    /// The same for the whole row.
    pub whole: Vec<(String, String, String)>,
}

/// How a row came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Equal,
    Excepted,
    Different(Box<Difference>),
}

impl Tally {
    /// Adds a row of `family`.
    pub(crate) fn add(&mut self, family: &str, verdict: Verdict) {
        let place = self
            .families
            .iter()
            .position(|known| known.family == family)
            .unwrap_or_else(|| {
                self.families.push(FamilyTally {
                    family: family.to_owned(),
                    ..FamilyTally::default()
                });
                self.families.len() - 1
            });
        let tally = &mut self.families[place];
        match verdict {
            Verdict::Equal => tally.equal += 1,
            Verdict::Excepted => tally.excepted += 1,
            Verdict::Different(difference) => {
                tally.different += 1;
                self.first.get_or_insert(*difference);
            }
        }
    }

    /// Rows in all.
    pub fn rows(&self) -> usize {
        self.equal() + self.different() + self.excepted()
    }

    /// Rows that are equal in everything.
    pub fn equal(&self) -> usize {
        self.families.iter().map(|family| family.equal).sum()
    }

    /// Rows that are not.
    pub fn different(&self) -> usize {
        self.families.iter().map(|family| family.different).sum()
    }

    /// Rows that were not compared.
    pub fn excepted(&self) -> usize {
        self.families.iter().map(|family| family.excepted).sum()
    }
}
