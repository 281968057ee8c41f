// SPDX-License-Identifier: GPL-2.0
/*
 * Pages are given back when memory is short: first the mapping of a page goes,
 * then the page (R17). The next access raises SIGBUS, the next fill makes it
 * anew.
 */
#include <dirent.h>
#include <stdio.h>

#include "kselftest_harness.h"
#include "vma_pool_test.h"

#define VALUE 0xbbcc000000000000ULL
#define ANEW 0xddee000000000000ULL
#define SHRINKERS "/sys/kernel/debug/shrinker"

FIXTURE(shrink)
{
	int fd;
	char *map;
};

FIXTURE_SETUP(shrink)
{
	self->fd = pool_open(O_RDWR);
	if (self->fd < 0)
		SKIP(return, "no " POOL_DEV ": load the module vma_pool");
	self->map = pool_map(self->fd);
	ASSERT_NE(MAP_FAILED, self->map);
}

FIXTURE_TEARDOWN(shrink)
{
	close(self->fd);
}

/* So many pages go, the others stay, and a fill brings them back. */
TEST_F(shrink, by_hand)
{
	unsigned int made;

	ASSERT_EQ(0, pool_fill(self->fd, 0, 32, VALUE, &made));
	EXPECT_EQ(32, made);
	EXPECT_EQ(0, pool_shrink(self->fd, 0));
	EXPECT_EQ(32, pool_pages_good(self->map, 0, 32, VALUE));

	EXPECT_EQ(10, pool_shrink(self->fd, 10));
	EXPECT_EQ(22, pool_info(self->fd).present);
	EXPECT_EQ(10, pool_pages_gone(self->map, 0, 10));
	EXPECT_EQ(22, pool_pages_good(self->map, 10, 22, VALUE));

	EXPECT_EQ(0, pool_fill_from_child(self->fd, 0, 32, ANEW));
	EXPECT_EQ(32, pool_info(self->fd).present);
	EXPECT_EQ(10, pool_pages_good(self->map, 0, 10, ANEW));
	EXPECT_EQ(22, pool_pages_good(self->map, 10, 22, VALUE));

	EXPECT_EQ(32, pool_shrink(self->fd, VMA_POOL_PAGES));
	EXPECT_EQ(0, pool_info(self->fd).present);
	EXPECT_EQ(32, pool_pages_gone(self->map, 0, 32));
	EXPECT_EQ(0, pool_shrink(self->fd, VMA_POOL_PAGES));
}

/* Runs of pages with holes between, and pages that are not mapped just now. */
TEST_F(shrink, with_holes)
{
	ASSERT_EQ(0, pool_fill(self->fd, 1, 3, VALUE, NULL));
	ASSERT_EQ(0, pool_fill(self->fd, 8, 4, VALUE, NULL));
	ASSERT_EQ(0, pool_fill(self->fd, 13, 1, VALUE, NULL));
	ASSERT_EQ(0, pool_fill(self->fd, VMA_POOL_PAGES - 2, 2, VALUE, NULL));
	ASSERT_EQ(0, pool_zap(self->fd, (uintptr_t)self->map + 2 * pool_page_size(),
			      pool_page_size()));

	EXPECT_EQ(5, pool_shrink(self->fd, 5));
	EXPECT_EQ(10, pool_pages_gone(self->map, 0, 10));
	EXPECT_EQ(2, pool_pages_good(self->map, 10, 2, VALUE));
	EXPECT_EQ(1, pool_pages_good(self->map, 13, 1, VALUE));
	EXPECT_EQ(5, pool_info(self->fd).present);

	EXPECT_EQ(4, pool_shrink(self->fd, 4));
	EXPECT_EQ(1, pool_pages_good(self->map, VMA_POOL_PAGES - 1, 1, VALUE));
	EXPECT_EQ(1, pool_shrink(self->fd, 4));
	EXPECT_EQ(VMA_POOL_PAGES, pool_pages_gone(self->map, 0, VMA_POOL_PAGES));
}

/* The pool's folder in debugfs, where a shrinker can be asked to run. */
static int shrinker_file(char *path, size_t size, const char *file)
{
	DIR *dir = opendir(SHRINKERS);
	struct dirent *entry;
	int err = ENOENT;

	if (!dir)
		return errno;
	while ((entry = readdir(dir))) {
		if (strncmp(entry->d_name, "vma-pool-", 9))
			continue;
		snprintf(path, size, SHRINKERS "/%.64s/%s", entry->d_name, file);
		err = 0;
	}
	closedir(dir);
	return err;
}

/* The shrinker that the driver registered counts and scans all pools. */
TEST_F(shrink, registered)
{
	char path[128], text[64] = "", *count;
	int fd, other;
	void *map;

	if (shrinker_file(path, sizeof(path), "count"))
		SKIP(return, "no " SHRINKERS);
	other = pool_open(O_RDWR);
	map = pool_map(other);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, pool_fill(self->fd, 0, 32, VALUE, NULL));
	ASSERT_EQ(0, pool_fill(other, 0, 32, VALUE, NULL));

	fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_LT(0, read(fd, text, sizeof(text) - 1));
	close(fd);
	/* The id of a memory cgroup, which means nothing here, and the count. */
	count = strchr(text, ' ');
	ASSERT_NE(NULL, count);
	EXPECT_EQ(64, strtoul(count, NULL, 10));

	/* A scan goes on with the next pool when one has nothing more. */
	ASSERT_EQ(0, shrinker_file(path, sizeof(path), "scan"));
	ASSERT_EQ(0, pool_write_file(path, "0 0 40"));
	EXPECT_EQ(24, pool_info(self->fd).present + pool_info(other).present);
	ASSERT_EQ(0, pool_write_file(path, "0 0 1000"));
	EXPECT_EQ(0, pool_info(self->fd).present + pool_info(other).present);
	EXPECT_EQ(32, pool_pages_gone(self->map, 0, 32));
	EXPECT_EQ(32, pool_pages_gone(map, 0, 32));
	close(other);
}

/* The core runs it when told to drop what can be made again. */
TEST_F(shrink, drop_caches)
{
	ASSERT_EQ(0, pool_fill(self->fd, 0, VMA_POOL_PAGES, VALUE, NULL));
	if (pool_write_file("/proc/sys/vm/drop_caches", "2"))
		SKIP(return, "no /proc/sys/vm/drop_caches");
	EXPECT_GT(VMA_POOL_PAGES, pool_info(self->fd).present);
	EXPECT_EQ(VMA_POOL_PAGES - pool_info(self->fd).present,
		  pool_pages_gone(self->map, 0, VMA_POOL_PAGES));

	EXPECT_EQ(0, pool_fill_from_child(self->fd, 0, VMA_POOL_PAGES, VALUE));
	EXPECT_EQ(VMA_POOL_PAGES,
		  pool_pages_good(self->map, 0, VMA_POOL_PAGES, VALUE));
}

static unsigned long mem_available_mb(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	unsigned long kb = 0;
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %lu", &kb) == 1)
			break;
	if (file)
		fclose(file);
	return kb >> 10;
}

/*
 * The real thing: a process takes memory until pages of the pool are taken for
 * it. It stops there, well before memory runs out for others.
 */
TEST_F_TIMEOUT(shrink, memory_pressure, 90)
{
	const size_t step = 64 << 10, huge = 2 << 20;
	unsigned long mb = mem_available_mb();
	size_t size, taken = 0;
	int status;
	pid_t pid;

	if (!mb || mb > 2048)
		SKIP(return, "%lu MB of free memory are too many to take", mb);
	ASSERT_EQ(0, pool_fill(self->fd, 0, VMA_POOL_PAGES, VALUE, NULL));

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		char *hog;

		/* If it comes to the worst, this one goes. */
		pool_write_file("/proc/self/oom_score_adj", "1000");
		alarm(60);
		size = (size_t)(mb + 64) << 20;
		hog = mmap(NULL, size, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (hog == MAP_FAILED)
			_exit(ENOMEM);
		/* Huge pages, as long as there is plenty: they are faster. */
		madvise(hog, size, MADV_HUGEPAGE);
		while (taken < size) {
			if (pool_info(self->fd).present < VMA_POOL_PAGES)
				_exit(0);
			hog[taken] = 1;
			if (mb > 128 && taken < (size_t)(mb - 128) << 20) {
				taken += huge;
				continue;
			}
			madvise(hog + taken, step, MADV_NOHUGEPAGE);
			madvise(hog + taken, step, MADV_POPULATE_WRITE);
			taken += step;
		}
		_exit(EBUSY);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	if (WIFSIGNALED(status))
		SKIP(return, "could not bring about a shortage in time");
	EXPECT_EQ(0, WEXITSTATUS(status));
	EXPECT_GT(VMA_POOL_PAGES, pool_info(self->fd).present);

	EXPECT_EQ(0, pool_fill_from_child(self->fd, 0, VMA_POOL_PAGES, VALUE));
	EXPECT_EQ(VMA_POOL_PAGES,
		  pool_pages_good(self->map, 0, VMA_POOL_PAGES, VALUE));
}

TEST_HARNESS_MAIN
