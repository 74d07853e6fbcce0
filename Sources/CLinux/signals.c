#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

int clinux_signals_open(void) {
    static const int watched[] = {SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGCONT};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof watched / sizeof watched[0]; i++) sigaddset(&set, watched[i]);
    int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (error != 0) {
        errno = error;
        return -1;
    }
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int clinux_signals_read(int fd) {
    struct signalfd_siginfo information;
    ssize_t count;
    do count = read(fd, &information, sizeof information);
    while (count < 0 && errno == EINTR);
    return count == (ssize_t)sizeof information ? (int)information.ssi_signo : 0;
}

void clinux_stop_self(void) {
    /* SIGTSTP by its default action, not SIGSTOP: in an orphaned process group, where no shell could ever continue us
       (ssh -t host mqscope), the kernel ignores it. The whole job is told, as the terminal does for Ctrl-Z. */
    struct sigaction usual = {.sa_handler = SIG_DFL}, before;
    sigset_t stop, mask;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    sigaction(SIGTSTP, &usual, &before);
    pthread_sigmask(SIG_UNBLOCK, &stop, &mask);
    kill(0, SIGTSTP);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGTSTP, &before, NULL);
    /* The SIGCONT that woke us is no news to our caller. */
    sigset_t go;
    sigemptyset(&go);
    sigaddset(&go, SIGCONT);
    if (sigismember(&mask, SIGCONT) == 1) sigtimedwait(&go, NULL, &(struct timespec){0});
}
