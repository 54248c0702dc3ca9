/* C types of the arguments that ioctl requests turn into.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef _HURD_IOCTL_TYPES_H
#define _HURD_IOCTL_TYPES_H

#include <net/if.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <termios.h>

/* A struct termios travels in three pieces.  */
typedef tcflag_t modes_t[4];
typedef cc_t ccs_t[NCCS];
typedef speed_t speeds_t[2];

typedef struct winsize winsize_t;

typedef struct sockaddr sockaddr_t;
typedef char ifname_t[16]; /* IFNAMSIZ */

/* A route as it travels: 40 bytes of 32-bit words, addresses in network
   order.  */
struct srtentry
{
  uint32_t rt_dest;
  uint32_t rt_mask;
  uint32_t rt_gateway;
  int rt_flags;
  int rt_metric;
  int rt_mtu;
  int rt_window;
  int rt_irtt;
  int rt_tos;
  int rt_class;
};
typedef struct srtentry srtentry_t;

#endif
