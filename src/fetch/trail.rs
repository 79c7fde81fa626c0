//! The way of one fetch from address to address: what is sent to each, and how it goes on.

use chrono::{DateTime, Utc};
use http::{Method, header};
use url::Url;

use super::answer::{FetchFailure, Fetched};
use super::client::{Hop, Response};
use super::cookies::Cookies;
use super::headers::{header_text, request_headers};
use super::parameters::{with_parameters, without_parameters};
use super::redirect::{leads_in_a_circle, redirect_target, too_many_redirects};
use super::refresh::{Onward, refresh_target};
use super::request::{Post, Request};
use crate::model::TroubleKind;

/// Pages that one fetch leaves for another because they say so; a redirect counts apart.
const MAX_REFRESHES: u32 = 3;

/// The way of one fetch.
pub(super) struct Trail<'r> {
    pub(super) request: &'r Request,
    /// The address that is asked next, without the parameters of the request.
    pub(super) url: Url,
    /// The same address as it is sent. It may hold secrets.
    pub(super) asked: Url,
    post: Option<&'r Post>,
    cookies: Cookies,
    /// The last answer has set a cookie.
    has_new_cookie: bool,
    /// Addresses that may still follow.
    hops_left: u32,
    refreshes_left: u32,
    /// Pages that were left because they lead on.
    left: Vec<Url>,
    /// The last of these that can be read itself, and what was posted to it.
    readable: Option<(Url, Option<&'r Post>)>,
    /// Redirects and refreshes that a fetch may follow.
    max_hops: u32,
}

impl<'r> Trail<'r> {
    /// The beginning of a fetch that follows so many redirects and refreshes.
    pub(super) fn new(request: &'r Request, max_hops: u32) -> Self {
        Self {
            request,
            // Sites repeat the parameters in their links to further pages.
            url: without_parameters(&request.query, request.url.clone()),
            asked: with_parameters(&request.query, &request.url),
            post: request.post.as_ref(),
            cookies: Cookies::default(),
            has_new_cookie: false,
            hops_left: max_hops,
            refreshes_left: MAX_REFRESHES,
            left: Vec::new(),
            readable: None,
            max_hops,
        }
    }

    /// The request to the present address.
    pub(super) fn hop(&self) -> Result<Hop<'_>, FetchFailure> {
        let method = match self.post {
            Some(_) => Method::POST,
            None if self.request.head_only => Method::HEAD,
            None => Method::GET,
        };
        let mut headers = request_headers(self.request, &self.url, self.post)?;
        self.cookies.add_to(&mut headers, &self.url);
        let body = self.post.map(|p| p.body.expose().to_owned().into());
        let Request { guard, authorities, .. } = self.request;
        Ok(Hop { url: &self.asked, method, headers, body, guard, authorities: authorities.as_ref() })
    }

    /// The address that an answer redirects to. The cookies of the answer are taken.
    pub(super) fn redirect(
        &mut self,
        response: &Response,
        now: DateTime<Utc>,
    ) -> Result<Option<Url>, FetchFailure> {
        self.has_new_cookie = self.cookies.take(&response.headers, &self.url, now);
        let Some(target) = redirect_target(response, &self.url)? else { return Ok(None) };
        if self.hops_left == 0 {
            return Err(too_many_redirects(self.max_hops, !self.cookies.is_empty()));
        }
        // RFC 9110 section 15.4: only 307 and 308 keep the method. The posted content may be
        // secret: another origin does not get it.
        let keeps_method = matches!(response.status.as_u16(), 307 | 308);
        let is_own_origin = target.origin() == self.request.url.origin();
        self.post = self.post.filter(|_| keeps_method && is_own_origin);
        Ok(Some(target))
    }

    /// The address that a page leads on to. When no more may follow, the page is read as it is, unless it leads in a
    /// circle and has nothing to read.
    pub(super) fn refresh(
        &mut self,
        response: &Response,
        fetched: &Fetched,
    ) -> Result<Option<Url>, FetchFailure> {
        if self.hops_left == 0 || self.request.head_only {
            return Ok(None);
        }
        let header = header_text(&response.headers, header::REFRESH);
        let onward = refresh_target(fetched, header.as_deref(), self.has_new_cookie)?;
        let Some(Onward { url, has_content }) = onward else { return Ok(None) };
        if self.refreshes_left == 0 {
            let is_circle = !has_content && self.left.contains(&url);
            return if is_circle { Err(leads_in_a_circle()) } else { Ok(None) };
        }
        if has_content {
            self.readable = Some((self.url.clone(), self.post));
        }
        self.left.push(self.url.clone());
        self.refreshes_left -= 1;
        self.post = None;
        Ok(Some(url))
    }

    /// The address of the page that can be read itself, if what it leads on to has failed. It is asked for again:
    /// bodies that wait for other ones could fill the memory for all of them.
    pub(super) fn back(&mut self, failure: &FetchFailure) -> Option<Url> {
        // Another request would not be wanted, or would fail as well.
        if matches!(failure.trouble.kind, TroubleKind::RateLimited | TroubleKind::Machine) {
            return None;
        }
        let (page, post) = self.readable.take()?;
        self.refreshes_left = 0;
        self.post = post;
        Some(page)
    }

    /// Goes on to another address. A site that redirects often repeats the parameters that it was sent: they are
    /// taken out, and added again for the origin of the request alone.
    pub(super) fn go_to(&mut self, target: Url) {
        self.hops_left = self.hops_left.saturating_sub(1);
        let parameters = &self.request.query;
        self.url = without_parameters(parameters, target);
        let is_own_origin = self.url.origin() == self.request.url.origin();
        self.asked = if is_own_origin { with_parameters(parameters, &self.url) } else { self.url.clone() };
    }
}
