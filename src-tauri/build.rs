//! Makes a permission per command from the app's own list, so that a command without one can't be called.

#[allow(dead_code, unreachable_pub, reason = "a file of another crate; only its names are used here")]
#[path = "../crates/app/src/registry.rs"]
mod registry;

fn main() {
    println!("cargo:rerun-if-changed=../crates/app/src/registry.rs");
    let names: Vec<&'static str> = registry::COMMANDS.iter().map(|command| command.name).collect();
    // Leaking a few hundred bytes in a build script is the price of the manifest's 'static slice.
    let names: &'static [&'static str] = Vec::leak(names);
    // No permission is written by hand. With its own pattern Tauri would watch the folder that it writes itself, and a fresh checkout
    // would build the window twice.
    let manifest =
        tauri_build::AppManifest::new().commands(names).permissions_path_pattern("./permissions/*.toml");
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo:warning={error:#}");
        std::process::exit(1);
    }
}
