//! `backup`: copies the database into one file, also while the daemon runs.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::arguments::{Backup, PlaceArgs};
use super::end::End;
use super::target::NotATarget;
use super::{output, target};
use crate::config::Overrides;
use crate::store::SqliteStore;

/// The permissions of a backup: it holds as much as the database.
const MODE: u32 = 0o600;

/// The first bytes of a database (SQLite file format, section 1.3.1).
const HEADER: &[u8; 16] = b"SQLite format 3\0";

pub(super) fn backup(place: &PlaceArgs, options: &Backup) -> anyhow::Result<End> {
    let database = database(place)?;
    if !database.exists() {
        bail!("there is no database {} yet", database.display());
    }
    let file = BackupFile::new(&options.file, &database, options.force)?;
    let items = file.write(&database)?;
    let items = output::counted(usize::try_from(items).unwrap_or(usize::MAX), "item", "items");
    output::line(&format!("{}: {items}", file.path.display()))?;
    Ok(End::Fine)
}

/// The database. If the data folder is given, a backup needs no configuration, which may have mistakes.
fn database(place: &PlaceArgs) -> anyhow::Result<PathBuf> {
    match &place.data {
        Some(folder) => Ok(Overrides::database_in(folder)),
        None => Ok(target::config_without_secrets(place)?.database),
    }
}

/// The file to write. It gets its name only when it is whole.
struct BackupFile {
    path: PathBuf,
    folder: PathBuf,
    /// The temporary file that the copy is written to.
    unfinished: PathBuf,
    may_replace: bool,
}

impl BackupFile {
    fn new(path: &Path, database: &Path, may_replace: bool) -> anyhow::Result<Self> {
        if path.as_os_str() == "-" {
            let message = "a backup cannot go to standard output: name a file (one of the name `-` is `./-`)";
            return Err(NotATarget(message.to_owned()).into());
        }
        // The name of a path such as `x/` is `x`.
        let is_folder = path.as_os_str().as_encoded_bytes().ends_with(b"/");
        let Some(name) = path.file_name().filter(|_| !is_folder) else {
            return Err(NotATarget(format!("{} does not name a file", path.display())).into());
        };
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = folder
            .canonicalize()
            .with_context(|| format!("the backup cannot be written to {}", folder.display()))?;
        let mut unfinished = OsString::from(".");
        unfinished.push(name);
        unfinished.push(format!(".{}.unfinished", std::process::id()));
        if is_part_of(&folder.join(name), database) {
            let message = format!("{} belongs to the database itself: name another file", path.display());
            return Err(NotATarget(message).into());
        }
        let file = Self { path: path.to_owned(), unfinished: folder.join(unfinished), folder, may_replace };
        file.refuse_existing()?;
        file.refuse_remains()?;
        Ok(file)
    }

    /// A file that exists is replaced only if that was asked for, and only if it may be an earlier backup.
    fn refuse_existing(&self) -> anyhow::Result<()> {
        let shown = self.path.display();
        let message = match fs::symlink_metadata(&self.path) {
            Ok(found) if !found.is_file() => format!("{shown} is not a regular file"),
            Ok(_) if !self.may_replace => format!("{shown} exists already; replace it with --force"),
            Ok(_) if !may_be_backup(&self.path).with_context(|| format!("cannot look at {shown}"))? => {
                format!("{shown} is no SQLite database, so --force does not replace it: name another file")
            }
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot look at {shown}"));
            }
            _ => return Ok(()),
        };
        Err(NotATarget(message).into())
    }

    /// SQLite would put the changes that stand beside a file into the backup, though they are those of another
    /// database.
    fn refuse_remains(&self) -> anyhow::Result<()> {
        let remains = beside(&self.path, &["-wal", "-journal"]);
        let Some(found) = remains.into_iter().find(|file| fs::symlink_metadata(file).is_ok()) else {
            return Ok(());
        };
        let message = format!(
            "{} has changes of another database: name another file, or remove that one if no program uses it",
            found.display()
        );
        Err(NotATarget(message).into())
    }

    /// Writes the copy beside the file and gives it its name; returns the number of items.
    fn write(&self, database: &Path) -> anyhow::Result<u64> {
        let written = self.write_unfinished(database).and_then(|items| {
            // It may have come into being meanwhile.
            self.refuse_existing()?;
            self.refuse_remains()?;
            let name = self.path.file_name().unwrap_or_default();
            fs::rename(&self.unfinished, self.folder.join(name)).with_context(|| self.not_written())?;
            Ok(items)
        });
        if written.is_err() {
            // A part of a backup is of no use.
            let _ = fs::remove_file(&self.unfinished);
        }
        let items = written?;
        // The name must last, too.
        File::open(&self.folder)?.sync_all()?;
        Ok(items)
    }

    fn write_unfinished(&self, database: &Path) -> anyhow::Result<u64> {
        let file = self.create().with_context(|| self.not_written())?;
        let copied = SqliteStore::back_up(database, &self.unfinished);
        let items = copied.with_context(|| format!("cannot copy {}", database.display()))?;
        file.sync_all().with_context(|| self.not_written())?;
        Ok(items)
    }

    fn not_written(&self) -> String {
        format!("cannot write {}", self.path.display())
    }

    /// Creates the unfinished file.
    fn create(&self) -> io::Result<File> {
        // One that an earlier process of the same number has left.
        match fs::remove_file(&self.unfinished) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => create(&self.unfinished),
        }
    }
}

/// Creates an empty file that only its owner can read.
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(MODE).open(path)
}

/// Whether a file begins as a database does. An empty file has nothing to lose.
fn may_be_backup(path: &Path) -> io::Result<bool> {
    let mut start = Vec::new();
    File::open(path)?.take(HEADER.len() as u64).read_to_end(&mut start)?;
    Ok(start.is_empty() || start == HEADER)
}

/// Whether a file is the database, or one of those that SQLite and the daemon keep beside it.
fn is_part_of(file: &Path, database: &Path) -> bool {
    let Ok(database) = database.canonicalize() else { return false };
    let beside = beside(&database, &["-wal", "-shm", "-journal"]);
    file == database || file == database.with_extension("lock") || beside.iter().any(|part| part == file)
}

/// The paths of files that have the name of another one and an ending.
fn beside(file: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let with_ending = |ending: &&str| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    endings.iter().map(with_ending).collect()
}
