// SPDX-License-Identifier: GPL-2.0
/*
 * What user space can do to a mapping that has an entry of 1 GiB, and to page
 * tables while a driver inserts into them. The kernel's log shows whether the
 * kernel survived.
 */
#include <pthread.h>
#include <time.h>

#include "kselftest_harness.h"
#include "test_modules/vma_huge.h"
#include "vma_window_test.h"

#define HUGE_DEV	"/dev/vma_huge"
#define HUGE_MODULE	"test_modules/vma_huge.ko"

#define SZ_2M		(2UL << 20)
#define ORDER_1G	18
#define SECONDS		3

FIXTURE(huge)
{
	int fd;
	size_t page;
	char *area;	/* room for three, aligned */
	char *map;	/* the middle one */
};

static int entries(int fd, int order)
{
	return ioctl(fd, HUGE_ENTRIES, order);
}

FIXTURE_SETUP(huge)
{
	int before;
	char *area;

	self->page = pool_page_size();
	self->fd = module_open(HUGE_DEV, HUGE_MODULE);
	if (self->fd < 0)
		SKIP(return, "no " HUGE_DEV ": load the module vma_huge");
	area = mmap(NULL, 4 * HUGE_SIZE, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ASSERT_NE(MAP_FAILED, area);
	self->area = (char *)(((unsigned long)area + HUGE_SIZE - 1) & ~(HUGE_SIZE - 1));
	self->map = self->area + HUGE_SIZE;
	ASSERT_EQ(self->map, mmap(self->map, HUGE_SIZE, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_FIXED, self->fd, 0));
	before = entries(self->fd, ORDER_1G);
	ASSERT_EQ(0, pool_peek(self->map, NULL));
	if (entries(self->fd, ORDER_1G) == before)
		SKIP(return, "there are no entries of 1 GiB");
	alarm(100);
}

FIXTURE_TEARDOWN(huge)
{
	close(self->fd);
}

/* Both ends and the middle can be read, by smaller entries now. */
static bool is_smaller(int fd, const char *map)
{
	int before = entries(fd, ORDER_1G);

	return !pool_peek(map, NULL) && !pool_peek(map + HUGE_SIZE / 2, NULL) &&
	       !pool_peek(map + HUGE_SIZE - pool_page_size(), NULL) &&
	       entries(fd, ORDER_1G) == before;
}

/* mprotect() of one page in the middle. */
TEST_F(huge, mprotect_page)
{
	char *page = self->map + SZ_2M + self->page;

	ASSERT_EQ(0, mprotect(page, self->page, PROT_NONE));
	EXPECT_EQ(SIGSEGV, pool_peek(page, NULL));
	EXPECT_EQ(0, pool_peek(page + self->page, NULL));
	EXPECT_TRUE(is_smaller(self->fd, self->map));
}

/* mprotect() of a range that one entry of the next size maps. */
TEST_F(huge, mprotect_2m)
{
	ASSERT_EQ(0, mprotect(self->map + SZ_2M, SZ_2M, PROT_NONE));
	EXPECT_EQ(SIGSEGV, pool_peek(self->map + SZ_2M, NULL));
	EXPECT_TRUE(is_smaller(self->fd, self->map));
}

/* mprotect() of the whole mapping keeps the entry, twice. */
TEST_F(huge, mprotect_whole)
{
	int i, before = entries(self->fd, ORDER_1G);

	for (i = 0; i < 2; i++) {
		ASSERT_EQ(0, mprotect(self->map, HUGE_SIZE, PROT_NONE));
		EXPECT_EQ(SIGSEGV, pool_peek(self->map + SZ_2M, NULL));
		/* From PROT_NONE to PROT_NONE. */
		ASSERT_EQ(0, mprotect(self->map, HUGE_SIZE / 2, PROT_NONE));
		ASSERT_EQ(0, mprotect(self->map, HUGE_SIZE, PROT_READ));
		EXPECT_EQ(0, pool_peek(self->map + SZ_2M, NULL));
	}
	EXPECT_EQ(before, entries(self->fd, ORDER_1G));
	ASSERT_EQ(0, mprotect(self->map, HUGE_SIZE, PROT_NONE));
	ASSERT_EQ(0, mprotect(self->map, self->page, PROT_READ));
	EXPECT_EQ(0, pool_peek(self->map, NULL));
	EXPECT_EQ(SIGSEGV, pool_peek(self->map + SZ_2M, NULL));
}

/* Write after a read-only phase. */
TEST_F(huge, write_after_mprotect)
{
	ASSERT_EQ(0, mprotect(self->map, HUGE_SIZE, PROT_READ));
	ASSERT_EQ(0, mprotect(self->map, HUGE_SIZE, PROT_READ | PROT_WRITE));
	self->map[SZ_2M] = 1;
	EXPECT_EQ(0, pool_peek(self->map, NULL));
}

/* munmap() of a part, at the start, at the end and in the middle. */
TEST_F(huge, munmap_parts)
{
	ASSERT_EQ(0, munmap(self->map, self->page));
	ASSERT_EQ(0, munmap(self->map + HUGE_SIZE - self->page, self->page));
	ASSERT_EQ(0, munmap(self->map + SZ_2M, SZ_2M));
	EXPECT_EQ(SIGSEGV, pool_peek(self->map, NULL));
	EXPECT_EQ(0, pool_peek(self->map + self->page, NULL));
	EXPECT_EQ(0, pool_peek(self->map + HUGE_SIZE - 2 * self->page, NULL));
}

/* MADV_DONTFORK of a part: a child does not get that part. */
TEST_F(huge, madvise_parts)
{
	int status;
	pid_t pid;

	ASSERT_EQ(0, madvise(self->map + SZ_2M, SZ_2M, MADV_DONTFORK));
	EXPECT_TRUE(is_smaller(self->fd, self->map));
	pid = fork();
	if (!pid) {
		alarm(60);
		_exit(pool_peek(self->map + SZ_2M, NULL) != SIGSEGV ||
		      pool_peek(self->map, NULL) ||
		      pool_peek(self->map + 2 * SZ_2M, NULL));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
}

/* Advice without an effect here; some of it still walks over the entries. */
TEST_F(huge, advice)
{
	static const int advice[] = {
		MADV_NORMAL, MADV_RANDOM, MADV_WILLNEED, MADV_DONTNEED, MADV_FREE,
		MADV_COLD, MADV_PAGEOUT, MADV_HUGEPAGE, MADV_NOHUGEPAGE,
		MADV_POPULATE_READ, MADV_MERGEABLE, MADV_DONTDUMP,
		102 /* MADV_GUARD_INSTALL */, 25 /* MADV_COLLAPSE */,
	};
	unsigned char *vec = malloc(HUGE_SIZE / self->page);
	unsigned int i;

	ASSERT_NE(NULL, vec);
	for (i = 0; i < ARRAY_SIZE(advice); i++) {
		madvise(self->map, HUGE_SIZE, advice[i]);
		madvise(self->map + SZ_2M, self->page, advice[i]);
		EXPECT_EQ(0, pool_peek(self->map, NULL));
	}
	mlock(self->map, HUGE_SIZE);
	mlock(self->map + SZ_2M, self->page);
	EXPECT_EQ(0, mincore(self->map, HUGE_SIZE, vec));
	EXPECT_EQ(0, mincore(self->map + self->page, self->page, vec));
	EXPECT_EQ(0, pool_peek(self->map, NULL));
	free(vec);
}

/*
 * If the entry fits at the new address, a moved mapping is not faulted in
 * again.
 */
TEST_F(huge, mremap_whole)
{
	int before = entries(self->fd, ORDER_1G);

	ASSERT_EQ(self->area, mremap(self->map, HUGE_SIZE, HUGE_SIZE,
				     MREMAP_MAYMOVE | MREMAP_FIXED, self->area));
	EXPECT_EQ(0, pool_peek(self->area + SZ_2M, NULL));
	EXPECT_EQ(before, entries(self->fd, ORDER_1G));
	EXPECT_EQ(SIGSEGV, pool_peek(self->map, NULL));
	ASSERT_EQ(self->map, mremap(self->area, HUGE_SIZE, HUGE_SIZE,
				    MREMAP_MAYMOVE | MREMAP_FIXED, self->map));
	EXPECT_EQ(0, pool_peek(self->map, NULL));
	EXPECT_EQ(before, entries(self->fd, ORDER_1G));
}

/* If the entry does not fit at the new address, it is faulted in again. */
TEST_F(huge, mremap_unaligned)
{
	char *to = self->area + SZ_2M;

	/* Move it away first: the ranges must not overlap. */
	ASSERT_EQ(self->map + HUGE_SIZE, mremap(self->map, HUGE_SIZE, HUGE_SIZE,
						MREMAP_MAYMOVE | MREMAP_FIXED,
						self->map + HUGE_SIZE));
	ASSERT_EQ(to, mremap(self->map + HUGE_SIZE, HUGE_SIZE, HUGE_SIZE,
			     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_TRUE(is_smaller(self->fd, to));
}

/* Move a part of it, and shrink the rest. */
TEST_F(huge, mremap_parts)
{
	char *part = self->map + HUGE_SIZE / 2;

	ASSERT_EQ(self->area, mremap(part, SZ_2M + self->page, SZ_2M + self->page,
				     MREMAP_MAYMOVE | MREMAP_FIXED, self->area));
	EXPECT_EQ(0, pool_peek(self->area, NULL));
	EXPECT_EQ(0, pool_peek(self->map, NULL));
	EXPECT_EQ(SIGSEGV, pool_peek(part, NULL));
	ASSERT_EQ(self->map, mremap(self->map, HUGE_SIZE / 2, self->page, 0));
	EXPECT_EQ(0, pool_peek(self->map, NULL));
	EXPECT_EQ(SIGSEGV, pool_peek(self->map + self->page, NULL));
}

/* A child has the entry too, and can split its own. */
TEST_F(huge, fork)
{
	int before = entries(self->fd, ORDER_1G), status;
	pid_t pid = fork();

	if (!pid) {
		alarm(60);
		if (pool_peek(self->map + SZ_2M, NULL) ||
		    entries(self->fd, ORDER_1G) != before)
			_exit(1);
		_exit(munmap(self->map + SZ_2M, self->page) ? 2 :
		      pool_peek(self->map, NULL));
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, pool_peek(self->map + SZ_2M, NULL));
}

/* ---- page tables that are reclaimed -------------------------------------- */

#define TABLES_SIZE	(8UL << 20)

FIXTURE(tables)
{
	int fd, ooms;
	size_t page;
	char *map;
	pthread_t thread;
};

static bool tables_stop;

static void *zaps(void *map)
{
	unsigned long nr = 0;

	while (!__atomic_load_n(&tables_stop, __ATOMIC_RELAXED)) {
		madvise(map, TABLES_SIZE, MADV_DONTNEED);
		nr++;
	}
	return (void *)nr;
}

FIXTURE_SETUP(tables)
{
	char *area;

	self->page = pool_page_size();
	self->fd = module_open(HUGE_DEV, HUGE_MODULE);
	if (self->fd < 0)
		SKIP(return, "no " HUGE_DEV ": load the module vma_huge");
	self->ooms = ioctl(self->fd, HUGE_OOMS);
	area = mmap(NULL, 2 * TABLES_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, area);
	area = (char *)(((unsigned long)area + TABLES_SIZE - 1) & ~(TABLES_SIZE - 1));
	self->map = mmap(area, TABLES_SIZE, PROT_READ, MAP_SHARED | MAP_FIXED,
			 self->fd, HUGE_SIZE);
	ASSERT_EQ(area, self->map);
	alarm(100);
	ASSERT_EQ(0, pthread_create(&self->thread, NULL, zaps, self->map));
}

FIXTURE_TEARDOWN(tables)
{
	void *nr = NULL;

	if (self->fd >= 0) {
		__atomic_store_n(&tables_stop, true, __ATOMIC_RELAXED);
		pthread_join(self->thread, &nr);
	}
	TH_LOG("%lu zaps", (unsigned long)nr);
	close(self->fd);
}

static bool seconds_left(time_t *end)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!*end)
		*end = now.tv_sec + SECONDS;
	return now.tv_sec < *end;
}

/* An address in one of the page tables. */
static char *tables_at(char *map, size_t page, unsigned long round)
{
	return map + round * 7 * page % (TABLES_SIZE - 16 * page);
}

/*
 * Inserts by ioctl do not fail with ENOMEM because a table was reclaimed
 * meanwhile.
 */
TEST_F(tables, insert)
{
	unsigned long round, busy = 0;
	time_t end = 0;

	for (round = 0; seconds_left(&end); round++) {
		char *at = tables_at(self->map, self->page, round);

		if (!ioctl(self->fd, round & 1 ? HUGE_INSERT : HUGE_INSERT_MANY, at))
			continue;
		ASSERT_EQ(EBUSY, errno);
		busy++;
	}
	TH_LOG("%lu inserts, %lu found something there", round, busy);
}

/* Faults do not fail because of that either. */
TEST_F(tables, fault)
{
	unsigned long round;
	time_t end = 0;

	for (round = 0; seconds_left(&end); round++)
		ASSERT_EQ(0, pool_peek(tables_at(self->map, self->page, round), NULL));
	EXPECT_EQ(self->ooms, ioctl(self->fd, HUGE_OOMS));
	TH_LOG("%lu faults", round);
}

TEST_HARNESS_MAIN
