//! Data for stdout, all else for stderr. A reader that has seen enough (`weft … | head`) is no failure.

use std::fmt::Display;
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

/// Writes a line to stderr.
pub(crate) fn tell(line: impl Display) {
    // Nothing can be told to anyone when stderr is closed.
    let _ = writeln!(io::stderr().lock(), "{line}");
}
