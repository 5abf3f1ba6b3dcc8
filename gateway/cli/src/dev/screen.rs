//! Everything that `weft dev` prints, on stderr: notes of its own, and the lines of each service behind its name.

use std::io::{self, Write};
use std::sync::Arc;

use owo_colors::{AnsiColors, OwoColorize};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

use crate::render;

const PALETTE: [AnsiColors; 6] = [
    AnsiColors::Cyan,
    AnsiColors::Magenta,
    AnsiColors::Green,
    AnsiColors::Blue,
    AnsiColors::Yellow,
    AnsiColors::BrightCyan,
];

/// Where to print. Cheap to clone; lines of several tasks never mix.
#[derive(Clone)]
pub(crate) struct Screen {
    names: Arc<[String]>,
    width: usize,
    colours: bool,
}

impl Screen {
    /// A screen for services of these names.
    pub(crate) fn new<'a>(names: impl Iterator<Item = &'a String>) -> Self {
        let names: Arc<[String]> = names.cloned().collect();
        Self {
            width: names
                .iter()
                .map(|name| name.len())
                .max()
                .unwrap_or(0)
                .max(4),
            names,
            colours: render::colours(),
        }
    }

    /// Whether it takes colours.
    pub(crate) fn colours(&self) -> bool {
        self.colours
    }

    /// Progress.
    pub(crate) fn note(&self, text: &str) {
        self.line("weft", AnsiColors::White, text);
    }

    /// Something that went well.
    pub(crate) fn good(&self, text: &str) {
        self.line("weft", AnsiColors::Green, text);
    }

    /// Something that went wrong, and what happens now.
    pub(crate) fn bad(&self, text: &str) {
        self.line("weft", AnsiColors::Red, text);
    }

    /// Text without a name before it.
    pub(crate) fn text(&self, text: &str) {
        print(&format!("{text}\n"));
    }

    /// Prints all lines of a service's output.
    pub(crate) async fn copy(self, name: String, output: impl AsyncRead + Unpin) {
        let index = self
            .names
            .iter()
            .position(|known| *known == name)
            .unwrap_or(0);
        let colour = PALETTE[index % PALETTE.len()];
        let mut lines = BufReader::new(output).split(b'\n');
        while let Ok(Some(line)) = lines.next_segment().await {
            let text = String::from_utf8_lossy(&line);
            self.line(&name, colour, text.trim_end_matches('\r'));
        }
    }

    fn line(&self, name: &str, colour: AnsiColors, text: &str) {
        let name = format!("{name:<width$} |", width = self.width);
        if self.colours {
            print(&format!("{} {text}\n", name.color(colour)));
        } else {
            print(&format!("{name} {text}\n"));
        }
    }
}

/// One write for each text, so that lines stay whole; nobody can be told when stderr is closed.
fn print(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
