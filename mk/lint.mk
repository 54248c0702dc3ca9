# Checks that need neither guest nor SDK.
# SPDX-License-Identifier: GPL-2.0-or-later

FORMATTED := $(shell git ls-files --cached --others --exclude-standard '*.c' '*.h' 2>/dev/null | \
	grep -v '^interfaces/hurd/')

lint:
	clang-format --dry-run --Werror $(FORMATTED)
	tools/check-layers
	tools/check-calls
	tools/check-sizes
	tools/check-man
	cd docs/man && mandoc -Tlint *

format:
	clang-format -i $(FORMATTED)
