//! The value of `--base-url`. Messages about a wrong one do not show it: it may have a password in it.

use std::ffi::OsStr;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};

use crate::config::base_address;

/// Reads the base of the addresses in documents.
#[derive(Debug, Clone, Copy)]
pub(super) struct BaseAddress;

impl TypedValueParser for BaseAddress {
    type Value = String;

    fn parse_ref(&self, command: &Command, _: Option<&Arg>, value: &OsStr) -> Result<String, Error> {
        base_address(&value.to_string_lossy()).map_err(|why| {
            let message = format!("invalid value for '--base-url <URL>': {why}\n");
            Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
        })
    }
}
