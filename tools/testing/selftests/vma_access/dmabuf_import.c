// SPDX-License-Identifier: GPL-2.0
/*
 * A dma-buf that is mapped through its importer's file, by dma_buf_mmap(). The
 * hooks that the importer has put into the VMA are removed, and udmabuf's
 * policy is the same as through udmabuf's own file. The importer is
 * /dev/vma_import.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "kselftest_harness.h"
#include "test_modules/vma_import.h"
#include "udmabuf_test.h"
#include "vma_window_test.h"

#define IMPORT_DEV	"/dev/vma_import"
#define IMPORT_MODULE	"test_modules/vma_import.ko"

FIXTURE(import)
{
	int fd;
	int buf;
	char *mem;
	size_t page;
	size_t size;
};

FIXTURE_SETUP(import)
{
	self->page = sysconf(_SC_PAGESIZE);
	self->size = PAGES * self->page;
	self->fd = module_open(IMPORT_DEV, IMPORT_MODULE);
	if (self->fd < 0)
		SKIP(return, "no " IMPORT_DEV);
	self->buf = udmabuf_make(self->page, &self->mem);
	if (self->buf == -ENODEV)
		SKIP(return, "no /dev/udmabuf: CONFIG_UDMABUF, or not root");
	ASSERT_LE(0, self->buf);
	ASSERT_EQ(0, ioctl(self->fd, IMPORT_BUF, self->buf));
}

FIXTURE_TEARDOWN(import)
{
	close(self->buf);
	close(self->fd);
}

/* An exporter without hooks does not get those of the importer. */
TEST_F(import, hooks_are_taken_back)
{
	int seen, closes, buf;
	char *map;

	seen = ioctl(self->fd, IMPORT_SEEN, 0);
	closes = ioctl(self->fd, IMPORT_CLOSES, 0);
	buf = ioctl(self->fd, IMPORT_EXPORT, 0);
	ASSERT_LE(0, buf);
	ASSERT_EQ(0, ioctl(self->fd, IMPORT_BUF, buf));
	map = buf_map(self->fd, self->page, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, *map);
	ASSERT_EQ(0, munmap(map, self->page));
	EXPECT_EQ(seen, ioctl(self->fd, IMPORT_SEEN, 0));
	EXPECT_EQ(closes, ioctl(self->fd, IMPORT_CLOSES, 0));
	close(buf);
}

/* A part of a udmabuf shows that part. */
TEST_F(import, part)
{
	char *map;

	map = buf_map(self->fd, 4 * self->page, 5 * self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, self->page, 5, 4));
	map[self->page] = 55;
	EXPECT_EQ(55, self->mem[6 * self->page]);
	EXPECT_EQ(MAP_FAILED, buf_map(self->fd, self->page, self->size));
	EXPECT_EQ(EINVAL, errno);
}

/* The importer chooses the offset, whichever offset user space gives. */
TEST_F(import, offset)
{
	char *map;

	ASSERT_EQ(0, ioctl(self->fd, IMPORT_AT, 5));
	map = buf_map(self->fd, 4 * self->page, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, self->page, 5, 4));
	ASSERT_EQ(0, ioctl(self->fd, IMPORT_AT, PAGES - 1));
	map = buf_map(self->fd, self->page, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, self->page, PAGES - 1, 1));
}

/* No part of a mapping is beyond the buffer, also if the offset wraps. */
TEST_F(import, offset_beyond)
{
	ASSERT_EQ(0, ioctl(self->fd, IMPORT_AT, PAGES - 1));
	EXPECT_EQ(MAP_FAILED, buf_map(self->fd, 2 * self->page, 0));
	EXPECT_EQ(EINVAL, errno);
	ASSERT_EQ(0, ioctl(self->fd, IMPORT_AT, -1L));
	EXPECT_EQ(MAP_FAILED, buf_map(self->fd, 2 * self->page, 0));
	EXPECT_EQ(EOVERFLOW, errno);
}

/* The mapping is one of the buffer's file, and keeps the buffer. */
TEST_F(import, file)
{
	char *map = buf_map(self->fd, self->size, 0);
	char line[256], start[32];
	bool dmabuf = false;
	FILE *maps;

	ASSERT_NE(MAP_FAILED, map);
	snprintf(start, sizeof(start), "%08lx-", (unsigned long)map);
	maps = fopen("/proc/self/maps", "re");
	ASSERT_NE(NULL, maps);
	while (fgets(line, sizeof(line), maps))
		if (!strncmp(line, start, strlen(start)))
			dmabuf = strstr(line, "/dmabuf:");
	fclose(maps);
	EXPECT_TRUE(dmabuf);

	ASSERT_EQ(0, close(self->buf));
	ASSERT_EQ(0, close(self->fd));
	EXPECT_TRUE(shows(map, self->page, 0, PAGES));
	self->fd = -1;
	self->buf = -1;
}

/* A buffer that cannot be mapped is refused, through either file. */
TEST_F(import, unmappable)
{
	int buf = ioctl(self->fd, IMPORT_EXPORT, 1);

	ASSERT_LE(0, buf);
	ASSERT_EQ(0, ioctl(self->fd, IMPORT_BUF, buf));
	EXPECT_EQ(MAP_FAILED, buf_map(self->fd, self->page, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, buf_map(buf, self->page, 0));
	EXPECT_EQ(EINVAL, errno);
	close(buf);
}

/*
 * It can be mapped executable if the importer's file can, by mmap() and
 * mprotect().
 */
TEST_F(import, exec)
{
	struct statvfs fs;
	char *map;

	ASSERT_EQ(0, fstatvfs(self->fd, &fs));
	if (fs.f_flag & ST_NOEXEC)
		SKIP(return, "/dev is mounted noexec");
	map = mmap(NULL, self->size, PROT_READ | PROT_EXEC, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, self->page, 0, PAGES));
	ASSERT_EQ(0, mprotect(map, self->size, PROT_READ));
	EXPECT_EQ(0, mprotect(map, self->size, PROT_READ | PROT_EXEC));
}

/* A copy-on-write mapping is refused. */
TEST_F(import, private)
{
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_READ, MAP_PRIVATE, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
}

/*
 * Nothing beyond the buffer is shown, also if the importer did not check the
 * size.
 */
TEST_F(import, beyond)
{
	char *map;

	ASSERT_EQ(0, ioctl(self->fd, IMPORT_RAW, 0));
	map = buf_map(self->fd, self->page, self->size);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(SIGBUS, child_reads(map));
	map = buf_map(self->fd, self->page, 1000 * self->size);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(SIGBUS, child_reads(map));
}

/* A fault on the last page does not map pages beyond the buffer around it. */
TEST_F(import, beyond_by_fault_around)
{
	char *map;

	ASSERT_EQ(0, ioctl(self->fd, IMPORT_RAW, 0));
	map = buf_map(self->fd, 2 * self->page, self->size - self->page);
	ASSERT_NE(MAP_FAILED, map);
	if (pool_write_file("/dev/kmsg", "vma_access: expect: WARNING: drivers/dma-buf/udmabuf.c"))
		SKIP(return, "no /dev/kmsg");
	EXPECT_TRUE(shows(map, self->page, PAGES - 1, 1));
	EXPECT_EQ(SIGBUS, child_reads(map + self->page));
}

TEST_HARNESS_MAIN
