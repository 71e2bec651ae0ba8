//! A finished recording has a duration and an index, and both are true.

mod support;

use callreel_webm::{Part, TrackKind};
use support::{SAMPLES, ebml, sample, seekable, temporary, tools};

const SEGMENT: u32 = 0x1853_8067;
const CLUSTER: u32 = 0x1F43_B675;
const CUES: u32 = 0x1C53_BB6B;

#[test]
fn other_programs_find_duration_and_index_and_decode_all() {
    for name in SAMPLES {
        let (file, _) = seekable(&sample(name));
        let path = temporary(&format!("{name}.webm"));
        std::fs::write(&path, &file).expect("a temporary file");
        tools::expect_decodes(&path, name);
        tools::expect_seekable(&path, name);
        tools::expect_monotonic(&tools::packets(&path), name);
        std::fs::remove_file(&path).expect("the file is there");
    }
}

#[test]
fn no_frame_is_lost_or_moved() {
    for name in SAMPLES {
        let original = sample(name);
        let (file, finished) = seekable(&original);
        let [raw, made] = [("raw", &original), ("made", &file)].map(|(kind, bytes)| {
            let path = temporary(&format!("{kind}-{name}.webm"));
            std::fs::write(&path, bytes).expect("a temporary file");
            let packets = tools::packets(&path);
            std::fs::remove_file(&path).expect("the file is there");
            packets
        });
        assert_eq!(made.len() as u64, finished.report.blocks, "{name}");
        assert_eq!(raw.len(), made.len(), "{name}");
        for (raw, made) in raw.iter().zip(&made) {
            assert_eq!(raw.len, made.len, "{name}");
            // A removed CodecDelay moves sound by what it was, Firefox's 6.5 ms.
            assert!((raw.ms - made.ms).abs() < 7.1, "{name}: {raw:?} {made:?}");
        }
    }
}

/// Firefox holds a file to reach as far behind its last block as that is behind the one before. To
/// what a file tells beyond that it waits 15 s for the rest, which never comes.
#[test]
fn no_player_waits_for_an_end_that_is_not_there() {
    for name in SAMPLES {
        let (file, finished) = seekable(&sample(name));
        let path = temporary(&format!("reach-{name}.webm"));
        std::fs::write(&path, &file).expect("a temporary file");
        let packets = tools::packets(&path);
        std::fs::remove_file(&path).expect("the file is there");
        let mut times = packets.iter().rev().map(|packet| packet.ms);
        let (last, before) = (times.next().unwrap_or(0.0), times.next().unwrap_or(0.0));
        let reach = last + (last - before);
        let told = finished.layout.duration_ms;
        assert!(
            told <= reach && told >= last,
            "{name}: {told} of {reach} ms"
        );
    }
}

#[test]
fn the_duration_is_the_recorded_time_without_pauses() {
    for name in SAMPLES {
        let (_, finished) = seekable(&sample(name));
        // What the recording page measured: see samples/README.md.
        let recorded = match name {
            _ if name.ends_with("pause") => 2000.0,
            _ if name.ends_with("resize") => 2400.0,
            _ => 2500.0,
        };
        let off = finished.layout.duration_ms - recorded;
        assert!(
            off.abs() < 100.0,
            "{name}: {} ms",
            finished.layout.duration_ms
        );
    }
}

#[test]
fn every_cue_leads_to_a_key_frame() {
    for name in SAMPLES {
        let (file, finished) = seekable(&sample(name));
        let tree = ebml::read(&file, 0);
        let segment = tree
            .iter()
            .find(|node| node.id == SEGMENT)
            .expect("a Segment");
        let cues = segment.find(CUES).expect("Cues");
        let clusters: Vec<_> = segment.all(CLUSTER).collect();
        assert!(cues.at < clusters[0].at, "{name}: Cues stand in front");
        assert_eq!(cues.children.len() as u64, finished.report.cues, "{name}");
        for cue in &cues.children {
            let time = cue.find(0xB3).expect("CueTime").uint();
            let positions = cue.find(0xB7).expect("CueTrackPositions");
            let track = positions.find(0xF7).expect("CueTrack").uint();
            let at = segment.data_at as u64 + positions.find(0xF1).expect("a position").uint();
            let cluster = clusters.iter().find(|it| it.at as u64 == at);
            let cluster = cluster.unwrap_or_else(|| panic!("{name}: no cluster at {at}"));
            let relative = positions.find(0xF0).map(ebml::Node::uint);
            let block = match relative {
                Some(relative) => cluster
                    .children
                    .iter()
                    .find(|child| (child.at - cluster.data_at) as u64 == relative),
                None => cluster
                    .children
                    .iter()
                    .find(|it| it.id == 0xA3 || it.id == 0xA0),
            };
            let block = block.unwrap_or_else(|| panic!("{name}: no block at {relative:?}"));
            let (data, key) = match block.find(0xA1) {
                Some(inner) => (&inner.data, block.find(0xFB).is_none()),
                None => (&block.data, block.data[3] & 0x80 != 0),
            };
            assert_eq!(u64::from(data[0] & 0x7F), track, "{name}");
            let base = cluster.find(0xE7).expect("a timestamp").uint() as i64;
            let own = base + i64::from(i16::from_be_bytes([data[1], data[2]]));
            assert_eq!(own, time as i64, "{name}");
            assert!(
                key || name == "firefox-opus",
                "{name}: no key frame at {time}"
            );
        }
    }
}

#[test]
fn the_seek_head_leads_to_info_tracks_and_cues() {
    let (file, _) = seekable(&sample("firefox-vp8-opus"));
    let tree = ebml::read(&file, 0);
    let segment = tree
        .iter()
        .find(|node| node.id == SEGMENT)
        .expect("a Segment");
    let seeks = segment.find(0x114D_9B74).expect("a SeekHead");
    for seek in &seeks.children {
        let id = seek.find(0x53AB).expect("an ID").uint() as u32;
        let at = seek.find(0x53AC).expect("a position").uint();
        let element = segment.find(id).expect("the element");
        assert_eq!(at, (element.at - segment.data_at) as u64, "{id:x}");
    }
    assert_eq!(seeks.children.len(), 3);
}

#[test]
fn clusters_are_not_copied_into_memory() {
    for name in SAMPLES {
        let original = sample(name);
        let (_, finished) = seekable(&original);
        let [Part::Bytes(head), Part::Original(range)] = &finished.layout.parts[..] else {
            panic!("{name}: {:?}", finished.layout.parts);
        };
        assert!(head.len() < 1024, "{name}");
        assert_eq!(range.end, original.len() as u64, "{name}");
        assert!(!finished.report.truncated, "{name}");
        assert_eq!(finished.report.dropped_bytes, 0, "{name}");
    }
}

#[test]
fn tracks_are_told() {
    let mut file = sample("firefox-vp8-opus");
    let index = support::index(&mut file);
    let [video, audio] = index.tracks() else {
        panic!("{:?}", index.tracks());
    };
    assert_eq!(
        (video.kind, &video.codec_id[..]),
        (TrackKind::Video, "V_VP8")
    );
    assert_eq!((video.width, video.height, video.channels), (160, 120, 0));
    assert_eq!(
        (audio.kind, &audio.codec_id[..]),
        (TrackKind::Audio, "A_OPUS")
    );
    assert_eq!((audio.width, audio.channels), (0, 1));
    assert_eq!(audio.sample_rate, 44100.0);
    assert_eq!(&audio.codec_private[..8], b"OpusHead");
}

#[test]
fn only_the_delay_that_chromium_refuses_is_removed() {
    let delay = |file: &[u8]| {
        let tree = ebml::read(file, 0);
        let segment = tree
            .iter()
            .find(|node| node.id == SEGMENT)
            .expect("a Segment");
        let tracks = segment.find(0x1654_AE6B).expect("Tracks");
        let delays = tracks
            .children
            .iter()
            .map(|track| track.find(0x56AA).is_some());
        delays.fold(false, |any, one| any | one)
    };
    for name in ["firefox-vp8-opus", "firefox-opus"] {
        let (file, finished) = seekable(&sample(name));
        assert!(
            finished.report.codec_delay_removed && !delay(&file),
            "{name}"
        );
    }
    // The same file with sound marked as key frames, as other programs write it.
    let mut marked = sample("firefox-opus");
    let mut at = 0;
    while let Some(found) = marked[at..]
        .windows(10)
        .position(|it| it[0] == 0xA3 && it[1] == 0x10)
    {
        at += found;
        marked[at + 8] |= 0x80;
        at += 9;
    }
    let (file, finished) = seekable(&marked);
    assert!(!finished.report.codec_delay_removed && delay(&file));
}

#[test]
fn a_live_file_can_be_finished_again_and_again() {
    let original = sample("chromium-vp9-opus");
    let (whole, _) = seekable(&original);
    let mut file = original.clone();
    let mut index = callreel_webm::Index::new();
    let mut durations = Vec::new();
    for chunk in original.chunks(1000) {
        let patches = index.push(chunk).expect("a good file");
        support::apply(&mut file, &patches);
        if let Ok(finished) = index.finish() {
            durations.push(finished.layout.duration_ms);
        }
    }
    assert!(durations.is_sorted() && durations.len() > 10);
    let finished = index.finish().expect("a good file");
    support::apply(&mut file, &finished.patches);
    assert_eq!(support::assemble(&file, &finished.layout), whole);
}

#[test]
fn a_seekable_file_stays_as_it_is() {
    for name in SAMPLES {
        let (once, _) = seekable(&sample(name));
        let (twice, finished) = seekable(&once);
        assert!(once == twice, "{name}");
        assert!(
            finished.report.already_indexed && finished.patches.is_empty(),
            "{name}"
        );
    }
}

/// Chromium answers "demuxer seek failed" to sound of one cluster with one entry.
#[test]
fn sound_of_one_cluster_has_two_entries() {
    const CUE_POINT: u32 = 0xBB;
    let original = &sample("firefox-opus")[..2600];
    let (file, finished) = seekable(original);
    assert!(finished.layout.duration_ms < 1000.0);
    let nodes = ebml::read(&file, 0);
    let segment = nodes.iter().find(|node| node.id == SEGMENT);
    let segment = segment.expect("a file has a Segment");
    assert_eq!(segment.all(CLUSTER).count(), 1);
    let cues = segment.find(CUES).expect("it has an index");
    assert_eq!(cues.all(CUE_POINT).count(), 2);
}
