#define _GNU_SOURCE
#include "csystem.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct start {
    void (*body)(void *);
    void *context;
};

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    start.body(start.context);
    return NULL;
}

int csystem_thread_start(void (*body)(void *), void *context, uint64_t *thread) {
    struct start *start = malloc(sizeof *start);
    if (start == NULL) return ENOMEM;
    *start = (struct start){.body = body, .context = context};
    pthread_t handle;
    int error = pthread_create(&handle, NULL, run, start);
    if (error != 0) {
        free(start);
        return error;
    }
    *thread = (uint64_t)handle;
    return 0;
}

void csystem_thread_join(uint64_t thread) { pthread_join((pthread_t)thread, NULL); }

/* Reports errno to the parent and ends the child. */
static void fail(int report) {
    int error = errno;
    while (write(report, &error, sizeof error) < 0 && errno == EINTR) {}
    _exit(127);
}

/* A close-on-exec copy of `fd` above the three standard descriptors (-1: /dev/null), or the child's end. */
static int raised(int fd, int report) {
    int source = fd >= 0 ? fd : open("/dev/null", O_RDWR | O_CLOEXEC);
    int copy = source < 0 ? -1 : fcntl(source, F_DUPFD_CLOEXEC, 3);
    if (copy < 0) fail(report);
    return copy;
}

/* Between fork and exec only async-signal-safe calls are allowed: other threads may hold any lock. */
static void become(
    const char *const argv[], const char *const envp[], const int standard[3], int report_end, pid_t parent) {
    int report = fcntl(report_end, F_DUPFD_CLOEXEC, 3);
    if (report < 0) _exit(127);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail(report);
    /* The parent may have ended before prctl: then nobody would send the signal. */
    if (getppid() != parent) _exit(127);
    int copies[3];
    for (int i = 0; i < 3; i++) copies[i] = raised(standard[i], report);
    for (int i = 0; i < 3; i++)
        if (dup2(copies[i], i) < 0) fail(report);
    close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    setsid();
    struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &usual, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvpe(argv[0], (char *const *)argv, envp != NULL ? (char *const *)envp : environ);
    fail(report);
}

int csystem_spawn(
    const char *const argv[], const char *const envp[], int in_fd, int out_fd, int err_fd, int *pid) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    const int standard[3] = {in_fd, out_fd, err_fd};
    pid_t parent = getpid();
    /* No handler of ours may run in the child before it has reset them: block everything around the fork. */
    sigset_t all, mask;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &mask);
    pid_t child = fork();
    int error = errno;
    if (child == 0) become(argv, envp, standard, ends[1], parent);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    close(ends[1]);
    if (child < 0) {
        close(ends[0]);
        return error;
    }
    int report = 0;
    ssize_t count;
    do count = read(ends[0], &report, sizeof report);
    while (count < 0 && errno == EINTR);
    close(ends[0]);
    if (count != (ssize_t)sizeof report) {
        *pid = (int)child;
        return 0;
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    return report;
}

int csystem_wait(int pid, int milliseconds, int *code) {
    int status = 0;
    pid_t ended;
    do ended = waitpid(pid, &status, milliseconds < 0 ? 0 : WNOHANG);
    while (ended < 0 && errno == EINTR);
    if (ended == 0 && milliseconds > 0) {
        int process = (int)syscall(SYS_pidfd_open, pid, 0);
        if (process < 0) return -1;
        csystem_wait_readable(process, milliseconds);
        close(process);
        ended = waitpid(pid, &status, WNOHANG);
    }
    if (ended <= 0) return (int)ended;
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return 1;
}
