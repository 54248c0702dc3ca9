/* helper_bare_spin.c -- a program of one page that never ends, without libc

   What runs from a page that was taken away is meant to need that page.  It
   lets others run at each turn: the kernel's quantum is a long time.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#define SWTCH_PRI (-59) /* the kernel's trap */

void _start (void);

void
_start (void)
{
  for (;;)
    {
      long trap = SWTCH_PRI;

      __asm__ volatile("syscall"
                       : "+a"(trap)
                       : "D"(0)
                       : "rcx", "r11", "rdx", "rsi", "r8", "r9", "r10",
                         "memory");
    }
}
