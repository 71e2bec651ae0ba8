//! The recordings on a server (PROTOCOL.md, "Recordings").

use js_sys::{Array, Date, JSON};
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    DomError,
    http::{Answer, Request},
    js,
};

/// A server, and whose recordings are asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// The server's address without a slash at the end; empty for the page's own.
    pub base: String,
    /// The owner key.
    pub key: String,
}

/// A recording as the server tells of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recording {
    /// The id.
    pub id: String,
    /// The title, one line of text.
    pub title: String,
    /// Its type.
    pub mime: String,
    /// Bytes that are safe.
    pub size: f64,
    /// Ms, if known.
    pub duration_ms: Option<f64>,
    /// Ms since 1970 (UTC).
    pub created_at: f64,
    /// `recording`, `interrupted` or `complete`.
    pub state: String,
    /// The room it was made in.
    pub room: String,
    /// Who is in it.
    pub participant: String,
    /// Where it plays, on the server, with all that is needed to watch.
    pub media_url: String,
    /// Its picture.
    pub poster_url: String,
    /// Ms since 1970 (UTC) when the server deletes it, if it does.
    pub kept_until: Option<f64>,
}

impl Recording {
    fn of(value: &JsValue) -> Self {
        let text = |name| js::text(value, name).unwrap_or_default();
        let moment = |name| js::text(value, name).map(|text| Date::parse(&text));
        Self {
            id: text("id"),
            title: text("title"),
            mime: text("mime_type"),
            size: js::number(value, "size").unwrap_or(0.0),
            duration_ms: js::number(value, "duration_ms"),
            created_at: moment("created_at").unwrap_or(0.0),
            state: text("state"),
            room: text("room"),
            participant: text("participant"),
            media_url: text("media_url"),
            poster_url: text("poster_url"),
            kept_until: moment("kept_until"),
        }
    }
}

/// A page of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The recordings.
    pub recordings: Vec<Recording>,
    /// What to ask for the next page with.
    pub next: Option<String>,
    /// How many there are in all.
    pub total: f64,
    /// Bytes that all recordings of the owner take.
    pub used: f64,
    /// Bytes that they may take, if the server limits them.
    pub limit: Option<f64>,
}

/// Why the server did not do it.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// No answer, or none that says anything.
    Unreachable(DomError),
    /// An answer with this status and code.
    Answered(u16, String),
}

impl Server {
    fn request(&self, method: &str, path: &[&str]) -> Request {
        let request = Request::new(method, [&*self.base, &path.concat()].concat());
        match self.key.is_empty() {
            true => request,
            false => request.key(&self.key),
        }
    }

    /// Lists recordings. `query` is the words that title, room or participant contain; `sort` is
    /// `created`, `title`, `duration` or `size`, turned around by a `-` in front.
    pub async fn list(
        &self,
        query: &str,
        sort: &str,
        cursor: Option<&str>,
    ) -> Result<Page, Refused> {
        let encoded = |text: &str| String::from(js_sys::encode_uri_component(text));
        let mut path = ["/api/recordings?sort=", sort, "&q=", &encoded(query)].concat();
        if let Some(cursor) = cursor {
            path.push_str("&cursor=");
            path.push_str(&encoded(cursor));
        }
        let value = told(self.request("GET", &[&path])).await?;
        let storage = js::get(&value, "storage");
        let recordings = js::get(&value, "recordings").dyn_into::<Array>();
        let recordings = recordings.map_err(|_| untold())?;
        Ok(Page {
            recordings: recordings.iter().map(|one| Recording::of(&one)).collect(),
            next: js::text(&value, "next_cursor"),
            total: js::number(&value, "total").unwrap_or(0.0),
            used: js::number(&storage, "used").unwrap_or(0.0),
            limit: js::number(&storage, "limit"),
        })
    }

    /// One recording. `token` is a view token, for whoever has no key.
    pub async fn get(&self, id: &str, token: Option<&str>) -> Result<Recording, Refused> {
        let request = match token {
            Some(token) => self.request("GET", &["/recordings/", id, "?token=", token]),
            None => self.request("GET", &["/api/recordings/", id]),
        };
        told(request).await.map(|value| Recording::of(&value))
    }

    /// Gives a recording another title.
    pub async fn rename(&self, id: &str, title: &str) -> Result<Recording, Refused> {
        self.change(id, &js::object(&[("title", title.into())]))
            .await
    }

    /// Makes all links to a recording worthless. Its addresses are new ones from then on.
    pub async fn revoke_links(&self, id: &str) -> Result<Recording, Refused> {
        self.change(id, &js::object(&[("revoke_links", true.into())]))
            .await
    }

    async fn change(&self, id: &str, changes: &JsValue) -> Result<Recording, Refused> {
        let json = JSON::stringify(changes).map(String::from);
        let request = self.request("PATCH", &["/api/recordings/", id]);
        let request = request.json(&json.unwrap_or_default());
        told(request).await.map(|value| Recording::of(&value))
    }

    /// Deletes a recording; for a few minutes it can be [restored](Self::restore).
    pub async fn delete(&self, id: &str) -> Result<(), Refused> {
        let request = self.request("DELETE", &["/api/recordings/", id]);
        done(request).await.map(drop)
    }

    /// Takes a deletion back.
    pub async fn restore(&self, id: &str) -> Result<Recording, Refused> {
        let request = self.request("POST", &["/api/recordings/", id, "/restore"]);
        told(request).await.map(|value| Recording::of(&value))
    }
}

/// What the server tells in JSON.
async fn told(request: Request) -> Result<JsValue, Refused> {
    let value = done(request).await?.value().await;
    value.is_object().then_some(value).ok_or_else(untold)
}

/// An answer came to nothing: it broke off, or is not a Callreel server's.
fn untold() -> Refused {
    Refused::Unreachable(DomError::new("SyntaxError", "api"))
}

async fn done(request: Request) -> Result<Answer, Refused> {
    let answer = request.send().await.map_err(Refused::Unreachable)?;
    match answer.is_ok() {
        true => Ok(answer),
        false => Err(Refused::Answered(answer.status, answer.code().await)),
    }
}
