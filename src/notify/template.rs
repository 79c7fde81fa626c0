//! Templates of titles and bodies, in the language of Jinja. What they may cost is bounded, and a name that is not
//! there is a mistake.

use std::sync::Arc;

use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::Serialize;

use super::cut::{LengthUnit, cut};

/// Steps that a template may take.
const FUEL: u64 = 50_000;
/// The longest result, in bytes; the rest is cut off.
const MAX_RESULT: usize = 64 << 10;
const NAME: &str = "template";

/// A compiled template.
#[derive(Debug, Clone)]
pub struct MessageTemplate {
    environment: Arc<Environment<'static>>,
}

/// A template that cannot be compiled or rendered. Holds a sentence.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(String);

impl MessageTemplate {
    /// Compiles a template.
    ///
    /// # Errors
    /// When it has mistakes.
    pub fn compile(text: &str) -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_fuel(Some(FUEL));
        environment.add_template_owned(NAME, text.to_owned()).map_err(|error| sentence(&error))?;
        Ok(Self { environment: Arc::new(environment) })
    }

    /// Fills the template in.
    ///
    /// # Errors
    /// When it names something that is not there, or takes too many steps.
    pub fn render(&self, values: &impl Serialize) -> Result<String, TemplateError> {
        let values = Value::from(Serde(values));
        let template = self.environment.get_template(NAME).map_err(|error| sentence(&error))?;
        let mut text = template.render(values).map_err(|error| sentence(&error))?;
        if text.len() > MAX_RESULT {
            text = cut(&text, MAX_RESULT, LengthUnit::Bytes);
        }
        Ok(text)
    }
}

fn sentence(error: &minijinja::Error) -> TemplateError {
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let place = error.line().map_or_else(String::new, |line| format!(" (line {line})"));
    TemplateError(format!("{detail}{place}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn templates_are_filled_in_without_escapes() {
        let template =
            MessageTemplate::compile("{{ feed.title }}: {% for i in items %}{{ i.title }} {% endfor %}");
        let values = json!({"feed": {"title": "Tide & Co"}, "items": [{"title": "<b>"}]});
        assert_eq!(template.expect("compiled").render(&values).expect("rendered"), "Tide & Co: <b> ");
    }

    #[test]
    fn mistakes_are_told() {
        assert!(MessageTemplate::compile("{{ feed.").is_err());
        let missing = MessageTemplate::compile("{{ fed.title }}").expect("compiled").render(&json!({}));
        assert!(missing.is_err());
    }

    #[test]
    fn endless_work_ends() {
        let template = MessageTemplate::compile(
            "{% for i in range(9000) %}{% for j in range(9000) %}x{% endfor %}{% endfor %}",
        );
        assert!(template.expect("compiled").render(&json!({})).is_err());
    }
}
