#!/bin/sh
# runner_counts -- what run.sh makes of tests that hold, deny, hide it and die
# SPDX-License-Identifier: GPL-2.0-or-later

. "$(dirname "$0")"/claims.sh
here=$(cd "$(dirname "$0")" && pwd) || exit 2
mkdir tests || exit 2
cp "$here/run.sh" "$here/claims.sh" tests || exit 2

# makes NAME LINE...: a test
makes ()
{
  name=tests/$1.sh
  shift
  printf '%s\n' '#!/bin/sh' "$@" > "$name"
  chmod +x "$name"
}

# says NAME: what the runner says beside what the test does, and its status.
says () { echo $(unset TESTS; "$scratch/tests/run.sh" "$1"; echo $?); }

makes good 'echo ok it'
makes denies '. "$(dirname "$0")"/claims.sh' '(expect it 1 2)' 'true'
makes program '. "$(dirname "$0")"/claims.sh' \
  'claimed it sh -c "echo not ok that; exit 1"' 'true'
makes hides 'echo ok this' 'echo not ok that'
makes dies 'echo ok it' 'exit 3'
makes silent 'true'

expect a_test_that_holds '# good.sh ok it 0' "$(says good)"
expect a_test_that_denies "# denies.sh not ok it wanted '1', got '2' 1" \
  "$(says denies)"
expect a_test_whose_program_denies '# program.sh not ok that 1' "$(says program)"
expect a_test_that_hides_by_its_status \
  "# hides.sh ok this not ok that not ok hides_tells_by_its_status status 0 with a claim denied 1" \
  "$(says hides)"
expect a_test_that_dies '# dies.sh ok it not ok dies_ends_well status 3 1' \
  "$(says dies)"
expect a_test_that_says_nothing '# silent.sh not ok silent_makes_a_claim 1' \
  "$(says silent)"
"$here"/helper_static_contract crash=absent > said
expect a_program_that_denies_exits_with_1 1 $?
