//! Arguments -> exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    feedbridge::cli::main()
}
