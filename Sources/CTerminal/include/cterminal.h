/* ncurses as the one differ: rows of cells go in, the bytes that turn the last screen into this one come out.

   ncurses never touches the terminal here. It writes to a file in memory, so that the caller decides when the bytes
   go out (a slow line must not hold up the keys), and it reads nothing: keys are decoded elsewhere. Raw mode is the
   caller's, too. One screen at a time in a process, used by one thread. */
#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <stddef.h>
#include <stdint.h>

/* One character cell. A wide character is one cell here, too: the cell after it stands two columns further. */
typedef struct {
    uint32_t base;       /* a scalar of one or two columns */
    uint32_t marks[4];   /* zero-width scalars, 0 after the last */
    uint32_t emphasis;   /* 1 bold, 2 dim, 4 italic, 8 underline, 16 reverse */
    int32_t pair;        /* a pair set by cterminal_set_pair; 0: the terminal's own colours */
} cterminal_cell;

/* Starts a screen for the terminal that is called `name` in the terminfo database; the screen is not shown before the
   first cterminal_update. 0: there is no such entry, or one that cannot move the cursor. */
int cterminal_open(const char *name, int rows, int columns);

/* Frees the screen; cterminal_end must have come before. */
void cterminal_close(void);

/* The number of colours: 0 when there are none, 1 << 24 when colour numbers above 7 are red, green and blue. */
int cterminal_colors(void);

/* Colour pairs that can be set: 1 up to this number. */
int cterminal_pairs(void);

/* Gives pair `pair` a foreground and a background, -1 for the terminal's own; 0 when that fails. */
int cterminal_set_pair(int pair, int foreground, int background);

/* Forgets all pairs. The screen must be drawn anew after that. */
void cterminal_reset_pairs(void);

/* The string capability `name` without padding, at most `limit` bytes of it; its length, or -1 when there is none. */
int cterminal_capability(const char *name, char *out, int limit);

/* Puts `count` cells into `row`, from column 0. */
void cterminal_set_row(int row, const cterminal_cell *cells, int count);

/* Where the cursor shall stand; hidden when `row` is negative. */
void cterminal_set_cursor(int row, int column);

/* The window has this many rows and columns now. */
void cterminal_resize(int rows, int columns);

/* Makes the next cterminal_update draw everything. */
void cterminal_repaint(void);

/* Compares the rows with what the terminal shows, and enters the screen first when it has been left. */
void cterminal_update(void);

/* Leaves the screen: the next cterminal_update enters it again and draws everything. */
void cterminal_end(void);

/* The bytes for the terminal since the last call, valid until the next one; *count is 0 when there are none. */
const uint8_t *cterminal_take(size_t *count);

#endif
