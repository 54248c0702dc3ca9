/* claim.h -- tests as claims: `ok NAME' or `not ok NAME REASON'
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef HURDLE_TESTS_CLAIM_H
#define HURDLE_TESTS_CLAIM_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Inside a claim's function: fail with a reason, and return.  */
#define REQUIRE(condition)                                                    \
  do                                                                          \
    if (!(condition))                                                         \
      return claim_failed (__FILE__, __LINE__, #condition);                   \
  while (0)

struct claim
{
  const char *name;
  bool (*holds) (void);
};

#define CLAIM(function)                                                       \
  {                                                                           \
#function, function                                                       \
  }

static char claim_reason[512];

static inline bool
claim_failed (const char *file, int line, const char *condition)
{
  int error = errno;
  const char *slash = strrchr (file, '/');

  snprintf (claim_reason, sizeof claim_reason, "%s:%d: %s (errno: %s)",
            slash ? slash + 1 : file, line, condition, strerror (error));
  return false;
}

static bool claims_failed;

/* Say whether a claim holds: its name, and what is to be said of it.  */
static inline void __attribute__ ((format (printf, 2, 3)))
claim_say (bool holds, const char *format, ...)
{
  va_list arguments;

  if (!holds)
    claims_failed = true;
  fputs (holds ? "ok " : "not ok ", stdout);
  va_start (arguments, format);
  vprintf (format, arguments);
  va_end (arguments);
  putchar ('\n');
}

/* The exit status of a test: 0 if all claims hold, 1 if it has said of one
   that it does not.  */
static inline int
claims_status (void)
{
  return claims_failed;
}

/* Check COUNT claims; the exit status.  */
static inline int
claims_check (const struct claim *claims, size_t count)
{
  setvbuf (stdout, NULL, _IOLBF, 0);
  for (size_t i = 0; i < count; i++)
    {
      claim_reason[0] = '\0';
      if (claims[i].holds ())
        claim_say (true, "%s", claims[i].name);
      else
        claim_say (false, "%s %s", claims[i].name, claim_reason);
    }
  return claims_status ();
}

#define CLAIMS_MAIN(claims)                                                   \
  int main (void)                                                             \
  {                                                                           \
    return claims_check (claims, sizeof claims / sizeof *claims);             \
  }

#endif
