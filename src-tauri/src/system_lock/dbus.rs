//! Linux: logind on the system bus, the screen savers on the session bus. Each bus has a thread that waits for signals;
//! a bus that is not there is not waited for, and the settings say so.

use std::sync::atomic::Ordering;

use sealpost_app::App;
use tauri::AppHandle;
use zbus::blocking::{Connection, MessageIterator, fdo::DBusProxy};
use zbus::zvariant::{OwnedFd, OwnedObjectPath};
use zbus::{MatchRule, Message};

use super::Signals;
use super::told::Told;

const LOGIND: &str = "org.freedesktop.login1";
const ROOT: &str = "/org/freedesktop/login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "org.freedesktop.login1.Session";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// Starts a thread per bus.
pub(super) fn watch(app: &App, handle: &AppHandle, signals: &Signals) {
    let (a, h, s) = (app.clone(), handle.clone(), signals.clone());
    std::thread::spawn(move || {
        if let Err(error) = logind(&a, &h, &s) {
            tracing::info!("logind is not heard: {error}");
        }
        s.0.sleep.store(false, Ordering::Relaxed);
    });
    let (a, h, s) = (app.clone(), handle.clone(), signals.clone());
    std::thread::spawn(move || {
        if let Err(error) = screen_savers(&a, &h, &s) {
            tracing::info!("no screen saver is heard: {error}");
        }
        s.0.screen.store(false, Ordering::Relaxed);
    });
}

fn logind(app: &App, handle: &AppHandle, signals: &Signals) -> zbus::Result<()> {
    let connection = Connection::system()?;
    let session = own_session(&connection);
    listen(
        &connection,
        &[(MANAGER, "PrepareForSleep"), (SESSION, "Lock"), (PROPERTIES, "PropertiesChanged")],
    )?;
    let mut held = hold_sleep(&connection);
    signals.0.sleep.store(true, Ordering::Relaxed);
    for message in MessageIterator::from(&connection) {
        match told_by_logind(&message?, session.as_deref()) {
            Some(Told::Wakes) => held = hold_sleep(&connection),
            Some(told) => {
                tauri::async_runtime::block_on(super::lock(app, handle));
                // Only now may the computer sleep.
                if told == Told::Sleeps {
                    drop(held.take());
                }
            }
            None => {}
        }
    }
    Ok(())
}

fn screen_savers(app: &App, handle: &AppHandle, signals: &Signals) -> zbus::Result<()> {
    let connection = Connection::session()?;
    // GNOME, KDE, Cinnamon, MATE and Xfce each have their own interface with the same signal.
    let rule = MatchRule::builder().msg_type(zbus::message::Type::Signal).member("ActiveChanged")?.build();
    DBusProxy::new(&connection)?.add_match_rule(rule)?;
    signals.0.screen.store(true, Ordering::Relaxed);
    for message in MessageIterator::from(&connection) {
        if told_by_screen_saver(&message?).is_some() {
            tauri::async_runtime::block_on(super::lock(app, handle));
        }
    }
    Ok(())
}

fn listen(connection: &Connection, wanted: &[(&'static str, &'static str)]) -> zbus::Result<()> {
    let bus = DBusProxy::new(connection)?;
    for (interface, member) in wanted {
        let mut rule = MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .interface(*interface)?
            .member(*member)?;
        if *interface == PROPERTIES {
            rule = rule.arg(0, SESSION)?;
        }
        bus.add_match_rule(rule.build())?;
    }
    Ok(())
}

/// Our session; none where logind does not know us, for example in a container.
fn own_session(connection: &Connection) -> Option<String> {
    let answer = match std::env::var("XDG_SESSION_ID") {
        Ok(id) => connection.call_method(Some(LOGIND), ROOT, Some(MANAGER), "GetSession", &id),
        Err(_) => {
            connection.call_method(Some(LOGIND), ROOT, Some(MANAGER), "GetSessionByPID", &std::process::id())
        }
    };
    let path = answer.and_then(|answer| answer.body().deserialize::<OwnedObjectPath>());
    path.map_err(|error| tracing::info!("logind knows no session of ours: {error}"))
        .ok()
        .map(|path| path.as_str().to_owned())
}

/// Asks the computer to wait with sleeping until the vault is locked.
fn hold_sleep(connection: &Connection) -> Option<OwnedFd> {
    let why = ("sleep", "Sealpost", "The vault is locked first", "delay");
    connection
        .call_method(Some(LOGIND), ROOT, Some(MANAGER), "Inhibit", &why)
        .and_then(|answer| answer.body().deserialize::<OwnedFd>())
        .map_err(|error| tracing::info!("the computer will not wait for the lock: {error}"))
        .ok()
}

/// What a signal of logind says; those of other sessions say nothing about us.
fn told_by_logind(message: &Message, session: Option<&str>) -> Option<Told> {
    let header = message.header();
    let (interface, member) = (header.interface()?.as_str(), header.member()?.as_str());
    let path = header.path()?.as_str();
    // Without a session of our own, any that locks is taken for ours.
    let ours = session.is_none_or(|own| own == path);
    match (interface, member) {
        (MANAGER, "PrepareForSleep") => message
            .body()
            .deserialize::<bool>()
            .ok()
            .map(|sleeps| if sleeps { Told::Sleeps } else { Told::Wakes }),
        (SESSION, "Lock") if ours => Some(Told::Away),
        (PROPERTIES, "PropertiesChanged") if ours && session.is_some() => {
            let body = message.body();
            let (_, changed, _): (
                String,
                std::collections::HashMap<String, zbus::zvariant::OwnedValue>,
                Vec<String>,
            ) = body.deserialize().ok()?;
            let is = |name: &str| changed.get(name).and_then(|value| bool::try_from(value.clone()).ok());
            (is("Active") == Some(false) || is("LockedHint") == Some(true)).then_some(Told::Away)
        }
        _ => None,
    }
}

fn told_by_screen_saver(message: &Message) -> Option<Told> {
    let header = message.header();
    if header.member()?.as_str() != "ActiveChanged" || !header.interface()?.as_str().ends_with(".ScreenSaver")
    {
        return None;
    }
    message.body().deserialize::<bool>().ok().filter(|active| *active).map(|_| Told::Away)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use zbus::zvariant::Value;

    use super::*;

    const OURS: &str = "/org/freedesktop/login1/session/_32";
    const OTHER: &str = "/org/freedesktop/login1/session/_37";

    fn signal<B>(path: &'static str, interface: &'static str, member: &'static str, body: &B) -> Message
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
    {
        Message::signal(path, interface, member).unwrap().build(body).unwrap()
    }

    fn changed(path: &'static str, name: &'static str, value: bool) -> Message {
        let all = HashMap::from([(name, Value::from(value))]);
        signal(path, PROPERTIES, "PropertiesChanged", &(SESSION, all, Vec::<String>::new()))
    }

    #[test]
    fn sleep_locks_and_waking_does_not() {
        let sleep = |on: bool| signal("/org/freedesktop/login1", MANAGER, "PrepareForSleep", &on);
        assert_eq!(told_by_logind(&sleep(true), Some(OURS)), Some(Told::Sleeps));
        assert_eq!(told_by_logind(&sleep(false), Some(OURS)), Some(Told::Wakes));
    }

    #[test]
    fn our_session_locks_us_and_another_users_does_not() {
        let lock = |path| signal(path, SESSION, "Lock", &());
        assert_eq!(told_by_logind(&lock(OURS), Some(OURS)), Some(Told::Away));
        assert_eq!(told_by_logind(&lock(OTHER), Some(OURS)), None);
        assert_eq!(told_by_logind(&lock(OTHER), None), Some(Told::Away), "nobody knows whose it is");
    }

    #[test]
    fn another_user_on_the_screen_locks_and_coming_back_does_not() {
        assert_eq!(told_by_logind(&changed(OURS, "Active", false), Some(OURS)), Some(Told::Away));
        assert_eq!(told_by_logind(&changed(OURS, "LockedHint", true), Some(OURS)), Some(Told::Away));
        for other in [
            changed(OURS, "Active", true),
            changed(OTHER, "Active", false),
            changed(OURS, "IdleHint", false),
            changed(OURS, "LockedHint", false),
        ] {
            assert_eq!(told_by_logind(&other, Some(OURS)), None, "{other:?}");
        }
    }

    #[test]
    fn every_screen_saver_is_understood_and_nothing_else_is_one() {
        let told = |interface, member, on: bool| told_by_screen_saver(&signal("/x", interface, member, &on));
        for interface in ["org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.cinnamon.ScreenSaver"]
        {
            assert_eq!(told(interface, "ActiveChanged", true), Some(Told::Away));
            assert_eq!(told(interface, "ActiveChanged", false), None);
        }
        assert_eq!(told("org.example.Player", "ActiveChanged", true), None);
        assert_eq!(told("org.gnome.ScreenSaver", "WakeUpScreen", true), None);
        let text = signal("/x", "org.gnome.ScreenSaver", "ActiveChanged", &"yes");
        assert_eq!(told_by_screen_saver(&text), None, "a body of another form is no signal");
    }
}
