//! Keys that live as long as a vault is open: each on pages of its own that the system keeps out of the swap, wiped when
//! dropped.
//!
//! Locking goes page by page and does not count: two keys on one page would be unlocked by the first that goes. Hence the
//! alignment to a whole page. Where the system refuses (a limit on locked memory), the key is used all the same and
//! [`LockedKey::is_locked`] says so.

use region::LockGuard;
use zeroize::Zeroize as _;

use super::{KEY_LEN, Key};

/// As large as a page: 4 KiB, and 16 KiB where Apple's processors are.
#[cfg_attr(not(target_arch = "aarch64"), repr(align(4096)))]
#[cfg_attr(target_arch = "aarch64", repr(align(16384)))]
#[derive(Default)]
struct Page(Key);

/// 32 bytes on a locked page. They never move: what moves is the box around them.
pub(crate) struct LockedKey {
    // Dropped before the page is given back.
    lock: Option<LockGuard>,
    page: Box<Page>,
}

impl LockedKey {
    /// A key that `write` fills in, on its page from the first byte on.
    pub(crate) fn filled(write: impl FnOnce(&mut [u8; KEY_LEN])) -> Self {
        let mut page = Box::<Page>::default();
        let lock = region::lock(std::ptr::from_ref::<Page>(&page), size_of::<Page>()).ok();
        write(&mut page.0);
        Self { lock, page }
    }

    /// Takes a key over.
    pub(crate) fn holding(key: &Key) -> Self {
        Self::filled(|bytes| bytes.copy_from_slice(&**key))
    }

    /// The key, for one operation.
    pub(crate) fn key(&self) -> &Key {
        &self.page.0
    }

    /// Does the system keep its page in memory?
    pub(crate) const fn is_locked(&self) -> bool {
        self.lock.is_some()
    }
}

impl Clone for LockedKey {
    fn clone(&self) -> Self {
        Self::holding(self.key())
    }
}

impl Drop for LockedKey {
    fn drop(&mut self) {
        // While the page is still locked.
        self.page.0.zeroize();
    }
}

/// Would a key be kept out of the swap here? Tried with one that holds nothing.
#[must_use]
pub fn keys_are_locked() -> bool {
    LockedKey::filled(|_| {}).is_locked()
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    /// What the system says of the memory around an address: its flags, `lo` among them if it is locked.
    fn flags_of(address: usize) -> Vec<String> {
        let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let mut here = false;
        for line in maps.lines() {
            let range = line.split_whitespace().next().unwrap().split_once('-');
            let range = range.and_then(|(from, to)| {
                Some((usize::from_str_radix(from, 16).ok()?, usize::from_str_radix(to, 16).ok()?))
            });
            if let Some((from, to)) = range {
                here = (from..to).contains(&address);
            } else if here && let Some(flags) = line.strip_prefix("VmFlags:") {
                return flags.split_whitespace().map(str::to_owned).collect();
            }
        }
        panic!("the address is in no map");
    }

    fn locked(address: usize) -> bool {
        flags_of(address).iter().any(|flag| flag == "lo")
    }

    #[test]
    fn a_key_stands_on_a_locked_page_that_no_other_key_unlocks() {
        let (first, second) = (LockedKey::filled(|key| key.fill(1)), LockedKey::filled(|key| key.fill(2)));
        let address = std::ptr::from_ref(first.key()) as usize;
        assert!(first.is_locked() && second.is_locked(), "a test machine lets a program lock a few pages");
        assert!(locked(address));
        drop(second);
        assert!(locked(address), "the other one's end must not unlock it");
        assert_eq!(first.clone().key().as_slice(), [1; KEY_LEN]);
        assert!(locked(address), "nor its copy's");
    }

    #[test]
    fn a_key_does_not_move_with_what_holds_it() {
        let key = LockedKey::filled(|key| key.fill(7));
        let before = std::ptr::from_ref(key.key());
        let held = [Some(key)];
        assert_eq!(std::ptr::from_ref(held[0].as_ref().unwrap().key()), before);
    }
}
