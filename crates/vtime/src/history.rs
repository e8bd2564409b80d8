//! What happened, in order.

use std::fmt;

use units::{Moment, Phase};

use crate::descriptor::{Descriptor, Known};
use crate::digest::{Digest, Digester};
use crate::rng::name_hash;

/// The most words that an entry can have.
pub const WORDS_MAX: usize = 6;

/// Which actor an entry is of: its place in the order of a [`History`]'s sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

impl SourceId {
    pub(crate) const fn new(place: u32) -> Self {
        Self(place)
    }

    /// The place as an index into [`History::sources`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One thing that happened.
#[derive(Clone, Copy)]
pub struct Entry {
    /// When.
    pub moment: Moment,
    /// Whose it is.
    pub source: SourceId,
    /// What it means.
    pub what: &'static Descriptor,
    length: u8,
    /// Those below `length` count.
    words: [u64; WORDS_MAX],
}

impl Entry {
    /// The words, one for each field of the descriptor.
    pub fn words(&self) -> &[u64] {
        &self.words[..usize::from(self.length)]
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.moment == other.moment
            && self.source == other.source
            && self.what == other.what
            && self.words() == other.words()
    }
}

impl Eq for Entry {}

/// One line: moment, source, name, fields with units.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Moment { time, phase } = self.moment;
        write!(
            f,
            "{time} {phase:?} #{} {}",
            self.source.0,
            self.what.name()
        )?;
        for (word, field) in self.words().iter().zip(self.what.fields()) {
            write!(f, " {}={word} {}", field.name, field.unit)?;
        }
        Ok(())
    }
}

/// Which entries a history keeps. The digest covers all of them in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// None: the digest alone.
    Digest,
    /// All, until they are [let go](History::forget_entries).
    All,
}

/// The record of a run: entries in the order in which they happened, and their digest.
///
/// The one place that reports, traces and comparisons are derived from.
#[derive(Clone)]
pub struct History {
    keep: Keep,
    digester: Digester,
    entries: Vec<Entry>,
    sources: Vec<Source>,
    known: Known,
}

#[derive(Clone)]
struct Source {
    name: String,
    hash: u64,
}

impl History {
    /// An empty history.
    pub fn new(keep: Keep) -> Self {
        Self {
            keep,
            digester: Digester::default(),
            entries: Vec::new(),
            sources: Vec::new(),
            known: Known::default(),
        }
    }

    /// Adds a source. The name goes into the digest, its place does not.
    ///
    /// # Panics
    /// If there are 2^32 sources already.
    pub fn add_source(&mut self, name: &str) -> SourceId {
        let place = u32::try_from(self.sources.len()).expect("fewer than 2^32 sources");
        self.sources.push(Source {
            name: name.to_owned(),
            hash: name_hash(name),
        });
        SourceId(place)
    }

    /// Adds an entry.
    ///
    /// # Panics
    /// If there are more than [`WORDS_MAX`] words, or if `source` is not of this history. In debug
    /// builds also if another descriptor has the same id.
    #[inline(never)]
    pub fn record(
        &mut self,
        moment: Moment,
        source: SourceId,
        what: &'static Descriptor,
        words: &[u64],
    ) {
        assert!(words.len() <= WORDS_MAX, "an entry has at most six words");
        if cfg!(debug_assertions) {
            self.known.note(what);
        }
        self.digester.fold(
            moment.time.ticks(),
            phase_number(moment.phase),
            self.sources[source.index()].hash,
            what.id(),
            words,
        );
        if self.keep == Keep::All {
            let mut all = [0; WORDS_MAX];
            all[..words.len()].copy_from_slice(words);
            self.entries.push(Entry {
                moment,
                source,
                what,
                length: words.len().try_into().expect("at most six"),
                words: all,
            });
        }
    }

    /// The digest of all entries so far, kept or not.
    pub fn digest(&self) -> Digest {
        self.digester.digest()
    }

    /// How many entries there were, kept or not.
    pub fn count(&self) -> u64 {
        self.digester.count()
    }

    /// The entries that were kept, oldest first.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter()
    }

    /// Lets go of the entries that were kept; the digest still covers them. Their memory is used
    /// for the next ones.
    pub fn forget_entries(&mut self) {
        self.entries.clear();
    }

    /// The names of the sources, in their order.
    pub fn sources(&self) -> impl ExactSizeIterator<Item = &str> {
        self.sources.iter().map(|source| source.name.as_str())
    }

    /// The first source of this name.
    pub fn source_of(&self, name: &str) -> Option<SourceId> {
        let place = self.sources.iter().position(|source| source.name == name)?;
        Some(SourceId(
            u32::try_from(place).expect("fewer than 2^32 sources"),
        ))
    }

    /// The name of a source of this history.
    ///
    /// # Panics
    /// If `source` is of another history.
    pub fn source_name(&self, source: SourceId) -> &str {
        &self.sources[source.index()].name
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History")
            .field("digest", &format_args!("{}", self.digest()))
            .field("count", &self.count())
            .field("kept", &self.entries.len())
            .finish_non_exhaustive()
    }
}

/// The phase as it goes into keys and digests: their order, from 0.
#[inline]
pub(crate) const fn phase_number(phase: Phase) -> u64 {
    phase as u64
}
