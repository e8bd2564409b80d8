//! The ledger against dumber ways to come to the same conclusions.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod long;
mod oracle;
mod oracle_capture;
mod rules;
mod rules_capture;
mod toy;
