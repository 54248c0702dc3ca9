/* modes.h -- the Hurd's terminal modes, wherever we are compiled

   The line discipline is also built and tested on a host whose <termios.h>
   has other numbers, so it has the Hurd's here; terminal.c checks at compile
   time that they are what the C library says.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TERMINAL_MODES_H
#define HURDLE_TERMINAL_MODES_H

#include <stdint.h>

enum tty_iflag
{
  TTY_IGNBRK = 1 << 0,
  TTY_BRKINT = 1 << 1,
  TTY_ISTRIP = 1 << 5,
  TTY_INLCR = 1 << 6,
  TTY_IGNCR = 1 << 7,
  TTY_ICRNL = 1 << 8,
  TTY_IXON = 1 << 9,
  TTY_IXANY = 1 << 11,
  TTY_IMAXBEL = 1 << 13
};

enum tty_oflag
{
  TTY_OPOST = 1 << 0,
  TTY_ONLCR = 1 << 1,
  TTY_OXTABS = 1 << 2,
  TTY_OCRNL = 1 << 4,
  TTY_ONOCR = 1 << 5,
  TTY_ONLRET = 1 << 6
};

enum tty_cflag
{
  TTY_CS8 = 3 << 8,
  TTY_CREAD = 1 << 11,
  TTY_HUPCL = 1 << 14
};

enum tty_lflag
{
  TTY_ECHOKE = 1 << 0,
  TTY_ECHOE = 1 << 1,
  TTY_ECHOK = 1 << 2,
  TTY_ECHO = 1 << 3,
  TTY_ECHONL = 1 << 4,
  TTY_ECHOCTL = 1 << 6,
  TTY_ISIG = 1 << 7,
  TTY_ICANON = 1 << 8,
  TTY_IEXTEN = 1 << 10,
  TTY_TOSTOP = 1 << 22
};
#define TTY_NOFLSH (1u << 31) /* no enumerator may be that large */

enum tty_cc
{
  TTY_VEOF = 0,
  TTY_VEOL = 1,
  TTY_VEOL2 = 2,
  TTY_VERASE = 3,
  TTY_VWERASE = 4,
  TTY_VKILL = 5,
  TTY_VREPRINT = 6,
  TTY_VINTR = 8,
  TTY_VQUIT = 9,
  TTY_VSUSP = 10,
  TTY_VDSUSP = 11,
  TTY_VSTART = 12,
  TTY_VSTOP = 13,
  TTY_VLNEXT = 14,
  TTY_VDISCARD = 15,
  TTY_VMIN = 16,
  TTY_VTIME = 17,
  TTY_VSTATUS = 18,
  TTY_NCCS = 20
};
#define TTY_DISABLED 0xff /* a control character that is off */

struct tty_modes
{
  uint32_t iflag, oflag, cflag, lflag;
  uint8_t cc[TTY_NCCS];
  uint32_t ispeed, ospeed;
};

#endif
