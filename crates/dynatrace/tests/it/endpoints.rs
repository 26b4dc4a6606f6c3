//! Addresses as people paste them.

use sealpost_dynatrace::{Endpoint, EndpointError, EndpointKind};

fn kept(text: &str) -> (String, EndpointKind, Option<String>) {
    let endpoint = Endpoint::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    (endpoint.base().to_owned(), endpoint.kind(), endpoint.environment_id().map(str::to_owned))
}

fn refused(text: &str) -> EndpointError {
    match Endpoint::parse(text) {
        Err(error) => error,
        Ok(endpoint) => panic!("{text} was read as {}", endpoint.base()),
    }
}

#[test]
fn every_form_of_saas_address_comes_to_the_live_host() {
    for text in [
        "https://abc12345.live.dynatrace.com",
        " https://abc12345.live.dynatrace.com/ \n",
        "abc12345.live.dynatrace.com",
        "HTTPS://ABC12345.Live.Dynatrace.COM//",
        "https://abc12345.live.dynatrace.com/api/v2",
        "https://abc12345.live.dynatrace.com/api/v2/credentials/",
        "https://abc12345.live.dynatrace.com:443",
        "https://abc12345.live.dynatrace.com./",
        "https://abc12345.live.dynatrace.com/#dashboard;id=1",
        "https://abc12345.apps.dynatrace.com",
        "abc12345.apps.dynatrace.com/ui/apps/dynatrace.classic.credential.vault/",
        "https://abc12345.apps.dynatrace.com/platform/classic/environment-api/v2/credentials",
    ] {
        let expected =
            ("https://abc12345.live.dynatrace.com".into(), EndpointKind::Saas, Some("abc12345".into()));
        assert_eq!(kept(text), expected, "{text}");
    }
}

#[test]
fn the_labs_forms_lose_their_apps_label() {
    for (text, base) in [
        ("https://abc.sprint.apps.dynatracelabs.com/ui", "https://abc.sprint.dynatracelabs.com"),
        ("https://abc.dev.apps.dynatracelabs.com", "https://abc.dev.dynatracelabs.com"),
        ("https://abc.sprint.dynatracelabs.com", "https://abc.sprint.dynatracelabs.com"),
    ] {
        assert_eq!(kept(text), (base.into(), EndpointKind::Saas, Some("abc".into())), "{text}");
    }
}

#[test]
fn managed_government_and_activegate_keep_their_environment_id() {
    let id = "19a9a2b4-1f0a-4a3c-9a53-0c4f3d2b1a00";
    for (text, base, kind) in [
        (format!("https://dt.example.test/e/{id}"), "https://dt.example.test", EndpointKind::Managed),
        (format!("https://dt.example.test/e/{id}/api/v2/"), "https://dt.example.test", EndpointKind::Managed),
        (format!("dt.example.test/e/{id}/#hosts"), "https://dt.example.test", EndpointKind::Managed),
        (
            format!("https://abc.dynatrace-managed.com/e/{id}/ui/settings"),
            "https://abc.dynatrace-managed.com",
            EndpointKind::Managed,
        ),
        (format!("https://gov.example.us:8443/e/{id}"), "https://gov.example.us:8443", EndpointKind::Managed),
        (
            format!("https://ag.example.test:9999/e/{id}/"),
            "https://ag.example.test:9999",
            EndpointKind::ActiveGate,
        ),
        (format!("https://10.1.2.3:9999/e/{id}"), "https://10.1.2.3:9999", EndpointKind::ActiveGate),
    ] {
        assert_eq!(kept(&text), (format!("{base}/e/{id}"), kind, Some(id.into())), "{text}");
        assert!(Endpoint::parse(&text).unwrap().is_managed());
    }
}

#[test]
fn only_this_computer_may_be_asked_without_encryption() {
    for (text, base) in [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.1.2.3:1/e/env/api", "http://127.1.2.3:1/e/env"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://127.0.0.1:9999/e/env", "https://127.0.0.1:9999/e/env"),
    ] {
        let (kept, kind, _) = kept(text);
        assert_eq!((kept.as_str(), kind), (base, EndpointKind::Local), "{text}");
    }
    for text in [
        "http://abc12345.live.dynatrace.com",
        "http://dt.example.test/e/x",
        "http://10.0.0.1",
        "http://0.0.0.0:80",
        "http://localhost.example.test",
        "http://127.0.0.1.example.test",
        "http://[::2]",
        "http://[::ffff:10.0.0.1]",
        "http://169.254.169.254",
    ] {
        assert_eq!(refused(text), EndpointError::NotEncrypted, "{text}");
    }
}

#[test]
fn an_address_with_a_secret_is_refused_and_the_secret_not_repeated() {
    for text in [
        "https://user:CANARY@abc12345.live.dynatrace.com",
        "https://CANARY@abc12345.live.dynatrace.com",
        "https://abc12345.live.dynatrace.com/api/v2/credentials?api-token=CANARY",
        "https://abc12345.live.dynatrace.com?t=dt0c01.CANARY.CANARY",
    ] {
        let error = refused(text);
        assert_eq!(error, EndpointError::Credentials, "{text}");
        assert!(!format!("{error} {error:?}").contains("CANARY"));
    }
}

#[test]
fn what_is_no_environment_is_refused() {
    for (text, error) in [
        ("", EndpointError::Empty),
        (" \t\n", EndpointError::Empty),
        ("https://", EndpointError::NotAUrl),
        ("https://exa mple.test", EndpointError::NotAUrl),
        ("abc12345", EndpointError::NotAUrl),
        ("https://dynatrace", EndpointError::NotAUrl),
        ("javascript:alert(1)", EndpointError::NotAUrl),
        ("ftp://abc12345.live.dynatrace.com", EndpointError::Scheme),
        ("file:///etc/passwd", EndpointError::Scheme),
        ("https://abc12345.live.dynatrace.com/?x=1", EndpointError::Query),
        ("https://abc12345.live.dynatrace.com?", EndpointError::Query),
        ("https://dt.example.test/e/", EndpointError::NoEnvironmentId),
        ("https://dt.example.test/e", EndpointError::NoEnvironmentId),
        ("https://dt.example.test/e//api/v2", EndpointError::NoEnvironmentId),
        ("https://dt.example.test/e/a@b", EndpointError::NoEnvironmentId),
        ("https://dt.example.test/e/a%0Eb", EndpointError::NoEnvironmentId),
        ("https://dt.example.test/e/..", EndpointError::NotAUrl),
        ("https://ag.example.test:9999", EndpointError::ActiveGateWithoutId),
        ("https://ag.example.test:9999/api/v2", EndpointError::ActiveGateWithoutId),
    ] {
        if text.ends_with("..") {
            // Resolved by the URL itself: the host alone is left, which may be a vanity name.
            assert_eq!(kept(text).1, EndpointKind::Other);
            continue;
        }
        assert_eq!(refused(text), error, "{text}");
    }
    for host in [
        "www.dynatrace.com",
        "docs.dynatrace.com",
        "sso.dynatrace.com",
        "live.dynatrace.com",
        "abc12345.dynatrace.com",
    ] {
        assert_eq!(refused(host), EndpointError::NotAnEnvironment(host.into()), "{host}");
    }
}

#[test]
fn a_look_alike_host_is_not_called_saas_nor_rewritten() {
    for (text, base) in [
        ("https://abc.apps.dynatrace.com.example.org", "https://abc.apps.dynatrace.com.example.org"),
        ("https://abc.live.dynatrace.example.org", "https://abc.live.dynatrace.example.org"),
        ("https://abc-live-dynatrace.com", "https://abc-live-dynatrace.com"),
        ("https://x.dynatracelabs.com.example.org", "https://x.dynatracelabs.com.example.org"),
    ] {
        assert_eq!(kept(text), (base.into(), EndpointKind::Other, None), "{text}");
    }
}

#[test]
fn the_note_tells_what_was_changed() {
    let note = |text| Endpoint::parse(text).unwrap().note();
    assert_eq!(
        note("https://abc12345.live.dynatrace.com/api/v2"),
        "Recognised as SaaS, environment abc12345. Requests go to /api/v2/credentials."
    );
    assert!(note("https://abc12345.apps.dynatrace.com").contains("platform address was changed"));
    assert!(note("https://dt.example.test/e/x/ui/hosts").contains("rest of the path was left out"));
}

#[test]
fn every_refusal_is_a_sentence_that_says_what_to_do() {
    for text in ["", "x", "ftp://a.b", "http://a.b", "https://u@a.b", "https://a.b/e", "docs.dynatrace.com"] {
        let sentence = refused(text).to_string();
        assert!(sentence.ends_with('.') && !sentence.contains('!'), "{sentence}");
        assert!(sentence.chars().next().is_some_and(|c| c.is_uppercase() || text.starts_with("docs")));
    }
}

proptest::proptest! {
    #[test]
    fn whatever_is_pasted_is_refused_or_read_to_a_base_that_reads_as_itself(text in "\\PC{0,60}") {
        again(&text)?;
    }

    #[test]
    fn so_is_whatever_looks_like_an_address(
        text in "(https?://)?[a-z.]{0,12}(\\.(live|apps)\\.dynatrace\\.com)?(:[0-9]{1,5})?(/e)?(/[a-z./%2]{0,12})?"
    ) {
        again(&text)?;
    }
}

fn again(text: &str) -> Result<(), proptest::test_runner::TestCaseError> {
    if let Ok(endpoint) = Endpoint::parse(text) {
        let second = Endpoint::parse(endpoint.base());
        proptest::prop_assert_eq!(second.as_ref().map(Endpoint::base), Ok(endpoint.base()));
        proptest::prop_assert_eq!(second.map(|e| e.kind()), Ok(endpoint.kind()));
        proptest::prop_assert!(endpoint.is_encrypted() || endpoint.is_local());
    }
    Ok(())
}
