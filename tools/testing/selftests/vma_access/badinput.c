// SPDX-License-Identifier: GPL-2.0
/*
 * For any bad input from user space, the result is the documented errno and the
 * kernel logs nothing (R18). The input is sizes and offsets of every kind,
 * kinds of mappings that a type refuses, and calls for other kinds of memory.
 * After each call, the mapped contents are unchanged. The expected results are
 * in Documentation/mm/vma_access_mm.rst, "What user space is told".
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
	char *map;	/* the whole window */
};

FIXTURE_VARIANT(badinput)
{
	enum window_type type;
};

FIXTURE_VARIANT_ADD(badinput, pfns)
{
	.type = WINDOW_PFN,
};

FIXTURE_VARIANT_ADD(badinput, pages)
{
	.type = WINDOW_MIXED,
};

FIXTURE_SETUP(badinput)
{
	self->fd = window_open();
	if (self->fd < 0)
		SKIP(return, "no " WINDOW_DEV ": build and load " WINDOW_MODULE);
	self->page = pool_page_size();
	self->map = window_map(self->fd, variant->type, 0, WINDOW_PAGES);
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
	/*
	 * A size is rounded up to a page, once inside the window and once
	 * outside.
	 */
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

/* The type refuses these. A private mapping that can be written is copied. */
TEST_F(badinput, kinds)
{
	off_t base = WINDOW_BASE * self->page;
	int cow = variant->type == WINDOW_MIXED ? 0 : EINVAL;

	EXPECT_EQ(cow, try_mmap(NULL, self->page, PROT_READ, MAP_PRIVATE,
				self->fd, base));
	EXPECT_EQ(cow, try_mmap(NULL, self->page, PROT_READ | PROT_WRITE,
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

/* The old mapping goes first, also if the new one over it is refused. */
TEST_F(badinput, over_itself)
{
	size_t size = WINDOW_PAGES * self->page;
	off_t base = WINDOW_BASE * self->page;

	EXPECT_EQ(EEXIST, try_mmap(self->map, size, PROT_READ,
				   MAP_SHARED | MAP_FIXED_NOREPLACE, self->fd, base));
	EXPECT_EQ(self->map, mmap(self->map, size, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_FIXED, self->fd, base));
	EXPECT_EQ(1, ioctl(self->fd, WINDOW_MAPPINGS));
	/* A refused mapping leaves a hole: map again for the teardown. */
	EXPECT_EQ(MAP_FAILED, mmap(self->map, size, PROT_EXEC,
				   MAP_SHARED | MAP_FIXED, self->fd, base));
	EXPECT_EQ(self->map, mmap(self->map, size, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_FIXED, self->fd, base));
}

/* mlock() ignores a special mapping, and succeeds. */
TEST_F(badinput, mlock)
{
	EXPECT_EQ(0, mlock(self->map, self->page));
	EXPECT_EQ(0, munlock(self->map, self->page));
	EXPECT_EQ(0, mlockall(MCL_CURRENT | MCL_FUTURE));
	EXPECT_EQ(0, try_mmap(NULL, self->page, PROT_READ, MAP_SHARED, self->fd,
			      WINDOW_BASE * self->page));
	EXPECT_EQ(0, munlockall());
}

/* A kernel without KSM returns EINVAL for its advice. */
#define KSM		"/sys/kernel/mm/ksm"
#define THP		"/sys/kernel/mm/transparent_hugepage"
#define POISON		"/proc/sys/vm/memory_failure_recovery"
/* Harmful: this does to the pages what it says. */
#define HARMFUL		(-1)

static const struct {
	const char *name;
	int advice;
	int pfns, pages;	/* an errno for each kind */
	const char *option;
} advices[] = {
	{ "NORMAL", MADV_NORMAL, 0, 0 },
	{ "RANDOM", MADV_RANDOM, 0, 0 },
	{ "SEQUENTIAL", MADV_SEQUENTIAL, 0, 0 },
	{ "WILLNEED", MADV_WILLNEED, 0, 0 },
	{ "DONTNEED", MADV_DONTNEED, EINVAL, 0 },
	{ "DONTNEED_LOCKED", 24, EINVAL, 0 },
	{ "FREE", MADV_FREE, EINVAL, EINVAL },
	{ "REMOVE", MADV_REMOVE, ENODEV, ENODEV },
	{ "DONTFORK", MADV_DONTFORK, 0, 0 },
	{ "DOFORK", MADV_DOFORK, EINVAL, EINVAL },
	{ "MERGEABLE", MADV_MERGEABLE, 0, 0, KSM },
	{ "UNMERGEABLE", MADV_UNMERGEABLE, 0, 0, KSM },
	{ "HUGEPAGE", MADV_HUGEPAGE, 0, 0, THP },
	{ "NOHUGEPAGE", MADV_NOHUGEPAGE, 0, 0, THP },
	{ "COLLAPSE", 25, EINVAL, EINVAL },
	{ "DONTDUMP", MADV_DONTDUMP, 0, 0 },
	{ "DODUMP", MADV_DODUMP, EINVAL, EINVAL },
	{ "WIPEONFORK", MADV_WIPEONFORK, EINVAL, EINVAL },
	{ "KEEPONFORK", MADV_KEEPONFORK, 0, 0 },
	{ "COLD", MADV_COLD, EINVAL, 0 },
	{ "PAGEOUT", MADV_PAGEOUT, EINVAL, 0 },
	{ "POPULATE_READ", MADV_POPULATE_READ, EINVAL, 0 },
	{ "POPULATE_WRITE", MADV_POPULATE_WRITE, EINVAL, 0 },
	{ "GUARD_INSTALL", 102, EINVAL, EINVAL },
	{ "GUARD_REMOVE", 103, EINVAL, EINVAL },
	{ "HWPOISON", MADV_HWPOISON, EFAULT, HARMFUL, POISON },
	{ "SOFT_OFFLINE", 101, EFAULT, HARMFUL, POISON },
	{ "12345", 12345, EINVAL, EINVAL },
};

/*
 * No advice does harm, or clears VM_DONTCOPY and VM_DONTDUMP, which the policy
 * relies on.
 */
TEST_F(badinput, madvise)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(advices); i++) {
		int want = variant->type == WINDOW_PFN ? advices[i].pfns :
							 advices[i].pages;
		int err;

		if (want == HARMFUL)
			continue;
		if (advices[i].option && access(advices[i].option, F_OK))
			want = EINVAL;
		err = madvise(self->map, WINDOW_PAGES * self->page,
			      advices[i].advice) ? errno : 0;
		EXPECT_EQ(want, err) {
			TH_LOG("MADV_%s: %s", advices[i].name, strerror(err));
		}
		EXPECT_EQ(WINDOW_PAGES, window_good(self->map, 0, WINDOW_PAGES));
	}
}

/* If a fault raises SIGBUS, calls that fault for user space return an error. */
TEST_F(badinput, revoked)
{
	bool pages = variant->type != WINDOW_PFN;
	int i;

	ASSERT_EQ(0, ioctl(self->fd, WINDOW_REVOKE));
	EXPECT_EQ(pages ? -1 : 0, mlock(self->map, self->page));
	if (pages)
		EXPECT_EQ(ENOMEM, errno);
	EXPECT_EQ(0, munlock(self->map, self->page));
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(-1, madvise(self->map, self->page,
				      i ? MADV_POPULATE_WRITE : MADV_POPULATE_READ));
		EXPECT_EQ(pages ? EFAULT : EINVAL, errno);
	}
	ASSERT_EQ(0, ioctl(self->fd, WINDOW_REARM));
}

TEST_F(badinput, userfaultfd)
{
	/*
	 * Asynchronous write protection works for any VMA that is not special.
	 */
	struct uffdio_api api = {
		.api = UFFD_API,
		.features = UFFD_FEATURE_WP_ASYNC,
	};
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

/*
 * msync(), mincore(), mbind(), process_vm_readv(), and the access that ptrace()
 * uses. get_user_pages() refuses page frames, which are not pages.
 */
TEST_F(badinput, others)
{
	struct iovec local, remote = { self->map, sizeof(uint64_t) };
	ssize_t want = variant->type == WINDOW_PFN ? -1 : sizeof(uint64_t);
	unsigned char vec;
	uint64_t word;
	int mem;

	local = (struct iovec){ &word, sizeof(word) };
	EXPECT_EQ(0, msync(self->map, self->page, MS_ASYNC));
	EXPECT_EQ(-1, msync(self->map, self->page, MS_SYNC));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(0, mincore(self->map, self->page, &vec));
	syscall(SYS_mbind, self->map, self->page, 0, NULL, 0, 0);
	EXPECT_EQ(want, process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
	if (want < 0)
		EXPECT_EQ(EFAULT, errno);
	mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	ASSERT_GE(mem, 0);
	word = WINDOW_GOOD(0);
	EXPECT_EQ(want, pwrite(mem, &word, sizeof(word), (uintptr_t)self->map));
	if (want < 0)
		EXPECT_EQ(EIO, errno);
	EXPECT_EQ(want, pread(mem, &word, sizeof(word), (uintptr_t)self->map));
	if (want < 0)
		EXPECT_EQ(EIO, errno);
	close(mem);
}

TEST_HARNESS_MAIN
