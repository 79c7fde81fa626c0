//! Tokens -> expression (XPath 1.0, sections 2 and 3): a parser by recursive descent.

use super::expression::{Axis, Expression, LocationPath, NameRule, NodeTest, Operator, PathStart, Step};
use super::lexer::XPathToken;
use super::{function, pattern};

/// Deepest nesting of expressions, right operands included. Each level takes stack, both here and when the
/// expression is evaluated: without optimisation up to 18 KiB.
const MAX_DEPTH: usize = 32;
/// Cap on the operators of a whole expression. A chain of them is a tree as deep as the chain is long, and each
/// level of it takes up to 4 KiB of stack. Together with [`MAX_DEPTH`], a stack of 1 MiB suffices.
const MAX_OPERATORS: usize = 100;

/// Operators by precedence, the lowest first (section 3.5).
const LEVELS: &[&[(&str, Operator)]] = &[
    &[("or", Operator::Or)],
    &[("and", Operator::And)],
    &[("=", Operator::Equal), ("!=", Operator::NotEqual)],
    &[
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
    &[("*", Operator::Times), ("div", Operator::Divide), ("mod", Operator::Remainder)],
];

/// Parses a whole expression.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(crate) fn parse(tokens: &[XPathToken], names: NameRule) -> Result<Expression, String> {
    let mut parser = Parser { tokens, names, at: 0, depth: 0, operators: 0 };
    let expression = parser.expression()?;
    match parser.peek() {
        None => Ok(expression),
        Some(token) => Err(format!("{} stands where it may not", describe(token))),
    }
}

/// A token in words, for messages.
fn describe(token: &XPathToken) -> String {
    match token {
        XPathToken::Name(name) => format!("`{name}`"),
        XPathToken::Literal(text) => format!("the text '{text}'"),
        XPathToken::Number(number) => format!("the number {number}"),
        XPathToken::Symbol(symbol) => format!("`{symbol}`"),
    }
}

struct Parser<'t> {
    tokens: &'t [XPathToken],
    names: NameRule,
    /// Index of the next token.
    at: usize,
    /// How many expressions are open around this place.
    depth: usize,
    /// How many operators were taken.
    operators: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t XPathToken> {
        self.tokens.get(self.at)
    }

    /// Whether the next token is a symbol.
    fn sees(&self, symbol: &str) -> bool {
        matches!(self.peek(), Some(XPathToken::Symbol(s)) if *s == symbol)
    }

    /// Whether the token after the next is a symbol.
    fn sees_after(&self, symbol: &str) -> bool {
        matches!(self.tokens.get(self.at + 1), Some(XPathToken::Symbol(s)) if *s == symbol)
    }

    /// Takes a symbol if it is next.
    fn take(&mut self, symbol: &str) -> bool {
        let is_next = self.sees(symbol);
        self.at += usize::from(is_next);
        is_next
    }

    /// Takes a symbol that must be next.
    fn need(&mut self, symbol: &str) -> Result<(), String> {
        if self.take(symbol) {
            return Ok(());
        }
        let instead = self.peek().map_or_else(|| "the end".to_owned(), describe);
        Err(format!("`{symbol}` is missing before {instead}"))
    }

    fn expression(&mut self) -> Result<Expression, String> {
        self.operation(0)
    }

    /// Operations of a level of [`LEVELS`] and the levels above it.
    fn operation(&mut self, lowest: usize) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("expressions lie in each other deeper than {MAX_DEPTH} levels"));
        }
        let mut left = self.negation()?;
        while let Some((level, operator)) = self.operator(lowest) {
            self.count_operator()?;
            // Operators of the same level belong to the left.
            let right = self.operation(level + 1)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        self.depth -= 1;
        Ok(left)
    }

    /// Takes an operator of a level from `lowest` up, if one is next.
    fn operator(&mut self, lowest: usize) -> Option<(usize, Operator)> {
        let name = match self.peek()? {
            XPathToken::Name(name) => name.as_str(),
            XPathToken::Symbol(symbol) => symbol,
            _ => return None,
        };
        let mut levels = LEVELS.iter().enumerate().skip(lowest);
        let found = levels.find_map(|(level, operators)| {
            let known = operators.iter().find(|(written, _)| *written == name)?;
            Some((level, known.1))
        })?;
        self.at += 1;
        Some(found)
    }

    fn count_operator(&mut self) -> Result<(), String> {
        self.operators += 1;
        if self.operators > MAX_OPERATORS {
            return Err(format!("it has more than {MAX_OPERATORS} operators"));
        }
        Ok(())
    }

    /// A union of paths, with any number of `-` before it.
    fn negation(&mut self) -> Result<Expression, String> {
        let mut signs = 0;
        while self.take("-") {
            self.count_operator()?;
            signs += 1;
        }
        let mut left = self.path()?;
        while self.take("|") {
            self.count_operator()?;
            let right = self.path()?;
            left = Expression::Binary(Operator::Union, Box::new(left), Box::new(right));
        }
        Ok((0..signs).fold(left, |inner, _| Expression::Negate(Box::new(inner))))
    }

    /// A path, or a primary expression with the predicates and steps after it.
    fn path(&mut self) -> Result<Expression, String> {
        if let Some(primary) = self.primary()? {
            let predicates = self.predicates()?;
            if predicates.is_empty() && !self.sees("/") && !self.sees("//") {
                return Ok(primary);
            }
            let mut steps = Vec::new();
            self.more_steps(&mut steps)?;
            return Ok(Expression::Path(LocationPath {
                start: PathStart::Of(Box::new(primary), predicates),
                steps,
            }));
        }
        let mut steps = Vec::new();
        let start = if self.sees("/") || self.sees("//") { PathStart::Root } else { PathStart::ContextNode };
        match start {
            PathStart::Root if self.take("//") => {
                steps.push(descendant_or_self());
                steps.push(self.step()?);
            }
            PathStart::Root => {
                self.need("/")?;
                if self.begins_step() {
                    steps.push(self.step()?);
                }
            }
            _ => steps.push(self.step()?),
        }
        self.more_steps(&mut steps)?;
        Ok(Expression::Path(LocationPath { start, steps }))
    }

    fn more_steps(&mut self, steps: &mut Vec<Step>) -> Result<(), String> {
        loop {
            if self.take("//") {
                steps.push(descendant_or_self());
            } else if !self.take("/") {
                return Ok(());
            }
            steps.push(self.step()?);
        }
    }

    /// A literal, a number, a call or an expression in parentheses; `None` if a location path begins here.
    fn primary(&mut self) -> Result<Option<Expression>, String> {
        match self.peek() {
            Some(XPathToken::Literal(text)) => {
                self.at += 1;
                Ok(Some(Expression::Text(text.clone())))
            }
            Some(XPathToken::Number(number)) => {
                self.at += 1;
                Ok(Some(Expression::Number(*number)))
            }
            Some(XPathToken::Symbol("(")) => {
                self.at += 1;
                let inner = self.expression()?;
                self.need(")")?;
                Ok(Some(inner))
            }
            Some(XPathToken::Name(name)) if self.sees_after("(") && !is_node_type(name) => {
                self.at += 2;
                self.call(name).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn call(&mut self, name: &str) -> Result<Expression, String> {
        let function = function::named(name).ok_or_else(|| format!("the function `{name}` is not known"))?;
        let mut arguments = Vec::new();
        if !self.take(")") {
            loop {
                arguments.push(self.expression()?);
                if !self.take(",") {
                    break;
                }
            }
            self.need(")")?;
        }
        if !function.arguments.contains(&arguments.len()) {
            return Err(format!("`{name}` does not take {} arguments", arguments.len()));
        }
        let pattern = pattern::compile(function.id, &arguments)?;
        Ok(Expression::Call(function.id, arguments, pattern))
    }

    /// Whether the next token can begin a location step.
    fn begins_step(&self) -> bool {
        matches!(self.peek(), Some(XPathToken::Name(_) | XPathToken::Symbol("." | ".." | "@" | "*")))
    }

    fn step(&mut self) -> Result<Step, String> {
        if self.take(".") {
            return Ok(Step { axis: Axis::SelfNode, test: NodeTest::Node, predicates: self.predicates()? });
        }
        if self.take("..") {
            return Ok(Step { axis: Axis::Parent, test: NodeTest::Node, predicates: self.predicates()? });
        }
        let axis = self.axis()?;
        let test = self.test()?;
        Ok(Step { axis, test, predicates: self.predicates()? })
    }

    fn axis(&mut self) -> Result<Axis, String> {
        if self.take("@") {
            return Ok(Axis::Attribute);
        }
        let Some(XPathToken::Name(name)) = self.peek() else { return Ok(Axis::Child) };
        if !self.sees_after("::") {
            return Ok(Axis::Child);
        }
        self.at += 2;
        Axis::parse(name).ok_or_else(|| format!("the axis `{name}` is not known"))
    }

    fn test(&mut self) -> Result<NodeTest, String> {
        // Elements of HTML have no namespace prefix: it is skipped.
        while self.names == NameRule::Html
            && matches!(self.peek(), Some(XPathToken::Name(_)))
            && self.sees_after(":")
        {
            self.at += 2;
        }
        if self.take("*") {
            return Ok(NodeTest::Any);
        }
        let Some(XPathToken::Name(name)) = self.peek() else {
            return Err(self.missing_step());
        };
        self.at += 1;
        if is_node_type(name) && self.take("(") {
            self.need(")")?;
            return Ok(match name.as_str() {
                "text" => NodeTest::Text,
                "comment" => NodeTest::Comment,
                _ => NodeTest::Node,
            });
        }
        let names = self.names;
        match names {
            NameRule::Html => Ok(NodeTest::Name(name.to_lowercase())),
            NameRule::Xml if self.take(":") => self.test_with_prefix(name),
            NameRule::Xml => Ok(NodeTest::Written { prefix: None, local: Some(name.clone()) }),
        }
    }

    /// The node test whose prefix and colon have been taken.
    fn test_with_prefix(&mut self, prefix: &str) -> Result<NodeTest, String> {
        let prefix = Some(prefix.to_owned());
        if self.take("*") {
            return Ok(NodeTest::Written { prefix, local: None });
        }
        let Some(XPathToken::Name(local)) = self.peek() else {
            return Err(self.missing_step());
        };
        self.at += 1;
        Ok(NodeTest::Written { prefix, local: Some(local.clone()) })
    }

    /// The mistake that no step and no value begins at this place.
    fn missing_step(&self) -> String {
        let instead = self.peek().map_or_else(|| "the end".to_owned(), describe);
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        match before {
            Some(XPathToken::Symbol(sign @ ("/" | "//" | "::"))) => {
                format!("the name of an element is missing after `{sign}`, before {instead}")
            }
            Some(XPathToken::Symbol("@")) => {
                format!("the name of an attribute is missing after `@`, before {instead}")
            }
            Some(before) => format!("something is missing after {}, before {instead}", describe(before)),
            None => format!("something is missing before {instead}"),
        }
    }

    fn predicates(&mut self) -> Result<Vec<Expression>, String> {
        let mut out = Vec::new();
        while self.take("[") {
            out.push(self.expression()?);
            self.need("]")?;
        }
        Ok(out)
    }
}

fn is_node_type(name: &str) -> bool {
    matches!(name, "text" | "comment" | "node")
}

/// The step that `//` abbreviates (section 2.5).
fn descendant_or_self() -> Step {
    Step { axis: Axis::DescendantOrSelf, test: NodeTest::Node, predicates: Vec::new() }
}
