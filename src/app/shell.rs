//! What every page has around it: the name, the navigation, language and theme.

use super::{Appearance, use_appearance};
use crate::{
    components::{Choice, Glyph, Select},
    i18n::{Language, Words, use_words},
    routes::Route,
};
use callreel_browser::page;
use callreel_engine::settings::Theme;
use yew::prelude::*;

/// Properties of [`Shell`].
#[derive(Clone, PartialEq, Properties)]
pub struct ShellProps {
    /// The page's title, in the person's language.
    pub title: AttrValue,
    /// Which page it is.
    #[prop_or(Route::NotFound)]
    pub route: Route,
    /// Whether a take is being made; the mark of the app is red then.
    #[prop_or_default]
    pub recording: bool,
    /// The page's own part of the header.
    #[prop_or_default]
    pub tools: Html,
    /// The page.
    pub children: Html,
}

/// Header and page.
#[component]
pub fn Shell(props: &ShellProps) -> Html {
    let words = use_words();
    let appearance = use_appearance();
    use_effect_with(
        (words, props.title.clone(), appearance.theme),
        |(words, title, theme)| {
            let theme = (*theme != Theme::System).then(|| theme.id());
            let title = [title.as_str(), "Callreel"].join(" · ");
            page::set_document(words.0.tag(), &title, theme);
        },
    );
    html! {
        <>
            <a class="skip" href="#main">{ words.t("shell.skip") }</a>
            <header class="top">
                <a class={classes!("brand", props.recording.then_some("live"))} href={Route::Studio.href()}>
                    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
                        <circle class="ring" cx="12" cy="12" r="9" />
                        <circle class="core" cx="12" cy="12" r="4.5" />
                    </svg>
                    { "Callreel" }
                </a>
                { navigation(words, props.route) }
                <div class="end">
                    { props.tools.clone() }
                    { language_switch(words, &appearance) }
                    { theme_switch(words, &appearance) }
                </div>
            </header>
            { props.children.clone() }
        </>
    }
}

fn navigation(words: Words, here: Route) -> Html {
    let link = |route: Route| {
        let current = (route == here).then_some("page");
        html! { <a href={route.href()} aria-current={current}>{ words.t(route.name()) }</a> }
    };
    html! {
        <nav aria-label={words.t("shell.pages")}>{ for Route::NAVIGATION.into_iter().map(link) }</nav>
    }
}

fn language_switch(words: Words, appearance: &Appearance) -> Html {
    let choices: Vec<Choice> = Language::ALL
        .into_iter()
        .map(|language| Choice::new(language.tag(), language.own_name()))
        .collect();
    let (choose, theme) = (appearance.choose.clone(), appearance.theme);
    let onpick = Callback::from(move |tag: String| choose.emit((Some(tag), theme)));
    html! {
        <Select
            label={words.t("shell.language")}
            value={words.0.tag()}
            glyph={Glyph::Language}
            class="bare"
            {choices}
            {onpick}
        />
    }
}

fn theme_switch(words: Words, appearance: &Appearance) -> Html {
    let choices: Vec<Choice> = Theme::ALL
        .into_iter()
        .map(|theme| Choice::new(theme.id(), words.t(&["theme.", theme.id()].concat())))
        .collect();
    let (choose, locale) = (appearance.choose.clone(), appearance.locale.clone());
    let onpick = Callback::from(move |id: String| {
        choose.emit((locale.clone(), Theme::from_id(&id).unwrap_or_default()));
    });
    html! {
        <Select
            label={words.t("shell.theme")}
            value={appearance.theme.id()}
            glyph={Glyph::Theme}
            class="bare"
            {choices}
            {onpick}
        />
    }
}
