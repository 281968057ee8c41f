/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the typed VMA access layer share.
 */
#ifndef _MM_VMA_ACCESS_INTERNAL_H
#define _MM_VMA_ACCESS_INTERNAL_H

#include <linux/vma_access.h>

/* In an aligned block of this size all page frames have a struct page, or none has. */
#ifdef CONFIG_SPARSEMEM
#define VMA_PFNS_ALIKE	PAGES_PER_SUBSECTION
#else
#define VMA_PFNS_ALIKE	1UL
#endif

int vma_check_pfns(unsigned long pfn, unsigned long nr);

/* R6, counted from where the object starts: what is before it is beyond any end. */
static inline int vma_object_check_fit(const struct vma_object *object,
				       pgoff_t pgoff, unsigned long size)
{
	return __vma_new_check_fit(size, pgoff - object->__base, object->__pages);
}

/*
 * Otherwise a revoke would not find the mapping, and say nothing. (R17) A device
 * that is opened by another node has another f_mapping, and who made that node is
 * not the driver's affair: no warning. (R18)
 */
static inline int vma_object_check_file(const struct vma_object *object,
					const struct file *file)
{
	if (file->f_mapping != object->__mapping)
		return __vma_refuse(VMA_REFUSED_OBJECT, -EINVAL);
	return 0;
}

/* Does the VMA show a vma_object? Its hooks are those of no other type. */
static inline bool vma_ops_of_object(const struct vm_operations_struct *vm_ops)
{
	return vm_ops && vm_ops->mapped == vma_object_vma_mapped;
}

#ifdef CONFIG_DEBUG_VMA_ACCESS
bool vma_in_live_scope(const struct vm_area_struct *vma);
#else
static inline bool vma_in_live_scope(const struct vm_area_struct *vma) { return false; }
#endif

#endif /* _MM_VMA_ACCESS_INTERNAL_H */
