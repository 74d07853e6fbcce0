#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

int clinux_event_open(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

void clinux_fill_standard(void) {
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) (void)!open("/dev/null", O_WRONLY | O_NOCTTY);
}

void clinux_event_signal(int fd) {
    uint64_t one = 1;
    /* EAGAIN means that the counter is full: it is readable already. */
    while (write(fd, &one, sizeof one) < 0 && errno == EINTR) {}
}

void clinux_event_clear(int fd) {
    uint64_t count;
    while (read(fd, &count, sizeof count) < 0 && errno == EINTR) {}
}

int clinux_pipe(int fds[2]) { return pipe2(fds, O_CLOEXEC) == 0 ? 0 : errno; }

int clinux_set_nonblocking(int fd, int on) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return errno;
    int wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
    if (wanted != flags && fcntl(fd, F_SETFL, wanted) != 0) return errno;
    return 0;
}

static int wait_for(int fd, short events, int milliseconds) {
    struct pollfd entry = {.fd = fd, .events = events};
    int ready;
    do ready = poll(&entry, 1, milliseconds);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0) return ready;
    if (entry.revents & POLLNVAL) return -1;
    if (entry.revents & events) return 1;
    return events == POLLIN ? 1 : -1;
}

int clinux_wait_writable(int fd, int milliseconds) { return wait_for(fd, POLLOUT, milliseconds); }

int clinux_wait_readable(int fd, int milliseconds) { return wait_for(fd, POLLIN, milliseconds); }
