//! HTML that all pages of the sample site share: escaping, the page frame, pictures.

/// The parts of a page that differ from page to page.
pub(super) struct Frame<'a> {
    /// The title, plain text.
    pub(super) title: &'a str,
    /// The value of `<base href>`, if the page has one.
    pub(super) base: Option<&'a str>,
    /// The HTML inside `<main>`.
    pub(super) main: &'a str,
}

const STYLE: &str = "body{font:1rem/1.5 serif;max-width:56rem;margin:0 auto;padding:1rem;color:#1d2b36}\
nav a{margin-right:1rem}.clearfix{display:flex;gap:1rem;border-top:1px solid #cfd8dc;padding:.5rem 0}\
.article-desc p,.article-desc h4{margin:.2rem 0}.img-fluid{width:6rem}td,th{padding:.2rem .8rem;text-align:left}\
.product-grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr));gap:1rem}\
.product-card img{width:100%}.load-more{cursor:pointer;text-decoration:underline}\
.message{border-top:1px solid #cfd8dc;overflow-wrap:anywhere}.message-body{white-space:pre-line}";

const NAVIGATION: &str = "<header class=\"site-header\"><p class=\"site-title\"><a href=\"/\">Tidewater Wire</a></p>\n\
<nav><a href=\"/newstream/\">Newstream</a><a href=\"/notices/\">Harbour notices</a><a href=\"/shop/\">Quay shop</a></nav></header>";

const FOOTER: &str = "<footer class=\"site-footer\"><p>The harbour country, its people and its news are invented.</p></footer>";

/// Escapes a text for use between tags and in quoted attributes. Apostrophes become numeric
/// references, as in the software that this site imitates.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#039;"),
            '\u{2019}' => out.push_str("&#8217;"),
            _ => out.push(c),
        }
    }
    out
}

/// The HTML of a whole page.
pub(super) fn document(frame: &Frame<'_>) -> String {
    let base = frame.base.map_or_else(String::new, |href| format!("<base href=\"{}\">\n", escaped(href)));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"UTF-8\">\n{base}\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{NAVIGATION}\n\
         <main>\n{main}</main>\n{FOOTER}\n</body>\n</html>\n",
        title = escaped(frame.title),
        main = frame.main,
    )
}

/// An SVG picture of a word on a coloured background. `colour` is not escaped: it must be a constant.
pub(super) fn drawing(word: &str, colour: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"240\" height=\"120\" viewBox=\"0 0 240 120\">\
         <rect width=\"240\" height=\"120\" rx=\"8\" fill=\"{colour}\"/>\
         <path d=\"M0 96q30-16 60 0t60 0t60 0t60 0v24H0z\" fill=\"#ffffff\" fill-opacity=\"0.35\"/>\
         <text x=\"120\" y=\"62\" font-family=\"serif\" font-size=\"26\" text-anchor=\"middle\" \
         fill=\"#ffffff\">{}</text></svg>\n",
        escaped(word)
    )
}
