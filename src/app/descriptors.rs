//! Open files: the limit of this process, and how many connections of readers fit into it.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::config::{Limits, ListenLimits};

/// Files for each run: its connection, and a lookup or a connection that rests for the next request.
const FILES_PER_RUN: usize = 2;
/// Files of the store: the database and its log for each of two threads, their index, temporary files, the
/// lock.
const STORE_FILES: usize = 12;
/// Files for each thread that reads pages, while it starts a process for jq programs: both ends of two pipes, and
/// those of the pipe that tells whether the start succeeded.
const FILES_PER_CPU_THREAD: usize = 6;
/// Files of everything else: standard streams, the runtime, signals, watched folders, the listening socket,
/// certificates and configurations that are being read.
const OTHER_FILES: usize = 32;

/// The part of all files that connections may have where runs and the store would need all of them.
const LEAST_SHARE: usize = 4;

/// The limits of the server, with no more connections than there are files for. The limit of the process is
/// raised as far as needed and allowed.
pub(super) fn listen_limits(limits: &Limits) -> ListenLimits {
    let wanted = limits.listen.connections;
    let reserve = reserve(limits);
    let Some(files) = limit_of_files(wanted.saturating_add(reserve)) else { return limits.listen.clone() };
    let connections = connections_within(files, reserve, wanted);
    if connections < wanted {
        tracing::warn!(
            "this process may open {files} files, so that at most {connections} connections are served and not {wanted}; \
             raise the limit of open files (LimitNOFILE in systemd, or `ulimit -n`), or lower `connections` in [limits]"
        );
    }
    ListenLimits { connections, ..limits.listen.clone() }
}

/// The number of files that are not for connections of readers.
const fn reserve(limits: &Limits) -> usize {
    limits.fetches * FILES_PER_RUN
        + limits.articles
        + limits.cpu_threads * FILES_PER_CPU_THREAD
        + STORE_FILES
        + OTHER_FILES
}

/// The number of files that this process may open; `None` if there is no limit. A limit below `needed` is
/// raised as far as the system allows.
fn limit_of_files(needed: usize) -> Option<usize> {
    let limit = getrlimit(Resource::Nofile);
    let current = limit.current?;
    let needed = u64::try_from(needed).unwrap_or(u64::MAX);
    if current < needed {
        let allowed = limit.maximum.map_or(needed, |maximum| maximum.min(needed));
        // If it is refused, the old limit holds.
        let _ = setrlimit(Resource::Nofile, Rlimit { current: Some(allowed.max(current)), ..limit });
    }
    getrlimit(Resource::Nofile).current.map(|files| usize::try_from(files).unwrap_or(usize::MAX))
}

/// How many of the wanted connections fit beside the reserve. Some always do: a server without connections
/// would be of no use.
fn connections_within(files: usize, reserve: usize, wanted: usize) -> usize {
    let least = (files / LEAST_SHARE).max(1);
    files.saturating_sub(reserve).max(least).min(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_runs_and_the_store() {
        let limits = Limits { cpu_threads: 2, ..Limits::default() };
        let reserve = reserve(&limits);
        assert_eq!(reserve, 92);
        assert_eq!(connections_within(1024, reserve, 1024), 932);
        assert_eq!(connections_within(100_000, reserve, 1024), 1024);
        assert_eq!(connections_within(100, reserve, 1024), 25, "a part is always for readers");
        assert_eq!(connections_within(64, reserve, 1024), 16);
        assert_eq!(connections_within(64, reserve, 4), 4);
        assert_eq!(connections_within(2, reserve, 4), 1);
    }
}
