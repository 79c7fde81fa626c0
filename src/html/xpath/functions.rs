//! Calls of functions (XPath 1.0, section 4; some of 2.0).
//!
//! This file and `evaluate` import each other: a call evaluates its arguments, and an argument may be any
//! expression, another call included. The recursion is bounded by the depth that the parser allows.

use std::collections::HashSet;

use super::bounded_text::BoundedText;
use super::budget::{BYTES_CHANGED_PER_STEP, BYTES_COPIED_PER_STEP, BYTES_SEARCHED_PER_STEP};
use super::context::EvaluationContext;
use super::evaluate::{evaluate, evaluate_nodes};
use super::expression::Expression;
use super::function::Function;
use super::search_pattern::SearchPattern;
use super::value::{Value, XPathNode};
use super::{axis, text_functions};

/// Calls a function.
///
/// The parser has checked the number of arguments.
///
/// # Errors
/// When an argument cannot be evaluated, or has the wrong type. When the budget is used up, or a text is
/// too long.
pub(crate) fn call<'d>(
    function: Function,
    expressions: &[Expression],
    pattern: Option<&SearchPattern>,
    context: EvaluationContext<'_, 'd>,
) -> Result<Value<'d>, String> {
    let arguments = FunctionArguments { expressions, context };
    Ok(match function {
        Function::Last => Value::Number(to_number(context.size)),
        Function::Position => Value::Number(to_number(context.position)),
        Function::Count => Value::Number(to_number(arguments.nodes(0)?.len())),
        Function::Sum => Value::Number(sum(&arguments.nodes(0)?, context)?),
        Function::Id => Value::Nodes(nodes_by_id(&arguments.text(0)?, context)?),
        Function::Name => Value::Text(name_of(&arguments, XPathNode::qualified_name)?),
        Function::LocalName => Value::Text(name_of(&arguments, |node| node.name().to_owned())?),
        Function::Boolean => Value::Boolean(arguments.value(0)?.boolean()),
        Function::Not => Value::Boolean(!arguments.value(0)?.boolean()),
        Function::True => Value::Boolean(true),
        Function::False => Value::Boolean(false),
        Function::Lang => Value::Boolean(is_in_language(&arguments.text(0)?, context)?),
        Function::Number => Value::Number(arguments.number(0)?),
        Function::Floor => Value::Number(arguments.number(0)?.floor()),
        Function::Ceiling => Value::Number(arguments.number(0)?.ceil()),
        Function::Round => Value::Number((arguments.number(0)? + 0.5).floor()),
        Function::StringLength => Value::Number(to_number(arguments.text(0)?.chars().count())),
        Function::Contains => Value::Boolean(arguments.test(|text, part| text.contains(part))?),
        Function::StartsWith => Value::Boolean(arguments.test(|text, part| text.starts_with(part))?),
        Function::EndsWith => Value::Boolean(arguments.test(|text, part| text.ends_with(part))?),
        Function::Matches => {
            let text = arguments.text(0)?;
            Value::Boolean(pattern.map_or(Ok(false), |pattern| pattern.is_match(&text, context.budget))?)
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
        self.value_or_context_node(index)?.into_text(self.context.budget)
    }

    fn number(&self, index: usize) -> Result<f64, String> {
        self.value_or_context_node(index)?.into_number(self.context.budget)
    }

    /// Whether the first text has the second one in some way.
    fn test(&self, has: impl Fn(&str, &str) -> bool) -> Result<bool, String> {
        let text = self.text(0)?;
        let part = self.text(1)?;
        self.take_search(&text, &part)?;
        Ok(has(&text, &part))
    }

    /// The first text as the second one divides it.
    fn divided(&self, wanted: impl Fn(&str, &str) -> Option<String>) -> Result<String, String> {
        let text = self.text(0)?;
        let part = self.text(1)?;
        self.take_search(&text, &part)?;
        Ok(wanted(&text, &part).unwrap_or_default())
    }

    fn take_search(&self, text: &str, part: &str) -> Result<(), String> {
        self.context.budget.take_bytes(text.len() + part.len(), BYTES_SEARCHED_PER_STEP)
    }
}

/// A name of the first node of the argument; empty if there is none.
fn name_of<'d>(
    arguments: &FunctionArguments<'_, 'd>,
    name: impl Fn(&XPathNode<'d>) -> String,
) -> Result<String, String> {
    match arguments.value_or_context_node(0)? {
        Value::Nodes(nodes) => {
            let name = nodes.first().map(name).unwrap_or_default();
            arguments.context.budget.take_bytes(name.len(), BYTES_COPIED_PER_STEP)?;
            Ok(name)
        }
        _ => Err("`name` wants a node".to_owned()),
    }
}

/// The functions that take texts and give a text.
fn call_text_function(
    function: Function,
    arguments: &FunctionArguments<'_, '_>,
    pattern: Option<&SearchPattern>,
) -> Result<String, String> {
    let budget = arguments.context.budget;
    match function {
        Function::Concat => concatenated(arguments),
        Function::NormalizeSpace => text_functions::normalize_space(&arguments.text(0)?, budget),
        Function::LowerCase => text_functions::changed(&arguments.text(0)?, str::to_lowercase, budget),
        Function::UpperCase => text_functions::changed(&arguments.text(0)?, str::to_uppercase, budget),
        Function::SubstringBefore => {
            arguments.divided(|text, part| text.split_once(part).map(|(before, _)| before.to_owned()))
        }
        Function::SubstringAfter => {
            arguments.divided(|text, part| text.split_once(part).map(|(_, after)| after.to_owned()))
        }
        Function::Substring => {
            let length = if arguments.expressions.len() > 2 { arguments.number(2)? } else { f64::INFINITY };
            text_functions::substring(&arguments.text(0)?, arguments.number(1)?, length, budget)
        }
        Function::Translate => {
            text_functions::translate(&arguments.text(0)?, &arguments.text(1)?, &arguments.text(2)?, budget)
        }
        Function::Replace => {
            let text = arguments.text(0)?;
            let replacement = arguments.text(2)?;
            match pattern {
                Some(pattern) => pattern.replace_all(&text, &replacement, budget),
                None => Ok(text),
            }
        }
        _ => arguments.text(0),
    }
}

#[expect(clippy::cast_precision_loss, reason = "no page has 2^52 nodes")]
fn to_number(count: usize) -> f64 {
    count as f64
}

fn sum(nodes: &[XPathNode<'_>], context: EvaluationContext<'_, '_>) -> Result<f64, String> {
    nodes.iter().map(|node| node.number_value(context.budget)).sum()
}

fn concatenated(arguments: &FunctionArguments<'_, '_>) -> Result<String, String> {
    let mut out = BoundedText::new(arguments.context.budget);
    for index in 0..arguments.expressions.len() {
        out.push(&arguments.text(index)?)?;
    }
    Ok(out.into_text())
}

fn join(arguments: &FunctionArguments<'_, '_>) -> Result<String, String> {
    let budget = arguments.context.budget;
    let separator = match arguments.expressions.get(1) {
        Some(_) => arguments.text(1)?,
        None => String::new(),
    };
    let mut out = BoundedText::new(budget);
    for (index, node) in arguments.nodes(0)?.iter().enumerate() {
        if index > 0 {
            out.push(&separator)?;
        }
        out.push(&node.string_value(budget)?)?;
    }
    Ok(out.into_text())
}

/// The elements with one of the ids, which are separated by white space.
fn nodes_by_id<'d>(ids: &str, context: EvaluationContext<'_, 'd>) -> Result<Vec<XPathNode<'d>>, String> {
    let XPathNode::Node(root) = axis::root(context.node, context.budget)? else { return Ok(Vec::new()) };
    context.budget.take_bytes(ids.len(), BYTES_CHANGED_PER_STEP)?;
    let wanted: HashSet<&str> = ids.split_whitespace().collect();
    let mut out = Vec::new();
    for node in root.descendants() {
        context.budget.take(1)?;
        let Some(id) = node.value().as_element().and_then(|e| e.id()) else { continue };
        context.budget.take_bytes(id.len(), BYTES_SEARCHED_PER_STEP)?;
        if wanted.contains(id) {
            out.push(XPathNode::Node(node));
        }
    }
    Ok(out)
}

/// Whether the closest `lang` attribute is the language or one of its variants (section 4.3).
fn is_in_language(language: &str, context: EvaluationContext<'_, '_>) -> Result<bool, String> {
    let XPathNode::Node(node) = context.node else { return Ok(false) };
    for holder in std::iter::once(node).chain(node.ancestors()) {
        context.budget.take(1)?;
        let Some(declared) = holder.value().as_element().and_then(|e| e.attr("lang")) else { continue };
        context.budget.take_bytes(declared.len() + language.len(), BYTES_SEARCHED_PER_STEP)?;
        let actual = declared.to_ascii_lowercase();
        let wanted = language.to_ascii_lowercase();
        return Ok(actual.strip_prefix(&wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')));
    }
    Ok(false)
}
