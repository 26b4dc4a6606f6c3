//! Fields as they look and take files in the real window.

use crate::steps::{ONE_AT_A_TIME, draft_login, first_run, open};

#[test]
fn a_wrong_field_has_a_red_border_in_both_themes_and_a_right_one_has_not() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("fields").await;
        first_run(&window).await;
        draft_login(&window, "wrong", "robot", "not-a-real-password").await;
        window.enter("editor", "field-user", ":colon").await.unwrap();
        window
            .until("document.querySelector('[data-testid=editor] [data-testid=field-user]').getAttribute('aria-invalid') === 'true'")
            .await;
        window.script("document.activeElement.blur()", vec![]).await.unwrap();
        for theme in ["light", "dark"] {
            let script = "document.documentElement.dataset.theme = arguments[0];
                const bad = document.createElement('span');
                bad.style.color = 'var(--bad)';
                document.body.append(bad);
                const want = getComputedStyle(bad).color;
                bad.remove();
                const border = (id) => getComputedStyle(document.querySelector(`[data-testid=editor] [data-testid=${id}]`).closest('.input')).borderTopColor;
                return [border('field-user') === want, border('field-name') === want]";
            let found = window.script(script, vec![theme.into()]).await.unwrap();
            assert_eq!(found, serde_json::json!([true, false]), "{theme}");
        }
        window.close().await;
    });
}
