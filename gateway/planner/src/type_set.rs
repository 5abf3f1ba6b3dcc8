//! Sets of object types, as bits.

use smallvec::SmallVec;

/// A set of object types of one graph. Two sets with the same types are equal, whatever they were made from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct TypeSet(SmallVec<[u64; 2]>);

impl TypeSet {
    /// The set with one type.
    pub(crate) fn single(id: usize) -> Self {
        let mut set = Self::default();
        set.insert(id);
        set
    }

    /// Adds a type.
    pub(crate) fn insert(&mut self, id: usize) {
        let word = id / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (id % 64);
    }

    /// Whether the type is in it.
    pub(crate) fn contains(&self, id: usize) -> bool {
        self.0
            .get(id / 64)
            .is_some_and(|word| word & (1 << (id % 64)) != 0)
    }

    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many types are in it.
    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The types in both.
    pub(crate) fn intersection(&self, other: &Self) -> Self {
        let words = self.0.iter().zip(&other.0).map(|(a, b)| a & b).collect();
        Self(words).trimmed()
    }

    /// The types in this one only.
    pub(crate) fn difference(&self, other: &Self) -> Self {
        let mut result = self.clone();
        for (word, removed) in result.0.iter_mut().zip(&other.0) {
            *word &= !removed;
        }
        result.trimmed()
    }

    /// Adds all types of `other`.
    pub(crate) fn extend(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (word, added) in self.0.iter_mut().zip(&other.0) {
            *word |= added;
        }
    }

    /// Whether some type is in both.
    pub(crate) fn intersects(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    /// Whether all types are in `other` too.
    pub(crate) fn is_subset(&self, other: &Self) -> bool {
        self.0
            .iter()
            .enumerate()
            .all(|(index, word)| word & !other.0.get(index).copied().unwrap_or_default() == 0)
    }

    /// The types, in ascending order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().flat_map(|(index, &word)| {
            let without_lowest = |left: &u64| Some(left & left.wrapping_sub(1));
            std::iter::successors(Some(word), without_lowest)
                .take_while(|left| *left != 0)
                .map(move |left| index * 64 + left.trailing_zeros() as usize)
        })
    }

    /// The first type.
    pub(crate) fn first(&self) -> Option<usize> {
        self.iter().next()
    }

    fn trimmed(mut self) -> Self {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        self
    }
}

impl FromIterator<usize> for TypeSet {
    fn from_iter<I: IntoIterator<Item = usize>>(ids: I) -> Self {
        let mut set = Self::default();
        for id in ids {
            set.insert(id);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::TypeSet;

    #[test]
    fn sets_made_in_different_ways_are_equal() {
        let wide: TypeSet = [3, 200].into_iter().collect();
        let narrow = TypeSet::single(3);
        assert_eq!(wide.difference(&TypeSet::single(200)), narrow);
        assert_eq!(wide.intersection(&narrow), narrow);
        assert!(narrow.is_subset(&wide) && !wide.is_subset(&narrow));
        assert_eq!(wide.iter().collect::<Vec<_>>(), [3, 200]);
    }
}
