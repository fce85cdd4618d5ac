// The real-time guard: counts what a guarded thread must not do.
//
// Allocation: this executable's own malloc family stands before libc's, for every library loaded into it.
// System calls: Syscall User Dispatch (Linux >= 5.11, x86-64) turns each one of the guarded thread into SIGSYS, whose
// handler counts it and carries it out.
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <ucontext.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#define PR_SYS_DISPATCH_ON 1
#endif

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void __libc_free(void *);
extern void *__libc_memalign(size_t, size_t);

static __thread int guarded __attribute__((tls_model("initial-exec")));
static __thread volatile unsigned char selector __attribute__((tls_model("initial-exec"))); // 0 allow, 1 block
static unsigned long allocations, frees, system_calls;
static long last_system_call = -1;

static void note(unsigned long *counter) {
  if (guarded) __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

void *malloc(size_t size) { note(&allocations); return __libc_malloc(size); }
void *calloc(size_t count, size_t size) { note(&allocations); return __libc_calloc(count, size); }
void *realloc(void *at, size_t size) { note(&allocations); return __libc_realloc(at, size); }
void free(void *at) { note(&frees); __libc_free(at); }
void *memalign(size_t alignment, size_t size) { note(&allocations); return __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { note(&allocations); return __libc_memalign(alignment, size); }
int posix_memalign(void **at, size_t alignment, size_t size) {
  note(&allocations);
  void *got = __libc_memalign(alignment, size);
  if (!got) return ENOMEM;
  *at = got;
  return 0;
}

static void on_system_call(int signal, siginfo_t *info, void *context) {
  (void)signal;
  selector = 0;
  __atomic_fetch_add(&system_calls, 1, __ATOMIC_RELAXED);
  last_system_call = info->si_syscall;
  greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
  long result;
  register long r10 __asm__("r10") = r[REG_R10], r8 __asm__("r8") = r[REG_R8], r9 __asm__("r9") = r[REG_R9];
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"((long)info->si_syscall), "D"(r[REG_RDI]), "S"(r[REG_RSI]), "d"(r[REG_RDX]), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  r[REG_RAX] = result;
  // Returning from the handler is a system call itself, so the guard stays down until the next enter.
}

// Prepares the calling thread. 0: ready; else an errno.
int simmer_guard_arm(void) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = on_system_call;
  action.sa_flags = SA_SIGINFO;
  if (sigaction(SIGSYS, &action, NULL)) return errno;
  if (prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, 0, 0, &selector)) return errno;
  return 0;
}

void simmer_guard_enter(void) {
  guarded = 1;
  selector = 1;
}

void simmer_guard_exit(void) {
  selector = 0;
  guarded = 0;
}

void simmer_guard_counts(unsigned long *out) {
  out[0] = __atomic_load_n(&allocations, __ATOMIC_RELAXED);
  out[1] = __atomic_load_n(&frees, __ATOMIC_RELAXED);
  out[2] = __atomic_load_n(&system_calls, __ATOMIC_RELAXED);
}
