// SPDX-License-Identifier: GPL-2.0
/*
 * What the mapping of /dev/hpet does, which user space may rely on: that it shows
 * the page of the registers or nothing, is never writable, does not grow, and may
 * be moved and inherited. Nothing here is of one implementation of the mapping:
 * the program passes on a kernel without typed VMA access too. Needs a HPET with a
 * timer that the kernel does not use, as QEMU has.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "udmabuf_test.h"

#define CAPABILITIES	0x000
#define COUNTER		0x0f0
#define PERIOD_MAX	100000000UL	/* in femtoseconds, from HPET spec */

FIXTURE(hpet)
{
	int fd;
	size_t page;
	char *map;
};

static uint32_t reg(const char *map, size_t offset)
{
	return __atomic_load_n((const uint32_t *)(map + offset), __ATOMIC_RELAXED);
}

/* Does @map show the registers, with a counter that counts? */
static bool counts(const char *map)
{
	uint32_t period = reg(map, CAPABILITIES + 4);
	uint32_t before = reg(map, COUNTER);

	usleep(1000);
	return period && period <= PERIOD_MAX && reg(map, COUNTER) != before;
}

/* The same of a child, which inherits @map. */
static bool child_counts(const char *map)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(!counts(map));
	return pid > 0 && waitpid(pid, &status, 0) == pid && !status;
}

FIXTURE_SETUP(hpet)
{
	self->page = sysconf(_SC_PAGESIZE);
	self->map = MAP_FAILED;
	/* Each file has a timer of its own, and there may be one for all tests. */
	self->fd = open("/dev/hpet", O_RDONLY);
	if (self->fd < 0)
		SKIP(return, "no /dev/hpet, or no timer: CONFIG_HPET, or not root");
	self->map = mmap(NULL, self->page, PROT_READ, MAP_SHARED, self->fd, 0);
	if (self->map == MAP_FAILED && errno == EACCES)
		SKIP(return, "no mapping: CONFIG_HPET_MMAP_DEFAULT");
	ASSERT_NE(MAP_FAILED, self->map);
}

FIXTURE_TEARDOWN(hpet)
{
	if (self->map != MAP_FAILED)
		munmap(self->map, self->page);
	if (self->fd >= 0)
		close(self->fd);
}

TEST_F(hpet, counts)
{
	EXPECT_TRUE(counts(self->map));
}

/* A private mapping shows the same registers. */
TEST_F(hpet, private)
{
	char *map;

	map = mmap(NULL, self->page, PROT_READ, MAP_PRIVATE, self->fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(counts(map));
	EXPECT_EQ(reg(self->map, CAPABILITIES), reg(map, CAPABILITIES));
	munmap(map, self->page);
}

/* A smaller size is rounded up: it is how programs map the 1024 bytes that there are. */
TEST_F(hpet, less_than_a_page)
{
	char *map;

	map = mmap(NULL, 1024, PROT_READ, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(counts(map));
	munmap(map, 1024);
}

/* There is one page. */
TEST_F(hpet, bounds)
{
	EXPECT_EQ(MAP_FAILED, mmap(NULL, 2 * self->page, PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->page, PROT_READ, MAP_SHARED, self->fd,
				   self->page));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->page, PROT_READ, MAP_SHARED, self->fd,
				   1024 * self->page));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mremap(self->map, self->page, 2 * self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, mremap(self->map, 0, self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_TRUE(counts(self->map));
}

/* The registers cannot be written, neither by a new mapping nor by this one. */
TEST_F(hpet, never_written)
{
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->page, PROT_READ | PROT_WRITE, MAP_SHARED,
				   self->fd, 0));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, mprotect(self->map, self->page, PROT_READ | PROT_WRITE));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(-1, open("/dev/hpet", O_RDWR));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_TRUE(counts(self->map));
}

/* Reading can be taken away and given back, and had later. */
TEST_F(hpet, mprotect_later)
{
	char *map;

	ASSERT_EQ(0, mprotect(self->map, self->page, PROT_NONE));
	EXPECT_EQ(SIGSEGV, child_reads(self->map));
	ASSERT_EQ(0, mprotect(self->map, self->page, PROT_READ));
	EXPECT_TRUE(counts(self->map));
	map = mmap(NULL, self->page, PROT_NONE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, mprotect(map, self->page, PROT_READ));
	EXPECT_TRUE(counts(map));
	munmap(map, self->page);
}

/* It can be executable, as all mappings are in a process with READ_IMPLIES_EXEC. */
TEST_F(hpet, executable)
{
	struct statvfs dev;
	char *map;

	ASSERT_EQ(0, fstatvfs(self->fd, &dev));
	if (dev.f_flag & ST_NOEXEC)
		SKIP(return, "/dev is mounted noexec");
	map = mmap(NULL, self->page, PROT_READ | PROT_EXEC, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(counts(map));
	munmap(map, self->page);
	ASSERT_EQ(0, mprotect(self->map, self->page, PROT_READ | PROT_EXEC));
	EXPECT_TRUE(counts(self->map));
}

TEST_F(hpet, moved)
{
	char *to;

	to = mmap(NULL, self->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	ASSERT_EQ(to, mremap(self->map, self->page, self->page,
			     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_EQ(SIGSEGV, child_reads(self->map));
	self->map = to;
	EXPECT_TRUE(counts(to));
}

/* A child has it, and its own munmap() and exit leave it here. */
TEST_F(hpet, forked)
{
	EXPECT_TRUE(child_counts(self->map));
	EXPECT_TRUE(counts(self->map));
}

TEST_F(hpet, unmapped)
{
	ASSERT_EQ(0, munmap(self->map, self->page));
	EXPECT_EQ(SIGSEGV, child_reads(self->map));
	self->map = mmap(NULL, self->page, PROT_READ, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, self->map);
	EXPECT_TRUE(counts(self->map));
}

TEST_F(hpet, outlives_the_file)
{
	close(self->fd);
	self->fd = -1;
	EXPECT_TRUE(counts(self->map));
}

/* A page frame that nobody can pin or drop, that does not grow and is not dumped. */
TEST_F(hpet, page_frames)
{
	struct iovec here = { .iov_len = 4 }, there = { self->map, 4 };
	char flags[256];
	char buf[4];

	here.iov_base = buf;
	EXPECT_EQ(-1, process_vm_readv(getpid(), &here, 1, &there, 1, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, madvise(self->map, self->page, MADV_DONTNEED));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, madvise(self->map, self->page, MADV_DODUMP));
	EXPECT_EQ(EINVAL, errno);
	map_flags(self->map, flags, sizeof(flags));
	if (!*flags)
		SKIP(return, "no CONFIG_PROC_PAGE_MONITOR");
	EXPECT_NE(NULL, strstr(flags, " pf "));
	EXPECT_NE(NULL, strstr(flags, " io "));
	EXPECT_NE(NULL, strstr(flags, " de "));
	EXPECT_NE(NULL, strstr(flags, " dd "));
	EXPECT_EQ(NULL, strstr(flags, " dc "));
	EXPECT_EQ(NULL, strstr(flags, " mw "));
}

TEST_HARNESS_MAIN
