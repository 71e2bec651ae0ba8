//! The camera: opened, asked for another size or rate, and given back.

use callreel_browser::{DomError, media::Track};
use callreel_engine::{
    comparison::{Row, Verdict, compare_video},
    constraints::VideoRequest,
    failures::Asked,
};

use super::{
    controller::Studio,
    opening::Refused,
    sources::{Plan, open_devices},
};
use crate::convert;

impl Studio {
    /// Asks the open camera for what the plan wants of it; false where one has to be opened for that.
    ///
    /// To open it once more is not enough: of a camera in use Chromium offers what it gives already,
    /// and nothing else.
    pub(super) async fn reshape_camera(
        &self,
        plan: &mut Plan,
        generation: u32,
    ) -> Result<bool, Refused> {
        let Some((camera, before)) = plan.camera.as_ref().and_then(|it| self.camera_for(it)) else {
            return Ok(false);
        };
        if !self.is_recorded(&camera) {
            return self.reshape(plan, (&camera, before), generation).await;
        }
        let reshaped = if self.hold(&camera).await {
            self.reshape(plan, (&camera, before), generation).await
        } else {
            // It stays as it is, until the next wish.
            plan.camera = Some(before);
            Ok(true)
        };
        self.release();
        self.current(generation)?;
        reshaped
    }

    async fn reshape(
        &self,
        plan: &Plan,
        (camera, before): (&Track, VideoRequest),
        generation: u32,
    ) -> Result<bool, Refused> {
        let Some(request) = &plan.camera else {
            return Ok(false);
        };
        self.current(generation)?;
        let asked = self.ask_camera(camera, request).await;
        self.current(generation)?;
        if asked.is_err() {
            // It gives what it gave. Another may do.
            self.note_camera(before);
            return Ok(false);
        }
        let given = convert::evidence(camera.settings());
        let is_missed = |row: Row| matches!(row.verdict, Verdict::BrowserChose { .. });
        if compare_video(request, &given).into_iter().any(is_missed) {
            // Another may come nearer. Where none can be had, this one stays.
            match self.fetch_camera(plan, generation).await {
                Err(Refused::Outdated) => return Err(Refused::Outdated),
                Ok(()) | Err(Refused::By(..)) => {}
            }
        }
        Ok(true)
    }

    /// Whether a take records a camera as it comes, or a canvas that holds its place for now.
    pub(super) fn is_recorded(&self, camera: &Track) -> bool {
        let holds = self.0.sources.borrow().holds > 0;
        let take = self.0.take.borrow();
        take.as_ref().is_some_and(|take| holds || take.has(camera))
    }

    /// The open camera and what was asked of it, where a request is for the same one.
    pub(super) fn camera_for(&self, request: &VideoRequest) -> Option<(Track, VideoRequest)> {
        let sources = self.0.sources.borrow();
        let before = sources.plan.as_ref()?.camera.clone()?;
        let is_same = before.device == request.device && before.facing_mode == request.facing_mode;
        let camera = sources.camera.as_ref()?.video()?.clone();
        (is_same && camera.is_live()).then_some((camera, before))
    }

    /// Asks an open camera for something else. What it refuses changes nothing.
    pub(super) async fn ask_camera(
        &self,
        camera: &Track,
        request: &VideoRequest,
    ) -> Result<(), DomError> {
        // Noted first: who wants the old again meanwhile must not find that it is there.
        self.note_camera(request.clone());
        camera.apply(&request.to_json()).await
    }

    fn note_camera(&self, request: VideoRequest) {
        if let Some(plan) = &mut self.0.sources.borrow_mut().plan {
            plan.camera = Some(request);
        }
    }

    /// Opens a camera, which takes the place of the one that is open.
    pub(super) async fn fetch_camera(&self, plan: &Plan, generation: u32) -> Result<(), Refused> {
        let mut opened = open_devices(plan.camera.as_ref(), None).await;
        self.current(generation)?;
        let busy = |e: &DomError| e.name == "NotReadableError" || e.name == "AbortError";
        if opened.as_ref().is_err_and(busy) && self.0.sources.borrow().camera.is_some() {
            // Many phones open one camera at a time: give the old one back and ask again. A take
            // that records it holds its last frame meanwhile.
            if let Some(old) = self.0.sources.borrow_mut().camera.take() {
                old.video().inspect(|track| track.stop());
            }
            opened = open_devices(plan.camera.as_ref(), None).await;
            self.current(generation)?;
            if opened.is_err() {
                self.give_back_camera(generation).await?;
            }
        }
        let stream = opened.map_err(|error| Refused::By(error, Asked::Camera))?;
        self.0.sources.borrow_mut().camera = Some(stream);
        Ok(())
    }

    /// Opens the camera again that made way for another one in vain.
    async fn give_back_camera(&self, generation: u32) -> Result<(), Refused> {
        let old = self.0.sources.borrow().plan.clone();
        let old = old.and_then(|plan| plan.camera);
        let again = open_devices(old.as_ref(), None).await.ok();
        self.current(generation)?;
        self.0.sources.borrow_mut().camera = again;
        self.watch_tracks();
        self.show(self.takes_picture());
        Ok(())
    }
}
