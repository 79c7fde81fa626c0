//! The one compiler of rules: a [`RuleSpec`], wherever it comes from, -> what extraction runs.

use super::css::Css;
use super::error::{RuleError, RuleErrors, key};
use super::field::{Field, Fields};
use super::field_compiler::{FieldPlace, field};
use super::pages::{Pages, pages};
use super::select::Select;
use super::selector_compiler::{Medium, css, json_items, selector};
use super::selector_spec::{SelectorSpec, SelectorTable};
use super::source_kind::{Rules, SourceKind};
use super::spec::{PagesSpec, RuleSpec, SelectSpec};
use crate::date::DateRules;
use crate::model::{FieldName, Kind};

/// Compiled rules of a source.
#[derive(Debug, Clone)]
pub struct CompiledRules {
    /// The kind of the source with its rules.
    pub source: SourceKind,
    /// Further pages of its listing.
    pub pages: Option<Pages>,
}

impl RuleSpec {
    /// Compiles the rules. `dates` are the settings for dates whose rule has none of its own.
    ///
    /// # Errors
    /// Every mistake, with its place.
    pub fn compile(&self, dates: &DateRules) -> Result<CompiledRules, Vec<RuleError>> {
        let mut errors = RuleErrors::default();
        let source = self.source(dates, &mut errors);
        let pages = self.pages.as_ref().map(|written| pages(written, &mut errors));
        let errors = errors.into_vec();
        match source {
            Some(source) if errors.is_empty() => Ok(CompiledRules { source, pages }),
            _ => Err(errors),
        }
    }

    fn source(&self, dates: &DateRules, errors: &mut RuleErrors) -> Option<SourceKind> {
        let dates = dates.clone();
        match self.kind {
            Kind::Html => {
                return self.rules(Medium::Html, &dates, errors).map(Box::new).map(SourceKind::Html);
            }
            Kind::Json => {
                return self.rules(Medium::Json, &dates, errors).map(Box::new).map(SourceKind::Json);
            }
            Kind::Xml => {
                return self.rules(Medium::Xml, &dates, errors).map(Box::new).map(SourceKind::Xml);
            }
            Kind::Auto => self.refuse_paging_rules(errors),
            _ => self.refuse_rules(errors),
        }
        Some(match self.kind {
            Kind::Feed => SourceKind::Feed(dates),
            Kind::Sitemap => SourceKind::Sitemap(dates),
            Kind::Structured => SourceKind::Structured(dates),
            Kind::WordPress => SourceKind::WordPress(dates),
            Kind::Auto | Kind::Html | Kind::Json | Kind::Xml => SourceKind::Auto(dates),
        })
    }

    fn rules(&self, medium: Medium, dates: &DateRules, errors: &mut RuleErrors) -> Option<Rules> {
        let Some(select) = &self.select else {
            errors.add(&[], "the feed has no `[feed.select]`", Some(no_select_hint(medium)));
            self.check_paging_rules(medium, dates, errors);
            return None;
        };
        let item = item(select, medium, errors);
        let container = css_of_medium("container", select.container.as_deref(), medium, Medium::Html, errors);
        let script = css_of_medium("script", select.script.as_deref(), medium, Medium::Json, errors);
        let fields = fields(select, medium, dates, errors);
        let (next, cursor) = self.check_paging_rules(medium, dates, errors);
        Some(Rules { item: item?, script, container, next, cursor, fields })
    }

    /// The rules among the settings of further pages: the link to the next one, and the cursor.
    fn check_paging_rules(
        &self,
        medium: Medium,
        dates: &DateRules,
        errors: &mut RuleErrors,
    ) -> (Option<Select>, Option<Field>) {
        let written = self.pages.as_ref();
        let next = written.and_then(|pages| pages.next.as_ref());
        let next = next.and_then(|next| selector(next, medium, &[key("pages"), key("next")], errors));
        let cursor = written.and_then(|pages| pages.cursor.as_ref()).map(|cursor| {
            let steps = vec![key("pages"), key("cursor")];
            let place = FieldPlace { name: "cursor", field: None, steps, dates, medium };
            field(cursor, &place, errors)
        });
        (next, cursor)
    }

    /// Notes rules for further pages of a feed whose other rules are found by detection.
    fn refuse_paging_rules(&self, errors: &mut RuleErrors) {
        for name in self.paging_rules() {
            let hint = "leave it out: without rules, feedbridge finds further pages by itself";
            let message = format!("`{name}` can only be used together with `[feed.select]`");
            errors.add(&[key("pages"), key(name)], message, Some(hint));
        }
    }

    /// Notes rules of a kind whose sources name their fields themselves.
    fn refuse_rules(&self, errors: &mut RuleErrors) {
        let kind = self.kind.name();
        if self.select.is_some() {
            let message = format!("`[feed.select]` cannot be used with `kind = \"{kind}\"`");
            let hint = "leave it out: such a source names its fields itself";
            errors.add(&[key("select")], message, Some(hint));
        }
        for name in self.paging_rules() {
            let message = format!("`{name}` cannot be used with `kind = \"{kind}\"`");
            let hint = "leave it out: the pages of such a source are known";
            errors.add(&[key("pages"), key(name)], message, Some(hint));
        }
    }

    fn paging_rules(&self) -> impl Iterator<Item = &'static str> {
        let has = |is_given: fn(&PagesSpec) -> bool| self.pages.as_ref().is_some_and(is_given);
        let given =
            [("next", has(|pages| pages.next.is_some())), ("cursor", has(|pages| pages.cursor.is_some()))];
        given.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name)
    }
}

const fn no_select_hint(medium: Medium) -> &'static str {
    match medium {
        Medium::Html => {
            "add [feed.select] with at least `item`, a CSS selector of one item; or leave `kind` out, and feedbridge finds \
             the listing by itself"
        }
        Medium::Json => "add [feed.select] with at least `item`, a JSONPath to the list of items",
        Medium::Xml => "add [feed.select] with at least `item`, a CSS selector or an XPath of one item",
    }
}

fn item(select: &SelectSpec, medium: Medium, errors: &mut RuleErrors) -> Option<Select> {
    let steps = [key("select"), key("item")];
    let Some(item) = &select.item else {
        let hint = match medium {
            Medium::Html => "a CSS selector that matches one item, such as \"article\"",
            Medium::Json => "a JSONPath to the list of items, such as \"$.data.items\"",
            Medium::Xml => "the name of the element of one item, such as \"notice\"",
        };
        errors.add(&[key("select")], "`[feed.select]` has no `item`", Some(hint));
        return None;
    };
    match item {
        SelectorSpec::Text(text) if medium == Medium::Json => json_items(text, &steps, errors),
        SelectorSpec::Table(SelectorTable { json: Some(text), css: None, xpath: None, jq: None })
            if medium == Medium::Json =>
        {
            json_items(text, &[key("select"), key("item"), key("json")], errors)
        }
        other => selector(other, medium, &steps, errors),
    }
}

/// A CSS selector that may be used in one medium only; XML has what HTML has.
fn css_of_medium(
    name: &str,
    text: Option<&str>,
    medium: Medium,
    wanted: Medium,
    errors: &mut RuleErrors,
) -> Option<Css> {
    let text = text?;
    let steps = [key("select"), key(name)];
    let is_usable = medium == wanted || (medium, wanted) == (Medium::Xml, Medium::Html);
    if !is_usable {
        let message = format!("`{name}` can only be used with `kind = \"{}\"`", wanted.kind());
        errors.add(&steps, message, Some("leave it out, or change `kind`"));
        return None;
    }
    css(text, &steps, errors)
}

fn fields(select: &SelectSpec, medium: Medium, dates: &DateRules, errors: &mut RuleErrors) -> Fields<Field> {
    let mut fields = Fields::default();
    for name in FieldName::ALL {
        let Some(written) = select.field(*name) else { continue };
        let steps = vec![key("select"), key(name.key())];
        let place = FieldPlace { name: name.key(), field: Some(*name), steps, dates, medium };
        fields.set(*name, field(written, &place, errors));
    }
    fields
}
