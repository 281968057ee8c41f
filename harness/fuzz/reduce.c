// SPDX-License-Identifier: GPL-2.0
/*
 * Tries programs alone, and makes a program that finds something as small as it can be.
 */
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "fuzz.h"

/* For what depends on the timing. */
#define TRIES		30U
#define SECONDS		3

static void pause_ms(long ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&ts, NULL);
}

const char *try_program(const struct program *p, unsigned int times, bool strict)
{
	static char text[256];
	static char *said;
	const char *report;
	int status, waited;
	pid_t pid;

	if (!said)
		said = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	said[0] = '\0';
	while (oracle_log())
		;
	oracle_again();
	oracle_base(false);
	fflush(stdout);
	pid = fork();
	if (!pid) {
		static struct run run;
		time_t end = time(NULL) + SECONDS;

		run_init(&run, false);
		run.check_errors = strict;
		run.flags = true;
		while (times-- && !said[0] && time(NULL) <= end) {
			run_program(&run, p);
			/* Errors are only those of a process that ran nothing else. */
			run.check_errors = false;
			strcpy(said, run.finding);
		}
		_exit(0);
	}
	for (waited = 0; waited < 600; waited++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			break;
		pause_ms(100);
	}
	if (waited == 600) {
		kill(pid, SIGKILL);
		return "the program does not end";
	}
	pause_ms(20);
	report = oracle_log();
	if (!report)
		report = said[0] ? said : oracle_quiet(false);
	if (report && report != text)
		snprintf(text, sizeof(text), "%s", report);
	return report ? text : NULL;
}

static bool found(const struct program *p)
{
	return try_program(p, TRIES, false);
}

bool reduce(struct program *p)
{
	struct program less;
	unsigned int i;
	bool again;

	if (!found(p))
		return false;
	do {
		again = false;
		for (i = p->nr; i-- > 0 && p->nr > 1;) {
			less = *p;
			memmove(&less.call[i], &less.call[i + 1],
				(less.nr - i - 1) * sizeof(less.call[0]));
			less.nr--;
			if (!found(&less))
				continue;
			*p = less;
			again = true;
		}
	} while (again);
	for (i = 0; i < p->nr; i++) {
		less = *p;
		less.call[i].thread = 0;
		less.call[i].nth = 0;
		if ((p->call[i].thread || p->call[i].nth) && found(&less))
			*p = less;
	}
	return true;
}
