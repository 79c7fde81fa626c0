//! Headers of requests and answers.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use url::Url;

use super::answer::FetchFailure;
use super::request::{Accept, Post, Request};
use crate::model::{Trouble, TroubleKind, Validators};

const ACCEPT_ENCODING: &str = "gzip, br, zstd, deflate";

/// All headers of one hop. The request's own headers go to the origin of its address only, and
/// validators only to the address that gave them.
pub(super) fn request_headers(
    request: &Request,
    url: &Url,
    post: Option<&Post>,
) -> Result<HeaderMap, FetchFailure> {
    let mut headers = basic_headers(&request.user_agent)?;
    headers.insert(header::ACCEPT, HeaderValue::from_static(request.accept.header()));
    if let Some(post) = post {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(post.content_type));
    }
    if url.origin() == request.url.origin() {
        for (name, secret) in &request.headers {
            let mut value = header_value(secret.expose(), name.as_str())?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
    }
    if is_conditional(request, url) {
        let Validators { etag, last_modified, .. } = &request.validators;
        let conditions = [(header::IF_NONE_MATCH, etag), (header::IF_MODIFIED_SINCE, last_modified)];
        for (name, value) in conditions {
            if let Some(value) = value.as_ref().and_then(|v| HeaderValue::from_str(v).ok()) {
                headers.insert(name, value);
            }
        }
    }
    Ok(headers)
}

/// The headers that every request has.
pub(super) fn basic_headers(user_agent: &str) -> Result<HeaderMap, FetchFailure> {
    let mut headers = HeaderMap::new();
    headers.insert(header::USER_AGENT, header_value(user_agent, "User-Agent")?);
    headers.insert(header::ACCEPT, HeaderValue::from_static(Accept::Page.header()));
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(ACCEPT_ENCODING));
    Ok(headers)
}

/// Whether the request has validators for this address.
pub(super) fn is_conditional(request: &Request, url: &Url) -> bool {
    if request.post.is_some() {
        return false;
    }
    let Validators { etag, last_modified, of } = &request.validators;
    (etag.is_some() || last_modified.is_some()) && of.as_deref() == Some(url.as_str())
}

/// The validators of an answer, for the next request of this address.
pub(super) fn validators_of(headers: &HeaderMap, url: &Url) -> Validators {
    Validators {
        etag: header_text(headers, header::ETAG),
        last_modified: header_text(headers, header::LAST_MODIFIED),
        of: Some(url.to_string()),
    }
}

/// The value of a header, if it is text.
pub(super) fn header_text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).and_then(|v| v.to_str().ok()).map(str::to_owned)
}

fn header_value(text: &str, name: &str) -> Result<HeaderValue, FetchFailure> {
    HeaderValue::from_str(text).map_err(|_| {
        let detail = format!(
            "the value of the header {name} has characters that cannot be sent; \
             use letters, digits and signs of ASCII, without line breaks"
        );
        Trouble::new(TroubleKind::Settings, detail).into()
    })
}
