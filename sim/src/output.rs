//! Files out: whole or not at all.
//!
//! Everything is first written beside its final place under another name, and renamed when all
//! of it stands. Whatever ends the run earlier takes back what it had made, folders included; what
//! a killed one could not take back, the next one that writes there does.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Something could not be written.
#[derive(Debug, Error)]
#[error("cannot {doing} {}: {error}", path.display())]
pub struct OutputError {
    doing: &'static str,
    path: PathBuf,
    #[source]
    error: io::Error,
}

impl OutputError {
    /// What can be done about it.
    pub const fn remedy(&self) -> &'static str {
        "choose a folder that you may write to with --out, and see that the disk has room"
    }
}

/// Files of one run, written but not yet under their final names.
#[derive(Debug)]
pub struct Staged {
    folder: PathBuf,
    /// Folders that did not exist before, outermost first.
    made: Vec<PathBuf>,
    /// Names that wait under their temporary ones.
    names: Vec<String>,
}

impl Staged {
    /// Opens a folder for output, and makes it where it does not exist.
    ///
    /// # Errors
    /// [`OutputError`], if that is not possible.
    pub fn open(folder: &Path) -> Result<Self, OutputError> {
        let missing = folder
            .ancestors()
            .take_while(|path| !path.as_os_str().is_empty());
        let mut made: Vec<PathBuf> = missing
            .take_while(|path| !path.exists())
            .map(Path::to_path_buf)
            .collect();
        made.reverse();
        let staged = Self {
            folder: folder.to_path_buf(),
            made,
            names: Vec::new(),
        };
        fs::create_dir_all(folder).map_err(|error| failed("make the folder", folder, error))?;
        Ok(staged)
    }

    /// Writes one file under a temporary name, as `write` gives it.
    ///
    /// # Errors
    /// [`OutputError`], if that is not possible.
    pub fn add(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<(), OutputError> {
        clear_abandoned(&self.folder, |file| file == name);
        let path = self.temporary(name);
        self.names.push(name.to_owned());
        let written = File::create(&path).and_then(|file| {
            let mut file = BufWriter::new(file);
            write(&mut file)?;
            file.flush()
        });
        written.map_err(|error| failed("write", &self.folder.join(name), error))
    }

    /// Gives all files their final names; says which.
    ///
    /// # Errors
    /// [`OutputError`], if one of them cannot be renamed. Those that have their names by then and
    /// replaced nothing are taken back; what they replaced is gone.
    pub fn publish(mut self) -> Result<Vec<PathBuf>, OutputError> {
        let mut published = Vec::new();
        let mut new = Vec::new();
        for name in &self.names {
            let path = self.folder.join(name);
            let replaces = path.symlink_metadata().is_ok();
            if let Err(error) = fs::rename(self.temporary(name), &path) {
                for path in &new {
                    let _ = fs::remove_file(path);
                }
                return Err(failed("write", &path, error));
            }
            if !replaces {
                new.push(path.clone());
            }
            published.push(path);
        }
        self.names.clear();
        self.made.clear();
        Ok(published)
    }

    fn temporary(&self, name: &str) -> PathBuf {
        self.folder
            .join(format!(".{name}.{}.partial", std::process::id()))
    }
}

/// Removes what a process that was killed left half written in `folder`, of the files that are
/// `wanted`. Who is alive is known only where there is a `/proc`.
pub fn clear_abandoned(folder: &Path, wanted: impl Fn(&str) -> bool) {
    let processes = Path::new("/proc");
    if !processes.join("self").exists() {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let file = entry.file_name();
        let abandoned = file
            .to_str()
            .and_then(temporary_of)
            .is_some_and(|(name, writer)| {
                wanted(name) && !processes.join(writer.to_string()).exists()
            });
        if abandoned {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// What a temporary name stands for and which process it belongs to, if `file` is one.
fn temporary_of(file: &str) -> Option<(&str, u32)> {
    let (name, writer) = file
        .strip_prefix('.')?
        .strip_suffix(".partial")?
        .rsplit_once('.')?;
    Some((name, writer.parse().ok()?))
}

fn failed(doing: &'static str, path: &Path, error: io::Error) -> OutputError {
    OutputError {
        doing,
        path: path.to_path_buf(),
        error,
    }
}

impl Drop for Staged {
    /// Takes back what was not published. Nobody is left to be told if even that fails.
    fn drop(&mut self) {
        for name in &self.names {
            let _ = fs::remove_file(self.temporary(name));
        }
        for folder in self.made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Staged;
    use std::fs;
    use std::io::Write as _;
    use std::path::PathBuf;

    fn empty_folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("wavert-output-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn nothing_has_its_final_name_before_everything_is_written() {
        let top = empty_folder("staged");
        let mut staged = Staged::open(&top.join("a/b")).unwrap();
        staged
            .add("report.txt", |file| file.write_all(b"whole"))
            .unwrap();
        assert!(!top.join("a/b/report.txt").exists());
        assert_eq!(staged.publish().unwrap(), [top.join("a/b/report.txt")]);
        assert_eq!(fs::read(top.join("a/b/report.txt")).unwrap(), b"whole");
        assert_eq!(fs::read_dir(top.join("a/b")).unwrap().count(), 1);
    }

    #[test]
    fn what_is_not_published_leaves_nothing_behind() {
        let top = empty_folder("dropped");
        let mut staged = Staged::open(&top.join("a/b")).unwrap();
        staged
            .add("report.txt", |file| file.write_all(b"half"))
            .unwrap();
        drop(staged);
        assert_eq!(fs::read_dir(&top).unwrap().count(), 0);
    }

    #[test]
    fn what_cannot_be_written_to_its_end_is_told_by_its_final_name() {
        let top = empty_folder("full");
        let mut staged = Staged::open(&top.join("a")).unwrap();
        let full = std::io::ErrorKind::StorageFull;
        let written = staged.add("heard.wav", |file| {
            file.write_all(b"half")?;
            Err(full.into())
        });
        let told = written.unwrap_err().to_string();
        assert!(told.contains("a/heard.wav"), "{told}");
        drop(staged);
        assert_eq!(fs::read_dir(&top).unwrap().count(), 0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_killed_run_left_is_removed_and_what_a_living_one_writes_is_not() {
        let top = empty_folder("abandoned");
        // No process has such a number; the first one always runs.
        let left = [
            ".report.txt.4294967295.partial",
            ".report.txt.1.partial",
            ".notes.txt.4294967295.partial",
            ".report.txt.mine.partial",
        ];
        for name in left {
            fs::write(top.join(name), b"half").unwrap();
        }
        let mut staged = Staged::open(&top).unwrap();
        staged.add("report.txt", |_| Ok(())).unwrap();
        staged.publish().unwrap();
        let there = left.map(|name| top.join(name).exists());
        assert_eq!(there, [false, true, true, true]);
    }

    #[test]
    fn a_name_that_cannot_be_had_takes_back_the_new_ones() {
        let top = empty_folder("half-published");
        fs::write(top.join("old.txt"), b"old").unwrap();
        fs::create_dir_all(top.join("taken.txt/by a folder")).unwrap();
        let mut staged = Staged::open(&top).unwrap();
        for name in ["new.txt", "old.txt", "taken.txt"] {
            staged.add(name, |file| file.write_all(b"new")).unwrap();
        }
        let told = staged.publish().unwrap_err().to_string();
        assert!(told.contains("taken.txt"), "{told}");
        assert!(!top.join("new.txt").exists());
        assert_eq!(fs::read(top.join("old.txt")).unwrap(), b"new");
        assert_eq!(fs::read_dir(&top).unwrap().count(), 2, "no partial is left");
    }

    #[test]
    fn a_folder_that_is_a_file_is_an_error_with_its_path() {
        let top = empty_folder("blocked");
        fs::write(top.join("a"), b"in the way").unwrap();
        let error = Staged::open(&top.join("a/b")).unwrap_err().to_string();
        assert!(error.contains("blocked/a/b"), "{error}");
        assert_eq!(fs::read(top.join("a")).unwrap(), b"in the way");
    }

    #[test]
    fn a_name_that_is_taken_by_a_folder_keeps_what_was_there() {
        let top = empty_folder("taken");
        fs::create_dir(top.join("report.txt")).unwrap();
        let mut staged = Staged::open(&top).unwrap();
        staged
            .add("report.txt", |file| file.write_all(b"whole"))
            .unwrap();
        assert!(staged.publish().is_err());
        assert!(top.join("report.txt").is_dir());
        assert_eq!(fs::read_dir(&top).unwrap().count(), 1);
    }
}
