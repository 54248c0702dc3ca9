# claims.sh -- for tests that are scripts.  Sourced.
# SPDX-License-Identifier: GPL-2.0-or-later

# fails CLAIM [REASON]: also in a subshell.
fails ()
{
  : > "$claims_failed"
  echo "not ok $*"
}

# expect NAME WANTED GOT: the claim NAME holds if both texts are the same.
expect ()
{
  if [ "$2" = "$3" ]; then
    echo "ok $1"
  else
    fails "$1" "wanted '$2', got '$3'"
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
    fails "$claim" "status $? of: $*"
  fi
}

# tells NAME STATUS TEXT COMMAND...: the claim NAME holds if COMMAND ends with
# STATUS and has TEXT in what it says.
tells ()
{
  claim=$1 wanted_status=$2 wanted_text=$3
  shift 3
  said=$("$@" 2>&1 < /dev/null)
  said_status=$?
  case "$said_status $said" in
    "$wanted_status "*"$wanted_text"*) echo "ok $claim" ;;
    *)
      fails "$claim" \
        "wanted $wanted_status and '$wanted_text', got $said_status and '$said'"
      ;;
  esac
}

# claimed NAME COMMAND...: COMMAND makes claims itself, and its status says
# whether they hold (0), or that it has told which do not (1).
claimed ()
{
  claim=$1
  shift
  "$@"
  claim_status=$?
  case $claim_status in
    0) return 0 ;;
    1) : > "$claims_failed" ;;
    *) fails "${claim}_ends_well" "status $claim_status" ;;
  esac
  return 1
}

scratch=/tmp/${0##*/}.$$
claims_failed=$scratch.failed
mkdir -p "$scratch" && cd "$scratch" || exit 2

# The status of a test: 1 if it has said of a claim that it does not hold.
claims_end ()
{
  status=$?
  cd /
  rm -rf "$scratch"
  [ "$status" -eq 0 ] && [ -e "$claims_failed" ] && status=1
  rm -f "$claims_failed"
  exit "$status"
}
trap claims_end EXIT
