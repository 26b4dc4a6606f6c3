//! The words of all drafts in one buffer: a search is one pass over it, a few milliseconds for 100,000 drafts, where a
//! visit to each draft's own string would wait for memory each time.

use memchr::memmem::Finder;

/// All haystacks, one after the other, each ended by a byte that stands in no text.
pub(crate) struct SearchText {
    bytes: Vec<u8>,
    /// Where each haystack ends.
    ends: Vec<usize>,
}

/// Ends a haystack; not a byte of UTF-8, so no word can reach over it.
const END: u8 = 0xff;

impl SearchText {
    /// Of haystacks, in their order.
    pub(crate) fn of<'a>(haystacks: impl Iterator<Item = &'a str>) -> Self {
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for haystack in haystacks {
            bytes.extend_from_slice(haystack.as_bytes());
            bytes.push(END);
            ends.push(bytes.len());
        }
        Self { bytes, ends }
    }

    /// Per haystack: does it hold every word of the text?
    pub(crate) fn holding_all(&self, text: &str) -> Vec<bool> {
        let mut all = vec![true; self.ends.len()];
        for word in text.split_whitespace() {
            let holding = self.holding(word);
            all.iter_mut().zip(holding).for_each(|(all, holds)| *all &= holds);
        }
        all
    }

    fn holding(&self, word: &str) -> Vec<bool> {
        let mut hits = vec![false; self.ends.len()];
        let finder = Finder::new(word.as_bytes());
        let (mut from, mut place) = (0, 0);
        while let Some(at) = finder.find(&self.bytes[from..]) {
            let at = from + at;
            while self.ends[place] <= at {
                place += 1;
            }
            hits[place] = true;
            // One hit is enough: on with the next haystack.
            from = self.ends[place];
        }
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<bool> {
        SearchText::of(["shop login\nrobot\n", "", "billing\n", "shop\n"].into_iter()).holding_all(text)
    }

    #[test]
    fn every_word_must_be_there_in_any_order() {
        assert_eq!(found("shop"), [true, false, false, true]);
        assert_eq!(found("robot shop"), [true, false, false, false]);
        assert_eq!(found("in"), [true, false, true, false]);
    }

    #[test]
    fn a_word_never_reaches_from_one_draft_into_the_next() {
        assert_eq!(found("billingshop"), [false; 4]);
        assert_eq!(found("nothing"), [false; 4]);
        assert_eq!(SearchText::of(std::iter::empty()).holding_all("x"), Vec::<bool>::new());
    }
}
