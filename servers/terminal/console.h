/* console.h -- the kernel's "console" device, as a terminal's bottom

   Output goes out in order whoever it is from: the terminal, or the
   environment itself through console_print.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TERMINAL_CONSOLE_H
#define HURDLE_TERMINAL_CONSOLE_H

#include "lib/role/environment.h"

struct console;
struct generation;
struct terminal;
struct terminal_bottom;

extern const struct terminal_bottom console_bottom;

/* Open the device through env->device_master.  Waits for the kernel, so only
   before the loop runs.  */
error_t console_create (struct environment *env, struct generation *generation,
                        struct console **ret_console);
/* TERMINAL (borrowed) gets the input from now on.  */
void console_attach (struct console *console, struct terminal *terminal);

/* SIZE bytes after all that programs have written.  Never waits; without a
   console, or without memory, the text is lost.  */
void console_print (struct environment *env, const char *text, size_t size);

/* Call DONE once the device has taken all there is now: perhaps at once.  */
void console_flush (struct environment *env, void (*done) (void *cookie),
                    void *cookie);

#endif
