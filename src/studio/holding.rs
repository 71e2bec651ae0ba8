//! What a take records while the camera that it records as it comes is asked for another size or rate.
//!
//! A picture that changes its size must not do so inside of a recorder's file, and a browser gives more of
//! a camera only where nothing else has it open: to whom opens it once more Chromium gives what it gives
//! already, and records that even where it shows less. So the take goes over to a canvas that shows the
//! camera, and comes back when the camera has changed: two joins, and no break in the sound.

use callreel_browser::{media::Track, page, ticker};

use super::controller::Studio;

/// How often it is looked whether the take has let go of the camera, in ms.
const LOOK_MS: f64 = 50.0;
/// What a take may need for that, in ms. After that it keeps the camera as it is.
const PATIENCE_MS: f64 = 10_000.0;

impl Studio {
    /// Has the take record a picture of the camera in place of the camera itself; false where it does
    /// not come to that. To be followed by [`release`](Self::release).
    pub(super) async fn hold(&self, camera: &Track) -> bool {
        self.0.sources.borrow_mut().holds = true;
        self.show(true);
        let late = page::now() + PATIENCE_MS;
        while self.has_recorder_of(camera) && page::now() < late {
            if ticker::sleep(LOOK_MS).await.is_err() {
                break;
            }
        }
        !self.has_recorder_of(camera)
    }

    /// Has the take come back to the camera.
    pub(super) fn release(&self) {
        self.0.sources.borrow_mut().holds = false;
        self.show(self.takes_picture());
    }

    fn has_recorder_of(&self, camera: &Track) -> bool {
        let take = self.0.take.borrow();
        take.as_ref()
            .is_some_and(|take| take.has_recorder_of(camera))
    }
}
