//! Classes of troubles: a stable name for programs, and a few words for people.

use std::fmt;

macro_rules! trouble_kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $words:literal;)*) => {
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
        }
    };
}

trouble_kinds! {
    /// A deadline passed.
    Timeout = "timeout", "the site did not answer in time";
    /// The address is private or special, and not allowed.
    RefusedAddress = "refused_address", "the address is private or special, and not allowed for this feed";
    /// The host name could not be resolved.
    Dns = "dns", "the site's name could not be resolved";
    /// The connection could not be made.
    Connect = "connect", "no connection to the site";
    /// The TLS certificate or handshake is invalid.
    Tls = "tls", "no trusted encrypted connection to the site";
    /// The response broke off or was malformed.
    BrokenAnswer = "broken_answer", "the site's answer broke off or was malformed";
    /// A status other than 200 and 203, or a 304 to a request without conditions.
    HttpStatus = "http_status", "the site answered with an error";
    /// 429, or 503 with Retry-After.
    RateLimited = "rate_limited", "the site asks for fewer requests";
    /// robots.txt forbids it.
    Robots = "robots", "the site's robots.txt does not allow it";
    /// robots.txt could not be fetched, so nothing is allowed (RFC 9309 section 2.3.1.4).
    RobotsUnreachable = "robots_unreachable", "the site's robots.txt could not be read";
    /// Too many redirects, a loop, or one to a forbidden place.
    Redirect = "redirect", "the site redirects in a way that is not followed";
    /// The response exceeds a byte limit or the limit of the compression ratio.
    TooLarge = "too_large", "the page is larger than allowed";
    /// The content coding is applied twice or broken.
    BadEncoding = "bad_encoding", "the page is compressed in a way that cannot be read";
    /// The response is not of the kind that the feed's rules expect.
    WrongType = "wrong_type", "the address gives something else than a web page";
    /// The page is nested deeper than allowed.
    TooDeep = "too_deep", "the page is nested deeper than allowed";
    /// The part of the page that held the items is gone.
    ContainerMissing = "container_missing", "no items: the listing is no longer where it was; the layout has probably changed";
    /// The listing is there, but empty.
    ContainerEmpty = "container_empty", "no items: the listing is there, but empty";
    /// Elements matched, but none is an item.
    NoItems = "no_items", "no items: elements matched, but none has a title or a link";
    /// A field that nearly all items had is missing, or says the same for all.
    FieldGone = "field_gone", "a part that the items had is no longer found; the layout has probably changed";
    /// The page of an item has no text of an article, or is a list.
    NoText = "no_text", "the item's own page has no text of an article";
    /// No part of the page is a listing.
    NoListing = "no_listing", "no listing was found on the page";
    /// The page is empty until its scripts have run.
    NeedsScripts = "needs_scripts", "the page is empty until its scripts have run";
    /// The site demands a check that a person is asking, such as a CAPTCHA.
    Challenge = "challenge", "the site asks whether a person is there";
    /// The site demands consent, as to cookies, before it shows the page.
    Consent = "consent", "the site asks for consent instead of showing its listing";
    /// The page demands a login.
    Login = "login", "the page asks for a login";
    /// A secret or setting needed for the fetch is missing.
    Settings = "settings", "a setting or secret that the feed needs is missing";
    /// This machine has too few open files, or its disk or a program of it fails. No site is the reason.
    Machine = "machine", "the machine of feedbridge has too few open files, or its disk or a program fails";
    /// A defect of feedbridge itself.
    Bug = "bug", "feedbridge itself failed; please report it";
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
