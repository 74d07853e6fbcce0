#define _GNU_SOURCE
#include "ctestsupport.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static struct winsize window(int rows, int columns) {
    return (struct winsize){.ws_row = (unsigned short)rows, .ws_col = (unsigned short)columns};
}

static void own(int fd, int flags) {
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | flags);
}

int ctestsupport_open(int rows, int columns, int *master, int *slave) {
    struct winsize size = window(rows, columns);
    if (openpty(master, slave, NULL, NULL, &size) != 0) return errno;
    own(*master, O_NONBLOCK);
    own(*slave, 0);
    return 0;
}

static void become(const char *path, const char *const argv[], const char *const envp[], int report) {
    struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &usual, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, (char *const *)argv, (char *const *)envp);
    int error = errno;
    (void)!write(report, &error, sizeof error);
    _exit(127);
}

int ctestsupport_spawn(
    const char *path, const char *const argv[], const char *const envp[], int rows, int columns, int *master, int *pid) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    struct winsize size = window(rows, columns);
    pid_t child = forkpty(master, NULL, NULL, &size);
    if (child == 0) become(path, argv, envp, ends[1]);
    int error = child < 0 ? errno : 0;
    close(ends[1]);
    if (child > 0) {
        own(*master, O_NONBLOCK);
        if (read(ends[0], &error, sizeof error) == (ssize_t)sizeof error) {
            waitpid(child, NULL, 0);
            close(*master);
        }
    }
    close(ends[0]);
    *pid = (int)child;
    return error;
}

int ctestsupport_resize(int fd, int rows, int columns) {
    struct winsize size = window(rows, columns);
    return ioctl(fd, TIOCSWINSZ, &size) == 0 ? 0 : errno;
}

int ctestsupport_settings(int fd, uint32_t settings[5]) {
    struct termios now;
    if (tcgetattr(fd, &now) != 0) return errno;
    settings[0] = now.c_iflag;
    settings[1] = now.c_oflag;
    settings[2] = now.c_cflag;
    settings[3] = now.c_lflag;
    settings[4] = 0;
    for (int i = 0; i < NCCS; i++) settings[4] = settings[4] * 31 + now.c_cc[i];
    return 0;
}

int ctestsupport_is_cooked(int fd) {
    struct termios now;
    if (tcgetattr(fd, &now) != 0) return 0;
    tcflag_t wanted = ICANON | ECHO | ISIG;
    return (now.c_lflag & wanted) == wanted && (now.c_oflag & OPOST) && (now.c_iflag & ICRNL);
}

int ctestsupport_ended(int pid, int *code) {
    int status = 0;
    pid_t ended = waitpid(pid, &status, WNOHANG);
    if (ended <= 0) return (int)ended;
    *code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return 1;
}
