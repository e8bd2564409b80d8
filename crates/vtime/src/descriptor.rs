//! What an entry of the history means.

use crate::rng::name_hash;

/// One word of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// What the word is.
    pub name: &'static str,
    /// Its unit; `"1"` for a bare number.
    pub unit: &'static str,
}

impl Field {
    /// A word called `name`, in `unit`.
    pub const fn new(name: &'static str, unit: &'static str) -> Self {
        Self { name, unit }
    }
}

/// A kind of history entry: its name and what its words are.
///
/// A crate keeps an `enum` of its events and one `static` descriptor for each; an entry is that
/// descriptor and the words. Names are part of the digest: renaming a descriptor changes it.
#[derive(Debug)]
pub struct Descriptor {
    name: &'static str,
    fields: &'static [Field],
    id: u64,
}

impl Descriptor {
    /// A kind called `name` whose entries have one word for each of `fields`.
    pub const fn new(name: &'static str, fields: &'static [Field]) -> Self {
        Self {
            name,
            fields,
            id: name_hash(name),
        }
    }

    /// The name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What the words are, in order.
    pub const fn fields(&self) -> &'static [Field] {
        self.fields
    }

    /// The number that stands for the name in a digest: the same in every build and on every
    /// machine.
    pub const fn id(&self) -> u64 {
        self.id
    }

    /// For the tests of a crate that has a list of descriptors: no two share name or id.
    ///
    /// # Panics
    /// If two do. It names them.
    pub fn assert_distinct(all: &[&Self]) {
        for (at, one) in all.iter().enumerate() {
            for other in &all[at + 1..] {
                one.assert_differs(other);
            }
        }
    }

    fn assert_differs(&self, other: &Self) {
        assert!(
            self.id != other.id,
            "descriptors `{}` and `{}` share the id {:016x}: rename one",
            self.name,
            other.name,
            self.id
        );
    }
}

/// Two descriptors are the same kind if they have the same name.
impl PartialEq for Descriptor {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.name == other.name
    }
}

impl Eq for Descriptor {}

/// The kinds that a history has met, in builds that check for colliding ids.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known(Vec<(u64, &'static str)>);

impl Known {
    /// Notes `what`.
    ///
    /// # Panics
    /// If another kind with the same id was noted before.
    pub(crate) fn note(&mut self, what: &'static Descriptor) {
        match self.0.binary_search_by_key(&what.id, |&(id, _)| id) {
            Ok(at) => {
                let name = self.0[at].1;
                assert!(
                    name == what.name,
                    "descriptors `{name}` and `{}` share the id {:016x}: rename one",
                    what.name,
                    what.id
                );
            }
            Err(at) => self.0.insert(at, (what.id, what.name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static ONE: Descriptor = Descriptor::new("one", &[]);
    static COLLIDES: Descriptor = Descriptor {
        name: "other",
        fields: &[],
        id: ONE.id,
    };

    #[test]
    #[should_panic(expected = "descriptors `one` and `other` share the id")]
    fn two_names_with_one_id_are_noticed_while_recording() {
        let mut known = Known::default();
        known.note(&ONE);
        known.note(&ONE);
        known.note(&COLLIDES);
    }

    #[test]
    #[should_panic(expected = "descriptors `one` and `other` share the id")]
    fn two_names_with_one_id_are_noticed_in_a_list() {
        Descriptor::assert_distinct(&[&ONE, &COLLIDES]);
    }
}
