//! Which traces are kept.

use opentelemetry_sdk::trace::Sampler;

/// Which traces are kept. All spans of a trace share its fate.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Sampling {
    /// All.
    #[default]
    All,
    /// None.
    Nothing,
    /// A share of them, from 0 to 1.
    Share(f64),
}

impl Sampling {
    /// The sampling with a name of the specification; `None` if it is none of those that we have. `share` is for
    /// the ones with a share.
    pub(super) fn named(name: &str, share: f64) -> Option<Self> {
        // The parent of a span is one of ours, with the same fate anyway.
        match name.strip_prefix("parentbased_").unwrap_or(name) {
            "always_on" => Some(Self::All),
            "always_off" => Some(Self::Nothing),
            "traceidratio" => Some(Self::Share(share)),
            _ => None,
        }
    }

    /// The sampler of the SDK that does the same.
    pub(super) fn sampler(self) -> Sampler {
        let root = match self {
            Self::All => Sampler::AlwaysOn,
            Self::Nothing => Sampler::AlwaysOff,
            Self::Share(share) => Sampler::TraceIdRatioBased(share),
        };
        Sampler::ParentBased(Box::new(root))
    }
}
