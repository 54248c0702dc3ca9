/* descriptor_stat.h -- what a descriptor of the starter's is like
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_SERVERS_DESCRIPTOR_STAT_H
#define HURDLE_SERVERS_DESCRIPTOR_STAT_H

#include "lib/membrane/grant.h"

/* OBJECT, which is GRANT's, was asked io_stat with IN: ask PORT (borrowed) and
   answer with owners as they are inside.  IN is consumed; never waits.  ASKS
   (struct list) has who waits.  */
void descriptor_stat (struct object *object, struct grant *grant,
                      struct list *asks, mach_port_t port,
                      mach_msg_header_t *in);
/* Nobody of ASKS will have an answer.  */
void descriptor_stat_end (struct list *asks, error_t why);

#endif
