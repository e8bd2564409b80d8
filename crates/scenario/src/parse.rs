//! From text to a scenario, or to everything that is wrong with it.

use std::ops::Range;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::check::check;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::format::{
    Action, CaptureEngine, Client, Device, Engine, Expect, Fault, GlitchDetector, Machine,
    Microphone, Scenario,
};
use crate::quantity::Time;

/// Places that are no TOML, as many as are told. One slip makes the parser stumble again and again,
/// and nobody reads on.
const SYNTAX_ERRORS_MAX: usize = 8;

impl Scenario {
    /// Reads a scenario file.
    ///
    /// What comes back makes sense: every client, fault and action is one that can be built.
    ///
    /// # Errors
    /// [`Diagnostics`]: everything that is wrong with the file, as far as it can be told in one
    /// go: all that is no TOML; else the first misfit of each table; else all that makes no sense.
    pub fn parse(text: &str) -> Result<Self, Diagnostics> {
        let (document, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            let found = errors.iter().take(SYNTAX_ERRORS_MAX).map(|error| {
                let span = error.span().unwrap_or(0..0);
                Diagnostic::new(text, String::new(), span, error.message().to_owned())
            });
            return Err(Diagnostics::new(found.collect()));
        }
        let source = Source {
            text,
            document: &document,
        };
        let scenario = match Self::deserialize(toml::de::Deserializer::from(document.clone())) {
            Ok(scenario) => scenario,
            Err(whole) => return Err(source.misfits(&whole)),
        };
        let problems = check(&scenario);
        if problems.is_empty() {
            return Ok(scenario);
        }
        let found = problems.into_iter().map(|problem| Diagnostic {
            help: problem.help,
            ..source.about(&problem.key, problem.message)
        });
        Err(Diagnostics::new(found.collect()))
    }
}

/// The file, as text and as the tree that it says.
struct Source<'a> {
    text: &'a str,
    document: &'a Spanned<DeTable<'a>>,
}

impl Source<'_> {
    /// What does not fit the types: the first misfit of each table.
    fn misfits(&self, whole: &toml::de::Error) -> Diagnostics {
        let mut found = Vec::new();
        for (key, value) in self.document.get_ref() {
            let name: &str = key.get_ref();
            match name {
                "name" => self.fit::<String>(name, value, &mut found),
                "seed" => self.fit::<u64>(name, value, &mut found),
                "duration" => self.fit::<Time>(name, value, &mut found),
                "device" => self.fit::<Device>(name, value, &mut found),
                "engine" => self.fit::<Engine>(name, value, &mut found),
                "microphone" => self.fit::<Microphone>(name, value, &mut found),
                "capture-engine" => self.fit::<CaptureEngine>(name, value, &mut found),
                "machine" => self.fit::<Machine>(name, value, &mut found),
                "client" => self.fit_each::<Client>(name, value, &mut found),
                "detector" => self.fit_each::<GlitchDetector>(name, value, &mut found),
                "fault" => self.fit_each::<Fault>(name, value, &mut found),
                "action" => self.fit_each::<Action>(name, value, &mut found),
                "expect" => self.fit::<Expect>(name, value, &mut found),
                _ => found.push(self.misfit(
                    name.to_owned(),
                    key.span(),
                    "unknown key; expected one of `name`, `seed`, `duration`, `device`, `engine`, \
                     `microphone`, `capture-engine`, `machine`, `client`, `detector`, `fault`, \
                     `action`, `expect`",
                )),
            }
        }
        for (name, example) in [("name", "\"my scenario\""), ("duration", "\"500ms\"")] {
            if !self.document.get_ref().contains_key(name) {
                let mut missing = self.misfit(String::new(), 0..0, &format!("`{name}` is missing"));
                missing.help = Some(format!("add `{name} = {example}` at the top of the file"));
                found.push(missing);
            }
        }
        if found.is_empty() {
            let span = whole.span().unwrap_or(0..0);
            found.push(self.misfit(String::new(), span, whole.message()));
        }
        Diagnostics::new(found)
    }

    fn misfit(&self, key: String, span: Range<usize>, message: &str) -> Diagnostic {
        Diagnostic::new(self.text, key, span, message.to_owned())
    }

    /// Notes the first thing about `value` that is no `T`.
    fn fit<T: DeserializeOwned>(
        &self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        found: &mut Vec<Diagnostic>,
    ) {
        let deserializer = ValueDeserializer::from(value.clone());
        if let Err(error) = serde_path_to_error::deserialize::<_, T>(deserializer) {
            let path = error.path().to_string();
            let key = match path.as_str() {
                "." => name.to_owned(),
                path => format!("{name}.{path}"),
            };
            let span = error.inner().span().unwrap_or_else(|| value.span());
            found.push(self.misfit(key, span, error.inner().message()));
        }
    }

    fn fit_each<T: DeserializeOwned>(
        &self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        found: &mut Vec<Diagnostic>,
    ) {
        let Some(all) = value.get_ref().as_array() else {
            let mut misfit =
                self.misfit(name.to_owned(), value.span(), "expected a list of tables");
            misfit.help = Some(format!("write `[[{name}]]`"));
            found.push(misfit);
            return;
        };
        for (place, each) in all.iter().enumerate() {
            self.fit::<T>(&format!("{name}[{place}]"), each, found);
        }
    }

    /// A problem with the value at `key`, or with the closest thing above it that is there.
    fn about(&self, key: &str, message: String) -> Diagnostic {
        let mut span = 0..0;
        let mut here: Option<&Spanned<DeValue<'_>>> = None;
        for step in key.split(['.', '[']) {
            let next = match (step.strip_suffix(']'), here) {
                (Some(place), Some(here)) => {
                    let place = place.parse().unwrap_or(usize::MAX);
                    here.get_ref().as_array().and_then(|all| all.get(place))
                }
                (None, Some(here)) => here.get_ref().as_table().and_then(|table| table.get(step)),
                (_, None) => self.document.get_ref().get(step),
            };
            match next {
                Some(next) => {
                    span = next.span();
                    here = Some(next);
                }
                None => break,
            }
        }
        Diagnostic::new(self.text, key.to_owned(), span, message)
    }
}
