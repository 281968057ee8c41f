// SPDX-License-Identifier: GPL-2.0
/*
 * A revoke unmaps all, and nothing maps the object again, whatever faults,
 * fork(), mremap() and munmap() do meanwhile (R17). The index of a fault counts
 * from the object's start (R12). Each policy of a type has its effect (R8).
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/syscall.h>
#include <time.h>

#include "kselftest_harness.h"
#include "vma_pool_test.h"
#include "vma_window_test.h"

#define RACE_MS		1500

FIXTURE(window)
{
	int fd;
	size_t page;
	size_t size;
};

FIXTURE_SETUP(window)
{
	self->fd = window_open();
	if (self->fd < 0)
		SKIP(return, "no " WINDOW_DEV ": build and load " WINDOW_MODULE);
	self->page = pool_page_size();
	self->size = WINDOW_PAGES * self->page;
}

FIXTURE_TEARDOWN(window)
{
	close(self->fd);
}

/* Refused: mappings outside the object, by size or offset, or wrapping. (R6) */
TEST_F(window, outside)
{
	static const struct {
		unsigned long long index, pages;
	} bad[] = {
		{ WINDOW_BASE - 1, 1 },
		{ WINDOW_BASE - 1, WINDOW_PAGES },
		{ 0, WINDOW_BASE + WINDOW_PAGES },
		{ WINDOW_BASE, WINDOW_PAGES + 1 },
		{ WINDOW_BASE + WINDOW_PAGES, 1 },
		{ WINDOW_BASE + WINDOW_PAGES - 1, 2 },
		{ (1ULL << 51) - 1, 1 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		errno = 0;
		EXPECT_EQ(MAP_FAILED, mmap(NULL, bad[i].pages * self->page,
					   PROT_READ, MAP_SHARED, self->fd,
					   bad[i].index * self->page));
		EXPECT_TRUE(errno == EINVAL || errno == EOVERFLOW) {
			TH_LOG("case %u: %s", i, strerror(errno));
		}
	}
	EXPECT_EQ(0, ioctl(self->fd, WINDOW_MAPPINGS));
}

/* A mapping of a part of the window shows that part. (R12) */
TEST_F(window, part)
{
	char *map = window_map(self->fd, WINDOW_PFN, 5, 7);

	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(7, window_good(map, 5, 7));
}

/* After a split each part shows the same pages, also by later faults. */
TEST_F(window, index_after_split)
{
	char *map = window_map(self->fd, WINDOW_PFN, 0, WINDOW_PAGES);

	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + 20 * self->page, 10 * self->page));
	EXPECT_EQ(2, ioctl(self->fd, WINDOW_MAPPINGS));
	EXPECT_EQ(20, window_good(map, 0, 20));
	EXPECT_EQ(WINDOW_PAGES - 30,
		  window_good(map + 30 * self->page, 30, WINDOW_PAGES - 30));
}

/* A part that was moved shows the same pages too. */
TEST_F(window, index_after_mremap)
{
	char *map = window_map(self->fd, WINDOW_PFN, 0, WINDOW_PAGES);
	char *to;

	ASSERT_NE(MAP_FAILED, map);
	to = mmap(NULL, 8 * self->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
		  -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	to = mremap(map + 40 * self->page, 8 * self->page, 8 * self->page,
		    MREMAP_MAYMOVE | MREMAP_FIXED, to);
	ASSERT_NE(MAP_FAILED, to);
	EXPECT_EQ(8, window_good(to, 40, 8));
	EXPECT_EQ(3, ioctl(self->fd, WINDOW_MAPPINGS));
}

/* A revoke unmaps all, in all processes. After a rearm, faults map it again. */
TEST_F(window, revoke_and_rearm)
{
	char *map, *other;
	int status;
	pid_t pid;

	map = window_map(self->fd, WINDOW_PFN, 0, WINDOW_PAGES);
	other = window_map(self->fd, WINDOW_MIXED, 10, 10);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_NE(MAP_FAILED, other);
	EXPECT_EQ(WINDOW_PAGES, window_good(map, 0, WINDOW_PAGES));
	EXPECT_EQ(10, window_good(other, 10, 10));

	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid) {
		status = window_good(map, 0, WINDOW_PAGES) != WINDOW_PAGES;
		status |= ioctl(self->fd, WINDOW_MAPPINGS) != 4 ? 2 : 0;
		status |= ioctl(self->fd, WINDOW_REVOKE) ? 4 : 0;
		status |= pool_pages_gone(map, 0, WINDOW_PAGES) != WINDOW_PAGES ? 8 : 0;
		_exit(status);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);

	EXPECT_EQ(WINDOW_PAGES, pool_pages_gone(map, 0, WINDOW_PAGES));
	EXPECT_EQ(10, pool_pages_gone(other, 0, 10));
	EXPECT_EQ(2, ioctl(self->fd, WINDOW_MAPPINGS));
	EXPECT_EQ(0, ioctl(self->fd, WINDOW_REARM));
	EXPECT_EQ(WINDOW_PAGES, window_good(map, 0, WINDOW_PAGES));
	EXPECT_EQ(10, window_good(other, 10, 10));

	EXPECT_EQ(0, ioctl(self->fd, WINDOW_REVOKE));
	EXPECT_EQ(WINDOW_PAGES, pool_pages_gone(map, 0, WINDOW_PAGES));
	/* A new mapping is empty too. */
	other = window_map(self->fd, WINDOW_PFN, 0, 4);
	ASSERT_NE(MAP_FAILED, other);
	EXPECT_EQ(4, pool_pages_gone(other, 0, 4));
}

/* A zap leaves the object live. Its range must be inside the object. (R6) */
TEST_F(window, zap)
{
	char *map = window_map(self->fd, WINDOW_MIXED, 0, WINDOW_PAGES);

	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(WINDOW_PAGES, window_good(map, 0, WINDOW_PAGES));
	EXPECT_EQ(0, ioctl(self->fd, WINDOW_ZAP, 3UL << 16 | 5));
	EXPECT_EQ(WINDOW_PAGES, window_good(map, 0, WINDOW_PAGES));
	EXPECT_EQ(-1, ioctl(self->fd, WINDOW_ZAP, 3UL << 16 | 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, WINDOW_ZAP, (unsigned long)WINDOW_PAGES << 16 | 1));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, WINDOW_ZAP, 1UL << 16 | WINDOW_PAGES));
	EXPECT_EQ(EINVAL, errno);
}

/* ---- each policy -------------------------------------------------------- */

static const struct {
	const char *name;
	enum window_type type;
	int split, move, grow, dontunmap, fork;	/* 0, an errno, or a signal */
} policies[] = {
	{ "PFN", WINDOW_PFN, 0, 0, EFAULT, EINVAL, 0 },
	{ "PFN, no split", WINDOW_PFN_NO_SPLIT, EINVAL, 0, EFAULT, EINVAL, 0 },
	{ "PFN, no mremap", WINDOW_PFN_NO_MREMAP, 0, EINVAL, EFAULT, EINVAL, 0 },
	{ "PFN, no fork", WINDOW_PFN_NO_FORK, 0, 0, EFAULT, EINVAL, SIGSEGV },
	{ "mixed", WINDOW_MIXED, 0, 0, EFAULT, EINVAL, 0 },
};

static int try_mremap(char *map, size_t old, size_t size, int flags, char **to)
{
	void *place = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*to = mremap(map, old, size, MREMAP_MAYMOVE | MREMAP_FIXED | flags, place);
	return *to == MAP_FAILED ? errno : 0;
}

TEST_F(window, policies)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(policies); i++) {
		enum window_type type = policies[i].type;
		size_t page = self->page;
		int status, err;
		char *map, *to;
		pid_t pid;

		TH_LOG("%s", policies[i].name);
		map = window_map(self->fd, type, 0, 8);
		ASSERT_NE(MAP_FAILED, map);
		EXPECT_EQ(8, window_good(map, 0, 8));

		pid = fork();
		ASSERT_GE(pid, 0);
		if (!pid)
			_exit(pool_peek(map, NULL));
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_EQ(policies[i].fork, WEXITSTATUS(status));

		err = munmap(map + 4 * page, page) ? errno : 0;
		EXPECT_EQ(policies[i].split, err);
		EXPECT_EQ(4, window_good(map, 0, 4));
		EXPECT_EQ(1 + !err, ioctl(self->fd, WINDOW_MAPPINGS));
		munmap(map, 8 * page);
		EXPECT_EQ(0, ioctl(self->fd, WINDOW_MAPPINGS));

		map = window_map(self->fd, type, 0, 8);
		err = try_mremap(map, 8 * page, 8 * page, 0, &to);
		EXPECT_EQ(policies[i].move, err);
		EXPECT_EQ(8, window_good(err ? map : to, 0, 8));
		EXPECT_EQ(1, ioctl(self->fd, WINDOW_MAPPINGS));
		munmap(err ? map : to, 8 * page);

		/* A mapping of an object cannot grow. (R17) */
		map = window_map(self->fd, type, WINDOW_PAGES - 8, 8);
		err = try_mremap(map, 8 * page, 9 * page, 0, &to);
		EXPECT_EQ(policies[i].grow, err);
		EXPECT_EQ(8, window_good(map, WINDOW_PAGES - 8, 8));
		munmap(map, 8 * page);

		map = window_map(self->fd, type, 0, 8);
		err = try_mremap(map, 8 * page, 8 * page, MREMAP_DONTUNMAP, &to);
		EXPECT_EQ(policies[i].dontunmap, err);
		EXPECT_EQ(8, window_good(map, 0, 8));
		munmap(map, 8 * page);
		if (!err)
			munmap(to, 8 * page);
		EXPECT_EQ(0, ioctl(self->fd, WINDOW_MAPPINGS));
	}
}

/*
 * ---- limits of a revoke, and concurrent changes
 * -------------------------------
 */

/*
 * The copies that a private mapping made on write are the process's own, and
 * stay.
 */
TEST_F(window, revoke_keeps_private_copies)
{
	size_t page = self->page;
	uint64_t *map;

	ioctl(self->fd, WINDOW_SET_TYPE, WINDOW_MIXED);
	map = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE, self->fd,
		   WINDOW_BASE * page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(4, window_good((char *)map, 0, 4));
	map[page / sizeof(*map)] = 99;
	EXPECT_EQ(0, ioctl(self->fd, WINDOW_REVOKE));
	EXPECT_EQ(99, map[page / sizeof(*map)]);
	EXPECT_EQ(WINDOW_GOOD(1), map[page / sizeof(*map) + 1]);
	EXPECT_EQ(1, pool_pages_gone((char *)map, 0, 1));
	EXPECT_EQ(2, pool_pages_gone((char *)map, 2, 2));
	EXPECT_EQ(0, ioctl(self->fd, WINDOW_REARM));
	EXPECT_EQ(0, ioctl(self->fd, WINDOW_TRY_ZAP, 1UL << 16 | 1));
	EXPECT_EQ(99, map[page / sizeof(*map)]);
	EXPECT_EQ(0, ioctl(self->fd, WINDOW_ZAP, 1UL << 16 | 1));
	EXPECT_EQ(99, map[page / sizeof(*map)]);
}

/*
 * A revoke during fork(), a split or mremap() leaves nothing mapped in the copy
 * either, and each copy takes and drops one reference.
 */
TEST_F(window, revoke_in_copy)
{
	size_t page = self->page;
	int status, type;
	char *map, *to;
	pid_t pid;

	for (type = 0; type < WINDOW_NR_TYPES; type++) {
		if (type == WINDOW_PFN_NO_SPLIT || type == WINDOW_PFN_NO_MREMAP ||
		    type == WINDOW_PFN_NO_FORK)
			continue;
		map = window_map(self->fd, type, 0, 8);
		ASSERT_NE(MAP_FAILED, map);
		EXPECT_EQ(8, window_good(map, 0, 8));
		ioctl(self->fd, WINDOW_REVOKE_COPIES, 1);
		pid = fork();
		ASSERT_GE(pid, 0);
		if (!pid)
			_exit(pool_pages_gone(map, 0, 8) != 8);
		ioctl(self->fd, WINDOW_REVOKE_COPIES, 0);
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_EQ(0, status);
		EXPECT_EQ(8, pool_pages_gone(map, 0, 8));

		ioctl(self->fd, WINDOW_REARM);
		EXPECT_EQ(8, window_good(map, 0, 8));
		ioctl(self->fd, WINDOW_REVOKE_COPIES, 1);
		EXPECT_EQ(0, try_mremap(map, 8 * page, 8 * page, 0, &to));
		ioctl(self->fd, WINDOW_REVOKE_COPIES, 0);
		EXPECT_EQ(8, pool_pages_gone(to, 0, 8));

		ioctl(self->fd, WINDOW_REARM);
		EXPECT_EQ(8, window_good(to, 0, 8));
		ioctl(self->fd, WINDOW_REVOKE_COPIES, 1);
		EXPECT_EQ(0, munmap(to + 4 * page, page));
		ioctl(self->fd, WINDOW_REVOKE_COPIES, 0);
		EXPECT_EQ(4, pool_pages_gone(to, 0, 4));
		EXPECT_EQ(3, pool_pages_gone(to, 5, 3));
		EXPECT_EQ(2, ioctl(self->fd, WINDOW_MAPPINGS));
		EXPECT_EQ(2, ioctl(self->fd, WINDOW_HELD));
		ioctl(self->fd, WINDOW_REARM);
		munmap(to, 8 * page);
		EXPECT_EQ(0, ioctl(self->fd, WINDOW_HELD));
	}
}

/* An insert is refused beyond the object's end, and if it is revoked. (R17) */
TEST_F(window, insert_after_revoke)
{
	char *map = window_map(self->fd, WINDOW_PFN, 0, WINDOW_PAGES);

	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, ioctl(self->fd, WINDOW_INSERT, map));
	EXPECT_EQ(-1, ioctl(self->fd, WINDOW_INSERT, map + self->size));
	EXPECT_EQ(ESRCH, errno);
	EXPECT_EQ(0, ioctl(self->fd, WINDOW_REVOKE));
	EXPECT_EQ(-1, ioctl(self->fd, WINDOW_INSERT, map + self->page));
	EXPECT_EQ(ENODEV, errno);
}

/* ---- races -------------------------------------------------------------- */

struct race {
	int fd;
	char *map;	/* shared by the threads that read, fork and revoke */
	int stop;
	unsigned long good, gone, freed, forks, moves;
};

/*
 * Read a word by a system call: it raises no signal, so any thread can do it.
 */
static void race_read(struct race *race, int sink, const char *p)
{
	uint64_t word;

	if (pwrite(sink, p, sizeof(word), 0) != sizeof(word)) {
		__atomic_add_fetch(&race->gone, 1, __ATOMIC_RELAXED);
		return;
	}
	pread(sink, &word, sizeof(word), 0);
	if (word == WINDOW_FREED)
		__atomic_add_fetch(&race->freed, 1, __ATOMIC_RELAXED);
	else
		__atomic_add_fetch(&race->good, 1, __ATOMIC_RELAXED);
}

static void race_read_all(struct race *race, int sink, const char *map)
{
	size_t page = pool_page_size();
	unsigned int i;

	for (i = 0; i < WINDOW_PAGES; i++)
		race_read(race, sink, map + i * page);
}

static int race_sink(void)
{
	return syscall(SYS_memfd_create, "sink", 0);
}

static void *race_reader(void *arg)
{
	struct race *race = arg;
	int sink = race_sink();

	while (!__atomic_load_n(&race->stop, __ATOMIC_RELAXED))
		race_read_all(race, sink, race->map);
	close(sink);
	return NULL;
}

/* A child has the pages that its parent had at the fork, and no more. */
static void *race_forker(void *arg)
{
	struct race *race = arg;

	while (!__atomic_load_n(&race->stop, __ATOMIC_RELAXED)) {
		unsigned long freed = race->freed;
		int status = 1;
		pid_t pid = fork();

		if (!pid) {
			int sink = race_sink(), i;

			for (i = 0; i < 3; i++)
				race_read_all(race, sink, race->map);
			_exit(race->freed != freed);
		}
		waitpid(pid, &status, 0);
		if (status)
			__atomic_add_fetch(&race->freed, 1, __ATOMIC_RELAXED);
		race->forks++;
	}
	return NULL;
}

/* Move a mapping to and fro, and read it all the time. */
static void *race_mover(void *arg)
{
	struct race *race = arg;
	size_t size = WINDOW_PAGES * pool_page_size();
	int sink = race_sink();
	char *map, *places, *to;

	places = mmap(NULL, 2 * size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	map = mmap(places, size, PROT_READ, MAP_SHARED | MAP_FIXED, race->fd,
		   WINDOW_BASE * pool_page_size());
	while (!__atomic_load_n(&race->stop, __ATOMIC_RELAXED)) {
		race_read_all(race, sink, map);
		to = map == places ? places + size : places;
		map = mremap(map, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to);
		if (map == MAP_FAILED)
			break;
		race_read_all(race, sink, map);
		race->moves++;
	}
	close(sink);
	return NULL;
}

static unsigned long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void race_run(struct __test_metadata *_metadata, int fd,
		     enum window_type type)
{
	static void *(*const fns[])(void *) = { race_reader, race_forker, race_mover };
	unsigned long end = now_ms() + RACE_MS, revoked = 0, i;
	struct race race = { .fd = fd };
	pthread_t threads[ARRAY_SIZE(fns)];

	race.map = window_map(fd, type, 0, WINDOW_PAGES);
	ASSERT_NE(MAP_FAILED, race.map);
	for (i = 0; i < ARRAY_SIZE(fns); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, fns[i], &race));
	while (now_ms() < end) {
		ioctl(fd, WINDOW_REVOKE);
		revoked++;
		usleep(200);
		ioctl(fd, WINDOW_REARM);
		usleep(3000);
	}
	__atomic_store_n(&race.stop, 1, __ATOMIC_RELAXED);
	for (i = 0; i < ARRAY_SIZE(fns); i++)
		pthread_join(threads[i], NULL);
	TH_LOG("%lu revokes, %lu forks, %lu moves", revoked, race.forks, race.moves);
	TH_LOG("reads: %lu good, %lu refused, %lu of freed memory", race.good,
	       race.gone, race.freed);
	EXPECT_EQ(0, race.freed);
	EXPECT_GT(race.good, 0);
	EXPECT_GT(race.gone, 0);
	EXPECT_GT(race.forks, 0);
	EXPECT_GT(race.moves, 0);
}

TEST_F(window, revoke_races_pfn)
{
	race_run(_metadata, self->fd, WINDOW_PFN);
}

TEST_F(window, revoke_races_mixed)
{
	race_run(_metadata, self->fd, WINDOW_MIXED);
}

TEST_HARNESS_MAIN
