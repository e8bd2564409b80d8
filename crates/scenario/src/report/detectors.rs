//! Who noticed.

use std::fmt::{self, Write as _};

use crate::result::EndpointResult;

/// A line for each detector: what it saw, what it missed, and what was not there.
pub(super) fn write(out: &mut String, endpoint: &EndpointResult) -> fmt::Result {
    if endpoint.detectors.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "  {:<15} {:>10} {:>10} {:>14} {:>14} {:>14}",
        "detector", "looks", "alarms", "glitches seen", "missed", "false alarms"
    )?;
    for detector in &endpoint.detectors {
        let looks = detector
            .looks
            .map_or_else(|| "told".to_owned(), |looks| looks.to_string());
        writeln!(
            out,
            "  {:<15} {looks:>10} {:>10} {:>14} {:>14} {:>14}",
            detector.rule, detector.alarms, detector.seen, detector.missed, detector.false_alarms
        )?;
    }
    writeln!(out)
}
