//! How the connections do.

use callreel_browser::{page, stats};
use callreel_engine::call::{
    Key,
    stats::{Counts, Flow, History, line},
};

use wasm_bindgen_futures::spawn_local;

use super::{
    controller::Room,
    state::{Message, Phase, Side},
    view::View,
};
use crate::components::{Button, El, Glyph, el, number};

/// How many beats lie between two looks: about two seconds.
pub const EVERY: u32 = 10;
/// The size of a plot in its own units.
const PLOT: (u32, u32) = (300, 48);

impl Room {
    /// Looks how the connections do.
    pub(super) fn measure(&self) {
        if self.state().phase != Phase::In {
            return;
        }
        let asked: Vec<_> = {
            let links = self.0.links.borrow();
            let asked = links
                .iter()
                .filter_map(|link| Some((link.key, link.stats()?)));
            asked.collect()
        };
        let room = self.weak();
        spawn_local(async move {
            for (key, stats) in asked {
                // A connection that was closed meanwhile has nothing to tell, or never answers.
                let Ok(stats) = stats.await else { continue };
                if let Some(room) = room() {
                    let mut links = room.0.links.borrow_mut();
                    if let Some(link) = links.iter_mut().find(|link| link.key == key) {
                        link.history.push(counts(stats, page::now()));
                    }
                }
            }
            if let Some(room) = room().filter(|room| room.state().side == Some(Side::Statistics)) {
                room.redraw();
            }
        });
    }

    fn histories(&self) -> Vec<(Key, History)> {
        let links = self.0.links.borrow();
        links
            .iter()
            .map(|link| (link.key, link.history.clone()))
            .collect()
    }

    /// Puts everything measured on the clipboard, as JSON.
    pub fn copy_statistics(&self) {
        let name = |key| {
            let state = self.state();
            let mut people = state.people.iter();
            let person = people.find(|person| person.key == key);
            person.map(|person| person.name.clone()).unwrap_or_default()
        };
        let reports: Vec<String> = self
            .histories()
            .into_iter()
            .map(|(key, history)| history.to_json(&name(key)))
            .collect();
        let report = ["[", &reports.join(",\n"), "]\n"].concat();
        self.spawn(|room| async move {
            room.say(match page::copy_text(&report).await {
                Ok(()) => Message::ReportCopied,
                Err(error) => Message::Failed(error.text()),
            });
        });
    }
}

fn counts(found: stats::Stats, at_ms: f64) -> Counts {
    let ms = |seconds: f64| seconds * 1_000.0;
    let flow = |found: stats::Flow| Flow {
        bytes: found.bytes,
        packets: found.packets,
        lost: found.packets_lost,
        jitter_ms: found.jitter.map(ms),
        width: found.frame_width,
        height: found.frame_height,
        frame_rate: found.frames_per_second,
        codec: found.mime_type,
        limited_by: found.quality_limitation_reason,
    };
    Counts {
        at_ms,
        video: found.video.map(flow),
        audio: found.audio.map(flow),
        round_trip_ms: found.round_trip_time.map(ms),
        available: found.available_outgoing_bitrate,
        local: found.local_candidate_type,
        remote: found.remote_candidate_type,
        protocol: found.protocol,
    }
}

/// The panel.
pub fn statistics(view: &View) -> El {
    let words = view.words;
    let title = words.t("room.statistics");
    let close = view.icon("common.close", Glyph::Close, |room| {
        room.show(Side::Statistics)
    });
    let copy = Button::new(
        words.t("stats.copy"),
        view.act(|room| room.copy_statistics()),
    )
    .glyph(Glyph::Copy)
    .class("btn");
    let histories = view.room.histories();
    let mut body = el("div.side-body");
    if histories.is_empty() {
        body = body.with(el("p.quiet").say(words.t("stats.nobody")));
    }
    for (key, history) in &histories {
        let person = view.state.people.iter().find(|person| person.key == *key);
        let name = view.name(person.map_or("", |person| &person.name));
        body = body.with(connection(view, name, history).key(key.to_string()));
    }
    el("aside.side[role=region][part=side]")
        .set("aria-label", title)
        .with(
            el("div.side-head")
                .with(el("h2").say(title))
                .with(close.class("btn quiet").view()),
        )
        .with(body)
        .with(el("div.write").with(copy.view()))
}

fn connection(view: &View, name: String, history: &History) -> El {
    let words = view.words;
    let History { counts, rates, .. } = history;
    let way = if counts.protocol.is_empty() {
        "stats.no_way"
    } else if counts.is_relayed() {
        "stats.relayed"
    } else {
        "stats.direct"
    };
    let ends = [
        &*counts.protocol,
        " · ",
        &counts.local,
        " → ",
        &counts.remote,
    ]
    .concat();
    let both = |values: [f64; 2]| ["↑ ", &bits(values[0]), "  ↓ ", &bits(values[1])].concat();
    let picture = |flow: &Flow| match flow.height > 0.0 {
        true => [
            &*whole(flow.width),
            " × ",
            &whole(flow.height),
            " · ",
            &whole(flow.frame_rate),
            " fps",
        ]
        .concat(),
        false => "–".to_owned(),
    };
    let codec = |flow: &Flow| flow.codec.rsplit('/').next().unwrap_or_default().to_owned();
    let ms = |value: Option<f64>| {
        value.map_or_else(|| "–".to_owned(), |value| [&*number(value), " ms"].concat())
    };
    let limited = match &*counts.video[0].limited_by {
        "cpu" => "stats.limited.cpu",
        "bandwidth" => "stats.limited.bandwidth",
        "other" => "stats.limited.other",
        _ => "stats.limited.none",
    };
    let codecs = [codec(&counts.video[1]), codec(&counts.audio[1])].join(" + ");
    let rows = [
        ("stats.rate", both(rates.bits)),
        ("stats.video_rate", both(rates.video_bits)),
        ("stats.audio_rate", both(rates.audio_bits)),
        ("stats.sent", picture(&counts.video[0])),
        ("stats.received", picture(&counts.video[1])),
        ("stats.round_trip", ms(counts.round_trip_ms)),
        (
            "stats.jitter",
            ms(counts.video[1].jitter_ms.or(counts.audio[1].jitter_ms)),
        ),
        ("stats.loss", [&*number(rates.loss * 100.0), " %"].concat()),
        ("stats.codecs", codecs),
        ("stats.limited", words.t(limited).to_owned()),
        ("stats.way", ends),
    ];
    let mut list = el("dl.facts");
    for (key, value) in rows {
        list = list
            .with(el("dt").say(words.t(key)))
            .with(el("dd.num").text(value));
    }
    let column = |way: usize| {
        history
            .bits
            .iter()
            .map(|bits| bits[way])
            .collect::<Vec<_>>()
    };
    el("section.connection")
        .put("aria-label", name.clone().into())
        .with(
            el("div.connection-head")
                .with(el("h3").text(name))
                .with(el("span.chip").say(words.t(way))),
        )
        .with(plot(
            words.t("stats.rate"),
            &[column(0), column(1)],
            100_000.0,
        ))
        .with(plot(
            words.t("stats.round_trip"),
            std::slice::from_ref(&history.round_trips),
            20.0,
        ))
        .with(list)
}

fn plot(label: &'static str, lines: &[Vec<f64>], least: f64) -> El {
    let (width, height) = PLOT;
    let mut plot = el("svg.plot[role=img][preserveAspectRatio=none]")
        .put(
            "viewBox",
            ["0 0 ", &width.to_string(), " ", &height.to_string()]
                .concat()
                .into(),
        )
        .set("aria-label", label);
    for values in lines {
        plot = plot.with(el("polyline").put("points", line(values, least, width, height).into()));
    }
    let mut head = el("p.small quiet").say(label);
    if lines.len() > 1 {
        head = head.with(el("span").say("↑")).with(el("span").say("↓"));
    }
    el("div.plotted").with(head).with(plot)
}

fn whole(value: f64) -> String {
    (value.round() as u32).to_string()
}

fn bits(per_second: f64) -> String {
    if per_second >= 1_000_000.0 {
        let tenths = (per_second / 100_000.0).round() / 10.0;
        [&*number(tenths), " Mbit/s"].concat()
    } else {
        [&*whole(per_second / 1_000.0), " kbit/s"].concat()
    }
}
