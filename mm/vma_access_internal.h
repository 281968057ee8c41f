/* SPDX-License-Identifier: GPL-2.0 */
/* Internal definitions that the parts of the typed VMA access layer share. */
#ifndef _MM_VMA_ACCESS_INTERNAL_H
#define _MM_VMA_ACCESS_INTERNAL_H

#include <linux/vma_access.h>

/*
 * Either all or none of the page frames in an aligned block of this size have a
 * struct page.
 */
#ifdef CONFIG_SPARSEMEM
#define VMA_PFNS_ALIKE	PAGES_PER_SUBSECTION
#else
#define VMA_PFNS_ALIKE	1UL
#endif

int vma_check_pfns(unsigned long pfn, unsigned long nr);

/*
 * Convert the result of the core's insert_pfn() to an errno. The range was
 * checked before, so VM_FAULT_SIGBUS means here that the architecture does not
 * allow the mapping.
 */
static inline int vma_pfn_errno(vm_fault_t ret)
{
	if (ret & VM_FAULT_OOM)
		return -ENOMEM;
	return ret & VM_FAULT_ERROR ? -EACCES : 0;
}

/* Does the VMA's owner count its mappings? Other types use other hooks. */
static inline bool vma_ops_counted(const struct vm_operations_struct *vm_ops)
{
	return vm_ops && vm_ops->mapped == __vma_counted_vma_mapped;
}

/* Internal: vma_new_set_type() without its refusal of __VMA_TYPE_COUNTED. */
int vma_new_apply(struct vma_new *vma, const struct vma_type *type, void *owner);
int vma_planned_apply(struct vma_planned *vma, const struct vma_type *type,
		      void *owner);
int vma_check_empty(struct vm_area_struct *raw, unsigned long addr, unsigned long size);

/* Does this task hold a lock of an owner that counts? Only lockdep can tell. */
#ifdef CONFIG_DEBUG_VMA_ACCESS
bool vma_owner_locked(const struct vm_area_struct *vma);
#else
static inline bool vma_owner_locked(const struct vm_area_struct *vma) { return false; }
#endif

/* An offset before the object wraps to a large one, and is refused. (R6) */
static inline int vma_object_check_fit(const struct vma_object *object,
				       pgoff_t pgoff, unsigned long size)
{
	return __vma_new_check_fit(size, pgoff - object->__base, object->__pages);
}

#endif /* _MM_VMA_ACCESS_INTERNAL_H */
