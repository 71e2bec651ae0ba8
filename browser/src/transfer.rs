//! Files that go from browser to browser: reading, hashing, and keeping what comes.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, File};

use crate::{DomError, Listener, blob, js, lock::Lock, page};

/// A hash is made of pieces of this many bytes, so that nobody holds a whole file.
pub const PIECE: usize = 1 << 20;

/// The folder of the origin's private file system that has what comes.
const FOLDER: &str = "callreel-received";

/// A file that the person chose.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen(File);

impl Chosen {
    /// Its name, without a path.
    pub fn name(&self) -> String {
        self.0.name()
    }

    /// In bytes.
    pub fn size(&self) -> u64 {
        self.0.size() as u64
    }

    /// Its bytes `from..to`.
    pub async fn read(&self, from: u64, to: u64) -> Result<Vec<u8>, DomError> {
        blob::bytes(&blob::slice(&self.0, from, to)?).await
    }
}

/// The files of an `<input type=file>`, which is emptied, so that the same can be chosen again.
pub fn chosen(input: &web_sys::HtmlInputElement) -> Vec<Chosen> {
    let files = list(&js::get(input, "files"));
    input.set_value("");
    files
}

fn list(files: &JsValue) -> Vec<Chosen> {
    let files = Array::from(files).to_vec().into_iter();
    files
        .filter_map(|file| file.dyn_into().ok())
        .map(Chosen)
        .collect()
}

/// Tells which files are dropped onto a part of the page; the browser would open them instead of the
/// page.
pub fn on_drop(place: &web_sys::Element, act: impl Fn(Vec<Chosen>) + 'static) -> [Listener; 2] {
    let options = gloo::events::EventListenerOptions::enable_prevent_default();
    [
        Listener::new_with_options(place, "dragover", options, |event| {
            event.prevent_default();
        }),
        Listener::new_with_options(place, "drop", options, move |event| {
            let files = list(&js::get(&js::get(event, "dataTransfer"), "files"));
            if !files.is_empty() {
                event.prevent_default();
                act(files);
            }
        }),
    ]
}

/// The SHA-256 of these bytes (Web Cryptography, section 14.3.5).
pub async fn sha256(bytes: &[u8]) -> Result<Vec<u8>, DomError> {
    let subtle = js::get(&js::get(&page::window(), "crypto"), "subtle");
    let array = blob::to_array(bytes);
    let digest = js::call_async(&subtle, "digest", &["SHA-256".into(), array.into()]).await?;
    Ok(js_sys::Uint8Array::new(&digest).to_vec())
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// Each file that comes has a lock of this name and its own, for as long as a page holds it.
const LOCK: &str = "callreel-received-";

async fn folder(create: bool) -> Result<JsValue, DomError> {
    let storage = js::get(&page::window().navigator(), "storage");
    let root = js::call_async(&storage, "getDirectory", &[]).await?;
    let options = js::object(&[("create", create.into())]);
    js::call_async(&root, "getDirectoryHandle", &[FOLDER.into(), options]).await
}

/// Removes what pages have left behind that were closed, or crashed, with files that had come.
pub async fn sweep() -> Result<(), DomError> {
    // Where nothing ever came there is no folder, and none is made.
    let folder = folder(false).await?;
    let names = js::call(&folder, "keys", &[])?;
    loop {
        let next = js::call_async(&names, "next", &[]).await?;
        let Some(name) = js::text(&next, "value") else {
            return Ok(());
        };
        // Without an answer it may be somebody's.
        if let Some(lock) = Lock::try_take(&[LOCK, &name].concat()).await? {
            // What can't be removed is tried again by the next page.
            let _ = js::call_async(&folder, "removeEntry", &[name.into()]).await;
            drop(lock);
        }
    }
}

/// A file that comes. It is on the disk, not in memory, and removed on drop.
#[must_use = "dropping it removes what has come"]
pub struct Incoming {
    folder: JsValue,
    handle: JsValue,
    writer: JsValue,
    name: String,
    /// Says that a page holds it; `None` where the browser has no locks, and nothing is swept.
    lock: Option<Lock>,
}

impl Incoming {
    /// Begins an empty file.
    pub async fn create() -> Result<Self, DomError> {
        let folder = folder(true).await?;
        let name = page::random_id()?;
        // Before the file is there, so that no other page takes it for one that is left behind.
        let lock = Lock::try_take(&[LOCK, &name].concat()).await.ok().flatten();
        let create = js::object(&[("create", true.into())]);
        let handle =
            js::call_async(&folder, "getFileHandle", &[name.as_str().into(), create]).await?;
        let writer = match js::call_async(&handle, "createWritable", &[]).await {
            Ok(writer) => writer,
            Err(error) => {
                // An empty file that can't be removed is swept another time.
                let _ = js::call_async(&folder, "removeEntry", &[name.into()]).await;
                return Err(error);
            }
        };
        Ok(Self {
            folder,
            handle,
            writer,
            name,
            lock,
        })
    }

    /// Appends.
    pub async fn write(&self, bytes: &[u8]) -> Result<(), DomError> {
        let array = blob::to_array(bytes);
        js::call_async(&self.writer, "write", &[array.into()]).await?;
        Ok(())
    }

    /// Nothing more comes; gives the file, which is there as long as this value is.
    pub async fn finish(&self) -> Result<Blob, DomError> {
        js::call_async(&self.writer, "close", &[]).await?;
        let file = js::call_async(&self.handle, "getFile", &[]).await?;
        Ok(blob::as_file(file)?.into())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // Both answer with promises; a writer that is closed already refuses, which is as good.
        let aborted = js::call(&self.writer, "abort", &[]);
        let (folder, name, lock) = (self.folder.clone(), self.name.clone(), self.lock.take());
        wasm_bindgen_futures::spawn_local(async move {
            if let Ok(promise) = aborted {
                let promise = js_sys::Promise::resolve(&promise);
                let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
            }
            let _ = js::call_async(&folder, "removeEntry", &[name.into()]).await;
            drop(lock);
        });
    }
}
