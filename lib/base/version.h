/* version.h -- what this is called, and which one it is

   Programs say both (--version), proc the name (uname).  The version is what
   CHANGES.md calls its newest part; tests/unit/check-version.sh holds it.
   SPDX-License-Identifier: GPL-2.0-or-later  */

#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define HURDLE_NAME "Hurdle"
#define HURDLE_VERSION "unreleased"

#endif
