//! `sealpost sandbox`: prints where it is and runs until it is stopped.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::run;

/// A started sandbox; ended with the value.
struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn start(arguments: &[&str]) -> (Started, BufReader<std::process::ChildStdout>) {
    let mut child = Command::new(assert_cmd::cargo::cargo_bin("sealpost"))
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    (Started(child), output)
}

/// Reads lines until they are one JSON document.
fn document(output: &mut impl std::io::BufRead) -> Value {
    let mut text = String::new();
    for line in output.lines() {
        text.push_str(&line.unwrap());
        if let Ok(document) = serde_json::from_str(&text) {
            return document;
        }
    }
    panic!("no document: {text}");
}

#[test]
fn it_prints_its_address_and_token_and_stays() {
    let (mut sandbox, mut output) = start(&["sandbox"]);
    let mut lines = [String::new(), String::new()];
    for line in &mut lines {
        output.read_line(line).unwrap();
    }
    assert!(lines[0].starts_with("URL    http://127.0.0.1:"), "{lines:?}");
    assert!(lines[1].starts_with("Token  dt0c01."), "{lines:?}");
    assert!(sandbox.0.try_wait().unwrap().is_none(), "it runs on");
    let address = lines[0].trim().rsplit('/').next().unwrap().to_owned();
    std::net::TcpStream::connect(address).unwrap();
}

#[test]
fn managed_and_tls_show_in_the_address() {
    let (_sandbox, mut output) =
        start(&["--json", "sandbox", "--managed", "--tls", "--fault", "429:times=2"]);
    let said = document(&mut output);
    let url = said["url"].as_str().unwrap();
    assert!(url.starts_with("https://127.0.0.1:") && url.contains("/e/"), "{url}");
    assert!(said["ca"].as_str().unwrap().starts_with("-----BEGIN CERTIFICATE-----"));
}

#[test]
fn every_user_gets_a_token_of_its_own() {
    let (_sandbox, mut output) = start(&["--json", "sandbox", "--user", "ana", "--user", "ben"]);
    let said = document(&mut output);
    assert_eq!((&said["users"][0]["user"], &said["users"][1]["user"]), (&"ana".into(), &"ben".into()));
    assert_eq!(said["token"], said["users"][0]["token"]);
    assert_ne!(said["users"][0]["token"], said["users"][1]["token"]);
}

#[cfg(unix)]
#[test]
fn it_ends_quietly_when_told_to() {
    for signal in ["TERM", "INT"] {
        let (mut sandbox, mut output) = start(&["--json", "sandbox"]);
        document(&mut output);
        // By its own id, and only this one.
        let id = sandbox.0.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        let until = Instant::now() + Duration::from_secs(20);
        let status = loop {
            if let Some(status) = sandbox.0.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < until, "SIG{signal} did not end it");
            std::thread::sleep(Duration::from_millis(50));
        };
        assert_eq!(status.code(), Some(0), "SIG{signal}");
        let mut rest = String::new();
        output.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "one document, and nothing else");
    }
}

#[test]
fn it_listens_on_this_computer_only() {
    let home = tempfile::tempdir().unwrap();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let (code, stdout, stderr) = run(home.path(), &["sandbox", "--listen", address]);
        assert_eq!((code, stdout.as_str()), (1, ""), "{address}: {stderr}");
        assert!(stderr.contains("loopback") && stderr.contains("The sandbox was not started"), "{stderr}");
    }
}

#[test]
fn a_bad_fault_is_refused_with_the_names_of_good_ones() {
    let home = tempfile::tempdir().unwrap();
    for spec in ["428", "", "429:times=0", "latency", "503:on=NOWHERE"] {
        let (code, stdout, stderr) = run(home.path(), &["sandbox", "--fault", spec]);
        assert_eq!((code, stdout.as_str()), (1, ""), "{spec}: {stderr}");
        assert!(stderr.contains("429") && stderr.contains("close-after-store"), "{spec}: {stderr}");
    }
}

#[test]
fn a_port_in_use_is_told() {
    let home = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, _, stderr) = run(home.path(), &["sandbox", "--listen", &address]);
    assert!(code == 1 && stderr.contains(&address) && stderr.contains("--listen"), "{stderr}");
}
