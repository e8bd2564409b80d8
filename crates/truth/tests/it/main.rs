//! The ledger against dumber ways to come to the same conclusions.

mod oracle;
mod rules;
mod toy;
