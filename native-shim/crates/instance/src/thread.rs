//! Which thread this is.

/// A number for the calling thread, read from a register: no system call, no allocation. [thread-safe]
pub fn current() -> usize {
    #[cfg(unix)]
    // SAFETY: pthread_self has no preconditions.
    return unsafe { libc::pthread_self() } as usize;
    #[cfg(windows)]
    {
        unsafe extern "system" {
            safe fn GetCurrentThreadId() -> u32;
        }
        return GetCurrentThreadId() as usize;
    }
}

/// Whether the calling thread has realtime scheduling, as audio threads do: some backends set plugins up on theirs.
/// [main-thread]
pub fn is_realtime() -> bool {
    #[cfg(target_os = "linux")]
    {
        // SAFETY: 0 is the calling thread; the call only reads.
        let policy = unsafe { libc::sched_getscheduler(0) };
        policy == libc::SCHED_FIFO || policy == libc::SCHED_RR
    }
    #[cfg(not(target_os = "linux"))]
    false
}
