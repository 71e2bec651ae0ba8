//! Pages of other origins: which may use the API, and how a browser is told (the Fetch standard,
//! section 3.3).
//!
//! A request without an `Origin` does not come from another site's page, and passes on its key. A
//! page of another origin that the host did not allow can't change anything and can't read what
//! it asked for.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    error::{Code, Error},
    linger::linger,
    server::Server,
    tus,
};

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const REQUEST_HEADERS: &str = "Authorization, Content-Type, Range, If-Range, If-None-Match, \
    Tus-Resumable, Upload-Length, Upload-Offset, Upload-Defer-Length, Upload-Metadata, \
    Upload-Checksum, Upload-Concat, Upload-Token, X-HTTP-Method-Override, X-Requested-With, \
    X-Request-ID";
const ANSWER_HEADERS: &str = "Location, Tus-Resumable, Tus-Version, Tus-Extension, Tus-Max-Size, \
    Tus-Checksum-Algorithm, Upload-Length, Upload-Offset, Upload-Defer-Length, Upload-Metadata, \
    Upload-Expires, Accept-Ranges, Content-Range, Content-Length, Content-Disposition, ETag, \
    Retry-After";

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker<'r> {
    /// No page, or one that may do everything.
    Trusted(Option<&'r HeaderValue>),
    /// A page of an origin that may do nothing.
    Stranger,
}

/// Lets pages of allowed origins use the API, and keeps others from changing anything.
pub async fn guard(State(server): State<Server>, request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let asker = match &origin {
        None => Asker::Trusted(None),
        Some(origin) if is_trusted(&server, origin, request.headers()) => {
            Asker::Trusted(Some(origin))
        }
        Some(_) => Asker::Stranger,
    };
    let is_options = request.method() == Method::OPTIONS;
    let is_preflight = is_preflight(&request);
    let changes = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if asker == Asker::Stranger && (changes || is_preflight) {
        let (parts, body) = request.into_parts();
        linger(body, &parts.headers).await;
        return Error::from(Code::OriginNotAllowed).into_response();
    }
    let is_upload = tus::is_upload(request.uri().path());
    // What `/uploads` can do is in its own answer, which is good for a preflight too.
    let mut response = match is_preflight && !is_upload {
        true => StatusCode::NO_CONTENT.into_response(),
        false => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    if is_options {
        let max_age = HeaderValue::from_static("7200");
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, max_age);
        let list = HeaderValue::from_static;
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, list(METHODS));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, list(REQUEST_HEADERS));
    }
    if let Asker::Trusted(Some(origin)) = asker {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    if asker != Asker::Stranger {
        let list = HeaderValue::from_static(ANSWER_HEADERS);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, list);
    }
    response
}

/// Whether a browser asks what a page may ask (the Fetch standard, section 3.3.2).
pub fn is_preflight(request: &Request) -> bool {
    let asks = header::ACCESS_CONTROL_REQUEST_METHOD;
    request.method() == Method::OPTIONS && request.headers().contains_key(asks)
}

/// Whether an `Origin` is the server's own or one that the host allowed.
pub fn is_trusted(server: &Server, origin: &HeaderValue, request: &HeaderMap) -> bool {
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    let mut allowed = server.config.allow_origin.iter();
    is_own(origin, request) || allowed.any(|allowed| allowed.as_str() == origin)
}

/// Whether a page comes from where the request goes. The scheme is not compared: behind a proxy
/// that adds TLS, the server does not know its own.
fn is_own(origin: &str, request: &HeaderMap) -> bool {
    let host = origin
        .strip_prefix("https://")
        .or_else(|| origin.strip_prefix("http://"));
    // A page of another site can't add `X-Forwarded-Host` without asking in a preflight first.
    host.is_some_and(|host| hosts(request).any(|own| own.eq_ignore_ascii_case(host)))
}

fn hosts(request: &HeaderMap) -> impl Iterator<Item = &str> {
    [header::HOST.as_str(), "x-forwarded-host"]
        .into_iter()
        .filter_map(|name| request.get(name)?.to_str().ok())
}

/// The server's own address as the client sees it, such as `https://calls.example:8443`. None
/// where it can't be known: behind a proxy that does not tell.
pub fn own_address(request: &HeaderMap) -> Option<String> {
    let text = |name| {
        request
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    if let Some(origin) = text("origin") {
        if is_own(origin, request) {
            return Some(origin.to_owned());
        }
        text("x-forwarded-proto")?;
    }
    let scheme = match text("x-forwarded-proto") {
        None => "http",
        Some("https") => "https",
        Some("http") => "http",
        Some(_) => return None,
    };
    let host = text("x-forwarded-host").or(text("host"))?;
    let is_host = |c: char| c.is_ascii_alphanumeric() || ".-:[]_".contains(c);
    (!host.is_empty() && host.chars().all(is_host)).then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            let name = axum::http::HeaderName::from_static(name);
            (name, HeaderValue::from_static(value))
        });
        pairs.collect()
    }

    #[test]
    fn an_origin_is_own_where_it_is_asked() {
        let asked = headers(&[("host", "calls.example:8080")]);
        assert!(is_own("http://calls.example:8080", &asked));
        assert!(is_own("https://Calls.example:8080", &asked));
        for other in [
            "http://calls.example",
            "http://calls.example:8080.evil.example",
            "http://evil.example:8080",
            "null",
            "calls.example:8080",
            "file://",
        ] {
            assert!(!is_own(other, &asked), "{other}");
        }
        let forwarded = headers(&[
            ("host", "127.0.0.1:8080"),
            ("x-forwarded-host", "calls.example"),
        ]);
        assert!(is_own("https://calls.example", &forwarded));
    }

    #[test]
    fn the_own_address_is_what_the_client_sees() {
        for (pairs, address) in [
            (&[("host", "a:80")][..], Some("http://a:80")),
            (
                &[("host", "a"), ("x-forwarded-proto", "https")],
                Some("https://a"),
            ),
            (&[("host", "a"), ("origin", "https://a")], Some("https://a")),
            (&[("host", "a"), ("origin", "https://b")], None),
            (&[("host", "a/b?c")], None),
            (&[("host", "a"), ("x-forwarded-proto", "ftp")], None),
            (&[], None),
        ] {
            assert_eq!(
                own_address(&headers(pairs)).as_deref(),
                address,
                "{pairs:?}"
            );
        }
    }
}
