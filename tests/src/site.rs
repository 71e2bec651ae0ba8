//! Somebody else's page: the package behind a plain file server, and the page that embeds it.

use std::{fs, path::PathBuf};

use anyhow::{Result, ensure};
use tempfile::TempDir;

use crate::serve::{StaticFiles, root, target_dir};

/// A folder with the package in `callreel/`, served by a file server that knows nothing of it.
#[derive(Debug)]
pub struct Site {
    dir: TempDir,
    files: StaticFiles,
}

/// Serves what Vite made of one of the examples.
pub fn built_example(name: &str) -> Result<StaticFiles> {
    let dir = target_dir()
        .join("package/examples")
        .join(name)
        .join("dist");
    ensure!(
        dir.join("index.html").is_file(),
        "the examples are not built; `cargo xtask test embed` builds them"
    );
    StaticFiles::start_in(&dir)
}

impl Site {
    /// A site without pages.
    pub fn start() -> Result<Self> {
        let dir = TempDir::with_prefix("callreel-site-")?;
        let own = dir.path().join("callreel");
        fs::create_dir(&own)?;
        for file in fs::read_dir(built_package()?)? {
            let file = file?;
            // Its pages about itself are no part of a site.
            if file.file_type()?.is_file() {
                fs::copy(file.path(), own.join(file.file_name()))?;
            }
        }
        let files = StaticFiles::start_in(dir.path())?;
        Ok(Self { dir, files })
    }

    /// Its origin.
    pub fn url(&self) -> &str {
        self.files.url()
    }

    /// Adds a page, which has this content security policy and body; gives its address.
    pub fn page(&self, name: &str, policy: &str, body: &str) -> Result<String> {
        let page = format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>A page of ours</title>\
             <link rel=\"icon\" href=\"data:,\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">{body}"
        );
        fs::write(self.dir.path().join(name), page)?;
        Ok(format!("{}/{name}", self.url()))
    }

    /// Adds an example that is plain files.
    pub fn example(&self, name: &str) -> Result<()> {
        for file in fs::read_dir(root().join("embed/examples").join(name))? {
            let file = file?;
            fs::copy(file.path(), self.dir.path().join(file.file_name()))?;
        }
        Ok(())
    }

    /// Adds a page with a frame of another site in it that may nothing; gives its address. What the
    /// frame posts is in `told`.
    pub fn around(&self, framed: &str) -> Result<String> {
        let body = format!(
            "<script>onmessage = ({{ data }}) => window.told = data;</script><iframe src=\"{framed}\"></iframe>"
        );
        self.page("index.html", "script-src 'unsafe-inline'", &body)
    }

    /// Puts something else in the place of a part of a file.
    pub fn change(&self, name: &str, part: &str, other: &str) -> Result<()> {
        let path = self.dir.path().join(name);
        let content = fs::read_to_string(&path)?;
        ensure!(content.contains(part), "{part} is not in {name}");
        Ok(fs::write(path, content.replace(part, other))?)
    }

    /// Adds a file.
    pub fn file(&self, name: &str, content: &str) -> Result<()> {
        Ok(fs::write(self.dir.path().join(name), content)?)
    }
}

/// The folder of the built package.
pub fn built_package() -> Result<PathBuf> {
    let package = target_dir().join("package/callreel");
    ensure!(
        package.join("core_bg.wasm").is_file(),
        "the package is not built; `cargo xtask package` builds it"
    );
    Ok(package)
}
