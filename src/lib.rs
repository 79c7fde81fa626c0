//! feedbridge turns the article listings of sites into feeds that can be trusted.
//!
//! It remembers: what an item was when it was first seen, what is served while a site is down, and
//! where on the page the listing was. `ARCHITECTURE.md` has the map; imports go one way, from the
//! nouns in [`model`] up to the commands in [`cli`], and a test holds them to it.

pub mod app;
pub mod article;
pub mod board;
pub mod cli;
pub mod clock;
pub mod coding;
pub mod config;
pub mod cpu;
pub mod date;
pub mod demo;
pub mod detect;
pub mod digest;
pub mod extract;
pub mod fetch;
pub mod filter;
pub mod history;
pub mod html;
pub mod model;
pub mod normalise;
pub mod render;
pub mod rules;
pub mod run;
pub mod schedule;
pub mod scheduler;
pub mod serve;
pub mod served;
pub mod store;
pub mod telemetry;
