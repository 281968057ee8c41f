// SPDX-License-Identifier: GPL-2.0
/* Handles that are stored where they can outlive their guard. */
#include "cfail.h"

#ifdef CASE_handle_in_global
/*
 * R2: a handle is not kept in a variable that stays.
 * EXPECT-lifetime: escapes to the global
 */
#ifdef BAD
static struct vma_ref *kept;
#endif
bool cfail_use(struct mm_with_user *user);
bool cfail_use(struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);

#ifdef BAD
	kept = vma_ref_lookup(&guard, 0);
#else
	struct vma_ref *kept = vma_ref_lookup(&guard, 0);
#endif
	return kept;
}
#endif

#ifdef CASE_handle_in_heap
/*
 * R2: nor in memory that does.
 * EXPECT-coccinelle: outlives its guard in a structure
 */
struct keeper {
#ifdef BAD
	struct vma_ref *vma;
#else
	unsigned long start;
#endif
};

static __used void cfail_use(struct mm_with_user *user, struct keeper *keeper)
{
	CLASS(mmap_read, guard)(user);

#ifdef BAD
	keeper->vma = vma_ref_lookup(&guard, 0);
#else
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

	if (vma)
		keeper->start = vma_ref_start(vma);
#endif
}
#endif

#ifdef CASE_handle_in_out_parameter
/*
 * R2: nor handed out by a parameter.
 * EXPECT-coccinelle: handed out by the parameter
 */
#ifdef BAD
void cfail_use(struct mm_with_user *user, struct vma_ref **out);
void cfail_use(struct mm_with_user *user, struct vma_ref **out)
{
	CLASS(mmap_read, guard)(user);

	*out = vma_ref_lookup(&guard, 0);
}
#else
void cfail_use(struct mm_with_user *user, unsigned long *out);
void cfail_use(struct mm_with_user *user, unsigned long *out)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

	*out = vma ? vma_ref_start(vma) : 0;
}
#endif
#endif

#ifdef CASE_handle_in_void_member
/*
 * R2: nor in a member that is void *.
 * EXPECT-coccinelle: outlives its guard in the member
 */
struct keeper {
	void *data;
	unsigned long start;
};

static __used void cfail_use(struct mm_with_user *user, struct keeper *keeper)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

	if (!vma)
		return;
#ifdef BAD
	keeper->data = vma;
#else
	keeper->start = vma_ref_start(vma);
#endif
}
#endif

#ifdef CASE_handle_in_xarray
/*
 * R2: nor in a container, whose function takes a void *.
 * EXPECT-coccinelle: outlives its guard in xa_store
 */
#include <linux/xarray.h>

int cfail_use(struct mm_with_user *user, struct xarray *kept);
int cfail_use(struct mm_with_user *user, struct xarray *kept)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

	if (!vma)
		return -ESRCH;
#ifdef BAD
	return xa_err(xa_store(kept, 0, vma, GFP_KERNEL));
#else
	return xa_err(xa_store(kept, 0, xa_mk_value(vma_ref_pages(vma)), GFP_KERNEL));
#endif
}
#endif

#ifdef CASE_handle_in_context
/*
 * R2: what a callback is given may be on the stack, and not in the heap.
 * EXPECT-coccinelle: outlives its guard in a structure
 */
#include <linux/slab.h>

struct fill {
	struct vma_mixedmap *to;
	unsigned long at;
	int err;
};

static noinline void cfail_one(struct fill *fill, struct page *page)
	__must_hold_shared(vma_stable)
{
	fill->err = vma_mixedmap_insert_page(fill->to, fill->at, page);
}

int cfail_use(struct page *page, struct mm_with_user *user, struct vma_identity id);
int cfail_use(struct page *page, struct mm_with_user *user, struct vma_identity id)
{
	ACQUIRE(vma_read, guard)(user, 0);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_mixedmap *mixed = vma ? vma_ref_as_mixedmap_of(vma, id) : NULL;
	struct fill fill = { .to = mixed };

	if (!mixed)
		return -ESRCH;
#ifdef BAD
	struct fill *later = kmemdup(&fill, sizeof(fill), GFP_KERNEL);

	if (!later)
		return -ENOMEM;
	cfail_one(later, page);
	return later->err;
#else
	cfail_one(&fill, page);
	return fill.err;
#endif
}
#endif

#ifdef CASE_handle_to_thread
/*
 * R2: a callback that runs at once takes a handle as void *, a thread does
 * not.
 * EXPECT-coccinelle: outlives its guard in kthread_run
 */
#include <linux/kthread.h>

int cfail_each(int (*fn)(void *data), void *data);

static int cfail_one(void *data)
	__must_hold_shared(vma_stable)
{
	struct vma_mixedmap *mixed = data;

	return vma_mixedmap_insert_page(mixed, vma_ref_start(vma_ref(mixed)), NULL);
}

int cfail_use(struct mm_with_user *user, struct vma_identity id);
int cfail_use(struct mm_with_user *user, struct vma_identity id)
{
	ACQUIRE(vma_read, guard)(user, 0);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_mixedmap *mixed = vma ? vma_ref_as_mixedmap_of(vma, id) : NULL;

	if (!mixed)
		return -ESRCH;
#ifdef BAD
	return PTR_ERR_OR_ZERO(kthread_run(cfail_one, mixed, "cfail"));
#else
	return cfail_each(cfail_one, mixed);
#endif
}
#endif

#ifdef CASE_scoped_handle_in_member
/*
 * R2: a handle of a scoped_guard() is not kept either.
 * EXPECT-coccinelle: outlives its guard in the member
 */
struct keeper {
	void *of;
	unsigned long at;
};

static __used int cfail_use(struct keeper *keeper, struct mm_with_user *user)
{
	scoped_guard(mmap_read, user) {
		struct vma_ref *vma = vma_ref_lookup(&scope, 0);

		if (!vma)
			return -ESRCH;
#ifdef BAD
		keeper->of = vma;
#else
		keeper->at = vma_ref_start(vma);
#endif
	}
	return 0;
}
#endif

#ifdef CASE_annotated_handle_in_member
/*
 * R2: a function whose caller holds the guard does not keep the handle.
 * EXPECT-coccinelle: outlives its guard in the member
 */
struct keeper {
	void *of;
	unsigned long at;
};

static noinline void cfail_keep(struct keeper *keeper, struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
#ifdef BAD
	keeper->of = vma;
#endif
	keeper->at = vma_ref_start(vma);
}

int cfail_use(struct keeper *keeper, struct mm_with_user *user);
int cfail_use(struct keeper *keeper, struct mm_with_user *user)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, 0);

	if (!vma)
		return -ESRCH;
	cfail_keep(keeper, vma);
	return 0;
}
#endif

#ifdef CASE_annotated_void_as_handle
/*
 * R2: nor does it make a handle of a void pointer.
 * EXPECT-coccinelle: void pointer is no handle
 */
unsigned long cfail_use(struct vma_ref *vma, void *data)
	__must_hold_shared(vma_stable);
unsigned long cfail_use(struct vma_ref *vma, void *data)
	__must_hold_shared(vma_stable)
{
#ifdef BAD
	struct vma_ref *other = data;
#else
	struct vma_ref *other = vma;
#endif

	return vma_ref_start(other) + vma_ref_end(vma);
}
#endif

#ifdef CASE_hook_keeps_handle
/*
 * R2: a hook's handle ends with the hook.
 * EXPECT-coccinelle: outlives its guard in the member
 */
#include <linux/fs.h>

struct keeper {
	void *of;
	unsigned long at;
};

static int cfail_mmap(struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	struct keeper *keeper = desc->file->private_data;

#ifdef BAD
	keeper->of = vma;
#else
	keeper->at = vma_new_start(vma);
#endif
	return vma_new_deny(vma, VMA_EXEC_BIT);
}

const struct file_operations cfail_use;
const struct file_operations cfail_use = {
	.mmap_prepare = cfail_mmap,
};
#endif

#ifdef CASE_binder_stored_vma
/*
 * R2: a VMA is not kept from ->mmap() on, to be used without a lock.
 * EXPECT-context: requires holding
 * EXPECT-coccinelle: outlives its guard in a structure
 */
struct alloc {
#ifdef BAD
	struct vma_ref *vma;
#endif
	struct mm_ref *mm;
	unsigned long start;
};

static __used int cfail_use(struct alloc *alloc, struct vma_identity id)
{
#ifdef BAD
	return vma_ref_zap_range(alloc->vma, alloc->start, PAGE_SIZE);
#else
	CLASS(mm_with_user_async, pin)(alloc->mm);
	struct mm_with_user *user = mm_with_user_of(&pin);

	if (!user)
		return 0;

	ACQUIRE(vma_read, guard)(user, alloc->start);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma && vma_ref_is(vma, id) ?
	       vma_ref_zap_range(vma, alloc->start, PAGE_SIZE) : 0;
#endif
}
#endif
