/* The one struct that terminal.c and crash_guard.c share. */
#ifndef CSYSTEM_TERMINAL_H
#define CSYSTEM_TERMINAL_H

#include <termios.h>

struct csystem_terminal_state {
    struct termios settings;
};

#endif
