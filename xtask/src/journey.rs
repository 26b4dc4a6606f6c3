//! The main job on the command line: create a vault, draft, connect the sandbox, publish, show what was recorded.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Outcome;

/// Set inside the private session: the path of the command line.
pub(crate) const INSIDE: &str = "SEALPOST_JOURNEY";

const DRAFT: &str = r#"{"type":"USERNAME_PASSWORD","name":"checkout-login","description":"Made by cargo xtask run",
"scopes":["SYNTHETIC"],"ownerAccessOnly":true,"user":"checkout-robot","password":"not-a-real-password"}"#;

/// A running sandbox, ended by its own id.
struct Sandbox {
    child: Child,
    url: String,
    token: String,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Does it all inside the private session.
pub(crate) fn in_session(program: &Path) -> Outcome {
    let session =
        std::env::var_os("SEALPOST_DESKTOP_SESSION").ok_or("the journey needs its private session")?;
    journey(&|| Command::new(program), Path::new(&session))
}

/// Does it all, with a vault in that folder; prints the id and the owner. `program` begins a command of the command line.
pub(crate) fn journey(program: &dyn Fn() -> Command, folder: &Path) -> Outcome {
    let vault = folder.join("vault");
    let sandbox = start_sandbox(program())?;
    let call = |arguments: &[&str], input: Option<&str>| call(program(), &vault, arguments, input);
    println!("Creating a vault in {}", vault.display());
    call(&["vault", "init"], None)?;
    println!("Drafting a credential set offline");
    call(&["draft", "new", "--from", "-"], Some(DRAFT))?;
    println!("Connecting the sandbox at {}", sandbox.url);
    call(&["env", "add", "sandbox", "--url", &sandbox.url, "--token-from", "-"], Some(&sandbox.token))?;
    call(&["env", "test", "sandbox"], None)?;
    println!("Publishing with a plan");
    call(&["publish", "checkout-login", "--env", "sandbox", "--yes"], None)?;
    let shown = call(&["--json", "draft", "show", "checkout-login"], None)?;
    let id = field(&shown, "remoteId").ok_or("the published id was not recorded")?;
    let owner = field(&shown, "owner").ok_or("the owner was not recorded")?;
    println!("Published checkout-login\n  id     {id}\n  owner  {owner}");
    Ok(())
}

fn start_sandbox(mut program: Command) -> Outcome<Sandbox> {
    let mut child = program
        .args(["--json", "sandbox", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the sandbox could not be started: {error}"))?;
    let output = child.stdout.take().ok_or("the sandbox has no output")?;
    let mut sandbox = Sandbox { child, url: String::new(), token: String::new() };
    let mut said = String::new();
    // One JSON document, then it stays silent.
    for line in BufReader::new(output).lines() {
        said.push_str(&line?);
        if let (Some(url), Some(token)) = (field(&said, "url"), field(&said, "token")) {
            (sandbox.url, sandbox.token) = (url, token);
            return Ok(sandbox);
        }
    }
    Err(format!("the sandbox printed no address: {said}").into())
}

fn call(mut program: Command, vault: &Path, arguments: &[&str], input: Option<&str>) -> Outcome<String> {
    let mut child = program
        .arg("--vault")
        .arg(vault)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    if let (Some(mut stdin), Some(text)) = (child.stdin.take(), input) {
        stdin.write_all(text.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        Ok(text)
    } else {
        Err(format!("sealpost {} ended with {}: {text}", arguments.join(" "), output.status).into())
    }
}

/// The first string member of that name in a JSON text: enough for our own output, without a JSON library.
fn field(json: &str, name: &str) -> Option<String> {
    let at = json.find(&format!("\"{name}\""))? + name.len() + 2;
    let rest = json[at..].trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
    Some(rest[..rest.find('"')?].to_owned())
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn a_member_is_found_and_anything_else_is_not() {
        let json = r#"{"remoteId": "X-1", "owner":null}"#;
        assert_eq!(field(json, "remoteId").as_deref(), Some("X-1"));
        assert_eq!(field(json, "owner"), None);
        assert_eq!(field(json, "other"), None);
    }
}
