//! Headers that every answer carries, most of all the content security policy.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use crate::config::{Config, Origin};

const PERMISSIONS: &str = "camera=(self), microphone=(self), display-capture=(self), screen-wake-lock=(self), speaker-selection=(self)";

/// The headers for one configuration, built once at start.
#[derive(Clone, Debug)]
pub struct SecurityHeaders(Arc<[(HeaderName, HeaderValue)]>);

impl SecurityHeaders {
    /// Headers for an app that has these pages, as its host has configured it.
    pub fn new<'a>(pages: impl Iterator<Item = &'a str>, config: &Config) -> Self {
        let policy = content_security_policy(pages, &config.connect_origin, &config.allow_origin);
        let policy = HeaderValue::from_str(&policy)
            .expect("the policy is made of constants, base64 and origins, all visible ASCII");
        Self(Arc::new([
            (header::CONTENT_SECURITY_POLICY, policy),
            (
                header::X_CONTENT_TYPE_OPTIONS,
                HeaderValue::from_static("nosniff"),
            ),
            (
                header::REFERRER_POLICY,
                HeaderValue::from_static("no-referrer"),
            ),
            (
                HeaderName::from_static("permissions-policy"),
                HeaderValue::from_static(PERMISSIONS),
            ),
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                HeaderValue::from_static("same-origin"),
            ),
        ]))
    }
}

/// Adds the headers to an answer.
pub async fn apply(
    State(headers): State<SecurityHeaders>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in headers.0.iter() {
        response
            .headers_mut()
            .entry(name)
            .or_insert_with(|| value.clone());
    }
    response
}

fn content_security_policy<'a>(
    pages: impl Iterator<Item = &'a str>,
    servers: &[Origin],
    embedders: &[Origin],
) -> String {
    let scripts = pages.flat_map(inline_scripts);
    let hashes: BTreeSet<String> = scripts
        .map(|script| format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(script))))
        .collect();
    let hashes: String = hashes.into_iter().collect();
    let list = |origins: &[Origin]| -> String {
        let origins = origins.iter();
        origins
            .map(|origin| format!(" {}", origin.as_str()))
            .collect()
    };
    let servers = list(servers);
    let embedders = match embedders {
        [] => " 'none'".to_owned(),
        some => list(some),
    };
    format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'{hashes}; \
         img-src 'self' blob: data:{servers}; media-src 'self' blob:{servers}; \
         worker-src 'self'; connect-src 'self'{servers}; object-src 'none'; \
         base-uri 'self'; form-action 'self'; frame-ancestors{embedders}"
    )
}

/// The contents of the page's `<script>` elements that have no `src`, byte for byte, as a browser
/// hashes them. The page is our own build's, so no more of HTML is understood than it uses.
fn inline_scripts(html: &str) -> impl Iterator<Item = &str> {
    html.split("<script").skip(1).filter_map(|rest| {
        let (attributes, rest) = rest.split_once('>')?;
        let (script, _) = rest.split_once("</script")?;
        (!attributes.contains("src=") && !script.is_empty()).then_some(script)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inline_scripts_are_found_byte_for_byte() {
        let html = "<head><script src=\"/a.js\"></script><script type=\"module\">\nimport init;\n</script></head>\
                    <script></script><script>x > 1</script>";
        assert_eq!(
            inline_scripts(html).collect::<Vec<_>>(),
            ["\nimport init;\n", "x > 1"]
        );
    }

    #[test]
    fn a_policy_names_hash_and_embedders() {
        let origin: Origin = "https://example.org".parse().expect("it is an origin");
        let policy = content_security_policy(
            ["<script>alert('Hello, world.');</script>"].into_iter(),
            &[],
            &[origin],
        );
        // The hash of this very script is the example in the CSP specification, section 2.3.1.
        assert!(
            policy.contains(
                "'wasm-unsafe-eval' 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
            ),
            "{policy}"
        );
        assert!(
            policy.ends_with("frame-ancestors https://example.org"),
            "{policy}"
        );
    }

    #[test]
    fn pages_reach_the_servers_that_the_host_names() {
        let origin: Origin = "https://example.org".parse().expect("it is an origin");
        let policy = content_security_policy([].into_iter(), &[origin], &[]);
        for part in [
            "connect-src 'self'",
            "media-src 'self' blob:",
            "img-src 'self' blob: data:",
        ] {
            assert!(
                policy.contains(&format!("{part} https://example.org;")),
                "{policy}"
            );
        }
    }

    #[test]
    fn nobody_embeds_by_default() {
        assert!(
            content_security_policy([].into_iter(), &[], &[]).ends_with("frame-ancestors 'none'")
        );
    }
}
