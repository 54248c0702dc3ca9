/* hostile_ours.h -- rows of `routines' for interfaces/hurdle.defs, maker.defs
   and given.defs, as tools/hostile-facts makes them for the Hurd's
   SPDX-License-Identifier: GPL-2.0-or-later  */

/* clang-format off */
#define PORT { MACH_MSG_TYPE_COPY_SEND, 64, 1, false }
#define INT { MACH_MSG_TYPE_INTEGER_32, 32, 1, false }
#define LONG { MACH_MSG_TYPE_INTEGER_64, 64, 1, false }
#define STAT { MACH_MSG_TYPE_INTEGER_64, 64, 22, false }
#define STRING { MACH_MSG_TYPE_STRING_C, 8, 1024, false }
#define DATA { MACH_MSG_TYPE_CHAR, 8, 2048, true }

{ "hurdle", "hurdle_dump", 45000, 0, { { 0, 0, 0, false } } },
{ "hurdle", "hurdle_count", 45001, 0, { { 0, 0, 0, false } } },
{ "hurdle", "hurdle_list", 45002, 1, { STRING } },
{ "hurdle", "hurdle_narrow", 45003, 2, { INT, INT } },
{ "hurdle", "hurdle_give", 45004, 7, { PORT, STAT, STRING, STRING, INT, INT, INT } },
{ "hurdle", "hurdle_freeze", 45005, 0, { { 0, 0, 0, false } } },
{ "hurdle", "hurdle_thaw", 45006, 0, { { 0, 0, 0, false } } },
{ "hurdle", "hurdle_stop", 45007, 1, { INT } },
{ "hurdle", "hurdle_events", 45008, 1, { LONG } },
{ "given", "given_watch", 45200, 1, { PORT } },
{ "maker", "maker_make", 45700, 8, { PORT, PORT, PORT, PORT, PORT, DATA, DATA, INT } },
{ "maker", "maker_wait", 45701, 1, { INT } },

#undef PORT
#undef INT
#undef LONG
#undef STAT
#undef STRING
#undef DATA
    /* clang-format on */
