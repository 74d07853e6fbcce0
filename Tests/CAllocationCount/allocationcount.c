// malloc and its relatives, defined in the test program so that they stand before the C library's, which does the work.
#include "allocationcount.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNSEEN 1
#endif
#endif

#ifdef UNSEEN

int64_t allocation_count(void) { return -1; }
int64_t allocation_bytes(void) { return -1; }

#else

#include <errno.h>
#include <malloc.h>
#include <stddef.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *pointer, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *pointer);

static __thread int64_t count;
static __thread int64_t bytes;

int64_t allocation_count(void) { return count; }
int64_t allocation_bytes(void) { return bytes; }

static void *taken(void *pointer) {
    count += 1;
    if (pointer) bytes += (int64_t)malloc_usable_size(pointer);
    return pointer;
}

void *malloc(size_t size) { return taken(__libc_malloc(size)); }
void *calloc(size_t items, size_t size) { return taken(__libc_calloc(items, size)); }
void *memalign(size_t alignment, size_t size) { return taken(__libc_memalign(alignment, size)); }
void *aligned_alloc(size_t alignment, size_t size) { return taken(__libc_memalign(alignment, size)); }

int posix_memalign(void **result, size_t alignment, size_t size) {
    void *pointer = taken(__libc_memalign(alignment, size));
    if (!pointer) return ENOMEM;
    *result = pointer;
    return 0;
}

void *realloc(void *pointer, size_t size) {
    if (pointer) bytes -= (int64_t)malloc_usable_size(pointer);
    return taken(__libc_realloc(pointer, size));
}

void free(void *pointer) {
    if (pointer) bytes -= (int64_t)malloc_usable_size(pointer);
    __libc_free(pointer);
}

#endif
