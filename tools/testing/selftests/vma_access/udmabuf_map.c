// SPDX-License-Identifier: GPL-2.0
/*
 * Which page of a udmabuf an address shows, whatever became of its mapping: the
 * index counts from the buffer's start (R12), also for the pages around a fault
 * that are mapped with it. Completes drivers/dma-buf, which maps a whole buffer
 * once. Passes on a kernel without typed VMA access too.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/udmabuf.h>

#include "kselftest_harness.h"

#define PAGES	16UL

FIXTURE(udmabuf)
{
	int buf;
	char *mem;		/* the memfd's pages, each of which has its index in it */
	size_t page;
	size_t size;
};

FIXTURE_SETUP(udmabuf)
{
	struct udmabuf_create create = { };
	unsigned long i;
	int dev, memfd;

	self->page = sysconf(_SC_PAGESIZE);
	self->size = PAGES * self->page;
	dev = open("/dev/udmabuf", O_RDWR);
	if (dev < 0)
		SKIP(return, "no /dev/udmabuf: CONFIG_UDMABUF, or not root");
	memfd = memfd_create("udmabuf_map", MFD_ALLOW_SEALING);
	ASSERT_LE(0, memfd);
	ASSERT_EQ(0, ftruncate(memfd, self->size));
	ASSERT_EQ(0, fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK));
	self->mem = mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0);
	ASSERT_NE(MAP_FAILED, self->mem);
	for (i = 0; i < PAGES; i++)
		self->mem[i * self->page] = i + 1;

	create.memfd = memfd;
	create.size = self->size;
	self->buf = ioctl(dev, UDMABUF_CREATE, &create);
	ASSERT_LE(0, self->buf);
	close(memfd);
	close(dev);
}

FIXTURE_TEARDOWN(udmabuf)
{
	close(self->buf);
}

static char *buf_map(int buf, size_t size, off_t offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, buf, offset);
}

/* Do @nr pages at @map show the buffer from page @first on? */
static bool shows(const char *map, size_t page, unsigned long first, unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i++)
		if (map[i * page] != (char)(first + i + 1))
			return false;
	return true;
}

/* In a child: the signal that a read of @at raises, 0 for none. */
static int child_reads(const char *at)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		asm volatile("" : : "r" (*at));
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

TEST_F(udmabuf, whole)
{
	char *map;

	map = buf_map(self->buf, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, self->page, 0, PAGES));
	map[3 * self->page] = 77;
	EXPECT_EQ(77, self->mem[3 * self->page]);
}

TEST_F(udmabuf, part)
{
	char *map;

	map = buf_map(self->buf, 4 * self->page, 5 * self->page);
	ASSERT_NE(MAP_FAILED, map);
	/* The last first: what is mapped around it lies before. */
	EXPECT_TRUE(shows(map + 3 * self->page, self->page, 8, 1));
	EXPECT_TRUE(shows(map, self->page, 5, 4));
}

/* Split before anything is mapped, so that each part has faults of its own. */
TEST_F(udmabuf, split)
{
	char *map;

	map = buf_map(self->buf, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + 4 * self->page, self->page));
	EXPECT_TRUE(shows(map + 5 * self->page, self->page, 5, PAGES - 5));
	EXPECT_TRUE(shows(map, self->page, 0, 4));
	EXPECT_EQ(SIGSEGV, child_reads(map + 4 * self->page));

	ASSERT_EQ(0, mprotect(map + 8 * self->page, self->page, PROT_READ));
	EXPECT_TRUE(shows(map + 5 * self->page, self->page, 5, PAGES - 5));
}

TEST_F(udmabuf, moved)
{
	char *map, *to;

	map = buf_map(self->buf, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	to = mmap(NULL, self->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	/* A part from the middle, with nothing mapped yet. */
	ASSERT_EQ(to, mremap(map + 6 * self->page, 4 * self->page, 4 * self->page,
			     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_TRUE(shows(to, self->page, 6, 4));
	EXPECT_TRUE(shows(map, self->page, 0, 6));
	EXPECT_TRUE(shows(map + 10 * self->page, self->page, 10, PAGES - 10));
}

TEST_F(udmabuf, forked)
{
	char *map;

	map = buf_map(self->buf, 4 * self->page, 2 * self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, child_reads(map));
	EXPECT_TRUE(shows(map, self->page, 2, 4));
	EXPECT_EQ(0, child_reads(map + 3 * self->page));
}

TEST_F(udmabuf, refused)
{
	char *map;

	/* What a write would copy. */
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_READ, MAP_PRIVATE, self->buf, 0));
	EXPECT_EQ(EINVAL, errno);
	/* What is not all inside the buffer. */
	EXPECT_EQ(MAP_FAILED, buf_map(self->buf, self->size + self->page, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, buf_map(self->buf, self->page, self->size));
	EXPECT_EQ(EINVAL, errno);
	/* What would become more than the buffer. */
	map = buf_map(self->buf, self->page, self->size - self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(MAP_FAILED, mremap(map, self->page, 2 * self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, mremap(map, 0, self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_TRUE(shows(map, self->page, PAGES - 1, 1));
}

/* The mapping holds the buffer, and the buffer its pages. */
TEST_F(udmabuf, outlives_the_file)
{
	char *map;
	int buf;

	buf = dup(self->buf);
	ASSERT_LE(0, buf);
	map = buf_map(buf, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	close(buf);
	close(self->buf);
	ASSERT_EQ(0, munmap(self->mem, self->size));
	EXPECT_TRUE(shows(map, self->page, 0, PAGES));
	ASSERT_EQ(0, munmap(map, self->size));
}

TEST_HARNESS_MAIN
