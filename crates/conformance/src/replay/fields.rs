//! Lists inside a field: `name=value;name=value`.

use std::str::FromStr;

/// What is wrong in a field, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Bytes into the field.
    pub(crate) offset: usize,
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Fault {
    pub(crate) fn new(offset: usize, message: impl Into<String>, help: impl Into<String>) -> Self {
        let (message, help) = (message.into(), help.into());
        Self {
            offset,
            message,
            help,
        }
    }

    pub(crate) fn unknown_call(name: &str) -> Self {
        let help = "the calls are listed in docs/replaying-a-recording.md";
        Self::new(0, format!("`{name}` is no call"), help)
    }
}

/// A piece of a field, and where in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub(crate) text: &'a str,
    pub(crate) offset: usize,
}

impl Piece<'_> {
    /// A whole number without a sign that fits.
    pub(crate) fn number<N: FromStr>(self) -> Result<N, Fault> {
        let is_plain = !self.text.is_empty() && self.text.bytes().all(|byte| byte.is_ascii_digit());
        match self.text.parse() {
            Ok(number) if is_plain => Ok(number),
            _ if is_plain => {
                let bits = size_of::<N>() * 8;
                let help = format!("it has to fit into {bits} bits");
                Err(self.fault("is too large", help))
            }
            _ => Err(self.fault("is no number", "a whole number, 0 or more, in digits alone")),
        }
    }

    /// Something that is wrong with it.
    pub(crate) fn fault(self, what: &str, help: impl Into<String>) -> Fault {
        Fault::new(self.offset, format!("`{}` {what}", self.text), help)
    }
}

/// A list of names and values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fields<'a> {
    pairs: Vec<(Piece<'a>, Piece<'a>)>,
}

impl<'a> Fields<'a> {
    /// Reads a whole field. Nothing is an empty list.
    pub(crate) fn parse(field: &'a str) -> Result<Self, Fault> {
        let mut pairs: Vec<(Piece<'a>, Piece<'a>)> = Vec::new();
        let mut offset = 0;
        for item in field.split(';').filter(|_| !field.is_empty()) {
            let Some((name, value)) = item.split_once('=') else {
                let message = format!("`{item}` has no value");
                return Err(Fault::new(offset, message, "items read name=value"));
            };
            let name = Piece { text: name, offset };
            let value = Piece {
                text: value,
                offset: offset + name.text.len() + 1,
            };
            if pairs.iter().any(|(known, _)| known.text == name.text) {
                return Err(name.fault("is there twice", "give each name once"));
            }
            pairs.push((name, value));
            offset += item.len() + 1;
        }
        Ok(Self { pairs })
    }

    pub(crate) fn get(&self, name: &str) -> Option<Piece<'a>> {
        let found = self.pairs.iter().find(|(known, _)| known.text == name);
        found.map(|(_, value)| *value)
    }

    /// The values of `names`, which have to be all that is there.
    pub(crate) fn exactly<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Result<[Piece<'a>; N], Fault> {
        let foreign = self
            .pairs
            .iter()
            .find(|(known, _)| !names.contains(&known.text));
        if let Some((name, _)) = foreign {
            let help = match N {
                0 => "this call takes nothing".to_owned(),
                _ => format!("this call takes {}", names.join(", ")),
            };
            return Err(name.fault("is no argument of this call", help));
        }
        let mut values = [Piece {
            text: "",
            offset: 0,
        }; N];
        for (value, name) in values.iter_mut().zip(names) {
            *value = self.get(name).ok_or_else(|| {
                let message = format!("`{name}` is missing");
                Fault::new(0, message, format!("add {name}=…"))
            })?;
        }
        Ok(values)
    }

    pub(crate) fn only(&self, name: &str) -> Result<Piece<'a>, Fault> {
        self.exactly([name]).map(|[value]| value)
    }

    /// The pairs as texts.
    pub(crate) fn to_owned_pairs(&self) -> Vec<(String, String)> {
        let owned =
            |(name, value): &(Piece<'_>, Piece<'_>)| (name.text.to_owned(), value.text.to_owned());
        self.pairs.iter().map(owned).collect()
    }
}
