//! Redirects (RFC 9110 section 15.4): where an answer leads, and which targets are refused.

use http::header;
use url::Url;

use super::answer::FetchFailure;
use super::client::Response;
use crate::model::{Limit, Trouble, TroubleKind};

/// The target of a redirect; `None` if the answer is no redirect.
pub(super) fn redirect_target(response: &Response, from: &Url) -> Result<Option<Url>, FetchFailure> {
    if !matches!(response.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let header = response.headers.get(header::LOCATION);
    let header = header.ok_or_else(|| failure("the site redirects without a Location header".to_owned()))?;
    let location = String::from_utf8_lossy(header.as_bytes());
    let target = from
        .join(&location)
        .map_err(|e| failure(format!("the site redirects to something that is not a web address: {e}")))?;
    permitted(from, target).map(Some)
}

/// The target, unless its scheme is one that is not followed from there.
pub(super) fn permitted(from: &Url, target: Url) -> Result<Url, FetchFailure> {
    match (from.scheme(), target.scheme()) {
        ("https", "http") => {
            Err(failure("the site redirects from https to http, which is not followed".to_owned()))
        }
        (_, "http" | "https") => Ok(target),
        (_, scheme) => {
            Err(failure(format!("the site redirects to a `{scheme}:` address, which is not followed")))
        }
    }
}

/// The failure of a fetch that has followed as many redirects as it may. `with_cookies` says that the site
/// has set cookies on the way.
pub(super) fn too_many_redirects(limit: u32, with_cookies: bool) -> FetchFailure {
    if with_cookies {
        return failure(format!(
            "more than {limit} redirects, although the cookies that the site sets were sent back to it; put the \
             page's final address into `url`"
        ));
    }
    Trouble::from(Limit::Redirects(limit)).into()
}

/// The failure of a fetch whose pages lead on to each other, and have nothing to read.
pub(super) fn leads_in_a_circle() -> FetchFailure {
    failure(
        "the page leads on in a circle, and has nothing to read; put the address at which a browser ends into `url`"
            .to_owned(),
    )
}

fn failure(detail: String) -> FetchFailure {
    Trouble::new(TroubleKind::Redirect, detail).into()
}
