//! Icons: lines on a grid of 24, drawn in the colour of the text.
//!
//! Own drawings, because an icon crate brings a component with eight properties for each picture.

use super::{El, el};

macro_rules! glyphs {
    ($($(#[$doc:meta])* $name:ident = $path:literal,)*) => {
        /// A picture.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Glyph {
            $($(#[$doc])* $name,)*
        }

        impl Glyph {
            /// The lines, in the grammar of SVG paths.
            const fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)* }
            }
        }
    };
}

glyphs! {
    /// A video camera.
    Camera = "M5 6h8a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2zM15 10.5l5-3v9l-5-3",
    /// A microphone.
    Microphone = "M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3zM5 11a7 7 0 0 0 14 0M12 18v3",
    /// A screen.
    Screen = "M5 4h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2zM8 21h8M12 17v4",
    /// A screen with a small picture in it.
    ScreenWithCamera = "M21 9V6a2 2 0 0 0-2-2H5a2 2 0 0 0-2 2v9a2 2 0 0 0 2 2h5M14 13h6a1 1 0 0 1 1 1v5a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-5a1 1 0 0 1 1-1z",
    /// A loudspeaker.
    Speaker = "M4 10v4h3.500l4.5 4V6L7.5 10zM16 9.500a4 4 0 0 1 0 5M18.5 7a7.5 7.5 0 0 1 0 10",
    /// Two bars.
    Pause = "M9 6v12M15 6v12",
    /// A triangle.
    Play = "M8 5.500v13l10.5-6.500z",
    /// A photo camera.
    Snapshot = "M4 8h3.500l1.8-2.500h5.400L16.5 8H20a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1zM12 10a3.4 3.4 0 1 1 0 6.800a3.4 3.4 0 0 1 0-6.800z",
    /// Two arrows around.
    Flip = "M4 11a8 8 0 0 1 14-4.500l2 2.500M20 4v5h-5M20 13a8 8 0 0 1-14 4.500L4 15M4 20v-5h5",
    /// Two halves that mirror each other.
    Mirror = "M12 4v2M12 9v2M12 14v2M12 19v1M8.5 7v10H3zM15.5 7v10H21z",
    /// Sliders.
    Settings = "M4 7h8M17 7h3M4 17h3M12 17h8M14.5 4.500a2.5 2.5 0 1 1 0 5a2.5 2.5 0 0 1 0-5zM9.5 14.500a2.5 2.5 0 1 1 0 5a2.5 2.5 0 0 1 0-5z",
    /// Three points.
    More = "M5 11a1 1 0 1 1 0 2a1 1 0 0 1 0-2zM12 11a1 1 0 1 1 0 2a1 1 0 0 1 0-2zM19 11a1 1 0 1 1 0 2a1 1 0 0 1 0-2z",
    /// A cross.
    Close = "M6 6l12 12M18 6 6 18",
    /// An arrow down to a line.
    Download = "M12 4v11M7.5 10.5 12 15l4.5-4.500M5 20h14",
    /// An arrow up from a line.
    Upload = "M12 15V4M7.5 8.5 12 4l4.5 4.500M5 20h14",
    /// A bin.
    Delete = "M4 7h16M9.5 7V4.500h5V7M6 7l1 13h10l1-13M10 11v5.500M14 11v5.5",
    /// A pencil.
    Rename = "M4 20l1-4.500L16.5 4a2 2 0 0 1 3 3L8.5 19zM14.5 6l3.5 3.5",
    /// Two sheets.
    Copy = "M9 9h10a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1zM5 15H4V5a1 1 0 0 1 1-1h10v1",
    /// A triangle with a mark.
    Warning = "M12 4 2.5 20h19zM12 10v4.500M12 17.200v.3",
    /// A circle with a mark.
    Info = "M12 3.500a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM12 11v5.500M12 7.700v.3",
    /// A tick.
    Check = "M5 12.500l4.5 4.500L19.5 7",
    /// Keys.
    Keyboard = "M4 6h16a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1zM7 10h.1M10.3 10h.1M13.6 10h.1M17 10h.1M8 14.200h8",
    /// A globe.
    Language = "M12 3.500a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM3.5 12h17M12 3.500c5 5 5 12 0 17M12 3.500c-5 5-5 12 0 17",
    /// A circle, half dark.
    Theme = "M12 3.500a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM12 3.500v17M12 8l4.5-3M12 13l8-5.500M12 18l8.5-6",
    /// Rings that overlap.
    Filter = "M12 4a5 5 0 1 1 0 10a5 5 0 0 1 0-10zM8.5 10a5 5 0 1 1 0 10a5 5 0 0 1 0-10zM15.5 10a5 5 0 1 1 0 10a5 5 0 0 1 0-10z",
    /// A switch.
    Power = "M12 3.500v8M7 6.500a8 8 0 1 0 10 0",
    /// A strip of film.
    Film = "M4 5h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM7.5 5v14M16.5 5v14M3 9.700h4.500M3 14.300h4.500M16.5 9.700H21M16.5 14.300H21",
    /// A key.
    Key = "M8 11a4 4 0 1 1 0 8a4 4 0 0 1 0-8zM11 12l8-8M16 7l3 3",
    /// Two links of a chain.
    Link = "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700L12 7M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.700 5.700L12 17",
    /// An arrow back.
    Back = "M15 5l-7 7 7 7",
    /// A picture in a corner of a larger one.
    Small = "M21 10V6a1 1 0 0 0-1-1H4a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h6M14 13h6a1 1 0 0 1 1 1v4a1 1 0 0 1-1 1h-6a1 1 0 0 1-1-1v-4a1 1 0 0 1 1-1z",
    /// A clock.
    Clock = "M12 3.500a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM12 7.500V12l3 2",
    /// A video camera, struck out.
    CameraOff = "M9 6h4a2 2 0 0 1 2 2v3M15 15v1a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8a2 2 0 0 1 1-1.700M17 9.300l3-1.800v9M3.5 3.500l17 17",
    /// A microphone, struck out.
    MicrophoneOff = "M15 10V6a3 3 0 0 0-5.700-1.300M9 9v2a3 3 0 0 0 4.500 2.600M5 11a7 7 0 0 0 11 5.700M19 11a7 7 0 0 1-.6 2.800M12 18v3M3.5 3.500l17 17",
    /// A hand.
    Hand = "M7 12V6.500a1.5 1.5 0 0 1 3 0V11 5a1.5 1.5 0 0 1 3 0v6-4.500a1.5 1.5 0 0 1 3 0V12 9.500a1.500 1.500 0 0 1 3 0V14c0 4-2.500 7-6.500 7-3 0-4.700-1-6-3.500L4 13.500c-.8-1.600 1.300-2.800 2.300-1.500z",
    /// A face that smiles.
    Smile = "M12 3.500a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM8.5 14a4.2 4.2 0 0 0 7 0M9 9.500v.4M15 9.500v.4",
    /// A speech bubble.
    Chat = "M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9l-4.500 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1z",
    /// A paper plane.
    Send = "M4 5l16 7-16 7 2-7zM6 12h7",
    /// A handset, put down.
    Leave = "M3.200 15.500c5-5.300 12.600-5.300 17.600 0l-2.500 2.500-3.600-2v-2.800a9 9 0 0 0-5.400 0V16l-3.600 2z",
    /// A paper clip.
    Attach = "M19.500 11.500l-7.500 7.500a4.600 4.600 0 0 1-6.500-6.500l8-8a3.100 3.100 0 0 1 4.400 4.400l-7.900 7.900a1.500 1.500 0 0 1-2.200-2.200l7-7",
    /// An arrow up.
    Up = "M12 19V5M6 11l6-6 6 6",
    /// Bars of several heights.
    Chart = "M5 19v-7M12 19V5M19 19v-10",
    /// Corners that go outwards.
    Expand = "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
    /// An arrow that turns back.
    Undo = "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
}

/// The picture; a word beside it or its button's name says what it means.
pub fn icon(glyph: Glyph) -> El {
    el("svg.icon[viewBox=0 0 24 24][aria-hidden=true]").with(el("path").set("d", glyph.path()))
}
