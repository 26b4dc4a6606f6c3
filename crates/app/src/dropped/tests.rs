//! What a dropped file promises.

use base64::Engine as _;
use sealpost_vault::testing::Bench;

use super::*;
use crate::testing;

fn app(folder: &Path) -> (Bench, App) {
    let bench = Bench::at(&folder.join("vault"));
    drop(bench.create().unwrap());
    let app = testing::app(&bench);
    (bench, app)
}

async fn bytes(app: &App) -> Result<Vec<u8>, Problem> {
    let read = app.dropped_read().await?;
    Ok(base64::engine::general_purpose::STANDARD.decode(read.0.expose()).unwrap())
}

async fn refusal(app: &App, paths: &[&Path]) -> Problem {
    app.files_dropped(paths.iter().map(|path| path.to_path_buf()).collect(), 1, 2);
    match bytes(app).await {
        Ok(read) => panic!("{paths:?} was read: {} bytes", read.len()),
        Err(problem) => problem,
    }
}

#[tokio::test]
async fn a_dropped_file_is_told_by_place_and_name_and_given_out_once() {
    let dir = tempfile::tempdir().unwrap();
    let (_bench, app) = app(dir.path());
    app.vault_unlock().await.unwrap();
    let file = dir.path().join("leaf.p12");
    std::fs::write(&file, [0, 159, 146, 150]).unwrap();
    let mut events = app.events();
    app.files_dropped(vec![file], 120, 340);
    let told = events.recv().await.unwrap();
    assert_eq!(told, AppEvent::FileDropped { x: 120, y: 340, name: "leaf.p12".into() });
    assert_eq!(bytes(&app).await.unwrap(), [0, 159, 146, 150]);
    assert_eq!(bytes(&app).await.unwrap_err().code, Code::NotFound, "a second time");
}

#[tokio::test]
async fn what_is_no_single_readable_file_of_a_sane_size_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let (_bench, app) = app(dir.path());
    app.vault_unlock().await.unwrap();
    let (large, most) = (dir.path().join("large.pem"), dir.path().join("most.pem"));
    std::fs::write(&large, vec![b'a'; 2_000_001]).unwrap();
    std::fs::write(&most, vec![b'a'; 2_000_000]).unwrap();
    app.files_dropped(vec![most.clone()], 0, 0);
    assert_eq!(bytes(&app).await.unwrap().len(), 2_000_000, "the largest that is read");
    let absent = dir.path().join("absent.pem");
    for (paths, code, word) in [
        (vec![dir.path()], Code::Invalid, "is a folder"),
        (vec![&large], Code::Invalid, "“large.pem” is too large"),
        (vec![&absent], Code::Storage, "“absent.pem” could not be read"),
        (vec![&most, &large], Code::Invalid, "Several files"),
        (vec![Path::new("/dev/zero")], Code::Invalid, "is not a file"),
    ] {
        let problem = refusal(&app, &paths).await;
        assert!(problem.code == code && problem.title.contains(word), "{problem:?}");
        assert_eq!(problem.detail, "Nothing was changed.");
    }
}

#[tokio::test]
async fn nothing_is_read_while_the_vault_is_locked_nor_what_was_dropped_before() {
    let dir = tempfile::tempdir().unwrap();
    let (_bench, app) = app(dir.path());
    let file = dir.path().join("leaf.pem");
    std::fs::write(&file, "key").unwrap();
    assert_eq!(refusal(&app, &[&file]).await.code, Code::VaultLocked);
    app.vault_unlock().await.unwrap();
    app.files_dropped(vec![file], 0, 0);
    app.vault_lock().await.unwrap();
    app.vault_unlock().await.unwrap();
    assert_eq!(bytes(&app).await.unwrap_err().code, Code::NotFound);
}
