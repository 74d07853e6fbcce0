#define _GNU_SOURCE
#define _XOPEN_SOURCE 700
#include "clinux.h"

#include <locale.h>
#include <pthread.h>
#include <wchar.h>

static locale_t unicode;
static pthread_once_t opened = PTHREAD_ONCE_INIT;

static void open_locale(void) {
    unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (unicode == (locale_t)0) unicode = newlocale(LC_CTYPE_MASK, "en_US.UTF-8", (locale_t)0);
}

int clinux_wcwidth(uint32_t scalar) {
    pthread_once(&opened, open_locale);
    if (unicode == (locale_t)0) return scalar < 0x20 || (scalar >= 0x7f && scalar < 0xa0) ? -1 : 1;
    /* wcwidth has no form that takes a locale: borrow this thread's for the call. */
    locale_t before = uselocale(unicode);
    int width = wcwidth((wchar_t)scalar);
    uselocale(before);
    return width;
}
