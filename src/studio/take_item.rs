//! A take in the list.

use super::{
    controller::Studio,
    pickers::source_glyph,
    player::Player,
    shelving::date_parts,
    state::{Playing, TakeView},
    text, use_studio,
};
use crate::{
    components::{Button, Glyph, icon},
    i18n::{Words, use_words},
};
use callreel_engine::{
    names::{clock_text, file_name, human_size},
    record::{RecordState, TakeRecord},
    settings::Source,
};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Properties of [`TakeItem`].
#[derive(Clone, PartialEq, Properties)]
pub struct TakeItemProps {
    /// The take.
    pub view: TakeView,
    /// The player, where this take is in it.
    pub playing: Option<Playing>,
    /// The chosen speaker's id; empty for the browser's own choice.
    pub speaker: AttrValue,
}

/// One take: its picture, what is known of it, and what can be done with it.
#[component]
pub fn TakeItem(props: &TakeItemProps) -> Html {
    let (words, studio) = (use_words(), use_studio());
    let renaming = use_state(|| false);
    // A take that was just finished is shown, one that the person asked for is played.
    let wanted = use_state(|| false);
    let TakeItemProps {
        view,
        playing,
        speaker,
    } = props;
    let record = &view.record;
    let title = text::take_title(words, record);
    let is_ended = record.state != RecordState::Recording;
    let play = {
        let (studio, id, wanted) = (studio.clone(), record.id.clone(), wanted.clone());
        Callback::from(move |_: MouseEvent| {
            wanted.set(true);
            studio.play(&id);
        })
    };
    let head = match &playing {
        Some(playing) => html! {
            <Player
                playing={playing.clone()}
                title={title.clone()}
                speaker={speaker.clone()}
                wanted={*wanted}
            />
        },
        None => thumb(words, view, is_ended.then_some(play)),
    };
    let begin = {
        let renaming = renaming.clone();
        move || renaming.set(true)
    };
    let rename = Button::new(words.t("takes.rename"), begin)
        .icon(Glyph::Rename)
        .class("quiet");
    html! {
        <li class={classes!("take", playing.is_some().then_some("open"))} aria-label={title.clone()}>
            { head }
            <div class="about">
                <div class="title">
                    if *renaming {
                        { title_input(words, &studio, record, &title, renaming) }
                    } else {
                        <strong title={title.clone()}>{ &title }</strong>
                        { rename.view() }
                    }
                </div>
                { facts(words, record) }
            </div>
            if is_ended {
                { actions(words, &studio, record, title, playing.is_some()) }
            }
        </li>
    }
}

fn thumb(words: Words, view: &TakeView, play: Option<Callback<MouseEvent>>) -> Html {
    let record = &view.record;
    let inside = html! {
        <>
            if let Some(picture) = &view.picture {
                <img src={picture.as_str().to_owned()} alt="" />
            } else {
                { icon(source_glyph(Source::from_id(&record.source).unwrap_or_default())) }
            }
            if record.duration_ms > 0.0 {
                <span class="length num">{ clock_text(record.duration_ms) }</span>
            }
        </>
    };
    match play {
        Some(onclick) => html! {
            <button type="button" class="thumb" aria-label={words.t("takes.play")} {onclick}>
                { inside }
                <span class="play">{ icon(Glyph::Play) }</span>
            </button>
        },
        None => html! { <div class="thumb">{ inside }</div> },
    }
}

fn facts(words: Words, record: &TakeRecord) -> Html {
    let mut facts = vec![
        text::moment(words, record.created_at),
        human_size(record.size).text(),
    ];
    facts.push(text::take_type(words, record));
    let chip = match record.state {
        RecordState::Finished => None,
        RecordState::Recovered => Some(("chip warn", "takes.recovered")),
        RecordState::Recording => Some(("chip", "takes.recording")),
    };
    html! {
        <div class="facts quiet small num">
            { for facts.into_iter().map(|fact| html! { <span>{ fact }</span> }) }
            if let Some((class, key)) = chip {
                <span {class}>{ words.t(key) }</span>
            }
        </div>
    }
}

fn actions(
    words: Words,
    studio: &Studio,
    record: &TakeRecord,
    title: String,
    is_open: bool,
) -> Html {
    let (saving, deleting, closing) = (studio.clone(), studio.clone(), studio.clone());
    let (id, created_at, extension) = (
        record.id.clone(),
        record.created_at,
        record.extension.clone(),
    );
    let download =
        move || saving.download(&id, file_name(&title, &date_parts(created_at), &extension));
    let id = record.id.clone();
    html! {
        <div class="actions">
            { Button::new(words.t("takes.download"), download).glyph(Glyph::Download).class("quiet").view() }
            { Button::new(words.t("takes.delete"), move || deleting.delete(&id)).icon(Glyph::Delete).class("quiet").view() }
            if is_open {
                { Button::new(words.t("takes.close"), move || closing.close_player()).icon(Glyph::Close).class("quiet").view() }
            }
        </div>
    }
}

fn title_input(
    words: Words,
    studio: &Studio,
    record: &TakeRecord,
    title: &str,
    renaming: UseStateHandle<bool>,
) -> Html {
    let keep = {
        let (studio, record, renaming) = (studio.clone(), record.clone(), renaming.clone());
        let title = title.to_owned();
        move |input: HtmlInputElement| {
            let typed = input.value();
            if *renaming && typed.trim() != title {
                studio.rename(&record.id, typed);
            }
            renaming.set(false);
        }
    };
    let onkeydown = {
        let keep = keep.clone();
        move |event: KeyboardEvent| match event.key().as_str() {
            // A key that chooses a word of an input method is not meant for the field.
            _ if event.is_composing() => {}
            "Enter" => keep(event.target_unchecked_into()),
            "Escape" => renaming.set(false),
            _ => {}
        }
    };
    html! {
        <input
            type="text"
            class="input"
            maxlength="200"
            aria-label={words.t("takes.new_title")}
            value={title.to_owned()}
            autofocus=true
            {onkeydown}
            onblur={move |event: FocusEvent| keep(event.target_unchecked_into())}
        />
    }
}
