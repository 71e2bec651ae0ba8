//! Where a player may begin to play (RFC 9559, section 5.1.5), kept sparse.

/// A block from which playing can begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cue {
    /// Ticks on the file's timeline.
    pub time: u64,
    pub track: u64,
    /// Where the cluster begins in the original file, in bytes.
    pub cluster: u64,
    /// Where the block begins in the cluster's data, in bytes; 0 for the first.
    pub relative: u64,
}

/// Entries kept at most: 4.5 hours at two a second. Beyond that every other one goes.
const MAX_CUES: usize = 32_768;

#[derive(Debug, Clone)]
pub(crate) struct Cues {
    list: Vec<Cue>,
    /// Ticks that two cues are apart at the least.
    distance: u64,
    /// The same for the first two.
    first_distance: u64,
}

impl Cues {
    pub fn new() -> Self {
        Self {
            list: Vec::new(),
            distance: 0,
            first_distance: 0,
        }
    }

    /// Cues of one track shall be `distance` ticks apart, the second `first` ticks from the first.
    pub fn set_distance(&mut self, distance: u64, first: u64) {
        self.distance = distance;
        self.first_distance = first;
    }

    pub fn list(&self) -> &[Cue] {
        &self.list
    }

    /// Takes the cue if it is far enough from the one before.
    pub fn offer(&mut self, cue: Cue) {
        let distance = match self.list.len() {
            1 => self.first_distance,
            _ => self.distance,
        };
        if let Some(last) = self.list.last()
            && cue.time < last.time.saturating_add(distance.max(1))
        {
            return;
        }
        if self.list.len() >= MAX_CUES {
            self.thin();
        }
        self.list.push(cue);
    }

    fn thin(&mut self) {
        self.distance = self.distance.max(1).saturating_mul(2);
        let mut index = 0;
        self.list.retain(|_| {
            index += 1;
            index % 2 == 1
        });
    }
}
