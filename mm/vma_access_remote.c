// SPDX-License-Identifier: GPL-2.0
/*
 * Typed VMA access: ->access(), by which another process reads or writes the
 * mapped memory.
 */
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/pagemap.h>
#include <linux/vma_access.h>

#include "vma_access_internal.h"

/*
 * The core calls ->access() if it cannot get a page: in each VM_IO or VM_PFNMAP
 * mapping, and if the access is not allowed. It has not checked the flags, and
 * @len is what the other process asked for. Check a write as if it were the
 * process's own. Let a debugger read what mprotect() could make readable; the
 * core does not say whether it is one. Refuse copy-on-write mappings: a private
 * copy may be mapped instead of the memory that @op knows.
 */
int __vma_remote_access(struct vm_area_struct *vma, unsigned long addr,
			void *buf, int len, int write,
			int (*op)(struct vma_remote *remote))
{
	struct __vma_remote_args args = { vma, addr, buf, len, write };
	int ret;

	if (len <= 0 || addr < vma->vm_start || addr >= vma->vm_end)
		return __vma_refuse(VMA_REFUSED_RANGE, -EFAULT);
	if (write ? !vma_test(vma, VMA_WRITE_BIT) :
		    !vma_test_any(vma, VMA_READ_BIT, VMA_MAYREAD_BIT))
		return __vma_refuse(VMA_REFUSED_ACCESS, -EACCES);
	if (vma_is_cow_mapping(vma))
		return __vma_refuse(VMA_REFUSED_COW, -EACCES);
	ret = op((struct vma_remote *)&args);
	/* The other process gets @ret bytes of @buf, so they must be copied. */
	if (WARN_ON_ONCE(ret > args.copied))
		return -EIO;
	return ret;
}
EXPORT_SYMBOL_GPL(__vma_remote_access);

/**
 * vma_remote_index() - The page of the object that another process accesses.
 * @remote: The handle.
 * @nr_pages: The size of the object in pages.
 * @index: Set to the page's index, which counts from the start of the object.
 *
 * Use this with vma_remote_copy_page(). The index is checked against the object
 * (R12).
 *
 * Context: Within the hook.
 * Return: 0; -EFAULT, and nothing stored, if the page is beyond the object.
 */
int vma_remote_index(const struct vma_remote *remote, unsigned long nr_pages,
		     pgoff_t *index)
{
	const struct __vma_remote_args *args = __vma_remote_args(remote);
	pgoff_t at = linear_page_index(args->vma, args->addr);

	if (at >= nr_pages)
		return __vma_refuse(VMA_REFUSED_OBJECT, -EFAULT);
	*index = at;
	return 0;
}
EXPORT_SYMBOL_GPL(vma_remote_index);

/**
 * vma_remote_copy_page() - Copy between another process and a kernel page.
 * @remote: The handle.
 * @page: The address of the page that vma_remote_index() says, mapped in the
 *        kernel.
 *
 * Context: Within the hook.
 * Return: the result for the hook to return: how many bytes of the page were
 * copied, which may be fewer than asked for, and then the core calls again.
 */
int vma_remote_copy_page(struct vma_remote *remote, void *page)
{
	struct __vma_remote_args *args = __vma_remote_args(remote);
	unsigned long offset = offset_in_page(args->addr);
	/* A VMA ends with a page, so this ends inside it. (R6) */
	int len = min_t(unsigned long, args->len, PAGE_SIZE - offset);

	if (args->write)
		memcpy(page + offset, args->buf, len);
	else
		memcpy(args->buf, page + offset, len);
	args->copied = len;
	return len;
}
EXPORT_SYMBOL_GPL(vma_remote_copy_page);
