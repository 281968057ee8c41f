// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation of a fill fails once, one after the other: pages, page
 * tables, and what the core needs besides. What was mapped before is mapped and
 * reported, what was not is not, nothing is lost (R13), and nothing warns (R18).
 */
#include <stdio.h>

#include "kselftest_harness.h"
#include "vma_pool_test.h"

#define VALUE 0xcafe000000000000ULL
#define PAGES 48
#define FAIL_DIR "/sys/kernel/debug/fail_page_alloc/"

static const struct {
	const char *name;
	const char *value;
} settings[] = {
	{ FAIL_DIR "verbose", "0" },
	{ FAIL_DIR "min-order", "0" },
	{ FAIL_DIR "ignore-gfp-wait", "N" },
	{ FAIL_DIR "ignore-gfp-highmem", "N" },
};

FIXTURE(inject)
{
	int fd;
	int nth;
	char *map;
	char saved[ARRAY_SIZE(settings)][16];
};

FIXTURE_SETUP(inject)
{
	size_t i;
	int fd;

	self->fd = pool_open(O_RDWR);
	if (self->fd < 0)
		SKIP(return, "no " POOL_DEV ": load the module vma_pool");
	self->nth = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	if (self->nth < 0)
		SKIP(return, "no /proc/self/fail-nth: no CONFIG_FAULT_INJECTION");
	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		fd = open(settings[i].name, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			SKIP(return, "no " FAIL_DIR);
		ASSERT_LT(0, read(fd, self->saved[i], sizeof(self->saved[i]) - 1));
		close(fd);
	}
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		ASSERT_EQ(0, pool_write_file(settings[i].name, settings[i].value));
}

FIXTURE_TEARDOWN(inject)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (self->saved[i][0])
			pool_write_file(settings[i].name, self->saved[i]);
	close(self->nth);
	close(self->fd);
}

/*
 * Maps the pool where no page table is, and so that the next one is needed in
 * the middle of a batch: with 64 bits, of the last level and the one above,
 * which the core reports differently.
 */
static char *map_across_tables(int fd)
{
	const uintptr_t entries = pool_page_size() / sizeof(uint64_t);
	uintptr_t table = entries * pool_page_size();
	char *area, *at;

	if (sizeof(table) == 8)
		table *= entries;
	area = mmap(NULL, 4 * table, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (area == MAP_FAILED)
		return area;
	munmap(area, 4 * table);
	at = (char *)(((uintptr_t)area + 2 * table) & -table);
	return mmap(at - 24 * pool_page_size(), pool_bytes(), PROT_READ,
		    MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
}

/* Fills with the nth allocation failing. Was there one? */
static bool fill_failing(int nth_fd, int fd, unsigned int nth,
			 struct vma_pool_fill *req, int *err)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	*err = pwrite(nth_fd, text, len, 0) == len ? 0 : errno;
	if (*err)
		return true;
	if (ioctl(fd, VMA_POOL_FILL, req))
		*err = errno;
	/* What is left of the count down; this reads it before it ends it. */
	memset(text, 0, sizeof(text));
	if (pread(nth_fd, text, sizeof(text) - 1, 0) <= 0)
		*err = EIO;
	if (pwrite(nth_fd, "0", 1, 0) != 1)
		*err = EIO;
	return !strtoul(text, NULL, 10);
}

/* A fill where all is new: pages and page tables. */
TEST_F_TIMEOUT(inject, fill, 100)
{
	unsigned int nth, failed = 0, in_batch = 0;
	bool injected;

	for (nth = 1;; nth++) {
		struct vma_pool_fill req = { .count = PAGES, .value = VALUE };
		unsigned int made;
		char *map;
		int err;

		ASSERT_GT(1000, nth);
		map = map_across_tables(self->fd);
		ASSERT_NE(MAP_FAILED, map);
		injected = fill_failing(self->nth, self->fd, nth, &req, &err);

		/* The core can do without some of what it asked for. */
		ASSERT_TRUE(err ? err == ENOMEM : req.made == PAGES)
			TH_LOG("allocation %u: error %d", nth, err);
		failed += !!err;
		/* The second page table is needed at page 24. */
		in_batch += err && req.made == 24;

		ASSERT_EQ(req.made, pool_info(self->fd).present);
		ASSERT_EQ(req.made, pool_pages_good(map, 0, req.made, VALUE));
		ASSERT_EQ(PAGES - req.made,
			  pool_pages_gone(map, req.made, PAGES - req.made));

		/* The rest comes in when there is memory. */
		ASSERT_EQ(0, pool_fill(self->fd, 0, PAGES, VALUE, &made));
		ASSERT_EQ(PAGES, req.made + made);
		ASSERT_EQ(PAGES, pool_pages_good(map, 0, PAGES, VALUE));
		ASSERT_EQ(PAGES, pool_shrink(self->fd, PAGES));
		ASSERT_EQ(0, munmap(map, pool_bytes()));
		if (!injected)
			break;
	}
	TH_LOG("%u of %u allocations made the fill fail, %u in a batch",
	       failed, nth - 1, in_batch);
	/* Each page, and at least one page table. */
	EXPECT_LT(PAGES, failed);
	EXPECT_LE(1, in_batch);
}

TEST_HARNESS_MAIN
