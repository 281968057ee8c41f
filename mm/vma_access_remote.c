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
 * @len is what the other process asked for. FOLL_FORCE is not passed on, so
 * check the flags as for an access without it. Refuse copy-on-write mappings: a
 * private copy may be mapped instead of the memory that @op knows. As in a
 * fault, an object's memory is valid only in the live scope. (R17)
 */
int __vma_remote_access(struct vm_area_struct *vma, unsigned long addr,
			void *buf, int len, int write,
			int (*op)(struct vma_remote *remote))
{
	struct __vma_remote_args args = { vma, addr, buf, 0, write };
	struct vma_object *object = vma_ref_object(vma_ref_from_op(vma));
	int ret;

	if (len <= 0 || addr < vma->vm_start || addr >= vma->vm_end)
		return __vma_refuse(VMA_REFUSED_RANGE, -EFAULT);
	if (!vma_test(vma, write ? VMA_WRITE_BIT : VMA_READ_BIT))
		return __vma_refuse(VMA_REFUSED_ACCESS, -EACCES);
	if (vma_is_cow_mapping(vma))
		return __vma_refuse(VMA_REFUSED_COW, -EACCES);
	args.len = min_t(unsigned long, len, vma->vm_end - addr);
	if (object) {
		CLASS(vma_object_live, live)(object);

		if (!vma_object_is_live(&live))
			return -EIO;
		ret = op((struct vma_remote *)&args);
	} else {
		ret = op((struct vma_remote *)&args);
	}
	/* The other process gets @ret bytes of @buf, so they must be copied. */
	if (WARN_ON_ONCE(ret > args.copied))
		return -EIO;
	return ret;
}
EXPORT_SYMBOL_GPL(__vma_remote_access);

/* Return the length of the access that is inside the object, or an errno. */
static int vma_remote_within(const struct __vma_remote_args *args, size_t size,
			     unsigned long *offset)
{
	const struct vm_area_struct *vma = args->vma;
	pgoff_t index = linear_page_index(vma, args->addr);

	if (index > (ULONG_MAX >> PAGE_SHIFT))
		return __vma_refuse(VMA_REFUSED_OBJECT, -EFAULT);
	*offset = (index << PAGE_SHIFT) + offset_in_page(args->addr);
	if (*offset >= size)
		return __vma_refuse(VMA_REFUSED_OBJECT, -EFAULT);
	return min_t(unsigned long, args->len, size - *offset);
}

/* @len bytes, of which the callers have checked that they are inside of both. */
static int vma_remote_do_copy(struct __vma_remote_args *args, void *memory, int len)
{
	if (args->write)
		memcpy(memory, args->buf, len);
	else
		memcpy(args->buf, memory, len);
	args->copied = len;
	return len;
}

/**
 * vma_remote_copy() - Copy between another process and memory of the kernel.
 * @remote: The handle.
 * @object: The memory that the mapping shows, from offset 0 of the file on, or
 *          from the offset that was given to vma_new_rebase().
 * @size: The size of @object in bytes.
 *
 * This reads or writes, as the other process asked, and stays inside @object
 * and the mapping (R6, R12).
 *
 * Context: Within the hook.
 * Return: the result for the hook to return: how many bytes were copied, which
 * may be fewer than asked for, and then the core calls again; -EFAULT if the
 * access is beyond @object.
 */
int vma_remote_copy(struct vma_remote *remote, void *object, size_t size)
{
	struct __vma_remote_args *args = __vma_remote_args(remote);
	unsigned long offset;
	int len = vma_remote_within(args, size, &offset);

	return len < 0 ? len : vma_remote_do_copy(args, object + offset, len);
}
EXPORT_SYMBOL_GPL(vma_remote_copy);

/**
 * vma_remote_index() - The page of the object that another process accesses.
 * @remote: The handle.
 * @nr_pages: The size of the object in pages.
 * @index: Set to the page's index, which counts from the start of the object.
 *
 * Use this with vma_remote_copy_page() for an object whose pages are not
 * contiguous. The index is checked against the object (R12).
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
 * vma_remote_copy_page() - Copy between another process and a page of the kernel.
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
	int len = min_t(unsigned long, args->len, PAGE_SIZE - offset);

	return vma_remote_do_copy(args, page + offset, len);
}
EXPORT_SYMBOL_GPL(vma_remote_copy_page);

/**
 * vma_remote_copy_mapped() - Copy between another process and mapped registers.
 * @remote: The handle.
 *
 * Use this for registers and other memory without a struct page. It takes the
 * page frame from the page table, and checks that the entry allows a write.
 *
 * Context: Within the hook. May sleep.
 * Return: the result for the hook to return: how many bytes of one page were
 * copied, which may be fewer than asked for, and then the core calls again;
 * -EINVAL if no page frame is mapped there, if it is RAM, or if the entry does
 * not allow the write;
 * -ENOMEM.
 */
int vma_remote_copy_mapped(struct vma_remote *remote)
{
	struct __vma_remote_args *args = __vma_remote_args(remote);
	int len = -EINVAL;

#ifdef CONFIG_HAVE_IOREMAP_PROT
	len = generic_access_phys(args->vma, args->addr, args->buf, args->len,
				  args->write);
#endif
	args->copied = max(len, 0);
	return len;
}
EXPORT_SYMBOL_GPL(vma_remote_copy_mapped);
