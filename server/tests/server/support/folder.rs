//! Folders that are gone when the test is.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

/// A folder of the test's own.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("callreel-{name}-{}-{count}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        fs::create_dir_all(&dir).expect("a temporary folder can be made");
        Self(dir)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Bytes in the spool of a data folder.
    pub fn stored(&self) -> u64 {
        let files = fs::read_dir(self.file("spool")).expect("there is a spool");
        let length = |file: std::io::Result<fs::DirEntry>| {
            let metadata = file.expect("it can be read").metadata();
            metadata.map_or(0, |it| it.len())
        };
        files.map(length).sum()
    }

    /// Writes a file and says where it is.
    pub fn write(&self, name: &str, content: &[u8]) -> String {
        let path = self.file(name);
        fs::write(&path, content).expect("the folder is ours");
        path.to_string_lossy().into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the temporary folder is not worth a failure.
        let _ = fs::remove_dir_all(&self.0);
    }
}
