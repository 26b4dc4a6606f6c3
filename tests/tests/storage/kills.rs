//! Killed at a random moment of every kind of work: 25 times in the ordinary run, 500 in the soak.

use std::time::{Duration, Instant};

use crate::victim::{Scene, Work};

/// Numbers that look random and come again: a failure can be tried again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

#[test]
fn a_process_killed_at_any_moment_leaves_the_vault_of_before_or_of_after() {
    let rounds = if crate::soak() { 63 } else { 4 };
    let mut dice = Dice(0x5ea1);
    let (mut killed, mut all) = (0, 0);
    for work in Work::ALL {
        let scene = Scene::of(work);
        let whole = scene.again();
        let began = Instant::now();
        whole.start().wait().unwrap();
        let takes = u64::try_from(began.elapsed().as_micros()).unwrap();
        whole.must_be_whole(&format!("{work:?}, left alone"));
        for _ in 0..rounds {
            let one = scene.again();
            let mut victim = one.start();
            let after = Duration::from_micros(dice.roll(takes));
            std::thread::sleep(after);
            victim.kill().unwrap();
            killed += usize::from(!victim.wait().unwrap().success());
            all += 1;
            one.must_be_whole(&format!("{work:?}, killed after {after:?}"));
        }
    }
    assert!(killed * 4 > all, "most are killed before they are done: {killed} of {all}");
}
