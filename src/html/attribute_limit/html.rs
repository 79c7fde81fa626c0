//! The scan of HTML that skips comments and raw text where the parser surely does.

use super::markup::{after_next_bracket, comment_end, find, starts_with};
use super::tag::{self, Syntax};

/// Elements of HTML whose content is no markup. The parser runs as one that knows scripts, so that
/// `noscript` is one of them.
const RAW_TEXT: [&str; 9] =
    ["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript"];

/// Elements of drawings and formulas inside which elements of HTML may stand.
const INTEGRATION_POINTS: [&str; 8] =
    ["foreignobject", "desc", "annotation-xml", "mi", "mo", "mn", "ms", "mtext"];

/// Whether the parser may be inside a drawing or a formula, where raw text is markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Foreign {
    No,
    /// Perhaps inside this many elements of this name, and then with no element of HTML in between. An end
    /// tag of the name closes at least one of them.
    Perhaps {
        root: &'static str,
        depth: usize,
    },
    /// Perhaps, to the end of the text.
    Unknown,
}

struct Scan<'a> {
    bytes: &'a [u8],
    foreign: Foreign,
    has_template: bool,
}

/// Where a scan goes on.
enum Next {
    At(usize),
    /// How the parser reads the rest depends on its tree.
    Unsure,
}

/// Whether no tag has more than `max` attributes.
pub(super) fn has_room(bytes: &[u8], max: usize) -> bool {
    let mut scan = Scan { bytes, foreign: Foreign::No, has_template: false };
    let mut at = 0;
    while let Some(open) = find(bytes, at, b'<') {
        let next = if Syntax::Html.begins_tag(&bytes[open + 1..]) {
            let (count, end) = tag::read(bytes, open, Syntax::Html);
            if count > max {
                return false;
            }
            scan.after_tag(open, end)
        } else {
            scan.after_other(open + 1)
        };
        match next {
            Next::At(place) => at = place,
            Next::Unsure => return tag::has_room(&bytes[open..], Syntax::Html, max),
        }
    }
    true
}

impl Scan<'_> {
    /// Goes on after a `<` before `at` that begins no tag.
    fn after_other(&self, at: usize) -> Next {
        match &self.bytes[at..] {
            [b'!', b'-', b'-', ..] => Next::At(comment_end(self.bytes, at + 3)),
            [b'!', rest @ ..] if rest.starts_with(b"[CDATA[") && self.foreign != Foreign::No => Next::Unsure,
            [b'!' | b'?' | b'/', ..] => Next::At(after_next_bracket(self.bytes, at + 1)),
            _ => Next::At(at),
        }
    }

    fn after_tag(&mut self, open: usize, end: usize) -> Next {
        let name = name_at(self.bytes, open + 1);
        if let Some(closed) = name.strip_prefix(b"/") {
            self.close(closed);
            return Next::At(end);
        }
        if is(name, "plaintext") {
            return Next::Unsure;
        }
        self.open(name);
        match RAW_TEXT.iter().find(|raw| is(name, raw)) {
            Some(raw) if self.foreign == Foreign::No => self.raw_text_end(raw, end),
            Some(_) if !self.is_plain(name, end) => Next::Unsure,
            Some(_) => Next::At(end),
            None => {
                if self.foreign != Foreign::No
                    && is_one_of(name, &INTEGRATION_POINTS)
                    && !self.is_plain(name, end)
                {
                    self.foreign = Foreign::Unknown;
                }
                Next::At(end)
            }
        }
    }

    /// Notes elements that change how names of raw text are read.
    fn open(&mut self, name: &[u8]) {
        for root in ["svg", "math"].into_iter().filter(|root| is(name, root)) {
            self.foreign = match self.foreign {
                Foreign::No => Foreign::Perhaps { root, depth: 1 },
                Foreign::Perhaps { root: outer, depth } if outer == root => {
                    Foreign::Perhaps { root, depth: depth + 1 }
                }
                // An element of HTML may have ended the outer one, which the scan does not see.
                _ => Foreign::Unknown,
            };
        }
        self.has_template |= is(name, "template");
        // The parser drops raw-text tags in frame sets, and beside the columns of a template.
        if is(name, "frameset") || (self.has_template && is(name, "col")) {
            self.foreign = Foreign::Unknown;
        }
    }

    fn close(&mut self, name: &[u8]) {
        if let Foreign::Perhaps { root, depth } = self.foreign
            && is(name, root)
        {
            self.foreign = if depth > 1 { Foreign::Perhaps { root, depth: depth - 1 } } else { Foreign::No };
        }
    }

    /// Whether an element has only text, so that it is the same whether that is raw or not.
    fn is_plain(&self, name: &[u8], content: usize) -> bool {
        find(self.bytes, content, b'<').is_some_and(|open| is_end_tag(&self.bytes[open..], name))
    }

    /// The end of raw text that begins at `content`: its end tag.
    fn raw_text_end(&self, name: &str, content: usize) -> Next {
        let mut has_comment = false;
        let mut at = content;
        while let Some(open) = find(self.bytes, at, b'<') {
            let rest = &self.bytes[open..];
            if is_end_tag(rest, name.as_bytes()) {
                return Next::At(open);
            }
            has_comment |= rest.starts_with(b"<!--");
            // A script inside a comment inside a script has an end tag of its own.
            if name == "script" && has_comment && starts_with(rest, b"<script") {
                return Next::Unsure;
            }
            at = open + 1;
        }
        Next::At(self.bytes.len())
    }
}

/// Whether a text begins with the end tag of a name.
fn is_end_tag(text: &[u8], name: &[u8]) -> bool {
    let Some(rest) = text.strip_prefix(b"</") else { return false };
    let is_whole = |after: &u8| Syntax::Html.is_space(*after) || matches!(after, b'/' | b'>');
    starts_with(rest, name) && rest.get(name.len()).is_some_and(is_whole)
}

/// The name of the tag that begins at `at`, with the slash of an end tag.
fn name_at(bytes: &[u8], at: usize) -> &[u8] {
    let slash = usize::from(bytes[at] == b'/');
    let rest = &bytes[at + slash..];
    let length = rest.iter().position(|b| Syntax::Html.is_space(*b) || matches!(b, b'/' | b'>'));
    &bytes[at..at + slash + length.unwrap_or(rest.len())]
}

fn is(name: &[u8], wanted: &str) -> bool {
    name.eq_ignore_ascii_case(wanted.as_bytes())
}

fn is_one_of(name: &[u8], all: &[&str]) -> bool {
    all.iter().any(|wanted| is(name, wanted))
}
