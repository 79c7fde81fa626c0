//! Calls of functions (XPath 1.0, section 4; some of 2.0).
//!
//! This file and `evaluate` import each other: a call evaluates its arguments, and an argument may be any
//! expression, another call included. The recursion is bounded by the depth that the parser allows.

use regex::Regex;

use super::budget::BYTES_PER_STEP;
use super::context::EvaluationContext;
use super::evaluate::{evaluate, evaluate_nodes};
use super::expression::Expression;
use super::function::Function;
use super::value::{Value, XPathNode, parse_number};

/// Calls a function.
///
/// The parser has checked the number of arguments.
///
/// # Errors
/// When an argument cannot be evaluated, or has the wrong type.
pub(crate) fn call<'d>(
    function: Function,
    expressions: &[Expression],
    pattern: Option<&Regex>,
    context: EvaluationContext<'_, 'd>,
) -> Result<Value<'d>, String> {
    let arguments = FunctionArguments { expressions, context };
    Ok(match function {
        Function::Last => Value::Number(to_number(context.size)),
        Function::Position => Value::Number(to_number(context.position)),
        Function::Count => Value::Number(to_number(arguments.nodes(0)?.len())),
        Function::Sum => Value::Number(arguments.nodes(0)?.iter().map(|n| parse_number(&n.text())).sum()),
        Function::Id => Value::Nodes(nodes_by_id(&arguments.text(0)?, context)?),
        Function::Name => Value::Text(name_of(&arguments, XPathNode::qualified_name)?),
        Function::LocalName => Value::Text(name_of(&arguments, |node| node.name().to_owned())?),
        Function::Boolean => Value::Boolean(arguments.value(0)?.boolean()),
        Function::Not => Value::Boolean(!arguments.value(0)?.boolean()),
        Function::True => Value::Boolean(true),
        Function::False => Value::Boolean(false),
        Function::Lang => Value::Boolean(is_in_language(context.node, &arguments.text(0)?)),
        Function::Number => Value::Number(arguments.number(0)?),
        Function::Floor => Value::Number(arguments.number(0)?.floor()),
        Function::Ceiling => Value::Number(arguments.number(0)?.ceil()),
        Function::Round => Value::Number((arguments.number(0)? + 0.5).floor()),
        Function::StringLength => Value::Number(to_number(arguments.text(0)?.chars().count())),
        Function::Contains => Value::Boolean(arguments.text(0)?.contains(&arguments.text(1)?)),
        Function::StartsWith => Value::Boolean(arguments.text(0)?.starts_with(&arguments.text(1)?)),
        Function::EndsWith => Value::Boolean(arguments.text(0)?.ends_with(&arguments.text(1)?)),
        Function::Matches => {
            let is_match = |p: &Regex| arguments.text(0).is_ok_and(|text| p.is_match(&text));
            Value::Boolean(pattern.is_some_and(is_match))
        }
        Function::StringJoin => Value::Text(join(&arguments)?),
        _ => Value::Text(call_text_function(function, &arguments, pattern)?),
    })
}

/// The arguments of a call, each evaluated when it is asked for.
struct FunctionArguments<'c, 'd> {
    expressions: &'c [Expression],
    context: EvaluationContext<'c, 'd>,
}

impl<'d> FunctionArguments<'_, 'd> {
    fn value(&self, index: usize) -> Result<Value<'d>, String> {
        evaluate(&self.expressions[index], self.context)
    }

    /// An argument; if it is left out, the context node (section 4.2).
    fn value_or_context_node(&self, index: usize) -> Result<Value<'d>, String> {
        match self.expressions.get(index) {
            Some(argument) => evaluate(argument, self.context),
            None => Ok(Value::Nodes(vec![self.context.node])),
        }
    }

    fn nodes(&self, index: usize) -> Result<Vec<XPathNode<'d>>, String> {
        evaluate_nodes(&self.expressions[index], self.context)
    }

    fn text(&self, index: usize) -> Result<String, String> {
        let text = self.value_or_context_node(index)?.text();
        self.context.budget.take(text.len() / BYTES_PER_STEP)?;
        Ok(text)
    }

    fn number(&self, index: usize) -> Result<f64, String> {
        self.value_or_context_node(index).map(|value| value.number())
    }
}

/// A name of the first node of the argument; empty if there is none.
fn name_of<'d>(
    arguments: &FunctionArguments<'_, 'd>,
    name: impl Fn(&XPathNode<'d>) -> String,
) -> Result<String, String> {
    match arguments.value_or_context_node(0)? {
        Value::Nodes(nodes) => Ok(nodes.first().map(name).unwrap_or_default()),
        _ => Err("`name` wants a node".to_owned()),
    }
}

/// The functions that take texts and give a text.
fn call_text_function(
    function: Function,
    arguments: &FunctionArguments<'_, '_>,
    pattern: Option<&Regex>,
) -> Result<String, String> {
    let count = arguments.expressions.len();
    let first = arguments.text(0)?;
    Ok(match function {
        Function::Concat => (0..count).map(|index| arguments.text(index)).collect::<Result<_, _>>()?,
        Function::NormalizeSpace => first.split_whitespace().collect::<Vec<_>>().join(" "),
        Function::LowerCase => first.to_lowercase(),
        Function::UpperCase => first.to_uppercase(),
        Function::SubstringBefore => {
            first.split_once(&arguments.text(1)?).map_or("", |(before, _)| before).to_owned()
        }
        Function::SubstringAfter => {
            first.split_once(&arguments.text(1)?).map_or("", |(_, after)| after).to_owned()
        }
        Function::Substring => {
            let length = if count > 2 { arguments.number(2)? } else { f64::INFINITY };
            substring(&first, arguments.number(1)?, length)
        }
        Function::Translate => translate(&first, &arguments.text(1)?, &arguments.text(2)?),
        Function::Replace => {
            let replacement = arguments.text(2)?;
            match pattern {
                Some(pattern) => pattern.replace_all(&first, replacement.as_str()).into_owned(),
                None => first,
            }
        }
        _ => first,
    })
}

#[expect(clippy::cast_precision_loss, reason = "no page has 2^52 nodes")]
fn to_number(count: usize) -> f64 {
    count as f64
}

/// The characters from a position on, counted from 1; position and length are rounded (section 4.2).
fn substring(text: &str, from: f64, length: f64) -> String {
    let round = |n: f64| (n + 0.5).floor();
    let begin = round(from);
    let end = round(from) + round(length);
    let is_inside = |index: usize| to_number(index + 1) >= begin && to_number(index + 1) < end;
    text.chars().enumerate().filter(|(index, _)| is_inside(*index)).map(|(_, c)| c).collect()
}

/// Replaces characters one by one; those without a counterpart are removed (section 4.2).
fn translate(text: &str, from: &str, to: &str) -> String {
    let replacements: Vec<char> = to.chars().collect();
    let translated = |c: char| match from.chars().position(|f| f == c) {
        None => Some(c),
        Some(index) => replacements.get(index).copied(),
    };
    text.chars().filter_map(translated).collect()
}

fn join(arguments: &FunctionArguments<'_, '_>) -> Result<String, String> {
    let separator = match arguments.expressions.get(1) {
        Some(_) => arguments.value(1)?.text(),
        None => String::new(),
    };
    let texts: Vec<String> = arguments.nodes(0)?.iter().map(XPathNode::text).collect();
    Ok(texts.join(&separator))
}

/// The elements with one of the ids, which are separated by white space.
fn nodes_by_id<'d>(ids: &str, context: EvaluationContext<'_, 'd>) -> Result<Vec<XPathNode<'d>>, String> {
    let XPathNode::Node(context_node) = context.node else { return Ok(Vec::new()) };
    let root = context_node.ancestors().last().unwrap_or(context_node);
    let mut out = Vec::new();
    for node in root.descendants() {
        context.budget.take(1)?;
        let id = node.value().as_element().and_then(|e| e.id());
        if id.is_some_and(|id| ids.split_whitespace().any(|wanted| wanted == id)) {
            out.push(XPathNode::Node(node));
        }
    }
    Ok(out)
}

/// Whether the closest `lang` attribute is the language or one of its variants (section 4.3).
fn is_in_language(context_node: XPathNode<'_>, language: &str) -> bool {
    let XPathNode::Node(node) = context_node else { return false };
    let mut self_and_ancestors = std::iter::once(node).chain(node.ancestors());
    let declared = self_and_ancestors.find_map(|n| n.value().as_element().and_then(|e| e.attr("lang")));
    declared.is_some_and(|declared| {
        let actual = declared.to_ascii_lowercase();
        let wanted = language.to_ascii_lowercase();
        actual == wanted || actual.starts_with(&format!("{wanted}-"))
    })
}
