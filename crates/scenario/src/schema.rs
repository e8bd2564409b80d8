//! The JSON Schema of the format, for editors.

use crate::format::Scenario;

/// The JSON Schema of a scenario file, generated from the types.
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Scenario).to_value()
}
