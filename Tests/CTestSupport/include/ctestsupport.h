/* What the tests need of pseudo-terminals that Swift cannot say itself. */
#ifndef CTESTSUPPORT_H
#define CTESTSUPPORT_H

#include <stdint.h>

/* Opens a pseudo-terminal of this size; both ends are close-on-exec, the master does not block. 0, or errno. */
int ctestsupport_open(int rows, int columns, int *master, int *slave);

/* Starts the program `path` as leader of a session on a new pseudo-terminal of this size, with an empty signal mask and
   default handlers. 0 when it runs, else errno. */
int ctestsupport_spawn(
    const char *path, const char *const argv[], const char *const envp[], int rows, int columns, int *master, int *pid);

/* Gives the terminal another size; what runs on it gets SIGWINCH. 0, or errno. */
int ctestsupport_resize(int fd, int rows, int columns);

/* The settings of the terminal: input, output, control and local flags, and a sum over the control characters. */
int ctestsupport_settings(int fd, uint32_t settings[5]);

/* 1 when lines are edited and echoed by the terminal and its keys send signals, as a shell's users expect. */
int ctestsupport_is_cooked(int fd);

/* 1 when the child has ended (`*code`: its exit code, or 128 + the signal), 0 when it runs, -1 when it is none. */
int ctestsupport_ended(int pid, int *code);

/* Sets a variable of this process's environment without freeing what other threads may be reading. */
void ctestsupport_setenv(const char *name, const char *value);

/* A pipe, its reading end first, whose ends no child inherits, not even one that another thread starts meanwhile. 0, or errno. */
int ctestsupport_pipe(int ends[2]);

/* Columns of a scalar by glibc's tables, -1 for controls. */
int ctestsupport_wcwidth(uint32_t scalar);

#endif
