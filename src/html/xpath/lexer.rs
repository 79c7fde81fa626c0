//! Text -> tokens (XPath 1.0, section 3.7).

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum XPathToken {
    /// A name. Its position tells whether it is that of an element, an axis, a function or an operator.
    Name(String),
    /// A string in quotes, without the quotes.
    Literal(String),
    /// A number.
    Number(f64),
    /// Any other symbol: `/ // [ ] ( ) @ . .. , :: * | + - = != < <= > >=`.
    Symbol(&'static str),
}

/// Longest first: the first symbol that the text begins with is taken.
const SYMBOLS: &[&str] = &[
    "//", "::", "..", "!=", "<=", ">=", "/", "[", "]", "(", ")", "@", ".", ",", "*", "|", "+", "-", "=", "<",
    ">", ":",
];

/// Splits an expression into tokens.
///
/// # Errors
/// A sentence about the first character that belongs to no token.
pub(crate) fn tokens(text: &str) -> Result<Vec<XPathToken>, String> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = next_token(rest, first)?;
        out.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(out)
}

/// The token that a text begins with, and its length in bytes.
fn next_token(rest: &str, first: char) -> Result<(XPathToken, usize), String> {
    if first == '"' || first == '\'' {
        let end = rest[1..].find(first).ok_or_else(|| format!("the text {rest} has no end"))?;
        return Ok((XPathToken::Literal(rest[1..=end].to_owned()), end + 2));
    }
    let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    if first.is_ascii_digit() || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) {
        let number = rest[..digits].parse().map_err(|_| format!("`{}` is no number", &rest[..digits]))?;
        return Ok((XPathToken::Number(number), digits));
    }
    if first.is_alphabetic() || first == '_' {
        let is_outside = |c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-' | '.');
        let end = rest.find(is_outside).unwrap_or(rest.len());
        return Ok((XPathToken::Name(rest[..end].to_owned()), end));
    }
    let symbol = SYMBOLS.iter().find(|s| rest.starts_with(**s));
    symbol.map(|s| (XPathToken::Symbol(s), s.len())).ok_or_else(|| match first {
        '$' => "variables are not supported".to_owned(),
        other => format!("`{other}` stands where it may not"),
    })
}
