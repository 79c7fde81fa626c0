//! Tokens -> expression (XPath 1.0, sections 2 and 3).

use regex::Regex;

use super::functions;
use super::functions::Function;
use super::lexer::Token;

/// Expressions lie in each other at most this deep.
const MAX_DEPTH: usize = 64;

/// An expression.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    Text(String),
    Number(f64),
    Binary(Operator, Box<Expression>, Box<Expression>),
    Negative(Box<Expression>),
    Call(Function, Vec<Expression>, Option<Regex>),
    Path(Path),
}

/// An operator between two expressions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Plus,
    Minus,
    Times,
    Divided,
    Remainder,
    Union,
}

/// Steps from somewhere to somewhere.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    pub(crate) start: Start,
    pub(crate) steps: Vec<Step>,
}

/// Where a path begins.
#[derive(Debug, Clone)]
pub(crate) enum Start {
    /// Where one stands.
    Here,
    /// At the document.
    Root,
    /// At what an expression gives, of which those stay that fulfil the predicates.
    Of(Box<Expression>, Vec<Expression>),
}

/// One step of a path.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) axis: Axis,
    pub(crate) test: Test,
    pub(crate) predicates: Vec<Expression>,
}

/// The direction of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    Child,
    Descendant,
    Parent,
    Ancestor,
    FollowingSibling,
    PrecedingSibling,
    Following,
    Preceding,
    Attribute,
    Itself,
    DescendantOrSelf,
    AncestorOrSelf,
}

impl Axis {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "child" => Self::Child,
            "descendant" => Self::Descendant,
            "parent" => Self::Parent,
            "ancestor" => Self::Ancestor,
            "following-sibling" => Self::FollowingSibling,
            "preceding-sibling" => Self::PrecedingSibling,
            "following" => Self::Following,
            "preceding" => Self::Preceding,
            "attribute" => Self::Attribute,
            "self" => Self::Itself,
            "descendant-or-self" => Self::DescendantOrSelf,
            "ancestor-or-self" => Self::AncestorOrSelf,
            _ => return None,
        })
    }
}

/// Which nodes of an axis count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Test {
    /// Elements (on the attribute axis: attributes) of this name.
    Name(String),
    /// Elements or attributes of any name.
    Any,
    Text,
    Comment,
    Node,
}

/// Operators by how firmly they bind, the loosest first.
const LEVELS: &[&[(&str, Operator)]] = &[
    &[("or", Operator::Or)],
    &[("and", Operator::And)],
    &[("=", Operator::Equal), ("!=", Operator::Unequal)],
    &[
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
    &[("*", Operator::Times), ("div", Operator::Divided), ("mod", Operator::Remainder)],
];

/// Reads a whole expression.
pub(crate) fn parse(tokens: &[Token]) -> Result<Expression, String> {
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let expression = parser.expression()?;
    match parser.peek() {
        None => Ok(expression),
        Some(token) => Err(format!("{} stands where it may not", shown(token))),
    }
}

fn shown(token: &Token) -> String {
    match token {
        Token::Name(name) => format!("`{name}`"),
        Token::Literal(text) => format!("the text '{text}'"),
        Token::Number(number) => format!("the number {number}"),
        Token::Sign(sign) => format!("`{sign}`"),
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn sees(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(Token::Sign(s)) if *s == sign)
    }

    fn sees_after(&self, sign: &str) -> bool {
        matches!(self.tokens.get(self.at + 1), Some(Token::Sign(s)) if *s == sign)
    }

    fn take(&mut self, sign: &str) -> bool {
        let seen = self.sees(sign);
        self.at += usize::from(seen);
        seen
    }

    fn need(&mut self, sign: &str) -> Result<(), String> {
        if self.take(sign) {
            return Ok(());
        }
        let instead = self.peek().map_or_else(|| "the end".to_owned(), shown);
        Err(format!("`{sign}` is missing before {instead}"))
    }

    fn expression(&mut self) -> Result<Expression, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(format!("expressions lie in each other deeper than {MAX_DEPTH} levels"));
        }
        let out = self.level(0);
        self.depth -= 1;
        out
    }

    fn level(&mut self, level: usize) -> Result<Expression, String> {
        let Some(operators) = LEVELS.get(level) else { return self.negative() };
        let mut left = self.level(level + 1)?;
        while let Some(operator) = self.operator(operators) {
            let right = self.level(level + 1)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn operator(&mut self, operators: &[(&str, Operator)]) -> Option<Operator> {
        let name = match self.peek()? {
            Token::Name(name) => name.as_str(),
            Token::Sign(sign) => sign,
            _ => return None,
        };
        let operator = operators.iter().find(|(n, _)| *n == name)?.1;
        self.at += 1;
        Some(operator)
    }

    fn negative(&mut self) -> Result<Expression, String> {
        if self.take("-") {
            return Ok(Expression::Negative(Box::new(self.negative()?)));
        }
        let mut left = self.path()?;
        while self.take("|") {
            let right = self.path()?;
            left = Expression::Binary(Operator::Union, Box::new(left), Box::new(right));
        }
        Ok(left)
    }

    fn path(&mut self) -> Result<Expression, String> {
        if let Some(primary) = self.primary()? {
            let predicates = self.predicates()?;
            if predicates.is_empty() && !self.sees("/") && !self.sees("//") {
                return Ok(primary);
            }
            let mut steps = Vec::new();
            self.more_steps(&mut steps)?;
            return Ok(Expression::Path(Path { start: Start::Of(Box::new(primary), predicates), steps }));
        }
        let mut steps = Vec::new();
        let start = if self.sees("/") || self.sees("//") { Start::Root } else { Start::Here };
        match start {
            Start::Root if self.take("//") => {
                steps.push(anywhere());
                steps.push(self.step()?);
            }
            Start::Root => {
                self.need("/")?;
                if self.begins_step() {
                    steps.push(self.step()?);
                }
            }
            _ => steps.push(self.step()?),
        }
        self.more_steps(&mut steps)?;
        Ok(Expression::Path(Path { start, steps }))
    }

    fn more_steps(&mut self, steps: &mut Vec<Step>) -> Result<(), String> {
        loop {
            if self.take("//") {
                steps.push(anywhere());
            } else if !self.take("/") {
                return Ok(());
            }
            steps.push(self.step()?);
        }
    }

    /// A text, a number, a call or what stands in brackets; `None` if a path begins here.
    fn primary(&mut self) -> Result<Option<Expression>, String> {
        match self.peek() {
            Some(Token::Literal(text)) => {
                self.at += 1;
                Ok(Some(Expression::Text(text.clone())))
            }
            Some(Token::Number(number)) => {
                self.at += 1;
                Ok(Some(Expression::Number(*number)))
            }
            Some(Token::Sign("(")) => {
                self.at += 1;
                let inner = self.expression()?;
                self.need(")")?;
                Ok(Some(inner))
            }
            Some(Token::Name(name)) if self.sees_after("(") && !is_node_type(name) => {
                self.at += 2;
                self.call(name).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn call(&mut self, name: &str) -> Result<Expression, String> {
        let function = functions::named(name).ok_or_else(|| format!("the function `{name}` is not known"))?;
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
        let pattern = functions::pattern(function.id, &arguments)?;
        Ok(Expression::Call(function.id, arguments, pattern))
    }

    fn begins_step(&self) -> bool {
        matches!(self.peek(), Some(Token::Name(_) | Token::Sign("." | ".." | "@" | "*")))
    }

    fn step(&mut self) -> Result<Step, String> {
        if self.take(".") {
            return Ok(Step { axis: Axis::Itself, test: Test::Node, predicates: self.predicates()? });
        }
        if self.take("..") {
            return Ok(Step { axis: Axis::Parent, test: Test::Node, predicates: self.predicates()? });
        }
        let axis = self.axis()?;
        let test = self.test()?;
        Ok(Step { axis, test, predicates: self.predicates()? })
    }

    fn axis(&mut self) -> Result<Axis, String> {
        if self.take("@") {
            return Ok(Axis::Attribute);
        }
        let Some(Token::Name(name)) = self.peek() else { return Ok(Axis::Child) };
        if !self.sees_after("::") {
            return Ok(Axis::Child);
        }
        self.at += 2;
        Axis::parse(name).ok_or_else(|| format!("the axis `{name}` is not known"))
    }

    fn test(&mut self) -> Result<Test, String> {
        if self.take("*") {
            return Ok(Test::Any);
        }
        let Some(Token::Name(name)) = self.peek() else {
            let instead = self.peek().map_or_else(|| "the end".to_owned(), shown);
            return Err(format!("the name of an element is missing before {instead}"));
        };
        self.at += 1;
        if is_node_type(name) && self.take("(") {
            self.need(")")?;
            return Ok(match name.as_str() {
                "text" => Test::Text,
                "comment" => Test::Comment,
                _ => Test::Node,
            });
        }
        // A prefix says nothing in HTML.
        if self.take(":") {
            return self.test();
        }
        Ok(Test::Name(name.to_lowercase()))
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

/// What `//` stands for.
fn anywhere() -> Step {
    Step { axis: Axis::DescendantOrSelf, test: Test::Node, predicates: Vec::new() }
}
