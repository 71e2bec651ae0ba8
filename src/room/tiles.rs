//! Everybody: a tile each, and shared screens large.

use super::{
    state::{Person, State},
    view::View,
};
use crate::components::{Button, El, Glyph, el, icon, text};
use callreel_engine::call::{Key, Standing, talk::REACTIONS};

/// What a tile shows.
struct Tile<'a> {
    /// Tells it from the others, and finds its stream.
    id: String,
    name: String,
    class: &'static str,
    has_picture: bool,
    speaks: bool,
    muted: bool,
    hand: bool,
    standing: Standing,
    mirrored: bool,
    initial: String,
    reaction: Option<&'a str>,
}

/// Everybody who is there.
pub fn tiles(view: &View) -> El {
    let words = view.words;
    let screens = screens(view);
    let mut people = vec![own(view)];
    people.extend(view.state.people.iter().map(|person| of(view, person)));
    let count = people.len();
    let mut tiles = el("div.tiles[id=tiles]");
    for tile in people {
        tiles = tiles.with(draw(view, tile));
    }
    let mut stage = el("div.screens");
    let has_screen = !screens.is_empty();
    for screen in screens {
        stage = stage.with(draw(view, screen));
    }
    let alone = (count == 1).then(|| {
        el("div.alone")
            .with(el("p").say(words.t("room.alone")))
            .with(
                Button::new(words.t("room.invite"), view.act(|room| room.copy_link()))
                    .glyph(Glyph::Copy)
                    .class("btn on-dark")
                    .view(),
            )
    });
    let records = view.state.own.recording.then(|| {
        el("span.chip rec")
            .say(words.t("room.rec"))
            .with(el("span.num[id=clock][role=timer]").set("aria-label", words.t("room.elapsed")))
    });
    let recorders = view.state.people.iter().filter(|p| p.status.recording);
    let names: Vec<String> = recorders.map(|person| view.name(&person.name)).collect();
    let others = (!names.is_empty()).then(|| {
        let names = names.join(words.t("room.and"));
        el("span.chip rec").text(words.with("room.records", &[("name", &names)]))
    });
    let flags = el("div.flags").maybe(records).maybe(others);
    el("section[part=people]")
        .class_if("people", has_screen, "with-screen")
        .set("aria-label", words.t("room.people"))
        .maybe(has_screen.then_some(stage))
        .with(tiles)
        .maybe(alone)
        .with(flags)
}

fn screens(view: &View) -> Vec<Tile<'static>> {
    let screen = |id: String, name: String| Tile {
        id,
        name,
        class: "tile screen",
        has_picture: true,
        speaks: false,
        muted: false,
        hand: false,
        standing: Standing::Connected,
        mirrored: false,
        initial: String::new(),
        reaction: None,
    };
    let shared = view.state.people.iter();
    let mut screens: Vec<_> = shared
        .filter(|person| person.status.screen)
        .map(|person| {
            let name = view.name(&person.name);
            let name = view.words.with("room.screen_of", &[("name", &name)]);
            screen(["s", &person.key.to_string()].concat(), name)
        })
        .collect();
    if view.state.own.screen.is_some() {
        screens.push(screen(
            "own-screen".into(),
            view.words.t("room.own_screen").into(),
        ));
    }
    screens
}

fn reaction(state: &State, of: Option<Key>) -> Option<&'static str> {
    let newest = state.reactions.iter().rev().find(|r| r.from == of)?;
    REACTIONS.get(newest.place).copied()
}

fn initial(name: &str) -> String {
    name.chars()
        .next()
        .map(|c| c.to_uppercase().collect())
        .unwrap_or_default()
}

fn own<'a>(view: &View) -> Tile<'a> {
    let own = &view.state.own;
    let name = view.name(&view.state.name);
    Tile {
        id: "own".into(),
        initial: initial(&name),
        name: view.words.with("room.you", &[("name", &name)]),
        class: "tile",
        has_picture: own.camera.is_some(),
        speaks: own.speaks,
        muted: !own.microphone_on || !own.has_microphone,
        hand: own.hand,
        standing: Standing::Connected,
        mirrored: own.mirrored,
        reaction: reaction(view.state, None),
    }
}

fn of<'a>(view: &View, person: &Person) -> Tile<'a> {
    let name = view.name(&person.name);
    Tile {
        id: ["p", &person.key.to_string()].concat(),
        initial: initial(&name),
        name,
        class: "tile",
        has_picture: person.status.camera && person.stream.is_some(),
        speaks: person.speaks,
        muted: !person.status.microphone,
        hand: person.status.hand,
        standing: person.standing,
        mirrored: false,
        reaction: reaction(view.state, Some(person.key)),
    }
}

fn draw(view: &View, tile: Tile) -> El {
    let words = view.words;
    let class = if tile.has_picture {
        "picture"
    } else {
        "picture unlit"
    };
    // Hidden by its class: an element that is not there would not be heard either.
    let video = el("video[autoplay][playsinline]")
        .class_if(class, tile.mirrored, "mirrored")
        .put("data-tile", tile.id.clone().into())
        .put("aria-label", tile.name.clone().into());
    let avatar =
        (!tile.has_picture).then(|| el("span.avatar[aria-hidden=true]").text(tile.initial));
    let standing = match tile.standing {
        Standing::Connected => None,
        Standing::Connecting => Some("room.connecting"),
        Standing::Wayless => Some("room.wayless"),
        Standing::Interrupted => Some("room.interrupted"),
    };
    let standing = standing.map(|key| el("p.glass standing[role=status]").say(words.t(key)));
    let sign = |on: bool, key: &'static str, glyph| {
        on.then(|| {
            el("span.sign[role=img]")
                .set("aria-label", words.t(key))
                .with(icon(glyph))
        })
    };
    let caption = el("figcaption.glass")
        .maybe(sign(
            tile.muted && tile.class == "tile",
            "room.is_muted",
            Glyph::MicrophoneOff,
        ))
        .maybe(sign(tile.hand, "room.is_raised", Glyph::Hand))
        .with(el("span.who").text(tile.name.clone()));
    let id = tile.id.clone();
    let full = view.act(move |room| room.toggle_full_screen(&id));
    let id = tile.id.clone();
    let small = view.act(move |room| room.toggle_small(&id));
    let mut tools = el("div.tile-tools").with(
        Button::new(words.t("room.full"), full)
            .icon(Glyph::Expand)
            .class("btn glass")
            .view(),
    );
    if tile.has_picture && callreel_browser::page::can_float() {
        tools = tools.with(
            Button::new(words.t("room.small"), small)
                .icon(Glyph::Small)
                .class("btn glass")
                .view(),
        );
    }
    let reaction = tile
        .reaction
        .map(|emoji| el("span.reaction[role=status]").child(text(emoji.into())));
    el("figure[part=tile]")
        .class_if(tile.class, tile.speaks, "speaks")
        .put("aria-label", tile.name.into())
        .with(video)
        .maybe(avatar)
        .maybe(standing)
        .maybe(reaction)
        .with(caption)
        .with(tools)
        .key(tile.id)
}
