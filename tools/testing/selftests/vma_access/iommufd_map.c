// SPDX-License-Identifier: GPL-2.0
/*
 * What the mapping of a viommu's MMIO range does, which user space may rely on:
 * that it shows all of the range or nothing, is shared, does not grow, may be
 * split, moved and inherited, and keeps the viommu from being destroyed. Completes
 * iommufd of tools/testing/selftests/iommu, which maps the range once. The mock
 * device is that of CONFIG_IOMMUFD_TEST. Passes on a kernel without typed VMA
 * access too.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <linux/iommufd.h>

#include "kselftest_harness.h"
#include "buffer_test.h"
#include "../../../../drivers/iommu/iommufd/iommufd_test.h"

#define DATA		0xbeef	/* at the start of the range */
#define OTHER		0xcafe

FIXTURE(iommufd)
{
	int fd;
	size_t page;
	size_t size;		/* of the range: two pages */
	off_t offset;		/* of the range in the file */
	uint32_t viommu;
	char *map;
};

static uint32_t word(const char *map)
{
	return *(const uint32_t *)map;
}

static void set_word(char *map, uint32_t to)
{
	*(uint32_t *)map = to;
}

static int destroy(int fd, uint32_t id)
{
	struct iommu_destroy cmd = { .size = sizeof(cmd), .id = id };

	return ioctl(fd, IOMMU_DESTROY, &cmd);
}

static bool destroy_busy(int fd, uint32_t id)
{
	return destroy(fd, id) == -1 && errno == EBUSY;
}

static char *map_range(int fd, size_t size, off_t offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
}

FIXTURE_SETUP(iommufd)
{
	struct iommu_ioas_alloc ioas = { .size = sizeof(ioas) };
	struct iommu_test_cmd dev = {
		.size = sizeof(dev), .op = IOMMU_TEST_OP_MOCK_DOMAIN,
	};
	struct iommu_hwpt_alloc hwpt = {
		.size = sizeof(hwpt), .flags = IOMMU_HWPT_ALLOC_NEST_PARENT,
	};
	struct iommu_viommu_selftest data = { .in_data = DATA };
	struct iommu_viommu_alloc viommu = {
		.size = sizeof(viommu), .type = IOMMU_VIOMMU_TYPE_SELFTEST,
		.data_len = sizeof(data), .data_uptr = (uintptr_t)&data,
	};

	self->page = sysconf(_SC_PAGESIZE);
	self->map = MAP_FAILED;
	self->fd = open("/dev/iommu", O_RDWR);
	if (self->fd < 0)
		SKIP(return, "no /dev/iommu: CONFIG_IOMMUFD, or not root");
	ASSERT_EQ(0, ioctl(self->fd, IOMMU_IOAS_ALLOC, &ioas));
	dev.id = ioas.out_ioas_id;
	if (ioctl(self->fd, IOMMU_TEST_CMD, &dev))
		SKIP(return, "no mock device: CONFIG_IOMMUFD_TEST");
	hwpt.dev_id = dev.mock_domain.out_idev_id;
	hwpt.pt_id = ioas.out_ioas_id;
	ASSERT_EQ(0, ioctl(self->fd, IOMMU_HWPT_ALLOC, &hwpt));
	viommu.dev_id = hwpt.dev_id;
	viommu.hwpt_id = hwpt.out_hwpt_id;
	ASSERT_EQ(0, ioctl(self->fd, IOMMU_VIOMMU_ALLOC, &viommu));
	self->viommu = viommu.out_viommu_id;
	self->size = data.out_mmap_length;
	self->offset = data.out_mmap_offset;
	ASSERT_EQ(2 * self->page, self->size);
	self->map = map_range(self->fd, self->size, self->offset);
	ASSERT_NE(MAP_FAILED, self->map);
	set_word(self->map + self->page, OTHER);
}

FIXTURE_TEARDOWN(iommufd)
{
	if (self->map != MAP_FAILED)
		munmap(self->map, self->size);
	if (self->fd >= 0)
		close(self->fd);
}

/* A second mapping shows the same memory. */
TEST_F(iommufd, whole)
{
	char *map;

	map = map_range(self->fd, self->size, self->offset);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(DATA, word(map));
	EXPECT_EQ(OTHER, word(map + self->page));
	set_word(map, OTHER);
	EXPECT_EQ(OTHER, word(self->map));
	ASSERT_EQ(0, munmap(map, self->size));
	EXPECT_TRUE(destroy_busy(self->fd, self->viommu));
}

/* It is all of the range at its own offset, or nothing. */
TEST_F(iommufd, exact)
{
	EXPECT_EQ(MAP_FAILED, map_range(self->fd, self->size, 0));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_EQ(MAP_FAILED, map_range(self->fd, self->size, self->offset + self->page));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_EQ(MAP_FAILED, map_range(self->fd, self->page, self->offset + self->page));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_EQ(MAP_FAILED, map_range(self->fd, self->page, self->offset));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_EQ(MAP_FAILED, map_range(self->fd, 2 * self->size, self->offset));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_EQ(MAP_FAILED, map_range(self->fd, self->size, self->offset + self->size));
	EXPECT_EQ(ENXIO, errno);
}

/* Neither private nor executable. */
TEST_F(iommufd, access)
{
	int fd;

	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_READ | PROT_WRITE, MAP_PRIVATE,
				   self->fd, self->offset));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_READ, MAP_PRIVATE, self->fd,
				   self->offset));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_READ | PROT_EXEC, MAP_SHARED,
				   self->fd, self->offset));
	EXPECT_EQ(EPERM, errno);
	/* To mm, what a file shares that was opened for reading is private. */
	fd = open("/dev/iommu", O_RDONLY);
	ASSERT_GE(fd, 0);
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_READ, MAP_SHARED, fd, self->offset));
	EXPECT_EQ(EINVAL, errno);
	close(fd);
}

/* A refused mapping keeps nothing. */
TEST_F(iommufd, refusal_keeps_nothing)
{
	EXPECT_EQ(MAP_FAILED, map_range(self->fd, self->page, self->offset));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->size, PROT_EXEC, MAP_SHARED, self->fd,
				   self->offset));
	ASSERT_EQ(0, munmap(self->map, self->size));
	self->map = MAP_FAILED;
	EXPECT_EQ(0, destroy(self->fd, self->viommu));
}

/* The viommu stays while any part of it is mapped. */
TEST_F(iommufd, split)
{
	EXPECT_TRUE(destroy_busy(self->fd, self->viommu));
	ASSERT_EQ(0, munmap(self->map, self->page));
	EXPECT_EQ(OTHER, word(self->map + self->page));
	EXPECT_EQ(SIGSEGV, child_reads(self->map));
	EXPECT_TRUE(destroy_busy(self->fd, self->viommu));
	ASSERT_EQ(0, munmap(self->map + self->page, self->page));
	self->map = MAP_FAILED;
	EXPECT_EQ(0, destroy(self->fd, self->viommu));
	EXPECT_EQ(MAP_FAILED, map_range(self->fd, self->size, self->offset));
	EXPECT_EQ(ENXIO, errno);
}

/* Two parts, each of which is a user of it. */
TEST_F(iommufd, protected_in_part)
{
	ASSERT_EQ(0, mprotect(self->map, self->page, PROT_READ));
	EXPECT_EQ(DATA, word(self->map));
	ASSERT_EQ(0, munmap(self->map + self->page, self->page));
	EXPECT_TRUE(destroy_busy(self->fd, self->viommu));
	ASSERT_EQ(0, munmap(self->map, self->page));
	self->map = MAP_FAILED;
	EXPECT_EQ(0, destroy(self->fd, self->viommu));
}

TEST_F(iommufd, moved)
{
	char *to;

	to = mmap(NULL, self->size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	ASSERT_EQ(to, mremap(self->map, self->size, self->size,
			     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	self->map = to;
	EXPECT_EQ(DATA, word(to));
	EXPECT_EQ(OTHER, word(to + self->page));
	EXPECT_TRUE(destroy_busy(self->fd, self->viommu));
	ASSERT_EQ(0, munmap(to, self->size));
	self->map = MAP_FAILED;
	EXPECT_EQ(0, destroy(self->fd, self->viommu));
}

/* A child has it, and keeps the viommu until it exits. */
TEST_F(iommufd, forked)
{
	int go[2], status;
	pid_t pid;
	char c;

	ASSERT_EQ(0, pipe(go));
	pid = fork();
	ASSERT_GE(pid, 0);
	if (!pid) {
		close(go[1]);
		if (word(self->map) != DATA || word(self->map + self->page) != OTHER)
			_exit(1);
		_exit(read(go[0], &c, 1) != 0);
	}
	close(go[0]);
	ASSERT_EQ(0, munmap(self->map + self->page, self->page));
	ASSERT_EQ(0, munmap(self->map, self->page));
	self->map = MAP_FAILED;
	EXPECT_TRUE(destroy_busy(self->fd, self->viommu));
	close(go[1]);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, destroy(self->fd, self->viommu));
}

TEST_F(iommufd, does_not_grow)
{
	EXPECT_EQ(MAP_FAILED, mremap(self->map, self->size, 2 * self->size, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, mremap(self->map, 0, self->size, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(DATA, word(self->map));
}

/* Reading and writing that was not asked for can be had later. */
TEST_F(iommufd, mprotect_later)
{
	char *map;

	map = mmap(NULL, self->size, PROT_NONE, MAP_SHARED, self->fd, self->offset);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(SIGSEGV, child_reads(map));
	ASSERT_EQ(0, mprotect(map, self->size, PROT_READ));
	EXPECT_EQ(DATA, word(map));
	ASSERT_EQ(0, mprotect(map, self->size, PROT_READ | PROT_WRITE));
	set_word(map, OTHER);
	EXPECT_EQ(OTHER, word(self->map));
	munmap(map, self->size);
}

/* The mapping holds the file, and the file the viommu. */
TEST_F(iommufd, outlives_the_file)
{
	close(self->fd);
	self->fd = -1;
	EXPECT_EQ(DATA, word(self->map));
	EXPECT_EQ(OTHER, word(self->map + self->page));
}

/* Page frames that nobody can pin or drop, that do not grow and are not dumped. */
TEST_F(iommufd, page_frames)
{
	struct iovec here = { .iov_len = 4 }, there = { self->map, 4 };
	char buf[4];

	here.iov_base = buf;
	EXPECT_EQ(-1, process_vm_readv(getpid(), &here, 1, &there, 1, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(-1, madvise(self->map, self->page, MADV_DONTNEED));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, madvise(self->map, self->page, MADV_DODUMP));
	EXPECT_EQ(EINVAL, errno);
	if (!expect_flags(_metadata, self->map, "pf io de dd", "dc"))
		SKIP(return, "no CONFIG_PROC_PAGE_MONITOR");
}

TEST_HARNESS_MAIN
