// SPDX-License-Identifier: GPL-2.0
/*
 * Between which mappings UFFDIO_MOVE moves pages, and with which errno it
 * refuses the others. Completes mm/uffd-unit-tests, which moves between two
 * mappings that match. Passes on a kernel without typed VMA access too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/userfaultfd.h>

#include "kselftest_harness.h"

#define PAGES	4UL

FIXTURE(move)
{
	int uffd;
	size_t page;
	size_t size;
	char *src, *dst;
};

static char *map_anon(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int uffd_open(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_MOVE };
	int fd = syscall(__NR_userfaultfd, O_CLOEXEC | O_NONBLOCK | UFFD_USER_MODE_ONLY);

	if (fd >= 0 && ioctl(fd, UFFDIO_API, &api)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int uffd_register(int uffd, void *at, size_t size)
{
	struct uffdio_register reg = {
		.range = { (unsigned long)at, size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	return ioctl(uffd, UFFDIO_REGISTER, &reg) ? errno : 0;
}

/* What UFFDIO_MOVE returns: 0, or an errno. */
static int move(int uffd, void *dst, void *src, size_t size)
{
	struct uffdio_move arg = {
		.dst = (unsigned long)dst, .src = (unsigned long)src, .len = size,
	};

	return ioctl(uffd, UFFDIO_MOVE, &arg) ? errno : 0;
}

/* An unmapped page lies behind each of the two, so that neither is merged. */
static char *map_apart(size_t size, size_t page)
{
	char *map = map_anon(size + page);

	if (map != MAP_FAILED)
		munmap(map + size, page);
	return map;
}

FIXTURE_SETUP(move)
{
	self->page = sysconf(_SC_PAGESIZE);
	self->size = PAGES * self->page;
	self->uffd = uffd_open();
	if (self->uffd < 0)
		SKIP(return, "no userfaultfd with UFFDIO_MOVE");
	self->dst = map_apart(self->size, self->page);
	ASSERT_NE(MAP_FAILED, self->dst);
	self->src = map_apart(self->size, self->page);
	ASSERT_NE(MAP_FAILED, self->src);
	/* EINVAL: there are no huge pages. */
	if (madvise(self->src, self->size, MADV_NOHUGEPAGE) ||
	    madvise(self->dst, self->size, MADV_NOHUGEPAGE))
		ASSERT_EQ(EINVAL, errno);
	memset(self->src, 7, self->size);
	ASSERT_EQ(0, uffd_register(self->uffd, self->dst, self->size));
}

FIXTURE_TEARDOWN(move)
{
	close(self->uffd);
}

/* The destination was never touched, so it has no anon_vma before. */
TEST_F(move, pages)
{
	ASSERT_EQ(0, move(self->uffd, self->dst, self->src, self->size));
	EXPECT_EQ(7, self->dst[0]);
	EXPECT_EQ(7, self->dst[self->size - 1]);
	EXPECT_EQ(0, self->src[0]);
	/* What is there stays. */
	EXPECT_EQ(EEXIST, move(self->uffd, self->dst, self->src, self->page));
}

/* From a page to another of the same mapping. */
TEST_F(move, within)
{
	ASSERT_EQ(0, move(self->uffd, self->dst, self->src, self->page));
	ASSERT_EQ(0, move(self->uffd, self->dst + 2 * self->page, self->dst, self->page));
	EXPECT_EQ(7, self->dst[2 * self->page]);
}

TEST_F(move, not_mapped)
{
	char *hole = mmap(NULL, self->page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, hole);
	ASSERT_EQ(0, munmap(hole, self->page));
	EXPECT_EQ(ENOENT, move(self->uffd, hole, self->src, self->page));
	EXPECT_EQ(ENOENT, move(self->uffd, self->dst, hole, self->page));
}

/* Half a range inside the mapping is none. */
TEST_F(move, beyond)
{
	char *last = self->dst + self->size - self->page;

	EXPECT_EQ(EINVAL, move(self->uffd, last, self->src, 2 * self->page));
	EXPECT_EQ(EINVAL, move(self->uffd, self->dst, self->src + self->size - self->page,
			       2 * self->page));
	EXPECT_EQ(7, self->src[self->size - 1]);
	EXPECT_EQ(0, move(self->uffd, last, self->src + self->size - self->page, self->page));
}

/* Only into what this userfaultfd serves. */
TEST_F(move, not_registered)
{
	char *other = map_apart(self->size, self->page);
	int uffd = uffd_open();

	ASSERT_NE(MAP_FAILED, other);
	other[0] = 0;
	EXPECT_EQ(EINVAL, move(self->uffd, other + self->page, self->src, self->page));
	ASSERT_LE(0, uffd);
	ASSERT_EQ(0, uffd_register(uffd, other, self->size));
	EXPECT_EQ(EINVAL, move(self->uffd, other + self->page, self->src, self->page));
	EXPECT_EQ(0, move(uffd, other + self->page, self->src, self->page));
	close(uffd);
}

TEST_F(move, other_access)
{
	ASSERT_EQ(0, mprotect(self->src, self->size, PROT_READ));
	EXPECT_EQ(EINVAL, move(self->uffd, self->dst, self->src, self->page));
	ASSERT_EQ(0, mprotect(self->dst, self->size, PROT_READ));
	EXPECT_EQ(EINVAL, move(self->uffd, self->dst, self->src, self->page));
}

TEST_F(move, locked)
{
	ASSERT_EQ(0, mlock(self->src, self->size));
	EXPECT_EQ(EINVAL, move(self->uffd, self->dst, self->src, self->page));
	ASSERT_EQ(0, munlock(self->src, self->size));
	EXPECT_EQ(0, move(self->uffd, self->dst, self->src, self->page));
}

TEST_F(move, shared)
{
	char *shared = mmap(NULL, self->size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, shared);
	memset(shared, 3, self->size);
	EXPECT_EQ(EINVAL, move(self->uffd, self->dst, shared, self->page));
	EXPECT_EQ(3, shared[0]);
}

/* Private copies of a file's pages do not move. */
TEST_F(move, file)
{
	int fd = memfd_create("uffd_move", 0);
	char *map;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, self->size));
	map = mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	ASSERT_NE(MAP_FAILED, map);
	memset(map, 3, self->size);
	EXPECT_EQ(EINVAL, move(self->uffd, self->dst, map, self->page));
	EXPECT_EQ(3, map[0]);
	close(fd);
}

/* A private mapping of /dev/zero has a file, and anonymous pages. */
TEST_F(move, dev_zero)
{
	int fd = open("/dev/zero", O_RDWR);
	char *src, *dst;

	if (fd < 0)
		SKIP(return, "no /dev/zero");
	src = mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	ASSERT_NE(MAP_FAILED, src);
	dst = mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	ASSERT_NE(MAP_FAILED, dst);
	if (madvise(src, self->size, MADV_NOHUGEPAGE))
		ASSERT_EQ(EINVAL, errno);
	memset(src, 5, self->size);
	ASSERT_EQ(0, uffd_register(self->uffd, dst, self->size));
	EXPECT_EQ(0, move(self->uffd, dst, src, self->size));
	EXPECT_EQ(5, dst[0]);
	close(fd);
}

TEST_HARNESS_MAIN
