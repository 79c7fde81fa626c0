//! The sample site of the demo, as a router: it answers from its own description alone.

use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use http::{StatusCode, Uri, header};

use super::plain::{answer, with};
use crate::clock::Clock;
use crate::demo::SampleSite;

/// A router that is the whole sample site.
pub fn sample_router(site: SampleSite, clock: Arc<dyn Clock>) -> Router {
    let site = Arc::new(site);
    Router::new().fallback(move |uri: Uri| {
        let (site, clock) = (Arc::clone(&site), Arc::clone(&clock));
        async move { page(&site, clock.as_ref(), &uri) }
    })
}

fn page(site: &SampleSite, clock: &dyn Clock, uri: &Uri) -> Response {
    let said = site.answer(uri.path(), uri.query(), clock.now());
    let status = StatusCode::from_u16(said.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let response = answer(status, said.content_type, said.body);
    // The site is for a person to look at: its own style and pictures may load.
    let policy = "default-src 'self'; style-src 'self' 'unsafe-inline'";
    let response = with(response, header::CONTENT_SECURITY_POLICY, policy);
    match said.location {
        Some(location) => with(response, header::LOCATION, &location),
        None => response,
    }
}
