//! How the index makes its way through the elements of a file.

use super::cluster::{BlockFacts, Cluster};
use super::{Clock, Index, MAX_HEADER, State, extend};
use crate::head::{self, Info, TrackKind, Tracks};
use crate::reader::{Element, Step};
use crate::{Error, Patch, ids};

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
            Pending::Ebml => self.ebml = head::parse_ebml(data)?,
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

    pub(super) fn segment_child(
        &mut self,
        element: &Element,
        patches: &mut Vec<Patch>,
    ) -> Result<(), Error> {
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
            // Chromium can't seek in sound of one cluster unless the index has two entries.
            let (distance_ms, first_ms) = if is_video {
                (500.0, 500.0)
            } else {
                (1000.0, 100.0)
            };
            let ticks = |ms: f64| (ms * 1e6 / self.scale()) as u64;
            let (distance, first) = (ticks(distance_ms), ticks(first_ms));
            self.cues.set_distance(distance, first);
        }
        // After damage there is a gap in front of the cluster.
        self.facts.lost += element.at.saturating_sub(self.dealt_with);
        self.cluster = Some(Cluster::open(element));
        Ok(())
    }

    /// Closes the cluster where another element begins.
    pub(super) fn close_cluster(&mut self, at: u64, patches: &mut Vec<Patch>) {
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
    pub(super) fn damage_at(
        &mut self,
        element: &Element,
        patches: &mut Vec<Patch>,
    ) -> Result<(), Error> {
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

    /// Ends the cluster at its last whole block.
    pub(super) fn cut_cluster(&mut self, patches: &mut Vec<Patch>) {
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
