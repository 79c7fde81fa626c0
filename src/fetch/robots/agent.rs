//! Names of user agents in robots.txt (RFC 9309 section 2.2.1).

/// Stands for every agent that no group names.
pub(super) const ANY_AGENT: &str = "*";

/// The part of a User-Agent by which robots.txt names it.
#[must_use]
pub fn product_token(user_agent: &str) -> &str {
    let end = user_agent.find(|c: char| !(c.is_ascii_alphabetic() || c == '-' || c == '_'));
    &user_agent[..end.unwrap_or(user_agent.len())]
}

/// The product token in lower case, as tokens are compared without case.
pub(super) fn agent_name(name: &str) -> String {
    product_token(name).to_ascii_lowercase()
}

/// The agent that a `User-agent` line names. `*` alone, or followed by a space, means every agent; a
/// name ends where its product token ends.
pub(super) fn agent_of_line(value: &str) -> String {
    match value.strip_prefix(ANY_AGENT) {
        Some(rest) if rest.is_empty() || rest.starts_with(char::is_whitespace) => ANY_AGENT.to_owned(),
        _ => agent_name(value),
    }
}
