//! The built app, carried inside the binary.

use std::{collections::HashMap, sync::Arc};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::error::{Code, Error};

/// Said at `/` by a server that was built without the app.
const NOT_BUILT: &str = "This callreel was built without its app: run `cargo xtask start`, or \
                         `trunk build` and then `cargo build`, to have it here.\n";

/// A year: as long as caches are asked to keep a file whose name changes with its content.
const FOREVER: &str = "public, max-age=31536000, immutable";

struct EmbeddedFile {
    path: &'static str,
    bytes: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

static FILES: &[EmbeddedFile] = &include!(concat!(env!("OUT_DIR"), "/app.rs"));

/// The app's files by path, `index.html` among them when the app was built.
#[derive(Clone)]
pub struct App(Arc<HashMap<&'static str, Asset>>);

struct Asset {
    file: &'static EmbeddedFile,
    content_type: &'static str,
    cache_control: &'static str,
    /// Hash of the uncompressed bytes; the encoding's name is added to make the entity tag.
    hash: String,
}

impl App {
    /// The app inside this binary.
    pub fn embedded() -> Self {
        Self(Arc::new(
            FILES
                .iter()
                .map(|file| (file.path, Asset::new(file)))
                .collect(),
        ))
    }

    /// The app's pages.
    pub fn pages(&self) -> impl Iterator<Item = &'static str> {
        let pages = self.0.iter().filter(|(path, _)| path.ends_with(".html"));
        pages.filter_map(|(_, asset)| std::str::from_utf8(asset.file.bytes).ok())
    }
}

impl Asset {
    fn new(file: &'static EmbeddedFile) -> Self {
        Self {
            file,
            content_type: content_type(file.path),
            cache_control: if is_hashed(file.path) || is_versioned(file.path) {
                FOREVER
            } else {
                "no-cache"
            },
            hash: URL_SAFE_NO_PAD.encode(&Sha256::digest(file.bytes)[..16]),
        }
    }

    fn answer(&self, request: &HeaderMap) -> Response {
        let (encoding, bytes) = self.choose_encoding(request);
        let suffix = encoding.map(|name| format!("-{name}")).unwrap_or_default();
        let etag = format!("\"{}{suffix}\"", self.hash);
        let is_known = request
            .get(header::IF_NONE_MATCH)
            .is_some_and(|known| matches(known, &etag));
        let body = if is_known {
            Body::empty()
        } else {
            Body::from(bytes)
        };

        let mut response = Response::new(body);
        let headers = response.headers_mut();
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static(self.cache_control),
        );
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if is_for_others(self.file.path) {
            let everybody = HeaderValue::from_static("*");
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, everybody);
            let policy = HeaderName::from_static("cross-origin-resource-policy");
            headers.insert(policy, HeaderValue::from_static("cross-origin"));
        }
        headers.insert(
            header::ETAG,
            HeaderValue::from_str(&etag).expect("an entity tag is base64 and an encoding's name"),
        );
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(self.content_type),
        );
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    }

    /// The smallest form the client takes.
    fn choose_encoding(&self, request: &HeaderMap) -> (Option<&'static str>, &'static [u8]) {
        let forms = [("br", self.file.brotli), ("gzip", self.file.gzip)];
        forms
            .into_iter()
            .filter_map(|(name, bytes)| Some((name, bytes?)))
            .find(|(name, _)| accepts_encoding(request, name))
            .map_or((None, self.file.bytes), |(name, bytes)| (Some(name), bytes))
    }
}

/// Answers whatever no other route took: a file of the app, or its page for a path the app's own
/// router knows, or an error.
pub async fn serve(
    State(app): State<App>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return Error::from(Code::MethodNotAllowed).into_response();
    }
    let path = uri.path().trim_start_matches('/');
    // A lookup, not a walk: a path with `..` in it is just a name that is not there.
    if let Some(asset) = app.0.get(path) {
        return asset.answer(&headers);
    }
    let page = folder_of(path).and_then(|folder| app.0.get(&*format!("{folder}/index.html")));
    // What is a page for certain is one for every program, such as those that show a preview of a
    // link; anything else is one for whoever asks for pages.
    let is_page = match page {
        Some(_) => !is_file(path),
        None => path.is_empty() || is_page(path, &headers),
    };
    if !is_page {
        return Error::from(Code::NotFound).into_response();
    }
    match page.or_else(|| app.0.get("index.html")) {
        Some(asset) => asset.answer(&headers),
        None => (StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT).into_response(),
    }
}

/// The folder that has the page of a path: a recording is watched on the library's.
fn folder_of(path: &str) -> Option<&str> {
    match path.split('/').next() {
        Some("watch") => Some("library"),
        other => other,
    }
}

/// Whether a path may be one of the app's own pages: what a person opens, not what a program asks
/// of the API, and not a file that went missing.
fn is_page(path: &str, headers: &HeaderMap) -> bool {
    let is_api = path == "api" || path.starts_with("api/");
    let accepts_html = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("text/html"));
    accepts_html && !is_api && !is_file(path)
}

/// Whether a path looks like a file's. A room may have a dot in its name.
fn is_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    !path.starts_with("room/") && name.contains('.')
}

/// Trunk writes a hash of 64 bits in hexadecimal into the names of files it may change.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split(['-', '_', '.']).any(|part| {
        (13..=16).contains(&part.len())
            && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Whether a file is what other people's pages load.
fn is_for_others(path: &str) -> bool {
    path.starts_with("embed/")
}

/// What other pages load is in a folder whose name changes with any of its files; the pages about it
/// are in one that stays.
fn is_versioned(path: &str) -> bool {
    let folder = path
        .strip_prefix("embed/")
        .and_then(|rest| rest.split_once('/'));
    folder.is_some_and(|(folder, _)| folder != "docs")
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" | "md" | "yml" => "text/plain; charset=utf-8",
        "d.ts" | "ts" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether `Accept-Encoding` (RFC 9110, section 12.5.3) takes a coding: named or covered by `*`,
/// and not refused by a weight of zero.
fn accepts_encoding(request: &HeaderMap, coding: &str) -> bool {
    let mut by_star = false;
    for value in request.get_all(header::ACCEPT_ENCODING) {
        for item in value.to_str().unwrap_or_default().split(',') {
            let mut parts = item.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let weight = parts
                .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
                .map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
            if name.eq_ignore_ascii_case(coding) {
                return weight > 0.0;
            }
            by_star |= name == "*" && weight > 0.0;
        }
    }
    by_star
}

/// Whether an `If-None-Match` header (RFC 9110, section 13.1.2) names this entity tag, by the weak
/// comparison it asks for.
fn matches(known: &HeaderValue, etag: &str) -> bool {
    known
        .to_str()
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn names_with_a_hash_are_told_from_names_without() {
        for hashed in [
            "callreel-app-71b1fcd9d2ec0a5e.js",
            "callreel-app-71b1fcd9d2ec0a5_bg.wasm",
            "a/style-0123456789abcdef.css",
        ] {
            assert!(is_hashed(hashed), "{hashed}");
        }
        for plain in [
            "index.html",
            "vault-worker.js",
            "snippets/callreel-71b1fcd9d2ec0a5e/inline0.js",
            "favicon.svg",
        ] {
            assert!(!is_hashed(plain), "{plain}");
        }
    }

    #[test]
    fn what_other_pages_load_first_keeps_its_address_and_is_asked_for_again() {
        assert!(is_for_others("embed/recorder.js") && !is_versioned("embed/recorder.js"));
        assert!(is_versioned("embed/0.1.0-0123456789abcdef/recorder.js"));
        assert!(!is_versioned("embed/docs/room.html"));
        assert!(!is_for_others("index.html") && !is_versioned("room/index.html"));
    }

    #[test]
    fn encodings_are_negotiated() {
        let accepts =
            |value, coding| accepts_encoding(&headers(header::ACCEPT_ENCODING, value), coding);
        assert!(accepts("gzip, deflate, br, zstd", "br"));
        assert!(accepts("br;q=0.5", "br"));
        assert!(accepts("*", "br"));
        assert!(!accepts("br;q=0, *", "br"));
        assert!(!accepts("gzip", "br"));
        assert!(!accepts("", "gzip"));
        assert!(!accepts_encoding(&HeaderMap::new(), "br"));
    }

    #[test]
    fn entity_tags_are_compared_weakly() {
        let known = HeaderValue::from_static("\"a\", W/\"b\"");
        assert!(matches(&known, "\"a\""));
        assert!(matches(&known, "\"b\""));
        assert!(!matches(&known, "\"c\""));
        assert!(matches(&HeaderValue::from_static("*"), "\"c\""));
    }

    #[test]
    fn only_what_a_person_opens_is_a_page() {
        let html = headers(header::ACCEPT, "text/html,application/xhtml+xml,*/*;q=0.8");
        assert!(is_page("takes/abc", &html));
        assert!(!is_page("api/recordings", &html));
        assert!(!is_page("assets/gone.js", &html));
        assert!(!is_page("takes/abc", &headers(header::ACCEPT, "*/*")));
    }
}
