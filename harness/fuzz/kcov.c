// SPDX-License-Identifier: GPL-2.0
/*
 * Coverage: which steps from one place of the kernel to the next were seen, by kcov of
 * each thread. Where no file of the kernel is instrumented, a call, its device and its
 * errno are all there is to tell calls apart.
 */
#include <fcntl.h>
#include <linux/kcov.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "fuzz.h"

#define KCOV_WORDS	(16UL << 10)

static struct coverage *seen;

void kcov_use(struct coverage *shared)
{
	seen = shared;
}

bool kcov_start(struct thread *t)
{
	void *map;
	int fd;

	fd = open("/sys/kernel/debug/kcov", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (ioctl(fd, KCOV_INIT_TRACE, KCOV_WORDS))
		goto none;
	map = mmap(NULL, KCOV_WORDS * sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED || ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC))
		goto none;
	t->kcov = map;
	t->kcov_fd = fd;
	return true;

none:
	close(fd);
	return false;
}

void kcov_begin(struct thread *t)
{
	if (t->kcov)
		__atomic_store_n(&t->kcov[0], 0, __ATOMIC_RELAXED);
}

static void see_pc(uint64_t pc)
{
	uint32_t at = pc * 0x9e3779b97f4a7c15ULL >> 48, i;

	for (i = 0; i < 64; i++, at = (at + 1) % PCS) {
		uint64_t old = __atomic_load_n(&seen->pc[at], __ATOMIC_RELAXED);

		if (old == pc)
			return;
		if (!old && __atomic_compare_exchange_n(&seen->pc[at], &old, pc, false,
							__ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
			__atomic_add_fetch(&seen->nr_pcs, 1, __ATOMIC_RELAXED);
			return;
		}
		if (old == pc)
			return;
	}
}

static bool see_edge(uint64_t edge)
{
	uint32_t at = (edge * 0x9e3779b97f4a7c15ULL >> 32) % EDGES;

	if (seen->edge[at])
		return false;
	seen->edge[at] = 1;
	__atomic_add_fetch(&seen->nr_edges, 1, __ATOMIC_RELAXED);
	return true;
}

void kcov_end(struct thread *t, uint32_t what)
{
	unsigned long i, nr, before = 0;

	if (!seen || t->child)
		return;
	t->fresh += see_edge(what);
	if (!t->kcov)
		return;
	nr = __atomic_load_n(&t->kcov[0], __ATOMIC_RELAXED);
	if (nr >= KCOV_WORDS)
		nr = KCOV_WORDS - 1;
	for (i = 1; i <= nr; i++) {
		unsigned long pc = t->kcov[i];

		t->fresh += see_edge((uint64_t)before << 17 ^ pc);
		see_pc(pc);
		before = pc;
	}
}

/* ---- functions that were never entered ------------------------------------------------- */

struct symbol {
	unsigned long addr;
	char name[64];
};

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

static struct symbol *read_symbols(size_t *nr)
{
	struct symbol *all = NULL, *more;
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[256], type;
	size_t room = 0;

	*nr = 0;
	while (f && fgets(line, sizeof(line), f)) {
		if (*nr == room) {
			room = room ? 2 * room : 4096;
			more = realloc(all, room * sizeof(*all));
			if (!more)
				break;
			all = more;
		}
		if (sscanf(line, "%lx %c %63s", &all[*nr].addr, &type, all[*nr].name) == 3 &&
		    (type == 't' || type == 'T'))
			++*nr;
	}
	if (f)
		fclose(f);
	qsort(all, *nr, sizeof(*all), by_address);
	return all;
}

/* How many places between two addresses were seen. */
static unsigned int seen_in(unsigned long from, unsigned long to)
{
	unsigned int nr = 0;
	size_t i;

	for (i = 0; i < PCS; i++)
		nr += seen->pc[i] >= from && seen->pc[i] < to;
	return nr;
}

/* Each line of the file has a function and how many places it has. */
void kcov_missing(const char *path)
{
	unsigned int missing = 0, functions = 0, places = 0, total = 0, has, nr_seen;
	FILE *f = fopen(path, "re");
	char line[256], name[64];
	struct symbol *all;
	size_t nr, i;

	if (!f)
		return;
	all = read_symbols(&nr);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63s %u", name, &has) != 2)
			continue;
		for (i = 0; i + 1 < nr && strcmp(all[i].name, name); i++)
			;
		if (i + 1 >= nr)
			continue;
		functions++;
		total += has;
		nr_seen = seen_in(all[i].addr, all[i + 1].addr);
		places += nr_seen;
		if (!nr_seen)
			printf("fuzz: never entered: %s\n", name);
		else if (nr_seen < has)
			printf("fuzz: %s: %u of %u places\n", name, nr_seen, has);
		missing += !nr_seen;
	}
	printf("fuzz: %u of %u functions were never entered\n", missing, functions);
	if (total)
		printf("fuzz: %u of %u places of the layer were seen\n", places, total);
	free(all);
	fclose(f);
}
