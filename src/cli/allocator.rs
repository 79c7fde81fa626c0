//! The settings of the C library's allocator for a daemon: after large pages, their memory goes back to the
//! system.
//!
//! glibc takes them from the environment at the start of a process only. So the daemon executes itself once more
//! with them, as the same process, with the same arguments and open files.

use std::ffi::OsString;

/// The settings, in the form of the tunables of glibc.
///
/// Blocks that were freed are kept neither for each thread nor in quick lists: there, a few small ones would keep
/// all the memory below them. Large blocks are mappings of their own.
const TUNABLES: &str = "glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0:glibc.malloc.mmap_threshold=65536:\
    glibc.malloc.trim_threshold=131072";
const TUNABLES_VARIABLE: &str = "GLIBC_TUNABLES";
/// Set in the process with the settings; where a person sets it, the allocator stays as it is.
const DONE_VARIABLE: &str = "FEEDBRIDGE_ALLOCATOR";

/// Executes the program again with the settings, unless the environment has some already. Goes on as it is where
/// that does not work.
pub(super) fn tune() {
    let environment: Vec<(OsString, OsString)> = std::env::vars_os().collect();
    if let Some(tunables) = tunables(&environment) {
        execute_with(&tunables);
    }
}

/// The value of `GLIBC_TUNABLES` that is wanted; `None` if the environment sets up the allocator, or a process
/// before this one has.
fn tunables(environment: &[(OsString, OsString)]) -> Option<String> {
    let mut wanted = TUNABLES.to_owned();
    for (name, value) in environment {
        let name = name.to_string_lossy();
        let value = value.to_string_lossy();
        let is_tunables = name == TUNABLES_VARIABLE;
        if name == DONE_VARIABLE || name.starts_with("MALLOC_") || is_tunables && value.contains("malloc.") {
            return None;
        }
        if is_tunables && !value.is_empty() {
            wanted = format!("{value}:{TUNABLES}");
        }
    }
    Some(wanted)
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn execute_with(tunables: &str) {
    use std::os::unix::process::CommandExt as _;
    use std::process::Command;

    let mut arguments = std::env::args_os();
    let Some(name) = arguments.next() else { return };
    let Ok(program) = std::env::current_exe() else { return };
    // Under the loader of the system, the program is one of its arguments.
    if program.file_name().is_none_or(|name| name.to_string_lossy().starts_with("ld-")) {
        return;
    }
    // On success, the call does not return; on failure, the daemon works all the same.
    let _failure = Command::new(program)
        .arg0(name)
        .args(arguments)
        .env(TUNABLES_VARIABLE, tunables)
        .env(DONE_VARIABLE, "tuned")
        .exec();
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn execute_with(_tunables: &str) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(environment: &[(&str, &str)], expected: Option<&str>) {
        let environment: Vec<_> =
            environment.iter().map(|(name, value)| (name.into(), value.into())).collect();
        assert_eq!(tunables(&environment).as_deref(), expected);
    }

    #[test]
    fn the_settings_of_a_person_stay() {
        check(&[("HOME", "/root")], Some(TUNABLES));
        check(&[("GLIBC_TUNABLES", "glibc.rtld.nns=4")], Some(&format!("glibc.rtld.nns=4:{TUNABLES}")));
        check(&[("GLIBC_TUNABLES", "glibc.malloc.check=3")], None);
        check(&[("MALLOC_ARENA_MAX", "2")], None);
    }

    #[test]
    fn the_program_is_executed_again_once() {
        check(&[("FEEDBRIDGE_ALLOCATOR", "tuned"), ("GLIBC_TUNABLES", "")], None);
        check(&[("FEEDBRIDGE_ALLOCATOR", "default")], None);
    }
}
