//! What pages of other sites can do: nothing, unless the host allows them.

use crate::{
    rights::start,
    support::{Response, Server, owner::TUS},
};

fn from(server: &Server, origin: &str, method: &str, path: &str) -> Response {
    let origin = format!("Origin: {origin}");
    let headers = [
        origin.as_str(),
        "Authorization: Bearer ann",
        TUS,
        "Upload-Length: 1",
    ];
    server.send(method, path, &headers, b"")
}

#[test]
fn a_page_of_another_site_can_do_nothing() {
    let (_folder, server) = start(&["--allow-origin", "https://friend.example"]);
    let id = server.owner("ann").upload(b"one", &[]);
    let own = format!("http://{}", server.address);
    for stranger in [
        "https://evil.example",
        "null",
        &format!("{own}.evil.example"),
        "https://friend.example.evil.example",
        "http://friend.example",
    ] {
        for (method, path) in [
            ("POST", "/uploads".to_owned()),
            ("PATCH", format!("/uploads/{id}")),
            ("DELETE", format!("/uploads/{id}")),
            ("PATCH", format!("/api/recordings/{id}")),
            ("DELETE", format!("/api/recordings/{id}")),
            ("PUT", format!("/api/recordings/{id}/poster")),
        ] {
            let answer = from(&server, stranger, method, &path);
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (403, "origin_not_allowed"),
                "{stranger} {method}"
            );
            assert_eq!(answer.header("access-control-allow-origin"), "");
        }
        // It may ask, but its browser does not let it hear the answer.
        let answer = from(&server, stranger, "GET", "/api/recordings");
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
    for friend in [own.as_str(), "https://friend.example"] {
        let answer = from(&server, friend, "POST", "/uploads");
        assert_eq!(answer.status, 201, "{friend}");
        assert_eq!(answer.header("access-control-allow-origin"), friend);
        for header in [
            "Location",
            "Upload-Offset",
            "Tus-Resumable",
            "Upload-Expires",
        ] {
            assert!(
                answer
                    .header("access-control-expose-headers")
                    .contains(header),
                "{header}"
            );
        }
    }
    assert_eq!(server.owner("ann").list("")["total"], 3);
}

#[test]
fn a_preflight_tells_what_an_allowed_page_may_send() {
    // With the port that browsers leave out.
    let (_folder, server) = start(&["--allow-origin", "https://friend.example:443"]);
    for path in [
        "/uploads",
        "/uploads/00000000000000000000000000000000",
        "/api/recordings",
        "/api/recordings/00000000000000000000000000000000",
    ] {
        let asks = [
            "Access-Control-Request-Method: PATCH",
            "Access-Control-Request-Headers: authorization",
        ];
        let ask = |origin: &str| {
            server.request(
                "OPTIONS",
                path,
                &[&format!("Origin: {origin}"), asks[0], asks[1]],
            )
        };
        let answer = ask("https://friend.example");
        assert_eq!(answer.status, 204, "{path}");
        assert_eq!(
            answer.header("access-control-allow-origin"),
            "https://friend.example"
        );
        assert!(
            answer
                .header("access-control-allow-methods")
                .contains("PATCH")
        );
        for header in [
            "Authorization",
            "Tus-Resumable",
            "Upload-Offset",
            "Upload-Metadata",
            "Upload-Checksum",
            "Content-Type",
        ] {
            assert!(
                answer
                    .header("access-control-allow-headers")
                    .contains(header),
                "{header}"
            );
        }
        assert_eq!(answer.header("access-control-allow-credentials"), "");
        assert_eq!(ask("https://evil.example").status, 403);
    }
}
