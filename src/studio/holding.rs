//! What a take records while the camera that it records as it comes is asked for another size or rate.
//!
//! A picture that changes its size must not do so inside of a recorder's file, and browsers give more of a
//! camera only where nothing else has it open: whoever opens it again is given what it gives already, and
//! of a smaller picture that Chromium makes of that, its recorder takes the larger one. So the take goes
//! over to a canvas that shows the camera, and comes back when the camera has changed: two joins, and no
//! break in the sound.

use callreel_browser::{media::Track, page, ticker};

use super::controller::Studio;

/// How often to look whether the take has let go of the camera, in ms.
const LOOK_MS: f64 = 50.0;
/// What a take may need for that, in ms: the canvas' first frame, another recorder's, and the end of the
/// one before. After that it keeps the camera as it is.
const PATIENCE_MS: f64 = 20_000.0;

impl Studio {
    /// Has the take record a picture of the camera in place of the camera itself; false if it has not
    /// let go of that in time. To be followed by [`release`](Self::release).
    pub(super) async fn hold(&self, camera: &Track) -> bool {
        self.0.sources.borrow_mut().holds += 1;
        self.show(true);
        let late = page::now() + PATIENCE_MS;
        while self.has(camera) && page::now() < late {
            ticker::sleep(LOOK_MS).await;
        }
        !self.has(camera)
    }

    /// Has the take come back to the camera, unless another wish still holds.
    pub(super) fn release(&self) {
        self.0.sources.borrow_mut().holds -= 1;
        self.show(self.takes_picture());
    }

    /// The canvas is not needed any more once the take has come back.
    pub(super) fn leave_canvas(&self) {
        let take = self.0.take.borrow();
        let has = |canvas: &Track| take.as_ref().is_some_and(|take| take.has(canvas));
        self.0.sources.borrow_mut().leave(has);
    }

    /// The take could not come back: the canvas stays, and goes on showing the camera.
    pub(super) fn stay_on_canvas(&self) {
        let stays = self.0.sources.borrow_mut().stay();
        if stays {
            self.show(self.takes_picture());
        }
    }

    fn has(&self, camera: &Track) -> bool {
        let take = self.0.take.borrow();
        take.as_ref().is_some_and(|take| take.has(camera))
    }
}
