#!/bin/sh
# Fifty megabytes written, copied, sorted and compared.
# SPDX-License-Identifier: GPL-2.0-or-later
. "${0%/*}/claims.sh"
LC_ALL=C
export LC_ALL

sum () { sha256sum <"$1"; }

# Lines of 76 random letters and digits.
head -c 37500000 /dev/urandom | base64 >lines
expect fifty_megabytes_are_written 50657895 "$(stat -c %s lines)"
holds a_copy_succeeds cp lines copy
expect a_copy_is_equal "$(sum lines)" "$(sum copy)"
holds sorting_succeeds sort -o sorted copy
holds the_sorted_file_is_sorted sort -c sorted
expect sorting_keeps_every_line "$(wc <lines)" "$(wc <sorted)"
expect removing_gives_the_space_back yes "$(before=$(stat -f -c %f .)
  rm lines copy sorted
  [ "$(stat -f -c %f .)" -gt "$before" ] && echo yes)"
