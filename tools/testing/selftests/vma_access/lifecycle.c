// SPDX-License-Identifier: GPL-2.0
/*
 * Split, mremap(), fork(), expansion and exit of a mapping do what its type
 * says (R8). A range is refused, before anything happens, if it is not whole
 * pages inside the mapping (R6).
 */
#include "kselftest_harness.h"
#include "vma_pool_test.h"

#define VALUE 0x99aa000000000000ULL

FIXTURE(lifecycle)
{
	int fd;
	char *map;
	size_t size;
	size_t page;
};

FIXTURE_SETUP(lifecycle)
{
	self->fd = pool_open(O_RDWR);
	if (self->fd < 0)
		SKIP(return, "no " POOL_DEV ": load the module vma_pool");
	self->size = pool_bytes();
	self->page = pool_page_size();
	self->map = pool_map(self->fd);
	ASSERT_NE(MAP_FAILED, self->map);
	ASSERT_EQ(0, pool_fill(self->fd, 0, VMA_POOL_PAGES, VALUE, NULL));
}

FIXTURE_TEARDOWN(lifecycle)
{
	close(self->fd);
}

/* The whole mapping is at the same address, with the same contents. */
#define EXPECT_UNTOUCHED()						\
	do {								\
		struct vma_pool_info __info = pool_info(self->fd);	\
									\
		EXPECT_EQ(1, __info.mapped);				\
		EXPECT_EQ((uintptr_t)self->map, __info.addr);		\
		EXPECT_EQ(VMA_POOL_PAGES, __info.present);		\
		EXPECT_EQ(VMA_POOL_PAGES,				\
			  pool_pages_good(self->map, 0, VMA_POOL_PAGES, VALUE)); \
		EXPECT_EQ(1, pool_shrink(self->fd, 1));			\
		EXPECT_EQ(0, pool_fill_from_child(self->fd, 0, 1, VALUE)); \
	} while (0)

/* munmap() of a part would split the mapping, and is refused. */
TEST_F(lifecycle, split_by_munmap)
{
	EXPECT_EQ(-1, munmap(self->map, self->page));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, munmap(self->map + self->page, self->page));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, munmap(self->map + self->size - self->page, self->page));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_UNTOUCHED();
}

/*
 * mprotect() of a part, to an access that is allowed for the whole, is refused
 * too.
 */
TEST_F(lifecycle, split_by_mprotect)
{
	EXPECT_EQ(-1, mprotect(self->map, self->page, PROT_NONE));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, mprotect(self->map + self->page, self->page, PROT_NONE));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_UNTOUCHED();
}

/* mmap() of something else over a part is refused too. */
TEST_F(lifecycle, split_by_mmap)
{
	EXPECT_EQ(MAP_FAILED, mmap(self->map + self->page, self->page, PROT_READ,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_UNTOUCHED();
}

/*
 * mremap() to another address is refused after the core has made a copy of the
 * mapping and moved the pages there. All of that is undone, and the end of the
 * copy does not end the mapping.
 */
TEST_F(lifecycle, mremap_move)
{
	char *to = mmap(NULL, self->size, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, to);
	EXPECT_EQ(MAP_FAILED, mremap(self->map, self->size, self->size,
				     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(SIGSEGV, pool_peek(to, NULL));
	EXPECT_UNTOUCHED();
}

/* mremap() that leaves an empty mapping behind is refused. */
TEST_F(lifecycle, mremap_dontunmap)
{
	EXPECT_EQ(MAP_FAILED, mremap(self->map, self->size, self->size,
				     MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_UNTOUCHED();
}

/* mremap() to a larger size, and from size 0 for a second mapping: refused. */
TEST_F(lifecycle, mremap_grow)
{
	EXPECT_EQ(MAP_FAILED, mremap(self->map, self->size,
				     self->size + self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, mremap(self->map, self->size,
				     self->size + self->page, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, mremap(self->map, 0, self->size, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_UNTOUCHED();
}

/* mremap() to a smaller size is a split, and is refused. */
TEST_F(lifecycle, mremap_shrink)
{
	EXPECT_EQ(MAP_FAILED, mremap(self->map, self->size,
				     self->size - self->page, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_UNTOUCHED();
}

/*
 * A forked child does not get the mapping, and cannot end that of its parent.
 */
TEST_F(lifecycle, fork)
{
	int status;
	pid_t pid;

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		int bad = 0;

		bad |= pool_peek(self->map, NULL) != SIGSEGV;
		/*
		 * The child has the same file, which works on the parent's
		 * memory.
		 */
		bad |= (pool_map(self->fd) != MAP_FAILED || errno != EIO) << 1;
		bad |= (pool_info(self->fd).mapped != 1) << 2;
		_exit(bad);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_UNTOUCHED();
}

/* User space cannot undo what the type says about fork() and core dumps. */
TEST_F(lifecycle, madvise)
{
	EXPECT_EQ(-1, madvise(self->map, self->size, MADV_DOFORK));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, madvise(self->map, self->size, MADV_DODUMP));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_UNTOUCHED();
}

/* Pages that user space drops are still in the pool; a fill maps them again. */
TEST_F(lifecycle, madvise_dontneed)
{
	unsigned int made;

	ASSERT_EQ(0, madvise(self->map + self->page, 2 * self->page,
			     MADV_DONTNEED));
	EXPECT_EQ(2, pool_pages_gone(self->map, 1, 2));
	EXPECT_EQ(VMA_POOL_PAGES, pool_info(self->fd).present);
	EXPECT_EQ(0, pool_fill(self->fd, 0, VMA_POOL_PAGES, ~0ULL, &made));
	EXPECT_EQ(0, made);
	EXPECT_UNTOUCHED();
}

/* A pool has one mapping at a time, and none larger than the pool. */
TEST_F(lifecycle, mmap_checks)
{
	static const struct {
		uint64_t offset;	/* in pages */
		uint64_t pages;
	} outside[] = {
		{ 0, VMA_POOL_PAGES + 1 },
		{ 1, VMA_POOL_PAGES },
		{ VMA_POOL_PAGES - 1, 2 },
		{ VMA_POOL_PAGES, 1 },
		{ 1ULL << 40, 1 },
		{ (1ULL << 51) - 1, 1 },
	};
	size_t i;

	EXPECT_EQ(MAP_FAILED, pool_map(self->fd));
	EXPECT_EQ(EBUSY, errno);
	EXPECT_UNTOUCHED();

	ASSERT_EQ(0, munmap(self->map, self->size));
	if (sizeof(off_t) < sizeof(uint64_t) || sizeof(long) < sizeof(uint64_t))
		SKIP(return, "offsets do not fit");
	for (i = 0; i < ARRAY_SIZE(outside); i++) {
		EXPECT_EQ(MAP_FAILED,
			  mmap(NULL, outside[i].pages * self->page, PROT_READ,
			       MAP_SHARED, self->fd,
			       outside[i].offset * self->page));
		EXPECT_EQ(EINVAL, errno) TH_LOG("case %zu", i);
	}
	EXPECT_EQ(0, pool_info(self->fd).mapped);
}

/* In a mapping of a part, a page is at its place in the pool. (R12) */
TEST_F(lifecycle, part)
{
	char *part;

	ASSERT_EQ(0, munmap(self->map, self->size));
	part = mmap(NULL, 20 * self->page, PROT_READ, MAP_SHARED, self->fd,
		    100 * self->page);
	ASSERT_NE(MAP_FAILED, part);

	EXPECT_EQ(EFAULT, pool_fill(self->fd, 99, 1, VALUE, NULL));
	EXPECT_EQ(EFAULT, pool_fill(self->fd, 0, VMA_POOL_PAGES, VALUE, NULL));
	EXPECT_EQ(EFAULT, pool_fill(self->fd, 120, 1, VALUE, NULL));
	EXPECT_EQ(EFAULT, pool_fill(self->fd, 119, 2, VALUE, NULL));
	EXPECT_EQ(EFAULT, pool_fill(self->fd, 110, 11, VALUE, NULL));
	EXPECT_EQ(0, pool_info(self->fd).present);

	EXPECT_EQ(0, pool_fill(self->fd, 100, 20, VALUE, NULL));
	EXPECT_EQ(20, pool_info(self->fd).present);
	EXPECT_EQ(20, pool_pages_good(part, 0, 20, VALUE + 100));
	EXPECT_EQ(5, pool_shrink(self->fd, 5));
	EXPECT_EQ(5, pool_pages_gone(part, 0, 5));
	EXPECT_EQ(15, pool_pages_good(part, 5, 15, VALUE + 100));
}

/* A fill outside the pool is refused, also one whose range wraps. */
TEST_F(lifecycle, fill_checks)
{
	unsigned int made;

	EXPECT_EQ(EINVAL, pool_fill(self->fd, 0, 0, VALUE, &made));
	EXPECT_EQ(0, made);
	EXPECT_EQ(EINVAL, pool_fill(self->fd, VMA_POOL_PAGES, 1, VALUE, &made));
	EXPECT_EQ(EINVAL, pool_fill(self->fd, 0, VMA_POOL_PAGES + 1, VALUE, &made));
	EXPECT_EQ(EINVAL, pool_fill(self->fd, 1, ~0U, VALUE, &made));
	EXPECT_EQ(EINVAL, pool_fill(self->fd, ~0U, 1, VALUE, &made));
	EXPECT_EQ(EINVAL, pool_fill(self->fd, ~0U, ~0U, VALUE, &made));
	EXPECT_UNTOUCHED();
}

/* A zap is refused unless it is of whole pages inside the mapping. */
TEST_F(lifecycle, zap_checks)
{
	const uint64_t map = (uintptr_t)self->map, size = self->size;
	const uint64_t page = self->page, top = -page;
	const struct {
		uint64_t addr, size;
		int err;
	} bad[] = {
		{ map, 0, EINVAL },			/* no bytes */
		{ map + 1, page, EINVAL },		/* not aligned */
		{ map, page - 1, EINVAL },
		{ map, size + 1, EINVAL },
		{ map - page, page, EFAULT },		/* before it */
		{ map - page, 2 * page, EFAULT },
		{ map - page, size + 2 * page, EFAULT },
		{ 0, page, EFAULT },
		{ map + size, page, EFAULT },		/* after it */
		{ map, size + page, EFAULT },
		{ map + size - page, 2 * page, EFAULT },
		{ top, page, EFAULT },
		{ map, top, EFAULT },			/* wrapping */
		{ map + page, top, EFAULT },
		{ map + page, -map, EFAULT },
		{ map + page, -(map + page), EFAULT },
		{ map + page, -page, EFAULT },
		{ top, 2 * page, EFAULT },
		{ top, map - top + page, EFAULT },
		{ map, 1ULL << 63, EFAULT },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(bad[i].err, pool_zap(self->fd, bad[i].addr, bad[i].size))
			TH_LOG("case %zu", i);
	EXPECT_UNTOUCHED();
}

/* A zap unmaps the requested pages and no others. */
TEST_F(lifecycle, zap)
{
	unsigned int made;

	EXPECT_EQ(0, pool_zap(self->fd, (uintptr_t)self->map + 3 * self->page,
			      4 * self->page));
	EXPECT_EQ(3, pool_pages_good(self->map, 0, 3, VALUE));
	EXPECT_EQ(4, pool_pages_gone(self->map, 3, 4));
	EXPECT_EQ(VMA_POOL_PAGES - 7,
		  pool_pages_good(self->map, 7, VMA_POOL_PAGES - 7, VALUE));
	EXPECT_EQ(0, pool_fill(self->fd, 0, VMA_POOL_PAGES, ~0ULL, &made));
	EXPECT_EQ(0, made);

	EXPECT_EQ(0, pool_zap(self->fd, (uintptr_t)self->map, self->size));
	EXPECT_EQ(VMA_POOL_PAGES, pool_pages_gone(self->map, 0, VMA_POOL_PAGES));
	EXPECT_EQ(0, pool_fill(self->fd, 0, VMA_POOL_PAGES, ~0ULL, &made));
	EXPECT_EQ(0, made);
	EXPECT_UNTOUCHED();
}

/* The mapping holds the file, so it stays when the descriptor is closed. */
TEST_F(lifecycle, close)
{
	close(self->fd);
	EXPECT_EQ(VMA_POOL_PAGES,
		  pool_pages_good(self->map, 0, VMA_POOL_PAGES, VALUE));
	EXPECT_EQ(0, munmap(self->map, self->size));
	self->fd = -1;
}

/*
 * Another process with the file fills the memory of the process that opened it.
 * It gets an error when that process is gone.
 */
TEST_F(lifecycle, passed_on)
{
	int sock[2], fd, status;
	char byte = 0;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, sock));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		void *map;
		int good;

		fd = pool_open(O_RDWR);
		map = pool_map(fd);
		if (map == MAP_FAILED || pool_send_fd(sock[1], fd) ||
		    read(sock[1], &byte, 1) != 1)
			_exit(1);
		good = pool_pages_good(map, 10, 10, VALUE);
		_exit(good == 10 ? 0 : 2);
	}
	fd = pool_recv_fd(sock[0]);
	ASSERT_LE(0, fd);

	EXPECT_EQ(0, pool_fill(fd, 10, 10, VALUE, NULL));
	EXPECT_EQ(10, pool_info(fd).present);
	/* This process did not open the file, so it cannot map it. */
	EXPECT_EQ(MAP_FAILED, pool_map(fd));
	EXPECT_EQ(EIO, errno);

	ASSERT_EQ(1, write(sock[0], &byte, 1));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);

	EXPECT_EQ(ESRCH, pool_fill(fd, 10, 10, VALUE, NULL));
	EXPECT_EQ(ESRCH, pool_zap(fd, pool_info(fd).addr, self->page));
	EXPECT_EQ(0, pool_shrink(fd, VMA_POOL_PAGES));
	EXPECT_EQ(0, pool_info(fd).mapped);
	EXPECT_EQ(0, pool_info(fd).present);
	close(fd);
	EXPECT_UNTOUCHED();
}

TEST_HARNESS_MAIN
