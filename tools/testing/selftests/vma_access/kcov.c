// SPDX-License-Identifier: GPL-2.0
/*
 * kcov as Documentation/dev-tools/kcov.rst describes it, and further properties
 * of its mapping that user space may rely on: it shows the whole area or
 * nothing, does not grow, can be split, moved and inherited, and outlives the
 * file descriptor. The tests do not depend on how the mapping is implemented:
 * they also pass on a kernel without typed VMA access.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/kcov.h>

#include "kselftest_harness.h"

#define KCOV_DEV	"/sys/kernel/debug/kcov"
#define AREA_PAGES	16UL

/* The exit status of a child that no signal has ended. */
#define CHILD_OK	0
#define CHILD_BAD	1

FIXTURE(kcov)
{
	int fd;
	size_t page;
	size_t size;		/* of the area, in bytes */
	unsigned long words;	/* in the unit of KCOV_INIT_TRACE */
};

static unsigned long *kcov_map_as(int fd, size_t size, int prot, int flags, off_t offset)
{
	return mmap(NULL, size, prot, flags, fd, offset);
}

static unsigned long *kcov_map(int fd, size_t size)
{
	return kcov_map_as(fd, size, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
}

/*
 * Write one word into each page of the area, so that a wrong order of pages
 * shows.
 */
static void area_fill(unsigned long *area, size_t size, size_t page, unsigned long value)
{
	size_t at;

	for (at = 0; at < size; at += page)
		area[at / sizeof(*area)] = value + at;
}

static bool area_is(unsigned long *area, size_t size, size_t page, unsigned long value)
{
	size_t at;

	for (at = 0; at < size; at += page)
		if (__atomic_load_n(&area[at / sizeof(*area)], __ATOMIC_RELAXED) != value + at)
			return false;
	return true;
}

static bool area_is_zero(const unsigned long *area, size_t size)
{
	size_t i;

	for (i = 0; i < size / sizeof(*area); i++)
		if (area[i])
			return false;
	return true;
}

/* The signal that a read or a write at @at raises in a child, 0 for none. */
static int child_access(unsigned long *at, bool write)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		/* The test harness has set its own handlers. */
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		if (write)
			__atomic_store_n(at, 1, __ATOMIC_RELAXED);
		else
			asm volatile("" : : "r" (*at));
		_exit(CHILD_OK);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

FIXTURE_SETUP(kcov)
{
	self->page = sysconf(_SC_PAGESIZE);
	self->size = AREA_PAGES * self->page;
	self->words = self->size / sizeof(unsigned long);
	self->fd = open(KCOV_DEV, O_RDWR);
	if (self->fd < 0)
		SKIP(return, "no " KCOV_DEV ": CONFIG_KCOV, debugfs, or not root");
}

FIXTURE_TEARDOWN(kcov)
{
	close(self->fd);
}

/* The program of the documentation, step by step. */
TEST_F(kcov, documented)
{
	unsigned long *cover, n, i;

	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	cover = kcov_map(self->fd, self->size);
	ASSERT_NE(MAP_FAILED, cover);
	ASSERT_EQ(0, ioctl(self->fd, KCOV_ENABLE, KCOV_TRACE_PC));
	__atomic_store_n(&cover[0], 0, __ATOMIC_RELAXED);
	EXPECT_EQ(-1, read(-1, NULL, 0));
	n = __atomic_load_n(&cover[0], __ATOMIC_RELAXED);
	EXPECT_EQ(0, ioctl(self->fd, KCOV_DISABLE, 0));

	/* 0 is correct for a kernel with CONFIG_KCOV_INSTRUMENT_ALL=n. */
	EXPECT_GT(self->words, n);
	for (i = 0; i < n && i + 1 < self->words; i++)
		EXPECT_NE(0, cover[i + 1]);
	if (!n)
		EXPECT_TRUE(area_is_zero(cover, self->size));
	EXPECT_EQ(0, munmap(cover, self->size));
}

/* User space sees no old contents of memory, and its writes stay. */
TEST_F(kcov, zeroed_and_kept)
{
	unsigned long *cover;

	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	cover = kcov_map(self->fd, self->size);
	ASSERT_NE(MAP_FAILED, cover);
	EXPECT_TRUE(area_is_zero(cover, self->size));
	area_fill(cover, self->size, self->page, 0x5a);
	ASSERT_EQ(0, munmap(cover, self->size));

	cover = kcov_map(self->fd, self->size);
	ASSERT_NE(MAP_FAILED, cover);
	EXPECT_TRUE(area_is(cover, self->size, self->page, 0x5a));
	EXPECT_EQ(0, munmap(cover, self->size));
}

/* Before KCOV_INIT_TRACE nothing can be mapped or enabled. */
TEST_F(kcov, before_init)
{
	EXPECT_EQ(MAP_FAILED, kcov_map(self->fd, self->size));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, KCOV_ENABLE, KCOV_TRACE_PC));
	EXPECT_EQ(EINVAL, errno);

	/* A refused mmap() changes nothing. */
	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	EXPECT_NE(MAP_FAILED, kcov_map(self->fd, self->size));
	EXPECT_EQ(-1, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	EXPECT_EQ(EBUSY, errno);
}

/* A mapping has the size of the whole area, or is refused. */
TEST_F(kcov, wrong_size)
{
	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	EXPECT_EQ(MAP_FAILED, kcov_map(self->fd, self->size - self->page));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, kcov_map(self->fd, self->size + self->page));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, kcov_map(self->fd, self->page));
	EXPECT_EQ(EINVAL, errno);
	/* mmap() rounds up to pages. */
	EXPECT_NE(MAP_FAILED, kcov_map(self->fd, self->size - self->page + 1));
}

/*
 * An area that ends within a page cannot be mapped, as the rest of the page
 * would show.
 */
TEST_F(kcov, area_not_of_pages)
{
	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words - 1));
	EXPECT_EQ(MAP_FAILED, kcov_map(self->fd, self->size));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, kcov_map(self->fd, self->size - self->page));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(kcov, offset)
{
	const int prot = PROT_READ | PROT_WRITE;

	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	EXPECT_EQ(MAP_FAILED, kcov_map_as(self->fd, self->size, prot, MAP_SHARED, self->page));
	EXPECT_EQ(EINVAL, errno);
	/*
	 * The same for an offset at which the mapping would end with the area.
	 */
	EXPECT_EQ(MAP_FAILED, kcov_map_as(self->fd, self->size - self->page, prot, MAP_SHARED,
					  self->page));
	EXPECT_EQ(EINVAL, errno);
}

/* There is nothing behind the area. */
TEST_F(kcov, mremap_growth)
{
	unsigned long *cover;

	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	cover = kcov_map(self->fd, self->size);
	ASSERT_NE(MAP_FAILED, cover);
	area_fill(cover, self->size, self->page, 0x11);

	EXPECT_EQ(MAP_FAILED, mremap(cover, self->size, self->size + self->page, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, mremap(cover, self->size, self->size * 2, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	/* mremap() with an old size of 0 asks for a second mapping. */
	EXPECT_EQ(MAP_FAILED, mremap(cover, 0, self->size, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_TRUE(area_is(cover, self->size, self->page, 0x11));
}

/* A second mapping right behind the first is not merged with it. */
TEST_F(kcov, no_merge)
{
	unsigned long *cover, *behind;

	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	cover = mmap(NULL, 2 * self->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, cover);
	behind = cover + self->words;
	ASSERT_EQ(cover, mmap(cover, self->size, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_FIXED, self->fd, 0));
	ASSERT_EQ(behind, mmap(behind, self->size, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_FIXED, self->fd, 0));
	area_fill(behind, self->size, self->page, 0x22);
	EXPECT_TRUE(area_is(cover, self->size, self->page, 0x22));
}

TEST_F(kcov, mremap_move)
{
	unsigned long *cover, *to;

	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	cover = kcov_map(self->fd, self->size);
	ASSERT_NE(MAP_FAILED, cover);
	area_fill(cover, self->size, self->page, 0x33);
	to = mmap(NULL, self->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);

	ASSERT_EQ(to, mremap(cover, self->size, self->size, MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_TRUE(area_is(to, self->size, self->page, 0x33));
	EXPECT_EQ(SIGSEGV, child_access(cover, false));
	EXPECT_EQ(0, ioctl(self->fd, KCOV_ENABLE, KCOV_TRACE_PC));
	EXPECT_EQ(0, ioctl(self->fd, KCOV_DISABLE, 0));
}

/* A fuzzer can protect the part that its children must not write. */
TEST_F(kcov, split)
{
	unsigned long *cover, *second;
	size_t per_page = self->page / sizeof(*cover);

	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	cover = kcov_map(self->fd, self->size);
	ASSERT_NE(MAP_FAILED, cover);
	area_fill(cover, self->size, self->page, 0x44);
	second = cover + per_page;

	ASSERT_EQ(0, mprotect(second, self->page, PROT_READ));
	EXPECT_TRUE(area_is(cover, self->size, self->page, 0x44));
	EXPECT_EQ(SIGSEGV, child_access(second, true));
	EXPECT_EQ(0, child_access(second + per_page, true));
	ASSERT_EQ(0, mprotect(second, self->page, PROT_READ | PROT_WRITE));
	area_fill(cover, self->size, self->page, 0x45);
	EXPECT_TRUE(area_is(cover, self->size, self->page, 0x45));

	ASSERT_EQ(0, munmap(second, self->page));
	EXPECT_EQ(SIGSEGV, child_access(second, false));
	EXPECT_EQ(0x45, cover[0]);
	EXPECT_EQ(0x45 + 2 * self->page, second[per_page]);
}

/* mprotect() can add each access later that the mapping did not have. */
TEST_F(kcov, mprotect_later)
{
	unsigned long *cover;

	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	cover = kcov_map_as(self->fd, self->size, PROT_NONE, MAP_SHARED, 0);
	ASSERT_NE(MAP_FAILED, cover);
	EXPECT_EQ(SIGSEGV, child_access(cover, false));
	ASSERT_EQ(0, mprotect(cover, self->size, PROT_READ));
	EXPECT_TRUE(area_is_zero(cover, self->size));
	EXPECT_EQ(SIGSEGV, child_access(cover, true));
	ASSERT_EQ(0, mprotect(cover, self->size, PROT_READ | PROT_WRITE));
	area_fill(cover, self->size, self->page, 0x55);
	EXPECT_TRUE(area_is(cover, self->size, self->page, 0x55));
}

/* Execution is allowed too, if the filesystem allows it. */
TEST_F(kcov, exec)
{
	unsigned long *cover;
	struct statvfs fs;

	ASSERT_EQ(0, fstatvfs(self->fd, &fs));
	if (fs.f_flag & ST_NOEXEC)
		SKIP(return, "debugfs is mounted noexec");
	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	cover = kcov_map_as(self->fd, self->size, PROT_READ | PROT_EXEC, MAP_SHARED, 0);
	ASSERT_NE(MAP_FAILED, cover);
	EXPECT_TRUE(area_is_zero(cover, self->size));
	ASSERT_EQ(0, mprotect(cover, self->size, PROT_READ));
	EXPECT_EQ(0, mprotect(cover, self->size, PROT_READ | PROT_EXEC));
}

/*
 * The mapping is of inserted pages and cannot grow. Core dumps and ptrace()
 * show it.
 */
TEST_F(kcov, flags)
{
	char line[512], flags[256] = "";
	unsigned long start, end, *cover;
	bool mine = false;
	FILE *f;

	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	cover = kcov_map(self->fd, self->size);
	ASSERT_NE(MAP_FAILED, cover);
	f = fopen("/proc/self/smaps", "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			mine = start == (unsigned long)cover;
		else if (mine && !strncmp(line, "VmFlags:", 8))
			snprintf(flags, sizeof(flags), "%s", line + 8);
	}
	if (f)
		fclose(f);
	if (!*flags)
		SKIP(return, "no CONFIG_PROC_PAGE_MONITOR");
	EXPECT_NE(NULL, strstr(flags, " mm "));
	EXPECT_NE(NULL, strstr(flags, " de "));
	EXPECT_EQ(NULL, strstr(flags, " dd "));
	EXPECT_EQ(NULL, strstr(flags, " dc "));
	EXPECT_EQ(NULL, strstr(flags, " io "));
}

/* A process that drops pages of its mapping does not get them back. */
TEST_F(kcov, dontneed)
{
	unsigned long *cover, *again;

	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	cover = kcov_map(self->fd, self->size);
	ASSERT_NE(MAP_FAILED, cover);
	area_fill(cover, self->size, self->page, 0x66);
	ASSERT_EQ(0, madvise(cover, self->page, MADV_DONTNEED));
	EXPECT_EQ(SIGBUS, child_access(cover, false));
	EXPECT_EQ(0x66 + self->page, cover[self->page / sizeof(*cover)]);

	/* The pages are still in the area. */
	again = kcov_map(self->fd, self->size);
	ASSERT_NE(MAP_FAILED, again);
	EXPECT_TRUE(area_is(again, self->size, self->page, 0x66));
}

TEST_F(kcov, two_mappings)
{
	unsigned long *a, *b;

	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	a = kcov_map(self->fd, self->size);
	b = kcov_map_as(self->fd, self->size, PROT_READ, MAP_SHARED, 0);
	ASSERT_NE(MAP_FAILED, a);
	ASSERT_NE(MAP_FAILED, b);
	area_fill(a, self->size, self->page, 0x77);
	EXPECT_TRUE(area_is(b, self->size, self->page, 0x77));
	ASSERT_EQ(0, munmap(a, self->size));
	EXPECT_TRUE(area_is(b, self->size, self->page, 0x77));
}

/* Each open file has an area of its own. */
TEST_F(kcov, two_files)
{
	unsigned long *a, *b;
	int fd;

	fd = open(KCOV_DEV, O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	ASSERT_EQ(0, ioctl(fd, KCOV_INIT_TRACE, self->words));
	a = kcov_map(self->fd, self->size);
	b = kcov_map(fd, self->size);
	ASSERT_NE(MAP_FAILED, a);
	ASSERT_NE(MAP_FAILED, b);
	area_fill(a, self->size, self->page, 0x88);
	EXPECT_TRUE(area_is_zero(b, self->size));
	close(fd);
}

/* A private mapping shows the area until it is written itself. */
TEST_F(kcov, private)
{
	const int prot = PROT_READ | PROT_WRITE;
	unsigned long *shared, *private;

	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	shared = kcov_map(self->fd, self->size);
	private = kcov_map_as(self->fd, self->size, prot, MAP_PRIVATE, 0);
	ASSERT_NE(MAP_FAILED, shared);
	ASSERT_NE(MAP_FAILED, private);
	area_fill(shared, self->size, self->page, 0x99);
	EXPECT_TRUE(area_is(private, self->size, self->page, 0x99));
	area_fill(private, self->size, self->page, 0x100);
	EXPECT_TRUE(area_is(private, self->size, self->page, 0x100));
	EXPECT_TRUE(area_is(shared, self->size, self->page, 0x99));
}

/* The parent maps, and children enable. If a child exits, its tracing ends. */
TEST_F(kcov, fork)
{
	unsigned long *cover;
	int status, round;
	pid_t pid;

	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	cover = kcov_map(self->fd, self->size);
	ASSERT_NE(MAP_FAILED, cover);

	for (round = 0; round < 3; round++) {
		area_fill(cover, self->size, self->page, round);
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			if (!area_is(cover, self->size, self->page, round))
				_exit(CHILD_BAD);
			if (ioctl(self->fd, KCOV_ENABLE, KCOV_TRACE_PC))
				_exit(CHILD_BAD);
			/*
			 * Not the first page, because the kernel records there.
			 */
			cover[self->words - 1] = 0xc0 + round;
			_exit(CHILD_OK);
		}
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		EXPECT_TRUE(WIFEXITED(status));
		EXPECT_EQ(CHILD_OK, WEXITSTATUS(status));
		EXPECT_EQ(0xc0 + round, cover[self->words - 1]);
	}
	EXPECT_EQ(0, ioctl(self->fd, KCOV_ENABLE, KCOV_TRACE_PC));
	EXPECT_EQ(0, ioctl(self->fd, KCOV_DISABLE, 0));
}

/* The mapping holds the area, also as its last user. */
TEST_F(kcov, outlives_the_file)
{
	unsigned long *cover;
	int fd;

	fd = open(KCOV_DEV, O_RDWR);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ioctl(fd, KCOV_INIT_TRACE, self->words));
	cover = kcov_map(fd, self->size);
	ASSERT_NE(MAP_FAILED, cover);
	close(fd);
	area_fill(cover, self->size, self->page, 0xaa);
	EXPECT_TRUE(area_is(cover, self->size, self->page, 0xaa));
	EXPECT_EQ(0, munmap(cover, self->size));
}

/* A refused mmap() that is repeated many times leaves nothing behind. */
TEST_F(kcov, again_and_again)
{
	unsigned long *cover;
	int i;

	ASSERT_EQ(0, ioctl(self->fd, KCOV_INIT_TRACE, self->words));
	for (i = 0; i < 200; i++) {
		ASSERT_EQ(MAP_FAILED, kcov_map(self->fd, self->page));
		cover = kcov_map(self->fd, self->size);
		ASSERT_NE(MAP_FAILED, cover);
		area_fill(cover, self->size, self->page, i);
		ASSERT_TRUE(area_is(cover, self->size, self->page, i));
		ASSERT_EQ(0, munmap(cover, self->size));
	}
}

TEST_HARNESS_MAIN
