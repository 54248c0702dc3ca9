/* C types of the default pager's arguments that Mach does not define.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef _DEFAULT_PAGER_TYPES_H
#define _DEFAULT_PAGER_TYPES_H

#include <device/device_types.h>
#include <mach/std_types.h>

typedef recnum_t *recnum_array_t;
typedef const recnum_t *const_recnum_array_t;
typedef vm_size_t *vm_size_array_t;
typedef const vm_size_t *const_vm_size_array_t;
typedef char storage_name_t[256];
typedef const char *const_storage_name_t;

#endif
