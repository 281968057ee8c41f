// SPDX-License-Identifier: GPL-2.0
/*
 * Which page of a buffer of the dma-buf heaps an address shows, whatever became
 * of its mapping, and what the mapping can become. The system heap maps all pages
 * at once, one piece of consecutive page frames after the other; the CMA heap
 * maps each in its fault. Completes dmabuf-heaps, which maps whole buffers.
 * Passes on a kernel without typed VMA access too.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/ioctl.h>
#include <linux/dma-heap.h>

#include "buffer_test.h"

/* With pages of 4 KiB the system heap has pieces of 256, 16, 1 and 1 pages. */
#define HEAP_PAGES	274UL

FIXTURE(heap)
{
	struct buffer buf;
};

FIXTURE_VARIANT(heap)
{
	const char *path;
};

FIXTURE_VARIANT_ADD(heap, system)
{
	.path = "/dev/dma_heap/system",
};

FIXTURE_VARIANT_ADD(heap, cma)
{
	.path = "/dev/dma_heap/default_cma_region",
};

FIXTURE_SETUP(heap)
{
	struct dma_heap_allocation_data data = { .fd_flags = O_RDWR | O_CLOEXEC };
	struct buffer *buf = &self->buf;
	unsigned long i;
	int dev;

	buf->page = sysconf(_SC_PAGESIZE);
	buf->size = HEAP_PAGES * buf->page;
	dev = open(variant->path, O_RDWR);
	if (dev < 0)
		SKIP(return, "no %s: CONFIG_DMABUF_HEAPS_*, or not root", variant->path);
	data.len = buf->size;
	ASSERT_EQ(0, ioctl(dev, DMA_HEAP_IOCTL_ALLOC, &data));
	close(dev);
	buf->fd = data.fd;
	buf->mem = buffer_map_whole(buf);
	ASSERT_NE(MAP_FAILED, buf->mem);
	for (i = 0; i < HEAP_PAGES; i++)
		buf->mem[i * buf->page] = i + 1;
}

FIXTURE_TEARDOWN(heap)
{
	close(self->buf.fd);
}

TEST_F(heap, whole)
{
	buffer_whole(_metadata, &self->buf);
}

/* Parts that begin and end inside of a piece, at its ends, and in others. */
TEST_F(heap, part)
{
	static const unsigned long parts[][2] = {
		{ 5, 4 }, { 0, 256 }, { 256, 16 }, { 250, 12 }, { 250, 24 }, { 255, 1 },
		{ 271, 2 }, { 272, 1 }, { 273, 1 },
	};
	struct buffer *buf = &self->buf;
	unsigned int i;
	char *map;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		map = buf_map(buf->fd, parts[i][1] * buf->page, parts[i][0] * buf->page);
		ASSERT_NE(MAP_FAILED, map);
		EXPECT_TRUE(shows(map, buf->page, parts[i][0], parts[i][1]));
		ASSERT_EQ(0, munmap(map, parts[i][1] * buf->page));
	}
}

TEST_F(heap, split)
{
	buffer_split(_metadata, &self->buf);
}

TEST_F(heap, moved)
{
	buffer_moved(_metadata, &self->buf, 254);
}

TEST_F(heap, forked)
{
	buffer_forked(_metadata, &self->buf, 2);
}

TEST_F(heap, refused)
{
	buffer_refused(_metadata, &self->buf);
}

/* Bare page frames, which nobody looks at, do not grow and are in no core dump. */
TEST_F(heap, flags)
{
	if (!expect_flags(_metadata, self->buf.mem, "pf io de dd", "dc mm"))
		SKIP(return, "no CONFIG_PROC_PAGE_MONITOR");
}

TEST_F(heap, mprotect_later)
{
	char *map = buffer_mprotect_later(_metadata, &self->buf);

	/* Execution cannot be added: the file system of dma-bufs does not have it. */
	EXPECT_EQ(-1, mprotect(map, self->buf.size, PROT_READ | PROT_EXEC));
	EXPECT_EQ(EACCES, errno);
}

/* The mapping holds the buffer, and the buffer its pages. */
TEST_F(heap, outlives_the_file)
{
	struct buffer *buf = &self->buf;

	close(buf->fd);
	EXPECT_TRUE(shows(buf->mem, buf->page, 0, HEAP_PAGES));
	ASSERT_EQ(0, munmap(buf->mem, buf->size));
}

TEST_HARNESS_MAIN
