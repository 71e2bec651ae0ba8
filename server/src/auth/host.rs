use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use serde::Deserialize;
use sha2::Sha256;

/// What the host signs tokens with.
#[derive(Clone)]
pub struct HostSecret(Hmac<Sha256>);

/// What a token says (RFC 7519, section 4.1); what it says besides is for others.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct TokenClaims {
    /// When it ends, in seconds since 1970. A token without an end is none.
    exp: f64,
    /// When it begins.
    #[serde(default)]
    nbf: f64,
    /// The room that it opens; none opens none.
    pub room: Option<String>,
    /// Who the person is.
    pub name: Option<String>,
    /// What the person is there.
    pub role: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

impl HostSecret {
    /// A secret of these bytes.
    pub fn new(secret: &str) -> Self {
        let mac = Hmac::new_from_slice(secret.as_bytes());
        Self(mac.expect("HMAC takes keys of any length"))
    }

    /// What a token says (JWT in compact form, HS256: RFC 7515 section 7.1, RFC 7518 section
    /// 3.2), at this time in ms since 1970. None where it is forged, malformed, too old or too
    /// young.
    pub fn verify(&self, token: &str, now_ms: u64) -> Option<TokenClaims> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let mac = self.0.clone().chain_update(signed);
        mac.verify_slice(&signature).ok()?;
        // The server names the algorithm, never the token: there is only this one.
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        if header.alg != "HS256" {
            return None;
        }
        let claims = URL_SAFE_NO_PAD.decode(claims).ok()?;
        let claims: TokenClaims = serde_json::from_slice(&claims).ok()?;
        let now = now_ms as f64 / 1000.0;
        (claims.nbf <= now && now < claims.exp).then_some(claims)
    }
}

impl std::fmt::Debug for HostSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HostSecret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(secret: &str, header: &str, claims: &str) -> String {
        let signed = [header, claims]
            .map(|part| URL_SAFE_NO_PAD.encode(part))
            .join(".");
        let mac = HostSecret::new(secret).0.chain_update(&signed);
        format!(
            "{signed}.{}",
            URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
        )
    }

    #[test]
    fn a_signed_token_is_good_until_it_ends() {
        let secret = HostSecret::new("a secret of the host");
        let header = r#"{"alg":"HS256","typ":"JWT"}"#;
        let token = sign(
            "a secret of the host",
            header,
            r#"{"exp":2000,"nbf":1000,"room":"a"}"#,
        );
        assert!(secret.verify(&token, 1_500_000).is_some());
        assert!(secret.verify(&token, 2_000_000).is_none());
        assert!(secret.verify(&token, 999_000).is_none());
        for (key, header, claims) in [
            ("another secret of a host", header, r#"{"exp":2000}"#),
            (
                "a secret of the host",
                r#"{"alg":"none"}"#,
                r#"{"exp":2000}"#,
            ),
            (
                "a secret of the host",
                r#"{"alg":"HS512"}"#,
                r#"{"exp":2000}"#,
            ),
            ("a secret of the host", header, r#"{"room":"a"}"#),
            ("a secret of the host", header, "[]"),
        ] {
            assert!(
                secret
                    .verify(&sign(key, header, claims), 1_000_000)
                    .is_none(),
                "{claims}"
            );
        }
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for token in [
            "",
            ".",
            "..",
            "a.b",
            "a.b.c",
            "eyJhbGciOiJub25lIn0.eyJleHAiOjF9.",
        ] {
            assert!(
                HostSecret::new("a secret of the host")
                    .verify(token, 0)
                    .is_none(),
                "{token}"
            );
        }
    }
}
