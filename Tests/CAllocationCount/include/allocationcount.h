#ifndef ALLOCATIONCOUNT_H
#define ALLOCATIONCOUNT_H

#include <stdint.h>

/// How often the calling thread has asked for memory; -1 where calls cannot be seen (sanitizers bring their own malloc).
int64_t allocation_count(void);

/// Bytes the calling thread has got and not given back, as far as it gave them back itself.
int64_t allocation_bytes(void);

#endif
