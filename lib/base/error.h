/* error.h -- error_t, wherever we are compiled

   The Hurd's <errno.h> has it; Linux's only hands it out on request.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <errno.h>

#ifndef __error_t_defined
typedef int error_t;
#define __error_t_defined 1
#endif

#endif /* BASE_ERROR_H */
