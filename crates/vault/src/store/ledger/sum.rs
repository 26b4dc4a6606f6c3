//! The sum of the digests of rows: a number of 256 bits that one row is added to or taken from.

/// Rows, and the sum of their digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sum {
    pub(super) rows: u64,
    pub(super) digests: [u64; 4],
}

impl Sum {
    pub(super) fn add(&mut self, digest: [u8; 32]) {
        self.rows = self.rows.wrapping_add(1);
        self.digests = carried(self.digests, limbs(digest));
    }

    pub(super) fn take(&mut self, digest: [u8; 32]) {
        self.rows = self.rows.wrapping_sub(1);
        self.digests = carried(self.digests, negative(limbs(digest)));
    }

    /// Both together; the second may be a change, whose rows are a difference.
    pub(super) fn with(self, change: Self) -> Self {
        Self { rows: self.rows.wrapping_add(change.rows), digests: carried(self.digests, change.digests) }
    }
}

/// Least significant first.
fn limbs(digest: [u8; 32]) -> [u64; 4] {
    let (limbs, _) = digest.as_chunks::<8>();
    [0, 1, 2, 3].map(|at| limbs.get(at).map_or(0, |limb| u64::from_le_bytes(*limb)))
}

/// The sum modulo 2^256.
fn carried(one: [u64; 4], other: [u64; 4]) -> [u64; 4] {
    let mut carry = false;
    let mut sum = [0; 4];
    for (at, limb) in sum.iter_mut().enumerate() {
        let (first, over) = one[at].overflowing_add(other[at]);
        let (both, again) = first.overflowing_add(u64::from(carry));
        (*limb, carry) = (both, over || again);
    }
    sum
}

/// What added to it is 0: the two's complement.
fn negative(number: [u64; 4]) -> [u64; 4] {
    carried(number.map(|limb| !limb), [1, 0, 0, 0])
}
