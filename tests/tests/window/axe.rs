//! axe-core inside the real window.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use sealpost_tests::webdriver::Window;

/// Serious and critical findings of the screens it was shown.
pub(crate) struct Axe {
    source: String,
    findings: Vec<String>,
}

impl Axe {
    pub(crate) fn new() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        Self { source: std::fs::read_to_string(path).unwrap(), findings: Vec::new() }
    }

    /// Looks at what is shown, in both themes.
    pub(crate) async fn look(&mut self, window: &Window, screen: &str) {
        for theme in ["light", "dark"] {
            let script = format!("document.documentElement.dataset.theme = '{theme}'");
            window.script(&script, vec![]).await.unwrap();
            window.settle().await.unwrap();
            if let Some(folder) = std::env::var_os("SEALPOST_PICTURES") {
                picture(Path::new(&folder), &format!("{screen} {theme}"));
            }
            let found = self.run(window).await;
            self.findings.extend(found.into_iter().map(|finding| format!("{screen}, {theme}: {finding}")));
        }
    }

    async fn run(&self, window: &Window) -> Vec<String> {
        window.script(&self.source, vec![]).await.unwrap();
        let script = "const done = arguments[0];
            axe.run(document, { resultTypes: ['violations'] }).then((result) => done(result.violations
                .filter((one) => one.impact === 'serious' || one.impact === 'critical')
                .flatMap((one) => one.nodes.map((node) => one.id + ': ' + node.html.slice(0, 160) + ' ' + (node.any[0]?.message ?? node.all[0]?.message ?? '')))));";
        let found = window.asynchronous(script, vec![]).await.unwrap();
        let found = found.as_array().expect("axe answered with a list");
        found.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Fails if anything serious was found.
    pub(crate) fn assert_nothing_found(&self) {
        assert!(self.findings.is_empty(), "{} findings:\n{}", self.findings.len(), self.findings.join("\n"));
    }
}

/// Leaves a picture of the screen where the person who runs the tests wants to look too.
fn picture(folder: &Path, name: &str) {
    let file = folder.join(format!("{}.png", name.replace([' ', ','], "-")));
    let status = Command::new("import").args(["-window", "root"]).arg(file).status().unwrap();
    assert!(status.success(), "ImageMagick took the picture");
}
