//! The real-time guard of guard.c.

#[link(name = "simmer_guard", kind = "static", modifiers = "+whole-archive,-bundle")]
unsafe extern "C" {
    safe fn simmer_guard_arm() -> i32;
    safe fn simmer_guard_enter();
    safe fn simmer_guard_exit();
    fn simmer_guard_counts(out: *mut [u64; 3]);
}

/// What guarded threads did since the process began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub allocations: u64,
    pub frees: u64,
    pub system_calls: u64,
}

/// Prepares the calling thread; once per thread.
pub fn arm() {
    assert_eq!(simmer_guard_arm(), 0, "the kernel has no Syscall User Dispatch");
}

/// Runs `body` under guard and returns what it did.
pub fn watch<T>(body: impl FnOnce() -> T) -> (T, Counts) {
    let before = counts();
    simmer_guard_enter();
    let result = body();
    simmer_guard_exit();
    let after = counts();
    let made = Counts {
        allocations: after.allocations - before.allocations,
        frees: after.frees - before.frees,
        system_calls: after.system_calls - before.system_calls,
    };
    (result, made)
}

fn counts() -> Counts {
    let mut out = [0; 3];
    // SAFETY: the array has the three places that are written.
    unsafe { simmer_guard_counts(&mut out) };
    Counts { allocations: out[0], frees: out[1], system_calls: out[2] }
}

impl Counts {
    pub const NONE: Counts = Counts { allocations: 0, frees: 0, system_calls: 0 };
}
