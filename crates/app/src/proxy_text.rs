//! A proxy's address without its password: what callers see, and what they may send back (promise "nothing leaks").
//!
//! `http://user:password@proxy:8080` is stored sealed and shown as `http://user:***@proxy:8080`. Whoever sends that back means the stored
//! one. Of an address that was typed and not saved, `****` is shown: it can't be mistaken for the stored one, and is refused.

use url::Url;

use crate::problem::Problem;

const STORED: &str = "***";
const TYPED: &str = "****";

/// As it is shown once it is stored.
pub(crate) fn shown(proxy: &str) -> String {
    covered(proxy, STORED)
}

/// As it is shown while it is not saved.
pub(crate) fn shown_unsaved(proxy: &str) -> String {
    if is_covered(proxy) { proxy.to_owned() } else { covered(proxy, TYPED) }
}

/// What is to be stored, in place of `kept`.
///
/// # Errors
/// `Invalid`: no URL, or its password is only the stars that stand for one.
pub(crate) fn to_store(typed: &str, kept: &str) -> Result<String, Problem> {
    match typed.trim() {
        "" => Ok("system".to_owned()),
        word @ ("system" | "none") => Ok(word.to_owned()),
        same if same == shown(kept) => Ok(kept.to_owned()),
        url if is_covered(url) => Err(Problem::invalid(
            "The stars are not the proxy's password.",
            "Type the password again, as in http://user:password@host:port.",
        )),
        url if url.starts_with("http://") || url.starts_with("https://") => Ok(url.to_owned()),
        _ => Err(Problem::invalid("The proxy is not a URL.", "Type it as http://host:port.")),
    }
}

/// Does the address carry a password, and not only the stars that stand for one?
#[must_use]
pub fn proxy_has_password(proxy: &str) -> bool {
    password(proxy).is_some() && !is_covered(proxy)
}

/// The address with this password.
///
/// # Errors
/// `Invalid`: it is no URL of a proxy.
pub fn proxy_with_password(proxy: &str, password: &str) -> Result<String, Problem> {
    let no_url = || {
        Problem::invalid(
            "There is no proxy that could have a password.",
            "Give its address too, as in --proxy http://user@host:port.",
        )
    };
    let mut url = Url::parse(proxy.trim()).map_err(|_| no_url())?;
    url.set_password(Some(password)).map_err(|()| no_url())?;
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn password(proxy: &str) -> Option<(Url, String)> {
    let url = Url::parse(proxy.trim()).ok()?;
    let password = url.password()?.to_owned();
    Some((url, password))
}

fn is_covered(proxy: &str) -> bool {
    password(proxy).is_some_and(|(_, password)| [STORED, TYPED].contains(&password.as_str()))
}

fn covered(proxy: &str, stars: &str) -> String {
    let Some((mut url, _)) = password(proxy) else { return proxy.to_owned() };
    // An address that has a password has a host, so it takes one.
    match url.set_password(Some(stars)) {
        Ok(()) => url.as_str().trim_end_matches('/').to_owned(),
        Err(()) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_put_into_an_address_whatever_is_in_it_and_into_nothing_else() {
        for (proxy, password, whole) in [
            ("http://robot@proxy.example:8080", "zebra", "http://robot:zebra@proxy.example:8080"),
            ("http://robot:***@proxy.example:8080", "zebra", "http://robot:zebra@proxy.example:8080"),
            ("https://robot@proxy.example", "z@b:r/a#?", "https://robot:z%40b%3Ar%2Fa%23%3F@proxy.example"),
        ] {
            let made = proxy_with_password(proxy, password).unwrap();
            assert_eq!(made, whole);
            assert!(proxy_has_password(&made) && !proxy_has_password(proxy));
            assert_eq!(to_store(&made, "").unwrap(), made);
        }
        for none in ["system", "none", "", "proxy.example:8080", "mailto:robot"] {
            assert!(proxy_with_password(none, "zebra").is_err(), "{none}");
        }
    }

    const KEPT: &str = "http://robot:zebra-secret@proxy.example:8080";

    #[test]
    fn a_password_is_never_shown_and_the_rest_is() {
        assert_eq!(shown(KEPT), "http://robot:***@proxy.example:8080");
        assert_eq!(shown_unsaved(KEPT), "http://robot:****@proxy.example:8080");
        for plain in
            ["", "system", "none", "http://proxy.example:3128", "http://robot@proxy.example", "half typ"]
        {
            assert_eq!((shown(plain), shown_unsaved(plain)), (plain.to_owned(), plain.to_owned()));
        }
        for odd in
            ["http://:zebra-secret@h", "https://a:zebra-secret@h:1/x?y#z", " http://a:zebra%2Dsecret@h "]
        {
            assert!(!shown(odd).contains("zebra"), "{}", shown(odd));
        }
    }

    #[test]
    fn what_was_shown_comes_back_as_what_is_stored() {
        assert_eq!(to_store(&shown(KEPT), KEPT).unwrap(), KEPT);
        assert_eq!(
            to_store(&shown_unsaved(&shown(KEPT)), KEPT).unwrap(),
            KEPT,
            "a form that was kept and came back"
        );
        assert_eq!(
            to_store("http://robot:new@proxy.example:8080", KEPT).unwrap(),
            "http://robot:new@proxy.example:8080"
        );
        assert_eq!(to_store(" ", KEPT).unwrap(), "system");
    }

    #[test]
    fn stars_are_never_stored_as_a_password() {
        for typed in [
            shown_unsaved("http://robot:typed@proxy.example:8080"),
            "http://other:***@proxy.example:8080".into(),
        ] {
            let refused = to_store(&typed, KEPT).unwrap_err();
            assert!(refused.hint.contains("again"), "{refused}");
            assert!(to_store(&typed, "system").is_err());
        }
        assert!(to_store("proxy.example", "system").is_err());
    }
}
