# claims.sh -- for tests that are scripts.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later

# expect NAME WANTED GOT: the claim NAME holds if both texts are the same.
expect ()
{
  if [ "$2" = "$3" ]; then
    echo "ok $1"
  else
    echo "not ok $1 wanted '$2', got '$3'"
  fi
}

# holds NAME COMMAND...: the claim NAME holds if COMMAND succeeds.
holds ()
{
  claim=$1
  shift
  if "$@"; then
    echo "ok $claim"
  else
    echo "not ok $claim status $? of: $*"
  fi
}

scratch=/tmp/${0##*/}.$$
mkdir -p "$scratch" && cd "$scratch" || exit 1
trap 'cd /; rm -rf "$scratch"' EXIT
