#!/bin/sh
# Fifty megabytes written, copied, sorted and compared.
# SPDX-License-Identifier: GPL-2.0-or-later
. "${0%/*}/claims.sh"
LC_ALL=C
export LC_ALL

# 500,000 lines of 100 bytes, last first.
seq -f '%099.0f' 500000 -1 1 >backward
seq -f '%099.0f' 500000 >forward
expect fifty_megabytes_are_written 50000000 "$(stat -c %s backward)"
holds a_copy_succeeds cp backward copy
holds a_copy_is_equal cmp backward copy
holds sorting_succeeds sort -o sorted copy
holds the_sorted_file_is_right cmp sorted forward
expect removing_gives_the_space_back yes "$(before=$(stat -f -c %f .)
  rm backward forward copy sorted
  [ "$(stat -f -c %f .)" -gt "$before" ] && echo yes)"
