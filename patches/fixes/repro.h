/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reproducers share: TAP, and accesses that may get a signal.
 *
 * A program exits with 0 if the kernel behaves right, 1 if the bug is there, and
 * 4 if it cannot tell, for lack of a device or of a privilege.
 */
#ifndef REPRO_H
#define REPRO_H

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096UL

static int repro_cases, repro_failed;

static inline void __attribute__((noreturn, format(printf, 1, 2)))
skip_all(const char *why, ...)
{
	va_list ap;

	va_start(ap, why);
	printf("1..0 # SKIP ");
	vprintf(why, ap);
	printf("\n");
	exit(4);
}

static inline void __attribute__((format(printf, 2, 3)))
ok(bool good, const char *what, ...)
{
	va_list ap;

	va_start(ap, what);
	printf("%s %d - ", good ? "ok" : "not ok", ++repro_cases);
	vprintf(what, ap);
	printf("\n");
	repro_failed += !good;
}

static inline int finish(void)
{
	printf("1..%d\n", repro_cases);
	return repro_failed ? 1 : 0;
}

static sigjmp_buf repro_env;

static inline void repro_signal(int sig)
{
	siglongjmp(repro_env, sig);
}

static inline void repro_catch(void)
{
	struct sigaction sa = { .sa_handler = repro_signal };

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
}

/* The byte at @p, or the signal of the access as a negative number */
static inline int load(volatile unsigned char *p)
{
	int sig = sigsetjmp(repro_env, 1);

	return sig ? -sig : *p;
}

/* 0, or the signal of the access as a negative number */
static inline int store(volatile unsigned char *p, unsigned char value)
{
	int sig = sigsetjmp(repro_env, 1);

	if (sig)
		return -sig;
	*p = value;
	return 0;
}

/* What load() or store() returned, for a message */
static inline const char *seen(int value)
{
	static char text[4][16];
	static unsigned int next;
	char *s = text[next++ % 4];

	if (value < 0)
		return value == -SIGBUS ? "SIGBUS" : "SIGSEGV";
	snprintf(s, sizeof(text[0]), value > ' ' && value < 127 ? "'%c'" : "%#x", value);
	return s;
}

/* The page at @p is to begin with @want */
static inline void shows(void *p, int want, const char *what)
{
	int got = load(p);

	ok(got == want, "%s reads %s (expected %s)", what, seen(got), seen(want));
}

#endif
