//! All integration tests, in one binary.

#[path = "../support/mod.rs"]
mod support;

mod hostile_text;
mod house;
mod sites;
