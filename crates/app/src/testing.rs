//! An application for tests, over the vault crate's bench: everything real but keyring and time.

use std::path::Path;
use std::sync::Arc;

use sealpost_vault::OsEntropy;
use sealpost_vault::testing::{Bench, SameKeyring};

use crate::app::{App, Parts};
use crate::wait::RealSleeper;

/// Its parts, for a test that needs one of them otherwise.
pub(crate) fn parts(bench: &Bench) -> Parts {
    Parts {
        folder: bench.folder.clone(),
        keyring: bench.keyring.clone(),
        second_process: Arc::new(SameKeyring(Arc::clone(&bench.keyring))),
        clock: bench.clock.clone(),
        sleeper: Arc::new(RealSleeper),
        entropy: Arc::new(OsEntropy::new()),
        user: Some("tester".into()),
    }
}

/// Over a bench's folder; opens nothing yet.
pub(crate) fn app(bench: &Bench) -> App {
    App::new(parts(bench))
}

/// With a fresh vault in a folder, open.
pub(crate) async fn opened(folder: &Path) -> (Bench, App) {
    let bench = Bench::at(&folder.join("vault"));
    let app = app(&bench);
    app.vault_create().await.expect("a vault");
    (bench, app)
}
