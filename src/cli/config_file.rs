//! A feeds.toml that a command writes to: read anew before it is written, by one command at a time,
//! and never seen half written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::target::NotATarget;
use crate::config::{NewFeed, append};

/// No honest configuration is larger, in bytes.
const MAX_BYTES: u64 = 16 << 20;

/// The file; it need not be there.
pub(super) struct ConfigFile(PathBuf);

impl ConfigFile {
    /// A file that may be written.
    ///
    /// # Errors
    /// When there is something else than a file of that name, or it must not be written.
    pub(super) fn new(path: PathBuf) -> anyhow::Result<Self> {
        let shown = path.display();
        match fs::metadata(&path) {
            Ok(meta) if !meta.is_file() => Err(NotATarget(format!("{shown} is no regular file")).into()),
            Ok(meta) if meta.permissions().readonly() => {
                Err(NotATarget(format!("{shown} must not be written: it is read-only")).into())
            }
            Err(_) if path.is_symlink() => {
                Err(NotATarget(format!("{shown} is a link to a file that is not there")).into())
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot read {shown}"))
            }
            _ if !folder(&path).is_dir() => {
                Err(NotATarget(format!("{} is no folder", folder(&path).display())).into())
            }
            // A link stays; what it leads to is written.
            _ => Ok(Self(path.canonicalize().unwrap_or(path))),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Its text; none if it is not there.
    pub(super) fn read(&self) -> anyhow::Result<String> {
        let failed = || format!("cannot read {}", self.0.display());
        let file = match File::open(&self.0) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
            Err(error) => return Err(error).with_context(failed),
        };
        let mut text = String::new();
        file.take(MAX_BYTES + 1).read_to_string(&mut text).with_context(failed)?;
        if text.len() as u64 > MAX_BYTES {
            return Err(
                NotATarget(format!("{} is larger than {} MiB", self.0.display(), MAX_BYTES >> 20)).into()
            );
        }
        Ok(text)
    }

    /// Appends a feed to what the file has now, be it edited meanwhile.
    pub(super) fn append(&self, feed: &NewFeed) -> anyhow::Result<()> {
        let failed = || format!("cannot write {}", self.0.display());
        let folder = File::open(folder(&self.0)).with_context(failed)?;
        // Another command waits; the lock ends with the file.
        folder.lock().with_context(failed)?;
        let text = append(&self.read()?, &self.0, feed).map_err(|e| NotATarget(e.to_string()))?;
        self.replace(&text).with_context(failed)
    }

    /// Replaces the file as a whole where that keeps its owner; else writes it in place.
    fn replace(&self, text: &str) -> io::Result<()> {
        let name = self.0.file_name().unwrap_or_default().to_string_lossy();
        let new = folder(&self.0).join(format!(".{name}.{}", std::process::id()));
        let made = self.write_beside(&new, text);
        match made {
            Ok(true) => fs::rename(&new, &self.0),
            Ok(false) => fs::write(&self.0, text),
            Err(error) => Err(error),
        }
        .inspect_err(|_| {
            // What is left over is of no use.
            let _ = fs::remove_file(&new);
        })
    }

    /// Writes the text beside the file, with its mode and owner; gives whether it may take its place.
    fn write_beside(&self, new: &Path, text: &str) -> io::Result<bool> {
        let old = fs::metadata(&self.0).ok();
        if old.as_ref().is_some_and(|old| !same_when_replaced(old)) {
            return Ok(false);
        }
        let mut file = OpenOptions::new().write(true).create_new(true).open(new)?;
        if let Some(old) = &old {
            file.set_permissions(old.permissions())?;
            if keep_owner(new, old).is_err() {
                fs::remove_file(new)?;
                return Ok(false);
            }
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        Ok(true)
    }
}

/// The folder of a file.
fn folder(file: &Path) -> &Path {
    file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file of several names would be one of one name afterwards.
#[cfg(unix)]
fn same_when_replaced(old: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(old) == 1
}

#[cfg(not(unix))]
fn same_when_replaced(_: &fs::Metadata) -> bool {
    true
}

#[cfg(unix)]
fn keep_owner(new: &Path, old: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    std::os::unix::fs::chown(new, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}
