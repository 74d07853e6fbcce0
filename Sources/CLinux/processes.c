#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

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

struct request {
    const char *const *argv;
    const char *const *envp;
    int standard[3];
    pid_t child;
    int error;
};

static void start(struct request *request) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        request->error = errno;
        return;
    }
    pid_t parent = getpid();
    request->child = fork();
    request->error = request->child < 0 ? errno : 0;
    if (request->child == 0) become(request->argv, request->envp, request->standard, ends[1], parent);
    close(ends[1]);
    /* The other end closes when the program runs. */
    if (request->child > 0) {
        ssize_t count;
        do count = read(ends[0], &request->error, sizeof request->error);
        while (count < 0 && errno == EINTR);
        if (count == (ssize_t)sizeof request->error)
            while (waitpid(request->child, NULL, 0) < 0 && errno == EINTR) {}
    }
    close(ends[0]);
}

/* The thread that all children are children of: the signal of PR_SET_PDEATHSIG comes when the *thread* that forked
   ends, and this one never does. It blocks all signals, so that no handler of ours runs in a child before it is reset
   there. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct request *waiting;
static int is_running;

static void *serve(void *nothing) {
    (void)nothing;
    pthread_mutex_lock(&lock);
    while (1) {
        while (waiting == NULL) pthread_cond_wait(&changed, &lock);
        start(waiting);
        waiting = NULL;
        pthread_cond_broadcast(&changed);
    }
    return NULL;
}

/* Starts the thread when it does not run yet; 0, or errno. */
static int open_service(void) {
    if (is_running) return 0;
    sigset_t all, mask;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &mask);
    pthread_t thread;
    int error = pthread_create(&thread, NULL, serve, NULL);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    if (error != 0) return error;
    pthread_detach(thread);
    is_running = 1;
    return 0;
}

int clinux_spawn(
    const char *const argv[], const char *const envp[], int in_fd, int out_fd, int err_fd, int *pid) {
    struct request request = {.argv = argv, .envp = envp, .standard = {in_fd, out_fd, err_fd}};
    pthread_mutex_lock(&lock);
    int error = open_service();
    if (error == 0) {
        while (waiting != NULL) pthread_cond_wait(&changed, &lock);
        waiting = &request;
        pthread_cond_broadcast(&changed);
        while (waiting == &request) pthread_cond_wait(&changed, &lock);
        error = request.error;
    }
    pthread_mutex_unlock(&lock);
    if (error == 0) *pid = (int)request.child;
    return error;
}

int clinux_wait(int pid, int milliseconds, int *code) {
    int status = 0;
    pid_t ended;
    do ended = waitpid(pid, &status, milliseconds < 0 ? 0 : WNOHANG);
    while (ended < 0 && errno == EINTR);
    if (ended == 0 && milliseconds > 0) {
        int process = (int)syscall(SYS_pidfd_open, pid, 0);
        if (process < 0) return -1;
        clinux_wait_readable(process, milliseconds);
        close(process);
        ended = waitpid(pid, &status, WNOHANG);
    }
    if (ended <= 0) return (int)ended;
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return 1;
}
