//! Files as other programs write them, and damaged ones.

mod support;

use callreel_webm::{Error, Finished, Index, Part};
use support::ebml::{beginning, block, cluster_data, element, open, read, timestamp, tracks};
use support::{apply, assemble, seekable};

const SEGMENT: u32 = 0x1853_8067;
const INFO: u32 = 0x1549_A966;
const CLUSTER: u32 = 0x1F43_B675;
const CUES: u32 = 0x1C53_BB6B;
const TAGS: u32 = 0x1254_C367;
const VOID: u32 = 0xEC;

/// A live file with these things behind its Tracks.
fn live(rest: &[&[u8]]) -> Vec<u8> {
    [&beginning(), &tracks(), &rest.concat()[..]].concat()
}

/// IDs at the first level of the seekable file, SeekHead, Info, Tracks and Cues aside.
fn kept(file: &[u8]) -> Vec<u32> {
    let tree = read(file, 0);
    let ids: Vec<_> = tree[1].children.iter().map(|child| child.id).collect();
    assert_eq!(ids[..4], [0x114D_9B74, INFO, 0x1654_AE6B, CUES]);
    ids[4..].to_vec()
}

fn originals(finished: &Finished) -> usize {
    let parts = finished.layout.parts.iter();
    parts
        .filter(|part| matches!(part, Part::Original(_)))
        .count()
}

#[test]
fn clusters_of_known_and_unknown_size_are_the_same() {
    let known = live(&[
        &element(CLUSTER, &cluster_data(0)),
        &element(CLUSTER, &cluster_data(1000)),
    ]);
    let unknown = live(&[
        &open(CLUSTER, &cluster_data(0)),
        &open(CLUSTER, &cluster_data(1000)),
    ]);
    for file in [known, unknown] {
        let (made, finished) = seekable(&file);
        assert_eq!(kept(&made), [CLUSTER, CLUSTER]);
        assert_eq!((finished.report.blocks, finished.report.keyframes), (6, 2));
        assert_eq!(finished.layout.duration_ms, 1077.0);
        assert_eq!(originals(&finished), 1);
    }
}

#[test]
fn a_head_of_a_few_bytes() {
    let (made, _) = seekable(&live(&[&element(CLUSTER, &cluster_data(0))]));
    let tree = read(&made, 0);
    let info = tree[1].find(INFO).expect("Info");
    assert_eq!(info.find(0x2A_D7B1).expect("a scale").uint(), 1_000_000);
    assert_eq!(info.find(0x4489).expect("a duration").float(), 77.0);
    for app in [0x4D80, 0x5741] {
        assert_eq!(info.find(app).expect("a name").data, b"Callreel");
    }
    let cluster = tree[1].find(CLUSTER).expect("a cluster");
    let position = ((cluster.at - tree[1].data_at) as u16).to_be_bytes();
    let positions = [element(0xF7, &[1]), element(0xF1, &position)].concat();
    let cue = [element(0xB3, &[0]), element(0xB7, &positions)].concat();
    let cues = tree[1].find(CUES).expect("Cues");
    assert_eq!(cues.data, element(0xBB, &cue));
}

#[test]
fn date_title_and_scale_are_kept() {
    let info = [
        element(0x2A_D7B1, &[0x07, 0xA1, 0x20]), // 500,000 ns
        element(0x7BA9, b"a title"),
        element(0x4461, &[0, 0, 0, 0, 0, 0, 0, 9]),
        element(0x4D80, b"another program"),
    ];
    let file = live(&[
        &element(INFO, &info.concat()),
        &element(CLUSTER, &cluster_data(0)),
    ]);
    let (made, finished) = seekable(&file);
    let tree = read(&made, 0);
    let info = tree[1].find(INFO).expect("Info");
    assert_eq!(info.find(0x7BA9).expect("a title").data, b"a title");
    assert_eq!(info.find(0x4461).expect("a date").uint(), 9);
    assert_eq!(info.find(0x2A_D7B1).expect("a scale").uint(), 500_000);
    assert_eq!(info.all(0x4D80).count(), 1);
    assert_eq!(finished.layout.duration_ms, 38.5);
    assert_eq!(info.find(0x4489).expect("a duration").float(), 77.0);
}

#[test]
fn an_old_index_at_the_end_goes_and_tags_stay() {
    let tags = element(TAGS, &element(VOID, &[0; 30]));
    let file = live(&[
        &element(CLUSTER, &cluster_data(0)),
        &element(CLUSTER, &cluster_data(1000)),
        &element(CUES, &[0xEC, 0x80]),
        &tags,
        &element(VOID, &[0; 9]),
    ]);
    let (made, finished) = seekable(&file);
    assert_eq!(kept(&made), [CLUSTER, CLUSTER, TAGS]);
    assert_eq!(
        (finished.report.dropped_bytes, finished.report.truncated),
        (0, false)
    );
    assert_eq!(originals(&finished), 2);
}

#[test]
fn an_old_index_between_clusters_goes() {
    let file = live(&[
        &open(CLUSTER, &cluster_data(0)),
        &element(CUES, &[0xEC, 0x80]),
        &open(CLUSTER, &cluster_data(1000)),
    ]);
    let (made, finished) = seekable(&file);
    assert_eq!(kept(&made), [CLUSTER, CLUSTER]);
    assert_eq!((originals(&finished), finished.report.cues), (2, 2));
    let tree = read(&made, 0);
    let last = tree[1]
        .find(CUES)
        .expect("Cues")
        .children
        .last()
        .expect("a cue");
    let position = last
        .find(0xB7)
        .expect("positions")
        .find(0xF1)
        .expect("a position");
    let cluster = tree[1].all(CLUSTER).last().expect("a cluster");
    assert_eq!(position.uint(), (cluster.at - tree[1].data_at) as u64);
}

#[test]
fn tags_in_front_of_the_clusters_stay() {
    let tags = element(TAGS, &element(VOID, &[0; 30]));
    let file = live(&[&tags, &open(CLUSTER, &cluster_data(0))]);
    let (made, finished) = seekable(&file);
    assert_eq!(kept(&made), [TAGS, CLUSTER]);
    assert_eq!(originals(&finished), 1);
}

#[test]
fn a_position_that_would_be_wrong_is_voided_and_its_checksum_too() {
    let crc = element(0xBF, &[1, 2, 3, 4]);
    let position = element(0xA7, &[0x12, 0x34]);
    let data = [&crc, &timestamp(0), &position, &block(1, 0, true, 9)[..]].concat();
    let (made, _) = seekable(&live(&[&element(CLUSTER, &data)]));
    let tree = read(&made, 0);
    let cluster = tree[1].find(CLUSTER).expect("a cluster");
    let ids: Vec<_> = cluster.children.iter().map(|child| child.id).collect();
    assert_eq!(ids, [VOID, 0xE7, VOID, 0xA3]);
    // A cluster in which nothing changes keeps its checksum, one that is cut short does not.
    let data = [&crc, &cluster_data(0)[..]].concat();
    let file = live(&[&element(CLUSTER, &data)]);
    for (cut, id) in [(0, 0xBF), (5, VOID)] {
        let (made, finished) = seekable(&file[..file.len() - cut]);
        let tree = read(&made, 0);
        assert_eq!(tree[1].find(CLUSTER).expect("a cluster").children[0].id, id);
        assert_eq!(finished.report.truncated, cut > 0);
    }
}

#[test]
fn a_size_field_too_short_to_patch_leaves_the_segment_open() {
    let mut short = 0x1F43_B675_u32.to_be_bytes().to_vec();
    short.push(0xFF);
    short.extend(timestamp(0));
    short.extend(block(1, 0, true, 200));
    let file = live(&[&short, &open(CLUSTER, &cluster_data(1000))]);
    let (made, finished) = seekable(&file);
    assert_eq!(finished.report.clusters, 2);
    let segment = made.windows(12).find(|it| it[..4] == SEGMENT.to_be_bytes());
    assert_eq!(
        segment.expect("a Segment")[4..],
        [0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
    );
}

#[test]
fn damage_costs_the_rest_of_its_cluster() {
    let good = [0, 1000, 2000].map(|ms| open(CLUSTER, &cluster_data(ms)));
    let whole = live(&[&good[0], &good[1], &good[2]]);
    let second = whole.len() - good[1].len() - good[2].len();
    // Behind the second cluster's first block.
    let at = second + 12 + 4 + 46;
    for damage in [[0_u8; 8], [0xFF; 8], [0x1F, 0x43, 0xB6, 0x75, 0, 0, 0, 0]] {
        let mut file = whole.clone();
        file[at..at + 8].copy_from_slice(&damage);
        let (made, finished) = seekable(&file);
        let report = finished.report;
        assert_eq!((report.clusters, report.blocks), (3, 7), "{damage:x?}");
        assert_eq!(originals(&finished), 2);
        assert_eq!(
            report.dropped_bytes,
            (12 + good[1].len() - 12 - 50 - 12) as u64
        );
        assert_eq!(kept(&made), [CLUSTER; 3]);
        assert_eq!(finished.layout.duration_ms, 2077.0);
    }
}

#[test]
fn a_known_size_that_is_too_large_ends_at_the_next_cluster() {
    let mut first = element(CLUSTER, &[cluster_data(0), vec![0; 200]].concat());
    first.truncate(first.len() - 200);
    let file = live(&[&first, &element(CLUSTER, &cluster_data(1000))]);
    let (made, finished) = seekable(&file);
    assert_eq!(kept(&made), [CLUSTER, CLUSTER]);
    assert_eq!(
        (finished.report.blocks, finished.report.dropped_bytes),
        (6, 0)
    );
}

#[test]
fn a_size_that_swallows_the_rest_is_found_out_at_the_end() {
    let mut huge = block(1, 60, false, 300);
    huge[1..9].copy_from_slice(&(4_000_000_u64 | 1 << 56).to_be_bytes());
    let first = [cluster_data(0), huge].concat();
    let mut file = live(&[&open(CLUSTER, &first), &open(CLUSTER, &cluster_data(1000))]);
    let mut index = support::index(&mut file);
    assert_eq!(index.finish().expect("something is whole").report.blocks, 3);
    let (offset, patches) = index.reread_tail().expect("the file ends in a block");
    apply(&mut file, &patches);
    let patches = index.push(&file[offset as usize..]).expect("a good file");
    apply(&mut file, &patches);
    let finished = index.finish().expect("two clusters");
    apply(&mut file, &finished.patches);
    assert_eq!(finished.report.blocks, 6);
    assert_eq!(kept(&assemble(&file, &finished.layout)), [CLUSTER, CLUSTER]);
    assert!(index.reread_tail().is_none());
}

#[test]
fn lacing_and_groups_are_read() {
    let mut laced = vec![0x82, 0, 20, 0x04, 2];
    laced.resize(30, 0xF8); // three packets of 20 ms
    let group = |children: &[&[u8]]| element(0xA0, &children.concat());
    let plain = |ms: u8| element(0xA1, &[0x81, 0, ms, 0, 1, 2, 3]);
    let data = [
        timestamp(500),
        group(&[&plain(0)]),
        element(0xA3, &laced),
        group(&[&plain(120), &element(0xFB, &[0x88]), &element(0x9B, &[90])]),
    ];
    let (_, finished) = seekable(&live(&[&open(CLUSTER, &data.concat())]));
    assert_eq!((finished.report.blocks, finished.report.keyframes), (3, 1));
    // The group's own duration, 90 ms, and not the distance from the one before.
    assert_eq!(finished.layout.duration_ms, 710.0);
}

#[test]
fn a_track_of_which_nothing_is_there_is_left_out() {
    let data = [timestamp(0), block(2, 0, true, 20)].concat();
    let (made, finished) = seekable(&live(&[&open(CLUSTER, &data)]));
    assert_eq!(finished.report.tracks_removed, 1);
    let tree = read(&made, 0);
    let tracks = tree[1].find(0x1654_AE6B).expect("Tracks");
    let ids: Vec<_> = tracks.children.iter().map(|child| child.id).collect();
    assert_eq!(ids, [VOID, 0xAE]);
    let cues = tree[1].find(CUES).expect("Cues");
    let positions = cues.children[0].find(0xB7).expect("positions");
    assert_eq!(positions.find(0xF7).expect("a track").uint(), 2);
    // Two tracks of one number can't be told apart, so both stay.
    let entry = [element(0xD7, &[1]), element(0x83, &[1])].concat();
    let twice = [element(0xAE, &entry), element(0xAE, &entry)].concat();
    let cluster = open(CLUSTER, &cluster_data(0)[..50]);
    let file = [beginning(), element(0x1654_AE6B, &twice), cluster].concat();
    assert_eq!(seekable(&file).1.report.tracks_removed, 0);
}

#[test]
fn a_file_over_four_gibibytes() {
    let mut index = Index::new();
    index.push(&live(&[])).expect("a good head");
    let big = 60_u64 << 20;
    for second in 0..100_u16 {
        // A block of 60 MiB, of which only the head is fed.
        let mut head = open(CLUSTER, &timestamp(second * 100));
        head.push(0xA3);
        head.extend(((4 + big) | 1 << 56).to_be_bytes());
        head.extend([0x81, 0, 0, 0x80]);
        head.extend([0; 28]);
        index.push(&head).expect("a good cluster");
        assert_eq!(index.skippable(), big - 28);
        index.skip(big - 28);
    }
    assert!(index.position() > 6_000_000_000);
    let finished = index.finish().expect("a good file");
    assert_eq!(
        (finished.report.blocks, finished.report.clusters),
        (100, 100)
    );
    assert!(finished.layout.len > 6_000_000_000);
    let Part::Bytes(head) = &finished.layout.parts[0] else {
        panic!("a head");
    };
    // The last cue's position needs five bytes: F1 85 …
    let cue = head
        .windows(2)
        .rposition(|it| it == [0xF1, 0x85])
        .expect("a position");
    let position = head[cue + 2..cue + 7]
        .iter()
        .fold(0, |sum, &byte| sum << 8 | u64::from(byte));
    assert!(position > 6_000_000_000 - big && position < finished.layout.len);
}

#[test]
fn a_second_file_behind_the_first_is_left_out() {
    let one = live(&[&open(CLUSTER, &cluster_data(0))]);
    let (made, finished) = seekable(&[one.clone(), one.clone()].concat());
    assert_eq!(kept(&made), [CLUSTER]);
    assert_eq!(finished.report.dropped_bytes, one.len() as u64);
}

#[test]
fn what_can_not_be_read_says_why() {
    let code = |bytes: &[u8]| {
        let mut index = Index::new();
        let pushed = index.push(bytes).map(|_| ());
        let error = pushed.and_then(|()| index.finish().map(|_| ()));
        error.expect_err("not a good file").code()
    };
    assert_eq!(code(b"RIFF....WAVE"), "not_webm");
    assert_eq!(code(b""), "not_webm");
    assert_eq!(
        code(&element(0x1A45_DFA3, &element(0x4282, b"other"))),
        "not_webm"
    );
    let headless = [beginning(), open(CLUSTER, &cluster_data(0))].concat();
    assert_eq!(code(&headless), "no_tracks");
    assert_eq!(code(&live(&[])), "no_media");
    assert_eq!(code(&live(&[&open(CLUSTER, &timestamp(0))])), "no_media");
    let mut large = beginning();
    large.extend([0x16, 0x54, 0xAE, 0x6B, 0x10, 0x80, 0, 0]);
    assert_eq!(code(&large), "header_too_large");
    assert_eq!(code(&[beginning(), vec![0; 20]].concat()), "malformed");
    // An error stays.
    let mut index = Index::new();
    assert_eq!(index.push(b"not a WebM"), Err(Error::NotWebm));
    assert_eq!(index.push(&beginning()), Err(Error::NotWebm));
    assert_eq!(index.finish().map(|_| ()), Err(Error::NotWebm));
}

#[test]
fn key_frames_are_thinned_to_two_a_second_and_sound_to_one() {
    let data = |track: u8| {
        let blocks = (0..200).flat_map(|n| block(track, n * 50, true, 9));
        [timestamp(0), blocks.collect()].concat()
    };
    let (_, finished) = seekable(&live(&[&open(CLUSTER, &data(1))]));
    assert_eq!(finished.report.cues, 20);
    let entry = [
        element(0xD7, &[1]),
        element(0x83, &[2]),
        element(0x86, b"A_OPUS"),
    ];
    let tracks = element(0x1654_AE6B, &element(0xAE, &entry.concat()));
    let file = [beginning(), tracks, open(CLUSTER, &data(1))].concat();
    let (_, finished) = seekable(&file);
    // Besides the one early on that Chromium needs.
    assert_eq!((finished.report.cues, finished.report.keyframes), (11, 0));
}
