//! How much memory planning takes, counted where it is taken, against a budget: a client's text cannot make the planner take more.

/// What is taken so far, and what may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Memory {
    taken: usize,
    budget: usize,
}

impl Memory {
    /// Nothing is taken yet.
    pub(crate) fn new(budget: usize) -> Self {
        Self { taken: 0, budget }
    }

    /// Takes room for that many values in a list or a table. Whether the budget still holds.
    pub(crate) fn take<T>(&mut self, count: usize) -> bool {
        // Tables and lists grow by doubling: on average a quarter of their room is empty.
        self.taken += count * size_of::<T>() * 4 / 3;
        !self.is_exceeded()
    }

    /// Whether more is taken than may be.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.taken > self.budget
    }
}
