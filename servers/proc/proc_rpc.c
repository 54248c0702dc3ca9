/* proc_rpc.c -- the process interface as MIG's stubs know it

   Serves: <hurd/process.defs>.  The routines are in the files of their topics;
   README.md says which.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#include <mach/mig_errors.h>

#include "servers/proc/proc.h"

#include "process_S.h"

const struct interface process_interface
    = { "process", 24000, 66, process_server_routine };
