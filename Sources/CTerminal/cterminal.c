#define _GNU_SOURCE
#define NCURSES_WIDECHAR 1
#include "cterminal.h"

#include <curses.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <term.h>
#include <unistd.h>

/* A macro of term.h for a number of the terminfo entry. */
#undef columns

static SCREEN *screen;
static FILE *output;   /* a file in memory */
static FILE *input;    /* /dev/null: newterm wants something to read from */
static uint8_t *bytes;
static size_t capacity;

static void nothing(int signal) { (void)signal; }

/* ncurses takes over signals that are at their default, and from then on ignores SIGTSTP for a moment in each update,
   which throws away one that is pending. It leaves signals alone that are taken when the first screen opens. */
static SCREEN *new_screen(const char *name) {
    static const int signals[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    enum { signal_count = sizeof signals / sizeof signals[0] };
    struct sigaction before[signal_count];
    struct sigaction taken = {.sa_handler = nothing};
    for (int i = 0; i < signal_count; i++) sigaction(signals[i], &taken, &before[i]);
    SCREEN *result = newterm(name, output, input);
    for (int i = 0; i < signal_count; i++) sigaction(signals[i], &before[i], NULL);
    return result;
}

static int open_files(void) {
    int memory = memfd_create("screen", MFD_CLOEXEC);
    if (memory < 0) return 0;
    output = fdopen(memory, "w");
    if (output == NULL) {
        close(memory);
        return 0;
    }
    input = fopen("/dev/null", "re");
    return input != NULL;
}

static void close_files(void) {
    if (output != NULL) fclose(output);
    if (input != NULL) fclose(input);
    output = input = NULL;
}

int cterminal_open(const char *name, int rows, int columns) {
    /* The same tables of widths that clinux_wcwidth has. In ASCII mode only ASCII comes in. */
    setlocale(LC_CTYPE, "C.UTF-8");
    if (!open_files() || (screen = new_screen(name)) == NULL) {
        close_files();
        return 0;
    }
    if (cursor_address == NULL) {
        cterminal_close();
        return 0;
    }
    /* "oc" would also undo colours that the user, not we, has set. */
    orig_colors = NULL;
    if (has_colors()) {
        start_color();
        use_default_colors();
    }
    nonl();
    idlok(stdscr, TRUE);
    typeahead(-1);
    curs_set(0);
    resizeterm(rows, columns);
    /* newterm has prepared a start at the size of the entry, not of the window: start as after a suspension instead. */
    cterminal_end();
    size_t count;
    cterminal_take(&count);
    return 1;
}

void cterminal_close(void) {
    if (screen != NULL) delscreen(screen);
    screen = NULL;
    close_files();
    free(bytes);
    bytes = NULL;
    capacity = 0;
}

int cterminal_colors(void) {
    if (!has_colors()) return 0;
    return COLORS > 256 && tigetflag("RGB") > 0 ? 1 << 24 : COLORS;
}

int cterminal_pairs(void) { return COLOR_PAIRS - 1; }

int cterminal_set_pair(int pair, int foreground, int background) {
    return init_extended_pair(pair, foreground, background) == OK;
}

void cterminal_reset_pairs(void) { reset_color_pairs(); }

int cterminal_capability(const char *name, char *out, int limit) {
    const char *value = tigetstr(name);
    if (value == NULL || value == (const char *)-1) return -1;
    int length = 0;
    while (*value != '\0' && length < limit) {
        const char *end = value[0] == '$' && value[1] == '<' ? strchr(value, '>') : NULL;
        if (end != NULL) value = end + 1;
        else out[length++] = *value++;
    }
    return length;
}

static attr_t attributes(uint32_t emphasis) {
    return ((emphasis & 1) ? WA_BOLD : 0) | ((emphasis & 2) ? WA_DIM : 0) | ((emphasis & 4) ? WA_ITALIC : 0)
        | ((emphasis & 8) ? WA_UNDERLINE : 0) | ((emphasis & 16) ? WA_REVERSE : 0);
}

void cterminal_set_row(int row, const cterminal_cell *cells, int count) {
    cchar_t line[count > 0 ? count : 1];
    for (int i = 0; i < count; i++) {
        const cterminal_cell *cell = &cells[i];
        wchar_t text[CCHARW_MAX + 1] = {(wchar_t)cell->base};
        for (int mark = 0; mark < 4; mark++) text[mark + 1] = (wchar_t)cell->marks[mark];
        int pair = cell->pair;
        if (setcchar(&line[i], text, attributes(cell->emphasis), (short)(pair > 255 ? 255 : pair), &pair) != OK)
            setcchar(&line[i], L"?", 0, 0, NULL);
    }
    mvwadd_wchnstr(stdscr, row, 0, line, count);
}

void cterminal_set_cursor(int row, int column) {
    leaveok(stdscr, row < 0);
    curs_set(row < 0 ? 0 : 1);
    if (row >= 0) wmove(stdscr, row, column);
}

void cterminal_resize(int rows, int columns) { resizeterm(rows, columns); }

void cterminal_repaint(void) { clearok(curscr, TRUE); }

void cterminal_update(void) {
    wnoutrefresh(stdscr);
    doupdate();
}

void cterminal_end(void) { endwin(); }

const uint8_t *cterminal_take(size_t *count) {
    int memory = fileno(output);
    off_t length = lseek(memory, 0, SEEK_CUR);
    *count = 0;
    if (length <= 0) return bytes;
    if ((size_t)length > capacity) {
        uint8_t *larger = realloc(bytes, (size_t)length);
        if (larger == NULL) return bytes;
        bytes = larger;
        capacity = (size_t)length;
    }
    ssize_t got = pread(memory, bytes, (size_t)length, 0);
    lseek(memory, 0, SEEK_SET);
    *count = got > 0 ? (size_t)got : 0;
    return bytes;
}
