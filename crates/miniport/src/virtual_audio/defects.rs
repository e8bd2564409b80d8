//! Whether the defects of a sample are there.

/// Whether the defects of a sample are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Defects {
    /// As in the sample.
    Kept,
    /// As it should be.
    #[default]
    Mended,
}

vtime::fork_by_clone!(Defects);
