//! The list: what there is, looked for and put in order.

use super::{
    controller::failed,
    state::{Over, Sort, Standing},
    view::View,
};
use crate::{
    components::{Button, Choice, El, Glyph, Note, Select, Tone, el, icon, list, nothing, text},
    routes::Route,
    when::moment,
};
use callreel_browser::recordings::Recording;
use callreel_engine::names::{clock_text, human_size};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The page while no recording is open.
pub fn library(view: &View) -> El {
    let is_searching = !view.state.query.is_empty();
    let has_list = view.state.standing == Standing::Ready
        && (is_searching || !view.state.page.recordings.is_empty());
    el("main.library[id=main]")
        .with(head(view))
        .maybe(has_list.then(|| tools(view)))
        .child(body(view, is_searching))
}

fn head(view: &View) -> El {
    let words = view.words;
    let page = &view.state.page;
    let count = match page.total as u64 {
        1 => words.t("library.one").to_owned(),
        count => words.with("library.count", &[("count", &count.to_string())]),
    };
    let values = [
        ("count", &*count),
        ("used", &human_size(page.used as u64).text()),
        (
            "limit",
            &human_size(page.limit.unwrap_or(0.0) as u64).text(),
        ),
    ];
    let used = match page.limit {
        _ if view.state.standing != Standing::Ready => String::new(),
        Some(_) => words.with("library.used_of", &values),
        None => words.with("library.used", &values),
    };
    let key = view.act(|library| library.show(Some(Over::Key)));
    let key = Button::new(words.t("key.title"), key).glyph(Glyph::Key);
    el("div.head")
        .with(el("h1").say(words.t(Route::Library.name())))
        .with(el("span.quiet small num[role=status]").text(used))
        .with(el("span.grow"))
        .with(key.class("btn quiet").view())
}

fn tools(view: &View) -> El {
    let words = view.words;
    let library = view.library.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        library.search(input.value());
    });
    let search = el("input.input search[type=search][autocomplete=off]")
        .set("aria-label", words.t("library.search"))
        .set("placeholder", words.t("library.search"))
        .oninput(oninput);
    let orders = Sort::ALL.map(|sort| Choice::fixed(sort.id(), words.of("sort.", sort.id())));
    let library = view.library.clone();
    let order = Callback::from(move |id: String| {
        library.update(|state| state.sort = Sort::from_id(&id).unwrap_or_default());
        library.load();
    });
    let sort = Select::new(
        words.t("library.sort").into(),
        view.state.sort.id().into(),
        orders.into(),
    );
    el("div.tools").with(search).with(sort.silent().view(order))
}

fn body(view: &View, is_searching: bool) -> Html {
    let words = view.words;
    let again = || {
        let again = view.act(|library| library.load());
        Button::new(words.t("library.again"), again).class("btn primary")
    };
    match &view.state.standing {
        Standing::Loading => empty(words.t("library.loading"), "", None).into(),
        Standing::NoKey => nothing_yet(view),
        Standing::Failed(refused) => {
            let said = failed(refused);
            let why = view.say(said.key, &said.with);
            empty(words.t("library.failed"), &why, Some(again().view())).into()
        }
        Standing::Ready if view.state.page.recordings.is_empty() => match is_searching {
            true => empty(
                words.t("library.none_found"),
                words.t("library.none_found.body"),
                None,
            )
            .into(),
            false => nothing_yet(view),
        },
        Standing::Ready => cards(view),
    }
}

fn nothing_yet(view: &View) -> Html {
    let words = view.words;
    let studio = el("a.btn primary")
        .put("href", Route::Library.to(Route::Studio).into())
        .say(words.t("library.to_studio"));
    empty(
        words.t("library.empty"),
        words.t("library.empty.body"),
        Some(studio),
    )
    .into()
}

fn empty(title: &'static str, body: &str, way: Option<El>) -> El {
    el("div.empty[role=status]")
        .with(el("span.badge").with(icon(Glyph::Film)))
        .with(el("strong").say(title))
        .with(el("p.quiet small").child(text(body.to_owned().into())))
        .maybe(way)
}

fn cards(view: &View) -> Html {
    let mut cards = el("ul.recordings");
    for recording in &view.state.page.recordings {
        cards = cards.with(card(view, recording));
    }
    let more = view.state.page.next.is_some().then(|| {
        let more = view.act(|library| library.load_more());
        let label = view.words.t("library.more");
        let more = Button::new(label, more).disabled(view.state.is_more_coming);
        el("div.more").with(more.view()).into()
    });
    let kept = view
        .state
        .page
        .recordings
        .iter()
        .any(|one| one.kept_until.is_some());
    let kept = kept.then(|| Note::new(Tone::Info, view.words.t("library.kept").to_owned()).view(0));
    list(
        [
            kept.unwrap_or_else(nothing),
            cards.into(),
            more.unwrap_or_else(nothing),
        ]
        .into(),
    )
}

/// What a recording is called.
pub fn title_of(view: &View, recording: &Recording) -> String {
    match recording.title.is_empty() {
        true => view.words.t("library.untitled").to_owned(),
        false => recording.title.clone(),
    }
}

fn card(view: &View, recording: &Recording) -> El {
    let title = title_of(view, recording);
    let words = view.words;
    let id = &recording.id;
    let share = view.act_on(id, |library, id| library.show(Some(Over::Share(id))));
    let delete = view.act_on(id, |library, id| library.delete(id));
    let icon = |key, act, glyph| {
        Button::new(words.t(key), act)
            .icon(glyph)
            .class("btn quiet")
    };
    let actions = el("div.actions")
        .with(icon("library.share", share, Glyph::Link).view())
        .with(download(view, recording))
        .with(icon("library.delete", delete, Glyph::Delete).view());
    el("li.recording")
        .key(id.clone())
        .put("aria-label", title.clone().into())
        .with(thumb(view, recording, &title))
        .with(title_line(view, recording, title))
        .with(facts(view, recording))
        .with(actions)
}

/// A link that downloads the recording.
pub fn download(view: &View, recording: &Recording) -> El {
    let joined = if recording.media_url.contains('?') {
        "&"
    } else {
        "?"
    };
    let url = [
        &*view.library.base(),
        &recording.media_url,
        joined,
        "download=1",
    ]
    .concat();
    el("a.btn quiet icon-only[download]")
        .put("href", url.into())
        .set("aria-label", view.words.t("library.download"))
        .set("title", view.words.t("library.download"))
        .with(icon(Glyph::Download))
}

fn thumb(view: &View, recording: &Recording, title: &str) -> El {
    let poster = [&*view.library.base(), &recording.poster_url].concat();
    let picture = el("img[alt][loading=lazy][decoding=async]").put("src", poster.into());
    let length = match recording.duration_ms {
        Some(ms) if recording.state != "recording" => Some(clock_text(ms)),
        _ => None,
    };
    let name = view.words.with("library.watch", &[("title", title)]);
    el("a.thumb")
        .put("href", Route::Library.to_recording(&recording.id).into())
        .put("aria-label", name.into())
        .maybe((!recording.poster_url.is_empty()).then_some(picture))
        .with(el("span.play").with(icon(Glyph::Play)))
        .maybe(length.map(|length| el("span.length num").text(length)))
}

/// Title, and the field that changes it.
pub fn title_line(view: &View, recording: &Recording, title: String) -> El {
    let line = el("div.title");
    if view.state.renaming.as_deref() == Some(&recording.id) {
        return line.with(title_input(view, recording));
    }
    let id = recording.id.clone();
    let begin = view.act(move |library| {
        library.update(|state| state.renaming = Some(id.clone()));
    });
    let rename = Button::new(view.words.t("library.rename"), begin).icon(Glyph::Rename);
    line.with(el("strong").put("title", title.clone().into()).text(title))
        .with(rename.class("btn quiet").view())
}

fn title_input(view: &View, recording: &Recording) -> El {
    let (library, id, old) = (
        view.library.clone(),
        recording.id.clone(),
        recording.title.clone(),
    );
    let end = Callback::from(move |input: Option<HtmlInputElement>| {
        let typed = input.map(|input| input.value());
        // Escape takes the field away, and losing the focus to that keeps nothing.
        let was_open = library.state().renaming.is_some();
        if let Some(typed) = typed.filter(|typed| was_open && typed.trim() != old) {
            library.rename(id.clone(), &typed);
        }
        library.update(|state| state.renaming = None);
    });
    let onkeydown = {
        let end = end.clone();
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            // A key that chooses a word of an input method is not meant for the field.
            _ if event.is_composing() => {}
            "Enter" => end.emit(Some(event.target_unchecked_into())),
            "Escape" => end.emit(None),
            _ => {}
        })
    };
    el("input.input title-input[type=text][maxlength=300]")
        .set("aria-label", view.words.t("library.new_title"))
        .put("value", recording.title.clone().into())
        .onkeydown(onkeydown)
        .onblur(end.reform(|event: FocusEvent| Some(event.target_unchecked_into())))
}

/// When, how large, who, and how it stands.
pub fn facts(view: &View, recording: &Recording) -> El {
    let words = view.words;
    let chip = match &*recording.state {
        "recording" => Some(("chip live", "library.live")),
        "interrupted" => Some(("chip warn", "library.interrupted")),
        _ => None,
    };
    let fact = |fact: String| (!fact.is_empty()).then(|| el("span").text(fact));
    let kept = recording
        .kept_until
        .map(|until| words.with("library.kept_until", &[("when", &moment(words, until))]));
    el("div.facts quiet small num")
        .maybe(chip.map(|(class, key)| el("span").class(class).say(words.t(key))))
        .maybe(fact(moment(words, recording.created_at)))
        .maybe(fact(human_size(recording.size as u64).text()))
        .maybe(fact(recording.participant.clone()))
        .maybe(fact(recording.room.clone()))
        .maybe(kept.and_then(fact))
}
