//! The vault: takes kept in the browser, each chunk durable before anything else is done with
//! it. The work is done in a worker, `js/vault.js`.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use callreel_webm::Patch;
use futures_channel::oneshot;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{Blob, MessageEvent, Worker};

use crate::{DomError, Listener, blob, js};

#[wasm_bindgen(module = "/js/vault.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = spawnVault)]
    fn spawn_vault() -> Result<Worker, JsValue>;
}

/// What is known about a take besides its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The take's id, also the name of its file.
    pub id: String,
    /// Title, type, length and so on, as the page wrote it.
    pub json: String,
    /// A small picture.
    pub picture: Option<Blob>,
    /// The new head of a finished WebM take.
    pub head: Option<Vec<u8>>,
    /// What a person called it since. Only [`Vault::rename`] changes it: other pages may do so while
    /// one makes the take and writes the rest.
    pub name: Option<String>,
}

/// The worker's one page-side end. Clones share it.
#[derive(Clone)]
pub struct Vault(Rc<Inner>);

struct Inner {
    worker: Worker,
    waiting: Rc<RefCell<Waiting>>,
    next: Cell<u32>,
    /// The worker could not be loaded, or broke: it answers nothing.
    failed: Rc<Cell<bool>>,
    _listeners: [Listener; 2],
}

type Answer = Result<JsValue, DomError>;
type Waiting = Vec<(u32, oneshot::Sender<Answer>)>;

impl Drop for Inner {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl PartialEq for Vault {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Vault {
    /// Starts the vault's worker.
    pub fn start() -> Result<Self, DomError> {
        let worker = spawn_vault()?;
        let waiting: Rc<RefCell<Waiting>> = Rc::default();
        let answered = Rc::clone(&waiting);
        let on_message = Listener::new(&worker, "message", move |event| {
            let event: &MessageEvent = event.unchecked_ref();
            let answer = event.data();
            let request = js::number(&answer, "request").unwrap_or(-1.0) as u32;
            let error = js::get(&answer, "error");
            let mut answered = answered.borrow_mut();
            if let Some(at) = answered.iter().position(|(asked, _)| *asked == request) {
                let (_, sender) = answered.swap_remove(at);
                let result = if error.is_undefined() {
                    Ok(js::get(&answer, "value"))
                } else {
                    Err(error.into())
                };
                // Nobody waits any more where the receiver is gone.
                let _ = sender.send(result);
            }
        });
        let failed: Rc<Cell<bool>> = Rc::default();
        let (asked, fails) = (Rc::clone(&waiting), Rc::clone(&failed));
        let on_error = Listener::new(&worker, "error", move |_| {
            fails.set(true);
            for (_, sender) in asked.borrow_mut().drain(..) {
                let _ = sender.send(Err(DomError::new("NotSupportedError", "vault worker")));
            }
        });
        Ok(Self(Rc::new(Inner {
            worker,
            waiting,
            next: Cell::new(0),
            failed,
            _listeners: [on_message, on_error],
        })))
    }

    /// Whether its worker answers nothing any more: start another one.
    pub fn has_failed(&self) -> bool {
        self.0.failed.get()
    }

    async fn ask(&self, op: &str, arguments: &[(&str, JsValue)], transfer: &Array) -> Answer {
        if self.has_failed() {
            return Err(DomError::new("NotSupportedError", "vault worker"));
        }
        let request = self.0.next.get();
        self.0.next.set(request.wrapping_add(1));
        let (sender, answer) = oneshot::channel();
        self.0.waiting.borrow_mut().push((request, sender));
        let message = js::object(&[
            ("request", request.into()),
            ("op", op.into()),
            ("args", js::object(arguments)),
        ]);
        self.0
            .worker
            .post_message_with_transfer(&message, transfer)?;
        answer
            .await
            .unwrap_or_else(|_| Err(DomError::new("AbortError", "the vault was closed")))
    }

    async fn about(&self, op: &str, id: &str) -> Answer {
        self.ask(op, &[("id", id.into())], &Array::new()).await
    }

    /// Whether takes survive the page; false where the browser keeps nothing for it (private
    /// windows, blocked storage), and they live in memory.
    pub async fn is_durable(&self) -> bool {
        let durable = self.ask("durable", &[], &Array::new()).await;
        durable.is_ok_and(|durable| durable == JsValue::TRUE)
    }

    /// Claims a take; false where a page has it already, be it this one. The claim ends with the
    /// page, however that ends.
    pub async fn claim(&self, id: &str) -> Result<bool, DomError> {
        Ok(self.about("claim", id).await? == JsValue::TRUE)
    }

    /// Lets the claim go.
    pub async fn release(&self, id: &str) -> Result<(), DomError> {
        self.about("release", id).await.map(drop)
    }

    /// Claims the right to upload a take, which is another than that to make it; false where a page
    /// has it already, be it this one.
    pub async fn claim_upload(&self, id: &str) -> Result<bool, DomError> {
        self.claim(&upload_of(id)).await
    }

    /// Lets that right go.
    pub async fn release_upload(&self, id: &str) -> Result<(), DomError> {
        self.release(&upload_of(id)).await
    }

    /// Opens a take's file for appending, made if there is none; its size in bytes.
    pub async fn open(&self, id: &str) -> Result<u64, DomError> {
        Ok(self.about("open", id).await?.as_f64().unwrap_or(0.0) as u64)
    }

    /// Appends `bytes` and applies `patches`; returns when both are durable, with the file's
    /// size in bytes. `QuotaExceededError` where the disk is full: the file is then what it was.
    pub(crate) async fn append(
        &self,
        id: &str,
        bytes: &[u8],
        patches: &[Patch],
    ) -> Result<u64, DomError> {
        let array = blob::to_array(bytes);
        let transfer = Array::of1(&array.buffer());
        let patches: Array = patches.iter().map(to_js).collect();
        let arguments = [
            ("id", id.into()),
            ("bytes", array.into()),
            ("patches", patches.into()),
        ];
        let size = self.ask("append", &arguments, &transfer).await?;
        Ok(size.as_f64().unwrap_or(0.0) as u64)
    }

    /// Closes a take's file.
    pub async fn close(&self, id: &str) -> Result<(), DomError> {
        self.about("close", id).await.map(drop)
    }

    /// The take's bytes as a file, without reading them.
    pub async fn file(&self, id: &str) -> Result<Blob, DomError> {
        Ok(blob::as_file(self.about("file", id).await?)?.into())
    }

    /// A piece of the take's bytes, of a file that may be growing.
    pub async fn piece(&self, id: &str, from: u64, to: u64) -> Result<Blob, DomError> {
        let place = |at: u64| JsValue::from(at as f64);
        let arguments = [("id", id.into()), ("from", place(from)), ("to", place(to))];
        let piece = self.ask("read", &arguments, &Array::new()).await?;
        piece.dyn_into().map_err(DomError::from)
    }

    /// Bytes of the take's file.
    pub async fn size(&self, id: &str) -> Result<u64, DomError> {
        Ok(self.file(id).await?.size() as u64)
    }

    /// Deletes a take and its record.
    pub async fn remove(&self, id: &str) -> Result<(), DomError> {
        self.about("remove", id).await.map(drop)
    }

    /// The ids of all takes that have a file, with their sizes in bytes.
    pub async fn list(&self) -> Result<Vec<(String, u64)>, DomError> {
        let listed = self.ask("list", &[], &Array::new()).await?;
        Ok(Array::from(&listed)
            .iter()
            .filter_map(|file| {
                let size = js::number(&file, "size")? as u64;
                Some((js::text(&file, "id")?, size))
            })
            .collect())
    }

    /// Writes a record over the one with the same id, whose name stays.
    pub async fn put(&self, record: &Record) -> Result<(), DomError> {
        self.put_take(record, false).await
    }

    /// The same for a take that has ended: where the disk is full the reserve is used, and where that
    /// fails, too, the record is held as long as the page is there.
    pub async fn keep(&self, record: &Record) -> Result<(), DomError> {
        self.put_take(record, true).await
    }

    async fn put_take(&self, record: &Record, needed: bool) -> Result<(), DomError> {
        let record = js::object(&[
            ("id", record.id.as_str().into()),
            ("json", record.json.as_str().into()),
            ("picture", record.picture.clone().into()),
            ("head", record.head.as_deref().map(Uint8Array::from).into()),
        ]);
        let arguments = [("record", record), ("needed", needed.into())];
        self.ask("put", &arguments, &Array::new()).await.map(drop)
    }

    /// Gives a take a name; empty for none.
    pub async fn rename(&self, id: &str, name: &str) -> Result<(), DomError> {
        let arguments = [("id", id.into()), ("name", name.into())];
        self.ask("rename", &arguments, &Array::new())
            .await
            .map(drop)
    }

    /// Keeps what is known of a take's upload, over what was known before.
    pub async fn put_upload(&self, id: &str, json: &str) -> Result<(), DomError> {
        let record = js::object(&[("id", id.into()), ("json", json.into())]);
        let arguments = [("record", record)];
        self.ask("putUpload", &arguments, &Array::new())
            .await
            .map(drop)
    }

    async fn all(&self, kind: &str) -> Result<Array, DomError> {
        let arguments = [("kind", kind.into())];
        let found = self.ask("records", &arguments, &Array::new()).await?;
        Ok(Array::from(&found))
    }

    /// What is known of all uploads: the ids of their takes, and what was kept of them.
    pub async fn uploads(&self) -> Result<Vec<(String, String)>, DomError> {
        let found = self.all("uploads").await?;
        let read = |upload| Some((js::text(&upload, "id")?, js::text(&upload, "json")?));
        Ok(found.iter().filter_map(read).collect())
    }

    /// All records.
    pub async fn records(&self) -> Result<Vec<Record>, DomError> {
        let found = self.all("takes").await?;
        Ok(found
            .iter()
            .filter_map(|record| {
                Some(Record {
                    id: js::text(&record, "id")?,
                    json: js::text(&record, "json")?,
                    picture: js::get(&record, "picture").dyn_into().ok(),
                    head: js::get(&record, "head")
                        .dyn_into::<Uint8Array>()
                        .ok()
                        .map(|head| head.to_vec()),
                    name: js::text(&record, "name"),
                })
            })
            .collect())
    }
}

fn upload_of(id: &str) -> String {
    [id, ".upload"].concat()
}

fn to_js(patch: &Patch) -> JsValue {
    js::object(&[
        ("offset", (patch.offset as f64).into()),
        ("bytes", Uint8Array::from(patch.bytes.as_ref()).into()),
    ])
}
