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
mod clock;
mod command_faults;
mod command_line;
mod config_file;
mod configuration;
mod demo_notify;
mod derived;
mod detected_rules;
mod detection;
mod feeds;
mod field_loss;
mod hostile_text;
mod house;
mod identity;
mod imports;
mod leading_on;
mod life;
mod limits;
mod machine;
mod notify_alarms;
mod notify_articles;
mod notify_bench;
mod notify_command;
mod notify_delivery;
mod notify_incidents;
mod notify_items;
mod notify_pages;
mod notify_timing;
mod operating;
#[cfg(feature = "otlp")]
mod otlp;
mod paging;
mod politeness;
mod secrets;
mod serving;
mod sources;
mod store;
mod timing;
mod upgrade;
