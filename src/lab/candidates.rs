//! Candidates, taken apart.

use super::{
    state::Found,
    view::{View, ms},
};
use crate::components::{El, el};
use callreel_engine::ice::{Kind, Priority};

/// Candidates as they came, or the sentence that says that none did.
pub fn candidates(view: &View, found: &[Found], none: &'static str) -> El {
    if found.is_empty() {
        return el("p.small quiet").say(none);
    }
    let mut list = el("ol.candidates");
    for candidate in found {
        list = list.with(line(view, candidate));
    }
    list
}

fn line(view: &View, found: &Found) -> El {
    let at = el("span.num small quiet at").text(ms(found.at_ms));
    let Some(read) = &found.read else {
        return el("li")
            .with(el("code").text(found.raw.candidate.clone()))
            .with(at);
    };
    let mut protocol = read.transport.clone();
    if let Some(kind) = &read.tcp_type {
        protocol = [&protocol, " ", kind].concat();
    }
    let mid = found.raw.sdp_mid.as_ref().filter(|mid| !mid.is_empty());
    let mid = mid.map(|mid| el("code.quiet").text(["mid ", mid].concat()));
    let related = read.related.as_ref().map(|(address, port)| {
        let place = place(address, *port);
        el("p.small quiet").text(view.words.with("lab.related", &[("address", &place)]))
    });
    el("li")
        .put("title", found.raw.candidate.clone().into())
        .with(
            el("div.candidate")
                .with(kind(view, &read.kind))
                .with(el("code.address").text(place(&read.address, read.port)))
                .with(el("code").text(protocol))
                .maybe(mid)
                .with(at),
        )
        .with(el("p.small quiet num").text(sum(read.priority)))
        .maybe(related)
}

/// The priority with the sum that it is (RFC 8445, section 5.1.2.1).
fn sum(priority: Priority) -> String {
    let Priority(value) = priority;
    [
        &value.to_string(),
        " = 2²⁴ × ",
        &priority.type_preference().to_string(),
        " + 2⁸ × ",
        &priority.local_preference().to_string(),
        " + (256 − ",
        &priority.component().to_string(),
        ")",
    ]
    .concat()
}

fn kind(view: &View, kind: &Kind) -> El {
    let (class, key) = match kind {
        Kind::Host => ("chip mono", "kind.host"),
        Kind::ServerReflexive => ("chip ok mono", "kind.srflx"),
        Kind::PeerReflexive => ("chip ok mono", "kind.prflx"),
        Kind::Relayed => ("chip warn mono", "kind.relay"),
        Kind::Other(_) => ("chip mono", "kind.other"),
    };
    el("span")
        .class(class)
        .set("title", view.words.of(key, ""))
        .text(kind.name().to_owned())
}

/// An address and a port; IPv6 in brackets (RFC 3986, section 3.2.2).
fn place(address: &str, port: u16) -> String {
    let port = port.to_string();
    match address.bytes().any(|byte| byte == b':') {
        true => ["[", address, "]:", &port].concat(),
        false => [address, ":", &port].concat(),
    }
}
