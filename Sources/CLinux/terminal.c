#define _GNU_SOURCE
#include "clinux.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

int clinux_window_size(int fd, int *rows, int *columns) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) return errno;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return 0;
}

int clinux_terminal_reopen(int fd) {
    /* The link works where the terminal's name does not: in a container whose /dev/pts is another one. */
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    if (!isatty(fd)) return -1;
    return open(path, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void clinux_output_discard(int fd) { tcflush(fd, TCOFLUSH); }

clinux_terminal_state *clinux_terminal_save(int fd) {
    clinux_terminal_state *state = malloc(sizeof *state);
    if (state == NULL) return NULL;
    if (tcgetattr(fd, &state->settings) == 0) return state;
    free(state);
    return NULL;
}

static int apply(int fd, const struct termios *settings) {
    while (tcsetattr(fd, TCSANOW, settings) != 0)
        if (errno != EINTR) return errno;
    return 0;
}

int clinux_terminal_restore(int fd, const clinux_terminal_state *state) { return apply(fd, &state->settings); }

int clinux_terminal_raw(int fd, const clinux_terminal_state *state) {
    struct termios settings = state->settings;
    cfmakeraw(&settings);
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    return apply(fd, &settings);
}

void clinux_terminal_free(clinux_terminal_state *state) { free(state); }
