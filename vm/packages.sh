# vm/packages.sh -- the packages of this machine, and Debian 13's, which are
# fetched into the cache with an apt state of their own: nothing that this
# machine's apt knows or has installed changes.
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash

readonly PACKAGES_LIST=$HURDLE/vm/packages.list
readonly PACKAGES_RELEASE=trixie

# packages_named KIND...
packages_named ()
{
  awk -v kinds=" $* " 'index (kinds, " " $1 " ") { print $2 }' \
      "$PACKAGES_LIST"
}

packages_missing ()
{
  local name
  for name in $(packages_named host); do
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null) \
         == installed ]] || printf '%s ' "$name"
  done
}

# Install what this machine lacks, or say how.
packages_install ()
{
  local missing as_root=()

  command -v apt-get >/dev/null \
    || die "$STATUS_PACKAGES" "this needs Debian 12 or 13 (no apt-get here)"
  missing=$(packages_missing)
  [[ -n $missing ]] || return 0
  if ((EUID != 0)); then
    if ! sudo -n true 2>/dev/null && ! { [[ -t 0 ]] && sudo -v; }; then
      say "packages are missing; as root, run:"
      say "  apt-get update && apt-get install -y --no-install-recommends" \
          "$missing"
      exit "$STATUS_PACKAGES"
    fi
    as_root=(sudo)
  fi
  say "installing $missing..."
  mkdir -p -- "$CACHE/log"
  # shellcheck disable=SC2086  # a list of words
  {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update \
      && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install \
           -y --no-install-recommends $missing
  } >"$CACHE/log/host-packages.log" 2>&1 </dev/null \
    || die "$STATUS_PACKAGES" "apt-get failed; see" \
           "$CACHE/log/host-packages.log"
}

# The mirror that this machine's own apt uses for its release.
packages_mirror ()
{
  local codename mirror

  if [[ -n ${HURDLE_DEBIAN_MIRROR:-} ]]; then
    printf '%s\n' "$HURDLE_DEBIAN_MIRROR"
    return
  fi
  codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
  mirror=$(apt-get indextargets --format '$(RELEASE) $(CODENAME) $(REPO_URI)' \
                   'Created-By: Packages' \
             | awk -v c="$codename" '$1 == c || $2 == c { print $NF; exit }')
  if [[ -z $mirror ]]; then
    echo "no Debian mirror found in this machine's apt configuration;" \
         "name one in HURDLE_DEBIAN_MIRROR"
    return "$STATUS_DOWNLOAD"
  fi
  printf '%s\n' "$mirror"
}

# The apt whose whole state is the directory APT_STATE.
packages_apt ()
{
  apt-get -q \
    -o "Dir::State::Lists=$APT_STATE/lists" \
    -o "Dir::Etc::sourcelist=$APT_STATE/sources.list" \
    -o Dir::Etc::sourceparts=/dev/null \
    -o "Dir::Cache=$APT_STATE/cache" \
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
    -o APT::Sandbox::User=root -o APT::Get::List-Cleanup=0 \
    -o Acquire::Retries=3 -o Acquire::Languages=none \
    "$@" || return "$STATUS_DOWNLOAD"
}

packages_configure ()
{
  local mirror from

  mirror=$(packages_mirror) || { echo "$mirror"; return "$STATUS_DOWNLOAD"; }
  from="[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror"
  mkdir -p "$APT_STATE/lists/partial" "$APT_STATE/cache/archives/partial"
  printf '%s\n' "deb $from $PACKAGES_RELEASE main" \
                "deb-src $from $PACKAGES_RELEASE main" \
         >"$APT_STATE/sources.list"
}

# Fill DIR with root/ (binary packages, unpacked), sources/ and versions.
packages_fetch ()
{
  local dir=$1 deb
  APT_STATE=$dir/apt

  packages_configure
  packages_apt update
  mkdir "$dir/debs" "$dir/sources" "$dir/root"
  cd "$dir/debs"
  # shellcheck disable=SC2046  # lists of words
  packages_apt download $(packages_named binary)
  for deb in *.deb; do
    dpkg -x "$deb" "$dir/root"
  done
  cd "$dir/sources"
  # shellcheck disable=SC2046
  packages_apt source --download-only $(packages_named source)
  cd "$dir"
  ls debs sources >versions
  rm -rf debs apt
}

# Sets PACKAGES.
packages_setup ()
{
  packages_install
  step_cached packages "$(packages_named binary source | key_of_stdin)" \
              "fetching kernel, MIG and sources from Debian 13" packages_fetch
  PACKAGES=$STEP_DIR
}
