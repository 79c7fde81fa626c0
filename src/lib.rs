//! feedbridge turns the article listings of sites into feeds that can be trusted.
//!
//! It stores the history of each feed: every item as it was first seen, so that a feed is served while
//! its site is down, and the place of the listing on the page. `ARCHITECTURE.md` says which module does
//! what. A module imports only modules below it, from the nouns in [`model`] at the bottom to the
//! commands in [`cli`] at the top; `tests/it/house.rs` checks that.

pub mod app;
pub mod article;
pub mod board;
pub mod channel;
pub mod cli;
pub mod clock;
pub mod coding;
pub mod config;
pub mod cpu;
pub mod date;
pub mod delivery;
pub mod demo;
pub mod detect;
pub mod digest;
pub mod extract;
pub mod fetch;
pub mod filter;
pub mod history;
pub mod html;
pub mod model;
pub mod nearest;
pub mod normalise;
pub mod notify;
#[cfg(feature = "otlp")]
pub mod otlp;
pub mod render;
pub mod rules;
pub mod run;
pub mod schedule;
pub mod scheduler;
pub mod serve;
pub mod served;
pub mod shape;
pub mod store;
pub mod survey;
pub mod telemetry;
