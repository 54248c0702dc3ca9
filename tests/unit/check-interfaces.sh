#!/bin/sh
# check-interfaces.sh: are our .defs what interfaces/FACTS says?
# SPDX-License-Identifier: GPL-2.0-or-later
#
# With SDK set, MIG is asked too: its numbers, descriptors and sizes.

top=$(cd "$(dirname "$0")/../.." && pwd)
if [ -n "${SDK:-}" ]; then
  said=$(MIG=$SDK/bin/x86_64-gnu-mig \
    "$top/tools/check-interfaces" --need-mig 2>&1)
else
  said=$("$top/tools/check-interfaces" 2>&1)
fi
status=$?
if [ $status -eq 0 ]; then
  echo "ok interfaces_are_the_hurds_number_for_number"
else
  echo "not ok interfaces_are_the_hurds_number_for_number"
  echo "$said" | sed 's/^/# /'
fi
exit $status
