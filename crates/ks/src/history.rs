//! What this crate writes into the history.

use vtime::{Descriptor, Field};

/// A request that a client sent to a pin, and how it ended.
///
/// What the argument and the answer mean depends on the [property](crate::Property):
///
/// | property | argument | detail | answer |
/// |---|---|---|---|
/// | state, get | 0 | 0 | the state's number |
/// | state, set | the state's number | 0 | 0 |
/// | format, get | 0 | 0 | rate in Hz |
/// | format, set | rate in Hz | channels times 256 plus valid bits | 0 |
/// | position | 0 | 0 | play offset in bytes |
/// | buffer | size asked for, bytes | 0 | actual size, bytes |
/// | buffer with notification | size asked for, bytes | notifications per turn | actual size, bytes |
/// | hardware latency | 0 | 0 | FIFO size in bytes |
/// | register or unregister an event, map a register | 0 | 0 | 0 |
/// | notification support | 0 | 0 | 1 or 0 |
/// | packet count | 0 | 0 | the count |
/// | presentation position | 0 | 0 | frames |
/// | read packet | 0 | 0 | packet number |
/// | map the packet cells | 0 | 0 | 0 |
/// | position between two readings | 0 | 0 | play offset in bytes |
/// | linear position | 0 | 0 | bytes |
/// | write position, last or not | bytes | 0 | 0 |
/// | position, set | play offset | write offset | 0 |
/// | effects, get | 0 | 0 | 1 or 0 |
/// | effects or loopback protection, set | 1 or 0 | 0 | 0 |
/// | volume, get | channel | 0 | level |
/// | volume, set | channel, 2^32 - 1 for all | level | 0 |
/// | content, set | its number | 1 copy-protected, 2 no digital output | 0 |
/// | packet handed over | frames in it | packets that have come back | 0 |
/// | write packet | packet number | valid bytes + 1 at the end of the stream, else 0 | 0 |
///
/// The answer to a refused request is 0.
pub static REQUEST: Descriptor = Descriptor::new(
    "ks.request",
    &[
        Field::new("property", "1"),
        Field::new("argument", "1"),
        Field::new("detail", "1"),
        Field::new("status", "NTSTATUS"),
        Field::new("answer", "1"),
    ],
);

/// A client closed a pin.
pub static CLOSE: Descriptor = Descriptor::new("ks.close", &[]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_entry_has_a_name_of_its_own() {
        Descriptor::assert_distinct(&[&REQUEST, &CLOSE]);
    }
}
