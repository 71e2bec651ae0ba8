//! Elements under construction.

use std::rc::Rc;

use yew::{
    html::{onblur, onchange, onclick, onclose, onkeydown, onsubmit},
    prelude::*,
    virtual_dom::{Listener, VList, VTag, VText},
};

/// An element under construction; [`Html`] comes of it. It is a pointer, so that handing it from
/// call to call, which is all that most of the page's code does, takes few instructions.
#[must_use]
pub struct El(Rc<VTag>);

/// An element with this tag.
pub fn el(tag: &'static str) -> El {
    El(Rc::new(VTag::new(tag)))
}

/// A text.
pub fn text(text: AttrValue) -> Html {
    VText::new(text).into()
}

/// Several nodes beside each other.
pub fn list(nodes: Vec<Html>) -> Html {
    VList::with_children(nodes, None).into()
}

/// No node, in the place of one: Yew compares children by their places.
pub fn nothing() -> Html {
    list(Vec::new())
}

impl El {
    /// With these classes.
    pub fn class(self, class: &'static str) -> Self {
        self.set("class", class)
    }

    /// With these classes, and one more if `on`.
    pub fn class_if(self, class: &'static str, on: bool, more: &'static str) -> Self {
        if on {
            self.put("class", [class, " ", more].concat().into())
        } else {
            self.class(class)
        }
    }

    /// With an attribute that never changes.
    pub fn set(self, name: &'static str, value: &'static str) -> Self {
        self.put(name, AttrValue::Static(value))
    }

    /// With an attribute.
    pub fn put(mut self, name: &'static str, value: AttrValue) -> Self {
        self.tag().add_attribute(name, value);
        self
    }

    /// With an attribute that is there or not.
    pub fn flag(self, name: &'static str, on: bool) -> Self {
        if on { self.set(name, "") } else { self }
    }

    /// With an attribute that says `true` or `false`, as ARIA's do.
    pub fn truth(self, name: &'static str, on: bool) -> Self {
        self.set(name, if on { "true" } else { "false" })
    }

    /// With a child.
    pub fn child(mut self, child: Html) -> Self {
        self.tag().add_child(child);
        self
    }

    /// With an element in it.
    pub fn with(self, child: Self) -> Self {
        self.child(child.into())
    }

    /// With an element in it, if there is one.
    pub fn maybe(self, child: Option<Self>) -> Self {
        self.child(child.map_or_else(nothing, Html::from))
    }

    /// With a text that never changes in it.
    pub fn say(self, words: &'static str) -> Self {
        self.child(text(AttrValue::Static(words)))
    }

    /// With a text in it.
    pub fn text(self, words: String) -> Self {
        self.child(text(words.into()))
    }

    /// With its element to be found by `node`.
    pub fn node(mut self, node: &NodeRef) -> Self {
        self.tag().node_ref = node.clone();
        self
    }

    /// Known by this among its siblings.
    pub fn key(mut self, key: String) -> Self {
        self.tag().key = Some(key.into());
        self
    }

    /// On or off, for a checkbox.
    pub fn checked(mut self, on: bool) -> Self {
        self.tag().set_checked(on);
        self
    }

    /// With what a click does.
    pub fn onclick(self, act: Callback<MouseEvent>) -> Self {
        self.listener(Rc::new(onclick::Wrapper::new(act)))
    }

    /// With what a choice or a finished input does.
    pub fn onchange(self, act: Callback<Event>) -> Self {
        self.listener(Rc::new(onchange::Wrapper::new(act)))
    }

    /// With what a key does.
    pub fn onkeydown(self, act: Callback<KeyboardEvent>) -> Self {
        self.listener(Rc::new(onkeydown::Wrapper::new(act)))
    }

    /// With what losing the focus does.
    pub fn onblur(self, act: Callback<FocusEvent>) -> Self {
        self.listener(Rc::new(onblur::Wrapper::new(act)))
    }

    /// With what sending a form does.
    pub fn onsubmit(self, act: Callback<SubmitEvent>) -> Self {
        self.listener(Rc::new(onsubmit::Wrapper::new(act)))
    }

    /// With what the closing of a dialog does.
    pub fn onclose(self, act: Callback<Event>) -> Self {
        self.listener(Rc::new(onclose::Wrapper::new(act)))
    }

    fn tag(&mut self) -> &mut VTag {
        Rc::get_mut(&mut self.0).expect("nobody else has an element that is not finished")
    }

    fn listener(mut self, listener: Rc<dyn Listener>) -> Self {
        self.tag().add_listener(listener);
        self
    }
}

impl From<El> for Html {
    fn from(element: El) -> Self {
        Self::VTag(element.0)
    }
}
