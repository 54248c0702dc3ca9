# Hurdle.  `./hurdle-vm' calls this with the SDK it has built; `make help'.
# SPDX-License-Identifier: GPL-2.0-or-later

BUILD ?= build
SDK ?=
CROSS_CC ?= $(SDK)/bin/x86_64-gnu-gcc
MIG ?= $(SDK)/bin/x86_64-gnu-mig

.PHONY: all help lint format check-host clean
all: guest

help:
	@echo 'make SDK=DIR          build everything that runs in the guest'
	@echo 'make check-host       test the Mach-free libraries under sanitizers'
	@echo 'make lint             formatting, layers, interfaces, sizes'
	@echo 'make format           let clang-format have its way'
	@echo 'make clean            remove $(BUILD)'

include mk/guest.mk
include mk/lint.mk
-include mk/host.mk

clean:
	rm -rf $(BUILD)
