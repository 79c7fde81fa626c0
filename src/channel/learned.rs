//! A feed with the rules that were found on its page.

use std::sync::Arc;

use super::feed::Feed;
use super::recipe::Recipe;
use crate::rules::{CompiledRules, LearnedRules, Pages};

impl Feed {
    /// The feed with rules that were found on its page; `None` if this version cannot compile them any more.
    #[must_use]
    pub fn with_learned(&self, learned: &LearnedRules) -> Option<Self> {
        let dates = self.recipe.source.auto()?;
        let rules = learned.spec.compile(dates).ok()?;
        // Rules that have still to be found are none.
        rules.source.auto().is_none().then(|| self.with_rules(rules))
    }

    /// The feed with compiled rules in place of those that had to be found.
    #[must_use]
    pub fn with_rules(&self, rules: CompiledRules) -> Self {
        let recipe = Recipe {
            source: rules.source,
            pages: pages(self.recipe.pages.clone(), rules.pages),
            ..self.recipe.as_ref().clone()
        };
        Self { recipe: Arc::new(recipe), ..self.clone() }
    }
}

/// Where further pages are: as the file says; where it leaves that to detection, as was found.
fn pages(own: Option<Pages>, found: Option<Pages>) -> Option<Pages> {
    match (own, found) {
        (Some(own), Some(found)) if own.template.is_none() && own.body.is_none() => {
            Some(Pages { template: found.template, ..own })
        }
        (own, found) => own.or(found),
    }
}
