/* outer_modes.h -- modes as they travel, and as we have them
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TERMINAL_OUTER_MODES_H
#define HURDLE_TERMINAL_OUTER_MODES_H

#include <hurd/hurd_types.h>
#include <hurd/ioctl_types.h>

#include "servers/terminal/modes.h"

void outer_modes_split (const struct tty_modes *modes, modes_t flags,
                        ccs_t ccs, speeds_t speeds);
void outer_modes_join (struct tty_modes *modes, const modes_t flags,
                       const ccs_t ccs, const speeds_t speeds);
struct tty_modes outer_modes_raw (const struct tty_modes *before);

#endif
