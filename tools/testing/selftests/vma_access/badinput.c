// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever user space asks of a mapping, it gets the errno that is documented and
 * the kernel's log stays as it was (R18): sizes and offsets of every kind, kinds
 * of mappings that a type refuses, and calls that were made for memory of other
 * kinds. After each, what is mapped is as it was.
 */
#define _GNU_SOURCE
#include <linux/userfaultfd.h>
#include <sys/uio.h>
#include <sys/syscall.h>

#include "kselftest_harness.h"
#include "vma_pool_test.h"
#include "vma_window_test.h"

FIXTURE(badinput)
{
	int fd;
	size_t page;
	char *map;	/* the whole window, as page frames */
};

FIXTURE_SETUP(badinput)
{
	self->fd = window_open();
	if (self->fd < 0)
		SKIP(return, "no " WINDOW_DEV ": build and load " WINDOW_MODULE);
	self->page = pool_page_size();
	self->map = window_map(self->fd, WINDOW_PFN, 0, WINDOW_PAGES);
	ASSERT_NE(MAP_FAILED, self->map);
	ASSERT_EQ(WINDOW_PAGES, window_good(self->map, 0, WINDOW_PAGES));
}

FIXTURE_TEARDOWN(badinput)
{
	EXPECT_EQ(WINDOW_PAGES, window_good(self->map, 0, WINDOW_PAGES));
	EXPECT_EQ(1, ioctl(self->fd, WINDOW_MAPPINGS));
	close(self->fd);
}

static int try_mmap(void *addr, size_t size, int prot, int flags, int fd,
		    off_t offset)
{
	void *map = mmap(addr, size, prot, flags, fd, offset);

	if (map == MAP_FAILED)
		return errno;
	munmap(map, size);
	return 0;
}

TEST_F(badinput, sizes)
{
	off_t base = WINDOW_BASE * self->page;
	size_t page = self->page;

	EXPECT_EQ(EINVAL, try_mmap(NULL, 0, PROT_READ, MAP_SHARED, self->fd, base));
	EXPECT_EQ(ENOMEM, try_mmap(NULL, -1UL, PROT_READ, MAP_SHARED, self->fd, base));
	EXPECT_EQ(ENOMEM, try_mmap(NULL, 1UL << 62, PROT_READ, MAP_SHARED, self->fd,
				   base));
	EXPECT_EQ(EINVAL, try_mmap(NULL, 1UL << 40, PROT_READ, MAP_SHARED, self->fd,
				   base));
	/* Rounded up to a page that is there, and to one that is not. */
	EXPECT_EQ(0, try_mmap(NULL, 1, PROT_READ, MAP_SHARED, self->fd, base));
	EXPECT_EQ(EINVAL, try_mmap(NULL, WINDOW_PAGES * page + 1, PROT_READ,
				   MAP_SHARED, self->fd, base));
}

TEST_F(badinput, offsets)
{
	size_t page = self->page;

	EXPECT_EQ(EINVAL, try_mmap(NULL, page, PROT_READ, MAP_SHARED, self->fd, 1));
	EXPECT_EQ(EINVAL, try_mmap(NULL, page, PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EOVERFLOW, try_mmap(NULL, 2 * page, PROT_READ, MAP_SHARED, self->fd,
				      -(off_t)page));
	EXPECT_EQ(EINVAL, try_mmap(NULL, page, PROT_READ, MAP_SHARED, self->fd,
				   (1ULL << 62)));
	EXPECT_EQ(EINVAL, try_mmap(NULL, page, PROT_READ, MAP_SHARED, self->fd,
				   (WINDOW_BASE + WINDOW_PAGES) * page));
}

/* What the type refuses. A private mapping that could be written is copied. */
TEST_F(badinput, kinds)
{
	off_t base = WINDOW_BASE * self->page;

	EXPECT_EQ(EINVAL, try_mmap(NULL, self->page, PROT_READ, MAP_PRIVATE,
				   self->fd, base));
	EXPECT_EQ(EINVAL, try_mmap(NULL, self->page, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE, self->fd, base));
	EXPECT_EQ(EPERM, try_mmap(NULL, self->page, PROT_EXEC, MAP_SHARED, self->fd,
				  base));
	EXPECT_EQ(EPERM, try_mmap(NULL, self->page, PROT_READ | PROT_EXEC,
				  MAP_PRIVATE, self->fd, base));
	EXPECT_EQ(-1, mprotect(self->map, self->page, PROT_READ | PROT_EXEC));
	EXPECT_EQ(EACCES, errno);
	EXPECT_EQ(EOPNOTSUPP, try_mmap(NULL, self->page, PROT_READ,
				       MAP_SHARED_VALIDATE | MAP_SYNC, self->fd,
				       base));
}

/* Over a live mapping: the old one goes first, whatever becomes of the new. */
TEST_F(badinput, over_itself)
{
	size_t size = WINDOW_PAGES * self->page;
	off_t base = WINDOW_BASE * self->page;

	EXPECT_EQ(EEXIST, try_mmap(self->map, size, PROT_READ,
				   MAP_SHARED | MAP_FIXED_NOREPLACE, self->fd, base));
	EXPECT_EQ(self->map, mmap(self->map, size, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_FIXED, self->fd, base));
	EXPECT_EQ(1, ioctl(self->fd, WINDOW_MAPPINGS));
	/* One that is refused leaves nothing there: map again for the teardown. */
	EXPECT_EQ(MAP_FAILED, mmap(self->map, size, PROT_EXEC,
				   MAP_SHARED | MAP_FIXED, self->fd, base));
	EXPECT_EQ(self->map, mmap(self->map, size, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_FIXED, self->fd, base));
}

/* mlock() has nothing to lock in a special mapping, and says so to nobody. */
TEST_F(badinput, mlock)
{
	EXPECT_EQ(0, mlock(self->map, self->page));
	EXPECT_EQ(0, munlock(self->map, self->page));
	EXPECT_EQ(0, mlockall(MCL_CURRENT | MCL_FUTURE));
	EXPECT_EQ(0, try_mmap(NULL, self->page, PROT_READ, MAP_SHARED, self->fd,
			      WINDOW_BASE * self->page));
	EXPECT_EQ(0, munlockall());
}

static const struct {
	int advice, err;
} advices[] = {
	{ MADV_NORMAL, 0 },
	{ MADV_RANDOM, 0 },
	{ MADV_SEQUENTIAL, 0 },
	{ MADV_WILLNEED, 0 },
	{ MADV_DONTNEED, EINVAL },
	{ MADV_FREE, EINVAL },
	{ MADV_REMOVE, ENODEV },
	{ MADV_DONTFORK, 0 },
	{ MADV_DOFORK, EINVAL },
	{ MADV_MERGEABLE, 0 },
	{ MADV_UNMERGEABLE, 0 },
	{ MADV_HUGEPAGE, EINVAL },
	{ MADV_NOHUGEPAGE, EINVAL },
	{ MADV_DONTDUMP, 0 },
	{ MADV_DODUMP, EINVAL },
	{ MADV_WIPEONFORK, EINVAL },
	{ MADV_KEEPONFORK, 0 },
	{ MADV_COLD, EINVAL },
	{ MADV_PAGEOUT, EINVAL },
	{ MADV_POPULATE_READ, EFAULT },
	{ MADV_POPULATE_WRITE, EFAULT },
	{ 25 /* MADV_COLLAPSE */, EINVAL },
	{ 102 /* MADV_GUARD_INSTALL */, EINVAL },
	{ 103 /* MADV_GUARD_REMOVE */, EINVAL },
	{ 12345, EINVAL },
};

/*
 * Some advice is for this kernel's configuration to know. None of it may harm,
 * and what the policy rests on is not taken back: VM_DONTCOPY, VM_DONTDUMP.
 */
TEST_F(badinput, madvise)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(advices); i++) {
		int err = madvise(self->map, WINDOW_PAGES * self->page,
				  advices[i].advice) ? errno : 0;

		switch (advices[i].advice) {
		case MADV_MERGEABLE:
		case MADV_UNMERGEABLE:
		case MADV_HUGEPAGE:
		case MADV_NOHUGEPAGE:
		case MADV_DONTNEED:
		case MADV_POPULATE_READ:
		case MADV_POPULATE_WRITE:
			EXPECT_TRUE(!err || err == EINVAL || err == EFAULT) {
				TH_LOG("advice %d: %s", advices[i].advice,
				       strerror(err));
			}
			break;
		default:
			EXPECT_EQ(advices[i].err, err) {
				TH_LOG("advice %d", advices[i].advice);
			}
		}
		EXPECT_EQ(WINDOW_PAGES, window_good(self->map, 0, WINDOW_PAGES));
	}
}

TEST_F(badinput, userfaultfd)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = {
		.range = { (uintptr_t)self->map, self->page },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int uffd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (uffd < 0)
		SKIP(return, "no userfaultfd here");
	ASSERT_EQ(0, ioctl(uffd, UFFDIO_API, &api));
	EXPECT_EQ(-1, ioctl(uffd, UFFDIO_REGISTER, &reg));
	EXPECT_EQ(EINVAL, errno);
	reg.mode = UFFDIO_REGISTER_MODE_WP;
	EXPECT_EQ(-1, ioctl(uffd, UFFDIO_REGISTER, &reg));
	EXPECT_EQ(EINVAL, errno);
	close(uffd);
}

/* msync(), mincore(), mbind(), process_vm_readv(), ptrace's way in. */
TEST_F(badinput, others)
{
	struct iovec local, remote = { self->map, sizeof(uint64_t) };
	unsigned char vec;
	uint64_t word;
	int mem;

	local = (struct iovec){ &word, sizeof(word) };
	msync(self->map, self->page, MS_SYNC);
	mincore(self->map, self->page, &vec);
	syscall(SYS_mbind, self->map, self->page, 0, NULL, 0, 0);
	/* Page frames are not pages: get_user_pages() leaves them alone. */
	EXPECT_EQ(-1, process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
	EXPECT_EQ(EFAULT, errno);
	mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	ASSERT_GE(mem, 0);
	EXPECT_EQ(-1, pread(mem, &word, sizeof(word), (uintptr_t)self->map));
	EXPECT_EQ(-1, pwrite(mem, &word, sizeof(word), (uintptr_t)self->map));
	close(mem);
}

TEST_HARNESS_MAIN
