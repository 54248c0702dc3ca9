/* scan.h -- libc's functions of memory and text, as the linker's --wrap calls
   them; nobody else does, but for their test
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_PORT_SCAN_H
#define HURDLE_PORT_SCAN_H

#include <stddef.h>

int __wrap_memcmp (const void *one, const void *two, size_t size);
void *__wrap_memchr (const void *memory, int byte, size_t size);
size_t __wrap_strlen (const char *text);
size_t __wrap_strnlen (const char *text, size_t size);
int __wrap_strcmp (const char *one, const char *two);
int __wrap_strncmp (const char *one, const char *two, size_t size);
char *__wrap_strchrnul (const char *text, int byte);
char *__wrap_strchr (const char *text, int byte);
char *__wrap_strrchr (const char *text, int byte);
size_t __wrap_strspn (const char *text, const char *set);
size_t __wrap_strcspn (const char *text, const char *set);
char *__wrap_strcpy (char *restrict to, const char *restrict from);

#endif
