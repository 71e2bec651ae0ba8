//! Finding elements by what people and screen readers know of them.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::{
    WebElement,
    bidi::modules::browsing_context::{LocateNodes, Locator},
    components::SelectElement,
};

use crate::{page::Page, wait::wait_for};

/// How long an element may take to appear.
const PATIENCE: Duration = Duration::from_secs(10);

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

    /// Waits longer or shorter than 10 s for it.
    pub fn within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// How many there are now.
    pub async fn count(&self) -> Result<usize> {
        Ok(self.look().await?.len())
    }

    /// Waits until there is exactly one, and gives a reference to it for [`Page::eval_with`]-like calls.
    pub async fn wait(&self) -> Result<Value> {
        wait_for(&self.to_string(), self.patience, async || {
            let mut found = self.look().await?;
            match found.len() {
                0 => Ok(None),
                1 => Ok(found.pop()),
                count => bail!("there are {count} of {self}"),
            }
        })
        .await
    }

    /// Waits until there is none.
    pub async fn gone(&self) -> Result<()> {
        wait_for(&format!("{self} to go"), self.patience, async || {
            Ok(self.look().await?.is_empty().then_some(()))
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
        let reference = self.wait().await?;
        self.page
            .call(
                &format!("async element => {{ {body} }}"),
                vec![reference],
                false,
            )
            .await
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
        let reference = self.wait().await?;
        let id = reference["sharedId"]
            .as_str()
            .context("the element has no id")?;
        self.page.element(id).await
    }

    async fn look(&self) -> Result<Vec<Value>> {
        let mut found: Option<Vec<Value>> = None;
        for step in &self.steps {
            if found.as_ref().is_some_and(Vec::is_empty) {
                break;
            }
            let locator = match step {
                Step::Role { role, name } => {
                    Locator::accessibility(Some(role.clone()), name.clone())
                }
                Step::Css(selector) => Locator::css(selector),
            };
            let located = self
                .page
                .bidi()
                .send(LocateNodes {
                    context: self.page.context().clone(),
                    locator,
                    max_node_count: None,
                    serialization_options: Some(json!({ "maxDomDepth": 0 })),
                    start_nodes: found,
                })
                .await?;
            let references = located
                .nodes
                .iter()
                .map(|node| json!({ "sharedId": node["sharedId"] }));
            found = Some(references.collect());
        }
        Ok(found.unwrap_or_default())
    }
}

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
