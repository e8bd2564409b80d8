//! The JSON Schema of the format, for editors, and the page of its keys, for people.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::format::{Action, Fault, Scenario};

/// The JSON Schema of a scenario file, generated from the types.
pub fn schema() -> Value {
    let mut schema = schemars::schema_for!(Scenario).to_value();
    without_null(&mut schema);
    let kinds = Fault::default().kinds();
    exactly_one(&mut schema["$defs"]["Fault"], kinds.map(|(name, _)| name));
    let kinds = Action::default().kinds();
    exactly_one(&mut schema["$defs"]["Action"], kinds.map(|(name, _)| name));
    schema
}

/// TOML has no null: a key that may be missing is not there.
fn without_null(schema: &mut Value) {
    let null = json!({ "type": "null" });
    if let Some(table) = schema.as_object_mut() {
        if let Some(Value::Array(types)) = table.get_mut("type") {
            types.retain(|each| each != "null");
            if let [only] = &types[..] {
                let only = only.clone();
                table["type"] = only;
            }
        }
        if let Some(Value::Array(all)) = table.get_mut("anyOf") {
            all.retain(|each| *each != null);
            if let [Value::Object(only)] = &mut all[..] {
                let mut only = std::mem::take(only);
                table.remove("anyOf");
                table.append(&mut only);
            }
        }
        table.values_mut().for_each(without_null);
    } else if let Some(all) = schema.as_array_mut() {
        all.iter_mut().for_each(without_null);
    }
}

fn exactly_one<const N: usize>(table: &mut Value, keys: [&str; N]) {
    let one = keys.map(|key| json!({ "required": [key] }));
    table["oneOf"] = Value::from(one.to_vec());
}

/// All keys of a scenario file with their defaults, as a page in Markdown, generated from the
/// same types as the schema.
pub fn reference() -> String {
    let schema = schema();
    let mut page = Page {
        definitions: schema["$defs"].as_object().expect("a table").clone(),
        text: String::from(INTRODUCTION),
    };
    page.section("The file", &schema);
    for (title, name) in SECTIONS {
        let definition = page.definitions[*name].clone();
        page.section(title, &definition);
    }
    page.text
}

const INTRODUCTION: &str = "\
# Scenario files

A scenario is one TOML file: what there is, what happens to it, and what should come of it. This
page is generated from the types that read it; `scenarios/scenario.schema.json` says the same to
editors; those that know the directive find it by a first line `#:schema scenario.schema.json`.

Every quantity is a text with its unit: `\"10ms\"` (ns, us, ms, s, min, h), `\"480fr\"`, `\"48kHz\"`
(Hz, kHz), `\"50ppm\"` (ppm, ppb), `\"-12dB\"`. A number without a unit is refused where a quantity
belongs; bare whole numbers are counts and ordinals, and all figures of `[expect]`, whose unit is
in the key. Unknown keys are refused.
";

/// The tables of a file in the order of the page, by the name of their type.
const SECTIONS: &[(&str, &str)] = &[
    ("`[device]`", "Device"),
    ("`device.dma` and `microphone.dma`", "Dma"),
    ("`dma.stalls`", "BusStall"),
    ("`[device.offload]`", "Offload"),
    ("`format`", "Format"),
    ("`[engine]`", "Engine"),
    ("`[microphone]`", "Microphone"),
    ("`[capture-engine]`", "CaptureEngine"),
    ("`[machine]`", "Machine"),
    ("`machine.wake`", "WakeKnot"),
    ("`[machine.cpu]`", "Cpu"),
    ("`[machine.cpu.mmcss]`", "Mmcss"),
    ("`cpu.idle`", "IdleState"),
    ("`[[machine.cpu.load]]`", "Load"),
    ("`[[client]]`", "Client"),
    ("`source`", "Source"),
    ("`source.wav`", "Wav"),
    ("`source.sine`", "Sine"),
    ("`source.sweep`", "Sweep"),
    ("`source.noise`", "Noise"),
    ("`source.impulses`", "Impulses"),
    ("`end-of-stream`", "EndOfStream"),
    ("`[[detector]]`", "GlitchDetector"),
    ("`[[fault]]`", "Fault"),
    ("`late-wake-up` and `page-fault`", "LateWakeUp"),
    ("`device-lock`", "DeviceLock"),
    ("`lost-notification`", "LostNotification"),
    ("`spurious-notification`", "SpuriousNotification"),
    ("`late-isr`", "LateIsr"),
    ("`blocked-dpc`", "BlockedDpc"),
    ("`late-dpc`", "LateDpc"),
    ("`lpib-lag`", "LpibLag"),
    (
        "`lpib-lead`, `dpib-early`, `irq-early`, `pos-at-or-above-cbl`, `mem-passes-link`, `pause-adds-delay`",
        "ByFrames",
    ),
    ("`posbuf-stale`", "PosbufStale"),
    ("`posbuf-dead`", "PosbufDead"),
    ("`posbuf-wrong-slot`", "PosbufWrongSlot"),
    ("`burst-grain`", "BurstGrain"),
    ("`backwards`", "Backwards"),
    ("`irq-lost`, `msi-edge-lost`", "Occasions"),
    ("`irq-coalesce`", "IrqCoalesce"),
    ("`irq-spurious`", "IrqSpurious"),
    ("`wallclk-hz`", "WallclkHz"),
    ("`wallclk-ppb`", "WallclkPpb"),
    (
        "`fifo-size-zero`, `run-sticky`, `srst-slow`, `capture-data-late`, `playback-stalls-on-capture-start`",
        "Lasting",
    ),
    ("`stuck-after-resume`", "StuckAfterResume"),
    ("`reads-all-ones`", "ReadsAllOnes"),
    ("`start-burst`", "StartBurst"),
    ("`cbl-mismatch`", "CblMismatch"),
    ("`delay-other-timebase`", "DelayOtherTimebase"),
    ("`read-moves-engine`, `ticks`", "Ticks"),
    ("`[[action]]`", "Action"),
    ("`pause` and `stop`", "Transport"),
    ("`run`", "RunAgain"),
    ("`write-packet`", "WritePacket"),
    ("`read-slot`", "ReadSlot"),
    ("`rewrite-descriptor`", "RewriteDescriptor"),
    ("`jack`", "JackChange"),
    ("`format-change`", "FormatChange"),
    ("`power`", "Power"),
    ("`remove`", "Remove"),
    ("`rebalance`", "Rebalance"),
    ("`[expect]`", "Expect"),
    ("`expect.frames`", "ExpectedFrames"),
    ("`expect.glitches`", "ExpectedGlitch"),
    ("`expect.headroom-ns`", "ExpectedHeadroom"),
    ("`expect.wake-ns`", "ExpectedWakes"),
    ("`expect.notifications`", "ExpectedNotifications"),
    ("`expect.stays`", "ExpectedStay"),
    ("`expect.changes`", "ExpectedChange"),
    ("`expect.clients`", "ExpectedClient"),
    ("`expect.clients.recorded`", "ExpectedTape"),
    ("`expect.clients.round-trip`", "ExpectedRoundTrip"),
    ("`expect.conversions`", "ExpectedConversion"),
    ("`[[expect.offload]]`", "ExpectedOffload"),
    ("`expect.microphone`", "ExpectedRecording"),
    ("`expect.microphone.frames`", "ExpectedRecordedFrames"),
    ("`expect.violations`", "ExpectedViolation"),
];

struct Page {
    definitions: Map<String, Value>,
    text: String,
}

impl Page {
    fn section(&mut self, title: &str, table: &Value) {
        let description = line(table);
        let required = table["required"].as_array().cloned().unwrap_or_default();
        self.write(format_args!("\n## {title}\n\n{description}\n\n"));
        self.write(format_args!(
            "| key | value | default | meaning |\n|---|---|---|---|\n"
        ));
        let keys = table["properties"]
            .as_object()
            .expect("a table has keys")
            .clone();
        for (key, value) in &keys {
            let default = match value.get("default") {
                Some(Value::Object(_) | Value::Array(_)) => String::new(),
                Some(default) => format!("`{default}`"),
                None if required.contains(&key.as_str().into()) => "required".to_owned(),
                None => String::new(),
            };
            let (kind, meaning) = (self.kind(value), line(value));
            self.write(format_args!(
                "| `{key}` | {kind} | {default} | {meaning} |\n"
            ));
        }
    }

    fn write(&mut self, what: std::fmt::Arguments<'_>) {
        self.text
            .write_fmt(what)
            .expect("a text takes whatever is written into it");
    }

    /// What can stand behind a key.
    fn kind(&self, value: &Value) -> String {
        if let Some(name) = value["$ref"].as_str() {
            let name = name.rsplit('/').next().expect("a last part");
            return self.choices(name);
        }
        if let Some(example) = value["examples"].get(0) {
            return format!("as `{example}`");
        }
        match value["type"].as_str() {
            Some("array") => format!("list of {}", self.kind(&value["items"])),
            Some("integer") => "whole number".to_owned(),
            Some("boolean") => "`true` or `false`".to_owned(),
            Some("object") => "table".to_owned(),
            _ => "text".to_owned(),
        }
    }

    /// The words that a type allows, or that it is a table.
    fn choices(&self, name: &str) -> String {
        let definition = &self.definitions[name];
        let named = definition["oneOf"].as_array();
        let words = named.map(|all| {
            let words = all.iter().filter_map(|each| each.get("const"));
            words.map(|word| format!("`{word}`")).collect::<Vec<_>>()
        });
        match words {
            Some(words) if !words.is_empty() => words.join(", "),
            _ => "table".to_owned(),
        }
    }
}

/// A description on one line.
fn line(value: &Value) -> String {
    let text = value["description"].as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
