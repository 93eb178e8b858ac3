//! Files for the user's downloads. The page hands them over: what its web view would do with a download differs between systems, and
//! one that does nothing would be told as saved.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use brygga_core::{Code, Problem};

/// So many files of one name are enough.
const MOST: u32 = 1_000;

/// Writes a new file in `folder`. What is there stays: a second file of a name gets a number, as browsers do it.
///
/// [`Code::FileNotSaved`] where it cannot be written.
pub(crate) fn save(folder: &Path, name: &str, content: &[u8]) -> Result<PathBuf, Problem> {
    let refused = |error: std::io::Error| {
        Problem::new(Code::FileNotSaved)
            .with("folder", folder.display())
            .with("detail", error)
    };
    std::fs::create_dir_all(folder).map_err(refused)?;
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    for number in 0..MOST {
        let path = folder.join(if number == 0 {
            name.to_owned()
        } else {
            format!("{stem} ({number}).{ending}")
        });
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                let written = file.write_all(content).and_then(|()| file.sync_all());
                return match written {
                    Ok(()) => Ok(path),
                    Err(error) => {
                        // Half a file would be taken for a whole one.
                        let _ = std::fs::remove_file(&path);
                        Err(refused(error))
                    }
                };
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(refused(error)),
        }
    }
    Err(refused(ErrorKind::AlreadyExists.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_file_of_a_name_gets_a_number() {
        let folder = tempfile::tempdir().unwrap();
        let first = save(folder.path(), "brygga-proof.csv", b"one").unwrap();
        let second = save(folder.path(), "brygga-proof.csv", b"two").unwrap();
        assert_eq!(first, folder.path().join("brygga-proof.csv"));
        assert_eq!(second, folder.path().join("brygga-proof (1).csv"));
        assert_eq!(std::fs::read(first).unwrap(), b"one");
        assert_eq!(std::fs::read(second).unwrap(), b"two");
    }

    #[test]
    fn a_folder_is_made_and_one_that_cannot_be_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = save(&folder.path().join("new"), "brygga-proof.csv", b"one").unwrap();
        let problem = save(&file, "brygga-proof.csv", b"two").unwrap_err();
        assert_eq!(problem.code, Code::FileNotSaved);
        assert_eq!(problem.params["folder"], file.display().to_string());
    }
}
