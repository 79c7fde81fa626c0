//! How a command ended, and the exit code for it.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The command succeeded.
    Fine,
    /// The command ran, and something failed.
    Failed,
    /// The arguments or the configuration are wrong.
    Usage,
}

impl From<End> for ExitCode {
    fn from(end: End) -> Self {
        Self::from(match end {
            End::Fine => 0,
            End::Failed => 1,
            End::Usage => 2,
        })
    }
}
