//! How the index makes its way through the elements of a file.

use super::cluster::{BlockFacts, Cluster, Group};
use super::{Clock, Index, MAX_HEADER, State, extend};
use crate::block::{self, BlockHeader};
use crate::cues::Cue;
use crate::head::{self, Info, TrackKind, Tracks};
use crate::reader::{Element, Step};
use crate::{Error, Patch, ebml, ids};

/// A larger block is damage (bytes): an uncompressed picture of 8K is 50 MB.
const MAX_BLOCK: u64 = 64 << 20;

/// An element whose data is still coming, and what is done once it is whole.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pending {
    Nothing,
    /// The whole EBML header, ID and size included.
    Ebml,
    Info,
    Tracks,
    /// Stays as it is, beginning at this offset.
    Keep(u64),
    /// Is left out of the finished file.
    Leave,
    /// A child of a cluster or group that tells nothing.
    Child,
    Block(BlockFacts),
    BlockDuration(u64),
}

impl Pending {
    pub fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }

    /// Whether the data is needed, and not only its end.
    pub fn is_collected(&self) -> bool {
        matches!(self, Self::Ebml | Self::Info | Self::Tracks)
    }
}

impl Index {
    pub(super) fn walk(&mut self, mut input: &[u8], patches: &mut Vec<Patch>) -> Result<(), Error> {
        loop {
            match self.state {
                State::Failed(error) => return Err(error),
                State::End => {
                    self.reader.swallow(input.len() as u64);
                    return Ok(());
                }
                State::Start | State::Segment { .. } => {}
            }
            match self.reader.step(&mut input) {
                Step::More => return Ok(()),
                Step::Payload(payload) => {
                    if self.pending.is_collected() {
                        self.collected.extend_from_slice(payload.as_slice());
                    }
                }
                Step::Element(element) => self.element(&element, patches)?,
                Step::Damage(_) => {
                    self.damage(patches)?;
                    self.reader.resync_behind_damage();
                }
            }
            self.after_step();
            self.use_collected()?;
        }
    }

    /// Settles what has become whole.
    pub(super) fn after_step(&mut self) {
        if self.reader.payload() > 0 || self.pending.is_collected() {
            return;
        }
        let at = self.reader.at();
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Nothing | Pending::Ebml | Pending::Info | Pending::Tracks => {}
            Pending::Keep(from) => self.keep(from, at),
            Pending::Leave => self.dealt_with = at,
            Pending::Child => self.child_is_whole(at),
            Pending::Block(facts) => {
                match &mut self.group {
                    Some(group) => group.block = Some(facts),
                    None => self.commit(facts),
                }
                self.child_is_whole(at);
            }
            Pending::BlockDuration(ticks) => {
                if let Some(group) = &mut self.group {
                    group.duration = Some(ticks);
                }
                self.child_is_whole(at);
            }
        }
        self.end_masters(at);
    }

    fn child_is_whole(&mut self, at: u64) {
        if self.group.is_none()
            && let Some(cluster) = &mut self.cluster
        {
            cluster.whole_end = at;
        }
    }

    /// Ends group, cluster and Segment where they said they would.
    fn end_masters(&mut self, at: u64) {
        if let Some(group) = self.group.take_if(|group| at >= group.end) {
            let length_ms = group
                .duration
                .map(|ticks| ticks as f64 * self.scale() / 1e6);
            if let Some(block) = group.block {
                self.commit(BlockFacts {
                    at: group.at,
                    key: !group.refers,
                    length_ms: length_ms.or(block.length_ms),
                    ..block
                });
            }
            self.child_is_whole(at);
        }
        if let Some(cluster) = self
            .cluster
            .take_if(|it| it.end.is_some_and(|end| at >= end))
        {
            self.facts.clusters += u64::from(cluster.blocks > 0);
            self.keep(cluster.at, at);
        }
        if let State::Segment { end: Some(end) } = self.state
            && at >= end
        {
            self.state = State::End;
        }
    }

    fn use_collected(&mut self) -> Result<(), Error> {
        if self.reader.payload() > 0 || !self.pending.is_collected() {
            return Ok(());
        }
        let data = std::mem::take(&mut self.collected);
        match std::mem::replace(&mut self.pending, Pending::Nothing) {
            Pending::Ebml => {
                let first = ebml::children(&data).next();
                if !first.is_some_and(|header| head::is_matroska(header.data)) {
                    return Err(Error::NotWebm);
                }
                self.ebml = data;
            }
            Pending::Info => self.info = Some(Info::parse(&data)),
            _ => self.use_tracks(Tracks::parse(data)?),
        }
        self.dealt_with = self.reader.at();
        self.end_masters(self.reader.at());
        Ok(())
    }

    fn use_tracks(&mut self, tracks: Tracks) {
        self.clocks = tracks.list.iter().map(Clock::new).collect();
        self.tracks = Some(tracks);
    }

    fn element(&mut self, element: &Element, patches: &mut Vec<Patch>) -> Result<(), Error> {
        match self.state {
            State::Start => self.start_child(element),
            _ if self.group.is_some() => self.group_child(element, patches),
            _ if self.cluster.is_some() => self.cluster_child(element, patches),
            _ => self.segment_child(element, patches),
        }
    }

    fn start_child(&mut self, element: &Element) -> Result<(), Error> {
        match element.id() {
            ids::EBML if self.ebml.is_empty() => {
                self.collect(element, Pending::Ebml)?;
                self.collected.extend_from_slice(element.bytes());
            }
            ids::SEGMENT if !self.ebml.is_empty() => {
                self.state = State::Segment { end: element.end() };
                self.dealt_with = self.reader.at();
            }
            ids::VOID | ids::CRC_32 if !self.ebml.is_empty() => self.pending = Pending::Leave,
            _ => return Err(Error::NotWebm),
        }
        Ok(())
    }

    fn collect(&mut self, element: &Element, pending: Pending) -> Result<(), Error> {
        match element.header.size {
            None => return Err(Error::Malformed),
            Some(size) if size > MAX_HEADER => return Err(Error::HeaderTooLarge),
            Some(_) => {}
        }
        self.pending = pending;
        Ok(())
    }

    fn segment_child(&mut self, element: &Element, patches: &mut Vec<Patch>) -> Result<(), Error> {
        if let (State::Segment { end: Some(end) }, Some(own)) = (self.state, element.end())
            && own > end
        {
            // The Segment's size is the likelier one to be wrong: it was written first.
            self.state = State::Segment { end: None };
        }
        match element.id() {
            ids::CLUSTER => return self.open_cluster(element),
            // Another file follows in the same stream: it has its own times and is not ours.
            ids::EBML | ids::SEGMENT => {
                self.state = State::End;
                return Ok(());
            }
            _ if element.header.size.is_none() => return self.damage_at(element, patches),
            ids::INFO if self.info.is_none() => self.collect(element, Pending::Info)?,
            ids::TRACKS if self.tracks.is_none() => self.collect(element, Pending::Tracks)?,
            ids::SEEK_HEAD => {
                self.facts.had_seek_head = true;
                self.pending = Pending::Leave;
            }
            ids::CUES => {
                self.facts.had_cues = true;
                self.pending = Pending::Leave;
            }
            ids::INFO | ids::TRACKS | ids::VOID | ids::CRC_32 => self.pending = Pending::Leave,
            id if ids::is_level_one(id) => self.pending = Pending::Keep(element.at),
            _ => return self.damage_at(element, patches),
        }
        Ok(())
    }

    fn open_cluster(&mut self, element: &Element) -> Result<(), Error> {
        if self.tracks.is_none() {
            return Err(Error::NoTracks);
        }
        let cue_track = self.tracks.as_ref().and_then(Tracks::cue_track);
        let is_video = cue_track.is_some_and(|track| track.kind == TrackKind::Video);
        if !self.has_clusters() {
            let distance_ms = if is_video { 500.0 } else { 1000.0 };
            self.cues
                .set_distance((distance_ms * 1e6 / self.scale()) as u64);
        }
        // After damage there is a gap in front of the cluster.
        self.facts.lost += element.at.saturating_sub(self.dealt_with);
        self.cluster = Some(Cluster::open(element));
        Ok(())
    }

    fn cluster_child(&mut self, element: &Element, patches: &mut Vec<Patch>) -> Result<(), Error> {
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

    fn group_child(&mut self, element: &Element, patches: &mut Vec<Patch>) -> Result<(), Error> {
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

    fn commit(&mut self, block: BlockFacts) {
        let Some(clock) = self.clocks.iter_mut().find(|it| it.number == block.track) else {
            return;
        };
        clock.tick(block.time, block.length_ms);
        clock.unmarked |= !block.key;
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

    /// Closes the cluster where another element begins.
    fn close_cluster(&mut self, at: u64, patches: &mut Vec<Patch>) {
        if let Some(cluster) = self.cluster.take() {
            self.facts.clusters += u64::from(cluster.blocks > 0);
            self.facts.unsized_clusters |= !cluster.close(at, patches);
            self.keep(cluster.at, at);
        }
    }

    fn keep(&mut self, from: u64, to: u64) {
        if extend(&mut self.ranges, from..to) {
            self.dealt_with = to;
        } else {
            self.state = State::End;
        }
    }

    /// What follows can't be read. What came before is kept, and reading goes on at the next
    /// cluster.
    fn damage_at(&mut self, element: &Element, patches: &mut Vec<Patch>) -> Result<(), Error> {
        // A cluster that begins too early is read as one as soon as the old one is closed.
        let inside = self.cluster.is_some();
        let used = usize::from(!(inside && element.id() == ids::CLUSTER));
        self.damage(patches)?;
        self.reader.resync(element, used);
        Ok(())
    }

    /// What follows belongs to another recorder: closes the cluster at its last whole block.
    pub(crate) fn seal(&mut self) -> Vec<Patch> {
        let mut patches = Vec::new();
        let at = self.reader.position();
        let whole = self.pending.is_nothing() && self.group.is_none() && self.reader.at() == at;
        if whole {
            self.close_cluster(at, &mut patches);
        } else {
            self.cut_cluster(&mut patches);
        }
        self.reader.swallow(0);
        patches
    }

    fn damage(&mut self, patches: &mut Vec<Patch>) -> Result<(), Error> {
        if self.state == State::Start {
            return Err(Error::NotWebm);
        }
        if self.tracks.is_none() {
            return Err(Error::Malformed);
        }
        self.facts.damages += 1;
        self.cut_cluster(patches);
        Ok(())
    }

    /// Doubts the size of the element that the file ends in, and goes back to where it begins, to
    /// look for a cluster behind. Returns the offset of the next byte to push, and patches as
    /// [`push`](Self::push) does; `None` where the file does not end within an element's data.
    ///
    /// A damaged size can swallow all that follows, which only shows at the end of the file. An
    /// element that is merely cut short has no cluster in it: clone the index before, and keep
    /// the one that found more.
    pub fn reread_tail(&mut self) -> Option<(u64, Vec<Patch>)> {
        let unfinished = self.reader.payload() > 0 || self.group.is_some();
        if !unfinished || self.pending.is_collected() || self.tracks.is_none() {
            return None;
        }
        let doubted = match &self.cluster {
            Some(cluster) => cluster.whole_end,
            None => self.dealt_with,
        };
        self.facts.damages += 1;
        let mut patches = Vec::new();
        self.cut_cluster(&mut patches);
        self.reader.search_from(doubted + 1);
        Some((doubted + 1, patches))
    }

    /// Ends the cluster at its last whole block.
    fn cut_cluster(&mut self, patches: &mut Vec<Patch>) {
        self.pending = Pending::Nothing;
        self.group = None;
        if let Some(cluster) = self.cluster.take()
            && cluster.blocks > 0
        {
            self.facts.clusters += 1;
            self.facts.unsized_clusters |= !cluster.close(cluster.whole_end, patches);
            self.keep(cluster.at, cluster.whole_end);
        }
    }
}
