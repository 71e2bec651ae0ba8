//! Puts the built app (`dist/`, or the folder named by `CALLREEL_DIST`) into the binary.
//!
//! The generated file is one array expression of `EmbeddedFile`. Without a built app the array is
//! empty and the server explains at `/` how to build one.

use std::{
    env,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let manifest_dir = PathBuf::from(var("CARGO_MANIFEST_DIR"));
    let dist =
        env::var_os("CALLREEL_DIST").map_or_else(|| manifest_dir.join("../dist"), PathBuf::from);
    println!("cargo::rerun-if-env-changed=CALLREEL_DIST");
    // While there is no such folder, cargo runs this script before every build, as it should: the
    // next build may be the first that has an app.
    println!("cargo::rerun-if-changed={}", dist.display());

    let mut files = Vec::new();
    if dist.join("index.html").is_file() {
        collect(&dist, &mut files)?;
        files.sort();
    }

    let mut generated = String::from("[\n");
    for file in files
        .iter()
        .filter(|file| !is_compressed_twin(file, &files))
    {
        let name = file
            .strip_prefix(&dist)
            .expect("collect only returns paths below dist")
            .to_string_lossy()
            .replace('\\', "/");
        writeln!(
            generated,
            "EmbeddedFile {{ path: {name:?}, bytes: {}, brotli: {}, gzip: {} }},",
            include(file),
            include_twin(file, "br", &files),
            include_twin(file, "gz", &files),
        )
        .expect("writing to a String does not fail");
    }
    generated.push(']');
    fs::write(Path::new(&var("OUT_DIR")).join("app.rs"), generated)
}

fn var(name: &str) -> String {
    env::var(name).expect("cargo sets this variable for build scripts")
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn twin(file: &Path, extension: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    PathBuf::from(name)
}

fn is_compressed_twin(file: &Path, files: &[PathBuf]) -> bool {
    matches!(file.extension(), Some(extension) if extension == "br" || extension == "gz")
        && files.binary_search(&file.with_extension("")).is_ok()
}

fn include(file: &Path) -> String {
    format!("include_bytes!({:?})", file.to_string_lossy())
}

fn include_twin(file: &Path, extension: &str, files: &[PathBuf]) -> String {
    let twin = twin(file, extension);
    match files.binary_search(&twin) {
        Ok(_) => format!("Some(include_bytes!({:?}))", twin.to_string_lossy()),
        Err(_) => "None".into(),
    }
}
