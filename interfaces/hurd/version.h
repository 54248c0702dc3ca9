/* The age of the interfaces, as a date that #if can compare.
   SPDX-License-Identifier: GPL-2.0-or-later

   The C library asks for 20020609 at least and, from 20201227 on, calls
   proc_waitid.  The number only ever grows.  */

#ifndef _HURD_VERSION_H
#define _HURD_VERSION_H

#define HURD_INTERFACE_VERSION 20201227

#endif
