//! The matrix: drafts and sets of nobody against environments, as a window of rows.

use super::*;

async fn matrix(bench: &Bench, query: MatrixQuery) -> MatrixView {
    bench.app.matrix(query).await.unwrap()
}

fn names(view: &MatrixView) -> Vec<&str> {
    view.rows.iter().map(|row| row.name.as_str()).collect()
}

#[tokio::test]
async fn drafts_stand_before_sets_of_nobody_each_with_its_state_and_id_per_environment() {
    let bench = Bench::new().await;
    let second = add(&bench.app, "second", bench.sandbox.base_url(), bench.sandbox.token(), false).await;
    let draft = bench.draft(LOGIN).await;
    let remote = bench.publish(&draft).await.remote_id.unwrap();
    let foreign = bench.elsewhere(None, "foreign", "").await;
    bench.app.remote_look(&bench.environment.id).await.unwrap();
    let view = matrix(&bench, MatrixQuery::default()).await;
    assert_eq!((names(&view), view.total, view.drafts), (vec!["shop", "foreign"], 2, 1));
    let [shop, other] = &view.rows[..] else { panic!("{view:?}") };
    let at = |id: &str| view.environments.iter().position(|env| env.id == id).unwrap();
    let (here, there) = (at(&bench.environment.id), at(&second.id));
    assert_eq!(shop.cells[here], MatrixCell { state: SyncState::Matches, remote_id: Some(remote) });
    assert_eq!(shop.cells[there], MatrixCell { state: SyncState::NotTarget, remote_id: None });
    assert_eq!((shop.missing, shop.state), (1, SyncState::Matches));
    assert_eq!((other.draft_id.as_ref(), other.cells[here].remote_id.as_ref()), (None, Some(&foreign)));
    assert_eq!(other.cells[there].remote_id, None, "it was not looked at");
    assert!(view.environments[here].looked_at.is_some() && view.environments[there].looked_at.is_none());
}

#[tokio::test]
async fn an_adopted_set_moves_to_its_draft_and_a_second_one_of_a_name_has_a_row_of_its_own() {
    let bench = Bench::new().await;
    let first = bench.elsewhere(None, "twin", "").await;
    bench.elsewhere(None, "twin", "").await;
    bench.app.remote_look(&bench.environment.id).await.unwrap();
    let view = matrix(&bench, MatrixQuery::default()).await;
    assert_eq!((names(&view), view.drafts), (vec!["twin", "twin"], 0));
    assert_ne!(view.rows[0].key, view.rows[1].key);
    bench.app.remote_adopt(&bench.environment.id, &first, None).await.unwrap();
    let view = matrix(&bench, MatrixQuery::default()).await;
    assert_eq!((view.total, view.drafts), (2, 1));
    assert_eq!(view.rows[0].cells[0].remote_id.as_ref(), Some(&first));
}

#[tokio::test]
async fn windows_put_together_are_the_whole_and_filters_keep_what_they_say() {
    let bench = Bench::new().await;
    for name in ["alpha", "beta", "gamma"] {
        bench.draft(&LOGIN.replace("shop", &format!("draft {name}"))).await;
        bench.elsewhere(None, &format!("foreign {name}"), "").await;
    }
    bench.app.remote_look(&bench.environment.id).await.unwrap();
    let whole = matrix(&bench, MatrixQuery::default()).await;
    for size in 1..=4 {
        let mut parts = Vec::new();
        for offset in (0..whole.total).step_by(size) {
            let limit = Some(u32::try_from(size).unwrap());
            let part =
                matrix(&bench, MatrixQuery { offset: Some(offset), limit, ..Default::default() }).await;
            assert!(part.rows.len() <= size);
            parts.extend(part.rows);
        }
        assert_eq!(parts, whole.rows, "in windows of {size}");
    }
    let only = |drafts, unmanaged, text: &str| MatrixQuery {
        drafts: Some(drafts),
        unmanaged: Some(unmanaged),
        text: Some(text.into()),
        ..MatrixQuery::default()
    };
    assert_eq!(
        names(&matrix(&bench, only(true, false, "")).await),
        ["draft alpha", "draft beta", "draft gamma"]
    );
    assert_eq!(names(&matrix(&bench, only(false, true, "FOREIGN beta")).await), ["foreign beta"]);
    assert_eq!(names(&matrix(&bench, only(false, false, " beta")).await), ["draft beta", "foreign beta"]);
    let state = MatrixQuery { state: Some(SyncState::Matches), ..MatrixQuery::default() };
    assert_eq!(matrix(&bench, state).await.total, 0, "sets of nobody are in no state");
    let beyond = MatrixQuery { offset: Some(99), ..MatrixQuery::default() };
    assert_eq!(matrix(&bench, beyond).await.rows, []);
}

#[tokio::test]
async fn what_was_seen_is_gone_after_a_lock() {
    let bench = Bench::new().await;
    bench.elsewhere(None, "foreign", "").await;
    bench.app.remote_look(&bench.environment.id).await.unwrap();
    assert_eq!(matrix(&bench, MatrixQuery::default()).await.total, 1);
    bench.app.vault_lock().await.unwrap();
    assert!(bench.app.matrix(MatrixQuery::default()).await.is_err());
    bench.app.vault_unlock().await.unwrap();
    assert_eq!(matrix(&bench, MatrixQuery::default()).await.total, 0);
}
