//! Metrics of the process itself: its version, its configuration, its memory and its database.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

/// The series.
#[derive(Default)]
pub(super) struct ProcessSeries {
    config_ok: Gauge,
    store_bytes: Gauge,
}

impl ProcessSeries {
    pub(super) fn register(&self, registry: &mut Registry) {
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "What is running", build);
        registry.register("config_ok", "1 if the file in use is the newest one", self.config_ok.clone());
        registry.register_with_unit(
            "store",
            "Size of the database and of its write-ahead log",
            Unit::Bytes,
            self.store_bytes.clone(),
        );
        registry.register_collector(Box::new(ResidentMemory));
    }

    pub(super) fn set_config_ok(&self, ok: bool) {
        self.config_ok.set(i64::from(ok));
    }

    pub(super) fn set_store_bytes(&self, bytes: u64) {
        self.store_bytes.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }
}

/// The memory of the process. It is read when somebody asks, so that it costs nothing between.
#[derive(Debug)]
struct ResidentMemory;

impl Collector for ResidentMemory {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let Some(bytes) = resident_bytes() else { return Ok(()) };
        let unit = Unit::Bytes;
        let help = "Memory of the process that is not swapped out.";
        let mut metric =
            encoder.encode_descriptor("resident_memory", help, Some(&unit), MetricType::Gauge)?;
        metric.encode_gauge(&bytes)
    }
}

/// The resident memory as Linux tells it; `None` on other systems. The page size is not needed for this file,
/// as it is for `/proc/self/statm`.
fn resident_bytes() -> Option<i64> {
    resident_of(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// The resident memory in the text of `/proc/self/status`.
fn resident_of(status: &str) -> Option<i64> {
    let value = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: i64 = value.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::super::Metrics;
    use super::*;

    #[test]
    fn the_memory_is_found_in_the_status_of_the_process() {
        let status = "Name:\tfeedbridge\nVmHWM:\t   24000 kB\nVmRSS:\t   12345 kB\nThreads:\t9\n";
        assert_eq!(resident_of(status), Some(12_345 * 1024));
        assert_eq!(resident_of("Name:\tfeedbridge\n"), None);
        assert_eq!(resident_of("VmRSS:\tmuch\n"), None);
    }

    #[test]
    fn the_figures_of_the_process_have_their_units() {
        let metrics = Metrics::default();
        metrics.set_store_bytes(1 << 20);
        metrics.set_config_ok(true);
        let text = metrics.text();
        assert!(text.contains("feedbridge_store_bytes 1048576\n"), "{text}");
        assert!(text.contains("feedbridge_config_ok 1\n"), "{text}");
        assert!(text.contains("feedbridge_build_info{version="), "{text}");
        if cfg!(target_os = "linux") {
            assert!(text.contains("# UNIT feedbridge_resident_memory_bytes bytes\n"), "{text}");
            assert!(text.contains("\nfeedbridge_resident_memory_bytes "), "{text}");
        }
    }
}
