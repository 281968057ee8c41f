// SPDX-License-Identifier: GPL-2.0
/* User memory: not touched under a guard, as a fault would take the lock again. */
#include "cfail.h"

#ifdef CASE_user_memory_under_guard
/*
 * R14: user memory is touched after the guard's scope.
 * EXPECT-coccinelle: under a guard
 */
#include <linux/uaccess.h>

long cfail_use(struct mm_with_user *user, unsigned long __user *to);
long cfail_use(struct mm_with_user *user, unsigned long __user *to)
{
	unsigned long start;

	{
		ACQUIRE(vma_read, guard)(user, 0);
		struct vma_ref *vma = vma_read_ref(&guard);

		if (!vma)
			return ACQUIRE_ERR(vma_read, &guard);
		start = vma_ref_start(vma);
#ifdef BAD
		if (copy_to_user(to, &start, sizeof(start)))
			return -EFAULT;
#endif
	}
	return copy_to_user(to, &start, sizeof(start)) ? -EFAULT : 0;
}
#endif

#ifdef CASE_user_memory_scoped
/*
 * R14: the same where the scope is a block; a copy that does not fault is
 * right.
 * EXPECT-coccinelle: under a guard
 */
#include <linux/uaccess.h>

long cfail_use(struct mm_with_user *user, unsigned long __user *to);
long cfail_use(struct mm_with_user *user, unsigned long __user *to)
{
	unsigned long start;

	scoped_guard(mmap_read, user) {
		struct vma_ref *vma = vma_ref_lookup(&scope, 0);

		if (!vma)
			return -ESRCH;
		start = vma_ref_start(vma);
#ifdef BAD
		if (copy_from_user(&start, to, sizeof(start)))
			return -EFAULT;
#else
		if (copy_from_user_nofault(&start, to, sizeof(start)))
			return -EFAULT;
#endif
	}
	return copy_to_user(to, &start, sizeof(start)) ? -EFAULT : 0;
}
#endif

#ifdef CASE_user_memory_in_hook
/*
 * R14: nor in a function whose caller holds the lock, as a hook.
 * EXPECT-coccinelle: under a guard
 */
#include <linux/fs.h>
#include <linux/uaccess.h>

static int cfail_mmap(struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	struct file *file = desc->file;

#ifdef BAD
	unsigned long __user *from = file->private_data;
	unsigned long base;

	if (get_user(base, from))
		return -EFAULT;
	vma_new_set_pgoff(vma, base);
#else
	vma_new_set_pgoff(vma, *(unsigned long *)file->private_data);
#endif
	return 0;
}

const struct file_operations cfail_use;
const struct file_operations cfail_use = {
	.mmap_prepare = cfail_mmap,
};
#endif

#ifdef CASE_user_pages_under_guard
/*
 * R14: pages of a process are pinned before the guard.
 * EXPECT-coccinelle: under a guard
 */
#include <linux/mm.h>

int cfail_use(struct mm_with_user *user, unsigned long at, struct page **page);
int cfail_use(struct mm_with_user *user, unsigned long at, struct page **page)
{
#ifndef BAD
	if (pin_user_pages_fast(at, 1, FOLL_WRITE, page) != 1)
		return -EFAULT;
#endif
	CLASS(mmap_read, guard)(user);

#ifdef BAD
	if (pin_user_pages_fast(at, 1, FOLL_WRITE, page) != 1)
		return -EFAULT;
#endif
	return vma_ref_lookup(&guard, at) ? 0 : -ESRCH;
}
#endif
