// SPDX-License-Identifier: GPL-2.0
/* Raw pointers: what a hook is given, and what is handed on to other functions. */
#include "cfail.h"

#ifdef CASE_raw_in_structure
/*
 * R2: a raw VMA is good for as long as its hook runs.
 * EXPECT-coccinelle: outlives its hook
 */
#include <linux/fs.h>
#include <linux/vma_access_strict.h>

struct arena {
#ifdef BAD
	struct vm_area_struct *vma;
#else
	unsigned long start;
#endif
};

static int cfail_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct vma_new *handle = vma_new_from_mmap(vma);
	struct arena *arena = file->private_data;

	if (!handle)
		return -EINVAL;
#ifdef BAD
	arena->vma = vma;
#else
	arena->start = vma_new_start(handle);
#endif
	return vma_new_deny(handle, VMA_EXEC_BIT);
}

const struct file_operations cfail_use;
const struct file_operations cfail_use = {
	.mmap = cfail_mmap,
};
#endif

#ifdef CASE_raw_in_global
/*
 * R2: nor is it kept in a variable of the file.
 * EXPECT-coccinelle: outlives its hook
 */
static unsigned long cfail_start;
static const void *cfail_vma __maybe_unused;

static void cfail_open(struct vm_area_struct *vma)
{
	cfail_start = vma_ref_start(vma_ref_from_op(vma));
#ifdef BAD
	cfail_vma = vma;
#endif
}

const struct vm_operations_struct cfail_use;
const struct vm_operations_struct cfail_use = {
	.open = cfail_open,
};
#endif

#ifdef CASE_raw_in_xarray
/*
 * R2: nor in a container.
 * EXPECT-coccinelle: outlives its hook
 */
#include <linux/xarray.h>

static DEFINE_XARRAY(cfail_kept);

static void cfail_open(struct vm_area_struct *vma)
{
	unsigned long start = vma_ref_start(vma_ref_from_op(vma));

#ifdef BAD
	xa_store(&cfail_kept, start, vma, GFP_KERNEL);
#else
	xa_store(&cfail_kept, start, xa_mk_value(1), GFP_KERNEL);
#endif
}

const struct vm_operations_struct cfail_use;
const struct vm_operations_struct cfail_use = {
	.open = cfail_open,
};
#endif

#ifdef CASE_raw_used_later
/*
 * R2: only the parameter of a hook is taken in.
 * EXPECT-coccinelle: the parameter of a hook
 */
struct arena {
	struct vm_area_struct *kept;
};

static __used int cfail_use(struct arena *arena, struct vm_area_struct *vma)
{
#ifdef BAD
	return vma_ref_zap_range(vma_ref_from_op(arena->kept), 0, PAGE_SIZE);
#else
	return vma_ref_zap_range(vma_ref_from_op(vma), 0, PAGE_SIZE);
#endif
}
#endif

#ifdef CASE_hand_on_to_own
/*
 * R1: a mapping is handed on to others, not to a function that could take the
 * handle.
 * EXPECT-coccinelle: this file's own
 */
int cfail_own(struct file *file, struct vm_area_struct *raw);
int cfail_own(struct file *file, struct vm_area_struct *raw)
{
	return 0;
}

int cfail_use(struct vma_new *vma, struct file *file);
int cfail_use(struct vma_new *vma, struct file *file)
{
#ifdef BAD
	return vma_new_hand_on(vma, cfail_own, file);
#else
	return vma_new_hand_on(vma, vfs_mmap, file);
#endif
}
#endif

#ifdef CASE_hook_hands_on_to_own
/*
 * R1: a hook does not hand the mapping on to this file's own function.
 * EXPECT-coccinelle: this file's own
 */
#include <linux/fs.h>

static int __maybe_unused cfail_own(struct file *file, struct vm_area_struct *raw)
{
	return file && raw ? 0 : -EINVAL;
}

static DEFINE_VMA_MMAP(cfail_mmap, file, vma)
{
#ifdef BAD
	return vma_new_hand_on(vma, cfail_own, file);
#else
	return vma_new_deny(vma, VMA_EXEC_BIT);
#endif
}

const struct file_operations cfail_use;
const struct file_operations cfail_use = {
	.mmap = cfail_mmap,
};
#endif
