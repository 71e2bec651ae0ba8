//! The page: the studio's state, and where each part of it is shown.

use super::{
    controller::Studio,
    messages::{self, Place},
    panel::Panel,
    pickers::Pickers,
    server::ServerChip,
    shortcuts::{Ask, Help, Keys},
    slate::Slate,
    stage::Stage,
    state::{Message, Notice, StudioState},
    takes::TakeList,
    transport::{Phase, Transport, has_picture},
};
use crate::{
    app::{Shell, remembered, use_appearance},
    components::{Button, Glyph, icon},
    i18n::{Words, use_words},
    routes::Route,
};
use callreel_engine::settings::Settings;
use gloo::timers::callback::Timeout;
use yew::prelude::*;

/// What went well is said for this long, in ms.
const SAID_FOR_MS: u32 = 6_000;

/// The studio.
#[component]
pub fn StudioPage() -> Html {
    let words = use_words();
    let state = use_reducer(|| StudioState::new(remembered()));
    let studio = {
        let (dispatch, settings) = (state.dispatcher(), state.settings.clone());
        use_memo((), move |()| Studio::start(dispatch, settings))
    };
    let studio = (*studio).clone();
    let panel = use_state(|| false);
    let help = use_state(|| false);
    let phase = Phase::from(&state.recording);
    use_appearance_in(&studio, &state.settings);
    use_fading(&studio, &state.notices);
    use_silence_for(&studio, phase.is_recording());
    {
        let (panel, help) = (panel.clone(), help.clone());
        let ask = Callback::from(move |ask| match ask {
            Ask::Settings => panel.set(!*panel),
            Ask::Help => help.set(true),
            Ask::Close => panel.set(false),
        });
        let keys = Keys {
            studio: studio.clone(),
            phase,
            picture: has_picture(&state.preview),
            settings: state.settings.clone(),
            ask,
        };
        use_effect(move || {
            let listener = keys.listen();
            move || drop(listener)
        });
    }
    let title = match phase.is_recording() {
        true => words.t("page.recording"),
        false => words.t(Route::Studio.name()),
    };
    let (open_panel, close_panel) = (show(&panel, true), show(&panel, false));
    let playing = state.playing.is_some() && !phase.is_recording();
    html! {
        <ContextProvider<Studio> context={studio.clone()}>
            <Shell {title} route={Route::Studio} recording={phase.is_recording()} tools={tools(words, &state, &help)}>
                <main id="main" class={classes!("studio", panel.then_some("with-panel"), playing.then_some("reviewing"))}>
                    { preview(words, &studio, &state, phase, &open_panel) }
                    <TakeList
                        takes={state.takes.clone()}
                        playing={state.playing.clone()}
                        persistent={state.persistent}
                        speaker={speaker(&state.settings)}
                        notices={state.notices.clone()}
                    />
                    <Panel
                        open={*panel}
                        onclose={close_panel}
                        settings={state.settings.clone()}
                        devices={state.devices.clone()}
                        comparison={state.comparison.clone()}
                        tone={state.tone}
                    />
                </main>
                <div class="toasts" role="status">
                    { messages::notices(words, &studio, &state.notices, Place::Page) }
                    if let Some(take) = &state.deleted {
                        { messages::deleted(words, &studio, take) }
                    }
                </div>
                <Help open={*help} onclose={show(&help, false)} />
            </Shell>
        </ContextProvider<Studio>>
    }
}

/// The picture with everything that makes a take.
fn preview(
    words: Words,
    studio: &Studio,
    state: &StudioState,
    phase: Phase,
    open_panel: &Callback<()>,
) -> Html {
    let toggle = {
        let open = open_panel.clone();
        move || open.emit(())
    };
    let settings = Button::new(words.t("studio.settings"), toggle)
        .glyph(Glyph::Settings)
        .class("settings-button");
    html! {
        <section class="preview" aria-label={words.t("studio.preview")}>
            <Stage
                preview={state.preview.clone()}
                {phase}
                mic={state.mic}
                settings={state.settings.clone()}
                can_flip={studio.can_flip()}
            />
            <div class="dock">
                <a class="btn round icon-only takes-link" href="#takes" aria-label={words.t("takes.title")}>
                    { icon(Glyph::Film) }
                </a>
                <p class="phase quiet" role="status">{ words.t(phase.told()) }</p>
                <Transport {phase} picture={has_picture(&state.preview)} />
                { settings.view() }
            </div>
            <div class="slate">
                <Pickers
                    devices={state.devices.clone()}
                    settings={state.settings.clone()}
                    recording={phase.is_recording()}
                />
                <Slate
                    settings={state.settings.clone()}
                    formats={state.formats.clone()}
                    format={state.format}
                    recording={state.recording.clone()}
                    room={state.room}
                    oncustom={open_panel.clone()}
                />
            </div>
        </section>
    }
}

/// The page's part of the header.
fn tools(words: Words, state: &StudioState, help: &UseStateHandle<bool>) -> Html {
    let help = help.clone();
    let keys = Button::new(words.t("shortcut.title"), move || help.set(true))
        .icon(Glyph::Keyboard)
        .class("quiet keyboard");
    html! {
        <>
            <ServerChip
                server={state.server}
                address={state.settings.server.clone().unwrap_or_default()}
            />
            { keys.view() }
        </>
    }
}

fn show(what: &UseStateHandle<bool>, shown: bool) -> Callback<()> {
    let what = what.clone();
    Callback::from(move |()| what.set(shown))
}

fn speaker(settings: &Settings) -> AttrValue {
    settings
        .speaker
        .as_ref()
        .map(|speaker| speaker.id.clone())
        .unwrap_or_default()
        .into()
}

/// Language and theme are the app's; the studio remembers them with everything else.
#[hook]
fn use_appearance_in(studio: &Studio, settings: &Settings) {
    let appearance = use_appearance();
    let (studio, settings) = (studio.clone(), settings.clone());
    use_effect_with(
        (appearance.locale, appearance.theme),
        move |(locale, theme)| {
            studio.set(Settings {
                locale: locale.clone(),
                theme: *theme,
                ..settings
            });
        },
    );
}

/// A take that is watched would be heard in the one that is made.
#[hook]
fn use_silence_for(studio: &Studio, recording: bool) {
    let studio = studio.clone();
    use_effect_with(recording, move |recording| {
        if *recording {
            studio.close_player();
        }
    });
}

/// Takes away what went well after a while; what needs a look stays until it is dismissed.
#[hook]
fn use_fading(studio: &Studio, notices: &[Notice]) {
    let passing = notices.iter().rev().find(|notice| {
        matches!(
            notice.what,
            Message::Copied | Message::SnapshotSaved { .. } | Message::Switched { .. }
        )
    });
    let studio = studio.clone();
    use_effect_with(passing.map(|notice| notice.id), move |id| {
        let timeout = id.map(|id| Timeout::new(SAID_FOR_MS, move || studio.dismiss(id)));
        move || drop(timeout)
    });
}
