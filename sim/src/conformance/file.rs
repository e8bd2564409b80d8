//! Where a recording or a history comes from: a file, standard input, or the binary.

use crate::refusal::Refusal;
use conformance::replay::POSITION_GOLDEN;
use std::borrow::Cow;
use std::io::Read as _;
use std::path::Path;

/// No recording is longer: a million rows take about a third of it.
const BYTES_MAX: u64 = 1 << 30;

/// What to call the recording, and its text.
pub(super) fn read(name: Option<&str>) -> Result<(String, Cow<'static, str>), Refusal> {
    let Some(name) = name else {
        let label = "position-golden.csv, in the binary".to_owned();
        return Ok((label, Cow::Borrowed(POSITION_GOLDEN)));
    };
    let text = text(name, "name a table of comma-separated values")?;
    Ok((name.to_owned(), Cow::Owned(text)))
}

/// The text of that file.
pub(super) fn text(name: &str, help: &str) -> Result<String, Refusal> {
    let bytes = bytes(name, help)?;
    if bytes.len() as u64 > BYTES_MAX {
        let message = format!("longer than {} MiB", BYTES_MAX >> 20);
        let help = "cut it into parts";
        return Err(Refusal::new(name, message, help));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let message = format!("no UTF-8 text from byte {at} on");
        Refusal::new(name, message, help)
    })
}

fn bytes(name: &str, help: &str) -> Result<Vec<u8>, Refusal> {
    let unreadable = |error: std::io::Error| {
        let message = format!("cannot be read: {error}");
        Refusal::new(name, message, "check the path, and that you may read it")
    };
    let mut bytes = Vec::new();
    if name == "-" {
        let read = std::io::stdin().take(BYTES_MAX + 1).read_to_end(&mut bytes);
        read.map_err(unreadable)?;
        return Ok(bytes);
    }
    if Path::new(name).is_dir() {
        return Err(Refusal::new(name, "this is a folder", help));
    }
    let file = std::fs::File::open(name).map_err(unreadable)?;
    file.take(BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    Ok(bytes)
}
