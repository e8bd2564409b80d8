//! The scenarios that are compiled in.

/// A scenario that is compiled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// What it is called on the command line: the stem of its file.
    pub name: &'static str,
    /// Its path below `scenarios/`.
    pub path: &'static str,
    /// What it says.
    pub text: &'static str,
}

static SHIPPED: &[Shipped] = &[];

/// All scenarios that are compiled in, in the order of their names.
pub fn shipped() -> &'static [Shipped] {
    SHIPPED
}
