/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: hooks of CONFIG_DEBUG_VMA_ACCESS. Without the option they
 * are empty and compile to nothing. Included by <linux/vma_access.h>.
 */
#ifndef _LINUX_VMA_ACCESS_DEBUG_H
#define _LINUX_VMA_ACCESS_DEBUG_H

#include <linux/kconfig.h>
#include <linux/mm_types.h>

/* Reasons for a refusal, counted in debugfs and reported by the trace event. */
enum vma_refusal {
	VMA_REFUSED_ALIGN,	/* address or size not page-aligned, or no size */
	VMA_REFUSED_RANGE,	/* wraps, or not inside the VMA */
	VMA_REFUSED_OBJECT,	/* beyond the object */
	VMA_REFUSED_ACCESS,	/* an access that is denied */
	VMA_REFUSED_COW,	/* a copy-on-write mapping */
	VMA_REFUSED_KIND,	/* not of the required map kind */
	VMA_REFUSED_IDENTITY,	/* another type or owner, or replaced hooks */
	VMA_REFUSED_IN_USE,	/* not new any more */
	VMA_REFUSED_TWICE,	/* set up or mapped before */
	VMA_REFUSED_POLICY,	/* a type that contradicts itself */
	VMA_REFUSED_PAGE,	/* a page or page frame that cannot be mapped */
	VMA_REFUSED_HUGETLB,	/* a hugetlb mapping */
	VMA_REFUSED_REVOKED,	/* the object is revoked */
	VMA_REFUSED_CONTENDED,	/* a lock was not available */
	VMA_REFUSED_MOVE,	/* two VMAs that do not match */
	VMA_REFUSED_CHANGE,	/* a split or move that the type refuses */
	NR_VMA_REFUSALS
};

#ifdef CONFIG_DEBUG_VMA_ACCESS
/* Counts and traces a refusal. Returns @err. */
int __vma_refuse(enum vma_refusal why, int err);
/* Returns how often something was refused for this reason. */
unsigned long __vma_refusals(enum vma_refusal why);
void __vma_note_insert(const struct vm_area_struct *vma, unsigned long addr,
		       unsigned long nr, int err);
void __vma_note_zap(const struct vm_area_struct *vma, unsigned long addr,
		    unsigned long size);
void __vma_note_settle(unsigned long start, unsigned int bit, bool has);
/*
 * Checks an insert of @nr pages at @addr. If the VMA's owner counts its mappings
 * and would not take the pages out again, this warns and returns an errno (R17).
 */
int __vma_check_insert(const struct vm_area_struct *vma, unsigned long addr,
		       unsigned long nr);
#else
static __always_inline int __vma_refuse(enum vma_refusal why, int err)
{
	return err;
}

static __always_inline unsigned long __vma_refusals(enum vma_refusal why)
{
	return 0;
}

static __always_inline void
__vma_note_insert(const struct vm_area_struct *vma, unsigned long addr,
		  unsigned long nr, int err)
{
}

static __always_inline void
__vma_note_zap(const struct vm_area_struct *vma, unsigned long addr,
	       unsigned long size)
{
}

static __always_inline void
__vma_note_settle(unsigned long start, unsigned int bit, bool has)
{
}

static __always_inline int
__vma_check_insert(const struct vm_area_struct *vma, unsigned long addr,
		   unsigned long nr)
{
	return 0;
}
#endif

#endif /* _LINUX_VMA_ACCESS_DEBUG_H */
