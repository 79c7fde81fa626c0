//! All integration tests, in one binary.

#[path = "../support/mod.rs"]
mod support;

mod addresses;
mod command_line;
mod configuration;
mod hostile_text;
mod house;
mod life;
mod limits;
mod politeness;
mod serving;
mod sites;
mod store;
mod timing;
