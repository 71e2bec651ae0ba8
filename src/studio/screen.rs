//! The screen: shared, and asked for another size or rate.

use callreel_browser::media::Stream;
use callreel_engine::failures::Asked;

use super::{
    controller::Studio,
    opening::Refused,
    sources::{Plan, open_screen},
};

impl Studio {
    /// Shares another screen, also while a take is being made.
    pub fn share_again(&self) {
        self.spawn(|studio| async move {
            let generation = studio.outdate();
            let mut plan = studio.plan();
            if plan.screen.is_none() {
                return;
            }
            match studio.fetch_screen(&mut plan, generation).await {
                Ok(()) => studio.opened(plan),
                Err(refused) => studio.refused(refused, plan.source).await,
            }
        });
    }

    /// Asks for a screen, which takes the place of the one that is shared.
    pub(super) async fn fetch_screen(
        &self,
        plan: &mut Plan,
        generation: u32,
    ) -> Result<(), Refused> {
        let Some((request, sound)) = plan.screen.clone() else {
            return Ok(());
        };
        let opened = open_screen(&request, sound).await;
        self.current(generation)?;
        let stream = opened.map_err(|error| Refused::By(error, Asked::Screen))?;
        self.0.sources.borrow_mut().screen = Some(stream);
        Ok(())
    }

    /// Asks a screen that is shared for another size or rate; what does not come is no failure. A take
    /// that records it as it comes keeps it as it is, until the next change behind it.
    pub(super) async fn reshape_screen(&self, plan: &mut Plan) {
        let Some((asked, _)) = &mut plan.screen else {
            return;
        };
        let screen = {
            let mut sources = self.0.sources.borrow_mut();
            let screen = sources.screen.as_ref().and_then(Stream::video).cloned();
            let is_recorded = self.takes_picture() && sources.picture() == screen;
            let old = sources.plan.as_mut().and_then(|plan| plan.screen.as_mut());
            let (Some(screen), Some((before, _))) = (screen, old) else {
                return;
            };
            if is_recorded {
                before.clone_into(asked);
            }
            if asked == before {
                return;
            }
            // Noted first, as of a camera.
            asked.clone_into(before);
            screen
        };
        let _ = screen.apply(&asked.to_json()).await;
    }
}
