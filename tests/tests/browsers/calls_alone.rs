//! What one person in a room does with camera, microphone and recorder: nobody else need be there.

use callreel_tests::{
    Caller, Camera, Context, Film, Kind, Launch, PATIENCE, Page, Result, Test,
    alone_in_both_browsers, ensure, in_chromium,
};

use crate::calls_recording::{clock_of, recorded};

alone_in_both_browsers!(one_records_oneself_and_the_sound_alone);
// Firefox has one fake camera.
in_chromium!(a_camera_flips_and_is_off_when_it_should_be);

const OWN_TRACK: &str = "document.querySelector('[data-tile=own]').srcObject?.getVideoTracks()[0]";

async fn a_camera_flips_and_is_off_when_it_should_be(test: &mut Test) -> Result {
    let mut launch = Launch::new(test.browser())?;
    launch.camera = Camera::BuiltIn(2);
    let ann = Caller::start_with(launch, "Ann").await?;
    ann.open(test.server()?, "kitchen").await?;
    let page = ann.page();
    // As on a phone, whose main pointer is a finger.
    page.eval::<()>(
        "const match = window.matchMedia.bind(window);
         window.matchMedia = query => query.includes('coarse') ? { matches: true } : match(query)",
    )
    .await?;
    ann.join().await?;
    let device = format!("{OWN_TRACK}?.getSettings().deviceId");
    let before: String = page.eval(&format!("return {device}")).await?;
    page.button("Flip camera").click().await?;
    let is_another = format!("({device} ?? '{before}') !== '{before}'");
    page.wait_until("the other camera", PATIENCE, &is_another)
        .await?;
    let tracks = ann.holds().await?.tracks;
    ensure!(tracks == 2, "{tracks} tracks are open");

    // One that is turned off while another is being opened stays off.
    page.eval::<()>(
        "const devices = navigator.mediaDevices, open = devices.getUserMedia.bind(devices);
         window.openDevices = open;
         devices.getUserMedia = async wish => {
             const stream = await open(wish);
             window.isOpening = true;
             await new Promise(resolve => window.letOpen = resolve);
             return stream;
         }",
    )
    .await?;
    page.button("Devices").click().await?;
    // Here the old camera goes on meanwhile.
    page.eval::<()>("delete window.matchMedia").await?;
    let cameras = page.select("Camera");
    let names = cameras.options().await?;
    let chosen: String = cameras
        .eval("return element.selectedOptions[0].text")
        .await?;
    let other = names.iter().find(|name| **name != chosen);
    cameras.choose(other.context("there are two")?).await?;
    page.wait_until("the other camera", PATIENCE, "window.isOpening")
        .await?;
    page.button("Turn camera off").click().await?;
    page.button("Turn camera on").wait().await?;
    page.eval::<()>("window.letOpen(); navigator.mediaDevices.getUserMedia = window.openDevices")
        .await?;
    page.wait_until("one track", PATIENCE, "window.countLive().tracks === 1")
        .await?;
    page.button("Turn camera on").wait().await?;
    page.button("Turn camera on").click().await?;
    page.button("Turn camera off").wait().await?;

    // Where the other one can't be had, none is shown as if it were on.
    page.eval::<()>(
        "window.matchMedia = query => ({ matches: query.includes('coarse') });
         navigator.mediaDevices.getUserMedia =
             async () => { throw new DOMException('in use', 'NotReadableError'); }",
    )
    .await?;
    page.button("Raise hand").click().await?;
    page.button("Flip camera").click().await?;
    page.button("Turn camera on").wait().await?;
    let tracks = ann.holds().await?.tracks;
    ensure!(tracks == 1, "{tracks} tracks are open");
    page.assert_no_errors()
}

async fn one_records_oneself_and_the_sound_alone(test: &mut Test) -> Result {
    let ann = Caller::start(test.browser(), "Ann").await?;
    let server = test.server()?;
    ann.enter(server, "kitchen").await?;
    let page = ann.page();
    page.button("Devices").click().await?;
    let what = page.select("A recording is of");
    what.choose("Only me").await?;
    page.button("Start recording").click().await?;
    recorded(&ann, 2.0).await?;
    let off_at = clock_of(&ann).await?;
    page.button("Turn camera off").click().await?;
    recorded(&ann, off_at + 2.0).await?;
    // A recording's own picture and sound are tracks of a canvas and of Web Audio.
    let camera = format!("{OWN_TRACK} === undefined");
    page.wait_until("no camera", PATIENCE, &camera).await?;
    page.button("Turn camera on").click().await?;
    let on_at = clock_of(&ann).await?;
    recorded(&ann, on_at + 3.0).await?;
    page.button("Stop recording").click().await?;
    page.button("Start recording").wait().await?;

    what.choose("Sound only").await?;
    page.button("Start recording").click().await?;
    recorded(&ann, 2.0).await?;
    page.button("Stop recording").click().await?;
    page.button("Start recording").wait().await?;
    page.button("Leave").click().await?;
    ann.holds_nothing().await?;

    page.goto(test.server()?.url()).await?;
    let sound = download(&ann, 1).await?;
    sound.assert_decodes()?;
    sound.assert_seekable()?;
    ensure!(!sound.packets(Kind::Audio)?.is_empty(), "there is no sound");
    ensure!(sound.packets(Kind::Video)?.is_empty(), "there is a picture");

    let own = download(&ann, 2).await?;
    own.assert_decodes()?;
    own.assert_seekable()?;
    own.assert_in_order()?;
    ensure!(!own.packets(Kind::Audio)?.is_empty(), "there is no sound");
    // The camera itself, then a drawn picture, then the camera again.
    let frames = own.frames()?;
    let of_camera: Vec<bool> = frames.iter().map(|(_, burnt)| burnt.is_some()).collect();
    let changes = of_camera.windows(2).filter(|two| two[0] != two[1]).count();
    test.measured(&format!("{} frames, {changes} changes", frames.len()));
    ensure!(
        of_camera.first() == Some(&true),
        "it does not begin with the camera"
    );
    ensure!(
        of_camera.last() == Some(&true),
        "it does not end with the camera"
    );
    ensure!(
        of_camera.contains(&false),
        "the camera was recorded while it was off"
    );
    page.assert_no_errors()
}

/// Downloads one of the takes in the studio, by its place in the list.
async fn download(ann: &Caller, place: u32) -> Result<Film> {
    let downloads = ann.session().downloads();
    let old: Vec<_> = std::fs::read_dir(downloads)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    let take = ann
        .page()
        .region("Takes")
        .css(&format!("li:nth-of-type({place})"));
    take.button("Download").click().await?;
    Ok(Film::new(Page::downloaded(downloads, &old).await?))
}
