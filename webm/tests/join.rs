//! Parts of different recorders become one take that plays through.

mod support;

use callreel_webm::{Error, TakeWriter};
use support::{SWITCHES, Vault, ebml, parts, sample, temporary, tools};

fn joined(name: &str, at_ms: f64) -> Vault {
    let [first, second] = parts(name);
    let mut vault = Vault::default();
    for chunk in first.chunks(4000) {
        vault.push(chunk);
    }
    vault.next_part(at_ms);
    for chunk in second.chunks(4000) {
        vault.push(chunk);
    }
    vault
}

#[test]
fn a_take_with_a_switch_decodes_in_both_sizes() {
    for name in SWITCHES {
        let vault = joined(name, 1210.0);
        let [join] = vault.writer.joins()[..] else {
            panic!("{name}: one join");
        };
        let (file, finished) = vault.seekable();
        let path = temporary(&format!("{name}.webm"));
        std::fs::write(&path, &file).expect("a temporary file");
        tools::expect_decodes(&path, name);
        tools::expect_seekable(&path, name);
        let packets = tools::packets(&path);
        tools::expect_monotonic(&packets, name);
        assert_eq!(packets.len() as u64, finished.report.blocks, "{name}");
        let mut widths = tools::decoded_widths(&path);
        widths.dedup();
        assert_eq!(widths.len(), 2, "{name}: {widths:?}");
        assert!(
            join.at_ms >= 1150.0 && join.at_ms < 1230.0,
            "{name}: {join:?}"
        );
        let hole = join.audio_gap_ms.expect("sound in both parts");
        assert!((0.0..10.0).contains(&hole), "{name}: {join:?}");
        let gap = join.video_gap_ms.expect("pictures in both parts");
        assert!(gap.abs() < 300.0, "{name}: {join:?}");
        std::fs::remove_file(&path).expect("the file is there");
    }
}

#[test]
fn real_silence_between_parts_stays() {
    for name in SWITCHES {
        let [join] = joined(name, 2000.0).writer.joins()[..] else {
            panic!("{name}: one join");
        };
        assert_eq!(join.at_ms, 2000.0, "{name}: {join:?}");
        assert!(
            join.audio_gap_ms.is_some_and(|gap| gap > 60.0),
            "{name}: {join:?}"
        );
    }
}

#[test]
fn no_block_is_lost_and_both_parts_can_be_sought() {
    for name in SWITCHES {
        let blocks = parts(name).map(|part| support::seekable(&part).1.report.blocks);
        let (_, finished) = joined(name, 2000.0).seekable();
        assert_eq!(finished.report.blocks, blocks[0] + blocks[1], "{name}");
        assert!(finished.report.cues >= 2, "{name}");
        assert_eq!(finished.layout.parts.len(), 2, "{name}");
        assert_eq!(finished.report.dropped_bytes, 0, "{name}");
        let off = finished.layout.duration_ms - 3200.0;
        assert!(off.abs() < 100.0, "{name}: {}", finished.layout.duration_ms);
    }
}

#[test]
fn a_part_that_would_go_back_is_moved_behind() {
    let vault = joined("chromium-vp8-switch", 300.0);
    let [join] = vault.writer.joins()[..] else {
        panic!("one join");
    };
    assert!(join.at_ms > 1100.0 && join.at_ms < 1230.0, "{join:?}");
    let gap = join.audio_gap_ms.expect("sound in both parts");
    assert!(
        (0.0..2.0).contains(&gap),
        "sound neither overlaps nor pauses: {join:?}"
    );
    let (file, _) = vault.seekable();
    let path = temporary("back.webm");
    std::fs::write(&path, &file).expect("a temporary file");
    tools::expect_monotonic(&tools::packets(&path), "moved behind");
    std::fs::remove_file(&path).expect("the file is there");
}

#[test]
fn blocks_behind_a_cut_are_dropped() {
    for name in SWITCHES {
        let [first, second] = parts(name);
        let mut vault = Vault::default();
        vault.push(&first[..first.len() / 3]);
        vault.writer.cut(800.0);
        vault.push(&first[first.len() / 3..]);
        let end = vault.writer.index().duration_ms();
        assert!(end > 700.0 && end < 870.0, "{name}: {end}");
        vault.next_part(800.0);
        vault.push(&second);
        let [join] = vault.writer.joins()[..] else {
            panic!("{name}: one join");
        };
        // A packet of sound that began before the cut is played to its end.
        assert!((800.0..860.0).contains(&join.at_ms), "{name}: {join:?}");
        let (file, finished) = vault.seekable();
        let path = temporary(&format!("cut-{name}.webm"));
        std::fs::write(&path, &file).expect("a temporary file");
        tools::expect_decodes(&path, name);
        tools::expect_monotonic(&tools::packets(&path), name);
        std::fs::remove_file(&path).expect("the file is there");
        assert_eq!(finished.report.damages, 0, "{name}");
    }
}

/// Clusters that say how long they are leave no room to drop a block: it becomes a Void.
#[test]
fn a_cut_in_clusters_of_known_size_leaves_voids() {
    let group = |ms: i16| {
        let block = ebml::element(0xA1, &[&[0x81], &ms.to_be_bytes()[..], &[0; 200]].concat());
        ebml::element(
            0xA0,
            &[&ebml::element(0x75A2, &[1, 2]), &block[..]].concat(),
        )
    };
    let data = [
        ebml::timestamp(0),
        group(0),
        group(40),
        ebml::block(1, 80, false, 30),
    ]
    .concat();
    let cluster = ebml::element(0x1F43_B675, &data);
    let file = [&ebml::beginning()[..], &ebml::tracks(), &cluster, &cluster].concat();
    for chunk in [1, 7, 10_000] {
        let mut vault = Vault::default();
        vault.writer.cut(40.0);
        for bytes in file.chunks(chunk) {
            vault.push(bytes);
        }
        assert_eq!(vault.file.len(), file.len());
        let (made, finished) = vault.seekable();
        assert_eq!((finished.report.blocks, finished.report.damages), (2, 0));
        let tree = ebml::read(&made, 0);
        for cluster in tree[1].all(0x1F43_B675) {
            let ids: Vec<_> = cluster.children.iter().map(|child| child.id).collect();
            assert_eq!(ids, [0xE7, 0xA0, 0xEC, 0xEC]);
            assert!(cluster.children[2].data.iter().all(|&byte| byte == 0));
        }
    }
}

#[test]
fn what_came_whole_before_damage_is_kept() {
    let [first, second] = parts("chromium-vp8-switch");
    let mut vault = Vault::default();
    vault.push(&first);
    let before = vault.writer.index().duration_ms();
    vault.next_part(1250.0);
    vault.push(&[&second[..second.len() / 2], &[0; 4000]].concat());
    assert!(vault.writer.index().duration_ms() > before + 400.0);
    assert_eq!(vault.writer.push(&[0; 9]), Err(Error::Malformed));
    assert!(vault.seekable().1.report.blocks > 40);
}

#[test]
fn many_parts_follow_each_other() {
    let [first, second] = parts("firefox-vp8-switch");
    let mut vault = Vault::default();
    vault.push(&first);
    for turn in 1..6 {
        vault.next_part(f64::from(turn) * 1250.0);
        vault.push(if turn % 2 == 0 { &first } else { &second });
    }
    assert_eq!(vault.writer.joins().len(), 5);
    let (file, finished) = vault.seekable();
    assert!((finished.layout.duration_ms - 7450.0).abs() < 100.0);
    let path = temporary("many.webm");
    std::fs::write(&path, &file).expect("a temporary file");
    tools::expect_decodes(&path, "many parts");
    tools::expect_monotonic(&tools::packets(&path), "many parts");
    std::fs::remove_file(&path).expect("the file is there");
}

#[test]
fn tracks_are_told_apart_by_what_they_carry() {
    // The first recorder writes sound as track 1, the other pictures.
    let make = |video: u8, audio: u8| {
        let entry = |number: u8, kind: u8, codec: &[u8]| {
            let data = [
                ebml::element(0xD7, &[number]),
                ebml::element(0x83, &[kind]),
                ebml::element(0x86, codec),
            ];
            ebml::element(0xAE, &data.concat())
        };
        let tracks = [entry(video, 1, b"V_VP8"), entry(audio, 2, b"A_OPUS")].concat();
        let data = [
            ebml::timestamp(0),
            ebml::block(video, 0, true, 40),
            ebml::block(audio, 5, true, 20),
        ];
        let mut file = ebml::beginning();
        file.extend(ebml::element(0x1654_AE6B, &tracks));
        file.extend(ebml::open(0x1F43_B675, &data.concat()));
        file
    };
    let mut vault = Vault::default();
    vault.push(&make(2, 1));
    vault.next_part(500.0);
    vault.push(&make(1, 2));
    let (file, _) = vault.seekable();
    let tree = ebml::read(&file, 0);
    let clusters: Vec<_> = tree[1].all(0x1F43_B675).collect();
    let tracks = |cluster: &ebml::Node| -> Vec<_> {
        cluster
            .all(0xA3)
            .map(|block| (block.data[0] & 0x7F, block.data.len()))
            .collect()
    };
    assert_eq!(tracks(clusters[0]), [(2, 44), (1, 24)]);
    assert_eq!(tracks(clusters[1]), [(2, 44), (1, 24)]);
    assert_eq!(clusters[1].find(0xE7).expect("a timestamp").uint(), 500);
}

#[test]
fn another_codec_is_refused_and_the_take_stays_good() {
    let mut writer = TakeWriter::new();
    writer
        .push(&sample("chromium-vp8-opus"))
        .expect("a good part");
    let whole = writer.finish().expect("a good take");
    writer.next_part(3000.0).expect("a part can begin");
    let refused = writer.push(&sample("chromium-vp9-opus"));
    assert_eq!(refused, Err(Error::CodecChanged));
    assert_eq!(Error::CodecChanged.code(), "codec_changed");
    let after = writer.finish().expect("a good take");
    assert_eq!(after.layout, whole.layout);
    // A part with sound can't be joined to one without.
    let mut writer = TakeWriter::new();
    writer
        .push(&sample("chromium-vp8-silent"))
        .expect("a good part");
    writer.next_part(3000.0).expect("a part can begin");
    assert_eq!(
        writer.push(&sample("chromium-vp8-opus")),
        Err(Error::CodecChanged)
    );
}

#[test]
fn a_part_without_pictures_may_follow() {
    let mut vault = Vault::default();
    vault.push(&sample("chromium-vp8-opus"));
    vault.next_part(2600.0);
    vault.push(&sample("chromium-opus"));
    let [join] = vault.writer.joins()[..] else {
        panic!("one join");
    };
    assert_eq!(join.video_gap_ms, None);
    assert!(
        join.audio_gap_ms
            .is_some_and(|gap| gap > 0.0 && gap < 200.0)
    );
}

#[test]
fn a_recorder_that_never_began_leaves_no_trace() {
    let [first, second] = parts("chromium-vp8-switch");
    let mut vault = Vault::default();
    vault.push(&first[..150]);
    vault.next_part(100.0);
    vault.push(&second);
    assert!(vault.writer.joins().is_empty());
    let (file, _) = vault.seekable();
    assert!(file == support::seekable(&second).0);
}

#[test]
fn a_recorder_that_broke_off_loses_its_last_block() {
    let [first, second] = parts("chromium-vp9-switch");
    let mut vault = Vault::default();
    vault.push(&first[..first.len() - 20]);
    vault.next_part(1210.0);
    vault.push(&second);
    let (file, finished) = vault.seekable();
    assert!(finished.report.dropped_bytes > 0);
    let path = temporary("broke-off.webm");
    std::fs::write(&path, &file).expect("a temporary file");
    tools::expect_decodes(&path, "a part that broke off");
    std::fs::remove_file(&path).expect("the file is there");
}
