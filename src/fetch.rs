//! Request -> answer: the only room that opens outbound connections.
//!
//! One place decides which addresses may be dialled ([`Guard`]): literal addresses, every redirect
//! hop and every DNS answer alike. Nothing here knows feeds, rules or the store.

mod answer;
mod body;
mod body_budget;
mod charset;
mod client;
mod cookies;
mod fetcher;
mod guard;
mod headers;
mod limits;
mod network;
mod pace;
mod parameters;
mod redirect;
mod refresh;
mod repeated;
mod request;
mod retry_after;
mod robots;
mod robots_cache;
mod robots_fetch;
mod sender;
mod site;
mod trail;
mod wait_clock;
mod written;

pub use answer::{Answer, FetchFailure, Fetched};
pub use body_budget::BodyHold;
pub use charset::looks_binary;
pub use client::{Authorities, AuthorityError, is_shortage_of_files, shortage_of_files};
pub use fetcher::Fetcher;
pub use guard::{AllowAddress, Guard, Refusal};
pub use limits::FetchLimits;
pub use network::Network;
pub use request::{Accept, Post, Request};
pub use robots::{Robots, RobotsVerdict, product_token};
pub use sender::{Sender, SentAnswer, ToSend, permitted_addresses};
pub use site::site_of;
