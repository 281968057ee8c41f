// SPDX-License-Identifier: GPL-2.0
/*
 * A window into a device's memory, mapped by faults and revoked at any time,
 * like that of a driver whose device can be reset or unplugged. Each open file
 * of /dev/vma_window is one window.
 *
 * There is no device. Its memory is pages whose words say whether they are in
 * use. Freed pages are overwritten, so a reader that can still reach them sees
 * it.
 */
#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vma_window.h"
/* This must be the last include: it makes raw VMA access a build error. */
#include <linux/vma_access_strict.h>

struct window {
	struct vma_object object;
	struct address_space mapping;
	struct mutex lock;	/* serializes revoke and rearm */
	unsigned int type;
	/* How many mappings hold the window: as many as exist. */
	atomic_t held;
	/*
	 * Revoke while a mapping is copied, before the copy contains anything.
	 */
	bool revoke_copies;
	atomic_t fault_ooms;
	struct page *pages[WINDOW_PAGES];
};

static vm_fault_t window_fault_insert(struct vma_fault *fault, struct window *window,
				      pgoff_t index)
{
	struct page *page = window->pages[index];

	if (vma_ref_test(vma_fault_ref(fault), VMA_PFNMAP_BIT))
		return vma_fault_insert_pfn(fault, page_to_pfn(page), VMA_PROT_OWN);
	return vma_fault_insert_page(fault, page);
}

static vm_fault_t window_fault(struct vm_fault *vmf)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct vma_object *object = vma_ref_object(vma_fault_ref(fault));
	struct window *window;
	vm_fault_t ret;
	pgoff_t index;

	if (!object)
		return VM_FAULT_SIGBUS;
	window = container_of(object, struct window, object);
	ret = vma_fault_object_index(fault, object, &index);
	if (ret)
		return ret;
	CLASS(vma_object_live, live)(object);
	if (!vma_object_is_live(&live))
		return VM_FAULT_SIGBUS;
	ret = window_fault_insert(fault, window, index);
	if (ret & VM_FAULT_OOM)
		atomic_inc(&window->fault_ooms);
	return ret;
}

#define WINDOW_KIND_PFN		(VMA_MAP_PFN | VMA_DENY_EXEC | VMA_COW_REFUSE | \
				 VMA_EXPAND_REFUSE)
#define WINDOW_KIND_MIXED	(VMA_MAP_MIXED | VMA_DENY_EXEC | VMA_EXPAND_REFUSE)

static DEFINE_VMA_OBJECT_TYPE(window_pfn, WINDOW_KIND_PFN | VMA_SPLIT_ALLOW |
			      VMA_MREMAP_ALLOW | VMA_FORK_COPY,
			      .fault = window_fault);
static DEFINE_VMA_OBJECT_TYPE(window_pfn_no_split, WINDOW_KIND_PFN |
			      VMA_SPLIT_REFUSE | VMA_MREMAP_ALLOW | VMA_FORK_COPY,
			      .fault = window_fault);
static DEFINE_VMA_OBJECT_TYPE(window_pfn_no_mremap, WINDOW_KIND_PFN |
			      VMA_SPLIT_ALLOW | VMA_MREMAP_REFUSE | VMA_FORK_COPY,
			      .fault = window_fault);
static DEFINE_VMA_OBJECT_TYPE(window_pfn_no_fork, WINDOW_KIND_PFN |
			      VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW | VMA_FORK_DROP,
			      .fault = window_fault);
static DEFINE_VMA_OBJECT_TYPE(window_mixed, WINDOW_KIND_MIXED | VMA_COW_ALLOW |
			      VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW | VMA_FORK_COPY,
			      .fault = window_fault);

static const struct vma_type * const window_types[WINDOW_NR_TYPES] = {
	[WINDOW_PFN] = &window_pfn,
	[WINDOW_PFN_NO_SPLIT] = &window_pfn_no_split,
	[WINDOW_PFN_NO_MREMAP] = &window_pfn_no_mremap,
	[WINDOW_PFN_NO_FORK] = &window_pfn_no_fork,
	[WINDOW_MIXED] = &window_mixed,
};

static int window_mmap(struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	struct window *window = desc->file->private_data;

	return vma_new_set_object(vma, window_types[READ_ONCE(window->type)],
				  &window->object);
}

/* Insert a page frame before there is a fault. */
static int window_insert(struct window *window, unsigned long addr)
{
	struct mm_with_user *user = mm_with_user_current();
	struct vma_pfnmap *pfnmap;
	struct vma_ref *vma;
	pgoff_t index;

	ACQUIRE(vma_read, guard)(user, addr);
	vma = vma_read_ref(&guard);
	if (!vma)
		return ACQUIRE_ERR(vma_read, &guard);
	if (!vma_ref_is(vma, vma_type_identity(&window_pfn, &window->object)))
		return -ESRCH;
	pfnmap = vma_ref_as_pfnmap(vma);
	if (!pfnmap)
		return -ESRCH;
	index = vma_ref_pgoff(vma) - WINDOW_BASE +
		((addr - vma_ref_start(vma)) >> PAGE_SHIFT);
	if (index >= WINDOW_PAGES)
		return -EFAULT;
	CLASS(vma_object_live, live)(&window->object);
	if (!vma_object_is_live(&live))
		return -ENODEV;
	return vma_pfnmap_insert_pfn(pfnmap, addr, page_to_pfn(window->pages[index]),
				     VMA_PROT_OWN);
}

static void window_fill(struct window *window, bool good)
{
	unsigned int i;

	for (i = 0; i < WINDOW_PAGES; i++)
		memset64(page_address(window->pages[i]),
			 good ? WINDOW_GOOD(i) : WINDOW_FREED,
			 PAGE_SIZE / sizeof(u64));
}

static void window_revoke(struct window *window)
{
	vma_object_revoke(&window->object);
	window_fill(window, false);
}

static void window_get(struct vma_object *object)
{
	struct window *window = container_of(object, struct window, object);

	atomic_inc(&window->held);
	if (READ_ONCE(window->revoke_copies)) {
		guard(mutex)(&window->lock);
		window_revoke(window);
	}
}

static void window_put(struct vma_object *object)
{
	struct window *window = container_of(object, struct window, object);

	WARN_ON_ONCE(atomic_dec_return(&window->held) < 0);
}

static const struct vma_object_ops window_object_ops = {
	.get = window_get,
	.put = window_put,
};

static long window_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct window *window = file->private_data;

	if (cmd == WINDOW_INSERT)
		return window_insert(window, arg);

	guard(mutex)(&window->lock);
	switch (cmd) {
	case WINDOW_SET_TYPE:
		if (arg >= WINDOW_NR_TYPES)
			return -EINVAL;
		WRITE_ONCE(window->type, arg);
		return 0;
	case WINDOW_REVOKE:
		window_revoke(window);
		return 0;
	case WINDOW_REVOKE_COPIES:
		WRITE_ONCE(window->revoke_copies, arg);
		return 0;
	case WINDOW_REARM:
		window_fill(window, true);
		/*
		 * Not for drivers, which revoke an object once: the tests
		 * revoke one many times.
		 */
		down_write(&window->object.__live);
		window->object.__revoked = false;
		up_write(&window->object.__live);
		return 0;
	case WINDOW_TRY_ZAP:
		return vma_object_try_zap(&window->object, arg >> 16, arg & 0xffff);
	case WINDOW_ZAP:
		return vma_object_zap(&window->object, arg >> 16, arg & 0xffff);
	case WINDOW_FAULT_OOMS:
		return atomic_read(&window->fault_ooms);
	case WINDOW_MAPPINGS:
		return vma_object_mappings(&window->object);
	case WINDOW_HELD:
		return atomic_read(&window->held);
	default:
		return -ENOTTY;
	}
}

static void window_free(struct window *window)
{
	unsigned int i;

	for (i = 0; i < WINDOW_PAGES; i++)
		if (window->pages[i])
			put_page(window->pages[i]);
	kfree(window);
}

static int window_open(struct inode *inode, struct file *file)
{
	struct window *window = kzalloc_obj(*window);
	unsigned int i;

	if (!window)
		return -ENOMEM;
	for (i = 0; i < WINDOW_PAGES; i++) {
		window->pages[i] = alloc_page(GFP_KERNEL);
		if (!window->pages[i]) {
			window_free(window);
			return -ENOMEM;
		}
	}
	window_fill(window, true);
	mutex_init(&window->lock);
	/* Not the device's f_mapping, which its other files share. */
	address_space_init_once(&window->mapping);
	window->mapping.host = inode;
	window->mapping.a_ops = &empty_aops;
	file->f_mapping = &window->mapping;
	vma_object_init(&window->object, &window->mapping, WINDOW_BASE,
			WINDOW_PAGES, &window_object_ops);
	file->private_data = window;
	return 0;
}

static int window_release(struct inode *inode, struct file *file)
{
	struct window *window = file->private_data;

	WARN_ON_ONCE(vma_object_mappings(&window->object) ||
		     atomic_read(&window->held));
	window_free(window);
	return 0;
}

static const struct file_operations window_fops = {
	.owner = THIS_MODULE,
	.open = window_open,
	.release = window_release,
	.mmap_prepare = window_mmap,
	.unlocked_ioctl = window_ioctl,
};

static struct miscdevice window_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vma_window",
	.fops = &window_fops,
	.mode = 0600,
};
module_misc_device(window_misc);

MODULE_DESCRIPTION("Revocable window for the tests of typed VMA access");
MODULE_LICENSE("GPL");
