# SPDX-License-Identifier: GPL-2.0
# Front door of the harness; `make help` lists what there is.

RUN := @harness/run

.PHONY: help
help: ## this list
	@echo 'Typed access to VMAs for kernel drivers. Targets:'
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 18
	@echo 'KSRC=dir takes that kernel tree (only read, except by apply/unapply),'
	@echo 'NO_INSTALL=1 installs no packages, VMA_ACCESS_CACHE=dir moves the cache.'

.PHONY: demo
demo: ## fetch, apply, build, boot, and show the layer at work
	$(RUN) demo

.PHONY: test
test: ## everything that must hold; ends with N passed, N failed, N skipped
	$(RUN) test

.PHONY: test-long
test-long: ## make test, on one processor too, with kmemleak, against unmodified drivers, on arm64 and s390x
	$(RUN) test long

.PHONY: check
check: ## what needs no boot: style, warnings, sparse, and which tool stops which misuse
	$(RUN) test check

.PHONY: kunit
kunit: ## KUnit suites on the debug kernel; SUITES='glob' picks some
	$(RUN) kunit debug '$(SUITES)'

.PHONY: kselftest
kselftest: ## kselftest in the booted debug kernel; TESTS='name ...' picks some
	$(RUN) kselftest $(TESTS)

.PHONY: mutants
mutants: ## remove each check of the layer, one by one: which test notices?
	$(RUN) mutants $(MUTANTS)

.PHONY: check-arches
check-arches: ## the layer compiles for other architectures, UP, without an MMU
	$(RUN) test arches

.PHONY: fuzz
fuzz: ## search MINUTES=n (10) for calls that break a promise, in user mode Linux
	$(RUN) fuzz um $(MINUTES)

.PHONY: test-arches
test-arches: ## KUnit suites on arm64 (4K, 16K, 64K pages), s390x, i386, riscv64, arm, under QEMU
	$(RUN) test test-arches

.PHONY: coverage
coverage: ## lines and branches of the layer that no test reaches, by gcov
	$(RUN) test coverage

.PHONY: fixes-check
fixes-check: ## each reproducer of patches/fixes fails on the plain kernel and passes with the fixes
	$(RUN) fixes-check

.PHONY: series
series: ## the series as mails, in the cache; VERSION=2 makes it the second version
	$(RUN) series

.PHONY: series-check
series-check: ## those mails apply, in order, make the tree of `make apply`, and please checkpatch
	$(RUN) series-check

.PHONY: bench
bench: ## instructions that each verb takes, beside raw C; fails when one got worse
	$(RUN) bench

.PHONY: shell
shell: ## boot the debug kernel to a prompt with the modules loaded
	$(RUN) shell

.PHONY: apply
apply: ## put the series on the kernel tree KSRC: all of it or nothing
	$(RUN) apply '$(KSRC)'

.PHONY: unapply
unapply: ## take it off KSRC again
	$(RUN) unapply '$(KSRC)'

.PHONY: clean
clean: ## remove what was built (kernels, logs); the source and ccache stay
	$(RUN) clean

.PHONY: distclean
distclean: ## remove the whole cache folder
	$(RUN) clean all
