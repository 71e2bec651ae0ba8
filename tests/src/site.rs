//! Somebody else's page: the package behind a plain file server, and the page that embeds it.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, ensure};
use tempfile::TempDir;

use crate::{
    serve::{StaticFiles, root, target_dir},
    survivors,
};

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

/// Where a page has the package from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Files of its own site.
    Npm,
    /// The server, below `/embed/`.
    Served,
}

/// The content security policy that the package's README asks for, word for word but for the
/// server's address, and with the icon of the tests' pages.
pub fn policy_of_readme(server: &str, form: Form) -> Result<String> {
    let readme = fs::read_to_string(root().join("embed/README.md"))?;
    let (_, policy) = readme
        .split_once("Content-Security-Policy: ")
        .context("the README has no policy")?;
    let (policy, _) = policy.split_once("\n```").context("it has no end")?;
    let lines: Vec<&str> = policy.split_whitespace().collect();
    let mut policy = lines.join(" ");
    if form == Form::Npm {
        for served in [
            "script-src 'self' 'wasm-unsafe-eval' https://calls.example",
            "worker-src 'self' blob:",
        ] {
            let (own, _) = served
                .rsplit_once(' ')
                .context("there are several sources")?;
            ensure!(policy.contains(served), "{policy}");
            policy = policy.replace(served, own);
        }
    }
    let socket = server.replacen("http", "ws", 1);
    let policy = policy
        .replace("wss://calls.example", &socket)
        .replace("https://calls.example", server);
    Ok(policy + "; img-src data:")
}

impl Site {
    /// A site without pages.
    pub fn start() -> Result<Self> {
        let dir = survivors::folder("site-")?;
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

    /// Gives a file another name.
    pub fn rename(&self, from: &str, to: &str) -> Result<()> {
        fs::rename(self.dir.path().join(from), self.dir.path().join(to))?;
        Ok(())
    }

    /// Puts something else in the place of a part of a file.
    pub fn change(&self, name: &str, part: &str, other: &str) -> Result<()> {
        let path = self.dir.path().join(name);
        let content = fs::read_to_string(&path)?;
        ensure!(content.contains(part), "{part} is not in {name}");
        Ok(fs::write(path, content.replace(part, other))?)
    }

    /// Takes a file away, as a network does that fails.
    pub fn take_away(&self, name: &str) -> Result<()> {
        let path = self.dir.path().join(name);
        Ok(fs::rename(&path, path.with_extension("away"))?)
    }

    /// Puts back what was taken away.
    pub fn give_back(&self, name: &str) -> Result<()> {
        let path = self.dir.path().join(name);
        Ok(fs::rename(path.with_extension("away"), path)?)
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
