/* The real-time clock's ioctl requests and their argument.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef _HURD_RTC_H
#define _HURD_RTC_H

#include <hurd/ioctl.h>

struct rtc_time
{
  int tm_sec;
  int tm_min;
  int tm_hour;
  int tm_mday;
  int tm_mon;
  int tm_year;
  int tm_wday;
  int tm_yday;
  int tm_isdst;
};
typedef struct rtc_time rtc_time_t;

#define _IOT_rtc_time _IOT (_IOTS (int), 9, 0, 0, 0, 0)

#define RTC_UIE_ON _IO ('p', 3)
#define RTC_UIE_OFF _IO ('p', 4)
#define RTC_RD_TIME _IOR ('p', 9, struct rtc_time)
#define RTC_SET_TIME _IOW ('p', 10, struct rtc_time)

#endif
