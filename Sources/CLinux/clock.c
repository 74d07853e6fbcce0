#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

static int64_t read_clock(clockid_t clock) {
    struct timespec time;
    if (clock_gettime(clock, &time) != 0) return 0;
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int64_t clinux_now(void) { return read_clock(CLOCK_BOOTTIME); }

int64_t clinux_wall_now(void) { return read_clock(CLOCK_REALTIME); }

uint64_t clinux_random(void) {
    uint64_t bits = 0;
    while (getrandom(&bits, sizeof bits, 0) != (ssize_t)sizeof bits)
        if (errno != EINTR) return (uint64_t)clinux_wall_now() * 0x9e3779b97f4a7c15u;
    return bits;
}
