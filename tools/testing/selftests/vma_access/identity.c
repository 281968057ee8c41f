// SPDX-License-Identifier: GPL-2.0
/*
 * An address only says where a mapping was. A mapping that is found there is
 * the pool's only if its identity matches: another one at the old address is
 * left alone (R3).
 */
#include "kselftest_harness.h"
#include "vma_pool_test.h"

#define VALUE 0x5566000000000000ULL
#define OTHERS 0x7788000000000000ULL

FIXTURE(identity)
{
	int fd;
	void *map;
	size_t size;
};

FIXTURE_SETUP(identity)
{
	self->fd = pool_open(O_RDWR);
	if (self->fd < 0)
		SKIP(return, "no " POOL_DEV ": load the module vma_pool");
	self->size = pool_bytes();
	self->map = pool_map(self->fd);
	ASSERT_NE(MAP_FAILED, self->map);
	ASSERT_EQ(0, pool_fill(self->fd, 0, VMA_POOL_PAGES, VALUE, NULL));
}

FIXTURE_TEARDOWN(identity)
{
	close(self->fd);
}

/* Each call that works on the mapping finds none. */
#define EXPECT_NOT_MAPPED()						\
	do {								\
		EXPECT_EQ(ESRCH, pool_fill(self->fd, 0, 1, VALUE, NULL)); \
		EXPECT_EQ(ESRCH, pool_fill_from_child(self->fd, 0, 1, VALUE)); \
		EXPECT_EQ(ESRCH, pool_zap(self->fd, (uintptr_t)self->map, \
					  self->size));			\
		EXPECT_EQ(0, pool_shrink(self->fd, VMA_POOL_PAGES));	\
		EXPECT_EQ(0, pool_info(self->fd).mapped);		\
		EXPECT_EQ(0, pool_info(self->fd).present);		\
	} while (0)

/* Nothing is at the old address. */
TEST_F(identity, nothing_there)
{
	ASSERT_EQ(0, munmap(self->map, self->size));
	EXPECT_NOT_MAPPED();
	EXPECT_EQ(SIGSEGV, pool_peek(self->map, NULL));
}

/* A pool that was never mapped has no address at all. */
TEST_F(identity, never_mapped)
{
	int fd = pool_open(O_RDWR);

	ASSERT_LE(0, fd);
	EXPECT_EQ(ESRCH, pool_fill_from_child(fd, 0, 1, VALUE));
	EXPECT_EQ(ESRCH, pool_zap(fd, (uintptr_t)self->map, self->size));
	EXPECT_EQ(ESRCH, pool_zap(fd, 0, self->size));
	EXPECT_EQ(0, pool_shrink(fd, VMA_POOL_PAGES));
	close(fd);
	EXPECT_EQ(VMA_POOL_PAGES,
		  pool_pages_good(self->map, 0, VMA_POOL_PAGES, VALUE));
}

/*
 * Anonymous memory is at the old address: after munmap(), or mapped over the
 * pool.
 */
TEST_F(identity, anonymous_impostor)
{
	int i;

	for (i = 0; i < 2; i++) {
		void *impostor;

		if (!i) {
			ASSERT_EQ(0, munmap(self->map, self->size));
		} else {
			ASSERT_EQ(self->map,
				  mmap(self->map, self->size, PROT_READ,
				       MAP_SHARED | MAP_FIXED, self->fd, 0));
		}
		impostor = mmap(self->map, self->size, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		ASSERT_EQ(self->map, impostor);
		memset(impostor, 0xa5, self->size);

		EXPECT_NOT_MAPPED();
		EXPECT_EQ(0xa5a5a5a5a5a5a5a5ULL, *(uint64_t *)impostor);
		EXPECT_EQ(NULL, memchr(impostor, 0, self->size));
	}
}

/* A file's mapping is at the old address. */
TEST_F(identity, file_impostor)
{
	int memfd = memfd_create("impostor", MFD_CLOEXEC);

	if (memfd < 0)
		SKIP(return, "no memfd_create()");
	ASSERT_EQ(0, ftruncate(memfd, self->size));
	ASSERT_EQ(self->map, mmap(self->map, self->size, PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_FIXED, memfd, 0));
	memset(self->map, 0xa5, self->size);

	EXPECT_NOT_MAPPED();
	EXPECT_EQ(NULL, memchr(self->map, 0, self->size));
	close(memfd);
}

/* Another pool is at the old address: the same type, but another owner. */
TEST_F(identity, other_pool)
{
	int other = pool_open(O_RDWR);

	ASSERT_LE(0, other);
	ASSERT_EQ(0, munmap(self->map, self->size));
	ASSERT_EQ(self->map, mmap(self->map, self->size, PROT_READ,
				  MAP_SHARED | MAP_FIXED, other, 0));
	ASSERT_EQ(0, pool_fill(other, 0, 8, OTHERS, NULL));

	EXPECT_NOT_MAPPED();
	EXPECT_EQ(8, pool_info(other).present);
	EXPECT_EQ(8, pool_pages_good(self->map, 0, 8, OTHERS));
	EXPECT_EQ(VMA_POOL_PAGES - 8,
		  pool_pages_gone(self->map, 8, VMA_POOL_PAGES - 8));

	/* That pool's own file still reaches it. */
	EXPECT_EQ(0, pool_zap(other, (uintptr_t)self->map, pool_page_size()));
	EXPECT_EQ(1, pool_pages_gone(self->map, 0, 1));
	EXPECT_EQ(8, pool_shrink(other, VMA_POOL_PAGES));
	close(other);
}

/*
 * A pool that is mapped again elsewhere is found there, not at the old address.
 */
TEST_F(identity, mapped_again)
{
	void *again;

	ASSERT_EQ(self->map, mmap(self->map, self->size, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	memset(self->map, 0xa5, self->size);
	again = pool_map(self->fd);
	ASSERT_NE(MAP_FAILED, again);
	ASSERT_NE(self->map, again);
	EXPECT_EQ((uintptr_t)again, pool_info(self->fd).addr);

	/* Its pages were freed with the first mapping. */
	EXPECT_EQ(VMA_POOL_PAGES, pool_pages_gone(again, 0, VMA_POOL_PAGES));
	EXPECT_EQ(0, pool_fill_from_child(self->fd, 0, 8, VALUE));
	EXPECT_EQ(8, pool_pages_good(again, 0, 8, VALUE));
	EXPECT_EQ(EFAULT, pool_zap(self->fd, (uintptr_t)self->map, self->size));
	EXPECT_EQ(8, pool_shrink(self->fd, VMA_POOL_PAGES));
	EXPECT_EQ(NULL, memchr(self->map, 0, self->size));
}

/* A pool that is mapped over itself starts again without pages. */
TEST_F(identity, mapped_over_itself)
{
	ASSERT_EQ(self->map, mmap(self->map, self->size, PROT_READ,
				  MAP_SHARED | MAP_FIXED, self->fd, 0));
	EXPECT_EQ(1, pool_info(self->fd).mapped);
	EXPECT_EQ(0, pool_info(self->fd).present);
	EXPECT_EQ(VMA_POOL_PAGES, pool_pages_gone(self->map, 0, VMA_POOL_PAGES));
	EXPECT_EQ(0, pool_fill_from_child(self->fd, 0, 8, OTHERS));
	EXPECT_EQ(8, pool_pages_good(self->map, 0, 8, OTHERS));
}

TEST_HARNESS_MAIN
