//! Data for stdout. A reader that has seen enough (`weft … | head`) is no failure.

use std::io::{self, Write};

/// Writes all of it to stdout.
///
/// # Errors
/// When stdout cannot be written for another reason than a closed pipe.
pub(crate) fn write(data: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(data).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}
