//! Tokens of a host.

use anyhow::Result;
use serde_json::{Value, json};

use crate::page::Page;

const SIGN: &str = r"
    const url = bytes => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    const encode = text => new TextEncoder().encode(text);
    const algorithm = { name: 'HMAC', hash: 'SHA-256' };
    const key = await crypto.subtle.importKey('raw', encode(arg.secret), algorithm, false, ['sign']);
    const claims = { ...arg.claims, exp: Math.floor(Date.now() / 1000) + 60 };
    const signed = [{ alg: 'HS256', typ: 'JWT' }, claims].map(part => url(encode(JSON.stringify(part)))).join('.');
    const mac = await crypto.subtle.sign(algorithm, key, encode(signed));
    return `${signed}.${url(new Uint8Array(mac))}`";

/// A token as a host's program signs it (RFC 7515, appendix A.1), good for a minute; a page of the
/// server does it.
pub async fn host_token(page: &Page, secret: &str, claims: &Value) -> Result<String> {
    let arg = json!({ "secret": secret, "claims": claims });
    page.eval_with(SIGN, &arg).await
}
