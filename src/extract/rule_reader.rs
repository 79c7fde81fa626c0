//! The rules of a page, and the state that they share while one page is read.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::html::xpath::EvaluationBudget;
use crate::model::{Problem, Subject};
use crate::rules::{JqEvaluator, Rules, Select, Unbounded};

/// Cap on the different problems of selectors that are reported for one page.
const MAX_PROBLEMS: usize = 20;

/// The rules of a page, the budget of its XPath expressions, and the problems of its selectors.
pub(super) struct RuleReader<'r> {
    pub(super) rules: &'r Rules,
    pub(super) budget: EvaluationBudget,
    /// Evaluates the jq programs of the rules.
    pub(super) jq: &'r dyn JqEvaluator,
    /// Errors of expressions and programs, by field. A set: most items of a page have the same error.
    problems: RefCell<BTreeSet<(Subject, String)>>,
}

impl<'r> RuleReader<'r> {
    /// The reader of a page of HTML, whose rules have no jq programs.
    pub(super) fn of_html(rules: &'r Rules) -> Self {
        Self::new(rules, &Unbounded)
    }

    pub(super) fn new(rules: &'r Rules, jq: &'r dyn JqEvaluator) -> Self {
        Self { rules, budget: EvaluationBudget::default(), jq, problems: RefCell::default() }
    }

    /// Takes out the problems of selectors, each once.
    pub(super) fn take_problems(&self) -> Vec<Problem> {
        let problem = |(field, message): (Subject, String)| Problem { field, position: None, message };
        let mut all: Vec<(Subject, String)> = self.problems.take().into_iter().collect();
        all.sort_by(|(a, _), (b, _)| a.name().cmp(b.name()));
        all.into_iter().take(MAX_PROBLEMS).map(problem).collect()
    }

    /// The result of a selector; an error is noted as a problem of the field, and gives the empty value.
    pub(super) fn value_or_problem<T: Default>(
        &self,
        field: Subject,
        select: &Select,
        result: Result<T, String>,
    ) -> T {
        result.unwrap_or_else(|why| {
            let message = format!("`{}`: {why}", select.text());
            self.problems.borrow_mut().insert((field, message));
            T::default()
        })
    }
}
