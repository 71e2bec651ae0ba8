//! Callreel in real browsers, against the real server binary.
//!
//! A test is an async function that takes a [`Test`], named in [`in_both_browsers!`]:
//!
//! ```ignore
//! in_both_browsers!(a_take_can_be_replayed);
//!
//! async fn a_take_can_be_replayed(test: &mut Test) -> Result {
//!     let page = test.open("/").await?;
//!     page.button("Start recording").click().await?;
//!     page.button("Stop recording").click().await?;
//!     page.region("Takes").button("Download").wait().await?;
//!     Ok(())
//! }
//! ```
//!
//! It runs as `chromium::a_take_can_be_replayed` and `firefox::a_take_can_be_replayed`. When it
//! fails, the consoles of its browsers and the server's log are printed, and a screenshot is kept
//! below `target/test-failures`.

mod browser;
mod caller;
mod camera;
mod drivers;
mod film;
mod finder;
mod furnished;
mod holdings;
mod long_take;
mod mailbox;
mod page;
mod player;
mod pool;
mod port;
mod process;
mod proxy;
mod relay;
mod serve;
mod sharing;
mod shelf;
mod site;
mod sound;
mod studio;
mod survivors;
mod test;
mod token;
mod uploads;
mod wait;

pub use anyhow::{Context, anyhow, bail, ensure};
pub use browser::{Browser, Camera, Launch, Permission, Session};
pub use caller::{Caller, everybody_meets, everybody_speaks_in_turn};
pub use camera::{BurntIn, burnt_in_of_frame};
pub use film::{Film, Kind, Packet};
pub use finder::Finder;
pub use holdings::Holdings;
pub use long_take::{
    GARBAGE_FLAG, PART_MS, collect_garbage, forget_requests, record_long_takes, record_parts,
};
pub use mailbox::{Mailbox, Posted};
pub use page::{Entry, Page};
pub use player::{Played, Player};
pub use pool::Lease;
pub use proxy::Proxy;
pub use relay::{Relay, own_address};
pub use serve::{Server, StaticFiles, built_app};
pub use sharing::Screen;
pub use shelf::{Shelf, sample};
pub use site::{Form, Site, built_example, built_package, policy_of_readme};
pub use sound::{SoundDevice, steady_tone, tone};
pub use studio::{CameraLog, Studio, seek};
pub use test::{Test, is_soak, run, run_between};
pub use thirtyfour;
pub use token::host_token;
pub use uploads::{Copies, Copy};
pub use wait::{PATIENCE, wait_for};

/// What a test ends with.
pub type Result<T = (), E = anyhow::Error> = std::result::Result<T, E>;

/// Makes the named async functions tests in Chromium and in Firefox; those behind `chromium:` or
/// `firefox:` only there.
#[macro_export]
macro_rules! in_both_browsers {
    (
        $($name:ident),+ $(,)?
        $(; chromium: $($in_chromium:ident),+ $(,)?)?
        $(; firefox: $($in_firefox:ident),+ $(,)?)?
    ) => {
        $crate::in_chromium!($($name,)+ $($($in_chromium),+)?);
        $crate::in_firefox!($($name,)+ $($($in_firefox),+)?);
    };
}

/// Makes the named async functions tests in Chromium.
#[macro_export]
macro_rules! in_chromium {
    ($($name:ident),+ $(,)?) => {
        $crate::tests!(chromium, Chromium, false, $($name),+);
    };
}

/// Makes the named async functions tests in Firefox.
#[macro_export]
macro_rules! in_firefox {
    ($($name:ident),+ $(,)?) => {
        $crate::tests!(firefox, Firefox, false, $($name),+);
    };
}

/// Makes the named async functions tests that both browsers take part in: [`Test::browser`] is the
/// named one, and [`Browser::other`] the other. The long run has them the other way round as well.
#[macro_export]
macro_rules! between_browsers {
    ($(Chromium: $($in_chromium:ident),+ $(,)?;)? $(Firefox: $($in_firefox:ident),+ $(,)?;)?) => {
        mod between {
            $($crate::between_browsers!(@ Chromium $($in_chromium)+);)?
            $($crate::between_browsers!(@ Firefox $($in_firefox)+);)?
        }
    };
    (@ $browser:ident $($name:ident)+) => {
        $(#[test]
        fn $name() {
            let browser = $crate::Browser::$browser;
            $crate::run_between(browser, stringify!($name), |test| Box::pin(super::$name(test)));
        })+
    };
}

/// As [`in_both_browsers!`], for tests that run while no other does: for what is measured in frames
/// or milliseconds, which browsers that work beside it would take. `cargo xtask test` runs them from
/// a process of their own, beside others that step back.
#[macro_export]
macro_rules! alone_in_both_browsers {
    ($($name:ident),+ $(,)?) => {
        $crate::alone_in_chromium!($($name),+);
        $crate::alone_in_firefox!($($name),+);
    };
}

/// As [`in_chromium!`], for tests that run while no other does.
#[macro_export]
macro_rules! alone_in_chromium {
    ($($name:ident),+ $(,)?) => {
        $crate::tests!(alone_in_chromium, Chromium, true, $($name),+);
    };
}

/// As [`in_firefox!`], for tests that run while no other does.
#[macro_export]
macro_rules! alone_in_firefox {
    ($($name:ident),+ $(,)?) => {
        $crate::tests!(alone_in_firefox, Firefox, true, $($name),+);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! tests {
    ($module:ident, $browser:ident, $is_alone:literal, $($name:ident),+) => {
        mod $module {
            use $crate::{Browser, run};

            $(#[test]
            fn $name() {
                run(Browser::$browser, stringify!($name), $is_alone, |test| Box::pin(super::$name(test)));
            })+
        }
    };
}
