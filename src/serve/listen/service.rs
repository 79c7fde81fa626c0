//! The hyper service of a connection: passes requests to the router, and turns panics into answers.

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

use crate::serve::deadlines::ConnectionState;
use crate::serve::plain;

/// The service of one connection. It records in the connection's state when a request is answered.
pub(super) struct ConnectionService {
    pub(super) router: Router,
    pub(super) state: Arc<ConnectionState>,
}

impl Service<Request<Incoming>> for ConnectionService {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.state.start_answer();
        let router = self.router.clone();
        let state = Arc::clone(&self.state);
        Box::pin(async move {
            let response = answer(router, request).await;
            state.finish_answer();
            Ok(response)
        })
    }
}

/// The router's answer; a panic becomes status 500.
async fn answer(router: Router, request: Request<Incoming>) -> Response {
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
