//! `sealpost sandbox`: the fake tenant, until it is stopped.

use sealpost_app::parts::sandbox::{Fault, Mode, Permission, Sandbox, SandboxOptions, User};
use sealpost_app::problem::{Code, Problem};

use super::{Done, stopped};
use crate::args::SandboxArgs;
use crate::output::{Ended, Out};

fn refused(title: impl Into<String>, hint: &str) -> Problem {
    Problem::new(Code::Invalid, title, "The sandbox was not started.", hint)
}

pub(super) async fn run(out: &mut Out, arguments: SandboxArgs) -> Done {
    let mut options = SandboxOptions::default().listen(arguments.listen);
    for spec in &arguments.fault {
        options = options.fault(Fault::parse(spec).map_err(|error| refused(error.to_string(), ""))?);
    }
    if arguments.managed {
        options = options.mode(Mode::Managed);
    }
    if arguments.tls {
        options = options.tls();
    }
    for name in arguments.user {
        options = options.user(User::new(name, Permission::ChangeMonitoring));
    }
    if let Some(file) = arguments.file {
        options = options.file(file);
    }
    let running = Sandbox::start(options)
        .await
        .map_err(|error| refused(error.to_string(), "Choose another loopback address with --listen."))?;
    let url = if arguments.managed { running.managed_base_url() } else { running.base_url().to_owned() };
    // The token of a sandbox opens nothing but the sandbox; it is printed so that the sandbox can be used.
    let tokens = running.tokens();
    let users: Vec<serde_json::Value> = tokens
        .iter()
        .map(|one| serde_json::json!({ "user": one.user, "token": one.text.as_str() }))
        .collect();
    let document = serde_json::json!({
        "url": url, "token": running.token(), "users": users, "ca": running.ca_pem(),
    });
    let text = out.render(&document, |_| {
        let mut text = format!("URL    {url}");
        for one in tokens {
            let whose = if tokens.len() > 1 { format!("  {}", one.user) } else { String::new() };
            text.push_str(&format!("\nToken  {}{whose}", one.text.as_str()));
        }
        text.extend(running.ca_pem().map(|pem| format!("\n\n{pem}")));
        text
    });
    let stop = stopped();
    out.now(&text);
    out.note("The sandbox runs until it is stopped (Ctrl C).");
    stop.await;
    running.stop().await;
    Ok(Ended::Silent)
}
