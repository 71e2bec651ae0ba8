//! One recorder's output on its way into a take.

mod plan;

use crate::block::BlockHeader;
use crate::index::MAX_HEADER;
use crate::reader::{Element, Reader, Step};
use crate::take::Join;
use crate::{Error, Index, ebml, ids};
use plan::Plan;

/// What may stand in a BlockGroup in front of its Block, bytes.
const MAX_GROUP_HEAD: usize = 4096;

/// Takes a recorder's bytes apart as far as needed to leave out blocks and to move times.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    reader: Reader,
    /// Where this recorder's time 0 is on the take's timeline, ms; `None` for the first, whose
    /// bytes stay as they are.
    at_ms: Option<f64>,
    /// What precedes the first cluster.
    head: Vec<u8>,
    /// Made at the first cluster.
    plan: Option<Plan>,
    cut_ms: Option<f64>,
    in_segment: bool,
    cluster: Option<Cluster>,
    group: Option<Group>,
    payload: Sort,
    /// The first recorder's bytes are no WebM as it should be: all go on unchanged, for the index
    /// to make the best of.
    raw: bool,
    failed: Option<Error>,
}

/// What happens to the data of an element.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Sort {
    Head,
    Emit,
    Drop,
    /// Zeros go on in its place.
    Blank,
    Group,
}

#[derive(Debug, Clone)]
struct Cluster {
    end: Option<u64>,
    /// Ticks on the take's timeline, once it came.
    time: Option<i64>,
    /// Its header, until it is known that something in it stays.
    opening: Vec<u8>,
}

#[derive(Debug, Clone)]
struct Group {
    end: u64,
    /// What came before the Block.
    opening: Vec<u8>,
    /// What happens to the rest, once the Block told.
    rest: Option<Sort>,
}

impl Source {
    pub fn new(at_ms: Option<f64>) -> Self {
        Self {
            reader: Reader::new(),
            at_ms,
            head: Vec::new(),
            plan: None,
            cut_ms: None,
            in_segment: false,
            cluster: None,
            group: None,
            payload: Sort::Head,
            raw: false,
            failed: None,
        }
    }

    /// Blocks at or after this time (ms on the take's timeline) are dropped from here on.
    pub fn cut(&mut self, at_ms: f64) {
        self.cut_ms = Some(at_ms);
    }

    /// How this recorder's tracks went on from those before, once it has begun.
    pub fn join(&self) -> Option<Join> {
        self.at_ms?;
        self.plan.as_ref().map(Plan::join)
    }

    /// Takes the recorder's next bytes and adds to `out` what goes into the take, of which `take`
    /// is the index so far.
    pub fn read(&mut self, input: &[u8], out: &mut Vec<u8>, take: &Index) -> Result<(), Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        self.sort(input, out, take)
            .inspect_err(|&error| self.failed = Some(error))
    }

    fn sort(&mut self, mut input: &[u8], out: &mut Vec<u8>, take: &Index) -> Result<(), Error> {
        loop {
            if self.raw {
                out.extend_from_slice(input);
                return Ok(());
            }
            match self.reader.step(&mut input) {
                Step::More => return Ok(()),
                Step::Payload(payload) => self.payload(payload.as_slice(), out)?,
                Step::Element(element) => self.element(&element, out, take)?,
                Step::Damage(byte) => self.give_up(&[byte], out)?,
            }
            self.leave_masters(out);
        }
    }

    fn payload(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        match (self.payload, &mut self.group) {
            (Sort::Drop, _) => {}
            (Sort::Blank, _) => out.resize(out.len() + bytes.len(), 0),
            (Sort::Emit, _) => out.extend_from_slice(bytes),
            (Sort::Group, Some(group)) => group.opening.extend_from_slice(bytes),
            (Sort::Group, None) => {}
            (Sort::Head, _) => {
                self.head.extend_from_slice(bytes);
                if self.head.len() as u64 > MAX_HEADER {
                    return Err(Error::HeaderTooLarge);
                }
            }
        }
        Ok(())
    }

    /// Leaves group and cluster where they end.
    fn leave_masters(&mut self, out: &mut Vec<u8>) {
        if self.reader.payload() > 0 {
            return;
        }
        let at = self.reader.at();
        if let Some(group) = self.group.take_if(|group| at >= group.end)
            && group.rest.is_none()
            && self.at_ms.is_none()
        {
            self.open_cluster(out);
            out.extend_from_slice(&group.opening);
        }
        self.cluster
            .take_if(|cluster| cluster.end.is_some_and(|end| at >= end));
    }

    fn element(&mut self, element: &Element, out: &mut Vec<u8>, take: &Index) -> Result<(), Error> {
        if self.group.is_some() {
            return self.group_child(element, out);
        }
        if self.cluster.is_some() {
            if !ids::is_level_one(element.id()) {
                return self.cluster_child(element, out);
            }
            self.cluster = None;
        }
        if self.in_segment && element.id() == ids::CLUSTER {
            return self.begin_cluster(element, out, take);
        }
        if element.header.size.is_none() && element.id() != ids::SEGMENT {
            return self.give_up(element.bytes(), out);
        }
        self.in_segment |= element.id() == ids::SEGMENT;
        if self.plan.is_none() {
            self.payload = Sort::Head;
            return self.payload(element.bytes(), out);
        }
        self.payload = if self.at_ms.is_some() {
            Sort::Drop
        } else {
            Sort::Emit
        };
        self.payload(element.bytes(), out)
    }

    fn begin_cluster(
        &mut self,
        element: &Element,
        out: &mut Vec<u8>,
        take: &Index,
    ) -> Result<(), Error> {
        let mut opening = Vec::new();
        if self.plan.is_none() {
            let mut own = Index::new();
            own.push(&self.head)?;
            self.plan = Some(Plan::new(&own, take, self.at_ms)?);
            if self.at_ms.is_none() {
                out.append(&mut self.head);
            }
            self.head = Vec::new();
        }
        if self.at_ms.is_some() {
            // Blocks may be left out of it, so it has no size before it is closed.
            ebml::put_id(&mut opening, ids::CLUSTER);
            opening.extend_from_slice(&[0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        } else {
            opening.extend_from_slice(element.bytes());
        }
        self.cluster = Some(Cluster {
            end: element.end(),
            time: None,
            opening,
        });
        self.open_uncut_cluster(out);
        Ok(())
    }

    /// Lets a cluster's header go on at once where nothing in it can be left out, or where its
    /// size counts on all that is in it.
    fn open_uncut_cluster(&mut self, out: &mut Vec<u8>) {
        let sized = self.cluster.as_ref().is_some_and(|it| it.end.is_some());
        if self.at_ms.is_none() && (self.cut_ms.is_none() || sized) {
            self.open_cluster(out);
        }
    }

    fn open_cluster(&mut self, out: &mut Vec<u8>) {
        if let Some(cluster) = &mut self.cluster {
            out.append(&mut cluster.opening);
        }
    }

    fn cluster_child(&mut self, element: &Element, out: &mut Vec<u8>) -> Result<(), Error> {
        let Some(end) = element.end() else {
            return self.give_up(element.bytes(), out);
        };
        match element.id() {
            ids::TIMESTAMP => self.timestamp(element, out),
            ids::SIMPLE_BLOCK => self.block(element, out),
            ids::BLOCK_GROUP => {
                self.group = Some(Group {
                    end,
                    opening: element.bytes().to_vec(),
                    rest: None,
                });
                Ok(())
            }
            _ if self.at_ms.is_some() => {
                self.payload = Sort::Drop;
                Ok(())
            }
            _ => {
                self.open_cluster(out);
                self.payload = Sort::Emit;
                self.payload(element.bytes(), out)
            }
        }
    }

    fn timestamp(&mut self, element: &Element, out: &mut Vec<u8>) -> Result<(), Error> {
        let time = i64::try_from(ebml::uint(element.prefix())).unwrap_or(i64::MAX / 2);
        let (Some(plan), Some(cluster)) = (&mut self.plan, &mut self.cluster) else {
            return Ok(());
        };
        if self.at_ms.is_some() {
            if cluster.time.is_some() {
                return Err(Error::Malformed);
            }
            plan.settle_shift(time);
            let time = time.saturating_add(plan.shift).max(0);
            cluster.time = Some(time);
            ebml::put_uint(&mut cluster.opening, ids::TIMESTAMP, time.unsigned_abs());
            self.payload = Sort::Drop;
            return Ok(());
        }
        cluster.time = Some(time);
        cluster.opening.extend_from_slice(element.bytes());
        self.payload = Sort::Emit;
        self.open_uncut_cluster(out);
        Ok(())
    }

    fn group_child(&mut self, element: &Element, out: &mut Vec<u8>) -> Result<(), Error> {
        let Some(group) = &mut self.group else {
            return Ok(());
        };
        if element.end().is_none_or(|end| end > group.end) {
            let mut bytes = std::mem::take(&mut group.opening);
            bytes.extend_from_slice(element.bytes());
            return self.give_up(&bytes, out);
        }
        match group.rest {
            Some(rest) => {
                self.payload = rest;
                self.payload(element.bytes(), out)
            }
            None if element.id() == ids::BLOCK => self.block(element, out),
            None => {
                let rest = usize::try_from(self.reader.payload()).unwrap_or(usize::MAX);
                let len = group.opening.len() + element.bytes().len();
                group.opening.extend_from_slice(element.bytes());
                if len.saturating_add(rest) > MAX_GROUP_HEAD {
                    let bytes = std::mem::take(&mut group.opening);
                    return self.give_up(&bytes, out);
                }
                self.payload = Sort::Group;
                Ok(())
            }
        }
    }

    /// Decides on a SimpleBlock, or on the Block of a group.
    fn block(&mut self, element: &Element, out: &mut Vec<u8>) -> Result<(), Error> {
        let header = BlockHeader::parse(element.prefix());
        let (Some(header), Some(plan)) = (header, &mut self.plan) else {
            return self.give_up(element.bytes(), out);
        };
        let cluster_time = self.cluster.as_ref().and_then(|cluster| cluster.time);
        let joins = self.at_ms.is_some();
        let placed = match cluster_time {
            None if joins => return Err(Error::Malformed),
            time => plan.place(&header, time.unwrap_or(0), joins),
        };
        let cut_ms = self.cut_ms.unwrap_or(f64::INFINITY);
        let scale = plan.scale;
        let placed = placed.filter(|placed| placed.time as f64 * scale / 1e6 < cut_ms);
        let Some(placed) = placed else {
            self.leave_out(element, out);
            return Ok(());
        };
        plan.note(&header, placed.time);
        self.open_cluster(out);
        if let Some(group) = &mut self.group {
            group.rest = Some(Sort::Emit);
            out.append(&mut group.opening);
        }
        self.payload = Sort::Emit;
        if !joins {
            return self.payload(element.bytes(), out);
        }
        out.extend_from_slice(element.head());
        if !ebml::put_size(out, placed.track, header.track_len) {
            return Err(Error::CodecChanged);
        }
        out.extend_from_slice(&placed.relative.to_be_bytes());
        let rest = usize::from(header.track_len) + 2;
        out.extend_from_slice(element.prefix().get(rest..).unwrap_or_default());
        Ok(())
    }

    /// Drops a block, or the group it stands in. In a cluster whose size is written it becomes a
    /// Void of the same length instead.
    fn leave_out(&mut self, element: &Element, out: &mut Vec<u8>) {
        let sized = self.cluster.as_ref().is_some_and(|it| it.end.is_some());
        self.payload = if self.at_ms.is_none() && sized {
            Sort::Blank
        } else {
            Sort::Drop
        };
        let mut opening = Vec::new();
        if let Some(group) = &mut self.group {
            group.rest = Some(self.payload);
            opening.append(&mut group.opening);
        }
        opening.extend_from_slice(element.bytes());
        if self.payload == Sort::Blank {
            // Both have IDs of one byte, so the size that follows stays.
            let size_len = opening
                .get(1)
                .map_or(0, |byte| byte.leading_zeros() as usize + 1);
            opening[0] = ids::VOID as u8;
            opening.get_mut(1 + size_len..).unwrap_or_default().fill(0);
            out.append(&mut opening);
        }
    }

    /// The bytes are damaged. The first recorder's go on as they are; another's can't be joined.
    fn give_up(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        if self.at_ms.is_some() {
            return Err(Error::Malformed);
        }
        self.raw = true;
        out.append(&mut self.head);
        self.open_cluster(out);
        if let Some(mut group) = self.group.take() {
            out.append(&mut group.opening);
        }
        out.extend_from_slice(bytes);
        out.extend_from_slice(self.reader.held());
        Ok(())
    }
}
