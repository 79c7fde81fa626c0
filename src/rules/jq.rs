//! jq programs: the only home of their interpreter.

use std::fmt;
use std::sync::Arc;

use jaq_core::load::{Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Filter, Vars, data, unwrap_valr};
use jaq_json::Val;
use serde::Deserialize;
use serde_json::Value;

use super::unparsed::unparsed_words;

/// Most outputs of one run of a program; more of them are dropped.
const MAX_OUTPUTS: usize = 10_000;

/// A compiled jq program and its text.
#[derive(Clone)]
pub struct Jq {
    filter: Arc<Filter<data::JustLut<Val>>>,
    text: String,
}

impl Jq {
    /// Compiles a program.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Err("the program is empty".to_owned());
        }
        let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let loader = Loader::new(definitions);
        let arena = Arena::default();
        let modules = loader.load(&arena, File { code: text, path: () }).map_err(|errors| {
            use jaq_core::load::Error;
            let first = errors.into_iter().next().map(|(_, error)| error);
            match first {
                Some(Error::Lex(errors)) => words(text, errors.first().map(|(_, at)| *at)),
                Some(Error::Parse(errors)) => words(text, errors.first().map(|(_, at)| *at)),
                _ => "modules cannot be imported".to_owned(),
            }
        })?;
        let compiled = Compiler::default().with_funs(functions).compile(modules);
        let filter = compiled.map_err(|errors| {
            let name = errors.into_iter().flat_map(|(_, all)| all).next().map(|(name, _)| name.to_owned());
            format!("there is no function `{}`", name.unwrap_or_default())
        })?;
        Ok(Self { filter: Arc::new(filter), text: text.to_owned() })
    }

    /// The program as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The outputs of the program for a value.
    ///
    /// # Errors
    /// The program's own error.
    pub(crate) fn run(&self, value: &Value) -> Result<Vec<Value>, String> {
        let input = Val::deserialize(value).map_err(|e| e.to_string())?;
        let context = Ctx::<data::JustLut<Val>>::new(&self.filter.lut, Vars::new([]));
        let mut out = Vec::new();
        for output in self.filter.id.run((context, input)).map(unwrap_valr).take(MAX_OUTPUTS) {
            let output = output.map_err(|e| e.to_string())?;
            out.push(serde_json::from_str(&output.to_string()).map_err(|e| e.to_string())?);
        }
        Ok(out)
    }
}

/// The words for a program that cannot be parsed. `rest` is the text from the mistake on.
fn words(text: &str, rest: Option<&str>) -> String {
    unparsed_words(text, text.len() - rest.map_or(0, str::len).min(text.len()))
}

impl fmt::Debug for Jq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jq({:?})", self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::JsonPath;
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn any_text_is_a_program_or_an_error(text in "[.a\\[\\]{}|,:\"()=0-9 $@é]{0,16}") {
            if let Ok(program) = Jq::parse(&text) {
                let _ = program.run(&json!({ "a": [1, { "a": "x" }] }));
            }
            if let Ok(path) = JsonPath::parse(&text) {
                let _ = path.all(&json!({ "a": [1, { "a": "x" }] }));
            }
        }
    }
}
