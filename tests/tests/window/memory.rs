//! What stays in the memory of the window after a lock. The program's own process must be clean; what the page's processes keep is printed, since
//! no line of ours can wipe it (SECURITY.md, "Memory").
#![allow(clippy::print_stdout, reason = "what was measured, and what could not be, is said")]

use std::time::{Duration, Instant};

use sealpost_tests::cli::{CommandLine, SandboxProcess};
use sealpost_tests::keyring::{account, lookup};
use sealpost_tests::markers::{BLOCKED, NAMES, bodies, secrets};
use sealpost_tests::memory::{Searched, family, may_look, search, search_for};
use sealpost_tests::session::skipped;
use sealpost_tests::webdriver::Window;

use crate::steps::{ONE_AT_A_TIME, open, publish, save, show, unlock, vault};

/// How often a password is revealed: a buffer that is used again hides what was in it.
const ROUNDS: u32 = 4;

/// Time for the clipboard, on a busy machine.
const CLEARED: Duration = Duration::from_secs(3);

/// Put into a field of the page, saved, revealed and copied: it goes both ways between the page and the program.
const TYPED: &str = "canary-typed-zebra-11";

/// Puts [`TYPED`] into the password's field. The driver's words pass through the program, so they must not carry it: each character is
/// said by the number after its own.
async fn type_password(window: &Window) {
    let numbers: Vec<String> = TYPED.bytes().map(|byte| (byte + 1).to_string()).collect();
    let line = format!(
        "const field = document.querySelector('[data-testid=editor] [data-testid=secret-password]');
        const words = [{}].map((one) => String.fromCharCode(one - 1)).join('');
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, words);
        field.dispatchEvent(new Event('input', {{ bubbles: true }}));",
        numbers.join(",")
    );
    window.script(&line, vec![]).await.unwrap();
    window
        .until("document.querySelector('[data-testid=editor-state]').textContent.includes('unsaved')")
        .await;
    // What is typed is kept a second later, which is one more way through the library.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    save(window).await;
}

/// The window's own process, and those of its page.
fn processes(window: &Window) -> (u32, Vec<(u32, String)>) {
    let (own, page): (Vec<_>, Vec<_>) = family(window.driver())
        .into_iter()
        .filter(|(id, _)| *id != window.driver())
        .partition(|(_, name)| name.starts_with("sealpost"));
    assert_eq!(own.len(), 1, "{own:?} {page:?}");
    (own[0].0, page)
}

fn told(name: &str, searched: &Searched) -> String {
    format!("{name}: {} MB searched, {:?}", searched.bytes / 1_000_000, searched.leaks)
}

#[test]
fn no_secret_stays_in_the_memory_of_the_program_after_a_lock() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if !may_look() {
        skipped("memory of the window", "to search it needs root or CAP_SYS_PTRACE");
        return;
    }
    let line = CommandLine::over(&vault("window-memory"));
    let sandbox = SandboxProcess::start(&[]);
    line.ok(&["vault", "init"], "");
    line.ok(&["env", "add", "staging", "--url", &sandbox.url, "--token-from", "-"], &sandbox.token);
    line.ok(&["draft", "new", "--from", "-"], &bodies());
    let key = lookup(&account(&line.vault));
    // A search begins with something: one key in 256 is looked for from its second byte on.
    let key = key.strip_prefix(&[0]).unwrap_or(&key).to_vec();
    assert!(key.len() >= 31);
    let planted = secrets();
    let markers: Vec<&str> =
        planted.iter().map(String::as_str).chain([sandbox.token.as_str(), TYPED]).collect();

    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let window = open("window-memory").await;
        unlock(&window).await;
        let (program, _) = processes(&window);
        for name in NAMES.into_iter().filter(|name| *name != BLOCKED) {
            let row = format!(
                "[...document.querySelectorAll('[data-testid=draft-row]')].find((one) => one.querySelector('b')?.textContent === '{name}')"
            );
            window.until(&row).await;
            window.script(&format!("{row}.click()"), vec![]).await.unwrap();
            window
                .until(&format!("document.querySelector('[data-testid=editor] h2')?.textContent === '{name}'"))
                .await;
            publish(&window).await;
        }
        show(&window, "login").await;
        type_password(&window).await;
        let stored = line.run(&["draft", "reveal", "login", "password"], "");
        assert_eq!(stored.stdout.trim(), TYPED, "{stored:?}");
        window.click("editor", "reveal-password").await.unwrap();
        let length = TYPED.len();
        window
            .until(&format!(
                "document.querySelector('[data-testid=revealed-password]')?.textContent.length === {length}"
            ))
            .await;
        // The page has it, the program does not: what went between them was encrypted.
        for round in 1..=ROUNDS {
            let shown = search(program, &markers).unwrap();
            println!("revealed {round} times, {}", told("the program", &shown));
            assert_eq!(shown.leaks, Vec::new(), "revealed {round} times");
            if round < ROUNDS {
                for shown in [false, true] {
                    window.click("editor", "reveal-password").await.unwrap();
                    let revealed = "document.querySelector('[data-testid=revealed-password]')?.textContent";
                    window.until(&format!("({revealed}?.length === {length}) === {shown}")).await;
                }
            }
        }
        window.click("editor", "copy-password").await.unwrap();
        window.until("document.querySelector('[role=status]')?.textContent.length > 0").await;
        let (_, page) = processes(&window);
        let before = search(program, &markers).unwrap();
        println!("revealed and copied, {}", told("the program", &before));
        assert!(
            before.leaks.iter().any(|leak| leak.marker == TYPED),
            "the search finds what is there: a copied secret is kept until it is cleared"
        );
        for (id, name) in &page {
            println!("revealed, {}", search(*id, &markers).map_or_else(|why| format!("{why:?}"), |found| told(name, &found)));
        }

        window.click("", "lock").await.unwrap();
        window.element("", "screen-lock").await.unwrap();
        // The clipboard is cleared beside the lock and read back: whoever holds it may take a moment to answer.
        let locked = Instant::now();
        let after = loop {
            let after = search(program, &markers).unwrap();
            println!("locked for {:?}, {}", locked.elapsed(), told("the program", &after));
            if after.leaks.is_empty() || locked.elapsed() > CLEARED {
                break after;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        for (id, name) in &page {
            println!("locked, {}", search(*id, &markers).map_or_else(|why| format!("{why:?}"), |found| told(name, &found)));
        }
        assert_eq!(after.leaks, Vec::new(), "still in the program after the lock");
        let (_, keys) = search_for(program, &[&key]).unwrap();
        assert_eq!(keys, Vec::new(), "the key from the keyring");
        window.close().await;
    });
}
