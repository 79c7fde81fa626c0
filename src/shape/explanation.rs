//! The verdict on a fetch of an address, as JSON.

use serde::Serialize;

/// Whether an address would be fetched, and how often its site is asked.
#[derive(Debug, Clone, Serialize)]
pub struct ExplanationShape {
    /// `allowed` or `disallowed`.
    pub robots: &'static str,
    /// The pause between two requests that robots.txt asks for, in seconds.
    pub crawl_delay_s: Option<f64>,
    /// `allowed` or `refused`.
    pub address: &'static str,
    /// The reason of the verdict.
    pub reason: String,
    /// The site that is paced: a registrable domain.
    pub site: String,
    /// The pause between two requests, in seconds.
    pub pause_s: f64,
}
