use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use callreel_protocol::RoomView;

use super::names;
use crate::{
    auth::{self, Caller},
    clock::now_ms,
    error::{Code, Result},
    segment::Segment,
    server::Server,
};

/// `GET /api/rooms/{name}`: who is inside, for those who may join. A room in which nobody is looks
/// like one that never was.
pub async fn look(
    State(server): State<Server>,
    Segment(name): Segment,
    headers: HeaderMap,
) -> Result<Response> {
    let name = names::room(&name)?;
    if !is_invited(&server, &headers, Some(name)) {
        return Err(Code::JoinTokenNeeded.into());
    }
    let view = RoomView {
        room: name.to_owned(),
        people: server.rooms.names(name),
        max_peers: server.rooms.max_peers(),
    };
    let body = serde_json::to_string(&view).expect("our own types are always JSON");
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, body).into_response())
}

/// Whether the caller may join this room, or any: everybody, unless the host signs tokens.
pub fn is_invited(server: &Server, headers: &HeaderMap, room: Option<&str>) -> bool {
    let Some(host) = &server.keys.host else {
        return true;
    };
    let token = auth::bearer(headers, auth::MAX_TOKEN).unwrap_or_default();
    let claims = host.verify(token, now_ms());
    let own = claims.and_then(|claims| claims.room);
    own.is_some_and(|own| room.is_none_or(|room| own == room))
        || matches!(server.keys.caller(headers), Caller::Admin(_))
}
