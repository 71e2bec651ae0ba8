//! The green room: how one will be seen and heard, before anybody does.

use super::{
    devices::{codec_select, device_select},
    embedder::Embedder,
    over::received,
    state::{Phase, State},
    view::View,
};
use crate::{
    components::{Button, El, Glyph, el, icon},
    refusals,
};
use callreel_engine::{devices::DeviceKind, failures::WayOut};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// The page before joining. `name` and `place` are its fields.
pub fn green(view: &View, name: &NodeRef, place: &NodeRef) -> El {
    view.main("green")
        .with(preview(view))
        .with(form(view, name, place))
        .maybe(received(view))
}

fn preview(view: &View) -> El {
    let (words, own) = (view.words, &view.state.own);
    let has_picture = own.camera.is_some();
    let video = el("video[autoplay][playsinline][data-tile=own]")
        .class(if own.mirrored { "mirrored" } else { "" })
        .set("aria-label", words.t("room.preview"))
        .flag("hidden", !has_picture);
    let opens = own.camera_opens || own.microphone_opens;
    let over = if opens && !(has_picture && own.has_microphone) {
        card(view, Glyph::Camera, "green.opening")
    } else if let Some((failure, source)) = &own.failure {
        refused(
            view,
            &refusals::explain(words, failure, *source),
            failure.ways_out(),
        )
    } else if !has_picture && !own.has_microphone {
        let open = Button::new(words.t("green.open"), view.act(|room| room.open_both()))
            .glyph(Glyph::Camera)
            .class("btn primary large");
        card(view, Glyph::Camera, "green.off").with(open.view())
    } else if !has_picture {
        card(view, Glyph::CameraOff, "green.no_picture")
    } else {
        el("span")
    };
    el("section.preview")
        .set("aria-label", words.t("room.preview"))
        .with(
            el("div.stage lit")
                .with(video)
                .with(over)
                .maybe(own.has_microphone.then(|| level(view)))
                .with(switches(view)),
        )
}

fn card(view: &View, glyph: Glyph, key: &'static str) -> El {
    el("div.card-on-stage[role=status]")
        .with(el("span.badge").with(icon(glyph)))
        .with(el("p").say(view.words.t(key)))
}

fn refused(view: &View, refusal: &refusals::Refusal, ways: &'static [WayOut]) -> El {
    let mut steps = el("ul");
    for step in &refusal.steps {
        steps = steps.with(el("li").text(step.clone()));
    }
    let mut buttons = el("div.ways");
    for way in ways {
        let key = match way {
            WayOut::TryAgain => "way.try_again",
            WayOut::ChooseOtherDevice => "way.choose_other",
            _ => continue,
        };
        let act = view.act(move |room| room.way_out(*way));
        let button = Button::new(view.words.t(key), act).class("btn primary");
        buttons = buttons.with(button.view());
    }
    let line = refusal.line.clone().map(|line| el("code").text(line));
    el("div.card-on-stage[role=alert]")
        .with(el("span.badge warn").with(icon(Glyph::Warning)))
        .with(el("h2").text(refusal.title.clone()))
        .with(el("p").text(refusal.body.clone()))
        .with(steps)
        .maybe(line)
        .with(buttons)
}

fn level(view: &View) -> El {
    let meter = el("div.meter[id=level][role=meter][aria-valuemin=0][aria-valuemax=100]")
        .set("aria-label", view.words.t("green.level"))
        .with(el("i"));
    el("div.over bottom-left").with(el("div.glass").with(icon(Glyph::Microphone)).with(meter))
}

/// Microphone and camera, on or off, as they will be on joining.
pub fn switches(view: &View) -> El {
    el("div.over bottom-right")
        .with(microphone(view).class("btn glass").view())
        .with(camera(view).class("btn glass").view())
}

/// Mutes the microphone, or opens it.
pub fn microphone(view: &View) -> Button {
    let own = &view.state.own;
    let (key, glyph) = if own.microphone_on && own.has_microphone {
        ("room.mute", Glyph::Microphone)
    } else {
        ("room.unmute", Glyph::MicrophoneOff)
    };
    view.icon(key, glyph, |room| room.toggle_microphone())
}

/// Turns the camera off or on.
pub fn camera(view: &View) -> Button {
    let (key, glyph) = if view.state.own.camera.is_some() {
        ("room.camera_off", Glyph::Camera)
    } else {
        ("room.camera_on", Glyph::CameraOff)
    };
    view.icon(key, glyph, |room| room.toggle_camera())
        // On it can always be turned off, even while another is being opened.
        .disabled(view.state.own.camera_opens && view.state.own.camera.is_none())
}

fn form(view: &View, name: &NodeRef, place: &NodeRef) -> El {
    let words = view.words;
    let State { phase, own, .. } = view.state;
    let entering = *phase == Phase::Entering;
    let join = {
        let (room, name, place) = (view.room.clone(), name.clone(), place.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let value = |field: &NodeRef| field.cast::<HtmlInputElement>().map(|f| f.value());
            let name = value(&name).unwrap_or_default();
            // Without that field the page has said which room it is.
            let place = value(&place).unwrap_or_else(|| room.state().room.clone());
            room.join(&place, &name);
        })
    };
    let button = el("button.btn primary large[type=submit]")
        .flag("disabled", entering)
        .with(el("span").say(words.t(if entering {
            "green.joining"
        } else {
            "green.join"
        })));
    let cancel = entering.then(|| {
        let act = view.act(|room| room.cancel());
        Button::new(words.t("green.cancel"), act)
            .class("btn large")
            .view()
    });
    let opens = own.camera_opens || own.microphone_opens;
    let silent = !own.has_microphone && own.camera.is_none() && !opens;
    let has_room = view.room.embedder().is_some_and(Embedder::has_room);
    let mut devices = el("div.devices");
    for kind in DeviceKind::ALL {
        devices = devices.maybe(device_select(view, kind));
    }
    devices = devices.with(codec_select(view));
    el("form.card entry[part=entry]")
        .onsubmit(join)
        .with(el("h1").say(words.t("green.title")))
        .with(el("p.quiet").say(words.t("green.body")))
        .with(who(view))
        .with(field(view, &NAME, name))
        .maybe((!has_room).then(|| field(view, &PLACE, place)))
        .with(button)
        .maybe(cancel)
        .maybe(silent.then(|| el("p.small quiet").say(words.t("green.without"))))
        .with(devices)
}

/// Who is inside already.
fn who(view: &View) -> El {
    let words = view.words;
    let text = match view.state.inside.as_deref() {
        None => String::new(),
        Some([]) => words.t("green.nobody").to_owned(),
        Some(people) => {
            let names: Vec<String> = people.iter().map(|name| view.name(name)).collect();
            words.with(
                "green.inside",
                &[("names", &names.join(words.t("room.and")))],
            )
        }
    };
    el("p.who[role=status]").text(text)
}

/// A field for a text of the state.
struct TextField {
    label: &'static str,
    autocomplete: &'static str,
    text: fn(&State) -> &str,
    keep: fn(&mut State, String),
}

const NAME: TextField = TextField {
    label: "green.name",
    autocomplete: "name",
    text: |state| &state.name,
    keep: |state, name| state.name = name,
};
const PLACE: TextField = TextField {
    label: "green.room",
    autocomplete: "off",
    text: |state| &state.room,
    keep: |state, room| state.room = room,
};

/// What is typed is kept, letter by letter: it would go with the next drawing otherwise, and who goes to
/// another window in between leaves the field without finishing it. What changes it without typing,
/// such as a password manager, may say only that it is finished.
fn field(view: &View, of: &TextField, node: &NodeRef) -> El {
    let label = view.words.t(of.label);
    let (room, keep) = (view.room.clone(), of.keep);
    let typed = move |event: &Event| {
        let text = event.target_unchecked_into::<HtmlInputElement>().value();
        room.update(|state| keep(state, text));
    };
    let finished = typed.clone();
    let input = el("input.input[type=text][maxlength=100][spellcheck=false]")
        .node(node)
        .set("aria-label", label)
        .set("autocomplete", of.autocomplete)
        .put("data-value", (of.text)(view.state).to_owned().into())
        .oninput(Callback::from(move |event: InputEvent| typed(&event)))
        .onchange(Callback::from(move |event: Event| finished(&event)));
    el("label.field")
        .with(el("span.label").say(label))
        .with(input)
}
