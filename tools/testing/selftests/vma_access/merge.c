// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping of a type is never merged with its neighbour, in any way in which
 * the core merges. A merge calls no hook, and would change what the mapping is
 * (R3, R8). Without a type the same mappings are merged, which shows that the
 * test would see it.
 */
#include "kselftest_harness.h"
#include "vma_window_test.h"
#include "test_modules/vma_merge.h"

#define MERGE_DEV	"/dev/vma_merge"
#define MERGE_MODULE	"test_modules/vma_merge.ko"
/* The size of a part in pages, and the number of parts there is room for. */
#define PART		4
#define PARTS		4

FIXTURE(merge)
{
	int fd;
	size_t page;
	char *base;
};

FIXTURE_VARIANT(merge)
{
	enum merge_type type;
	bool splits;
};

FIXTURE_VARIANT_ADD(merge, untyped) { .type = MERGE_UNTYPED, .splits = true };
FIXTURE_VARIANT_ADD(merge, none) { .type = MERGE_NONE, .splits = true };
FIXTURE_VARIANT_ADD(merge, none_io) { .type = MERGE_NONE_IO, .splits = true };
FIXTURE_VARIANT_ADD(merge, none_no_split) { .type = MERGE_NONE_NO_SPLIT };
FIXTURE_VARIANT_ADD(merge, mixed) { .type = MERGE_MIXED, .splits = true };
FIXTURE_VARIANT_ADD(merge, pfn) { .type = MERGE_PFN, .splits = true };
FIXTURE_VARIANT_ADD(merge, over) { .type = MERGE_OVER, .splits = true };

FIXTURE_SETUP(merge)
{
	self->page = pool_page_size();
	self->fd = module_open(MERGE_DEV, MERGE_MODULE);
	if (self->fd < 0)
		SKIP(return, "no " MERGE_DEV ": load the module vma_merge");
	ASSERT_EQ(0, ioctl(self->fd, MERGE_SET_TYPE, variant->type));
	self->base = mmap(NULL, PARTS * PART * self->page, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ASSERT_NE(MAP_FAILED, self->base);
}

FIXTURE_TEARDOWN(merge)
{
	if (self->fd >= 0)
		close(self->fd);
}

/* The address of part @nr, and of page @nr. */
#define AT(nr)		(self->base + (nr) * PART * self->page)
#define PAGE(nr)	(self->base + (nr) * self->page)
#define SIZE		(PART * self->page)

/* Map the file's part @nr in place @at. */
#define MAP_PART(nr, at, prot)						\
	ASSERT_EQ(AT(at), mmap(AT(at), SIZE, prot, MAP_SHARED | MAP_FIXED, \
			       self->fd, (nr) * SIZE))

/* The number of VMAs of the device, and the end of the first one. */
static unsigned int merge_vmas(uintptr_t *end)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	unsigned long from, to;
	unsigned int nr = 0;
	char line[512];

	while (maps && fgets(line, sizeof(line), maps)) {
		if (!strstr(line, MERGE_DEV) ||
		    sscanf(line, "%lx-%lx", &from, &to) != 2)
			continue;
		if (!nr++ && end)
			*end = to;
	}
	if (maps)
		fclose(maps);
	return nr;
}

/* Expect @merged VMAs without a type, and @apart with a type. */
#define EXPECT_VMAS(merged, apart)					\
	EXPECT_EQ(variant->type == MERGE_UNTYPED ? (merged) : (apart),	\
		  merge_vmas(NULL))

/*
 * Set VM_LOCKONFAULT. After that, mlock2() tries to read the mapping in, which
 * fails with ENOMEM because there are no pages.
 */
#define LOCK_ON_FAULT(at)						\
	EXPECT_TRUE(!syscall(SYS_mlock2, at, SIZE, 1 /* MLOCK_ONFAULT */) || \
		    errno == ENOMEM)

/*
 *	first     third     second
 *	|-------| |-------| |-------|
 */
TEST_F(merge, mmap)
{
	MAP_PART(0, 0, PROT_READ);
	MAP_PART(2, 2, PROT_READ);
	MAP_PART(1, 1, PROT_READ);
	EXPECT_VMAS(1, 3);
}

/* mprotect() the whole second one to the access of the first. */
TEST_F(merge, mprotect)
{
	MAP_PART(0, 0, PROT_READ);
	MAP_PART(1, 1, PROT_READ | PROT_WRITE);
	ASSERT_EQ(2, merge_vmas(NULL));
	EXPECT_EQ(0, mprotect(AT(1), SIZE, PROT_READ));
	EXPECT_VMAS(1, 2);
}

/*
 * mprotect() one page of it. Only a merge can do that without a split, and a
 * merge does not ask ->may_split().
 */
TEST_F(merge, mprotect_part)
{
	uintptr_t end = 0;
	int ret;

	MAP_PART(0, 0, PROT_READ);
	MAP_PART(1, 1, PROT_READ | PROT_WRITE);
	ret = mprotect(AT(1), self->page, PROT_READ);
	EXPECT_EQ(variant->splits ? 0 : -1, ret);
	EXPECT_VMAS(2, variant->splits ? 3 : 2);
	merge_vmas(&end);
	EXPECT_EQ((uintptr_t)(variant->type == MERGE_UNTYPED ? PAGE(PART + 1) : AT(1)), end);

	/* The same for the last page of the first one. */
	ret = mprotect(PAGE(PART - 1), self->page, PROT_READ | PROT_WRITE);
	EXPECT_EQ(variant->splits ? 0 : -1, ret);
	if (variant->type != MERGE_UNTYPED) {
		merge_vmas(&end);
		EXPECT_EQ((uintptr_t)PAGE(variant->splits ? PART - 1 : PART), end);
	}
}

/* madvise() makes the flags equal. */
TEST_F(merge, madvise)
{
	MAP_PART(0, 0, PROT_READ);
	ASSERT_EQ(0, madvise(AT(0), SIZE, MADV_RANDOM));
	MAP_PART(1, 1, PROT_READ);
	ASSERT_EQ(2, merge_vmas(NULL));
	EXPECT_EQ(0, madvise(AT(1), SIZE, MADV_RANDOM));
	EXPECT_VMAS(1, 2);
}

/* mlock() leaves the flags of a special mapping alone. */
TEST_F(merge, mlock)
{
	MAP_PART(0, 0, PROT_READ);
	LOCK_ON_FAULT(AT(0));
	MAP_PART(1, 1, PROT_READ);
	EXPECT_EQ(2, merge_vmas(NULL));
	LOCK_ON_FAULT(AT(1));
	EXPECT_VMAS(1, 2);
}

/* mseal() makes the flags equal, and cannot be undone. */
TEST_F(merge, mseal)
{
	if (sizeof(long) < 8)
		SKIP(return, "no mseal() on 32 bits");
	MAP_PART(0, 0, PROT_READ);
	EXPECT_EQ(0, syscall(__NR_mseal, AT(0), SIZE, 0));
	MAP_PART(1, 1, PROT_READ);
	ASSERT_EQ(2, merge_vmas(NULL));
	EXPECT_EQ(0, syscall(__NR_mseal, AT(1), SIZE, 0));
	EXPECT_VMAS(1, 2);
}

/* mbind() makes the memory policies equal. */
TEST_F(merge, mbind)
{
	if (access("/sys/devices/system/node", F_OK))
		SKIP(return, "no NUMA");
	MAP_PART(0, 0, PROT_READ);
	/* MPOL_LOCAL */
	EXPECT_EQ(0, syscall(SYS_mbind, AT(0), SIZE, 4, NULL, 0, 0));
	MAP_PART(1, 1, PROT_READ);
	EXPECT_EQ(0, syscall(SYS_mbind, AT(1), SIZE, 4, NULL, 0, 0));
	EXPECT_VMAS(1, 2);
}

/*
 *	first     (hole)    second, moved into the hole
 *	|-------| |.......| |-------|
 */
TEST_F(merge, mremap)
{
	MAP_PART(0, 0, PROT_READ);
	MAP_PART(1, 2, PROT_READ);
	ASSERT_EQ(2, merge_vmas(NULL));
	ASSERT_EQ(AT(1), mremap(AT(2), SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, AT(1)));
	EXPECT_VMAS(1, 2);
}

/* Move the second one to the other side, so that it comes before the first. */
TEST_F(merge, mremap_before)
{
	MAP_PART(1, 1, PROT_READ);
	MAP_PART(0, 3, PROT_READ);
	ASSERT_EQ(AT(0), mremap(AT(3), SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, AT(0)));
	EXPECT_VMAS(1, 2);
}

/*
 * Enlarge the first one until it meets the second. In place, that is a merge.
 */
TEST_F(merge, mremap_grow)
{
	char *to;

	MAP_PART(0, 0, PROT_READ);
	MAP_PART(2, 2, PROT_READ);
	ASSERT_EQ(0, munmap(AT(1), SIZE));
	to = mremap(AT(0), SIZE, 2 * SIZE, 0);
	EXPECT_EQ(variant->type == MERGE_UNTYPED ? AT(0) : MAP_FAILED, to);
	EXPECT_VMAS(1, 2);
}

TEST_HARNESS_MAIN
