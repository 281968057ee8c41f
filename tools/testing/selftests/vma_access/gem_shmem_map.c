// SPDX-License-Identifier: GPL-2.0
/*
 * Which page of a GEM object of DRM's shmem helpers an address shows, whatever
 * became of its mapping: the index counts from the object's start (R12), also in
 * a dma-buf that is mapped at an offset. And what the mapping can become. All but
 * the cases "split", "dma_buf", "moved" and "around" pass without typed VMA access
 * too, and the first three do with patches/fixes/drm.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <drm/drm.h>
#include <drm/drm_mode.h>

#include "buffer_test.h"

#define PAGES	16UL

FIXTURE(gem)
{
	struct buffer buf;	/* the object, in the device's file */
	struct buffer prime;	/* as a dma-buf */
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
	struct buffer *buf = &self->buf;
	unsigned long i;

	buf->page = sysconf(_SC_PAGESIZE);
	buf->size = PAGES * buf->page;
	buf->fd = open_vgem();
	if (buf->fd < 0)
		SKIP(return, "no vgem: CONFIG_DRM_VGEM, or not root");
	create.width = buf->page / 4;
	ASSERT_EQ(0, ioctl(buf->fd, DRM_IOCTL_MODE_CREATE_DUMB, &create));
	ASSERT_EQ(buf->size, create.size);
	dumb.handle = create.handle;
	ASSERT_EQ(0, ioctl(buf->fd, DRM_IOCTL_MODE_MAP_DUMB, &dumb));
	buf->offset = dumb.offset;
	prime.handle = create.handle;
	ASSERT_EQ(0, ioctl(buf->fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime));

	buf->mem = buffer_map_whole(buf);
	ASSERT_NE(MAP_FAILED, buf->mem);
	for (i = 0; i < PAGES; i++)
		buf->mem[i * buf->page] = i + 1;
	self->prime = *buf;
	self->prime.fd = prime.fd;
	self->prime.offset = 0;
}

FIXTURE_TEARDOWN(gem)
{
	close(self->prime.fd);
	close(self->buf.fd);
}

TEST_F(gem, whole)
{
	buffer_whole(_metadata, &self->buf);
}

TEST_F(gem, split)
{
	struct buffer *buf = &self->buf;
	char *map;

	buffer_split(_metadata, buf);
	/* The first access to the part behind writes: no entry is there to be reused. */
	map = buffer_map_whole(buf);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + 4 * buf->page, buf->page));
	map[9 * buf->page] = 55;
	EXPECT_EQ(55, buf->mem[9 * buf->page]);
}

/* The offset is that in the object: the driver adds the object's own. */
TEST_F(gem, dma_buf)
{
	struct buffer *buf = &self->prime;
	char *map;

	map = buf_map(buf->fd, 4 * buf->page, 5 * buf->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, buf->page, 5, 4));
	map[buf->page] = 88;
	EXPECT_EQ(88, buf->mem[6 * buf->page]);
	map = buf_map(buf->fd, buf->page, buf->size - buf->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, buf->page, PAGES - 1, 1));
}

TEST_F(gem, moved)
{
	buffer_moved(_metadata, &self->buf, 6);
}

TEST_F(gem, forked)
{
	buffer_forked(_metadata, &self->buf, 0);
}

TEST_F(gem, refused)
{
	struct buffer *buf = &self->buf;

	EXPECT_EQ(MAP_FAILED, mmap(NULL, buf->size, PROT_READ, MAP_PRIVATE, buf->fd, buf->offset));
	EXPECT_EQ(EINVAL, errno);
	buffer_refused(_metadata, &self->prime);
}

/* Bare page frames, which do not grow and are in no core dump. */
TEST_F(gem, flags)
{
	if (!expect_flags(_metadata, self->buf.mem, "pf de dd", "mm dc io"))
		SKIP(return, "no CONFIG_PROC_PAGE_MONITOR");
}

/* All access that was not asked for can be had later. */
TEST_F(gem, mprotect_later)
{
	char *map = buffer_mprotect_later(_metadata, &self->buf);

	EXPECT_EQ(0, mprotect(map, self->buf.size, PROT_READ | PROT_EXEC));
}

static long faults(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_minflt;
}

/* A fault maps the pages beside it too. With huge pages it has done so always. */
TEST_F(gem, around)
{
	struct buffer *buf = &self->buf;
	char *map = buffer_map_whole(buf);
	long before;

	if (buf->page > 4096)
		SKIP(return, "pages are large, and none is mapped around a fault");
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map + 7 * buf->page, buf->page, 7, 1));
	before = faults();
	EXPECT_TRUE(shows(map, buf->page, 0, PAGES));
	EXPECT_GT(PAGES / 2, faults() - before);
	map[8 * buf->page] = 99;
	EXPECT_EQ(99, buf->mem[8 * buf->page]);
}

/* The mapping holds the object, and the object its pages. */
TEST_F(gem, outlives_the_file)
{
	struct buffer *buf = &self->buf;

	close(self->prime.fd);
	close(buf->fd);
	EXPECT_TRUE(shows(buf->mem, buf->page, 0, PAGES));
	ASSERT_EQ(0, munmap(buf->mem, 2 * buf->page));
	EXPECT_TRUE(shows(buf->mem + 2 * buf->page, buf->page, 2, PAGES - 2));
	ASSERT_EQ(0, munmap(buf->mem, buf->size));
}

TEST_HARNESS_MAIN
