//! The schema and the page of keys are current, and the shipped files follow the schema.

use std::path::{Path, PathBuf};

use scenario::{reference, schema, shipped};
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The file says what is generated; `BLESS=1` makes it so.
fn assert_current(path: &str, generated: &str) {
    let file = root().join(path);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&file, generated).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == generated,
        "{path} is out of date: run the tests with BLESS=1"
    );
}

#[test]
fn the_schema_is_current() {
    assert_current(
        "scenarios/scenario.schema.json",
        &format!("{:#}\n", schema()),
    );
}

#[test]
fn the_page_of_keys_is_current() {
    assert_current("docs/scenario-format.md", &reference());
}

/// As much of JSON Schema as ours uses. Says where a value does not fit.
fn misfit(schema: &Value, root: &Value, value: &Value, at: &str) -> Option<String> {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return misfit(&root["$defs"][name], root, value, at);
    }
    if let Some(word) = schema.get("const") {
        return (word != value).then(|| format!("{at}: {value} is not {word}"));
    }
    if let Some(all) = schema["oneOf"].as_array() {
        let fitting = all
            .iter()
            .filter(|each| misfit(each, root, value, at).is_none());
        let count = fitting.count();
        if count != 1 {
            return Some(format!("{at}: {value} fits {count} of the choices"));
        }
    }
    if let Some(keys) = schema["required"].as_array() {
        let missing = keys
            .iter()
            .find(|key| value.get(key.as_str().unwrap()).is_none());
        if let Some(key) = missing {
            return Some(format!("{at}: {key} is missing"));
        }
    }
    let kind_fits = match schema["type"].as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("boolean") => value.is_boolean(),
        _ => true,
    };
    if !kind_fits {
        return Some(format!("{at}: {value} is no {}", schema["type"]));
    }
    if let Some(all) = value.as_array() {
        let mut each = all.iter().enumerate();
        return each.find_map(|(n, v)| misfit(&schema["items"], root, v, &format!("{at}[{n}]")));
    }
    let table = value.as_object()?;
    let keys = schema["properties"].as_object();
    table.iter().find_map(|(key, value)| {
        let at = format!("{at}.{key}");
        match (
            keys.and_then(|keys| keys.get(key)),
            &schema["additionalProperties"],
        ) {
            (Some(schema), _) => misfit(schema, root, value, &at),
            (None, Value::Bool(false)) => Some(format!("{at}: unknown key")),
            (None, _) => None,
        }
    })
}

#[test]
fn every_shipped_file_follows_the_schema() {
    let schema = schema();
    for each in shipped() {
        let value: Value = toml::from_str(each.text).unwrap();
        assert_eq!(misfit(&schema, &schema, &value, each.path), None);
    }
}

#[test]
fn what_does_not_follow_the_schema_is_noticed() {
    let schema = schema();
    let good = shipped()
        .iter()
        .find(|each| each.name.starts_with("s05"))
        .unwrap()
        .text;
    for (right, wrong) in [
        ("mode = ", "mood = "),
        ("\"exclusive-event\"", "\"exclusive\""),
        ("duration = ", "# "),
        ("packets = 2", "packets = \"2\""),
        ("late-wake-up = ", "late-wakeup = "),
        ("event = 5, ", ""),
    ] {
        assert!(good.contains(right), "{right}");
        let value: Value = toml::from_str(&good.replace(right, wrong)).unwrap();
        assert!(misfit(&schema, &schema, &value, "").is_some(), "{wrong}");
    }
}
