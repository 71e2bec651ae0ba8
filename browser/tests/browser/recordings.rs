//! The list of recordings, whoever answers.

use callreel_browser::recordings::{Refused, Server};
use wasm_bindgen_test::wasm_bindgen_test;

/// Whoever answers everything with the same.
fn somebody(answer: &str) -> Server {
    Server {
        base: ["data:", answer, "#"].concat(),
        key: String::new(),
    }
}

#[wasm_bindgen_test]
async fn an_answer_that_says_nothing_is_none() {
    for answer in [
        "text/html,<p>hello",
        "application/json,{\"recor",
        "application/json,null",
    ] {
        let server = somebody(answer);
        let listed = server.list("", "-created", None).await;
        assert!(matches!(listed, Err(Refused::Unreachable(_))), "{listed:?}");
        let got = server.get("x", None).await;
        assert!(matches!(got, Err(Refused::Unreachable(_))), "{got:?}");
    }
    let listed = somebody("application/json,{}")
        .list("", "-created", None)
        .await;
    assert!(matches!(listed, Err(Refused::Unreachable(_))), "{listed:?}");
    let empty = somebody("application/json,{\"recordings\":[]}");
    assert!(empty.list("", "-created", None).await.is_ok());
}
