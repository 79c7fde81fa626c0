//! jq programs: the only home of their interpreter.
//!
//! The interpreter has no bounds of its own: a program may loop, recurse or take memory as the page's data
//! make it. So programs are compiled here, and evaluated wherever a [`JqEvaluator`] does it; the daemon's is
//! a process of its own with limits.

use std::fmt;
use std::sync::Arc;

use jaq_core::load::{Arena, File, Loader, import, parse::Def};
use jaq_core::{Compiler, Ctx, Filter, Vars, data, unwrap_valr};
use jaq_json::Val;
use serde::Deserialize;
use serde_json::Value;

use super::unparsed::unparsed_words;

/// Most outputs of one run of a program; more of them are dropped.
const MAX_OUTPUTS: usize = 10_000;
/// Longest program, in bytes.
const MAX_PROGRAM_BYTES: usize = 4000;
/// Most operators of a program, such as `|`, `,` and `//`: each may have the rest of the program inside it.
const MAX_OPERATORS: usize = 120;
/// Deepest nesting of a program: the parser of programs calls itself for each bracket and keyword. All that may
/// open a level counts, so the bound is on their number.
const MAX_NESTING: usize = 80;

/// Functions that programs do not have: a rule reads the page's data, and nothing of the machine.
const REFUSED: &[&str] = &[
    "env",
    "halt",
    "halt_error",
    "input",
    "inputs",
    "input_filename",
    "debug",
    "debug_empty",
    "stderr",
    "stderr_empty",
];

/// Something that evaluates programs.
pub trait JqEvaluator: fmt::Debug {
    /// The outputs of a program for a value.
    ///
    /// # Errors
    /// The program's own error, or the bound that it reached.
    fn evaluate(&self, program: &Jq, input: &Value) -> Result<Vec<Value>, String>;
}

/// Evaluates programs in this process, without a bound on time, memory and depth. The process that evaluates
/// programs for another one uses it, as the system bounds that process; rules without programs name it, too.
#[derive(Debug, Clone, Copy)]
pub struct Unbounded;

impl JqEvaluator for Unbounded {
    fn evaluate(&self, program: &Jq, input: &Value) -> Result<Vec<Value>, String> {
        program.run(input)
    }
}

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
        check_size(text)?;
        let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let loader = Loader::new(definitions.filter(|definition: &Def<&str>| is_allowed(definition.name)));
        let arena = Arena::default();
        let modules = loader.load(&arena, File { code: text, path: () }).map_err(|errors| {
            use jaq_core::load::Error;
            let first = errors.into_iter().next().map(|(_, error)| error);
            match first {
                Some(Error::Lex(errors)) => words(text, errors.first().map(|(_, at)| *at)),
                Some(Error::Parse(errors)) => words(text, errors.first().map(|(_, at)| *at)),
                _ => NO_MODULES.to_owned(),
            }
        })?;
        import(&modules, |_| Err(String::new())).map_err(|_| NO_MODULES.to_owned())?;
        let compiler = Compiler::default().with_funs(functions.filter(|(name, ..)| is_allowed(name)));
        let filter = compiler.compile(modules).map_err(|errors| {
            let name = errors.into_iter().flat_map(|(_, all)| all).next().map(|(name, _)| name.to_owned());
            unknown_function(&name.unwrap_or_default())
        })?;
        Ok(Self { filter: Arc::new(filter), text: text.to_owned() })
    }

    /// The program as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The outputs of the program for a value.
    fn run(&self, value: &Value) -> Result<Vec<Value>, String> {
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

const NO_MODULES: &str = "a program cannot import or include modules";

fn is_allowed(name: &str) -> bool {
    !REFUSED.contains(&name)
}

fn unknown_function(name: &str) -> String {
    match name.trim_start_matches('$') {
        "ENV" | "__prog_args" => format!("`{name}` is not there: a program sees the page's data only"),
        plain if !is_allowed(plain) => {
            format!("`{name}` is not there: a program reads the page's data, and nothing else")
        }
        _ => format!("there is no function `{name}`"),
    }
}

/// Refuses programs that the parser of programs could not parse on its stack.
fn check_size(text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err("the program is empty".to_owned());
    }
    if text.len() > MAX_PROGRAM_BYTES {
        return Err(format!("the program is longer than {MAX_PROGRAM_BYTES} bytes"));
    }
    let is_sign = |c: &char| matches!(c, '|' | ',' | '/' | '=' | '+' | '*' | '%' | '<' | '>' | '?');
    let operators = text.chars().filter(is_sign).count() + count_words(text, &["and", "or"]);
    if operators > MAX_OPERATORS {
        return Err(format!("the program has more than {MAX_OPERATORS} operators"));
    }
    if nesting(text) > MAX_NESTING {
        return Err(format!("the program nests deeper than {MAX_NESTING} levels"));
    }
    Ok(())
}

/// An upper bound of the nesting of a program: its opening brackets, and its words and signs that have another
/// expression after them. Closing brackets do not count against it: they may stand in texts and comments.
fn nesting(text: &str) -> usize {
    let brackets = text.matches(['(', '[', '{']).count();
    // The program in a text takes the parser deeper than one in brackets.
    let programs_in_texts = text.matches("\\(").count() * 2;
    let words = count_words(text, &["try", "if", "def", "reduce", "foreach", "label", "as", "elif"]);
    brackets + programs_in_texts + words + signs_of_numbers(text)
}

/// How often some words stand in a program.
fn count_words(text: &str, wanted: &[&str]) -> usize {
    let all = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    all.filter(|word| wanted.contains(word)).count()
}

/// The minus signs that may stand before a value: those that directly follow a letter or digit do not.
fn signs_of_numbers(text: &str) -> usize {
    let may_be_sign = |(at, _): &(usize, &str)| !text[..*at].ends_with(char::is_alphanumeric);
    text.match_indices('-').filter(may_be_sign).count()
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

    #[test]
    fn programs_see_nothing_but_the_data() {
        for program in
            ["env", "env.HOME", "$ENV", "halt", "halt_error", "input", "[inputs]", "debug", "stderr"]
        {
            let refused = Jq::parse(program).expect_err(program);
            assert!(refused.contains("is not there"), "{program}: {refused}");
        }
        for program in [r#"import "a" as a; ."#, r#"include "a"; ."#, r#"import "a" as $a; $a"#] {
            assert_eq!(Jq::parse(program).expect_err(program), NO_MODULES);
        }
    }

    #[test]
    fn deep_programs_are_refused_before_they_are_parsed() {
        for piece in
            ["[", "(", "{a:", "-", "- ", "try ", "if . then ", ". as $x | ", "def f: ", "reduce . as $x ("]
        {
            let program = piece.repeat(3_900 / piece.len());
            let refused = Jq::parse(&program).expect_err(piece);
            assert!(refused.contains("nests deeper") || refused.contains("operators"), "{piece}: {refused}");
        }
        for (open, close) in [("{\")\":", "}"), ("[#]\n", "]"), ("\"\\(\")\"+", ")\""), ("-#\n", "")] {
            let program = format!("{}1{}", open.repeat(120), close.repeat(120));
            assert!(Jq::parse(&program).is_err(), "{open}");
        }
        assert!(Jq::parse(&vec!["([.a]|length)"; 30].join(" + ")).is_ok());
        let bounded = || {
            for piece in [
                ".|",
                ".,",
                ".//",
                ".a",
                "..",
                "1+",
                ".[]?",
                "not|",
                "\"\"|",
                "@base64 ",
                "?",
                ".a=",
                ". and ",
                ". or ",
                ".a.b[0]",
                "$x as $y|",
            ] {
                let _ = Jq::parse(&format!("{}.", piece.repeat(3_900 / piece.len())));
                let _ = Jq::parse(&format!("{}.", piece.repeat(118)));
            }
        };
        // The stack of the daemon's threads.
        let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(bounded).expect("a thread");
        thread.join().expect("no overflow");
        assert!(
            Jq::parse("[.data[] | select(.kind == \"news\") | {title, url: (.path | ltrimstr(\"/\"))}]")
                .is_ok()
        );
    }
}
