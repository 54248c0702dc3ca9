# host.mk -- what needs no Mach, built and tested on the host
#
# check-host  every unit test and the manifest corpus, under ASan and UBSan
# fuzz        the manifest parser against random texts, FUZZ_SECONDS long
#
# The top Makefile includes it and sets BUILD.
# SPDX-License-Identifier: GPL-2.0-or-later

HOST_CC ?= cc
HOST_BUILD := $(or $(BUILD),build)/host

HOST_CFLAGS := -std=gnu17 -D_GNU_SOURCE -I. -O1 -g -pthread -MMD -MP \
	-Wall -Wextra -Werror -Wshadow -Wvla -Wstrict-prototypes \
	-Wmissing-prototypes -Wswitch-enum \
	-fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer

HOST_LIBS := $(wildcard lib/base/*.c lib/manifest/*.c lib/plan/*.c) \
	lib/env/load.c servers/exec/exec_script.c servers/terminal/discipline.c \
	servers/devices/random.c \
	lib/port/message.c lib/port/scan.c \
	servers/sockets/buffer.c
HOST_UNIT := $(HOST_LIBS) $(wildcard tests/unit/*.c)
HOST_LDLIBS := -lconfuse
HOST_UNIT_OBJECTS := $(HOST_UNIT:%.c=$(HOST_BUILD)/%.o)

HOST_SHOW := $(HOST_LIBS) tests/unit/files.c tests/manifests/show.c
HOST_SHOW_OBJECTS := $(HOST_SHOW:%.c=$(HOST_BUILD)/%.o)

FUZZ_SECONDS ?= 60

.PHONY: check-host fuzz manifest-show

check-host: $(HOST_BUILD)/unit
	@status=0; \
	$(HOST_BUILD)/unit || status=1; \
	tests/unit/check-layers.sh || status=1; \
	tests/unit/check-calls.sh || status=1; \
	tests/unit/check-stale.sh || status=1; \
	tests/unit/check-man.sh || status=1; \
	tests/unit/check-console.sh || status=1; \
	tests/unit/check-version.sh || status=1; \
	tests/unit/check-hurdle-vm.sh || status=1; \
	SDK=$(SDK) tests/unit/check-interfaces.sh || status=1; \
	exit $$status

fuzz: $(HOST_BUILD)/unit
	FUZZ_SECONDS=$(FUZZ_SECONDS) FUZZ_SEED=$$(date +%s) $(HOST_BUILD)/unit unit_fuzz

manifest-show: $(HOST_BUILD)/manifest-show

$(HOST_BUILD)/manifest-show: $(HOST_SHOW_OBJECTS)
	$(HOST_CC) $(HOST_CFLAGS) -o $@ $^ $(HOST_LDLIBS)

# tests/unit/failing.c says why.
HOST_WRAP := malloc calloc realloc strdup strndup

$(HOST_BUILD)/unit: $(HOST_UNIT_OBJECTS)
	$(HOST_CC) $(HOST_CFLAGS) $(HOST_WRAP:%=-Wl,--wrap=%) -o $@ $^ $(HOST_LDLIBS)

$(HOST_BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -c -o $@ $<

-include $(HOST_UNIT_OBJECTS:.o=.d) $(HOST_SHOW_OBJECTS:.o=.d)
