#!/bin/sh
# make: a build of shell commands, in parallel, and only what is out of date.
# SPDX-License-Identifier: GPL-2.0-or-later
. "${0%/*}/claims.sh"

cat >Makefile <<'END'
PARTS := 1 2 3 4 5 6 7 8
all: whole
whole: $(PARTS:%=part.%)
	cat $^ >$@
part.%: source.%
	tr a-z A-Z <$< >$@
source.%:
	echo text $* >$@
.SECONDARY:
END
holds a_parallel_build_works make -s -j4
expect the_result_is_right 8 "$(wc -l <whole | tr -d ' ')"
holds nothing_is_built_twice make -q
sleep 1
echo other >source.3
expect only_what_changed_is_built "tr a-z A-Z <source.3 >part.3
cat part.1 part.2 part.3 part.4 part.5 part.6 part.7 part.8 >whole" \
  "$(make --no-print-directory)"
expect a_failing_recipe_stops_the_build 2 "$(printf 'x:\n\tfalse\n' >bad
  make -s -f bad 2>/dev/null; echo $?)"
