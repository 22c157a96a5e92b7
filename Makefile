# bynder-reconcile: one Makefile, not recursive. `make help` lists the targets.
#
# Variants live side by side in build/<variant>/: debug (default), release, asan (ASan + UBSan),
# clang (debug by clang), cov, fuzz. Sources are found by wildcard: the folder is the layer.

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

comma := ,
# One version for the programs and the package.
VERSION := $(shell sed -n '1s/.*(\(.*\)).*/\1/p' debian/changelog)
VARIANT ?= debug
B       := build/$(VARIANT)
V       ?=
Q       := $(if $(V),,@)

prefix     ?= /usr
unitdir    ?= /lib/systemd/system
DESTDIR    ?=

# --- tools and flags ------------------------------------------------------------------------------

CC_debug   := gcc
CC_release := gcc
CC_asan    := clang
CC_clang   := clang
CC_cov     := gcc
CC_fuzz    := clang
ifeq ($(origin CC),default)
CC := $(CC_$(VARIANT))
endif

WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wcast-qual -Wformat=2 \
  -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wundef -Wvla -Wnull-dereference \
  -Wimplicit-fallthrough -fno-common -Werror
# Statement expressions (TAKE) are the one GNU extension used; clang names it separately.
WARN_clang := -Wno-gnu-statement-expression -Wno-gnu-zero-variadic-macro-arguments \
  -Wno-language-extension-token
IS_CLANG := $(findstring clang,$(CC))

# What is tested is what is installed: the programs are compiled alike in both. Of tests an optimizer would
# take as long as the rest of the compiler; those of a company's year make what they live through.
# No -fcf-protection: the linker marks a program for it only when every object is, and Debian 12's
# start files (Scrt1.o, crti.o) are not, so the instructions would stand there without effect.
HARDENED    := -O2 -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection -fPIE
OPT_debug   := -g
LEVEL_debug  = $(if $(filter tests/year/%,$<),-O1,$(if $(filter tests/%,$<),-O0,$(HARDENED)))
OPT_clang   := -O1 -g
# The tests and the fuzz targets of a check. An optimizer takes four times as long for what sanitizers
# add as the rest of the compiler: only what is called millions of times goes through it.
OPT_asan    := -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -fno-omit-frame-pointer
HOT_asan    := reconcile/base/% reconcile/facts/% reconcile/core/% reconcile/format/%
LEVEL_asan   = $(if $(filter $(HOT_asan),$<),-O1,-O0)
OPT_cov     := -O0 -g --coverage
OPT_fuzz    := -O1 -g -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all -fno-omit-frame-pointer \
  -fprofile-instr-generate -fcoverage-mapping
OPT_release := -g $(HARDENED)
LINK_release := -pie -Wl,-z,relro,-z,now,-z,noexecstack
LINK_debug   := $(LINK_release)
LINK_asan    := -fsanitize=address,undefined
LINK_fuzz    := -fsanitize=address,undefined -fprofile-instr-generate
LINK_cov     := --coverage

PKG      := libcurl json-c libpq libconfig libcrypto icu-uc icu-i18n xlsxwriter
PKG_CFLAGS = $(shell pkg-config --cflags $(PKG) 2>/dev/null | sed 's/-I/-isystem /g')
PKG_LIBS   = $(shell pkg-config --libs $(PKG) 2>/dev/null) -lcsv
SIM_LIBS   = $(shell pkg-config --libs libmicrohttpd json-c libcrypto icu-uc icu-i18n 2>/dev/null) -lcsv
CORE_LIBS  = $(shell pkg-config --libs libcrypto icu-uc icu-i18n 2>/dev/null)
PKG_CFLAGS := $(PKG_CFLAGS)
PKG_LIBS   := $(PKG_LIBS)
SIM_LIBS   := $(SIM_LIBS)
CORE_LIBS  := $(CORE_LIBS)

CPPFLAGS_ALL = -D_GNU_SOURCE -DPROGRAM_VERSION='"$(VERSION)"' -Ireconcile -I. -I$(B)/gen $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL   = -std=gnu17 $(WARN) $(if $(IS_CLANG),$(WARN_clang)) $(LEVEL_$(VARIANT)) $(OPT_$(VARIANT)) -pthread $(CFLAGS)
# Some three hundred programs are linked in a check, of which one is installed: the others by what is
# four times as quick, where it is here. (gold warns of each name in clang's sanitizers.)
LINKER      := $(if $(filter release,$(VARIANT)),,$(firstword \
  $(foreach l,$(if $(IS_CLANG),lld) gold,$(if $(shell command -v ld.$(l)),-fuse-ld=$(l)))))
LDFLAGS_ALL  = -pthread $(LINKER) $(LINK_$(VARIANT)) -Wl,--as-needed $(LDFLAGS)

# --- what there is --------------------------------------------------------------------------------

# Lowest first: each may use those before it that tests/support/lint.sh lists, none behind it.
LAYERS := base facts core host format net config database bynder roster store audit report notify job
src_of  = $(wildcard reconcile/$(1)/*.c)
lib_of  = $(B)/lib$(1).a
obj     = $(patsubst %.c,$(B)/obj/%.o,$(1))

GEN_SQL := $(B)/gen/sql.c $(B)/gen/sql.h
GEN_store  := sql.o
GEN_report := page.o
GEN_audit  := our_words.o
PROGRAM := $(B)/bynder-reconcile
SIM     := $(B)/portal-sim

PROGRAM_SRC := $(wildcard cmd/bynder-reconcile/*.c)
SIM_SRC     := $(wildcard cmd/portal-sim/*.c cmd/portal-sim/world/*.c)

SUITES      := unit io scenario store http end sheet bench
TEST_MAIN   := tests/support/test_main.c
SUPPORT_SRC := $(filter-out $(TEST_MAIN),$(wildcard tests/support/*.c))
test_src     = $(wildcard tests/$(1)/test_*.c tests/$(1)/*/test_*.c)
# What the tests of a suite share beside its headers, in each binary of it.
shared_src   = $(filter-out $(addprefix tests/$(1)/,test_% bench_% preload_%),$(wildcard tests/$(1)/*.c))
test_bin     = $(patsubst tests/%.c,$(B)/tests/%,$(call test_src,$(1)))
ALL_SRC     := $(foreach l,$(LAYERS),$(call src_of,$(l))) $(PROGRAM_SRC) $(SIM_SRC)
ALL_TEST_SRC := $(foreach s,$(SUITES) unit/base fuzz crash crash/wrong year page,$(wildcard tests/$(s)/*.c)) $(SUPPORT_SRC) $(TEST_MAIN)
ALL_HEADERS := $(wildcard reconcile/*/*.h cmd/*/*.h cmd/*/*/*.h tests/*/*.h)

.PHONY: all
all: $(PROGRAM) $(SIM) ## build both programs (VARIANT=debug|release|asan|clang, V=1 shows commands)

# --- compiling ------------------------------------------------------------------------------------

# A changed flag or compiler rebuilds everything of its variant.
FLAGS_NOW = $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(HOT_$(VARIANT)) $(LDFLAGS_ALL)
$(B)/flags: force
	$(Q)mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$(FLAGS_NOW))' | cmp -s - $@ || \
	  printf '%s\n' '$(subst ','\'',$(FLAGS_NOW))' > $@
.PHONY: force
force:

$(B)/gen/sql.c: db/embed.sh $(wildcard db/queries/*/*.sql db/parts/*.sql db/migrations/*.sql) db/roles.sql reconcile/report/report.css reconcile/report/report.js
	$(Q)mkdir -p $(@D); sh db/embed.sh $(B)/gen
$(B)/gen/sql.h $(B)/gen/page.c: $(B)/gen/sql.c ;
$(B)/gen/our_words.c: reconcile/audit/our_words.sh $(wildcard reconcile/*/*.c) | $(GEN_SQL)
	$(Q)sh $< $@

$(B)/obj/%.o: %.c $(B)/flags | $(GEN_SQL)
	$(if $(V),,@echo "  CC    $<";) mkdir -p $(@D) && $(CC) $(CPPFLAGS_ALL) $(EXTRA_CPPFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(B)/obj/gen/%.o: $(B)/gen/%.c $(B)/flags
	$(Q)mkdir -p $(@D) && $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# What is compiled for the compiler's word alone.
$(B)/word/%: %.c $(B)/flags | $(GEN_SQL)
	$(if $(V),,@echo "  WORD  $<";) mkdir -p $(@D) && $(CC) $(CPPFLAGS_ALL) $(EXTRA_CPPFLAGS) $(CFLAGS_ALL) -fsyntax-only -MMD -MP -MF $@.d -MT $@ $< && touch $@
said      = $(patsubst %.c,$(B)/word/%,$(1))

define LIB_RULE
$(call lib_of,$(1)): $(call obj,$(call src_of,$(1))) $(addprefix $(B)/obj/gen/,$(GEN_$(1)))
	$$(Q)rm -f $$@ && ar crs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call LIB_RULE,$(l))))

reverse   = $(if $(1),$(call reverse,$(wordlist 2,$(words $(1)),$(1))) $(firstword $(1)))
LIBS_ALL := $(foreach l,$(call reverse,$(LAYERS)),$(call lib_of,$(l)))

$(PROGRAM): $(call obj,$(PROGRAM_SRC)) $(LIBS_ALL)
	$(if $(V),,@echo "  LINK  $@";) $(CC) $(CFLAGS_ALL) $(filter-out $(LINKER),$(LDFLAGS_ALL)) -o $@ $^ $(PKG_LIBS)
$(SIM): $(call obj,$(SIM_SRC)) $(call lib_of,host) $(call lib_of,base)
	$(if $(V),,@echo "  LINK  $@";) $(CC) $(CFLAGS_ALL) $(filter-out $(LINKER),$(LDFLAGS_ALL)) -o $@ $^ $(SIM_LIBS)

# --- tests ----------------------------------------------------------------------------------------

# Unit and scenario tests link base, facts, core and host alone: a wrong-way dependency fails to link.
# Every other suite may use all layers and tests/support. The main of all tests is one (TEST_MAIN).
EXTRA_CPPFLAGS = $(if $(findstring tests/,$@),-Itests/support -DPROGRAM_PATH='"$(abspath $(PROGRAM))"' -DPORTAL_SIM_PATH='"$(abspath $(SIM))"' -DSOURCE_DIR='"$(CURDIR)"' -DCRASH_STOP_AT='"$(abspath $(B)/tests/crash/preload_stop_at.so)"' -DCLOCK_PRELOAD='"$(abspath $(B)/tests/end/preload_clock.so)"' -DMOMENT_PRELOAD='"$(abspath $(B)/tests/year/preload_moment.so)"')

# Functions of the core that a test stands in front of, to switch off one rule after the other.
CORE_WRAP_test_touch_random := number_bare is_no_value corroborate_links twin_is \
  corroborate_yesterday is_used_account people_init protections_find near_find pairing_is_sure
define CORE_SUITE_RULE
$(B)/tests/$(1)/%: $(B)/obj/tests/$(1)/%.o $(call obj,$(call shared_src,$(1)) $(TEST_MAIN)) $(call lib_of,host) $(call lib_of,core) $(call lib_of,facts) $(call lib_of,base)
	$$(if $$(V),,@echo "  LINK  $$@";) mkdir -p $$(@D) && $$(CC) $$(CFLAGS_ALL) $$(LDFLAGS_ALL) $$(addprefix -Wl$$(comma)--wrap=,$$(CORE_WRAP_$$(@F))) -o $$@ $$^ $$(CORE_LIBS) -lcmocka
endef
$(foreach s,unit scenario,$(eval $(call CORE_SUITE_RULE,$(s))))
BENCH_WRAP_bench_people := corroborate_links corroborate_yesterday twin_is pairing_is_sure
define SUITE_RULE
$(B)/tests/$(1)/%: $(B)/obj/tests/$(1)/%.o $(call obj,$(call shared_src,$(1)) $(SUPPORT_SRC) $(if $(filter bench,$(1)),,$(TEST_MAIN))) $(LIBS_ALL)
	$$(if $$(V),,@echo "  LINK  $$@";) mkdir -p $$(@D) && $$(CC) $$(CFLAGS_ALL) $$(LDFLAGS_ALL) $$(addprefix -Wl$$(comma)--wrap=,$$(BENCH_WRAP_$$(@F))) -o $$@ $$^ $$(PKG_LIBS) -lcmocka -lm
endef
$(foreach s,io store http end sheet bench,$(eval $(call SUITE_RULE,$(s))))

# What breaks the program on purpose: sweep_* are programs, preload_* go into the program's own
# process, wrong/* replace functions of it, the rest is what the sweeps share.
CRASH_SRC    := $(addprefix tests/crash/,world.c world_database.c world_people.c world_check.c sweep.c)
CRASH_SWEEPS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/crash/sweep_*.c))
CRASH_PRELOADS := $(patsubst tests/crash/%.c,$(B)/tests/crash/%.so,$(wildcard tests/crash/preload_*.c))
$(B)/tests/crash/sweep_%: $(B)/obj/tests/crash/sweep_%.o $(call obj,$(CRASH_SRC) $(SUPPORT_SRC)) $(LIBS_ALL)
	$(if $(V),,@echo "  LINK  $@";) mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS) -lcmocka
$(CRASH_SWEEPS): | $(B)/tests/end/preload_clock.so
$(B)/tests/crash/sweep_stop: | $(B)/tests/crash/preload_stop_at.so
$(B)/tests/crash/sweep_alloc: | $(B)/tests/crash/preload_fail_alloc.so
$(B)/tests/crash/sweep_cut $(B)/tests/crash/sweep_lost: $(B)/obj/tests/crash/cut_proxy.o
# The program with some functions of it replaced: each of these must be caught.
CRASH_WRONG := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/crash/wrong/*.c))
WRAP_journal_after_act    := store_intend store_outcome
WRAP_blind_replay         := act_wait
WRAP_no_fresh_read        := bynder_writing
WRAP_retried_write        := bynder_writing
WRAP_any_404              := bynder_writing
WRAP_budget_ignored       := amount_choose store_intend
WRAP_approval_not_checked := rule_is_approved pg_run
WRAP_approval_survives_change := ruling_judge ruling_find pg_run
WRAP_older_decision_wins  := ruling_find ruling_spares pg_run
WRAP_approval_wakes_up    := ruling_judge
WRAP_fence_ignored        := store_lock store_hold pg_run
WRAP_no_lock              := store_lock
WRAP_other_profile        := bynder_writing
WRAP_active_omitted       := http_write
WRAP_particulars_unread   := bynder_particulars_of
$(B)/tests/crash/wrong/%: $(B)/obj/tests/crash/wrong/%.o $(call obj,$(PROGRAM_SRC)) $(LIBS_ALL)
	$(if $(V),,@echo "  LINK  $@";) mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(addprefix -Wl$(comma)--wrap=,$(WRAP_$*)) -o $@ $^ $(PKG_LIBS)
$(B)/tests/crash/preload_%.so: tests/crash/preload_%.c $(B)/flags
	$(if $(V),,@echo "  LINK  $@";) mkdir -p $(@D) && $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -fPIC -shared -o $@ $< -ldl

# What reads something from outside, fed by libFuzzer (VARIANT=asan, or fuzz, which counts lines): fuzz_* are targets, the rest is
# what they share. Their seeds are tests/fuzz/seeds/NAME, words of their formats tests/fuzz/NAME.dict.
FUZZ_SRC     := $(filter-out tests/fuzz/fuzz_%,$(wildcard tests/fuzz/*.c)) $(call shared_src,unit)
FUZZ_TARGETS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))
# Where a target stands in for the network and the database.
FUZZ_WRAP    := http_exchange http_exchange_many http_write http_reserve http_trouble
# In front of that of libbase: each piece of an arena is an allocation of its own.
FUZZ_ARENA   := $(B)/obj/tests/fuzz/arena.o
$(FUZZ_ARENA): reconcile/base/arena.c $(B)/flags
	$(if $(V),,@echo "  CC    $< in pieces";) mkdir -p $(@D) && $(CC) $(CPPFLAGS_ALL) -DARENA_PIECES=1 $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(B)/tests/fuzz/fuzz_%: $(B)/obj/tests/fuzz/fuzz_%.o $(FUZZ_ARENA) $(call obj,$(FUZZ_SRC)) $(LIBS_ALL)
	$(if $(V),,@echo "  LINK  $@";) mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -fsanitize=fuzzer $(addprefix -Wl$(comma)--wrap=,$(FUZZ_WRAP)) -o $@ $^ $(PKG_LIBS) -lcmocka

# The simulated year: a program of its own, of the support only what makes a server.
YEAR         := $(B)/tests/year/year
YEAR_SRC     := $(filter-out tests/year/preload_%,$(wildcard tests/year/*.c)) tests/support/cluster_fixture.c tests/support/distributed.c
YEAR_PRELOAD := $(B)/tests/year/preload_moment.so
$(YEAR): $(call obj,$(YEAR_SRC)) $(LIBS_ALL) | $(YEAR_PRELOAD)
	$(if $(V),,@echo "  LINK  $@";) mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS)
$(B)/tests/year/preload_%.so: tests/year/preload_%.c $(B)/flags
	$(if $(V),,@echo "  LINK  $@";) mkdir -p $(@D) && $(CC) -D_GNU_SOURCE -std=gnu17 $(WARN) -O1 -g -fPIC -shared -o $@ $<

# Pages for a browser: a program of its own.
PAGES        := $(B)/tests/page/pages
$(PAGES): $(call obj,tests/page/pages.c tests/support/hostile.c) $(LIBS_ALL)
	$(if $(V),,@echo "  LINK  $@";) mkdir -p $(@D) && $(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS)

# What the end suite puts into the program's process; without sanitizers, the program has its own.
$(B)/tests/end/preload_%.so: tests/end/preload_%.c $(B)/flags
	$(if $(V),,@echo "  LINK  $@";) mkdir -p $(@D) && $(CC) -D_GNU_SOURCE -std=gnu17 $(WARN) -O1 -g -fPIC -shared -o $@ $< -ldl
$(call test_bin,end): | $(B)/tests/end/preload_clock.so $(B)/tests/year/preload_moment.so

.SECONDARY:

# With sanitizers run those without a database of their own; of the others the compiler's word is enough.
LINKED_SUITES := unit io scenario http $(if $(filter asan,$(VARIANT)),,store end)
tests: $(foreach s,$(LINKED_SUITES),$(call test_bin,$(s))) $(if $(filter debug clang,$(VARIANT)),crash-binaries,$(call said,$(wildcard tests/crash/*.c tests/crash/wrong/*.c)))
tests: $(call said,$(foreach s,$(filter-out $(LINKED_SUITES),unit io scenario http store end),$(call test_src,$(s)) $(call shared_src,$(s))))
.PHONY: tests

# `make test-unit`, `make test-http` …: one suite of the current variant.
.PHONY: $(addprefix test-,$(SUITES))
$(addprefix test-,$(SUITES)): test-%: $(PROGRAM) $(SIM)
	$(Q)$(MAKE) --no-print-directory VARIANT=$(VARIANT) $(call test_bin,$*)
	$(Q)sh tests/support/run.sh $(call test_bin,$*)

.PHONY: test
test: $(PROGRAM) $(SIM) ## every suite of the current variant but bench
	$(Q)$(MAKE) --no-print-directory VARIANT=$(VARIANT) tests
	$(Q)sh tests/support/run.sh $(foreach s,$(LINKED_SUITES),$(call test_bin,$(s)))

.PHONY: check
check: ## everything that must hold before a commit: lint, both compilers, all suites, sanitizers
	$(Q)sh tests/support/deps.sh check || $(MAKE) --no-print-directory deps
	$(Q)sh tests/support/check.sh $(MAKE)

.PHONY: crash-binaries
crash-binaries: $(CRASH_SWEEPS) $(CRASH_PRELOADS) $(CRASH_WRONG)

.PHONY: check-crash
check-crash: ## break it on purpose, everywhere: kills, cuts, failed allocations, wrong programs
	$(Q)sh tests/support/deps.sh check || $(MAKE) --no-print-directory deps
	$(Q)$(MAKE) --no-print-directory VARIANT=debug all crash-binaries
	$(Q)sh tests/crash/run.sh build/debug
.PHONY: check-crash-reduced
check-crash-reduced: all crash-binaries
	$(Q)sh tests/crash/run.sh $(B) reduced

.PHONY: fuzz
fuzz: ## feed every reader what nobody sends, five minutes each (FUZZ_SECONDS=N, FUZZ_ONLY="json text")
	$(Q)sh tests/support/deps.sh check || $(MAKE) --no-print-directory deps
	$(Q)$(MAKE) --no-print-directory VARIANT=fuzz fuzz-binaries
	$(Q)sh tests/fuzz/run.sh build/fuzz long
.PHONY: fuzz-short
fuzz-short: fuzz-binaries
	$(Q)sh tests/fuzz/run.sh $(B) short
.PHONY: fuzz-binaries
fuzz-binaries: $(FUZZ_TARGETS)

.PHONY: year
year: ## years of made-up companies, portals and an administrator, held against targets (an hour)
	$(Q)sh tests/support/deps.sh check || $(MAKE) --no-print-directory deps
	$(Q)$(MAKE) --no-print-directory VARIANT=release all year-binary
	$(Q)build/release/tests/year/year --json build/year.json $(YEAR_OPTIONS)
.PHONY: year-short
year-short: all year-binary
	$(Q)$(YEAR) --rehearse --seeds 3 --large 0 > $(B)/tests/year/rehearsal || { cat $(B)/tests/year/rehearsal; exit 1; }
	$(Q)$(YEAR) --short --json build/year-short.json $(YEAR_OPTIONS)
.PHONY: year-binary
year-binary: $(YEAR) $(YEAR_PRELOAD)

RANDOM_TESTS := test_plan_random test_touch_random
.PHONY: check-worlds
check-worlds: ## 1,000,000 random worlds and tales, and 20 portals of lives, against their oracles (RANDOM_WORLDS=N)
	$(Q)$(MAKE) --no-print-directory VARIANT=release $(patsubst %,build/release/tests/unit/%,$(RANDOM_TESTS))
	$(Q)for test in $(RANDOM_TESTS); do \
	  RANDOM_WORLDS=$${RANDOM_WORLDS:-1000000} build/release/tests/unit/$$test || exit 1; done
	$(Q)$(MAKE) --no-print-directory VARIANT=release build/release/tests/store/test_store_lives
	$(Q)RANDOM_PORTALS=$${RANDOM_PORTALS:-20} build/release/tests/store/test_store_lives

CASES_TESTS := test_frugal test_backtest base/test_fold
.PHONY: check-sweeps
check-sweeps: ## every command of every migration killed, every column of the record changed, every bit of a thousand events, every random case: what a check samples
	$(Q)$(MAKE) --no-print-directory VARIANT=debug $(addprefix build/debug/tests/store/,test_migrate_kill test_audit test_audit_rulings test_savings)
	$(Q)EVERY_COMMAND=1 build/debug/tests/store/test_migrate_kill
	$(Q)EVERY_EVENT=1 build/debug/tests/store/test_audit
	$(Q)EVERY_EVENT=1 build/debug/tests/store/test_audit_rulings
	$(Q)SAVINGS_WORLDS=30 build/debug/tests/store/test_savings
	$(Q)$(MAKE) --no-print-directory VARIANT=asan $(addprefix build/asan/tests/unit/,$(CASES_TESTS))
	$(Q)for test in $(CASES_TESTS); do EVERY_CASE=1 build/asan/tests/unit/$$test || exit 1; done

.PHONY: check-rules
check-rules: ## the alert rules, by promtool (taken from Debian's prometheus when it is not here)
	$(Q)sh tests/support/rules.sh

.PHONY: check-sinks
check-sinks: all $(B)/tests/end/test_sinks ## hostile names in Chromium, LibreOffice and promtool, which must be here
	$(Q)sh tests/sinks/run.sh $(B)

.PHONY: check-page
check-page: all $(PAGES) ## the page of a plan in Chromium: filter, sort, select, decide, download; axe; 20,000 rows
	$(Q)sh tests/page/run.sh $(B)

.PHONY: check-sheet
check-sheet: all $(B)/tests/sheet/test_sheet $(B)/tests/end/preload_clock.so $(B)/tests/year/preload_moment.so ## a plan's workbook filled in and saved by LibreOffice, and handed back
	$(Q)sh tests/sheet/run.sh $(B)

.PHONY: demo
demo: ## a portal, a roster, a plan, on this machine: what the program does, in a minute
	$(Q)sh tests/support/deps.sh build || $(MAKE) --no-print-directory deps
	$(Q)$(MAKE) --no-print-directory VARIANT=release all
	$(Q)sh tests/support/demo.sh

.PHONY: bench
bench: ## figures as ratios within one run (not a timed test)
	$(Q)sh tests/support/deps.sh check || $(MAKE) --no-print-directory deps
	$(Q)$(MAKE) --no-print-directory VARIANT=release all
	$(Q)$(MAKE) --no-print-directory VARIANT=release bench-binaries
	$(Q)sh tests/bench/run.sh
.PHONY: bench-binaries
bench-binaries: $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/bench/bench_*.c))

.PHONY: deps
deps: ## install every package of debian/control, for building, running and testing
	$(Q)sh tests/support/deps.sh install

# --- looks ----------------------------------------------------------------------------------------

.PHONY: lint
lint: format-check ## layering, callers, banned functions, format, cppcheck, hardening (of the debug variant)
	$(Q)$(MAKE) --no-print-directory VARIANT=debug all
	$(Q)sh tests/support/lint.sh
	$(Q)sh tests/support/hardening.sh build/debug/bynder-reconcile build/debug/portal-sim

.PHONY: format
format: ## rewrite the sources with clang-format
	$(Q)clang-format -i $(ALL_SRC) $(ALL_TEST_SRC) $(ALL_HEADERS)

.PHONY: format-check
format-check: ## fail where `make format` would change something
	$(Q)clang-format --dry-run -Werror $(ALL_SRC) $(ALL_TEST_SRC) $(ALL_HEADERS)

.PHONY: sample
sample: $(PROGRAM) ## print the sample and bynder-reconcile.conf(5) anew from the table of settings
	$(Q)$(PROGRAM) check --print-sample > etc/bynder-reconcile.conf.new && mv etc/bynder-reconcile.conf.new etc/bynder-reconcile.conf
	$(Q)$(PROGRAM) check --print-manual > docs/man/bynder-reconcile.conf.5.new && mv docs/man/bynder-reconcile.conf.5.new docs/man/bynder-reconcile.conf.5

# --- installing -----------------------------------------------------------------------------------

.PHONY: install
install: ## install below DESTDIR (prefix=/usr unitdir=/lib/systemd/system), from the release variant
	$(Q)$(MAKE) --no-print-directory VARIANT=release all
	install -D -m 0755 -t $(DESTDIR)$(prefix)/bin build/release/bynder-reconcile build/release/portal-sim
	$(Q)$(MAKE) --no-print-directory install-data

# Everything but the programs: quick, for the checks of units and pages.
.PHONY: install-data
install-data:
	install -D -m 0644 -t $(DESTDIR)$(prefix)/share/bynder-reconcile db/audit-verify.sql db/roles.sql db/distribute.sql
	install -D -m 0644 -t $(DESTDIR)$(unitdir) systemd/*.service systemd/*.timer systemd/*.socket
	install -D -m 0755 -t $(DESTDIR)$(prefix)/lib/bynder-reconcile systemd/run-failed
	install -D -m 0644 -t $(DESTDIR)$(prefix)/share/man/man1 docs/man/*.1
	install -D -m 0644 -t $(DESTDIR)$(prefix)/share/man/man5 docs/man/*.5
	install -D -m 0644 -t $(DESTDIR)$(prefix)/share/man/man7 docs/man/*.7
	install -D -m 0644 etc/completion/bynder-reconcile.bash $(DESTDIR)$(prefix)/share/bash-completion/completions/bynder-reconcile
	install -D -m 0644 -t $(DESTDIR)$(prefix)/share/zsh/vendor-completions etc/completion/_bynder-reconcile
	install -D -m 0644 -t $(DESTDIR)$(prefix)/share/doc/bynder-reconcile/examples etc/bynder-reconcile.conf
	install -D -m 0644 -t $(DESTDIR)$(prefix)/share/doc/bynder-reconcile/examples/prometheus etc/prometheus/bynder-reconcile.rules.yml
	install -D -m 0644 -t $(DESTDIR)$(prefix)/share/doc/bynder-reconcile/examples/grafana etc/grafana/bynder-reconcile.json
	install -D -m 0644 -t $(DESTDIR)$(prefix)/share/doc/bynder-reconcile/examples/systemd etc/systemd/held-is-told.conf etc/systemd/addresses.conf etc/systemd/inbox.conf

.PHONY: deb
deb: ## build the Debian packages in build/deb/ and ask lintian
	$(Q)sh tests/support/deps.sh check || $(MAKE) --no-print-directory deps
	$(Q)sh tests/system/deb.sh build/deb
	$(Q)sh tests/system/lintian.sh build/deb

.PHONY: check-deb
check-deb: ## build the packages twice, in different places: bit by bit the same, lintian silent
	$(Q)sh tests/support/deps.sh check || $(MAKE) --no-print-directory deps
	$(Q)sh tests/system/reproducible.sh

.PHONY: check-packaging
check-packaging: $(PROGRAM) $(SIM) ## units, manual pages, completion: what can be told without a system
	$(Q)sh tests/system/packaging.sh $(B)

.PHONY: check-system
check-system: ## boot a Debian, install the package there, let it work for three portals, purge it
	$(Q)sh tests/support/deps.sh check || $(MAKE) --no-print-directory deps
	$(Q)sh tests/system/run.sh

.PHONY: check-readme
check-readme: ## the README's first dry run, from the first command on, in a bare Debian (as committed)
	$(Q)sh tests/support/deps.sh check || $(MAKE) --no-print-directory deps
	$(Q)sh tests/system/run.sh readme

.PHONY: clean
clean: ## remove build/
	rm -rf build

.PHONY: help
help: ## this list
	$(Q)grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 16 | sort

-include $(shell find $(B)/obj $(B)/word -name '*.d' 2>/dev/null)
