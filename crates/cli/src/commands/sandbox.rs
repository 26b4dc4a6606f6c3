//! `sealpost sandbox`: the fake tenant, until it is stopped.

use sealpost_app::parts::sandbox::{Fault, Mode, Sandbox, SandboxOptions};
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
    if let Some(file) = arguments.file {
        options = options.file(file);
    }
    let running = Sandbox::start(options)
        .await
        .map_err(|error| refused(error.to_string(), "Choose another loopback address with --listen."))?;
    let url = if arguments.managed { running.managed_base_url() } else { running.base_url().to_owned() };
    // The token of a sandbox opens nothing but the sandbox; it is printed so that the sandbox can be used.
    let document = serde_json::json!({ "url": url, "token": running.token(), "ca": running.ca_pem() });
    let text = out.render(&document, |_| {
        let ca = running.ca_pem().map_or_else(String::new, |pem| format!("\n\n{pem}"));
        format!("URL    {url}\nToken  {}{ca}", running.token())
    });
    let stop = stopped();
    out.now(&text);
    out.note("The sandbox runs until it is stopped (Ctrl C).");
    stop.await;
    running.stop().await;
    Ok(Ended::Silent)
}
