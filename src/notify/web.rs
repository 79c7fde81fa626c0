//! Parts of requests that several services share.

use url::Url;

use super::settings::Settings;
use crate::digest;
use crate::model::Secret;

/// The value of the header `Authorization`: the setting `token`, else `user` and `password` (RFC 6750, RFC 7617).
pub(super) fn authorization(settings: &Settings) -> Option<Secret> {
    if let Some(token) = settings.secret("token") {
        return Some(Secret::new(format!("Bearer {}", token.expose())));
    }
    let user = settings.text("user")?;
    let password = settings.text("password").unwrap_or_default();
    Some(Secret::new(format!("Basic {}", digest::to_base64(format!("{user}:{password}").as_bytes()))))
}

/// An address with more segments in its path, each encoded.
pub(super) fn joined(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}
