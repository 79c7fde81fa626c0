//! What happens to every request before the router sees it.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use futures_util::FutureExt;
use http::{Request, StatusCode};
use hyper::body::Incoming;
use hyper::service::Service;

use crate::serve::deadlines::Pulse;
use crate::serve::plain;

/// The service of one connection.
pub(super) struct Answering {
    router: Router,
    pulse: Arc<Pulse>,
}

pub(super) fn service(router: Router, pulse: Arc<Pulse>) -> Answering {
    Answering { router, pulse }
}

impl Service<Request<Incoming>> for Answering {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.pulse.answering();
        let (router, pulse) = (self.router.clone(), Arc::clone(&self.pulse));
        Box::pin(async move {
            let response = routed(router, request).await;
            pulse.answered();
            Ok(response)
        })
    }
}

async fn routed(router: Router, request: Request<Incoming>) -> Response {
    let path = request.uri().path().to_owned();
    let call = tower_service::Service::call(&mut router.clone(), request.map(Body::new));
    match AssertUnwindSafe(call).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(_) => {
            tracing::error!(path, "a panic while answering");
            plain::text(StatusCode::INTERNAL_SERVER_ERROR, "feedbridge itself failed; please report it")
        }
    }
}
