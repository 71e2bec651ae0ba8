//! The order in which an end would rather have codecs.

use super::view::View;
use crate::components::{El, Glyph, el, icon};
use callreel_engine::lab::Side;

/// The codecs for pictures, each with a button that moves it forward.
pub fn codecs(view: &View, side: Side) -> El {
    let words = view.words;
    let end = &view.state.ends[side as usize];
    let mut list = el("ol.order");
    for (at, mime) in end.codecs.iter().enumerate() {
        let name = short(mime);
        let label = words.with("lab.prefer", &[("codec", name), ("side", side.name())]);
        let forward = el("button.btn quiet icon-only[type=button]")
            .put("aria-label", label.clone().into())
            .put("title", label.into())
            .flag("disabled", at == 0)
            .onclick(view.act(move |lab| lab.update(|state| state.prefer(side, at))))
            .with(icon(Glyph::Up));
        list = list.with(
            el("li")
                .with(el("code").text(name.to_owned()))
                .with(forward)
                .key(mime.clone()),
        );
    }
    el("details.more")
        .with(
            el("summary")
                .with(el("h3").say(words.t("lab.codecs")))
                .with(el("span.quiet small").text(first(view, side))),
        )
        .with(el("p.small quiet").say(words.t("lab.codecs.body")))
        .with(list)
}

/// What is first, said beside the title.
fn first(view: &View, side: Side) -> String {
    let end = &view.state.ends[side as usize];
    let names: Vec<&str> = end.codecs.iter().map(|mime| short(mime)).collect();
    names.join(" · ")
}

fn short(mime: &str) -> &str {
    mime.rsplit('/').next().unwrap_or(mime)
}
