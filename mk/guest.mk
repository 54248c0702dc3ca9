# What runs on Mach: the stubs MIG makes, hurdle-env, and the test programs.
# SPDX-License-Identifier: GPL-2.0-or-later

GUEST := $(BUILD)/guest
OBJ := $(BUILD)/obj
STUBS := $(BUILD)/mig

WARNINGS := -Wall -Wextra -Wstrict-prototypes -Wmissing-prototypes -Wshadow \
	-Wvla -Werror
GUEST_CPPFLAGS := -I. -I$(STUBS) -D_GNU_SOURCE
# lib/port/memory.c says why no vector registers.
comma := ,
GENERAL := -mgeneral-regs-only -fno-tree-loop-distribute-patterns
WRAPPED := $(patsubst %,-Wl$(comma)--wrap=%,memcpy memmove memset memcmp memchr \
	calloc strlen strnlen strcmp strncmp strchr strchrnul strrchr strspn \
	strcspn strcpy)
GUEST_CFLAGS := -std=gnu17 -O2 -g $(GENERAL) $(WARNINGS) -fno-strict-aliasing

# ---- stubs ----
# Server stubs translate the request port's payload to our object; reply stubs
# send without ever waiting; request stubs are the asynchronous client halves.

SERVED := auth exec exec_startup startup process fs fsys io socket ifsock \
	term tioctl crash password hurdle given maker
CALLED := auth fs fsys io msg startup_notify exec_startup process tioctl given

MIG_SERVER := -DREPLY_PORTS '-DOBJECT_INTRAN(t)=object_t object_from_port (t)' \
	'-DOBJECT_INTRAN_PAYLOAD=object_t object_from_payload' \
	-DSERVERPREFIX=S_

# Ours are beside the Hurd's; looked up when the recipe runs.
defs_of = `ls $(STUBS)/hurd/$(1).defs $(STUBS)/hurdle/$(1).defs 2>/dev/null`

$(STUBS)/hurd: $(wildcard interfaces/hurd/* interfaces/*.defs) interfaces/halves interfaces/install
	@mkdir -p $(STUBS)
	interfaces/install $(STUBS) >/dev/null
	@touch $@

$(STUBS)/%_S.c $(STUBS)/%_S.h &: $(STUBS)/hurd
	@echo "  MIG $@"; \
	CC="$(CROSS_CC)" $(MIG) -I$(STUBS) $(MIG_SERVER) \
	  -server $(STUBS)/$*_S.c -sheader $(STUBS)/$*_S.h \
	  -user /dev/null -header /dev/null $(call defs_of,$*)

# The Hurd's server answers with a copy of a right that it holds; ours holds
# none and makes one.  The client cannot tell.
$(STUBS)/ifsock_S.c $(STUBS)/ifsock_S.h: mk/guest.mk
$(STUBS)/ifsock_S.c $(STUBS)/ifsock_S.h: \
	MIG_SERVER += -DMACH_MSG_TYPE_COPY_SEND=MACH_MSG_TYPE_MAKE_SEND

# Two roles serve sockets, so the stubs of the second have names of their own.
$(STUBS)/hurdle/inet.defs: interfaces/hurd/socket.defs $(STUBS)/hurd
	@sed 's/^subsystem socket /subsystem inet /' $< >$@
$(STUBS)/inet_S.c $(STUBS)/inet_S.h: $(STUBS)/hurdle/inet.defs
$(STUBS)/inet_S.c $(STUBS)/inet_S.h: MIG_SERVER += -USERVERPREFIX -DSERVERPREFIX=I_

$(STUBS)/%_U.c $(STUBS)/%_U.h &: $(STUBS)/hurd
	@echo "  MIG $@"; \
	CC="$(CROSS_CC)" $(MIG) -I$(STUBS) \
	  -user $(STUBS)/$*_U.c -header $(STUBS)/$*_U.h \
	  -server /dev/null -sheader /dev/null $(call defs_of,$*)

STUB_C := $(SERVED:%=$(STUBS)/%_S.c) $(SERVED:%=$(STUBS)/%_reply_U.c) \
	$(CALLED:%=$(STUBS)/%_request_U.c) $(STUBS)/inet_S.c
STUB_O := $(STUB_C:%.c=%.o)
STUB_H := $(STUB_C:%.c=%.h)

OURS_U := $(STUBS)/hurdle_U $(STUBS)/maker_U
$(OURS_U:%=%.c) $(OURS_U:%=%.h): $(STUBS)/hurd

# MIG's output is not ours to warn about.
$(STUBS)/%.o: $(STUBS)/%.c mk/guest.mk
	@echo "  CC $@"; \
	$(CROSS_CC) $(GUEST_CPPFLAGS) -std=gnu17 -O2 -g $(GENERAL) -w -fno-strict-aliasing \
	  -include lib/port/object.h -include $(SENDER_H) \
	  -Dmach_msg=$(SENDER) -MMD -MP -c -o $@ $<

# Answers are sent or destroyed; requests of ours can wait until there is room.
$(STUBS)/%.o: SENDER := message_send
$(STUBS)/%.o: SENDER_H := lib/port/park.h
$(STUBS)/%_request_U.o: SENDER := request_send
$(STUBS)/%_request_U.o: SENDER_H := lib/membrane/outbox.h

# Our own clients wait for their answers, as clients do.
$(OURS_U:%=%.o): %.o: %.c
	@echo "  CC $@"; \
	$(CROSS_CC) $(GUEST_CPPFLAGS) -std=gnu17 -O2 -g -w -c -o $@ $<

# ---- what asks a control ----

CLIENT_C := $(wildcard lib/client/*.c) lib/base/listing.c lib/base/text.c
CLIENT_O := $(CLIENT_C:%.c=$(OBJ)/%.o) $(OURS_U:%=%.o)

# ---- hurdle-env ----

ENV_C := $(wildcard lib/base/*.c lib/manifest/*.c lib/plan/*.c lib/port/*.c lib/membrane/*.c \
	lib/io/*.c lib/env/*.c servers/*/*.c env/*.c)
ENV_C := $(filter-out %_contract.c,$(ENV_C))
ENV_O := $(ENV_C:%.c=$(OBJ)/%.o)

$(OBJ)/%.o: %.c mk/guest.mk | $(STUB_H) $(OURS_U:%=%.h)
	@mkdir -p $(@D)
	@echo "  CC $@"; \
	$(CROSS_CC) $(GUEST_CPPFLAGS) $(GUEST_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/hurdle-env: $(ENV_O) $(STUB_O) $(CLIENT_O)
	@echo "  CC $@"; \
	$(CROSS_CC) -static $(WRAPPED) -o $@ $^ -lconfuse -lpthread -lmachuser \
	  -lhurduser

# ---- hurdle-control ----

CONTROL_C := $(wildcard cli/control/*.c)
CONTROL_O := $(CONTROL_C:%.c=$(OBJ)/%.o)

# Static, so that it can be copied into any tree.
$(GUEST)/bin/hurdle-control: $(CONTROL_O) $(CLIENT_O)
	@mkdir -p $(@D)
	@echo "  CC $@"; \
	$(CROSS_CC) -static -o $@ $^ -lpthread -lmachuser -lhurduser

# ---- programs and tests of the guest ----

TEST_C := $(wildcard tests/guest/*.c)
TESTS := $(TEST_C:tests/guest/%.c=$(GUEST)/hurdle/tests/%)
SCRIPTS := $(patsubst tests/guest/%.sh,$(GUEST)/hurdle/tests/%.sh,\
	$(wildcard tests/guest/*.sh))
TOOL_C := $(wildcard tools/guest/*.c)
TOOLS := $(TOOL_C:tools/guest/%.c=$(GUEST)/bin/%)
BENCH_C := $(wildcard bench/*.c)
BENCHES := $(GUEST)/hurdle/bench/bench $(GUEST)/hurdle/bench/environments $(GUEST)/hurdle/bench/programs/static \
	$(GUEST)/hurdle/bench/programs/dynamic

PROGRAM_FLAGS := -std=gnu17 -O2 -g -D_GNU_SOURCE -I. -Wall -Wextra -Werror

# Made of its source and what else it needs.  A name that begins with "static_"
# is linked so, "static_pie_" to run anywhere too, everything else is dynamic.
define test_made
@mkdir -p $(@D) $(OBJ)
@echo "  CC $@"; \
$(CROSS_CC) $(PROGRAM_FLAGS) -I$(STUBS) $(LINKED) -MMD -MP \
  -MF $(OBJ)/test-$(@F).d -o $@ $(filter %.c %.o,$^) -lpthread -lmachuser \
  -lhurduser
endef

$(GUEST)/hurdle/tests/static_pie_%: LINKED := -static-pie
$(GUEST)/hurdle/tests/static_%: LINKED := -static
$(GUEST)/hurdle/tests/helper_static_%: LINKED := -static

$(GUEST)/hurdle/tests/%: tests/guest/%.c
	$(test_made)
# These try things from outside as well, through a control.
$(GUEST)/hurdle/tests/law_%: tests/guest/law_%.c $(CLIENT_O)
	$(test_made)
$(GUEST)/hurdle/tests/deaths_%: tests/guest/deaths_%.c $(CLIENT_O)
	$(test_made)
$(GUEST)/hurdle/tests/answers_%: tests/guest/answers_%.c $(CLIENT_O)
	$(test_made)
$(GUEST)/hurdle/tests/helper_static_%: tests/guest/helper_static_%.c \
		$(CLIENT_O)
	$(test_made)
# And these know every request.
$(STUBS)/hostile_facts.h: interfaces/FACTS tools/hostile-facts
	@mkdir -p $(@D)
	tools/hostile-facts $< >$@
$(GUEST)/hurdle/tests/hostile_%: tests/guest/hostile_%.c \
		$(STUBS)/hostile_facts.h $(CLIENT_O)
	$(test_made)
# These look at the names of all tasks.
WALK_O := $(patsubst %.c,$(OBJ)/%.o,$(wildcard tests/guest/walk/*.c))
$(GUEST)/hurdle/tests/helper_static_walk $(GUEST)/hurdle/tests/nest_names: \
	$(WALK_O)
# Helpers that are as small as programs can be.
$(GUEST)/hurdle/tests/helper_bare_%: tests/guest/helper_bare_%.c
	@mkdir -p $(@D)
	$(CROSS_CC) $(PROGRAM_FLAGS) -static -nostdlib -o $@ $<
$(GUEST)/hurdle/tests/%.sh: tests/guest/%.sh
	@mkdir -p $(@D)
	install -m 755 $< $@
$(GUEST)/bin/%: tools/guest/%.c
	@mkdir -p $(@D) $(OBJ)
	@echo "  CC $@"; \
	$(CROSS_CC) $(PROGRAM_FLAGS) -MMD -MP -MF $(OBJ)/tool-$*.d -o $@ $< \
	  -lmachuser -lhurduser
$(GUEST)/hurdle/bench/bench: $(BENCH_C) $(wildcard bench/*.h) $(CLIENT_O)
	@mkdir -p $(@D)
	$(CROSS_CC) $(PROGRAM_FLAGS) -I$(STUBS) -static -o $@ \
	  $(filter %.c %.o,$^) -lpthread -lmachuser -lhurduser
$(GUEST)/hurdle/bench/environments: $(wildcard bench/environments/*.[ch]) \
		bench/clock.c bench/json.c $(wildcard bench/*.h) $(CLIENT_O)
	@mkdir -p $(@D)
	$(CROSS_CC) $(PROGRAM_FLAGS) -I$(STUBS) -static -o $@ \
	  $(filter %.c %.o,$^) -lpthread -lmachuser -lhurduser
$(GUEST)/hurdle/bench/programs/%: bench/programs/true.c
	@mkdir -p $(@D)
	$(CROSS_CC) $(PROGRAM_FLAGS) $(filter -static,-$*) -o $@ $<
$(GUEST)/bin/hurdle-env: $(BUILD)/hurdle-env
	@mkdir -p $(@D)
	install -m 755 $< $@

MADE := $(GUEST)/bin/hurdle-env $(GUEST)/bin/hurdle-control $(TESTS) $(SCRIPTS) \
	$(TOOLS) $(BENCHES)

# What was built from a source that is gone would still be in the image, and a
# renamed test would run twice.
STALE := $(filter-out $(MADE),$(wildcard $(GUEST)/bin/* \
	$(GUEST)/hurdle/tests/* $(GUEST)/hurdle/bench/programs/*))
$(if $(STALE),$(shell rm -f $(STALE)))

.PHONY: guest
guest: $(BUILD)/hurdle-env $(MADE)

.SECONDARY:
-include $(ENV_O:%.o=%.d) $(CONTROL_O:%.o=%.d) $(CLIENT_O:%.o=%.d) $(STUB_O:%.o=%.d) \
	$(WALK_O:%.o=%.d) \
	$(wildcard $(OBJ)/test-*.d $(OBJ)/tool-*.d)
