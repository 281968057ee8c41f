/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Common parts of the KUnit suites of guards, VMAs in guards and inserted
 * pages: a file that shows pages, and an address to map it. See
 * vma_access_test_pages.c.
 */
#ifndef _VMA_ACCESS_TEST_PAGES_H
#define _VMA_ACCESS_TEST_PAGES_H

#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/mm.h>

#include "vma_access_test.h"

#define VAT_PAGES	16
#define VAT_PGOFF	3

/*
 * Address of the mapping of the test's file, with nothing mapped beside it.
 * Four pages are in one page table and the rest in the next, because 512M is a
 * multiple of each PMD_SIZE.
 */
#define VAT_ADDR	(0x20000000UL - 4 * PAGE_SIZE)
#define VAT_SIZE	(VAT_PAGES * PAGE_SIZE)
#define VAT_END		(VAT_ADDR + VAT_SIZE)
#define VAT_AT(nr)	(VAT_ADDR + ((unsigned long)(nr) << PAGE_SHIFT))

/* The result of a helper that found nothing to call its function on. */
#define VAT_NO_HANDLE	(-ENXIO)

/* The object of the test's file. */
struct vat_object {
	struct file *file;
	struct page *pages[VAT_PAGES];
	/* For ->mmap(). */
	const struct vma_type *type;
	/* How often vat_mixed was held; when and by whom it was released. */
	unsigned int held;
	struct task_struct *closer;
	struct completion closed;
};

/* ---- the file, its type and its hook ------------------------------------- */

#define VAT_ALLOW	(VMA_COW_ALLOW | VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW | \
			 VMA_FORK_COPY | VMA_EXPAND_ALLOW)

extern const struct vma_type vat_mixed;

struct vat_object *vat_object_new(struct kunit *test);
int vat_init(struct kunit *test);

/* ---- mapping ------------------------------------------------------------ */

void vat_map_size(struct kunit *test, struct vat_object *obj,
		  const struct vma_type *type, unsigned long size);
void vat_map(struct kunit *test, struct vat_object *obj,
	     const struct vma_type *type);
void vat_map_anon(struct kunit *test);

/* ---- one verb under a guard of its own ---------------------------------- */

int vat_insert_page(unsigned long addr, struct page *page);
int vat_insert_pages(unsigned long addr, struct page **pages,
		     unsigned long nr, unsigned long *inserted);
struct page *vat_get_page(unsigned long addr);
int vat_zap(unsigned long addr, unsigned long size);
int vat_zap_all(void);

/* ---- what was left behind ----------------------------------------------- */

unsigned long vat_mapped(struct kunit *test, struct vat_object *obj);
void vat_expect_in_place(struct kunit *test, struct vat_object *obj,
			 unsigned long nr);
void vat_map_full(struct kunit *test, struct vat_object *obj);

/* ---- ranges ------------------------------------------------------------- */

/* Ranges that each function refuses, although they are whole pages. */
struct vat_range {
	const char *desc;
	unsigned long addr, size;
	int err;
};

extern const struct vat_range vat_ranges[14];

#endif /* _VMA_ACCESS_TEST_PAGES_H */
