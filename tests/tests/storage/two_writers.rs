//! Two processes that write to one vault at once: each write is there, and nothing is damaged.

use crate::victim::{Scene, Work, drafts};

#[test]
fn two_processes_that_write_at_once_lose_nothing() {
    let scene = Scene::of(Work::Forever);
    let before = drafts(&scene.place().open().unwrap()).len();
    let writers: Vec<_> = (0..2).map(|_| scene.command(&[]).spawn().unwrap()).collect();
    let mut saved = 0;
    for writer in writers {
        let output = writer.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let count = text.lines().find_map(|line| line.split("saved ").nth(1)?.trim().parse::<usize>().ok());
        let count = count.unwrap_or_else(|| panic!("a writer was refused: {text}"));
        assert!(count > 0, "each gets its turn");
        saved += count;
    }
    let vault = scene.place().open().unwrap();
    assert!(vault.verify().unwrap().sound());
    assert_eq!(drafts(&vault).len(), before + saved);
}
