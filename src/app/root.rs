//! The one component that Yew knows. It draws whatever page there is: each component of its own,
//! and each hook, would bring the same machinery again.

use std::rc::Rc;

use yew::prelude::*;

/// A page.
pub trait Page {
    /// How it looks now.
    fn draw(&self) -> Html;

    /// Brings into line what Yew does not draw, once the drawing is seen.
    fn drawn(&self);
}

/// Has the page drawn again.
#[derive(Clone, Debug)]
pub struct Redraw(Callback<()>);

impl Redraw {
    /// This is done for it.
    pub fn by(act: impl Fn() + 'static) -> Self {
        Self(Callback::from(move |()| act()))
    }

    /// Soon, and once for all that asked meanwhile.
    pub fn soon(&self) {
        self.0.emit(());
    }
}

/// What makes the page.
#[derive(Clone, Properties)]
pub struct Start {
    /// Called once.
    pub page: Rc<dyn Fn(Redraw) -> Rc<dyn Page>>,
}

impl PartialEq for Start {
    /// A page is never exchanged for another one.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The component.
pub struct Root(Rc<dyn Page>);

impl Component for Root {
    type Message = ();
    type Properties = Start;

    fn create(context: &Context<Self>) -> Self {
        let redraw = Redraw(context.link().callback(|()| ()));
        Self((context.props().page)(redraw))
    }

    fn view(&self, _: &Context<Self>) -> Html {
        self.0.draw()
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        self.0.drawn();
    }
}
