//! The server in the header: whether there is one, and which.

use super::{state::Server, use_studio};
use crate::{
    components::{Button, Dialog},
    i18n::use_words,
};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Properties of [`ServerChip`].
#[derive(Clone, PartialEq, Properties)]
pub struct ServerChipProps {
    /// What is known of the server.
    pub server: Server,
    /// The address that the person gave; empty for the page's own server.
    pub address: AttrValue,
}

/// A chip that says how it stands, and opens what explains it.
#[component]
pub fn ServerChip(props: &ServerChipProps) -> Html {
    let (words, studio) = (use_words(), use_studio());
    let open = use_state(|| false);
    let input = use_node_ref();
    let (class, key, body) = match props.server {
        Server::Checking => ("chip", "server.checking", "server.checking.body"),
        Server::Connected => ("chip ok", "server.connected", "server.connected.body"),
        Server::None => ("chip", "server.none", "server.none.body"),
    };
    let show = {
        let open = open.clone();
        move |_: MouseEvent| open.set(true)
    };
    let onclose = {
        let open = open.clone();
        Callback::from(move |()| open.set(false))
    };
    let connect = {
        let (studio, input) = (studio.clone(), input.clone());
        move || {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                studio.point_to_server(input.value());
            }
        }
    };
    let onsubmit = {
        let connect = connect.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            connect();
        }
    };
    let own = Button::new(words.t("server.own"), move || {
        studio.point_to_server(String::new())
    });
    html! {
        <>
            <button type="button" class={classes!("server", class)} onclick={show} aria-haspopup="dialog">
                <i class="dot"></i>
                <span>{ words.t(key) }</span>
            </button>
            <Dialog label={words.t("server.title")} open={*open} {onclose}>
                <p role="status"><span {class}><i class="dot"></i>{ words.t(key) }</span></p>
                <p>{ words.t(body) }</p>
                <form class="row" {onsubmit}>
                    <label class="number">
                        <span class="label">{ words.t("server.address") }</span>
                        <input
                            ref={input}
                            class="input"
                            type="url"
                            inputmode="url"
                            value={props.address.clone()}
                            placeholder="https://callreel.example"
                        />
                    </label>
                    { Button::new(words.t("server.connect"), connect).class("primary").view() }
                </form>
                if !props.address.is_empty() {
                    { own.class("quiet").view() }
                }
            </Dialog>
        </>
    }
}
