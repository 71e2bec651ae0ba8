use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    error::Code,
    library::{OwnerHash, Usage},
};

/// Who uses how many bytes, and how many more there may be.
#[derive(Debug)]
pub struct Quota {
    per_owner: Option<u64>,
    in_total: Option<u64>,
    // A std mutex: it is held for a few additions and never across an await.
    used: Mutex<Used>,
}

#[derive(Debug, Default)]
struct Used {
    owners: HashMap<OwnerHash, Usage>,
    total: u64,
}

impl Quota {
    /// Limits in bytes.
    pub fn new(per_owner: Option<u64>, in_total: Option<u64>) -> Self {
        Self {
            per_owner,
            in_total,
            used: Mutex::default(),
        }
    }

    /// Begins with what is used already.
    pub fn load(&self, owners: HashMap<OwnerHash, Usage>) {
        let total = owners.values().map(|it| it.kept + it.deleted).sum();
        *self.lock() = Used { owners, total };
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
            if *own == Usage::default() {
                used.owners.remove(owner);
            }
        }
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

    /// Bytes that one owner may use.
    pub fn per_owner(&self) -> Option<u64> {
        self.per_owner
    }

    /// Bytes that all may use.
    pub fn in_total(&self) -> Option<u64> {
        self.in_total
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
        let quota = Quota::new(Some(100), Some(150));
        let (ann, bob) = (OwnerHash::of("ann"), OwnerHash::of("bob"));
        assert_eq!(quota.take(&ann, 80), Ok(()));
        quota.mark_deleted(&ann, 80, true);
        assert_eq!(quota.of_owner(&ann), 0);
        assert_eq!(quota.take(&ann, 21), Err(Code::OwnerFull));
        assert_eq!(quota.take(&bob, 71), Err(Code::ServerFull));
        assert_eq!(quota.take(&bob, 70), Ok(()));
        quota.give_back(&ann, 80, true);
        assert_eq!(quota.take(&ann, 80), Ok(()));
    }
}
