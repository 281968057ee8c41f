// SPDX-License-Identifier: GPL-2.0
/*
 * The mappings of an io_uring: its rings, the entries, a ring of provided
 * buffers and the region for parameters. Which are refused, which part of the
 * memory they show, and what becomes of them on split, move, fork and
 * enlargement. Passes on a kernel without typed VMA access too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/io_uring.h>

#include "kselftest_harness.h"
#include "map_flags.h"
#include "ring_test.h"

#define SQE_PAGES	4UL
#define REGION_PAGES	3UL	/* no power of two: the kernel allocates a page more */
#define GROUP		3

/* Where the region for parameters is mapped, and an offset that means nothing. */
#define OFF_REGION	0x20000000UL
#define OFF_UNUSED	0x48000000UL

FIXTURE(ring)
{
	int fd;
	size_t page;
	size_t rings;	/* sizes in bytes */
	size_t sqes;
	struct io_uring_params p;
};

static size_t at_least(size_t page, size_t size)
{
	return (size + page - 1) / page * page;
}

static int uring_setup(unsigned int entries, struct io_uring_params *p)
{
	return syscall(__NR_io_uring_setup, entries, p);
}

static int uring_register(int fd, unsigned int what, void *arg)
{
	return syscall(__NR_io_uring_register, fd, what, arg, 1) ? errno : 0;
}

static void *uring_map(int fd, size_t size, off_t offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
}

FIXTURE_SETUP(ring)
{
	size_t sq, cq;

	self->page = sysconf(_SC_PAGESIZE);
	self->sqes = SQE_PAGES * self->page;
	self->fd = uring_setup(self->sqes / sizeof(struct io_uring_sqe), &self->p);
	if (self->fd < 0)
		SKIP(return, "no io_uring: CONFIG_IO_URING, or it is disabled");
	sq = self->p.sq_off.array + self->p.sq_entries * sizeof(uint32_t);
	cq = self->p.cq_off.cqes + self->p.cq_entries * sizeof(struct io_uring_cqe);
	self->rings = at_least(self->page, sq > cq ? sq : cq);
}

FIXTURE_TEARDOWN(ring)
{
	close(self->fd);
}

/* The signal that a read of @at raises in a child, 0 for none. */
static int child_reads(const void *at)
{
	int status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		asm volatile("" : : "r" (*(const char *)at));
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* ---- the rings and the entries ------------------------------------------------- */

/* The kernel takes an entry from each slot, and puts the result where it is read. */
TEST_F(ring, works)
{
	unsigned int i, nr = self->p.sq_entries;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	uint32_t *array;
	char *sq, *cq;

	sq = uring_map(self->fd, self->rings, IORING_OFF_SQ_RING);
	ASSERT_NE(MAP_FAILED, sq);
	cq = uring_map(self->fd, self->rings, IORING_OFF_CQ_RING);
	ASSERT_NE(MAP_FAILED, cq);
	sqes = uring_map(self->fd, self->sqes, IORING_OFF_SQES);
	ASSERT_NE(MAP_FAILED, (void *)sqes);
	EXPECT_EQ(nr, *(uint32_t *)(sq + self->p.sq_off.ring_entries));
	EXPECT_EQ(self->p.cq_entries, *(uint32_t *)(cq + self->p.cq_off.ring_entries));

	array = (uint32_t *)(sq + self->p.sq_off.array);
	for (i = 0; i < nr; i++) {
		sqes[i] = (struct io_uring_sqe){ .opcode = IORING_OP_NOP, .user_data = 1000 + i };
		array[i] = nr - 1 - i;
	}
	__atomic_store_n((uint32_t *)(sq + self->p.sq_off.tail), nr, __ATOMIC_RELEASE);
	ASSERT_EQ((long)nr, syscall(__NR_io_uring_enter, self->fd, nr, nr,
				    IORING_ENTER_GETEVENTS, NULL, 0));
	ASSERT_EQ(nr, __atomic_load_n((uint32_t *)(cq + self->p.cq_off.tail), __ATOMIC_ACQUIRE));
	cqes = (struct io_uring_cqe *)(cq + self->p.cq_off.cqes);
	for (i = 0; i < nr; i++) {
		ASSERT_EQ(1000 + nr - 1 - i, cqes[i].user_data);
		ASSERT_EQ(0, cqes[i].res);
	}
}

/* Both offsets of the rings show the same memory, from its start. */
TEST_F(ring, rings_twice)
{
	size_t nr = self->rings / self->page;
	char *sq, *cq;

	sq = uring_map(self->fd, self->rings, IORING_OFF_SQ_RING);
	ASSERT_NE(MAP_FAILED, sq);
	cq = uring_map(self->fd, self->rings, IORING_OFF_CQ_RING + self->page);
	ASSERT_NE(MAP_FAILED, cq);
	fill(sq + self->p.cq_off.cqes, self->page, nr - 1);
	EXPECT_TRUE(shows(cq + self->p.cq_off.cqes, self->page, 0, nr - 1));
}

/* A mapping of the rings may be smaller or larger; there is nothing behind them. */
TEST_F(ring, rings_size)
{
	char *map;

	map = uring_map(self->fd, self->page, IORING_OFF_SQ_RING);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(self->p.sq_entries, *(uint32_t *)(map + self->p.sq_off.ring_entries));
	map = uring_map(self->fd, self->rings + self->page, IORING_OFF_CQ_RING);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, child_reads(map + self->rings - self->page));
	EXPECT_EQ(SIGBUS, child_reads(map + self->rings));
}

/* A mapping of the entries may be larger, and not smaller. */
TEST_F(ring, sqes_size)
{
	char *map;

	EXPECT_EQ(MAP_FAILED, uring_map(self->fd, self->page, IORING_OFF_SQES));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, uring_map(self->fd, self->sqes - self->page, IORING_OFF_SQES));
	EXPECT_EQ(EFAULT, errno);
	map = uring_map(self->fd, self->sqes + self->page, IORING_OFF_SQES);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, child_reads(map + self->sqes - self->page));
	EXPECT_EQ(SIGBUS, child_reads(map + self->sqes));
}

/* An offset at which there is nothing, or nothing yet. */
TEST_F(ring, wrong_offset)
{
	const off_t offsets[] = {
		OFF_REGION, OFF_UNUSED, IORING_OFF_PBUF_RING,
		IORING_OFF_PBUF_RING | GROUP << IORING_OFF_PBUF_SHIFT,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(offsets); i++) {
		EXPECT_EQ(MAP_FAILED, uring_map(self->fd, self->page, offsets[i]));
		EXPECT_EQ(EINVAL, errno);
	}
}

/* User space does not choose the address, neither by mmap() nor by mremap(). */
TEST_F(ring, address)
{
	char *map, *to;

	to = mmap(NULL, self->rings, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, to);
	EXPECT_EQ(MAP_FAILED, mmap(to, self->rings, PROT_READ, MAP_SHARED, self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, mmap(to, self->rings, PROT_READ, MAP_SHARED | MAP_FIXED,
				   self->fd, 0));
	EXPECT_EQ(EINVAL, errno);
	map = uring_map(self->fd, self->rings, IORING_OFF_SQ_RING);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(MAP_FAILED, mremap(map, self->rings, self->rings,
				     MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_EQ(EINVAL, errno);
}

/* It does not grow, not even into memory that is the ring's. */
TEST_F(ring, grows)
{
	char *map = uring_map(self->fd, self->page, IORING_OFF_SQ_RING);

	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(MAP_FAILED, mremap(map, self->page, 2 * self->page, MREMAP_MAYMOVE));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, mremap(map, self->page, 2 * self->page, 0));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(self->p.sq_entries, *(uint32_t *)(map + self->p.sq_off.ring_entries));
}

/* A private mapping shows the memory, until it is written to. */
TEST_F(ring, private)
{
	char *map, *mine;

	map = uring_map(self->fd, self->sqes, IORING_OFF_SQES);
	ASSERT_NE(MAP_FAILED, map);
	mine = mmap(NULL, self->sqes, PROT_READ | PROT_WRITE, MAP_PRIVATE, self->fd,
		    IORING_OFF_SQES);
	ASSERT_NE(MAP_FAILED, mine);
	fill(map, self->page, SQE_PAGES);
	EXPECT_TRUE(shows(mine, self->page, 0, SQE_PAGES));
	mine[100] = 77;
	EXPECT_EQ(1, map[100]);
	EXPECT_EQ(77, mine[100]);
}

/* One that was mapped to be read can be written later, and none is executed. */
TEST_F(ring, protection)
{
	char *map;

	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->rings, PROT_READ | PROT_EXEC, MAP_SHARED,
				   self->fd, 0));
	EXPECT_EQ(EPERM, errno);
	map = mmap(NULL, self->sqes, PROT_READ, MAP_SHARED, self->fd, IORING_OFF_SQES);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, mprotect(map, self->sqes, PROT_READ | PROT_WRITE));
	fill(map, self->page, SQE_PAGES);
	EXPECT_EQ(-1, mprotect(map, self->sqes, PROT_READ | PROT_EXEC));
	EXPECT_EQ(EACCES, errno);
	/* Nor is a mapping that cannot be read refused. */
	EXPECT_NE(MAP_FAILED, mmap(NULL, self->rings, PROT_NONE, MAP_SHARED, self->fd, 0));
}

TEST_F(ring, flags)
{
	char *map = uring_map(self->fd, self->rings, IORING_OFF_SQ_RING);

	ASSERT_NE(MAP_FAILED, map);
	if (!expect_flags(_metadata, map, "mm de", "io pf dc dd"))
		SKIP(return, "no CONFIG_PROC_PAGE_MONITOR");
}

/* A part is unmapped, or protected: the others stay. */
TEST_F(ring, split)
{
	char *map = uring_map(self->fd, self->sqes, IORING_OFF_SQES);

	ASSERT_NE(MAP_FAILED, map);
	fill(map, self->page, SQE_PAGES);
	ASSERT_EQ(0, mprotect(map, self->page, PROT_READ));
	ASSERT_EQ(0, munmap(map + self->page, self->page));
	EXPECT_TRUE(shows(map, self->page, 0, 1));
	EXPECT_TRUE(shows(map + 2 * self->page, self->page, 2, 2));
}

/* A page that madvise() zaps does not come back. */
TEST_F(ring, zapped)
{
	char *map = uring_map(self->fd, self->sqes, IORING_OFF_SQES);

	ASSERT_NE(MAP_FAILED, map);
	fill(map, self->page, SQE_PAGES);
	ASSERT_EQ(0, madvise(map, self->page, MADV_DONTNEED));
	EXPECT_EQ(SIGBUS, child_reads(map));
	EXPECT_TRUE(shows(map + self->page, self->page, 1, SQE_PAGES - 1));
}

/* A child has the mapping, and shares the memory. */
TEST_F(ring, forked)
{
	char *map = uring_map(self->fd, self->sqes, IORING_OFF_SQES);
	int status = -1;
	pid_t pid;

	ASSERT_NE(MAP_FAILED, map);
	pid = fork();
	if (!pid) {
		fill(map, self->page, SQE_PAGES);
		_exit(0);
	}
	ASSERT_LT(0, pid);
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_TRUE(shows(map, self->page, 0, SQE_PAGES));
}

/* A mapping keeps its memory. */
TEST_F(ring, closed)
{
	char *map = uring_map(self->fd, self->sqes, IORING_OFF_SQES);

	ASSERT_NE(MAP_FAILED, map);
	fill(map, self->page, SQE_PAGES);
	ASSERT_EQ(0, close(self->fd));
	EXPECT_TRUE(shows(map, self->page, 0, SQE_PAGES));
	self->fd = -1;
}

/* Rings that are memory of user space are not mapped. */
TEST_F(ring, of_user_space)
{
	struct io_uring_params p = { .flags = IORING_SETUP_NO_MMAP };
	char *mem;
	int fd;

	mem = mmap(NULL, 2 * self->page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, mem);
	p.cq_off.user_addr = (uintptr_t)mem;
	p.sq_off.user_addr = (uintptr_t)(mem + self->page);
	fd = uring_setup(8, &p);
	ASSERT_LE(0, fd);
	EXPECT_EQ(MAP_FAILED, uring_map(fd, self->page, IORING_OFF_SQ_RING));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(MAP_FAILED, uring_map(fd, self->page, IORING_OFF_SQES));
	EXPECT_EQ(EINVAL, errno);
	close(fd);
}

/* ---- a ring of provided buffers -------------------------------------------------- */

#define OFF_GROUP	(IORING_OFF_PBUF_RING | GROUP << IORING_OFF_PBUF_SHIFT)

static int buffers_register(int fd, size_t size, void *mem)
{
	struct io_uring_buf_reg reg = {
		.ring_addr = (uintptr_t)mem,
		.ring_entries = size / sizeof(struct io_uring_buf),
		.bgid = GROUP,
		.flags = mem ? 0 : IOU_PBUF_RING_MMAP,
	};

	return uring_register(fd, IORING_REGISTER_PBUF_RING, &reg);
}

/* It is mapped whole, and stays mapped when it is no longer registered. */
TEST_F(ring, buffers)
{
	struct io_uring_buf_reg reg = { .bgid = GROUP };
	size_t size = 4 * self->page;
	char *map, *again;

	ASSERT_EQ(0, buffers_register(self->fd, size, NULL));
	EXPECT_EQ(MAP_FAILED, uring_map(self->fd, size - self->page, OFF_GROUP));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(MAP_FAILED, uring_map(self->fd, size, IORING_OFF_PBUF_RING));
	EXPECT_EQ(EINVAL, errno);
	map = uring_map(self->fd, size, OFF_GROUP);
	ASSERT_NE(MAP_FAILED, map);
	again = uring_map(self->fd, size + self->page, OFF_GROUP);
	ASSERT_NE(MAP_FAILED, again);
	fill(map, self->page, 4);
	EXPECT_TRUE(shows(again, self->page, 0, 4));
	EXPECT_EQ(SIGBUS, child_reads(again + size));

	ASSERT_EQ(0, uring_register(self->fd, IORING_UNREGISTER_PBUF_RING, &reg));
	EXPECT_EQ(MAP_FAILED, uring_map(self->fd, size, OFF_GROUP));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_TRUE(shows(map, self->page, 0, 4));
}

TEST_F(ring, buffers_of_user_space)
{
	char *mem;

	mem = mmap(NULL, self->page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, mem);
	ASSERT_EQ(0, buffers_register(self->fd, self->page, mem));
	EXPECT_EQ(MAP_FAILED, uring_map(self->fd, self->page, OFF_GROUP));
	EXPECT_EQ(EINVAL, errno);
}

/* ---- the region for parameters --------------------------------------------------- */

TEST_F(ring, region)
{
	struct io_uring_region_desc desc = { .size = REGION_PAGES * self->page };
	struct io_uring_mem_region_reg reg = { .region_uptr = (uintptr_t)&desc };
	char *map, *again;
	int err;

	err = uring_register(self->fd, IORING_REGISTER_MEM_REGION, &reg);
	if (err == EINVAL)
		SKIP(return, "this kernel has no such region");
	ASSERT_EQ(0, err);
	ASSERT_EQ(OFF_REGION, desc.mmap_offset);
	EXPECT_EQ(MAP_FAILED, uring_map(self->fd, self->page, OFF_REGION));
	EXPECT_EQ(EFAULT, errno);
	map = uring_map(self->fd, REGION_PAGES * self->page, OFF_REGION);
	ASSERT_NE(MAP_FAILED, map);
	again = uring_map(self->fd, (REGION_PAGES + 1) * self->page, OFF_REGION);
	ASSERT_NE(MAP_FAILED, again);
	fill(map, self->page, REGION_PAGES);
	EXPECT_TRUE(shows(again, self->page, 0, REGION_PAGES));
	EXPECT_EQ(SIGBUS, child_reads(again + REGION_PAGES * self->page));
}

TEST_HARNESS_MAIN
