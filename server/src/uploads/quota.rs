use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    config::Recordings,
    error::Code,
    library::{OwnerHash, Usage},
};

/// Who has how many bytes and recordings, and how many more there may be.
#[derive(Debug)]
pub struct Quota {
    per_owner: Option<u64>,
    in_total: Option<u64>,
    /// Recordings of one owner.
    max_owner_recordings: u64,
    /// Recordings of all.
    max_recordings: u64,
    // A std mutex: it is held for a few additions and never across an await.
    used: Mutex<Used>,
}

#[derive(Debug, Default)]
struct Used {
    owners: HashMap<OwnerHash, Usage>,
    total: u64,
    recordings: u64,
}

impl Used {
    fn forget_if_unused(&mut self, owner: &OwnerHash) {
        if self.owners.get(owner) == Some(&Usage::default()) {
            self.owners.remove(owner);
        }
    }
}

impl Quota {
    /// The limits of these settings.
    pub fn new(settings: &Recordings) -> Self {
        Self {
            per_owner: settings.max_owner_bytes.map(|bytes| bytes.0),
            in_total: settings.max_total_bytes.map(|bytes| bytes.0),
            max_owner_recordings: settings.max_owner_recordings,
            max_recordings: settings.max_recordings,
            used: Mutex::default(),
        }
    }

    /// Begins with what is used already.
    pub fn load(&self, owners: HashMap<OwnerHash, Usage>) {
        let total = owners.values().map(|it| it.kept + it.deleted).sum();
        let recordings = owners.values().map(|it| it.recordings).sum();
        *self.lock() = Used {
            owners,
            total,
            recordings,
        };
    }

    /// Takes a place for one more recording: one without bytes needs room, too.
    ///
    /// # Errors
    ///
    /// [`Code::OwnerFull`] or [`Code::ServerFull`]; nothing is taken then.
    pub fn take_place(&self, owner: &OwnerHash) -> Result<(), Code> {
        let mut used = self.lock();
        let own = used.owners.get(owner).map_or(0, |own| own.recordings);
        if own >= self.max_owner_recordings {
            return Err(Code::OwnerFull);
        }
        if used.recordings >= self.max_recordings {
            return Err(Code::ServerFull);
        }
        used.owners.entry(*owner).or_default().recordings += 1;
        used.recordings += 1;
        Ok(())
    }

    /// Gives the place of a recording back.
    pub fn give_place_back(&self, owner: &OwnerHash) {
        let mut used = self.lock();
        used.recordings = used.recordings.saturating_sub(1);
        if let Some(own) = used.owners.get_mut(owner) {
            own.recordings = own.recordings.saturating_sub(1);
        }
        used.forget_if_unused(owner);
    }

    /// Takes room for bytes of an owner. Deleted recordings take it until they are gone.
    ///
    /// # Errors
    ///
    /// [`Code::OwnerFull`] or [`Code::ServerFull`]; nothing is taken then.
    pub fn take(&self, owner: &OwnerHash, bytes: u64) -> Result<(), Code> {
        let mut used = self.lock();
        let own = used.owners.get(owner).copied().unwrap_or_default();
        let exceeds = |now: u64, limit: Option<u64>| {
            limit.is_some_and(|limit| now.saturating_add(bytes) > limit)
        };
        if exceeds(own.kept + own.deleted, self.per_owner) {
            return Err(Code::OwnerFull);
        }
        if exceeds(used.total, self.in_total) {
            return Err(Code::ServerFull);
        }
        used.owners.entry(*owner).or_default().kept += bytes;
        used.total += bytes;
        Ok(())
    }

    /// Gives back room that was taken and not used, or used by what is gone now.
    pub fn give_back(&self, owner: &OwnerHash, bytes: u64, was_deleted: bool) {
        let mut used = self.lock();
        used.total = used.total.saturating_sub(bytes);
        if let Some(own) = used.owners.get_mut(owner) {
            let part = if was_deleted {
                &mut own.deleted
            } else {
                &mut own.kept
            };
            *part = part.saturating_sub(bytes);
        }
        used.forget_if_unused(owner);
    }

    /// Notes that a recording of this size was deleted, or restored.
    pub fn mark_deleted(&self, owner: &OwnerHash, bytes: u64, deleted: bool) {
        let mut used = self.lock();
        let own = used.owners.entry(*owner).or_default();
        let (from, to) = match deleted {
            true => (&mut own.kept, &mut own.deleted),
            false => (&mut own.deleted, &mut own.kept),
        };
        *from = from.saturating_sub(bytes);
        *to += bytes;
    }

    /// Bytes that one owner's recordings take.
    pub fn of_owner(&self, owner: &OwnerHash) -> u64 {
        self.lock().owners.get(owner).map_or(0, |own| own.kept)
    }

    /// Bytes that all recordings take.
    pub fn of_all(&self) -> u64 {
        self.lock().owners.values().map(|own| own.kept).sum()
    }

    fn lock(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deleted_recordings_take_room_until_they_are_gone() {
        let quota = Quota {
            per_owner: Some(100),
            in_total: Some(150),
            max_owner_recordings: 2,
            max_recordings: 3,
            used: Mutex::default(),
        };
        let (ann, bob) = (OwnerHash::of("ann"), OwnerHash::of("bob"));
        assert_eq!(quota.take(&ann, 80), Ok(()));
        quota.mark_deleted(&ann, 80, true);
        assert_eq!(quota.of_owner(&ann), 0);
        assert_eq!(quota.take(&ann, 21), Err(Code::OwnerFull));
        assert_eq!(quota.take(&bob, 71), Err(Code::ServerFull));
        assert_eq!(quota.take(&bob, 70), Ok(()));
        quota.give_back(&ann, 80, true);
        assert_eq!(quota.take(&ann, 80), Ok(()));
        for (owner, place) in [
            (&ann, Ok(())),
            (&ann, Ok(())),
            (&ann, Err(Code::OwnerFull)),
            (&bob, Ok(())),
            (&bob, Err(Code::ServerFull)),
        ] {
            assert_eq!(quota.take_place(owner), place);
        }
        quota.give_place_back(&ann);
        assert_eq!(quota.take_place(&bob), Ok(()));
    }
}
