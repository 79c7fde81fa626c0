//! The sample site of the demo and its inbox, as a router.

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use http::{StatusCode, Uri, header};

use super::inbox::inbox_router;
use super::plain::{answer, with};
use crate::clock::Clock;
use crate::demo::SampleSite;

/// A router that serves the whole sample site, and takes notifications at its inbox.
pub fn sample_router(site: SampleSite, clock: Arc<dyn Clock>) -> Router {
    let site = Arc::new(site);
    inbox_router(Arc::clone(&clock)).fallback(move |uri: Uri| {
        let site = Arc::clone(&site);
        let clock = Arc::clone(&clock);
        async move { page(&site, clock.as_ref(), &uri) }
    })
}

fn page(site: &SampleSite, clock: &dyn Clock, uri: &Uri) -> Response {
    let page = site.answer(uri.path(), uri.query(), clock.now());
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let response = answer(status, page.content_type, page.body);
    // People look at this site in a browser: it may load its own styles and pictures.
    let policy = "default-src 'self'; style-src 'self' 'unsafe-inline'";
    let response = with(response, header::CONTENT_SECURITY_POLICY, policy);
    match page.location {
        Some(location) => with(response, header::LOCATION, &location),
        None => response,
    }
}
