//! What stands in clusters and block groups.

use super::Index;
use super::cluster::{BlockFacts, Group};
use super::walk::Pending;
use crate::block::{self, BlockHeader};
use crate::cues::Cue;
use crate::head::{TrackKind, Tracks};
use crate::reader::Element;
use crate::{Error, Patch, ebml, ids};

/// A larger block is damage (bytes): an uncompressed picture of 8K is 50 MB.
const MAX_BLOCK: u64 = 64 << 20;

impl Index {
    pub(super) fn cluster_child(
        &mut self,
        element: &Element,
        patches: &mut Vec<Patch>,
    ) -> Result<(), Error> {
        let Some(cluster) = &mut self.cluster else {
            return Ok(());
        };
        let id = element.id();
        let ends_cluster = ids::is_level_one(id) || matches!(id, ids::EBML | ids::SEGMENT);
        if ends_cluster && cluster.end.is_none() {
            self.close_cluster(element.at, patches);
            return self.segment_child(element, patches);
        }
        let fits = element.end().is_some_and(|end| match cluster.end {
            Some(cluster_end) => end <= cluster_end,
            None => end - element.at <= MAX_BLOCK,
        });
        if !fits || ends_cluster {
            return self.damage_at(element, patches);
        }
        match id {
            ids::TIMESTAMP => {
                cluster.time = i64::try_from(ebml::uint(element.prefix())).unwrap_or(i64::MAX / 2);
                self.pending = Pending::Child;
            }
            ids::SIMPLE_BLOCK => return self.block(element, patches),
            ids::BLOCK_GROUP => {
                self.group = Some(Group {
                    at: element.at,
                    end: element.end().unwrap_or(element.at),
                    block: None,
                    duration: None,
                    refers: false,
                });
            }
            ids::CRC_32 => {
                cluster.crc_at = Some(element.at);
                self.pending = Pending::Child;
            }
            // The new head moves every cluster, so a position written into one is wrong.
            ids::POSITION => {
                patches.push(Patch::void(element.at));
                patches.extend(cluster.crc_at.take().map(Patch::void));
                self.pending = Pending::Child;
            }
            ids::PREV_SIZE | ids::VOID => self.pending = Pending::Child,
            _ if cluster.end.is_some() => self.pending = Pending::Child,
            // With no end to be found otherwise, an element nobody knows is damage.
            _ => return self.damage_at(element, patches),
        }
        Ok(())
    }

    pub(super) fn group_child(
        &mut self,
        element: &Element,
        patches: &mut Vec<Patch>,
    ) -> Result<(), Error> {
        let Some(group) = &mut self.group else {
            return Ok(());
        };
        if element.end().is_none_or(|end| end > group.end) {
            return self.damage_at(element, patches);
        }
        self.pending = match element.id() {
            ids::BLOCK => return self.block(element, patches),
            ids::BLOCK_DURATION => Pending::BlockDuration(ebml::uint(element.prefix())),
            ids::REFERENCE_BLOCK => {
                group.refers = true;
                Pending::Child
            }
            _ => Pending::Child,
        };
        Ok(())
    }

    fn block(&mut self, element: &Element, patches: &mut Vec<Patch>) -> Result<(), Error> {
        let header = BlockHeader::parse(element.prefix());
        let cluster_time = self.cluster.as_ref().map_or(0, |cluster| cluster.time);
        let facts = header.and_then(|header| {
            let clock = self.clocks.iter().find(|it| it.number == header.track)?;
            Some(BlockFacts {
                at: element.at,
                track: header.track,
                time: cluster_time.saturating_add(i64::from(header.time)),
                key: header.is_key(),
                length_ms: clock
                    .is_opus
                    .then(|| block::opus_ms(&header, element.prefix()))
                    .flatten(),
            })
        });
        match facts {
            Some(facts) => self.pending = Pending::Block(facts),
            None => return self.damage_at(element, patches),
        }
        Ok(())
    }

    pub(super) fn commit(&mut self, block: BlockFacts) {
        let Some(clock) = self.clocks.iter_mut().find(|it| it.number == block.track) else {
            return;
        };
        clock.tick(block.time, block.length_ms);
        clock.unmarked |= !block.key;
        self.reach.tick(block.time);
        let is_video = clock.kind == TrackKind::Video;
        self.facts.blocks += 1;
        self.facts.keyframes += u64::from(block.key && is_video);
        let Some(cluster) = &mut self.cluster else {
            return;
        };
        cluster.blocks += 1;
        let cue = Cue {
            time: u64::try_from(block.time).unwrap_or(0),
            track: block.track,
            cluster: cluster.at,
            relative: match cluster.blocks {
                1 => 0,
                _ => block.at - cluster.data_at,
            },
        };
        let cue_track = self.tracks.as_ref().and_then(Tracks::cue_track);
        // Firefox does not mark blocks of sound as key frames, though all of them are.
        let playable = block.key || !is_video;
        if playable && cue_track.is_some_and(|track| track.number == block.track) {
            self.cues.offer(cue);
        }
        self.first_block.get_or_insert(cue);
    }
}
