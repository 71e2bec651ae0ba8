//! The level of a sound.

use callreel_engine::silence;
use gloo::timers::callback::Interval;
use web_sys::HtmlElement;
use yew::prelude::*;

/// Ms between two looks at the level: quick enough for a voice.
const EVERY_MS: u32 = 66;

/// Properties of [`Meter`].
#[derive(Clone, PartialEq, Properties)]
pub struct MeterProps {
    /// Its accessible name.
    pub label: AttrValue,
    /// Asks for the level now (root mean square, 0 to 1).
    pub level: Callback<(), f32>,
    /// More classes.
    #[prop_or_default]
    pub class: &'static str,
}

/// A bar as long as the sound is loud. It writes one property of its own element, past Yew,
/// because a drawing fifteen times a second is not worth a comparison of trees.
#[component]
pub fn Meter(props: &MeterProps) -> Html {
    let element = use_node_ref();
    {
        let element = element.clone();
        use_effect_with(props.level.clone(), move |level| {
            let level = level.clone();
            let mut shown = u32::MAX;
            let watch = Interval::new(EVERY_MS, move || {
                let percent = (silence::meter(f64::from(level.emit(()))) * 100.0) as u32;
                if percent == shown {
                    return;
                }
                shown = percent;
                if let Some(bar) = element.cast::<HtmlElement>() {
                    let mut length = percent.to_string();
                    let told = bar.set_attribute("aria-valuenow", &length);
                    length.push('%');
                    let drawn = bar.style().set_property("--level", &length);
                    debug_assert!(told.is_ok() && drawn.is_ok(), "both names are valid");
                }
            });
            move || drop(watch)
        });
    }
    html! {
        <div
            ref={element}
            class={classes!("meter", props.class)}
            role="meter"
            aria-label={props.label.clone()}
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow="0"
        >
            <i></i>
        </div>
    }
}
