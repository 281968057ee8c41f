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
	struct buffer buf;	/* with the memfd's pages as the memory */
};

FIXTURE_SETUP(udmabuf)
{
	struct buffer *buf = &self->buf;

	buf->page = sysconf(_SC_PAGESIZE);
	buf->size = PAGES * buf->page;
	buf->fd = udmabuf_make(buf->page, &buf->mem);
	if (buf->fd == -ENODEV)
		SKIP(return, "no /dev/udmabuf: CONFIG_UDMABUF, or not root");
	ASSERT_LE(0, buf->fd);
}

FIXTURE_TEARDOWN(udmabuf)
{
	close(self->buf.fd);
}

TEST_F(udmabuf, whole)
{
	buffer_whole(_metadata, &self->buf);
}

TEST_F(udmabuf, part)
{
	struct buffer *buf = &self->buf;
	char *map;

	map = buf_map(buf->fd, 4 * buf->page, 5 * buf->page);
	ASSERT_NE(MAP_FAILED, map);
	/*
	 * Read the last page first: the pages mapped around it come before it.
	 */
	EXPECT_TRUE(shows(map + 3 * buf->page, buf->page, 8, 1));
	EXPECT_TRUE(shows(map, buf->page, 5, 4));
}

TEST_F(udmabuf, split)
{
	buffer_split(_metadata, &self->buf);
}

TEST_F(udmabuf, moved)
{
	buffer_moved(_metadata, &self->buf, 6);
}

TEST_F(udmabuf, forked)
{
	buffer_forked(_metadata, &self->buf, 2);
}

TEST_F(udmabuf, refused)
{
	buffer_refused(_metadata, &self->buf);
}

/* The mapping is of page frames, cannot grow and is not in core dumps. */
TEST_F(udmabuf, flags)
{
	char *map = buffer_map_whole(&self->buf);

	ASSERT_NE(MAP_FAILED, map);
	if (!expect_flags(_metadata, map, "pf de dd", "dc io"))
		SKIP(return, "no CONFIG_PROC_PAGE_MONITOR");
}

TEST_F(udmabuf, mprotect_later)
{
	buffer_mprotect_later(_metadata, &self->buf);
}

/* The mapping holds the buffer, and the buffer holds its pages. */
TEST_F(udmabuf, outlives_the_file)
{
	struct buffer *buf = &self->buf;
	char *map;

	map = buffer_map_whole(buf);
	ASSERT_NE(MAP_FAILED, map);
	close(buf->fd);
	ASSERT_EQ(0, munmap(buf->mem, buf->size));
	EXPECT_TRUE(shows(map, buf->page, 0, PAGES));
	ASSERT_EQ(0, munmap(map, buf->size));
}

TEST_HARNESS_MAIN
