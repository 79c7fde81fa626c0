//! Classes of troubles: a stable name for programs, and a few words for people.

use std::fmt;

macro_rules! trouble_kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $words:literal, $advice:literal;)*) => {
        /// The class of a trouble. Its name is stable: the store, logs, metrics and JSON use it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum TroubleKind { $($(#[$doc])* $variant,)* }

        impl TroubleKind {
            /// Every class.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The class in words, for people.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$variant => $words,)* }
            }

            /// A sentence that says what a person can do about it.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice,)* }
            }
        }
    };
}

trouble_kinds! {
    /// A deadline passed.
    Timeout = "timeout", "the site did not answer in time",
        "Wait: the page is asked again; if the site is always slow, raise `timeout` in [feed.fetch].";
    /// The address is private or special, and not allowed.
    RefusedAddress = "refused_address", "the address is private or special, and not allowed for this feed",
        "If it is a server of your own, name it in `allow_addresses` of [feed.fetch].";
    /// The host name could not be resolved.
    Dns = "dns", "the site's name could not be resolved",
        "Check the address of the feed; if the site is gone, remove the feed.";
    /// The connection could not be made.
    Connect = "connect", "no connection to the site",
        "Wait: the page is asked again; if it lasts, check whether the site still exists.";
    /// The TLS certificate or handshake is invalid.
    Tls = "tls", "no trusted encrypted connection to the site",
        "Open the page in a browser; if the site has an authority of its own, give its file as `ca_file` in [feed.fetch].";
    /// The response broke off or was malformed.
    BrokenAnswer = "broken_answer", "the site's answer broke off or was malformed",
        "Wait: the page is asked again; if it lasts, the site's server is broken.";
    /// A status other than 200 and 203, or a 304 to a request without conditions.
    HttpStatus = "http_status", "the site answered with an error",
        "Open the page in a browser; if it has moved, change `url`.";
    /// 429, or 503 with Retry-After.
    RateLimited = "rate_limited", "the site asks for fewer requests",
        "Nothing: feedbridge waits as the site asks; if it lasts, give the feed a slower `schedule`.";
    /// robots.txt forbids it.
    Robots = "robots", "the site's robots.txt does not allow it",
        "Ask the site's owner; read another page, or a feed of the site.";
    /// robots.txt could not be fetched, so nothing is allowed (RFC 9309 section 2.3.1.4).
    RobotsUnreachable = "robots_unreachable", "the site's robots.txt could not be read",
        "Wait: robots.txt is asked again; if it lasts, the site's server is broken.";
    /// Too many redirects, a loop, or one to a forbidden place.
    Redirect = "redirect", "the site redirects in a way that is not followed",
        "Open the page in a browser, and change `url` to the address where it ends.";
    /// The response exceeds a byte limit or the limit of the compression ratio.
    TooLarge = "too_large", "the page is larger than allowed",
        "Read a smaller page of the site, or raise the limit that is named.";
    /// The content coding is applied twice or broken.
    BadEncoding = "bad_encoding", "the page is compressed in a way that cannot be read",
        "Wait: the page is asked again; if it lasts, the site's server is broken.";
    /// The response is not of the kind that the feed's rules expect.
    WrongType = "wrong_type", "the address gives something else than a web page",
        "Check `url` and `kind` of the feed.";
    /// The page is nested deeper than allowed.
    TooDeep = "too_deep", "the page is nested deeper than allowed",
        "Read another page of the site, or raise `depth` in [limits].";
    /// The part of the page that held the items is gone.
    ContainerMissing = "container_missing", "no items: the listing is no longer where it was; the layout has probably changed",
        "Look at the page with `feedbridge preview`, and mend [feed.select]; `feedbridge detect` proposes rules.";
    /// The listing is there, but empty.
    ContainerEmpty = "container_empty", "no items: the listing is there, but empty",
        "Open the page in a browser; if it has items, mend [feed.select].";
    /// Elements matched, but none is an item.
    NoItems = "no_items", "no items: elements matched, but none has a title or a link",
        "Look at the page with `feedbridge preview`, and mend [feed.select]; `feedbridge detect` proposes rules.";
    /// A field that nearly all items had is missing, or says the same for all.
    FieldGone = "field_gone", "a part that the items had is no longer found; the layout has probably changed",
        "Look at the page with `feedbridge preview`, and mend the rule of the field that is named.";
    /// The page of an item has no text of an article, or is a list.
    NoText = "no_text", "the item's own page has no text of an article",
        "Open the item's page; if it has a text, give its place as `content` in [feed.article].";
    /// No part of the page is a listing.
    NoListing = "no_listing", "no listing was found on the page",
        "Open the page in a browser; if it has a listing, give its place in [feed.select].";
    /// The page is empty until its scripts have run.
    NeedsScripts = "needs_scripts", "the page is empty until its scripts have run",
        "Look for a feed or JSON address of the site with `feedbridge detect`.";
    /// The site demands a check that a person is asking, such as a CAPTCHA.
    Challenge = "challenge", "the site asks whether a person is there",
        "The site does not want to be read by programs: ask its owner, or use a feed of the site.";
    /// The site demands consent, as to cookies, before it shows the page.
    Consent = "consent", "the site asks for consent instead of showing its listing",
        "Open the page in a browser; give the cookie of consent as `cookies` in [feed.fetch].";
    /// The page demands a login.
    Login = "login", "the page asks for a login",
        "Read a page that needs no login, or give the cookie of a login in [feed.fetch].";
    /// A secret or setting needed for the fetch is missing.
    Settings = "settings", "a setting or secret that the feed needs is missing",
        "Set the variable or file that is named, and reload the configuration.";
    /// This machine has too few open files, or its disk or a program of it fails. No site is the reason.
    Machine = "machine", "the machine of feedbridge has too few open files, or its disk or a program fails",
        "Look at the disk and the limits of the machine on which feedbridge runs.";
    /// A defect of feedbridge itself.
    Bug = "bug", "feedbridge itself failed; please report it",
        "Please report it with the lines of the log.";
}

impl TroubleKind {
    /// The class with this stable name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|k| k.name() == name)
    }
}

impl fmt::Display for TroubleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
