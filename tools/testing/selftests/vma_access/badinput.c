// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever user space asks of a mapping, it gets the errno that is documented and
 * the kernel's log stays as it was (R18): sizes and offsets of every kind, kinds
 * of mappings that a type refuses, and calls that were made for memory of other
 * kinds. After each, what is mapped is as it was. What is expected is in
 * Documentation/mm/vma_access.rst, "What user space is told".
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

/* What a kernel without it makes of its advice: EINVAL. */
#define KSM		"/sys/kernel/mm/ksm"
#define THP		"/sys/kernel/mm/transparent_hugepage"
#define POISON		"/proc/sys/vm/memory_failure_recovery"
/* Does what it says to pages. */
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
 * None of it may harm, and what the policy rests on is not taken back:
 * VM_DONTCOPY, VM_DONTDUMP.
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

/* Where a fault raises SIGBUS, who faults on user space's behalf says so. */
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
	/* Asynchronously any VMA can be write-protected that is not special. */
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
 * msync(), mincore(), mbind(), process_vm_readv(), ptrace's way in. Page frames
 * are not pages: get_user_pages() leaves them alone.
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
