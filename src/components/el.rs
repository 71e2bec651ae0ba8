//! Elements under construction.

use std::rc::Rc;

use yew::{
    html::{onblur, onchange, onclick, onclose, oninput, onkeydown, onsubmit},
    prelude::*,
    virtual_dom::{AttributeOrProperty, Attributes, Listener, VList, VTag, VText},
};

/// An element under construction; [`Html`] comes of it. It is a pointer, so that handing it from
/// call to call, which is all that most of the page's code does, takes few instructions.
#[must_use]
pub struct El(Box<Parts>);

struct Parts {
    tag: VTag,
    attributes: Vec<(AttrValue, AttributeOrProperty)>,
}

/// An element as its selector says: `tag.classes[attribute=value]`, with a space between classes
/// and as many attributes as wanted. What never changes is said there.
pub fn el(selector: &'static str) -> El {
    let (head, rest) = selector.split_once('[').unwrap_or((selector, ""));
    let (tag, classes) = head.split_once('.').unwrap_or((head, ""));
    let parts = Parts {
        tag: VTag::new(tag),
        attributes: Vec::new(),
    };
    let mut element = El(Box::new(parts));
    if !classes.is_empty() {
        element = element.class(classes);
    }
    for attribute in rest
        .split('[')
        .filter_map(|attribute| attribute.strip_suffix(']'))
    {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        element = element.set(name, value);
    }
    element
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
    /// With classes that the selector can't say, because they change.
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

    /// With an attribute of a value that is built in.
    pub fn set(self, name: &'static str, value: &'static str) -> Self {
        self.put(name, AttrValue::Static(value))
    }

    /// With an attribute.
    pub fn put(mut self, name: &'static str, value: AttrValue) -> Self {
        let value = AttributeOrProperty::Attribute(value);
        self.0.attributes.push((AttrValue::Static(name), value));
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
        self.0.tag.add_child(child);
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
        self.0.tag.node_ref = node.clone();
        self
    }

    /// Known by this among its siblings.
    pub fn key(mut self, key: String) -> Self {
        self.0.tag.key = Some(key.into());
        self
    }

    /// On or off, for a checkbox.
    pub fn checked(mut self, on: bool) -> Self {
        self.0.tag.set_checked(on);
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

    /// With what each change of a field does.
    pub fn oninput(self, act: Callback<InputEvent>) -> Self {
        self.listener(Rc::new(oninput::Wrapper::new(act)))
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

    fn listener(mut self, listener: Rc<dyn Listener>) -> Self {
        self.0.tag.add_listener(listener);
        self
    }
}

impl From<El> for Html {
    fn from(element: El) -> Self {
        let Parts {
            mut tag,
            attributes,
        } = *element.0;
        tag.set_attributes(Attributes::IndexMap(Rc::new(
            attributes.into_iter().collect(),
        )));
        tag.into()
    }
}
