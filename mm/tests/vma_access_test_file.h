/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Common parts of the KUnit suites of VMAs in use, faults and objects: a file
 * whose hooks do what a test says, and addresses to map it. See
 * vma_access_test_file.c.
 */
#ifndef _VMA_ACCESS_TEST_FILE_H
#define _VMA_ACCESS_TEST_FILE_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include "vma_access_test.h"

#define VAU_PAGES	16
/* Where the object starts in its file, in pages; another follows it. */
#define VAU_BASE	3
#define VAU_NEXT	(VAU_BASE + VAU_PAGES)

/* Places for mappings, far from each other, the last one for huge pages. */
#define VAU_ADDR	0x10000000UL
#define VAU_ADDR2	0x20000000UL
#define VAU_ADDR3	0x30000000UL
#define VAU_HUGE	0x40000000UL
#define VAU_SIZE	(VAU_PAGES * PAGE_SIZE)
#define VAU_END		(VAU_ADDR + VAU_SIZE)
#define VAU_ALL		(BIT(VAU_PAGES) - 1)

/* The result of a helper that found nothing to call its function on. */
#define VAU_NO_HANDLE	(-ENXIO)

static inline unsigned long vau_at(unsigned long addr, unsigned long nr)
{
	return addr + (nr << PAGE_SHIFT);
}

/* ---- the file, its types and its hooks ---------------------------------- */

struct vau_file;

typedef vm_fault_t (*vau_fault_fn)(struct vau_file *obj, struct vma_fault *fault);

/* The object that the test's file shows. */
struct vau_file {
	struct vma_object object, next;
	struct address_space mapping;
	struct file *file;
	struct page *pages[VAU_PAGES];
	/* For both hooks: the object's offset in the file, and the type. */
	pgoff_t origin;
	const struct vma_type *type;
	/* For ->mmap(): flags and page frames besides those of the type. */
	vm_flags_t after;
	bool remap;
	/* For ->mmap_prepare(): changes after the object was set. */
	struct vau_file *late_file;
	pgoff_t late_pgoff;
	/*
	 * For ->fault() and ->huge_fault(): what to do, the result, how often
	 * called.
	 */
	vau_fault_fn fault;
	vm_fault_t (*huge)(struct vau_file *obj, struct vma_fault *fault,
			   unsigned int order);
	vm_fault_t ret, pmd_ret, pud_ret;
	unsigned int faults;
	/* What a test's fault handler inserts, and how. */
	struct page *page;
	struct folio *folio;
	unsigned long pfn;
	enum vma_prot prot;
	unsigned int order;
	/* What it saw. */
	unsigned long addr;
	bool write;
	bool leaf;
	vm_fault_t index_ret;
	pgoff_t base, index;
	unsigned long nr;
	/* Of the object's hooks. */
	int mapped_err;
	unsigned int mapped, gets, puts;
	unsigned long mapped_start, mapped_end, put_count;
	pgoff_t mapped_pgoff;
	void *mapped_private;
};

#define VAU_LAX		(VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW | VMA_FORK_COPY)

extern const struct vma_type vau_none;
extern const struct vma_type vau_mixed;
extern const struct vma_type vau_pfn;
extern const struct vma_type vau_pfn_ro;
extern const struct vma_type vau_object_mixed;
extern const struct vma_type vau_object_pfn;
extern const struct vma_type vau_object_none;
extern const struct file_operations vau_fops;
extern const struct file_operations vau_prepare_fops;
extern const struct vma_object_ops vau_object_ops;
extern const struct vma_object_ops vau_no_object_ops;

struct vau_file *vau_file_new(struct kunit *test,
			      const struct file_operations *fops,
			      const struct vma_object_ops *ops);
int vau_init(struct kunit *test);

/* ---- mapping and looking ------------------------------------------------ */

unsigned long vau_mmap_at(struct kunit *test, struct vau_file *obj,
			  unsigned long addr, unsigned long size,
			  unsigned long flags, pgoff_t pgoff);
void vau_map_at(struct kunit *test, struct vau_file *obj,
		const struct vma_type *type, unsigned long addr,
		unsigned long flags);
void vau_map(struct kunit *test, struct vau_file *obj,
	     const struct vma_type *type);
void vau_map_anon(struct kunit *test, unsigned long addr);
void vau_map_cow_pfn(struct kunit *test, struct vau_file *obj);
int vau_read(unsigned long addr);
int vau_write(unsigned long addr, u8 byte);
pte_t vau_pte(struct mm_struct *mm, unsigned long addr);
unsigned long vau_mapped(struct mm_struct *mm, unsigned long addr);
void vau_look_write_locked(struct mm_struct *mm, unsigned long addr);
struct mm_with_user *vau_user_new(struct kunit *test);
struct mm_struct *vau_move_to(struct mm_struct *mm);
struct vm_area_struct *vau_vma(struct mm_struct *mm, unsigned long addr);
unsigned long vau_no_page(struct kunit *test);

/* Not every machine that the kernel runs on has huge entries; no fault asks for one then. */
static inline void vau_needs_huge(struct kunit *test)
{
	if (!has_transparent_hugepage())
		kunit_skip(test, "the machine has no huge entries");
}

/* ---- others ------------------------------------------------------------- */

/* What another task gets of an address space, without waiting. */
struct vau_other {
	struct work_struct work;
	struct mm_with_user *user;
	unsigned long addr;
	int vma_err;
};

struct vau_other vau_other_looks(unsigned long addr);

/* ---- one verb under a guard of its own ---------------------------------- */

bool vau_is_pfnmap(void);
bool vau_is(const struct vma_type *type, const void *owner);
int vau_insert_pfn(unsigned long addr, unsigned long pfn,
		   enum vma_prot prot);
int vau_check_move(unsigned long a, unsigned long b);
bool vau_is_live(struct vma_object *object);
int vau_try_zap_all(struct vma_object *object);

/* ---- in a fault handler ------------------------------------------------- */

vm_fault_t vau_note(struct vau_file *obj, struct vma_fault *fault);
vm_fault_t vau_do_return(struct vau_file *obj, struct vma_fault *fault);

#endif /* _VMA_ACCESS_TEST_FILE_H */
