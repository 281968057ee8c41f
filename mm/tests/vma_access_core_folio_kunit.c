// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: vm_insert_pages() of pages that
 * are neighbours in a folio. Each test says which pages it inserts, and what is mapped
 * there before, by a string.
 */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "vma_access_test_file.h"

#define FOLIO_ORDER	4
#define FOLIO_PAGES	BIT(FOLIO_ORDER)
#define FOLIO_MAX	48

#define FOLIO_TENS	"0123456789"
#define FOLIO_DOTS	".........."

/* The end of the first page table is at FOLIO_AT(0). */
#define FOLIO_AT(i)	(VAU_HUGE + PMD_SIZE + (i) * PAGE_SIZE)

/*
 * A page is a letter: a to p are of a folio, A to P of one that is counted as shared
 * memory and lies behind it if possible, 0 to 9 are single. '_' is the zero page. '!' has
 * a type, and '?' has no reference: these two are refused.
 */
struct folio_test {
	struct page *lower, *upper, *typed, *freed;
	struct page **single;
	/* The pages to insert, then others that must stay out. */
	struct page *pages[FOLIO_MAX + 1];
	long counter, shmem_counter;
};

static const struct folio_param {
	const char *desc;
	const char *pages;
	/* The pages that are mapped there before; a dot is an empty entry. */
	const char *there;
	/* How many of the entries are in the first page table. */
	unsigned int before;
	bool private;
	/* The second folio has to lie behind the first. */
	bool adjacent;
	/* Something else wants to run meanwhile. */
	bool resched;
} folio_params[] = {
	{ "whole folio", "abcdefghijklmnop" },
	{ "whole shared memory", "ABCDEFGHIJKLMNOP" },
	{ "first page", "a" },
	{ "last page", "p" },
	{ "from the middle to the end", "hijklmnop" },
	{ "from the middle", "defgh" },
	{ "single pages", "0123456789" },
	{ "single page", "0" },
	{ "no page", "" },
	{ "folio between single pages", "01abcdefghijklmnop23" },
	{ "two folios", "abcdefghijklmnopABCDEFGHIJKLMNOP" },
	{ "two folios, the other first", "ABCDEFGHIJKLMNOPabcdefghijklmnop" },
	{ "end of one and start of another", "nopABC", .adjacent = true },
	{ "two folios that are adjacent", "abcdefghijklmnopABCDEFGHIJKLMNOP", .adjacent = true },
	{ "backwards", "ponmlkjihgfedcba" },
	{ "same page again", "aaaabbbb" },
	{ "same single page again", "00110" },
	{ "same run again", "abcdabcdabcd" },
	{ "with gaps", "acegikmo" },
	{ "two folios by turns", "aAbBcCdD" },
	{ "across two page tables", "abcdefghijklmnop", .before = 5 },
	{ "one before the end of a table", "abcdefghijklmnop", .before = 1 },
	{ "one after the end of a table", "abcdefghijklmnop", .before = 15 },
	{ "to the end of a table", "abcdefghijklmnop01", .before = 16 },
	{ "single pages across two tables", "0123456789", .before = 3 },
	{ "occupied at once", "abcdefgh", "0" },
	{ "occupied in the middle", "abcdefgh", "....0" },
	{ "occupied at the last", "abcdefgh", ".......0" },
	{ "occupied behind", "abcdefgh", "........0" },
	{ "occupied by the page itself", "abcdefgh", "...d" },
	{ "occupied by another of the folio", "abcdefgh", "...p" },
	{ "occupied at a table's end", "abcdefgh", "...0", .before = 4 },
	{ "occupied at a table's start", "abcdefgh", "....0", .before = 4 },
	{ "occupied at a single page", "01234abcd", "..5" },
	{ "bad page at once", "!abcd" },
	{ "bad page in the middle", "abcd!efgh" },
	{ "bad page at the last", "abcdefgh!" },
	{ "bad page, and occupied", "abcd!", "....0" },
	{ "page without a reference", "abcd?efgh" },
	{ "bad page at a table's start", "abcd!efgh", .before = 4 },
	{ "zero page in the middle", "abcd_efgh", .private = true },
	{ "zero pages", "____", .private = true },
	{ "zero page, occupied", "ab_cd", "..0", .private = true },
	{ "zero page, shared", "abcd_efgh" },
	{ "single pages, interrupted", FOLIO_TENS FOLIO_TENS FOLIO_TENS FOLIO_TENS,
	  .resched = true },
	{ "interrupted at a table's end", FOLIO_TENS FOLIO_TENS FOLIO_TENS "01abcd",
	  .before = 32, .resched = true },
	{ "interrupted, then a folio", FOLIO_TENS FOLIO_TENS FOLIO_TENS "01abcdefghijklmnop",
	  .before = 40, .resched = true },
	{ "interrupted, then occupied", FOLIO_TENS FOLIO_TENS FOLIO_TENS FOLIO_TENS,
	  FOLIO_DOTS FOLIO_DOTS FOLIO_DOTS "....5", .before = 47, .resched = true },
	{ "private folio", "abcdefghijklmnop", .private = true },
};

KUNIT_ARRAY_PARAM_DESC(folio_param, folio_params, desc);

static struct page *folio_page_of(const struct folio_test *f, char letter)
{
	switch (letter) {
	case 'a' ... 'p':
		return f->lower + (letter - 'a');
	case 'A' ... 'P':
		return f->upper + (letter - 'A');
	case '0' ... '9':
		return f->single[letter - '0'];
	case '_':
		return ZERO_PAGE(0);
	case '!':
		return f->typed;
	default:
		return f->freed;
	}
}

/* What mm/memory.c is to do, one page at a time. */
static unsigned int folio_expected(const struct folio_param *param, int *err)
{
	unsigned int i, occupied = strlen(param->there ?: "");

	for (i = 0; param->pages[i]; i++) {
		*err = -EINVAL;
		if (strchr("!?", param->pages[i]) || (param->pages[i] == '_' && !param->private))
			return i;
		*err = -EBUSY;
		if (i < occupied && param->there[i] != '.')
			return i;
	}
	*err = 0;
	return i;
}

static long folio_counter(int member)
{
	return get_mm_counter_sum(current->mm, member);
}

/* How many pages are there before, none of them of shared memory? */
static long folio_filed(const char *there)
{
	long nr = 0;

	for (; there && *there; there++)
		nr += *there != '.';
	return nr;
}

/* How often is @page mapped, by what was inserted and what was there? */
static unsigned int folio_times(const struct folio_test *f, const struct page *page,
				const char *letters, unsigned int nr)
{
	unsigned int i, times = 0;

	for (i = 0; i < nr && letters[i]; i++)
		times += letters[i] != '.' && folio_page_of(f, letters[i]) == page;
	return times;
}

static void folio_expect_counts(struct kunit *test, const struct folio_test *f,
				struct page *first, unsigned int nr_pages, unsigned int nr)
{
	const struct folio_param *param = test->param_value;
	unsigned int i, all = 0;

	for (i = 0; i < nr_pages; i++) {
		unsigned int times = folio_times(f, first + i, param->pages, nr) +
				     folio_times(f, first + i, param->there ?: "", FOLIO_MAX);

		all += times;
		if (!IS_ENABLED(CONFIG_NO_PAGE_MAPCOUNT))
			KUNIT_EXPECT_EQ_MSG(test, atomic_read(&first[i]._mapcount) + 1, times,
					    "page %u", i);
	}
	KUNIT_EXPECT_EQ(test, page_count(first), 1 + all);
	KUNIT_EXPECT_EQ(test, folio_mapcount(page_folio(first)), all);
}

/* An entry is as vm_insert_page() has made one, at the start of the mapping. */
static void folio_expect_same_bits(struct kunit *test, pte_t pte, bool special)
{
	pte_t other = vau_pte(current->mm, VAU_HUGE);

	KUNIT_EXPECT_TRUE(test, pte_present(other));
	KUNIT_EXPECT_EQ(test, !!pte_write(pte), !!pte_write(other));
	KUNIT_EXPECT_EQ(test, !!pte_young(pte), !!pte_young(other));
	KUNIT_EXPECT_EQ(test, !!pte_dirty(pte), !!pte_dirty(other));
	if (IS_ENABLED(CONFIG_ARCH_HAS_PTE_SPECIAL))
		KUNIT_EXPECT_EQ(test, !!pte_special(pte), special);
}

static noinline_for_stack void folio_expect_all(struct kunit *test,
						const struct folio_test *f,
						unsigned long addr, unsigned int nr)
{
	const struct folio_param *param = test->param_value;
	unsigned int i, there = strlen(param->there ?: ""), counted = 0, shmem = 0;

	for (i = 0; i < FOLIO_MAX; i++) {
		pte_t pte = vau_pte(current->mm, addr + i * PAGE_SIZE);
		char letter = i < nr ? param->pages[i] : i < there ? param->there[i] : '.';

		if (letter == '.') {
			KUNIT_EXPECT_TRUE_MSG(test, pte_none(pte), "entry %u", i);
			continue;
		}
		if (letter >= 'A' && letter <= 'P')
			shmem++;
		else if (letter != '_')
			counted++;
		KUNIT_EXPECT_TRUE_MSG(test, pte_present(pte), "entry %u", i);
		KUNIT_EXPECT_EQ_MSG(test, pte_pfn(pte), page_to_pfn(folio_page_of(f, letter)),
				    "entry %u", i);
		folio_expect_same_bits(test, pte, letter == '_');
	}
	KUNIT_EXPECT_EQ(test, folio_counter(MM_FILEPAGES) - f->counter, counted);
	KUNIT_EXPECT_EQ(test, folio_counter(MM_SHMEMPAGES) - f->shmem_counter, shmem);
	folio_expect_counts(test, f, f->lower, FOLIO_PAGES, nr);
	folio_expect_counts(test, f, f->upper, FOLIO_PAGES, nr);
	for (i = 0; i <= 9; i++)
		folio_expect_counts(test, f, f->single[i], 1, nr);
	KUNIT_EXPECT_EQ(test, page_count(f->typed), 1);
	KUNIT_EXPECT_EQ(test, page_count(f->freed), 0);
}

/* Two folios, the second behind the first if there are such. */
static bool folio_alloc_two(struct kunit *test, struct folio_test *f)
{
	struct page *page[16];
	unsigned int i, j, lower = 0, upper = 1;
	bool adjacent = false;

	for (i = 0; i < ARRAY_SIZE(page); i++) {
		page[i] = alloc_pages(GFP_KERNEL | __GFP_COMP, FOLIO_ORDER);
		for (j = 0; j < i && page[i] && !adjacent; j++) {
			if (!page[j])
				continue;
			adjacent = abs(page[i] - page[j]) == FOLIO_PAGES;
			lower = page[i] < page[j] ? i : j;
			upper = i + j - lower;
		}
	}
	f->lower = page[lower];
	f->upper = page[upper];
	for (i = 0; i < ARRAY_SIZE(page); i++)
		if (page[i] && i != lower && i != upper)
			put_page(page[i]);
	KUNIT_ASSERT_NOT_NULL(test, f->lower);
	KUNIT_ASSERT_NOT_NULL(test, f->upper);
	return adjacent;
}

/* The test's memory, and a mapping for it. Freed by folio_end(). */
static noinline_for_stack struct vm_area_struct *folio_begin(struct kunit *test,
							     struct folio_test *f)
{
	const struct folio_param *param = test->param_value;
	struct vau_file *obj = test->priv;
	bool adjacent;

	obj->type = &vau_mixed;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, VAU_HUGE, 2 * PMD_SIZE,
					  param->private ? MAP_PRIVATE : MAP_SHARED, 0),
			VAU_HUGE);
	adjacent = folio_alloc_two(test, f);
	if (param->adjacent && !adjacent) {
		put_page(f->lower);
		put_page(f->upper);
		kunit_skip(test, "no two folios are adjacent");
	}
	__folio_set_swapbacked(page_folio(f->upper));
	f->typed = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	__folio_set_offline(page_folio(f->typed));
	f->freed = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	set_page_count(f->freed, 0);
	f->single = obj->pages;
	return vau_vma(current->mm, VAU_HUGE);
}

static noinline_for_stack void folio_end(struct kunit *test, struct folio_test *f)
{
	unsigned int i;

	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE + PAGE_SIZE, 2 * PMD_SIZE - PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, folio_counter(MM_FILEPAGES), f->counter);
	KUNIT_EXPECT_EQ(test, folio_counter(MM_SHMEMPAGES), f->shmem_counter);
	for (i = 0; i <= 9; i++)
		KUNIT_EXPECT_EQ(test, page_count(f->single[i]), 1);
	KUNIT_EXPECT_EQ(test, page_count(f->lower), 1);
	KUNIT_EXPECT_EQ(test, page_count(f->upper), 1);
	__folio_clear_swapbacked(page_folio(f->upper));
	__folio_clear_offline(page_folio(f->typed));
	set_page_count(f->freed, 1);
	put_page(f->typed);
	put_page(f->freed);
	put_page(f->lower);
	put_page(f->upper);
}

/* Fill the array, and the entries that there are before. Return how many pages. */
static noinline_for_stack unsigned long folio_prepare(struct kunit *test,
						      struct folio_test *f,
						      struct vm_area_struct *vma,
						      unsigned long addr)
{
	const struct folio_param *param = test->param_value;
	unsigned int nr = strlen(param->pages), i;

	for (i = 0; i < nr; i++)
		f->pages[i] = folio_page_of(f, param->pages[i]);
	/* An insert must not look at the pages behind its array. */
	for (; i && i <= FOLIO_MAX; i++)
		f->pages[i] = f->pages[i - 1] + 1;
	for (i = 0; param->there && param->there[i]; i++)
		if (param->there[i] != '.')
			KUNIT_EXPECT_EQ(test, vm_insert_page(vma, addr + i * PAGE_SIZE,
							     folio_page_of(f, param->there[i])),
					0);
	/* One of the file's pages that the test does not use. */
	KUNIT_EXPECT_EQ(test, vm_insert_page(vma, VAU_HUGE, f->single[VAU_PAGES - 1]), 0);
	f->counter = folio_counter(MM_FILEPAGES) - folio_filed(param->there);
	f->shmem_counter = folio_counter(MM_SHMEMPAGES);
	return nr;
}

static void vma_access_core_folio_insert(struct kunit *test)
{
	const struct folio_param *param = test->param_value;
	unsigned long addr = FOLIO_AT(0) - param->before * PAGE_SIZE, left;
	struct folio_test *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	struct vm_area_struct *vma;
	unsigned int nr;
	int err;

	KUNIT_ASSERT_NOT_NULL(test, f);
	vma = folio_begin(test, f);
	mmap_read_lock(current->mm);
	left = folio_prepare(test, f, vma, addr);
	nr = folio_expected(param, &err);
	if (param->resched)
		set_tsk_need_resched(current);
	KUNIT_EXPECT_EQ(test, vm_insert_pages(vma, addr, f->pages, &left), err);
	mmap_read_unlock(current->mm);
	KUNIT_EXPECT_EQ(test, left, strlen(param->pages) - nr);
	folio_expect_all(test, f, addr, nr);
	folio_end(test, f);
}

static struct kunit_case vma_access_core_folio_cases[] = {
	KUNIT_CASE_PARAM(vma_access_core_folio_insert, folio_param_gen_params),
	{ }
};

static struct kunit_suite vma_access_core_folio_suite = {
	.name = "vma_access_core_folio",
	.init = vau_init,
	.test_cases = vma_access_core_folio_cases,
};

kunit_test_suite(vma_access_core_folio_suite);
