//! How a socket begins (RFC 6455, section 4.2).

use axum::{
    body::Body,
    extract::Request,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use tungstenite::handshake::server::create_response_with_body;

use crate::{
    cross_origin,
    error::{Code, Error},
    server::Server,
};

/// The answer that opens a socket, for a page of an allowed origin or for a program.
///
/// # Errors
///
/// The answer to anything else.
pub fn accept(server: &Server, request: &Request) -> Result<Response, Box<Response>> {
    let headers = request.headers();
    // A browser lets any page open a socket to anywhere, so this is the place to ask.
    let origin = headers.get(header::ORIGIN);
    if origin.is_some_and(|origin| !cross_origin::is_trusted(server, origin, headers)) {
        return Err(Box::new(
            Error::from(Code::OriginNotAllowed).into_response(),
        ));
    }
    create_response_with_body(request, Body::empty).map_err(|_| {
        let needed = [(header::UPGRADE, "websocket")];
        let error = Error::new(Code::Malformed, "This address takes WebSockets alone.");
        Box::new((StatusCode::UPGRADE_REQUIRED, needed, error).into_response())
    })
}
