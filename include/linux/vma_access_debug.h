/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access: what CONFIG_DEBUG_VMA_ACCESS sees of it. Without the option
 * nothing here becomes an instruction. Included by <linux/vma_access.h>.
 */
#ifndef _LINUX_VMA_ACCESS_DEBUG_H
#define _LINUX_VMA_ACCESS_DEBUG_H

#include <linux/kconfig.h>
#include <linux/mm_types.h>

struct vma_object;

/* Why the layer refused something: counted, and in the trace. */
enum vma_refusal {
	VMA_REFUSED_ALIGN,	/* address or size not page-aligned, or no size */
	VMA_REFUSED_RANGE,	/* wraps, or not inside the VMA */
	VMA_REFUSED_OBJECT,	/* beyond the object */
	VMA_REFUSED_ACCESS,	/* an access that is denied */
	VMA_REFUSED_COW,	/* a copy-on-write mapping */
	VMA_REFUSED_KIND,	/* not of the map kind that it takes */
	VMA_REFUSED_IDENTITY,	/* another type's or owner's, or hooks that do not last */
	VMA_REFUSED_IN_USE,	/* not new any more */
	VMA_REFUSED_TWICE,	/* set up or mapped before */
	VMA_REFUSED_POLICY,	/* a type at odds with itself */
	VMA_REFUSED_PAGE,	/* no page or page frame to be mapped */
	VMA_REFUSED_HUGETLB,	/* not a driver's to touch */
	VMA_REFUSED_REVOKED,	/* the object is */
	VMA_REFUSED_CONTENDED,	/* a lock was not to be had */
	VMA_REFUSED_GUARD,	/* the guard does not allow it */
	VMA_REFUSED_MOVE,	/* two VMAs that do not match */
	VMA_REFUSED_CHANGE,	/* a split or move that the type refuses */
	NR_VMA_REFUSALS
};

#ifdef CONFIG_DEBUG_VMA_ACCESS
/* Returns @err, for the caller to return. */
int __vma_refuse(enum vma_refusal why, int err);
/* How often so far. */
unsigned long __vma_refusals(enum vma_refusal why);
void __vma_note_insert(const struct vm_area_struct *vma, unsigned long addr,
		       unsigned long nr, int err);
void __vma_note_zap(const struct vm_area_struct *vma, unsigned long addr,
		    unsigned long size);
void __vma_note_settle(unsigned long start, unsigned int bit, bool has);
void __vma_note_revoke(const void *object, pgoff_t index, unsigned long nr);
/* It is set up, revoked: what does not go together with what was seen before warns. */
void __vma_note_object(struct vma_object *object);
void __vma_note_object_revoked(struct vma_object *object);
/*
 * May @nr pages be put in at @addr? An errno, with a warning, if the VMA shows an
 * object and a revoke would not find them (R17).
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

static __always_inline void
__vma_note_revoke(const void *object, pgoff_t index, unsigned long nr)
{
}

static __always_inline void __vma_note_object(struct vma_object *object)
{
}

static __always_inline void __vma_note_object_revoked(struct vma_object *object)
{
}

static __always_inline int
__vma_check_insert(const struct vm_area_struct *vma, unsigned long addr,
		   unsigned long nr)
{
	return 0;
}
#endif

/*
 * Where lockdep does not say who holds a lock, each guard that a task holds is
 * remembered, and a handle carries in its unused high bits which guard it came
 * from. So a handle that was kept after its guard is told from one of the guard
 * that the task holds now, unless 63 guards lie between the two.
 */
#if defined(CONFIG_DEBUG_VMA_ACCESS) && !defined(CONFIG_LOCKDEP)
#define VMA_ACCESS_TAGS	1
/* @held: what the guard holds, an mm_struct or a VMA; the newest counts. */
void __vma_guard_enter(const void *held);
void __vma_guard_leave(const void *held);
void *__vma_tag(const void *raw, const void *held);
/* Warns if the guard that the handle came from is gone. */
void *__vma_untag(const void *handle);
#else
#define VMA_ACCESS_TAGS	0
static __always_inline void __vma_guard_enter(const void *held)
{
}

static __always_inline void __vma_guard_leave(const void *held)
{
}

static __always_inline void *__vma_tag(const void *raw, const void *held)
{
	return (void *)raw;
}

static __always_inline void *__vma_untag(const void *handle)
{
	return (void *)handle;
}
#endif

#endif /* _LINUX_VMA_ACCESS_DEBUG_H */
