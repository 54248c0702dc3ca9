/* fs_private.h -- what the two halves of the fs interface share
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_IO_FS_PRIVATE_H
#define HURDLE_IO_FS_PRIVATE_H

#include <mach/mig_errors.h>

#include "lib/io/handle.h"

static inline struct handle *
handle_of (object_t object)
{
  return (struct handle *)object;
}

/* Put OBJECT (a reference, dropped here) into a reply as a new send right,
   unless ERR.  */
static inline error_t
object_give (error_t err, struct object *object, mach_port_t *ret_port,
             mach_msg_type_name_t *ret_type)
{
  if (err)
    return err;
  *ret_port = object ? object_right (object) : MACH_PORT_NULL;
  *ret_type = MACH_MSG_TYPE_MAKE_SEND;
  object_drop (object);
  return 0;
}

#endif
