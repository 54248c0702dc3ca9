#!/bin/sh
# What --version says is what CHANGES.md calls its newest part.
# SPDX-License-Identifier: GPL-2.0-or-later
said=$(sed -n 's/^#define HURDLE_VERSION "\(.*\)"$/\1/p' lib/base/version.h)
newest=$(sed -n 's/^## //p' CHANGES.md | head -n 1 | tr 'A-Z' 'a-z')
if [ -z "$said" ] || [ "$said" != "$newest" ]; then
  echo "not ok version_is_that_of_the_newest_changes: '$said', not '$newest'"
  exit 1
fi
echo 'ok version_is_that_of_the_newest_changes'
