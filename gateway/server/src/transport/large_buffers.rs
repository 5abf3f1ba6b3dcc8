//! Memory for large answers, used again. An allocator gives memory of that size back to the system, or keeps it for
//! a while: the first costs a fault for each page of the next answer, the second memory that no answer is in.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// From this size on an answer gets a buffer from here.
pub(crate) const LARGE: usize = 512 * 1024;

/// Buffers that nobody uses now. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct LargeBuffers(Arc<Mutex<Free>>);

#[derive(Debug, Default)]
struct Free {
    /// The last one was used last.
    buffers: Vec<Vec<u8>>,
    /// How many were not needed since the last sweep.
    unneeded: usize,
}

/// A buffer that comes back when it is dropped.
#[derive(Debug)]
pub(crate) struct LargeBuffer {
    bytes: Vec<u8>,
    home: LargeBuffers,
}

impl LargeBuffers {
    /// An empty buffer with room for so many bytes.
    pub(crate) fn take(&self, size: usize) -> LargeBuffer {
        let mut free = self.free();
        // Not one that is far too large: it may be needed for what it was made for.
        let fits = |buffer: &Vec<u8>| (size..=4 * size).contains(&buffer.capacity());
        let position = free.buffers.iter().rposition(fits);
        let known = position.map(|position| free.buffers.remove(position));
        free.unneeded = free.unneeded.min(free.buffers.len());
        drop(free);
        LargeBuffer {
            bytes: known.unwrap_or_else(|| Vec::with_capacity(size)),
            home: self.clone(),
        }
    }

    /// Gives back what was not needed since the last time.
    pub(crate) fn sweep(&self) {
        let mut free = self.free();
        let unneeded = free.unneeded;
        let given_back: Vec<_> = free.buffers.drain(..unneeded).collect();
        free.unneeded = free.buffers.len();
        drop(free);
        drop(given_back);
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Free> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LargeBuffer {
    /// What is in it.
    pub(crate) fn bytes(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// What is in it, to be shared; the buffer comes back when nobody has a part of it any more.
    pub(crate) fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for LargeBuffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for LargeBuffer {
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        self.home.free().buffers.push(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sizes of the buffers that nobody uses.
    fn free(buffers: &LargeBuffers) -> Vec<usize> {
        let free = buffers.free();
        free.buffers.iter().map(Vec::capacity).collect()
    }

    #[test]
    fn a_buffer_comes_back_when_the_last_part_of_its_answer_is_dropped() {
        let buffers = LargeBuffers::default();
        let mut buffer = buffers.take(LARGE);
        buffer.bytes().extend_from_slice(b"an answer");
        let answer = buffer.freeze();
        let part = answer.slice(3..);
        drop(answer);
        assert!(free(&buffers).is_empty());
        assert_eq!(part, "answer");
        drop(part);
        assert_eq!(free(&buffers), [LARGE]);
        assert!(buffers.take(LARGE).bytes().is_empty());
    }

    #[test]
    fn a_buffer_is_used_again_for_what_is_about_its_size() {
        let buffers = LargeBuffers::default();
        drop(buffers.take(4 * LARGE));
        drop(buffers.take(3 * LARGE));
        assert_eq!(free(&buffers), [4 * LARGE]);
        let one = buffers.take(LARGE);
        let other = buffers.take(LARGE);
        assert!(free(&buffers).is_empty());
        drop((one, other));
        assert_eq!(free(&buffers).len(), 2);
        drop(buffers.take(5 * LARGE));
        assert_eq!(free(&buffers).len(), 3);
    }

    #[test]
    fn what_is_not_needed_between_two_sweeps_is_given_back() {
        let buffers = LargeBuffers::default();
        let three = [LARGE; 3].map(|size| buffers.take(size));
        drop(three);
        buffers.sweep();
        assert_eq!(free(&buffers).len(), 3);
        drop([LARGE; 2].map(|size| buffers.take(size)));
        buffers.sweep();
        assert_eq!(free(&buffers).len(), 2);
        buffers.sweep();
        assert_eq!(free(&buffers).len(), 0);
    }
}
