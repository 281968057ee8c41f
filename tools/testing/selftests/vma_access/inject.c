// SPDX-License-Identifier: GPL-2.0
/*
 * Each allocation of a call fails once, one after the other: pages, page
 * tables, and what else the core allocates. What was mapped before stays mapped
 * and is reported, what was not mapped is not reported, nothing is lost or
 * counted twice (R13, R17), and nothing warns (R18).
 */
#include <linux/if_packet.h>
#include <stdio.h>
#include <sys/socket.h>

#include "kselftest_harness.h"
#include "test_modules/vma_eager.h"
#include "vma_window_test.h"

#define VALUE 0xcafe000000000000ULL
#define PAGES 48
#define EAGER_MODULE "test_modules/vma_eager.ko"
#define FAIL_PAGE "/sys/kernel/debug/fail_page_alloc/"
#define FAIL_SLAB "/sys/kernel/debug/failslab/"

static const struct {
	const char *name;
	const char *value;
} settings[] = {
	{ FAIL_PAGE "verbose", "0" },
	{ FAIL_PAGE "min-order", "0" },
	{ FAIL_PAGE "ignore-gfp-wait", "N" },
	{ FAIL_PAGE "ignore-gfp-highmem", "N" },
	{ FAIL_SLAB "verbose", "0" },
	{ FAIL_SLAB "ignore-gfp-wait", "N" },
};

FIXTURE(inject)
{
	int nth;
	char saved[ARRAY_SIZE(settings)][16];
};

FIXTURE_SETUP(inject)
{
	size_t i;
	int fd;

	self->nth = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	if (self->nth < 0)
		SKIP(return, "no /proc/self/fail-nth: no CONFIG_FAULT_INJECTION");
	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		fd = open(settings[i].name, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			SKIP(return, "no %s", settings[i].name);
		ASSERT_LT(0, read(fd, self->saved[i], sizeof(self->saved[i]) - 1));
		close(fd);
	}
	for (i = 0; i < ARRAY_SIZE(settings); i++)
		ASSERT_EQ(0, pool_write_file(settings[i].name, settings[i].value));
}

FIXTURE_TEARDOWN(inject)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(settings); i++)
		if (self->saved[i][0])
			pool_write_file(settings[i].name, self->saved[i]);
	close(self->nth);
}

/*
 * The same call may allocate more often at times, to refill the slab or the
 * stack depot. All later allocations then have a higher number. So a round can
 * miss an allocation if only that one makes the call fail.
 */
#define ROUNDS 5

/* If no failure was hit, start another round from the first allocation. */
static bool once_more(bool hit, unsigned int *nth, unsigned int *round)
{
	if (hit || (*round)++ >= ROUNDS)
		return false;
	*nth = 0;
	return true;
}

/* From now on the nth allocation of this thread fails. */
static void fail_begin(int nth_fd, unsigned int nth)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(nth_fd, text, len, 0) != len)
		abort();
}

/* Has an allocation failed since fail_begin()? */
static bool fail_end(int nth_fd)
{
	char text[16] = { };
	int err = errno;

	/* The rest of the countdown: read it before the write ends it. */
	if (pread(nth_fd, text, sizeof(text) - 1, 0) <= 0 ||
	    pwrite(nth_fd, "0", 1, 0) != 1)
		abort();
	errno = err;
	return !strtoul(text, NULL, 10);
}

/*
 * An address without page tables, 24 pages before the end of a table. With 64
 * bits that is also the end of a table of the level above, whose failure the
 * core reports differently.
 */
static void *addr_across_tables(void)
{
	const uintptr_t entries = pool_page_size() / sizeof(uint64_t);
	uintptr_t table = entries * pool_page_size();
	char *area;

	if (sizeof(table) == 8)
		table *= entries;
	area = mmap(NULL, 4 * table, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (area == MAP_FAILED)
		abort();
	munmap(area, 4 * table);
	return (char *)(((uintptr_t)area + 2 * table) & -table) -
	       24 * pool_page_size();
}

/* Is nothing in this range mapped? */
static bool unmapped(char *addr, size_t size)
{
	size_t at;

	for (at = 0; at < size; at += pool_page_size())
		if (!msync(addr + at, pool_page_size(), MS_ASYNC) || errno != ENOMEM)
			return false;
	return true;
}

/*
 * ---- page by page, into an existing mapping
 * -------------------------------------
 */

/* A fill where pages and page tables are new. */
TEST_F_TIMEOUT(inject, fill, 100)
{
	unsigned int nth, failed = 0, in_batch = 0;
	int fd = pool_open(O_RDWR);
	bool injected = true;

	if (fd < 0)
		SKIP(return, "no " POOL_DEV ": load the module vma_pool");
	for (nth = 1; injected; nth++) {
		struct vma_pool_fill req = { .count = PAGES, .value = VALUE };
		unsigned int made;
		char *map;
		int err;

		ASSERT_GT(1000, nth);
		map = mmap(addr_across_tables(), pool_bytes(), PROT_READ,
			   MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
		ASSERT_NE(MAP_FAILED, map);
		fail_begin(self->nth, nth);
		err = ioctl(fd, VMA_POOL_FILL, &req) ? errno : 0;
		injected = fail_end(self->nth);

		/* The core can do without some of its allocations. */
		ASSERT_TRUE(err ? err == ENOMEM : req.made == PAGES)
			TH_LOG("allocation %u: error %d", nth, err);
		failed += !!err;
		/* The second page table is needed at page 24. */
		in_batch += err && req.made == 24;

		ASSERT_EQ(req.made, pool_info(fd).present);
		ASSERT_EQ(req.made, pool_pages_good(map, 0, req.made, VALUE));
		ASSERT_EQ(PAGES - req.made,
			  pool_pages_gone(map, req.made, PAGES - req.made));

		/* Once there is memory, the rest is filled. */
		ASSERT_EQ(0, pool_fill(fd, 0, PAGES, VALUE, &made));
		ASSERT_EQ(PAGES, req.made + made);
		ASSERT_EQ(PAGES, pool_pages_good(map, 0, PAGES, VALUE));
		ASSERT_EQ(PAGES, pool_shrink(fd, PAGES));
		ASSERT_EQ(0, munmap(map, pool_bytes()));
	}
	close(fd);
	TH_LOG("%u of %u allocations made the fill fail, %u in a batch",
	       failed, nth - 2, in_batch);
	/* Each page, and at least one page table. */
	EXPECT_LT(PAGES, failed);
	EXPECT_LE(1, in_batch);
}

/* ---- all at once, by the hook ------------------------------------------- */

static const char * const eager_devs[] = { "/dev/vma_eager", "/dev/vma_eager_mmap" };

/* Map once without failures, to compare the others with. */
static const enum eager_how eager_hows[] = {
	EAGER_NOTHING, EAGER_REMAP, EAGER_IOMAP, EAGER_MAP_PAGES, EAGER_VMALLOC,
	EAGER_DMA
};

TEST_F_TIMEOUT(inject, eager, 100)
{
	size_t size = EAGER_PAGES * pool_page_size(), i;
	unsigned int dev, how, nth, failed, without = 0;

	for (dev = 0; dev < ARRAY_SIZE(eager_devs); dev++) {
		int fd = module_open(eager_devs[dev], EAGER_MODULE);

		if (fd < 0)
			SKIP(return, "no %s: build and load " EAGER_MODULE,
			     eager_devs[dev]);
		for (i = 0; i < ARRAY_SIZE(eager_hows); i++) {
			bool injected = true, pages;

			how = eager_hows[i];
			pages = how == EAGER_MAP_PAGES || how == EAGER_VMALLOC;
			/* ->mmap_prepare() cannot map DMA memory. */
			if (!dev && how == EAGER_DMA)
				continue;
			failed = 0;
			for (nth = 1; injected; nth++) {
				char *addr = addr_across_tables(), *map;

				ASSERT_GT(1000, nth);
				fail_begin(self->nth, nth);
				map = mmap(addr, size, PROT_READ | PROT_WRITE,
					   MAP_SHARED | MAP_FIXED_NOREPLACE, fd,
					   how * size);
				injected = fail_end(self->nth);
				if (map == MAP_FAILED) {
					/*
					 * EFAULT comes from the core, after the
					 * hook.
					 */
					ASSERT_TRUE(errno == ENOMEM ||
						    (!dev && pages && errno == EFAULT))
						TH_LOG("%s %u, allocation %u: error %d",
						       eager_devs[dev], how, nth, errno);
					failed++;
					ASSERT_TRUE(unmapped(addr, size));
				} else {
					if (how != EAGER_NOTHING)
						ASSERT_EQ(EAGER_PAGES,
							  pool_pages_good(map, 0,
									  EAGER_PAGES,
									  EAGER_GOOD(0)));
					ASSERT_EQ(pages ? EAGER_PAGES : 0,
						  ioctl(fd, EAGER_REFS));
					ASSERT_EQ(0, munmap(map, size));
				}
				ASSERT_EQ(0, ioctl(fd, EAGER_REFS))
					TH_LOG("%s %u, allocation %u",
					       eager_devs[dev], how, nth);
			}
			TH_LOG("%s %u: %u of %u allocations made mmap() fail",
			       eager_devs[dev], how, failed, nth - 2);
			/*
			 * At least two page tables, besides the allocations of
			 * any mmap().
			 */
			if (how == EAGER_NOTHING)
				without = failed;
			else
				EXPECT_LE(without + 2, failed);
		}
		close(fd);
	}
}

/* ---- the pages of a folio together ------------------------------------------ */

/* A ring of three blocks, which are folios of 16 pages, or none. */
static int packet_ring(int fd, bool none)
{
	struct tpacket_req req = {
		.tp_block_size = PAGES / 3 * pool_page_size(),
		.tp_block_nr = 3,
		.tp_frame_size = pool_page_size(),
		.tp_frame_nr = PAGES,
	};

	if (none)
		memset(&req, 0, sizeof(req));
	return setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)) ? errno : 0;
}

/* The second block is in two page tables. */
TEST_F_TIMEOUT(inject, ring, 60)
{
	size_t page = pool_page_size(), size = PAGES * page, i;
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	unsigned int nth, failed = 0;
	bool injected = true;

	if (fd < 0)
		SKIP(return, "no packet sockets: CONFIG_PACKET, or not root");
	for (nth = 1; injected; nth++) {
		char *addr = addr_across_tables(), *map;

		ASSERT_GT(1000, nth);
		ASSERT_EQ(0, packet_ring(fd, false));
		fail_begin(self->nth, nth);
		map = mmap(addr, size, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
		injected = fail_end(self->nth);
		if (map == MAP_FAILED) {
			ASSERT_EQ(ENOMEM, errno);
			failed++;
			ASSERT_TRUE(unmapped(addr, size));
		} else {
			for (i = 0; i < size; i += page)
				map[i]++;
			ASSERT_EQ(0, munmap(map, size));
		}
		/* It is busy as long as a mapping is counted. Its pages are freed. */
		ASSERT_EQ(0, packet_ring(fd, true));
	}
	TH_LOG("%u of %u allocations made mmap() fail", failed, nth - 2);
	/* The VMA and two page tables. */
	EXPECT_LE(3, failed);
	close(fd);
}

/*
 * ---- by faults, and calls that change such a mapping
 * -------------------------------
 */

static const enum window_type window_kinds[] = {
	WINDOW_PFN, WINDOW_MIXED
};

/*
 * If an allocation fails, this access fails and the next one works. The kernel
 * makes the access once, without a retry: it reads a word of the caller's.
 */
TEST_F_TIMEOUT(inject, fault, 100)
{
	int fd = window_open();
	size_t page = pool_page_size();
	unsigned int kind, nth, failed, round;
	int ooms;

	if (fd < 0)
		SKIP(return, "no " WINDOW_DEV);
	for (kind = 0; kind < ARRAY_SIZE(window_kinds); kind++) {
		bool injected = true;

		failed = 0;
		round = 1;
		ooms = ioctl(fd, WINDOW_FAULT_OOMS);
		ioctl(fd, WINDOW_SET_TYPE, window_kinds[kind]);
		for (nth = 1; injected; nth++) {
			char *map;
			int err;

			ASSERT_GT(1000, nth);
			map = mmap(addr_across_tables(), WINDOW_PAGES * page,
				   PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_FIXED_NOREPLACE, fd,
				   WINDOW_BASE * page);
			ASSERT_NE(MAP_FAILED, map);
			fail_begin(self->nth, nth);
			err = ioctl(fd, FIONBIO, map + 30 * page) ? errno : 0;
			injected = fail_end(self->nth);
			ASSERT_TRUE(!err || err == EFAULT);
			failed += !!err;
			ASSERT_EQ(0, ioctl(fd, FIONBIO, map + 30 * page));
			ASSERT_EQ(1, window_good(map + 30 * page, 30, 1));
			ASSERT_EQ(0, munmap(map, WINDOW_PAGES * page));
			if (!injected)
				injected = once_more(ioctl(fd, WINDOW_FAULT_OOMS) > ooms,
						     &nth, &round);
		}
		TH_LOG("kind %u: %u of %u allocations made an access fail, round %u",
		       kind, failed, nth - 2, round);
		EXPECT_LE(1, failed);
		/*
		 * The insert in the hook has reported the failure, not only the
		 * core around it.
		 */
		EXPECT_LT(ooms, ioctl(fd, WINDOW_FAULT_OOMS));
	}
	EXPECT_EQ(0, ioctl(fd, WINDOW_MAPPINGS));
	close(fd);
}

/* The same in use: the insert fails without memory, and the next one works. */
static void insert_each(struct __test_metadata *_metadata, int nth_fd, int fd)
{
	size_t page = pool_page_size();
	unsigned int nth, failed = 0;
	bool injected = true;

	ioctl(fd, WINDOW_SET_TYPE, WINDOW_PFN);
	for (nth = 1; injected; nth++) {
		char *map;
		int err;

		ASSERT_GT(1000, nth);
		map = mmap(addr_across_tables(), WINDOW_PAGES * page,
			   PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED_NOREPLACE,
			   fd, WINDOW_BASE * page);
		ASSERT_NE(MAP_FAILED, map);
		fail_begin(nth_fd, nth);
		err = ioctl(fd, WINDOW_INSERT, map + 30 * page) ? errno : 0;
		injected = fail_end(nth_fd);
		ASSERT_TRUE(!err || err == ENOMEM)
			TH_LOG("allocation %u: error %d", nth, err);
		failed += !!err;
		ASSERT_EQ(0, ioctl(fd, WINDOW_INSERT, map + 30 * page));
		/* A page that was not inserted cannot be read. */
		ASSERT_EQ(1, window_good(map + 30 * page, 30, 1));
		ASSERT_EQ(0, munmap(map, WINDOW_PAGES * page));
	}
	TH_LOG("%u of %u allocations made the insert fail", failed, nth - 2);
	EXPECT_LE(1, failed);
}

TEST_F_TIMEOUT(inject, insert, 60)
{
	int fd = window_open();

	if (fd < 0)
		SKIP(return, "no " WINDOW_DEV);
	insert_each(_metadata, self->nth, fd);
	close(fd);
}

#define COUNT_PAGES 8

/* Calls that change a mapping and may fail. Each returns an errno. */
static int do_mmap(int fd, char *map, size_t page)
{
	return mmap(map + COUNT_PAGES * page, COUNT_PAGES * page, PROT_READ,
		    MAP_SHARED | MAP_FIXED, fd, WINDOW_BASE * page) == MAP_FAILED ?
	       errno : 0;
}

static int do_split(int fd, char *map, size_t page)
{
	return munmap(map + 2 * page, 3 * page) ? errno : 0;
}

static int do_protect(int fd, char *map, size_t page)
{
	return mprotect(map + 2 * page, 3 * page, PROT_READ) ? errno : 0;
}

static int do_move(int fd, char *map, size_t page)
{
	return mremap(map, COUNT_PAGES * page, COUNT_PAGES * page,
		      MREMAP_MAYMOVE | MREMAP_FIXED,
		      map + COUNT_PAGES * page) == MAP_FAILED ? errno : 0;
}

static int do_fork(int fd, char *map, size_t page)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(0);
	if (pid < 0)
		return errno;
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? 0 : ECHILD;
}

static const struct {
	const char *name;
	int (*call)(int fd, char *map, size_t page);
	int mappings;		/* if the call succeeds */
	/*
	 * Do not fail page allocations. After fork() the kernel writes to the C
	 * library's rseq area, which takes a page. If that fails, the kernel
	 * kills the child without an error.
	 */
	bool no_pages;
} calls[] = {
	{ "mmap", do_mmap, 2 },
	{ "split", do_split, 2 },
	{ "mprotect", do_protect, 3 },
	{ "mremap", do_move, 1 },
	{ "fork", do_fork, 1, true },
};

/* The object counts its mappings also after a failure, and can revoke all. */
TEST_F_TIMEOUT(inject, count, 150)
{
	size_t page = pool_page_size(), size = COUNT_PAGES * page;
	unsigned int kind, i, nth, failed, round;
	int fd = window_open();

	if (fd < 0)
		SKIP(return, "no " WINDOW_DEV);
	/* fork() logs this if it gets no stack. */
	pool_write_file("/dev/kmsg", "vma_access: allow: vmalloc error");
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		bool injected = true;

		failed = 0;
		round = 1;
		ASSERT_EQ(0, pool_write_file(FAIL_PAGE "ignore-gfp-wait",
					     calls[i].no_pages ? "Y" : "N"));
		for (nth = 1; injected; nth++) {
			char *area, *map;
			int err;

			ASSERT_GT(1000, nth);
			kind = (nth + round) % ARRAY_SIZE(window_kinds);
			ioctl(fd, WINDOW_SET_TYPE, window_kinds[kind]);
			/*
			 * Reserve room behind it, so that nobody else maps
			 * there.
			 */
			area = mmap(NULL, 2 * size, PROT_NONE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			ASSERT_NE(MAP_FAILED, area);
			map = mmap(area, size, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_FIXED, fd, WINDOW_BASE * page);
			ASSERT_EQ(area, map);
			ASSERT_EQ(COUNT_PAGES, window_good(map, 0, COUNT_PAGES));

			fail_begin(self->nth, nth);
			err = calls[i].call(fd, map, page);
			injected = fail_end(self->nth);
			ASSERT_TRUE(!err || err == ENOMEM || err == EAGAIN)
				TH_LOG("%s, allocation %u: error %d",
				       calls[i].name, nth, err);
			failed += !!err;
			/*
			 * One more mapping may be left if the call failed after
			 * a split.
			 */
			ASSERT_LE(err ? 1 : calls[i].mappings,
				  ioctl(fd, WINDOW_MAPPINGS));
			ASSERT_GE(calls[i].mappings, ioctl(fd, WINDOW_MAPPINGS))
				TH_LOG("%s, allocation %u", calls[i].name, nth);
			ASSERT_EQ(ioctl(fd, WINDOW_MAPPINGS), ioctl(fd, WINDOW_HELD))
				TH_LOG("%s, allocation %u", calls[i].name, nth);

			ASSERT_EQ(0, ioctl(fd, WINDOW_REVOKE));
			ASSERT_EQ(0, window_good(area, 0, COUNT_PAGES));
			ASSERT_EQ(0, window_good(area + size, 0, COUNT_PAGES));
			ASSERT_EQ(0, ioctl(fd, WINDOW_REARM));
			ASSERT_EQ(0, munmap(area, 2 * size));
			ASSERT_EQ(0, ioctl(fd, WINDOW_MAPPINGS))
				TH_LOG("%s, allocation %u", calls[i].name, nth);
			ASSERT_EQ(0, ioctl(fd, WINDOW_HELD))
				TH_LOG("%s, allocation %u", calls[i].name, nth);
			if (!injected)
				injected = once_more(failed, &nth, &round);
		}
		TH_LOG("%u of %u allocations made %s fail, round %u", failed, nth - 2,
		       calls[i].name, round);
		EXPECT_LE(1, failed);
	}
	close(fd);
}

TEST_HARNESS_MAIN
