// SPDX-License-Identifier: GPL-2.0
/*
 * What the mapping of a framebuffer in I/O memory does: that it shows the
 * framebuffer, or the registers behind it in the file, in whole pages although
 * neither begins or ends with one; that nothing beyond them can be mapped; that it
 * does not grow, and may be split, moved and inherited. The framebuffer is that of
 * test_modules/vma_fb.c. Passes on a kernel without typed VMA access too.
 */
#define _GNU_SOURCE
#include <linux/fb.h>

#include "kselftest_harness.h"
#include "udmabuf_test.h"

#define FB_MODULE	"test_modules/vma_fb.ko"

#define SMEM	4UL	/* pages of the framebuffer, each begins with its index and one */
#define MMIO	2UL	/* pages of the registers, with the negative of that */

FIXTURE(fb)
{
	int fd;
	size_t page;
};

/* The device with that name. */
static int fb_open(void)
{
	struct fb_fix_screeninfo fix;
	char path[32];
	int i, fd;

	for (i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), "/dev/fb%d", i);
		fd = open(path, O_RDWR);
		if (fd < 0)
			continue;
		if (!ioctl(fd, FBIOGET_FSCREENINFO, &fix) && !strcmp(fix.id, "vma_fb"))
			return fd;
		close(fd);
	}
	return -1;
}

FIXTURE_SETUP(fb)
{
	self->page = sysconf(_SC_PAGESIZE);
	self->fd = fb_open();
	if (self->fd < 0 && !system("insmod " FB_MODULE " 2>/dev/null"))
		self->fd = fb_open();
	if (self->fd < 0)
		SKIP(return, "no framebuffer: " FB_MODULE " needs CONFIG_FB_SIMPLE, or not root");
}

FIXTURE_TEARDOWN(fb)
{
	close(self->fd);
}

static int refused(int fd, size_t size, off_t offset)
{
	void *map = buf_map(fd, size, offset);

	if (map == MAP_FAILED)
		return errno;
	munmap(map, size);
	return 0;
}

static bool shows_mmio(const char *map, size_t page, unsigned long first, unsigned long nr)
{
	unsigned long i;

	for (i = 0; i < nr; i++)
		if (map[i * page] != (char)-(first + i + 1))
			return false;
	return true;
}

TEST_F(fb, whole)
{
	char *map, *twin, byte;

	map = buf_map(self->fd, SMEM * self->page, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, self->page, 0, SMEM));
	twin = buf_map(self->fd, SMEM * self->page, 0);
	ASSERT_NE(MAP_FAILED, twin);
	/* The framebuffer itself begins inside of the first page. */
	map[0x200 + 5] = 77;
	EXPECT_EQ(77, twin[0x200 + 5]);
	ASSERT_EQ(1, pread(self->fd, &byte, 1, 5));
	EXPECT_EQ(77, byte);
}

TEST_F(fb, part)
{
	unsigned long first;
	char *map;

	for (first = 0; first < SMEM; first++) {
		map = buf_map(self->fd, self->page, first * self->page);
		ASSERT_NE(MAP_FAILED, map);
		EXPECT_TRUE(shows(map, self->page, first, 1));
		ASSERT_EQ(0, munmap(map, self->page));
	}
	map = buf_map(self->fd, 2 * self->page, 2 * self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, self->page, 2, 2));
}

TEST_F(fb, registers)
{
	char *map;

	map = buf_map(self->fd, MMIO * self->page, SMEM * self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows_mmio(map, self->page, 0, MMIO));
	/* Split: the rest still is what it was. */
	ASSERT_EQ(0, munmap(map, self->page));
	EXPECT_TRUE(shows_mmio(map + self->page, self->page, 1, 1));
	map = buf_map(self->fd, self->page, (SMEM + 1) * self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows_mmio(map, self->page, 1, 1));
}

/* The file has both, but no mapping has: each is one run of memory. */
TEST_F(fb, outside)
{
	EXPECT_EQ(EINVAL, refused(self->fd, (SMEM + 1) * self->page, 0));
	EXPECT_EQ(EINVAL, refused(self->fd, 2 * self->page, (SMEM - 1) * self->page));
	EXPECT_EQ(EINVAL, refused(self->fd, (MMIO + 1) * self->page, SMEM * self->page));
	EXPECT_EQ(EINVAL, refused(self->fd, self->page, (SMEM + MMIO) * self->page));
	EXPECT_EQ(EINVAL, refused(self->fd, 2 * self->page, (SMEM + 1) * self->page));
	EXPECT_EQ(EINVAL, refused(self->fd, self->page, 1L << 40));
}

/* The registers are the kernel's while it accelerates what it draws. */
TEST_F(fb, accelerated)
{
	struct fb_var_screeninfo var;

	ASSERT_EQ(0, ioctl(self->fd, FBIOGET_VSCREENINFO, &var));
	var.accel_flags = FB_ACCELF_TEXT;
	ASSERT_EQ(0, ioctl(self->fd, FBIOPUT_VSCREENINFO, &var));
	EXPECT_EQ(EINVAL, refused(self->fd, self->page, SMEM * self->page));
	EXPECT_EQ(0, refused(self->fd, SMEM * self->page, 0));
	var.accel_flags = 0;
	ASSERT_EQ(0, ioctl(self->fd, FBIOPUT_VSCREENINFO, &var));
	EXPECT_EQ(0, refused(self->fd, self->page, SMEM * self->page));
}

TEST_F(fb, split_and_moved)
{
	char *map, *to;

	map = buf_map(self->fd, SMEM * self->page, 0);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, munmap(map + self->page, self->page));
	EXPECT_TRUE(shows(map + 2 * self->page, self->page, 2, SMEM - 2));
	EXPECT_EQ(SIGSEGV, child_reads(map + self->page));
	to = mmap(NULL, self->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	ASSERT_EQ(to, mremap(map + 3 * self->page, self->page, self->page,
			     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_TRUE(shows(to, self->page, 3, 1));
	/* A child has them too. */
	EXPECT_EQ(0, child_reads(to));
	EXPECT_EQ(0, child_reads(map + 2 * self->page));
}

TEST_F(fb, grow)
{
	char *map;

	map = buf_map(self->fd, self->page, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(MAP_FAILED, mremap(map, self->page, 2 * self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, mremap(map, 0, self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_TRUE(shows(map, self->page, 0, 1));
}

TEST_F(fb, mprotect_later)
{
	char *map;

	map = mmap(NULL, SMEM * self->page, PROT_NONE, MAP_SHARED, self->fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(SIGSEGV, child_reads(map));
	ASSERT_EQ(0, mprotect(map, SMEM * self->page, PROT_READ));
	EXPECT_TRUE(shows(map, self->page, 0, SMEM));
	ASSERT_EQ(0, mprotect(map, SMEM * self->page, PROT_READ | PROT_WRITE));
	map[0x300] = 66;
	EXPECT_EQ(66, map[0x300]);
	EXPECT_EQ(0, mprotect(map, SMEM * self->page, PROT_READ | PROT_EXEC));
}

/* A mapping that is only read may be private, too. */
TEST_F(fb, private)
{
	char *map;

	map = mmap(NULL, SMEM * self->page, PROT_READ, MAP_PRIVATE, self->fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows(map, self->page, 0, SMEM));
	map = mmap(NULL, self->page, PROT_READ, MAP_PRIVATE, self->fd, SMEM * self->page);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_TRUE(shows_mmio(map, self->page, 0, 1));
}

/* Bare page frames, which nobody looks at, do not grow and are in no core dump. */
TEST_F(fb, flags)
{
	char flags[256];
	char *map;

	map = buf_map(self->fd, SMEM * self->page, 0);
	ASSERT_NE(MAP_FAILED, map);
	map_flags(map, flags, sizeof(flags));
	if (!*flags)
		SKIP(return, "no CONFIG_PROC_PAGE_MONITOR");
	EXPECT_NE(NULL, strstr(flags, " pf "));
	EXPECT_NE(NULL, strstr(flags, " io "));
	EXPECT_NE(NULL, strstr(flags, " de "));
	EXPECT_NE(NULL, strstr(flags, " dd "));
	EXPECT_NE(NULL, strstr(flags, " mw "));
	EXPECT_NE(NULL, strstr(flags, " me "));
	EXPECT_EQ(NULL, strstr(flags, " dc "));
	EXPECT_EQ(NULL, strstr(flags, " mm "));
}

/* The mapping holds the file, and the file the device. */
TEST_F(fb, outlives_the_file)
{
	char *map;

	map = buf_map(self->fd, SMEM * self->page, 0);
	ASSERT_NE(MAP_FAILED, map);
	close(self->fd);
	EXPECT_TRUE(shows(map, self->page, 0, SMEM));
	ASSERT_EQ(0, munmap(map, SMEM * self->page));
}

TEST_HARNESS_MAIN
