//! The schemas of services that `weft dev` runs, remembered between their restarts.
//!
//! A service with `dev.watch` changes only when it is restarted, so it is asked once after each start. Asking every second
//! would fill its log. Others may reload themselves, and are asked each time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use url::Url;
use weft_diagnostic::{Diagnostic, Source};

use super::fetch_sdl;
use crate::configuration::SubgraphEntry;
use crate::transport::Transport;

/// What services said about their schemas. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct RunningServices {
    remembered: Arc<Mutex<HashMap<String, Source>>>,
}

impl RunningServices {
    /// Asks the service again next time: it was restarted, and answers.
    pub fn forget(&self, name: &str) {
        self.lock().remove(name);
    }

    pub(super) async fn read(
        &self,
        name: &str,
        entry: &SubgraphEntry,
        url: &Url,
        transport: &Transport,
    ) -> Result<Source, Diagnostic> {
        let remembered = self.lock().get(name).cloned();
        if let Some(source) = remembered {
            return Ok(source);
        }
        let sdl = fetch_sdl(transport, name, url).await?;
        let source = Source::new(name, url.as_str(), sdl);
        if entry.dev.as_ref().is_some_and(|dev| !dev.watch.is_empty()) {
            self.lock().insert(name.to_owned(), source.clone());
        }
        Ok(source)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Source>> {
        self.remembered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
