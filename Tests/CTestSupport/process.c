#define _GNU_SOURCE
#define _XOPEN_SOURCE 700
#include "ctestsupport.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

void ctestsupport_setenv(const char *name, const char *value) {
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&lock);
    size_t count = 0, length = strlen(name);
    while (environ[count] != NULL) count++;
    /* A new table each time, never freed: a reader of the old one is not disturbed. */
    char **table = calloc(count + 2, sizeof *table);
    char *entry = NULL;
    if (table != NULL && asprintf(&entry, "%s=%s", name, value) >= 0) {
        size_t kept = 0;
        for (size_t i = 0; i < count; i++)
            if (strncmp(environ[i], name, length) != 0 || environ[i][length] != '=') table[kept++] = environ[i];
        table[kept] = entry;
        environ = table;
    }
    pthread_mutex_unlock(&lock);
}

int ctestsupport_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno; }

static locale_t unicode;
static pthread_once_t opened = PTHREAD_ONCE_INIT;

static void open_locale(void) { unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0); }

int ctestsupport_wcwidth(uint32_t scalar) {
    pthread_once(&opened, open_locale);
    locale_t before = uselocale(unicode);
    int width = wcwidth((wchar_t)scalar);
    uselocale(before);
    return width;
}
