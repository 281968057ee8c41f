// SPDX-License-Identifier: GPL-2.0
/*
 * When memory is short, pages are freed: first each page is unmapped, then it
 * is freed (R17). The next access raises SIGBUS, and the next fill makes a new
 * page.
 */
#include <dirent.h>
#include <stdio.h>
#include <sys/sysinfo.h>

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

/*
 * The requested number of pages is freed, the others stay, and a fill brings
 * them back.
 */
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

/*
 * A close frees all pages, and no fill brings them back, not into a new mapping
 * either.
 */
TEST_F(shrink, closed)
{
	ASSERT_EQ(0, pool_fill(self->fd, 0, 32, VALUE, NULL));
	EXPECT_EQ(32, pool_pages_good(self->map, 0, 32, VALUE));

	ASSERT_EQ(0, pool_close(self->fd));
	EXPECT_EQ(0, pool_info(self->fd).present);
	EXPECT_EQ(32, pool_pages_gone(self->map, 0, 32));
	EXPECT_EQ(0, pool_shrink(self->fd, VMA_POOL_PAGES));
	EXPECT_EQ(ENODEV, pool_fill(self->fd, 0, 32, ANEW, NULL));
	EXPECT_EQ(ENODEV, pool_fill_from_child(self->fd, 0, 1, ANEW));
	EXPECT_EQ(0, pool_close(self->fd));

	ASSERT_EQ(0, munmap(self->map, pool_bytes()));
	self->map = pool_map(self->fd);
	ASSERT_NE(MAP_FAILED, self->map);
	EXPECT_EQ(ENODEV, pool_fill(self->fd, 0, 32, ANEW, NULL));
	EXPECT_EQ(0, pool_info(self->fd).present);
	EXPECT_EQ(32, pool_pages_gone(self->map, 0, 32));
}

/*
 * Runs of pages with holes between them, and pages that are not mapped at the
 * moment.
 */
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

/* The pool's directory in debugfs, which can run a shrinker. */
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
	/* The id of a memory cgroup, which is ignored here, and the count. */
	count = strchr(text, ' ');
	ASSERT_NE(NULL, count);
	EXPECT_EQ(64, strtoul(count, NULL, 10));

	/* A scan continues with the next pool when one has no more pages. */
	ASSERT_EQ(0, shrinker_file(path, sizeof(path), "scan"));
	ASSERT_EQ(0, pool_write_file(path, "0 0 40"));
	EXPECT_EQ(24, pool_info(self->fd).present + pool_info(other).present);
	ASSERT_EQ(0, pool_write_file(path, "0 0 1000"));
	EXPECT_EQ(0, pool_info(self->fd).present + pool_info(other).present);
	EXPECT_EQ(32, pool_pages_gone(self->map, 0, 32));
	EXPECT_EQ(32, pool_pages_gone(map, 0, 32));
	close(other);
}

/* The core runs the shrinker when drop_caches is written. */
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

static unsigned long read_number(const char *path)
{
	FILE *file = fopen(path, "r");
	unsigned long number = 0;

	if (file && fscanf(file, "%lu", &number) != 1)
		number = 0;
	if (file)
		fclose(file);
	return number;
}

static size_t free_bytes(void)
{
	struct sysinfo info;

	return sysinfo(&info) ? 0 : (size_t)info.freeram * info.mem_unit;
}

/*
 * Allocate memory in steps, and check the pool after each, until some of its
 * pages were freed. Stop well above the mark at which other processes would run
 * out.
 */
static int hog(int fd, size_t stop_at)
{
	const size_t huge = 2 << 20, size = 2UL << 30;
	size_t taken = 0;
	char *area;

	/* The OOM killer should choose this process. */
	pool_write_file("/proc/self/oom_score_adj", "1000");
	area = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (area == MAP_FAILED)
		return 1;
	/* Use huge pages, if there are any, because they are faster. */
	madvise(area, size, MADV_HUGEPAGE);
	while (pool_info(fd).present == VMA_POOL_PAGES) {
		if (taken + huge <= size && free_bytes() > stop_at) {
			madvise(area + taken, huge, MADV_POPULATE_WRITE);
			taken += huge;
		} else {
			usleep(10000);
		}
	}
	return 0;
}

#define MARKS "/proc/sys/vm/watermark_scale_factor"

/*
 * Real memory pressure: the core frees pages of the pool. It is made to start
 * early, so that memory need not get close to its end.
 */
TEST_F_TIMEOUT(shrink, memory_pressure, 90)
{
	size_t min = read_number("/proc/sys/vm/min_free_kbytes") << 10;
	unsigned long marks = read_number(MARKS);
	int status = -1, i;
	char text[24];
	pid_t pid;

	if (free_bytes() > 2UL << 30)
		SKIP(return, "more free memory than would be good to take");
	if (!min || !marks || pool_write_file(MARKS, "1000"))
		SKIP(return, "no " MARKS);
	ASSERT_EQ(0, pool_fill(self->fd, 0, VMA_POOL_PAGES, VALUE, NULL));

	pid = fork();
	if (!pid)
		_exit(hog(self->fd, min + (32 << 20)));
	for (i = 0; i < 600 && !waitpid(pid, &status, WNOHANG); i++)
		usleep(100000);
	if (i == 600) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	snprintf(text, sizeof(text), "%lu", marks);
	EXPECT_EQ(0, pool_write_file(MARKS, text));
	if (i == 600)
		SKIP(return, "memory did not get short in time");
	ASSERT_EQ(0, status);

	EXPECT_GT(VMA_POOL_PAGES, pool_info(self->fd).present);
	EXPECT_EQ(0, pool_fill_from_child(self->fd, 0, VMA_POOL_PAGES, VALUE));
	EXPECT_EQ(VMA_POOL_PAGES,
		  pool_pages_good(self->map, 0, VMA_POOL_PAGES, VALUE));
}

TEST_HARNESS_MAIN
