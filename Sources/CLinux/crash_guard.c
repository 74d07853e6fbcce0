#define _GNU_SOURCE
#include "clinux.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Everything the handler reads is set before it is armed, and it calls nothing that is not async-signal-safe. */

static const int crashes[] = {SIGILL, SIGTRAP, SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGQUIT};
enum { crash_count = sizeof crashes / sizeof crashes[0], reset_limit = 512, captured_limit = 1 << 20 };

static struct sigaction before[crash_count];
static char stack[1 << 16];
static int installed;

static int terminal = -1;
static struct termios settings;
static uint8_t reset[reset_limit];
static size_t reset_length;

static int captured = -1;     /* memory file that stands in for stderr while armed */
static int real_stderr = -1;  /* the terminal that stderr was, -1 when stderr is left alone */
static atomic_int armed;

static void write_all(int fd, const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        ssize_t written = write(fd, next, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return;
        next += written;
        count -= (size_t)written;
    }
}

/* Prints what stderr has held back, and gives stderr back. */
static void release_stderr(void) {
    if (real_stderr < 0) return;
    off_t end = lseek(captured, 0, SEEK_CUR);
    char buffer[4096];
    for (off_t at = 0; at < end;) {
        size_t wanted = end - at < (off_t)sizeof buffer ? (size_t)(end - at) : sizeof buffer;
        ssize_t count = pread(captured, buffer, wanted, at);
        if (count <= 0) break;
        write_all(real_stderr, buffer, (size_t)count);
        at += count;
    }
    dup2(real_stderr, STDERR_FILENO);
}

static void restore_terminal(void) {
    /* From the background tcsetattr would stop us. */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGTTOU, &ignore, NULL);
    /* A terminal that takes nothing (XOFF, dead link) must not keep a crashed program alive. */
    struct pollfd entry = {.fd = terminal, .events = POLLOUT};
    if (poll(&entry, 1, 500) == 0) tcflush(terminal, TCOFLUSH);
    write_all(terminal, reset, reset_length);
    tcsetattr(terminal, TCSANOW, &settings);
}

static void crashed(int signal, siginfo_t *information, void *context) {
    (void)context;
    int error = errno;
    if (atomic_exchange(&armed, 0)) {
        restore_terminal();
        release_stderr();
    }
    for (int i = 0; i < crash_count; i++)
        if (crashes[i] == signal) sigaction(signal, &before[i], NULL);
    errno = error;
    /* A fault happens again by itself when its instruction runs again; what was sent must be sent again. */
    if (signal == SIGQUIT || signal == SIGABRT || information == NULL || information->si_code <= 0) raise(signal);
}

static int install_handlers(void) {
    stack_t old;
    if (sigaltstack(NULL, &old) == 0 && (old.ss_flags & SS_DISABLE)) {
        stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
        sigaltstack(&own, NULL);
    }
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = crashed;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < crash_count; i++)
        if (sigaction(crashes[i], &action, &before[i]) != 0) return errno;
    return 0;
}

int clinux_crash_guard_install(
    int tty_fd, const clinux_terminal_state *state, const uint8_t *reset_bytes, size_t reset_count) {
    if (reset_count > reset_limit) return EINVAL;
    atomic_store(&armed, 0);
    terminal = tty_fd;
    settings = state->settings;
    memcpy(reset, reset_bytes, reset_count);
    reset_length = reset_count;
    if (installed) return 0;
    int error = install_handlers();
    installed = error == 0;
    return error;
}

/* Puts a memory file of bounded size in place of stderr when that is a terminal; a redirected stderr is left alone. */
static void capture_stderr(void) {
    if (!isatty(STDERR_FILENO)) return;
    if (captured < 0) {
        captured = memfd_create("stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (captured < 0) return;
        if (ftruncate(captured, captured_limit) == 0) fcntl(captured, F_ADD_SEALS, F_SEAL_GROW);
    }
    lseek(captured, 0, SEEK_SET);
    if (real_stderr < 0) real_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (real_stderr >= 0) dup2(captured, STDERR_FILENO);
}

void clinux_crash_guard_arm(void) {
    if (!installed || atomic_load(&armed)) return;
    capture_stderr();
    atomic_store(&armed, 1);
}

void clinux_crash_guard_disarm(void) {
    if (!atomic_exchange(&armed, 0)) return;
    release_stderr();
    if (real_stderr >= 0) close(real_stderr);
    real_stderr = -1;
}
