// SPDX-License-Identifier: GPL-2.0
/*
 * Workers: each is a process that keeps another one running programs, which may die of
 * what they do.
 */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

#include "fuzz.h"

#define PER_PROCESS	300	/* programs, before its address space goes */
#define STUCK		90	/* seconds */

struct shared *shared;
struct history *history;

void corpus_add(const struct program *p)
{
	unsigned int at = __atomic_load_n(&shared->nr_corpus, __ATOMIC_RELAXED);

	do {
		if (at == CORPUS)
			return;
	} while (!__atomic_compare_exchange_n(&shared->nr_corpus, &at, at + 1, false,
					      __ATOMIC_RELAXED, __ATOMIC_RELAXED));
	shared->corpus[at] = *p;
	__atomic_store_n(&shared->ready[at], 1, __ATOMIC_RELEASE);
}

static const struct program *corpus_any(struct bytes *b)
{
	unsigned int nr = __atomic_load_n(&shared->nr_corpus, __ATOMIC_RELAXED), at;

	if (!nr)
		return NULL;
	/* Newer programs are tried more often. */
	at = below(b, nr);
	if (below(b, 3) == 0)
		at = nr - 1 - below(b, 1 + nr / 8);
	return __atomic_load_n(&shared->ready[at], __ATOMIC_ACQUIRE) ? &shared->corpus[at] : NULL;
}

void worker_found(const char *text, const struct program *p)
{
	if (__atomic_exchange_n(&shared->found, 1, __ATOMIC_ACQ_REL))
		return;
	snprintf(shared->finding, sizeof(shared->finding), "%s", text);
	if (p)
		shared->found_in = *p;
	__atomic_store_n(&shared->stop, 1, __ATOMIC_RELEASE);
}

static bool ends(void)
{
	return __atomic_load_n(&shared->stop, __ATOMIC_ACQUIRE) ||
	       __atomic_load_n(&shared->quiet, __ATOMIC_ACQUIRE);
}

static void next_program(struct program *p, struct bytes *b)
{
	const struct program *from = corpus_any(b), *other = corpus_any(b);
	unsigned int seed;

	/* First of all, those that it begins with: what they cover is not new. */
	if (__atomic_load_n(&shared->next_seed, __ATOMIC_RELAXED) < shared->nr_seeds) {
		seed = __atomic_fetch_add(&shared->next_seed, 1, __ATOMIC_RELAXED);
		if (seed < shared->nr_seeds) {
			*p = shared->corpus[seed];
			return;
		}
	}
	if (!from || !other || below(b, 8) == 0) {
		program_make(p, b);
		return;
	}
	*p = *from;
	program_mutate(p, other, b);
}

static void run_programs(unsigned int id, struct bytes *b)
{
	struct worker *w = &shared->worker[id];
	static struct run run;
	struct program p;
	unsigned int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_init(&run, true);
	for (i = 0; i < PER_PROCESS && !ends(); i++) {
		next_program(&p, b);
		if (!p.nr)
			continue;
		history->at[id] = (history->at[id] + 1) % KEPT;
		history->kept[id][history->at[id]] = p;
		run.flags = i % 16 == 0;
		if (run_program(&run, &p) > 0 &&
		    __atomic_load_n(&shared->next_seed, __ATOMIC_RELAXED) >= shared->nr_seeds)
			corpus_add(&p);
		w->calls += p.nr;
		w->programs++;
		w->beat++;
		if (run.finding[0])
			worker_found(run.finding, &p);
	}
	_exit(0);
}

static void watch(unsigned int id, pid_t pid)
{
	struct worker *w = &shared->worker[id];
	struct timespec ts = { .tv_nsec = 20000000 };
	unsigned int beat = w->beat, waited = 0;
	int status;

	while (waitpid(pid, &status, WNOHANG) != pid) {
		nanosleep(&ts, NULL);
		waited = w->beat == beat ? waited + 1 : 0;
		beat = w->beat;
		if (waited == STUCK * 50) {
			kill(pid, SIGKILL);
			worker_found("a program does not end", &history->kept[id][history->at[id]]);
		}
	}
	w->deaths += WIFSIGNALED(status);
}

void worker_start(unsigned int id, uint64_t seed)
{
	struct timespec ts = { .tv_nsec = 20000000 };
	struct bytes b = { .state = seed * 0x9e3779b97f4a7c15ULL + id + 1 };
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid) {
		shared->worker[id].pid = pid;
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!__atomic_load_n(&shared->stop, __ATOMIC_ACQUIRE)) {
		if (__atomic_load_n(&shared->quiet, __ATOMIC_ACQUIRE)) {
			__atomic_fetch_add(&shared->quiet, 1, __ATOMIC_ACQ_REL);
			while (__atomic_load_n(&shared->quiet, __ATOMIC_ACQUIRE) &&
			       !__atomic_load_n(&shared->stop, __ATOMIC_ACQUIRE))
				nanosleep(&ts, NULL);
			continue;
		}
		/* Each process continues with other bytes. */
		b.state = b.state * 6364136223846793005ULL + 1442695040888963407ULL;
		if (!b.state)
			b.state = 1;
		pid = fork();
		if (!pid)
			run_programs(id, &b);
		if (pid > 0)
			watch(id, pid);
	}
	_exit(0);
}

void workers_quiet(unsigned int nr, bool quiet)
{
	struct timespec ts = { .tv_nsec = 20000000 };
	unsigned int waited;

	__atomic_store_n(&shared->quiet, quiet, __ATOMIC_RELEASE);
	for (waited = 0; quiet && waited < 2 * STUCK * 50; waited++) {
		if (__atomic_load_n(&shared->quiet, __ATOMIC_ACQUIRE) > (int)nr)
			break;
		nanosleep(&ts, NULL);
	}
}
