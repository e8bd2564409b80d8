//! What goes to the page: a JSON object and columns of numbers behind it.

use serde_json::{Value, json};

/// An object and columns, to become one block of bytes:
///
/// | bytes | are |
/// | --- | --- |
/// | 8 | the length of the object, little-endian |
/// | so many | the object; its key `columns` says where each column lies and what it is |
/// | up to a multiple of 8 | spaces |
/// | the rest | the columns, each from a multiple of 8 on, counted from where the columns begin |
#[derive(Debug, Default)]
pub struct Block {
    columns: Vec<Value>,
    bytes: Vec<u8>,
}

impl Block {
    /// Adds rows of numbers, `fields` of them in a row. `NaN` stands for none.
    pub fn rows(&mut self, name: &str, fields: &[&str], rows: impl Iterator<Item = f64>) {
        let at = self.bytes.len();
        for number in rows {
            self.bytes.extend_from_slice(&number.to_le_bytes());
        }
        self.columns.push(json!({
            "name": name, "fields": fields, "at": at, "bytes": self.bytes.len() - at,
        }));
    }

    /// Adds bytes as they are.
    pub fn raw(&mut self, name: &str, bytes: &[u8]) {
        let at = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        self.columns
            .push(json!({ "name": name, "at": at, "bytes": bytes.len() }));
        let padded = self.bytes.len().next_multiple_of(8);
        self.bytes.resize(padded, 0);
    }

    /// All of it, with the object in front.
    pub fn finish(self, mut object: Value) -> Vec<u8> {
        object["columns"] = self.columns.into();
        let mut text = object.to_string().into_bytes();
        text.resize(text.len().next_multiple_of(8), b' ');
        let mut all = (text.len() as u64).to_le_bytes().to_vec();
        all.extend_from_slice(&text);
        all.extend_from_slice(&self.bytes);
        all
    }
}

/// A count or nanoseconds for a column.
#[expect(
    clippy::cast_precision_loss,
    reason = "whole numbers up to 2^53, which is 104 days in nanoseconds"
)]
pub(crate) const fn number(whole: u64) -> f64 {
    whole as f64
}

/// One that may be negative.
#[expect(clippy::cast_precision_loss, reason = "as above")]
pub(crate) const fn signed(whole: i64) -> f64 {
    whole as f64
}

/// One that may be missing.
pub(crate) fn perhaps(whole: Option<u64>) -> f64 {
    whole.map_or(f64::NAN, number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_says_where_its_columns_lie() {
        let mut block = Block::default();
        block.raw("odd", &[1, 2, 3]);
        block.rows("pairs", &["a", "b"], [1.5, f64::NAN].into_iter());
        let bytes = block.finish(json!({ "x": 1 }));
        let length = usize::try_from(u64::from_le_bytes(bytes[..8].try_into().unwrap())).unwrap();
        let object: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
        assert_eq!((8 + length) % 8, 0);
        assert_eq!(object["x"], 1);
        assert_eq!(object["columns"][1]["at"], 8);
        assert_eq!(object["columns"][1]["fields"], json!(["a", "b"]));
        let columns = &bytes[8 + length..];
        assert_eq!(columns[..3], [1, 2, 3]);
        assert_eq!(columns[8..16], 1.5_f64.to_le_bytes());
        assert_eq!(columns.len(), 24);
    }
}
