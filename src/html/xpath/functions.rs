//! The functions (XPath 1.0, section 4; some of 2.0).

use std::ops::RangeInclusive;

use regex::{Regex, RegexBuilder};

use super::evaluate::{BYTES_A_STEP, Context, evaluate, spots};
use super::parser::Expression;
use super::value::{Spot, Value};

/// Compiled size of a pattern, in bytes.
const MAX_PATTERN_BYTES: usize = 1 << 20;

macro_rules! functions {
    ($($name:literal => $id:ident, $arguments:expr;)*) => {
        /// A function.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Function { $($id,)* }

        /// A function's name and how many arguments it takes.
        pub(crate) struct Signature {
            pub(crate) id: Function,
            pub(crate) arguments: RangeInclusive<usize>,
        }

        /// The function of a name.
        pub(crate) fn named(name: &str) -> Option<Signature> {
            let name = name.strip_prefix("fn:").unwrap_or(name);
            match name {
                $($name => Some(Signature { id: Function::$id, arguments: $arguments }),)*
                _ => None,
            }
        }
    };
}

functions! {
    "boolean" => Boolean, 1..=1;
    "ceiling" => Ceiling, 1..=1;
    "concat" => Concat, 2..=100;
    "contains" => Contains, 2..=2;
    "count" => Count, 1..=1;
    "ends-with" => EndsWith, 2..=2;
    "false" => False, 0..=0;
    "floor" => Floor, 1..=1;
    "id" => Id, 1..=1;
    "lang" => Lang, 1..=1;
    "last" => Last, 0..=0;
    "local-name" => LocalName, 0..=1;
    "lower-case" => LowerCase, 1..=1;
    "matches" => Matches, 2..=2;
    "name" => Name, 0..=1;
    "normalize-space" => NormalizeSpace, 0..=1;
    "not" => Not, 1..=1;
    "number" => Number, 0..=1;
    "position" => Position, 0..=0;
    "replace" => Replace, 3..=3;
    "round" => Round, 1..=1;
    "starts-with" => StartsWith, 2..=2;
    "string" => Text, 0..=1;
    "string-join" => StringJoin, 1..=2;
    "string-length" => StringLength, 0..=1;
    "substring" => Substring, 2..=3;
    "substring-after" => SubstringAfter, 2..=2;
    "substring-before" => SubstringBefore, 2..=2;
    "sum" => Sum, 1..=1;
    "translate" => Translate, 3..=3;
    "true" => True, 0..=0;
    "upper-case" => UpperCase, 1..=1;
}

/// The compiled pattern of a function that has one.
pub(crate) fn pattern(function: Function, arguments: &[Expression]) -> Result<Option<Regex>, String> {
    if !matches!(function, Function::Matches | Function::Replace) {
        return Ok(None);
    }
    let Some(Expression::Text(pattern)) = arguments.get(1) else {
        return Err("the pattern must be a text in quotes".to_owned());
    };
    let compiled = RegexBuilder::new(pattern).size_limit(MAX_PATTERN_BYTES).build();
    compiled.map(Some).map_err(|e| e.to_string().lines().last().unwrap_or_default().to_owned())
}

/// Calls a function; the number of its arguments has been checked.
pub(crate) fn call<'d>(
    function: Function,
    arguments: &[Expression],
    pattern: Option<&Regex>,
    context: Context<'_, 'd>,
) -> Result<Value<'d>, String> {
    let value = |i: usize| evaluate(&arguments[i], context);
    // What is left out means where one stands.
    let own = |i: usize| match arguments.get(i) {
        Some(argument) => evaluate(argument, context),
        None => Ok(Value::Spots(vec![context.here])),
    };
    let text = |i: usize| {
        let text = own(i)?.text();
        context.steps.take(text.len() / BYTES_A_STEP)?;
        Ok(text)
    };
    let number = |i: usize| own(i).map(|v| v.number());
    Ok(match function {
        Function::Last => Value::Number(count(context.size)),
        Function::Position => Value::Number(count(context.position)),
        Function::Count => Value::Number(count(spots(&arguments[0], context)?.len())),
        Function::Sum => {
            Value::Number(spots(&arguments[0], context)?.iter().map(|s| Value::Text(s.text()).number()).sum())
        }
        Function::Id => Value::Spots(by_id(&text(0)?, context)?),
        Function::Name | Function::LocalName => Value::Text(match own(0)? {
            Value::Spots(spots) => spots.first().map_or("", Spot::name).to_owned(),
            _ => return Err("`name` wants a node".to_owned()),
        }),
        Function::Boolean => Value::Truth(value(0)?.truth()),
        Function::Not => Value::Truth(!value(0)?.truth()),
        Function::True => Value::Truth(true),
        Function::False => Value::Truth(false),
        Function::Lang => Value::Truth(speaks(context.here, &text(0)?)),
        Function::Number => Value::Number(number(0)?),
        Function::Floor => Value::Number(number(0)?.floor()),
        Function::Ceiling => Value::Number(number(0)?.ceil()),
        Function::Round => Value::Number((number(0)? + 0.5).floor()),
        Function::StringLength => Value::Number(count(text(0)?.chars().count())),
        Function::Contains => Value::Truth(text(0)?.contains(&text(1)?)),
        Function::StartsWith => Value::Truth(text(0)?.starts_with(&text(1)?)),
        Function::EndsWith => Value::Truth(text(0)?.ends_with(&text(1)?)),
        Function::Matches => Value::Truth(pattern.is_some_and(|p| text(0).is_ok_and(|t| p.is_match(&t)))),
        Function::StringJoin => Value::Text(joined(arguments, context)?),
        _ => Value::Text(texts(function, arguments.len(), pattern, &text, &number)?),
    })
}

/// Functions that make a text of texts.
fn texts(
    function: Function,
    given: usize,
    pattern: Option<&Regex>,
    text: &dyn Fn(usize) -> Result<String, String>,
    number: &dyn Fn(usize) -> Result<f64, String>,
) -> Result<String, String> {
    let first = text(0)?;
    Ok(match function {
        Function::Concat => (0..given).map(text).collect::<Result<_, _>>()?,
        Function::NormalizeSpace => first.split_whitespace().collect::<Vec<_>>().join(" "),
        Function::LowerCase => first.to_lowercase(),
        Function::UpperCase => first.to_uppercase(),
        Function::SubstringBefore => first.split_once(&text(1)?).map_or("", |(before, _)| before).to_owned(),
        Function::SubstringAfter => first.split_once(&text(1)?).map_or("", |(_, after)| after).to_owned(),
        Function::Substring => {
            let length = if given > 2 { number(2)? } else { f64::INFINITY };
            substring(&first, number(1)?, length)
        }
        Function::Translate => translate(&first, &text(1)?, &text(2)?),
        Function::Replace => {
            let with = text(2)?;
            pattern.map_or(first.clone(), |p| p.replace_all(&first, with.as_str()).into_owned())
        }
        _ => first,
    })
}

#[expect(clippy::cast_precision_loss, reason = "no page has 2^52 nodes")]
fn count(n: usize) -> f64 {
    n as f64
}

/// Characters from a position, counted from 1, both rounded (section 4.2).
fn substring(text: &str, from: f64, length: f64) -> String {
    let round = |n: f64| (n + 0.5).floor();
    let (begin, end) = (round(from), round(from) + round(length));
    let inside = |i: usize| count(i + 1) >= begin && count(i + 1) < end;
    text.chars().enumerate().filter(|(i, _)| inside(*i)).map(|(_, c)| c).collect()
}

fn translate(text: &str, from: &str, to: &str) -> String {
    let to: Vec<char> = to.chars().collect();
    let replaced = |c: char| match from.chars().position(|f| f == c) {
        None => Some(c),
        Some(i) => to.get(i).copied(),
    };
    text.chars().filter_map(replaced).collect()
}

fn joined(arguments: &[Expression], context: Context<'_, '_>) -> Result<String, String> {
    let between = match arguments.get(1) {
        Some(argument) => evaluate(argument, context)?.text(),
        None => String::new(),
    };
    let texts: Vec<String> = spots(&arguments[0], context)?.iter().map(Spot::text).collect();
    Ok(texts.join(&between))
}

fn by_id<'d>(ids: &str, context: Context<'_, 'd>) -> Result<Vec<Spot<'d>>, String> {
    let Spot::Node(here) = context.here else { return Ok(Vec::new()) };
    let root = here.ancestors().last().unwrap_or(here);
    let mut out = Vec::new();
    for node in root.descendants() {
        context.steps.take(1)?;
        let id = node.value().as_element().and_then(|e| e.id());
        if id.is_some_and(|id| ids.split_whitespace().any(|wanted| wanted == id)) {
            out.push(Spot::Node(node));
        }
    }
    Ok(out)
}

fn speaks(here: Spot<'_>, language: &str) -> bool {
    let Spot::Node(node) = here else { return false };
    let mut around = std::iter::once(node).chain(node.ancestors());
    let said = around.find_map(|n| n.value().as_element().and_then(|e| e.attr("lang")));
    said.is_some_and(|said| {
        let (said, language) = (said.to_ascii_lowercase(), language.to_ascii_lowercase());
        said == language || said.starts_with(&format!("{language}-"))
    })
}
