//! Rules that were found on a feed's page, kept as lines of feeds.toml, -> a feed that has them.

use std::path::Path;
use std::sync::Arc;

use super::{Config, Feed, Pages, Recipe};
use crate::detect::quoted;

/// What the file says of further pages; where they are, it may leave to what was found.
fn pages(own: Option<Pages>, learned: Option<Pages>) -> Option<Pages> {
    match (own, learned) {
        (Some(own), Some(learned)) if own.template.is_none() && own.body.is_none() => {
            Some(Pages { template: learned.template, ..own })
        }
        (own, learned) => own.or(learned),
    }
}

impl Feed {
    /// The feed with the rules that were found on its page: the lines of a `[[feed]]` from `kind` on.
    /// `None` if this version cannot read them any more.
    #[must_use]
    pub fn with_learned(&self, lines: &str) -> Option<Self> {
        let language =
            self.recipe.language.as_ref().map_or(String::new(), |l| format!("language = {}\n", quoted(l)));
        let (url, zone) = (quoted(self.url.as_str()), self.timezone.name());
        // What feeds.toml says of rules, it says here too.
        let text =
            format!("[[feed]]\nid = \"learned\"\nurl = {url}\ntimezone = \"{zone}\"\n{language}{lines}");
        let config = Config::parse(&text, Path::new("feeds.toml")).ok()?;
        let learned = &config.feeds.first()?.recipe;
        if learned.source.auto().is_some() {
            return None;
        }
        let recipe = Recipe {
            source: learned.source.clone(),
            pages: pages(self.recipe.pages.clone(), learned.pages.clone()),
            ..self.recipe.as_ref().clone()
        };
        Some(Self { recipe: Arc::new(recipe), ..self.clone() })
    }
}
