use std::path::Path;

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use callreel_protocol::{IcePolicy, IceServer, IceServers, PeerId};
use hmac::{Hmac, Mac as _};
use sha1::Sha1;

use super::look::is_invited;
use crate::{
    auth, clock::now_ms, config::Rooms, error::Result, server::Server, uploads::random_id,
};

/// How long a password for TURN is good, in seconds: longer than any call.
const TURN_PASSWORD: u64 = 24 * 3600;

/// The servers that participants look for a path with.
#[derive(Clone)]
pub struct Ice {
    fixed: Vec<IceServer>,
    turn: Option<Turn>,
    policy: IcePolicy,
}

/// Servers that know passwords by a secret they share with this one.
#[derive(Clone)]
struct Turn {
    urls: Vec<String>,
    secret: Hmac<Sha1>,
}

impl Ice {
    /// What the command line says.
    ///
    /// # Errors
    ///
    /// A text for the host where the secret can't be read, or where everything is to be relayed
    /// and nothing relays.
    pub fn new(config: &Rooms) -> Result<Self, String> {
        let turn = |file: &Path| {
            let secret = auth::secret_from(file)?;
            Ok::<_, String>(Turn {
                urls: config.turn.iter().map(|url| url.0.clone()).collect(),
                secret: Hmac::new_from_slice(secret.as_bytes())
                    .expect("HMAC takes keys of any length"),
            })
        };
        let turn = config.turn_secret_file.as_deref().map(turn).transpose()?;
        let ice = Self {
            fixed: config
                .ice_server
                .iter()
                .map(|flag| flag.0.clone())
                .collect(),
            turn: turn.filter(|turn| !turn.urls.is_empty()),
            policy: config.ice_policy.into(),
        };
        let relays = ice.turn.is_some() || ice.fixed.iter().any(|it| it.credential.is_some());
        if ice.policy == IcePolicy::Relay && !relays {
            return Err(
                "--ice-policy relay needs a TURN server: --turn, or --ice-server \
                        turn:HOST,USER,PASSWORD"
                    .into(),
            );
        }
        Ok(ice)
    }

    /// For somebody who may join a room, at this time in ms since 1970.
    pub fn servers(&self, id: PeerId, now_ms: u64) -> IceServers {
        let turn = self.turn.iter().map(|turn| turn.server(id, now_ms));
        self.with_policy(self.fixed.iter().cloned().chain(turn).collect())
    }

    /// For anybody: those without a password.
    pub fn public(&self) -> IceServers {
        let public = self
            .fixed
            .iter()
            .filter(|server| server.credential.is_none());
        self.with_policy(public.cloned().collect())
    }

    fn with_policy(&self, ice_servers: Vec<IceServer>) -> IceServers {
        IceServers {
            ice_servers,
            ice_transport_policy: self.policy,
        }
    }
}

impl Turn {
    /// A user whose name says when it ends, and whose password is an HMAC of the name ("A REST API
    /// For Access To TURN Services", section 2.2; what coturn calls `use-auth-secret`).
    fn server(&self, id: PeerId, now_ms: u64) -> IceServer {
        let username = format!("{}:{id}", now_ms / 1000 + TURN_PASSWORD);
        let mac = self.secret.clone().chain_update(&username);
        IceServer {
            urls: self.urls.clone(),
            credential: Some(STANDARD.encode(mac.finalize().into_bytes())),
            username: Some(username),
        }
    }
}

impl std::fmt::Debug for Ice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ice")
    }
}

/// `GET /api/ice`. Passwords are for those who may join a room: everybody, unless the host signs
/// tokens.
pub async fn ice(State(server): State<Server>, headers: HeaderMap) -> Result<Response> {
    let servers = match is_invited(&server, &headers, None) {
        true => {
            let id = PeerId::from_bytes(*random_id()?.as_bytes());
            server.rooms.ice.servers(id, now_ms())
        }
        false => server.rooms.ice.public(),
    };
    let body = serde_json::to_string(&servers).expect("our own types are always JSON");
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, body).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_made_as_turn_servers_make_it() {
        // The same by `openssl dgst -sha1 -hmac north -binary`, and base64.
        let turn = Turn {
            urls: vec!["turn:a".into()],
            secret: Hmac::new_from_slice(b"north").expect("HMAC takes keys of any length"),
        };
        let server = turn.server(PeerId::from_bytes([0; 16]), 1_000_000_000_999);
        assert_eq!(
            server.username.as_deref(),
            Some("1000086400:00000000000000000000000000000000")
        );
        assert_eq!(
            server.credential.as_deref(),
            Some("1VJkTR37UoLH7aFqwsJK8ZdT43Q=")
        );
    }
}
