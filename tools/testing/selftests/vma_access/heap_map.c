// SPDX-License-Identifier: GPL-2.0
/*
 * Which page of a buffer of the dma-buf heaps an address shows, whatever became
 * of its mapping, and what the mapping can become. The system heap maps all pages
 * at once, one piece of consecutive page frames after the other; the CMA heap
 * maps each in its fault. Completes dmabuf-heaps, which maps whole buffers.
 * Passes on a kernel without typed VMA access too.
 */
#define _GNU_SOURCE
#include <sys/ioctl.h>
#include <linux/dma-heap.h>

#include "kselftest_harness.h"
#include "udmabuf_test.h"

/* With pages of 4 KiB the system heap has pieces of 256, 16, 1 and 1 pages. */
#define HEAP_PAGES	274UL

FIXTURE(heap)
{
	int buf;
	size_t page;
	size_t size;
	char *mem;		/* a mapping of all of it: each page has its index in it */
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
	unsigned long i;
	int dev;

	self->page = sysconf(_SC_PAGESIZE);
	self->size = HEAP_PAGES * self->page;
	dev = open(variant->path, O_RDWR);
	if (dev < 0)
		SKIP(return, "no %s: CONFIG_DMABUF_HEAPS_*, or not root", variant->path);
	data.len = self->size;
	ASSERT_EQ(0, ioctl(dev, DMA_HEAP_IOCTL_ALLOC, &data));
	close(dev);
	self->buf = data.fd;
	self->mem = buf_map(self->buf, self->size, 0);
	ASSERT_NE(MAP_FAILED, self->mem);
	for (i = 0; i < HEAP_PAGES; i++)
		self->mem[i * self->page] = i + 1;
}

FIXTURE_TEARDOWN(heap)
{
	close(self->buf);
}

TEST_F(heap, whole)
{
	char *map;

	map = buf_map(self->buf, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, self->page, 0, HEAP_PAGES));
	map[3 * self->page] = 77;
	EXPECT_EQ(77, self->mem[3 * self->page]);
}

/* Parts that begin and end inside of a piece, at its ends, and in others. */
TEST_F(heap, part)
{
	static const unsigned long parts[][2] = {
		{ 5, 4 }, { 0, 256 }, { 256, 16 }, { 250, 12 }, { 250, 24 }, { 255, 1 },
		{ 271, 2 }, { 272, 1 }, { 273, 1 },
	};
	unsigned int i;
	char *map;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		map = buf_map(self->buf, parts[i][1] * self->page, parts[i][0] * self->page);
		ASSERT_NE(MAP_FAILED, map);
		EXPECT_TRUE(shows(map, self->page, parts[i][0], parts[i][1]));
		ASSERT_EQ(0, munmap(map, parts[i][1] * self->page));
	}
}

/* Split before anything is accessed. */
TEST_F(heap, split)
{
	char *map;

	map = buf_map(self->buf, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + 4 * self->page, self->page));
	EXPECT_TRUE(shows(map + 5 * self->page, self->page, 5, HEAP_PAGES - 5));
	EXPECT_TRUE(shows(map, self->page, 0, 4));
	EXPECT_EQ(SIGSEGV, child_reads(map + 4 * self->page));
	ASSERT_EQ(0, mprotect(map + 8 * self->page, self->page, PROT_READ));
	EXPECT_TRUE(shows(map + 5 * self->page, self->page, 5, HEAP_PAGES - 5));
}

TEST_F(heap, moved)
{
	char *map, *to;

	map = buf_map(self->buf, self->size, 0);
	ASSERT_NE(MAP_FAILED, map);
	to = mmap(NULL, self->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	ASSERT_EQ(to, mremap(map + 254 * self->page, 4 * self->page, 4 * self->page,
			     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_TRUE(shows(to, self->page, 254, 4));
	EXPECT_TRUE(shows(map, self->page, 0, 254));
	EXPECT_TRUE(shows(map + 258 * self->page, self->page, 258, HEAP_PAGES - 258));
}

TEST_F(heap, forked)
{
	char *map;

	map = buf_map(self->buf, 4 * self->page, 2 * self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, child_reads(map));
	EXPECT_TRUE(shows(map, self->page, 2, 4));
	EXPECT_EQ(0, child_reads(map + 3 * self->page));
}

TEST_F(heap, refused)
{
	char *map;

	/* A write would copy this. */
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_READ, MAP_PRIVATE, self->buf, 0));
	EXPECT_EQ(EINVAL, errno);
	/* Part of this is outside the buffer. */
	EXPECT_EQ(MAP_FAILED, buf_map(self->buf, self->size + self->page, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, buf_map(self->buf, self->page, self->size));
	EXPECT_EQ(EINVAL, errno);
	/* This would be larger than the buffer. */
	map = buf_map(self->buf, self->page, self->size - self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(MAP_FAILED, mremap(map, self->page, 2 * self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, mremap(map, 0, self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_TRUE(shows(map, self->page, HEAP_PAGES - 1, 1));
	EXPECT_EQ(-1, madvise(map, self->page, MADV_DONTNEED));
	EXPECT_EQ(EINVAL, errno);
}

/* Bare page frames, which nobody looks at, do not grow and are in no core dump. */
TEST_F(heap, flags)
{
	char flags[256];

	map_flags(self->mem, flags, sizeof(flags));
	if (!*flags)
		SKIP(return, "no CONFIG_PROC_PAGE_MONITOR");
	EXPECT_NE(NULL, strstr(flags, " pf "));
	EXPECT_NE(NULL, strstr(flags, " io "));
	EXPECT_NE(NULL, strstr(flags, " de "));
	EXPECT_NE(NULL, strstr(flags, " dd "));
	EXPECT_EQ(NULL, strstr(flags, " dc "));
	EXPECT_EQ(NULL, strstr(flags, " mm "));
}

/* All access that was not asked for can be had later. */
TEST_F(heap, mprotect_later)
{
	char *map;

	map = mmap(NULL, self->size, PROT_NONE, MAP_SHARED, self->buf, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, mprotect(map, self->size, PROT_READ));
	EXPECT_TRUE(shows(map, self->page, 0, HEAP_PAGES));
	ASSERT_EQ(0, mprotect(map, self->size, PROT_READ | PROT_WRITE));
	map[self->page] = 66;
	EXPECT_EQ(66, self->mem[self->page]);
	/* But for one, which the file system of dma-bufs does not have. */
	EXPECT_EQ(-1, mprotect(map, self->size, PROT_READ | PROT_EXEC));
	EXPECT_EQ(EACCES, errno);
}

/* The mapping holds the buffer, and the buffer its pages. */
TEST_F(heap, outlives_the_file)
{
	close(self->buf);
	EXPECT_TRUE(shows(self->mem, self->page, 0, HEAP_PAGES));
	ASSERT_EQ(0, munmap(self->mem, self->size));
}

TEST_HARNESS_MAIN
