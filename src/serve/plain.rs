//! Builds responses with the headers that all of them have.

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::pages;

/// The content security policy of responses that are not pages: nothing runs, nothing loads.
const NOTHING_LOADS: &str = "default-src 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

/// A response with headers that stop browsers from guessing its type and from running anything.
pub(super) fn answer(status: StatusCode, content_type: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(NOTHING_LOADS));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// An HTML page.
pub(super) fn page(status: StatusCode, html: String) -> Response {
    let mut response = answer(status, "text/html; charset=utf-8", html);
    let policy = HeaderValue::from_static(pages::CONTENT_SECURITY_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    cache(response, "no-cache")
}

/// A line of text that must not be cached.
pub(super) fn text(status: StatusCode, line: &str) -> Response {
    cache(answer(status, "text/plain; charset=utf-8", format!("{line}\n")), "no-store")
}

/// Sets `Cache-Control`.
pub(super) fn cache(response: Response, control: &'static str) -> Response {
    with(response, header::CACHE_CONTROL, control)
}

/// Sets a header. A value with characters that headers may not have is left out.
pub(super) fn with(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// A response after which the connection is closed.
pub(super) fn closing(mut response: Response) -> Response {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
