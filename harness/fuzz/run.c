// SPDX-License-Identifier: GPL-2.0
/*
 * Runs programs: the calls of each thread one after the other, the threads at the same
 * time. What a program left behind is looked at, and removed.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "fuzz.h"

static sem_t begin[THREADS], end[THREADS];

void finding(struct run *run, const char *format, ...)
{
	va_list ap;

	if (run->finding[0])
		return;
	va_start(ap, format);
	vsnprintf(run->finding, sizeof(run->finding), format, ap);
	va_end(ap);
}

static void end_of_fork(struct thread *t)
{
	if (t->child)
		_exit(0);
	if (t->forked)
		trace(t, "\tif (!pid)\n\t\t_exit(0);\n");
}

static void check_error(struct thread *t, const struct call *c, int error)
{
	int expected = c->expects == 1 ? 0 : c->error;

	if (error != expected)
		finding(t->run, "call %zu, %s: %s, expected: %s", c - t->run->program->call + 1,
			ops[c->op]->name, strerror(error), strerror(expected));
}

static void run_call(struct thread *t, const struct call *c)
{
	const struct op *op = ops[c->op % nr_ops];
	const struct device *dev = NULL;
	unsigned int i;
	int error;
	long ret;

	trace(t, "\t/* %s */\n", op->name);
	for (i = 0; i < MAX_ARGS && op->args[i]; i++)
		if (op->args[i] == ARG_FILE)
			dev = t->run->file[c->arg[i] % FILES].dev;
	t->used = 0;
	kcov_begin(t);
	if (c->nth)
		fail_begin(t, c->nth);
	ret = op->fn(t, c->arg);
	error = ret < 0 ? errno : 0;
	if (c->nth)
		fail_end(t);
	kcov_end(t, c->op << 16 | (dev ? dev - devices + 1 : 0) << 8 | (error & 0xff));
	if (t->run->check_errors && c->expects && !t->child)
		check_error(t, c, error);
	if (op->look && !error && t->run->alone && !t->forked && !t->child)
		oracle_mapped(t->run);
	if (t->fork_left && !--t->fork_left)
		end_of_fork(t);
}

static void run_thread(struct thread *t)
{
	const struct program *p = t->run->program;
	unsigned int i;

	t->fork_left = 0;
	t->forked = 0;
	t->child = false;
	t->last = 0;
	for (i = 0; i < p->nr; i++)
		if (p->call[i].thread == t->id)
			run_call(t, &p->call[i]);
	if (t->fork_left)
		end_of_fork(t);
	if (t->forked > 0)
		waitpid(t->forked, NULL, 0);
}

static void *thread_main(void *arg)
{
	struct thread *t = arg;

	for (;;) {
		while (sem_wait(&begin[t->id]))
			;
		run_thread(t);
		sem_post(&end[t->id]);
	}
	return NULL;
}

static void *thread_main_kcov(void *arg)
{
	kcov_start(arg);
	return thread_main(arg);
}

void run_init(struct run *run, bool kcov)
{
	unsigned int i;
	pthread_t id;

	for (i = 0; i < THREADS; i++) {
		run->thread[i] = (struct thread){
			.run = run, .id = i, .nth_fd = -1, .kcov_fd = -1,
		};
		sem_init(&begin[i], 0, 0);
		sem_init(&end[i], 0, 0);
	}
	if (kcov)
		kcov_start(&run->thread[0]);
	for (i = 1; i < THREADS; i++) {
		if (!pthread_create(&id, NULL, kcov ? thread_main_kcov : thread_main,
				    &run->thread[i]))
			continue;
		perror("thread");
		exit(2);
	}
}

static unsigned int run_threads(struct run *run, const struct program *p)
{
	unsigned int used = 0, fresh = 0, i;

	run->program = p;
	for (i = 0; i < p->nr; i++)
		used |= 1U << p->call[i].thread;
	run->alone = used == 1;
	for (i = 1; i < THREADS; i++)
		if (used & 1U << i)
			sem_post(&begin[i]);
	run_thread(&run->thread[0]);
	for (i = 1; i < THREADS; i++)
		while (used & 1U << i && sem_wait(&end[i]))
			;
	for (i = 0; i < THREADS; i++) {
		fresh += run->thread[i].fresh;
		run->thread[i].fresh = 0;
	}
	return fresh;
}

unsigned int run_program(struct run *run, const struct program *p)
{
	unsigned int fresh;

	memset(run->file, 0, sizeof(run->file));
	run->finding[0] = '\0';
	fresh = run_threads(run, p);
	oracle_mapped(run);
	/* A mapping that begins in the last slot may end behind it. */
	if (munmap((void *)AREA, AREA_SIZE + 2 * SLOT_SIZE))
		finding(run, "munmap() of all: %s", strerror(errno));
	oracle_unmapped(run);
	syscall(__NR_close_range, FILE_FD, PEER_FD + FILES, 0);
	return fresh;
}

/* ---- as C ------------------------------------------------------------------------------ */

static const char before[] =
"/* gcc -static -pthread repro.c */\n"
"#define _GNU_SOURCE\n"
"#include <fcntl.h>\n"
"#include <pthread.h>\n"
"#include <setjmp.h>\n"
"#include <signal.h>\n"
"#include <stdio.h>\n"
"#include <string.h>\n"
"#include <sys/mman.h>\n"
"#include <sys/syscall.h>\n"
"#include <sys/wait.h>\n"
"#include <unistd.h>\n"
"\n"
"static __thread sigjmp_buf env;\n"
"\n"
"static void on_signal(int sig)\n"
"{\n"
"\tsiglongjmp(env, sig);\n"
"}\n"
"\n"
"static inline void peek(unsigned long addr)\n"
"{\n"
"\tif (!sigsetjmp(env, 1))\n"
"\t\t*(volatile long *)addr;\n"
"}\n"
"\n"
"static inline void poke(unsigned long addr)\n"
"{\n"
"\tif (!sigsetjmp(env, 1))\n"
"\t\t*(volatile long *)addr = 0x50cced0000000000L + addr;\n"
"}\n"
"\n"
"static inline void fail_nth(unsigned int nth)\n"
"{\n"
"\tint fd = open(\"/proc/thread-self/fail-nth\", O_RDWR);\n"
"\n"
"\tdprintf(fd, \"%u\", nth);\n"
"\tclose(fd);\n"
"}\n"
"\n";

static void trace_main(FILE *out, unsigned int used)
{
	unsigned int i;

	fprintf(out, "int main(void)\n{\n\tpthread_t id[%u];\n\n", THREADS);
	fprintf(out, "\tsignal(SIGSEGV, on_signal);\n\tsignal(SIGBUS, on_signal);\n");
	fprintf(out, "\tmmap((void *)0x%lx, 0x%lx, PROT_READ | PROT_WRITE,\n", SCRATCH,
		THREADS * SCRATCH_SIZE);
	fprintf(out, "\t     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);\n");
	for (i = 0; i < THREADS; i++)
		if (used & 1U << i)
			fprintf(out, "\tpthread_create(&id[%u], NULL, thread%u, NULL);\n", i, i);
	for (i = 0; i < THREADS; i++)
		if (used & 1U << i)
			fprintf(out, "\tpthread_join(id[%u], NULL);\n", i);
	fprintf(out, "\twhile (wait(NULL) > 0)\n\t\t;\n");
	fprintf(out, "\treturn munmap((void *)0x%lx, 0x%lx);\n}\n", AREA,
		AREA_SIZE + 2 * SLOT_SIZE);
}

/* This runs the program, as what later calls do depends on what earlier ones returned. */
void run_trace(const struct program *p, FILE *out)
{
	static struct run run;
	char *text[THREADS];
	size_t size[THREADS];
	unsigned int used = 0, i;

	run_init(&run, false);
	for (i = 0; i < THREADS; i++)
		run.thread[i].trace = open_memstream(&text[i], &size[i]);
	run_threads(&run, p);
	for (i = 0; i < p->nr; i++)
		used |= 1U << p->call[i].thread;
	fputs(before, out);
	for (i = 0; i < THREADS; i++) {
		fclose(run.thread[i].trace);
		if (used & 1U << i)
			fprintf(out, "static void *thread%u(void *arg)\n{\n"
				"\tlong r = 0, pid = 0;\n\n"
				"%s\treturn (void *)(r + pid);\n}\n\n", i, text[i]);
	}
	trace_main(out, used);
}
