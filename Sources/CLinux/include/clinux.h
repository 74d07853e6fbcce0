/* What mqscope needs of Linux that Swift cannot say itself, without curses: clocks, wake-ups, character widths,
   signals as data, child processes that die with us, and the guard that hands the terminal back after a crash. */
#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>

/* --- clocks and randomness --- */

/* Nanoseconds on a clock that never runs backwards and goes on while the machine sleeps (CLOCK_BOOTTIME). */
int64_t clinux_now(void);

/* Nanoseconds since 1970-01-01T00:00:00Z (CLOCK_REALTIME). It may jump: for showing, never for measuring. */
int64_t clinux_wall_now(void);

/* 64 random bits from the kernel. */
uint64_t clinux_random(void);

/* --- descriptors --- */

/* A new event counter (eventfd), non-blocking and close-on-exec; readable while signalled. -1: out of descriptors. */
int clinux_event_open(void);

/* Standard input, output and error that are closed become /dev/null, so that nothing else gets their numbers: what is
   written there is gone, reading fails. */
void clinux_fill_standard(void);

/* Makes `fd` readable; from any thread, never blocks. */
void clinux_event_signal(int fd);

/* Makes `fd` unreadable again. Clear before looking at what was announced, so that no announcement is lost. */
void clinux_event_clear(int fd);

/* A close-on-exec pipe, fds[0] to read from and fds[1] to write to; 0, or errno. */
int clinux_pipe(int fds[2]);

/* Sets or clears O_NONBLOCK of the open file behind `fd`; 0, or errno. */
int clinux_set_nonblocking(int fd, int on);

/* --- text --- */

/* Columns that a scalar takes in a UTF-8 terminal by glibc's tables: 0, 1 or 2; -1 for controls and unassigned ones.
   The answer does not depend on the process's locale. */
int clinux_wcwidth(uint32_t scalar);

/* --- terminal --- */

/* The window size of the terminal behind `fd`; 0, or errno. */
int clinux_window_size(int fd, int *rows, int *columns);

/* Opens the terminal behind `fd` once more, non-blocking and close-on-exec, so that its flags are ours alone.
   -1 when that is not allowed (a terminal that belongs to another user). */
int clinux_terminal_reopen(int fd);

/* Throws away what the terminal behind `fd` has not sent yet. */
void clinux_output_discard(int fd);

/* Milliseconds-bounded wait: 1 when `fd` can be written to, 0 when not in time, -1 when it is closed or hung up. */
int clinux_wait_writable(int fd, int milliseconds);

/* The same for reading. A hung-up descriptor counts as readable: reading tells. */
int clinux_wait_readable(int fd, int milliseconds);

/* The settings of a terminal, kept to be put back. */
typedef struct clinux_terminal_state clinux_terminal_state;

/* A copy of the settings of the terminal behind `fd`, to be freed by clinux_terminal_free; NULL: it is no terminal. */
clinux_terminal_state *clinux_terminal_save(int fd);

/* Puts `state` back; 0, or errno. */
int clinux_terminal_restore(int fd, const clinux_terminal_state *state);

/* Keys one by one, unchanged and unechoed, output unchanged, and no signals from keys; 0, or errno. */
int clinux_terminal_raw(int fd, const clinux_terminal_state *state);

/* Frees what clinux_terminal_save returned. */
void clinux_terminal_free(clinux_terminal_state *state);

/* --- signals --- */

/* Blocks WINCH, TERM, INT, HUP, TSTP and CONT in this thread and in all that it starts from now on, ignores PIPE, and
   returns a non-blocking descriptor that is readable when one of them came. Call it before the first thread starts.
   -1: errno says why. */
int clinux_signals_open(void);

/* The number of the next signal that came, or 0. */
int clinux_signals_read(int fd);

/* Stops this process and its job as Ctrl-Z does for others; returns when it goes on, at once when nobody could
   continue it. */
void clinux_stop_self(void);

/* --- threads and child processes --- */

/* Starts a joinable thread that runs `body(context)`; 0, or errno. */
int clinux_thread_start(void (*body)(void *), void *context, uint64_t *thread);

/* Waits until a thread started by clinux_thread_start has ended. */
void clinux_thread_join(uint64_t thread);

/* Starts argv[0] (looked up in PATH when it holds no slash) in a session of its own, with an empty signal mask, default
   signal handlers and no descriptors but the given three (-1: /dev/null). The kernel kills it when this process ends,
   however that happens. `envp` NULL: our environment. 0 when the program runs, else errno. From any thread. */
int clinux_spawn(
    const char *const argv[], const char *const envp[], int in_fd, int out_fd, int err_fd, int *pid);

/* Waits at most `milliseconds` (-1: for ever) for a child: 1 when it has ended (`*code` is its exit code, or 128 + the
   signal), 0 when it still runs, -1 when it is no child of ours. */
int clinux_wait(int pid, int milliseconds, int *code);

/* --- crash guard --- */

/* Remembers the terminal behind `tty_fd`, its settings `state` and the bytes that end the screen (at most 512), and
   takes over ILL, TRAP, ABRT, SEGV, BUS, FPE and QUIT. When one of them comes while armed: the screen is ended, the
   settings are put back, what was written to stderr meanwhile is printed, and the fault happens again for the handler
   that was there before. 0, or errno. The guard is not armed yet. Later calls replace terminal, settings and bytes. */
int clinux_crash_guard_install(
    int tty_fd, const clinux_terminal_state *state, const uint8_t *reset_bytes, size_t reset_count);

/* The screen is ours: watch, and keep stderr (when it is a terminal) in memory, at most its first mebibyte. */
void clinux_crash_guard_arm(void);

/* The screen is the shell's: stop watching, and print what was written to stderr meanwhile. */
void clinux_crash_guard_disarm(void);

#endif
