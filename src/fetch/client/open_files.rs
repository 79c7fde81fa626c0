//! A process or system without a free file descriptor: a trouble of this machine, never of a site.

use std::error::Error as StdError;
use std::fs::File;
use std::io;

use crate::model::{Trouble, TroubleKind};

/// The numbers of ENFILE (the system has no file left) and EMFILE (the process has none). They are the same on
/// Linux, macOS and the BSDs.
const OUT_OF_FILES: [i32; 2] = [23, 24];

/// Files that one lookup of a name may open at the same time.
const FILES_OF_A_LOOKUP: usize = 3;

/// The trouble of a request for which there was no file.
#[must_use]
pub fn trouble() -> Trouble {
    Trouble::new(
        TroubleKind::Machine,
        "feedbridge has no open files left; raise the limit of open files (LimitNOFILE in systemd, or \
         `ulimit -n`), or lower `connections` or `fetches` in [limits]",
    )
}

/// Whether this error says that there was no file left.
#[must_use]
pub fn is_shortage(error: &(dyn StdError + 'static)) -> bool {
    let Some(error) = error.downcast_ref::<io::Error>() else { return false };
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>());
    let number = error.raw_os_error().or_else(|| inner.and_then(io::Error::raw_os_error));
    number.is_some_and(|number| OUT_OF_FILES.contains(&number))
}

/// Whether files cannot be opened just now. Libraries that read files, such as the system's resolver, call that
/// an unknown host or a missing certificate.
pub(super) fn have_run_out() -> bool {
    let opened: io::Result<Vec<File>> = (0..FILES_OF_A_LOOKUP).map(|_| File::open("/")).collect();
    opened.is_err_and(|error| is_shortage(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortage_is_known_by_its_number_however_it_is_wrapped() {
        for number in OUT_OF_FILES {
            let plain = io::Error::from_raw_os_error(number);
            assert!(is_shortage(&plain), "{number}");
            assert!(is_shortage(&io::Error::other(plain)), "{number}");
        }
        // ECONNREFUSED of Linux, and an error without a number.
        assert!(!is_shortage(&io::Error::from_raw_os_error(111)));
        assert!(!is_shortage(&io::Error::other("Too many open files")));
        assert!(!have_run_out());
    }
}
