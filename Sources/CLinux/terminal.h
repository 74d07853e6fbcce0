/* The one struct that terminal.c and crash_guard.c share. */
#ifndef CLINUX_TERMINAL_H
#define CLINUX_TERMINAL_H

#include <termios.h>

struct clinux_terminal_state {
    struct termios settings;
};

#endif
