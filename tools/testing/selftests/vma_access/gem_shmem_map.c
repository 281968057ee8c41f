// SPDX-License-Identifier: GPL-2.0
/*
 * Which page of a GEM object of DRM's shmem helpers an address shows, whatever
 * became of its mapping: the index counts from the object's start (R12), also in
 * a dma-buf that is mapped at an offset. And what the mapping can become. All but
 * the cases "split", "dma_buf" and "moved" pass without typed VMA access too, and
 * those do with patches/fixes/drm.
 */
#define _GNU_SOURCE
#include <sys/ioctl.h>
#include <drm/drm.h>
#include <drm/drm_mode.h>

#include "kselftest_harness.h"
#include "udmabuf_test.h"

FIXTURE(gem)
{
	int fd;
	int buf;		/* the object as a dma-buf */
	off_t offset;		/* where its mappings start */
	size_t page;
	size_t size;
	char *mem;		/* a mapping of all of it: each page has its index in it */
};

/* vgem, which has nothing but objects of the shmem helpers. */
static int open_vgem(void)
{
	char path[32], name[8];
	int fd, i;

	for (i = 0; i < 8; i++) {
		struct drm_version v = { .name = name, .name_len = sizeof(name) - 1 };

		snprintf(path, sizeof(path), "/dev/dri/card%d", i);
		fd = open(path, O_RDWR);
		if (fd < 0)
			continue;
		memset(name, 0, sizeof(name));
		if (!ioctl(fd, DRM_IOCTL_VERSION, &v) && !strcmp(name, "vgem"))
			return fd;
		close(fd);
	}
	return -ENODEV;
}

FIXTURE_SETUP(gem)
{
	struct drm_mode_create_dumb create = { .height = PAGES, .bpp = 32 };
	struct drm_prime_handle prime = { .flags = O_CLOEXEC | O_RDWR };
	struct drm_mode_map_dumb dumb = { 0 };
	unsigned long i;

	self->page = sysconf(_SC_PAGESIZE);
	self->size = PAGES * self->page;
	self->fd = open_vgem();
	if (self->fd < 0)
		SKIP(return, "no vgem: CONFIG_DRM_VGEM, or not root");
	create.width = self->page / 4;
	ASSERT_EQ(0, ioctl(self->fd, DRM_IOCTL_MODE_CREATE_DUMB, &create));
	ASSERT_EQ(self->size, create.size);
	dumb.handle = create.handle;
	ASSERT_EQ(0, ioctl(self->fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb));
	self->offset = dumb.offset;
	prime.handle = create.handle;
	ASSERT_EQ(0, ioctl(self->fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime));
	self->buf = prime.fd;

	self->mem = buf_map(self->fd, self->size, self->offset);
	ASSERT_NE(MAP_FAILED, self->mem);
	for (i = 0; i < PAGES; i++)
		self->mem[i * self->page] = i + 1;
}

FIXTURE_TEARDOWN(gem)
{
	close(self->buf);
	close(self->fd);
}

TEST_F(gem, whole)
{
	char *map;

	map = buf_map(self->fd, self->size, self->offset);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, self->page, 0, PAGES));
	/* An entry for reading becomes one for writing. */
	map[3 * self->page] = 77;
	EXPECT_EQ(77, self->mem[3 * self->page]);
}

/* Split before anything is mapped, so that each part has faults of its own. */
TEST_F(gem, split)
{
	char *map;

	map = buf_map(self->fd, self->size, self->offset);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + 4 * self->page, self->page));
	EXPECT_TRUE(shows(map + 5 * self->page, self->page, 5, PAGES - 5));
	EXPECT_TRUE(shows(map, self->page, 0, 4));
	EXPECT_EQ(SIGSEGV, child_reads(map + 4 * self->page));
	/* The first access writes: no entry is there that could be reused. */
	ASSERT_EQ(0, mprotect(map + 8 * self->page, self->page, PROT_READ));
	map[9 * self->page] = 55;
	EXPECT_EQ(55, self->mem[9 * self->page]);
}

/* Whose offset is that in the object: the driver adds that of the object. */
TEST_F(gem, dma_buf)
{
	char *map;

	map = buf_map(self->buf, 4 * self->page, 5 * self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, self->page, 5, 4));
	map[self->page] = 88;
	EXPECT_EQ(88, self->mem[6 * self->page]);
	map = buf_map(self->buf, self->page, self->size - self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, self->page, PAGES - 1, 1));
}

TEST_F(gem, moved)
{
	char *map, *to;

	map = buf_map(self->fd, self->size, self->offset);
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

TEST_F(gem, forked)
{
	char *map;

	map = buf_map(self->fd, self->size, self->offset);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, child_reads(map));
	EXPECT_TRUE(shows(map, self->page, 0, PAGES));
	EXPECT_EQ(0, child_reads(map + 3 * self->page));
}

TEST_F(gem, refused)
{
	char *map;

	/* A write would copy this. */
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_READ, MAP_PRIVATE, self->fd,
				   self->offset));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_READ, MAP_PRIVATE, self->buf, 0));
	EXPECT_EQ(EINVAL, errno);
	/* Part of this is outside the object. */
	EXPECT_EQ(MAP_FAILED, buf_map(self->buf, self->size + self->page, 0));
	EXPECT_EQ(EINVAL, errno);
	/* This would be larger than the object. */
	map = buf_map(self->buf, self->page, self->size - self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(MAP_FAILED, mremap(map, self->page, 2 * self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_TRUE(shows(map, self->page, PAGES - 1, 1));
	/* Page frames are the driver's to take away. */
	EXPECT_EQ(-1, madvise(map, self->page, MADV_DONTNEED));
	EXPECT_EQ(EINVAL, errno);
}

/* Bare page frames, which do not grow and are in no core dump. */
TEST_F(gem, flags)
{
	char flags[256];

	map_flags(self->mem, flags, sizeof(flags));
	if (!*flags)
		SKIP(return, "no CONFIG_PROC_PAGE_MONITOR");
	EXPECT_NE(NULL, strstr(flags, " pf "));
	EXPECT_NE(NULL, strstr(flags, " de "));
	EXPECT_NE(NULL, strstr(flags, " dd "));
	EXPECT_EQ(NULL, strstr(flags, " mm "));
	EXPECT_EQ(NULL, strstr(flags, " dc "));
	EXPECT_EQ(NULL, strstr(flags, " io "));
}

/* All access that was not asked for can be had later. */
TEST_F(gem, mprotect_later)
{
	char *map;

	map = mmap(NULL, self->size, PROT_NONE, MAP_SHARED, self->fd, self->offset);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, mprotect(map, self->size, PROT_READ));
	EXPECT_TRUE(shows(map, self->page, 0, PAGES));
	ASSERT_EQ(0, mprotect(map, self->size, PROT_READ | PROT_WRITE));
	map[self->page] = 66;
	EXPECT_EQ(66, self->mem[self->page]);
	EXPECT_EQ(0, mprotect(map, self->size, PROT_READ | PROT_EXEC));
}

/* The mapping holds the object, and the object its pages. */
TEST_F(gem, outlives_the_file)
{
	close(self->buf);
	close(self->fd);
	EXPECT_TRUE(shows(self->mem, self->page, 0, PAGES));
	ASSERT_EQ(0, munmap(self->mem, 2 * self->page));
	EXPECT_TRUE(shows(self->mem + 2 * self->page, self->page, 2, PAGES - 2));
	ASSERT_EQ(0, munmap(self->mem, self->size));
}

TEST_HARNESS_MAIN
