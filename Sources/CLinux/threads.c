#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

struct start {
    void (*body)(void *);
    void *context;
};

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    start.body(start.context);
    return NULL;
}

int clinux_thread_start(void (*body)(void *), void *context, uint64_t *thread) {
    struct start *start = malloc(sizeof *start);
    if (start == NULL) return ENOMEM;
    *start = (struct start){.body = body, .context = context};
    pthread_t handle;
    int error = pthread_create(&handle, NULL, run, start);
    if (error != 0) {
        free(start);
        return error;
    }
    *thread = (uint64_t)handle;
    return 0;
}

void clinux_thread_join(uint64_t thread) { pthread_join((pthread_t)thread, NULL); }
