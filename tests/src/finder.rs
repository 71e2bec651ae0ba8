//! Finding elements by what people and screen readers know of them.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use thirtyfour::{Key, WebElement, components::SelectElement};

use crate::{
    page::Page,
    wait::{PATIENCE, wait_for},
};

/// Says where an element is, step by step from the page inwards; looks only when it is used.
#[derive(Clone, Debug)]
pub struct Finder {
    page: Page,
    steps: Vec<Step>,
    patience: Duration,
}

#[derive(Clone, Debug)]
enum Step {
    Role { role: String, name: Option<String> },
    Css(String),
}

impl Finder {
    pub(crate) fn new(page: Page) -> Self {
        Self {
            page,
            steps: Vec::new(),
            patience: PATIENCE,
        }
    }

    /// Inside it, an element by its ARIA role and accessible name.
    pub fn role(mut self, role: &str, name: &str) -> Self {
        self.steps.push(Step::Role {
            role: role.into(),
            name: Some(name.into()),
        });
        self
    }

    /// Inside it, elements by their role alone.
    pub fn any(mut self, role: &str) -> Self {
        self.steps.push(Step::Role {
            role: role.into(),
            name: None,
        });
        self
    }

    /// Inside it, a button by its name.
    pub fn button(self, name: &str) -> Self {
        self.role("button", name)
    }

    /// Inside it, a `<select>` by its name.
    pub fn select(self, name: &str) -> Self {
        self.role("combobox", name)
    }

    /// Inside it, elements by a CSS selector.
    pub fn css(mut self, selector: &str) -> Self {
        self.steps.push(Step::Css(selector.into()));
        self
    }

    /// Waits longer or shorter than [`PATIENCE`] for it.
    pub fn within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// How many there are now.
    pub async fn count(&self) -> Result<usize> {
        Ok(self.look("element => null").await?.count)
    }

    /// Waits until there is exactly one.
    pub async fn wait(&self) -> Result<()> {
        self.call("element => null").await
    }

    /// Waits until there is none.
    pub async fn gone(&self) -> Result<()> {
        wait_for(&format!("{self} to go"), self.patience, async || {
            Ok((self.count().await? == 0).then_some(()))
        })
        .await
    }

    /// Waits until it can be used, and clicks in its middle as a person would.
    pub async fn click(&self) -> Result<()> {
        wait_for(
            &format!("{self} to be clickable"),
            self.patience,
            async || {
                let element = self.element().await?;
                if !element.is_enabled().await? {
                    return Ok(None);
                }
                element.click().await?;
                Ok(Some(()))
            },
        )
        .await
    }

    /// Clicks in its middle if it is there. An error says that it went meanwhile.
    pub async fn click_if_there(&self) -> Result<bool> {
        let is_there = self.count().await? == 1;
        if is_there {
            self.clone().within(Duration::ZERO).click().await?;
        }
        Ok(is_there)
    }

    /// Types into it.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        Ok(self.element().await?.send_keys(text).await?)
    }

    /// Replaces what is in it.
    pub async fn fill(&self, text: &str) -> Result<()> {
        let element = self.element().await?;
        element.clear().await?;
        Ok(element.send_keys(text).await?)
    }

    /// Types something else over what is in it, and goes on to the next field.
    pub async fn enter(&self, text: &str) -> Result<()> {
        self.eval::<()>("element.focus(); element.select()").await?;
        // Firefox takes a tab in a text for a character.
        self.type_text(&format!("{text}{}", Key::Tab.value())).await
    }

    /// Chooses the option of a `<select>` that reads like this.
    pub async fn choose(&self, option: &str) -> Result<()> {
        let select = SelectElement::new(&self.element().await?).await?;
        select
            .select_by_exact_text(option)
            .await
            .with_context(|| format!("cannot choose {option:?} in {self}"))
    }

    /// The options of a `<select>`, as they read.
    pub async fn options(&self) -> Result<Vec<String>> {
        self.eval("return [...element.options].map(option => option.text)")
            .await
    }

    /// Its visible text.
    pub async fn text(&self) -> Result<String> {
        self.eval("return element.innerText").await
    }

    /// Whether it can be used.
    pub async fn is_enabled(&self) -> Result<bool> {
        self.eval("return !element.disabled && element.ariaDisabled !== 'true'")
            .await
    }

    /// Runs the body of an async function that sees it as `element`, and gives back what it
    /// returns, through JSON.
    pub async fn eval<T: DeserializeOwned>(&self, body: &str) -> Result<T> {
        self.call(&format!("async element => {{ {body} }}")).await
    }

    /// Waits until there is exactly one, and calls a function with it.
    pub(crate) async fn call<T: DeserializeOwned>(&self, function: &str) -> Result<T> {
        let found = wait_for(&self.to_string(), self.patience, async || {
            let found = self.look(function).await?;
            match found.count {
                0 => Ok(None),
                1 => Ok(Some(found)),
                count => bail!("there are {count} of {self}"),
            }
        })
        .await?;
        // What it has done is not to be done again because it failed then.
        if let Some(thrown) = found.thrown {
            bail!("{self}: {thrown}");
        }
        let answer = found.answer;
        serde_json::from_value(answer).with_context(|| format!("unexpected answer of {function}"))
    }

    /// Waits until an expression about `element` is true.
    pub async fn wait_until(&self, what: &str, timeout: Duration, expression: &str) -> Result<()> {
        wait_for(what, timeout, async || {
            let is_true: bool = self
                .eval(&format!("return Boolean(await ({expression}))"))
                .await?;
            Ok(is_true.then_some(()))
        })
        .await
    }

    /// The WebDriver element, for what has no helper.
    pub async fn element(&self) -> Result<WebElement> {
        self.wait().await?;
        let answer = self
            .page
            .bidi()
            .send_raw(
                "script.callFunction",
                json!({
                    "functionDeclaration": LOOK,
                    "arguments": [{ "type": "string", "value": self.steps().to_string() }],
                    "awaitPromise": false,
                    "serializationOptions": { "maxDomDepth": 0, "maxObjectDepth": 1 },
                    "target": { "context": self.page.context() },
                }),
            )
            .await?;
        let text = &answer["exceptionDetails"]["text"];
        let id = answer["result"]["value"][0]["sharedId"].as_str();
        let id = id.with_context(|| format!("{self} is gone: {text}"))?;
        self.page.element(id).await
    }

    /// How many there are now, and what a function says of the one where there is just one. The page
    /// is asked once, whatever the number of steps: what WebDriver offers instead
    /// (`browsingContext.locateNodes`) walks the browser's whole accessibility tree, which takes
    /// Firefox seconds in which it drops frames of a recording. And no element leaves the page:
    /// chromedriver would hold it, and all that hangs on it, as long as the page is there.
    async fn look(&self, function: &str) -> Result<Found> {
        let look = format!(
            "async steps => {{
                const found = ({LOOK})(steps), count = found.length;
                if (count !== 1) return {{ count, answer: null, thrown: null }};
                try {{
                    return {{ count, answer: await ({function})(found[0]) ?? null, thrown: null }};
                }} catch (error) {{
                    return {{ count, answer: null, thrown: String(error) }};
                }}
            }}"
        );
        let steps = json!({ "type": "string", "value": self.steps().to_string() });
        self.page.call(&look, vec![steps], false).await
    }

    fn steps(&self) -> Value {
        self.steps.iter().map(Step::to_json).collect()
    }
}

/// What was found in the page.
#[derive(Deserialize)]
struct Found {
    count: usize,
    answer: Value,
    /// What the function threw.
    thrown: Option<String>,
}

impl Step {
    fn to_json(&self) -> Value {
        match self {
            Self::Role { role, name } => json!({ "role": role, "name": name }),
            Self::Css(selector) => json!({ "css": selector }),
        }
    }
}

/// Finds elements by role and accessible name, as far as a page needs that keeps to HTML's own
/// elements (Accessible Name and Description Computation, section 4.3). That the browser's own
/// accessibility tree says the same is a test of its own.
const LOOK: &str = r"steps => {
    const selectors = {
        alert: '[role=alert]',
        button: 'button, summary, input[type=button], input[type=submit]',
        checkbox: 'input[type=checkbox]:not([role])',
        combobox: 'select:not([multiple]):not([size])',
        dialog: 'dialog',
        figure: 'figure',
        heading: 'h1, h2, h3, h4, h5, h6',
        link: 'a[href]',
        list: 'ul, ol',
        listitem: 'li',
        main: 'main',
        navigation: 'nav',
        region: 'section[aria-label], section[aria-labelledby]',
        searchbox: 'input[type=search]',
        spinbutton: 'input[type=number]',
        table: 'table',
        textbox: 'input:not([type]), input[type=text], input[type=url], textarea',
    };
    const tidy = text => text.replace(/\s+/g, ' ').trim();
    const spoken = element => {
        const copy = element.cloneNode(true);
        for (const part of copy.querySelectorAll('[aria-hidden=true], select, input, textarea')) part.remove();
        return tidy(copy.textContent);
    };
    const nameOf = element => {
        const by = element.getAttribute('aria-labelledby');
        if (by) return tidy(by.split(' ').map(id => document.getElementById(id)?.textContent ?? '').join(' '));
        const label = element.ariaLabel ?? '';
        if (label) return tidy(label);
        if (element.labels?.length) return tidy([...element.labels].map(spoken).join(' '));
        return spoken(element) || tidy(element.getAttribute('title') ?? '');
    };
    const isExposed = element =>
        element.checkVisibility({ visibilityProperty: true }) && !element.closest('[aria-hidden=true], [inert]');
    // What elements of other people's pages are made of is looked into as well.
    const within = (root, selector) => {
        const shadows = [root, ...root.querySelectorAll('*')].map(element => element.shadowRoot).filter(Boolean);
        return [...root.querySelectorAll(selector), ...shadows.flatMap(shadow => within(shadow, selector))];
    };
    let found = [document];
    for (const { css, role, name } of JSON.parse(steps)) {
        const selector = css ?? [`[role=${role}]`, selectors[role]].filter(Boolean).join(', ');
        const inside = new Set(found.flatMap(root => within(root, selector)));
        found = [...inside].filter(element =>
            css || (isExposed(element) && (name === null || nameOf(element) === name)));
    }
    return found;
}";

impl std::fmt::Display for Finder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, step) in self.steps.iter().rev().enumerate() {
            if index > 0 {
                formatter.write_str(" in ")?;
            }
            match step {
                Step::Role {
                    role,
                    name: Some(name),
                } => write!(formatter, "the {role} {name:?}")?,
                Step::Role { role, name: None } => write!(formatter, "a {role}")?,
                Step::Css(selector) => write!(formatter, "`{selector}`")?,
            }
        }
        Ok(())
    }
}
