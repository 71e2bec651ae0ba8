//! Waiting for something to become true, which a test does instead of sleeping.

use std::{future::Future, time::Duration};

use anyhow::{Result, bail};
use tokio::time::{Instant, sleep};

/// How long a test waits for what has to come. Far longer than it takes on a machine that has much
/// else to do: a limit that is never reached costs nothing.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// Asks until the answer is `Some`, and gives it back. `what` completes the sentence
/// "waited 5 s for …". An error of the question is asked again until the time is over.
pub async fn wait_for<T, Asked>(
    what: &str,
    timeout: Duration,
    mut ask: impl FnMut() -> Asked,
) -> Result<T>
where
    Asked: Future<Output = Result<Option<T>>>,
{
    let start = Instant::now();
    let mut pause = Duration::from_millis(20);
    loop {
        let answer = ask().await;
        if let Ok(Some(answer)) = answer {
            return Ok(answer);
        }
        if start.elapsed() >= timeout {
            let waited = timeout.as_secs_f32();
            match answer {
                Err(error) => return Err(error.context(format!("waited {waited} s for {what}"))),
                Ok(_) => bail!("waited {waited} s for {what}"),
            }
        }
        sleep(pause).await;
        pause = (pause * 2).min(Duration::from_millis(200));
    }
}
