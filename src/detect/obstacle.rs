//! Why a page has no listing, with advice on what to do about it.

pub(super) mod find;

/// The reason why a page has no listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// The page is empty until its scripts have run.
    NeedsScripts,
    /// The site asks whether a person is there.
    Challenge,
    /// The site asks for consent first.
    Consent,
    /// The page is for members.
    Login,
    /// The page is one article.
    Article,
    /// None of these.
    None,
}

/// A listing with a lower score is none.
const MIN_SCORE: f64 = 1.3;
/// A page with an obstacle may still have a listing, but it needs a higher score.
const MIN_SCORE_BEHIND_LOGIN: f64 = 1.6;
const MIN_SCORE_IN_ARTICLE: f64 = 2.2;
const MIN_SCORE_BEHIND_QUESTION: f64 = 3.6;

impl Obstacle {
    /// The stable name, as in JSON output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NeedsScripts => "needs_scripts",
            Self::Challenge => "challenge",
            Self::Consent => "consent",
            Self::Login => "login",
            Self::Article => "article",
            Self::None => "no_listing",
        }
    }

    /// A message for people: the reason and what to do.
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::NeedsScripts => {
                "the page is empty until its scripts have run, and scripts are not run here; look in the browser's network \
                 tools for the address of the JSON that they load, and use it with `kind = \"json\"`"
            }
            Self::Challenge => {
                "the site asks whether a person is there (a challenge or CAPTCHA); it does not want programs here: ask its \
                 owner, or look for a feed or an API of the site"
            }
            Self::Consent => {
                "the site shows a page that asks for consent instead of its listing; give the cookie that a browser has \
                 after it in [feed.fetch.headers] as `Cookie`"
            }
            Self::Login => {
                "the page asks for a login; give the headers of a session in [feed.fetch.headers], from the environment or a file"
            }
            Self::Article => {
                "this is one article, not a listing; use the address of the page that lists articles (`feedbridge article` \
                 reads this one)"
            }
            Self::None => {
                "nothing on the page repeats as a listing does; use the address of a page that lists articles, or write \
                 [feed.select] by hand"
            }
        }
    }

    /// The score that a listing on such a page needs; `dated` is whether its items have dates.
    pub(super) const fn min_score(self, dated: bool) -> f64 {
        match self {
            // Pages with a short listing and a banner about cookies are frequent.
            Self::Consent if dated => MIN_SCORE,
            Self::NeedsScripts | Self::None => MIN_SCORE,
            Self::Login => MIN_SCORE_BEHIND_LOGIN,
            Self::Article => MIN_SCORE_IN_ARTICLE,
            Self::Challenge | Self::Consent => MIN_SCORE_BEHIND_QUESTION,
        }
    }
}
