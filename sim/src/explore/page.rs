//! One page that loads nothing: style, code, model, scenario and sounds are in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use scenario::{Inputs, Pcm};
use serde_json::{Value, json};

/// The model, as `cargo xtask wasm` built it.
const MODULE: &[u8] = include_bytes!("../../explorer/model.wasm.gz");
const FRAME: &str = include_str!("../../explorer/index.html");
const STYLE: &str = include_str!("../../explorer/style.css");
const WORKER: &str = include_str!("../../explorer/worker.js");
/// In the order in which they are read: what comes later may use what came before.
const SCRIPTS: [&str; 11] = [
    include_str!("../../explorer/words.js"),
    include_str!("../../explorer/model.js"),
    include_str!("../../explorer/run.js"),
    include_str!("../../explorer/paint.js"),
    include_str!("../../explorer/ring.js"),
    include_str!("../../explorer/time.js"),
    include_str!("../../explorer/scope.js"),
    include_str!("../../explorer/stack.js"),
    include_str!("../../explorer/text.js"),
    include_str!("../../explorer/question.js"),
    include_str!("../../explorer/main.js"),
];
const NO_SCRIPT: &str =
    "This page is a program: it runs the model in your browser. Allow scripts to see it.";

/// The explorer on the scenario `text`, with another seed than its own if one is given.
pub(super) fn page(name: &str, text: &str, seed: Option<u64>, inputs: &Inputs) -> String {
    let given = json!({
        "text": text,
        // A seed may be more than a number of the page can hold.
        "seed": seed.map(|seed| seed.to_string()),
        "sounds": inputs.iter().map(|(path, pcm)| sound(path, pcm)).collect::<Value>(),
    });
    let pieces = [
        ("{{TITLE}}", escaped(name)),
        ("{{STYLE}}", STYLE.to_owned()),
        ("{{NOSCRIPT}}", NO_SCRIPT.to_owned()),
        // No text in it can end the element that it stands in.
        ("{{GIVEN}}", given.to_string().replace('<', "\\u003c")),
        ("{{MODULE}}", BASE64.encode(MODULE)),
        ("{{WORKER}}", WORKER.to_owned()),
        ("{{SCRIPT}}", SCRIPTS.concat()),
    ];
    // Each piece once, from the front: what one brings along is not looked at again.
    let mut page = String::new();
    let mut rest = FRAME;
    for (mark, piece) in pieces {
        let (before, behind) = rest.split_once(mark).expect("a test makes a page");
        page.push_str(before);
        page.push_str(&piece);
        rest = behind;
    }
    page.push_str(rest);
    page
}

/// A sound as the model takes it; in half the bytes if it has 16 bits.
fn sound(path: &str, pcm: &Pcm) -> Value {
    let narrow: Option<Vec<u8>> = bytes_of_16(&pcm.samples);
    let wide = || pcm.samples.iter().flat_map(|sample| sample.to_le_bytes());
    json!({
        "path": path,
        "rate_hz": pcm.rate_hz,
        "channels": pcm.channels,
        "file_hz": pcm.converted_from_hz.unwrap_or(0),
        "is_16": narrow.is_some(),
        "samples": BASE64.encode(narrow.unwrap_or_else(|| wide().collect())),
    })
}

/// The samples in 16 bits, if nothing of them is lost.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_possible_truncation,
    reason = "what does not come back as it was is left as it is"
)]
fn bytes_of_16(samples: &[f32]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(samples.len() * 2);
    for &sample in samples {
        let narrow = (sample * 32_768.0) as i16;
        if (f32::from(narrow) / 32_768.0).to_bits() != sample.to_bits() {
            return None;
        }
        bytes.extend_from_slice(&narrow.to_le_bytes());
    }
    Some(bytes)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_of_16_bits_come_back_and_others_are_left_as_they_are() {
        let all: Vec<f32> = (i16::MIN..=i16::MAX)
            .map(|each| f32::from(each) / 32_768.0)
            .collect();
        let bytes = bytes_of_16(&all).unwrap();
        assert_eq!(bytes[..4], [0x00, 0x80, 0x01, 0x80]);
        assert_eq!(bytes.len(), all.len() * 2);
        for other in [1.0, 0.000_01, -0.0, f32::NAN] {
            assert_eq!(bytes_of_16(&[0.5, other]), None, "{other}");
        }
    }

    #[test]
    fn no_text_of_a_scenario_ends_its_element() {
        let text = "name = \"</script><script>alert(1)</script>\"\n# {{MODULE}}";
        let page = page("</title>{{STYLE}}", text, Some(u64::MAX), &Inputs::new());
        assert!(
            !page.contains("<script>alert") && !page.contains("</title>{{"),
            "escaped"
        );
        assert!(page.contains("18446744073709551615") && page.contains("# {{MODULE}}"));
        assert_eq!(page.matches("<style>").count(), 1);
    }
}
