// SPDX-License-Identifier: GPL-2.0
/*
 * An address in a mapping of a udmabuf shows the right page after any change to
 * the mapping: the index counts from the buffer's start (R12), also for pages
 * that are mapped around a fault. drivers/dma-buf has a test that maps a whole
 * buffer once; this completes it. It also passes on a kernel without typed VMA
 * access.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kselftest_harness.h"
#include "udmabuf_test.h"

FIXTURE(udmabuf)
{
	int buf;
	char *mem;		/* the memfd's pages, each of which contains its index */
	size_t page;
	size_t size;
};

FIXTURE_SETUP(udmabuf)
{
	self->page = sysconf(_SC_PAGESIZE);
	self->size = PAGES * self->page;
	self->buf = udmabuf_make(self->page, &self->mem);
	if (self->buf == -ENODEV)
		SKIP(return, "no /dev/udmabuf: CONFIG_UDMABUF, or not root");
	ASSERT_LE(0, self->buf);
}

FIXTURE_TEARDOWN(udmabuf)
{
	close(self->buf);
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
	/*
	 * Read the last page first: the pages mapped around it come before it.
	 */
	EXPECT_TRUE(shows(map + 3 * self->page, self->page, 8, 1));
	EXPECT_TRUE(shows(map, self->page, 5, 4));
}

/*
 * Split before anything is mapped, so that each part is mapped by its own
 * faults.
 */
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
	/* A part from the middle, before anything is mapped. */
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

	/* Refused: a copy-on-write mapping. */
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_READ, MAP_PRIVATE, self->buf, 0));
	EXPECT_EQ(EINVAL, errno);
	/* Refused: a mapping that is not wholly inside the buffer. */
	EXPECT_EQ(MAP_FAILED, buf_map(self->buf, self->size + self->page, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, buf_map(self->buf, self->page, self->size));
	EXPECT_EQ(EINVAL, errno);
	/* Refused: enlarging a mapping beyond the buffer. */
	map = buf_map(self->buf, self->page, self->size - self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(MAP_FAILED, mremap(map, self->page, 2 * self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, mremap(map, 0, self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_TRUE(shows(map, self->page, PAGES - 1, 1));
}

/* The mapping is of page frames, cannot grow and is not in core dumps. */
TEST_F(udmabuf, flags)
{
	char flags[256];
	char *map;

	map = buf_map(self->buf, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	map_flags(map, flags, sizeof(flags));
	if (!*flags)
		SKIP(return, "no CONFIG_PROC_PAGE_MONITOR");
	EXPECT_NE(NULL, strstr(flags, " pf "));
	EXPECT_NE(NULL, strstr(flags, " de "));
	EXPECT_NE(NULL, strstr(flags, " dd "));
	EXPECT_EQ(NULL, strstr(flags, " dc "));
	EXPECT_EQ(NULL, strstr(flags, " io "));
}

/* mprotect() can add each access later that mmap() did not ask for. */
TEST_F(udmabuf, mprotect_later)
{
	char *map;

	map = mmap(NULL, self->size, PROT_NONE, MAP_SHARED, self->buf, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, mprotect(map, self->size, PROT_READ));
	EXPECT_TRUE(shows(map, self->page, 0, PAGES));
	ASSERT_EQ(0, mprotect(map, self->size, PROT_READ | PROT_WRITE));
	map[self->page] = 66;
	EXPECT_EQ(66, self->mem[self->page]);
}

/* The mapping holds the buffer, and the buffer holds its pages. */
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
