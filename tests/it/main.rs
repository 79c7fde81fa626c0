//! All integration tests, in one binary.
#![expect(unreachable_pub, reason = "modules of one binary share what is public among them")]

#[path = "../support/mod.rs"]
mod support;

mod adding;
mod addresses;
mod article_pages;
mod articles;
mod bounds;
mod certificates;
mod command_line;
mod configuration;
mod derived;
mod detected_rules;
mod detection;
mod feeds;
mod hostile_text;
mod house;
mod imports;
mod leading_on;
mod life;
mod limits;
mod paging;
mod politeness;
mod secrets;
mod serving;
mod sources;
mod store;
mod timing;
mod upgrade;
