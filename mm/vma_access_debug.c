// SPDX-License-Identifier: GPL-2.0
/*
 * Typed VMA access: CONFIG_DEBUG_VMA_ACCESS. What was refused and why, as a trace
 * event and as a counter in debugfs:
 *
 *	vma_access/refused	one line per reason: its name and how often
 *
 * and, where there is no lockdep to ask, which guards a task holds.
 */
#include <kunit/visibility.h>
#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/export.h>
#include <linux/hash.h>
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/spinlock.h>
#include <linux/vma_access.h>

#include "vma_access_internal.h"

#define CREATE_TRACE_POINTS
#include <trace/events/vma_access.h>

/* ---- refusals ------------------------------------------------------------- */

static const char * const vma_refusal_names[NR_VMA_REFUSALS] = {
	[VMA_REFUSED_ALIGN] = "align",
	[VMA_REFUSED_RANGE] = "range",
	[VMA_REFUSED_OBJECT] = "object",
	[VMA_REFUSED_ACCESS] = "access",
	[VMA_REFUSED_COW] = "cow",
	[VMA_REFUSED_KIND] = "kind",
	[VMA_REFUSED_IDENTITY] = "identity",
	[VMA_REFUSED_IN_USE] = "in_use",
	[VMA_REFUSED_TWICE] = "twice",
	[VMA_REFUSED_POLICY] = "policy",
	[VMA_REFUSED_PAGE] = "page",
	[VMA_REFUSED_HUGETLB] = "hugetlb",
	[VMA_REFUSED_REVOKED] = "revoked",
	[VMA_REFUSED_CONTENDED] = "contended",
	[VMA_REFUSED_GUARD] = "guard",
	[VMA_REFUSED_MOVE] = "move",
	[VMA_REFUSED_CHANGE] = "change",
};

static atomic_long_t vma_refused[NR_VMA_REFUSALS];

int __vma_refuse(enum vma_refusal why, int err)
{
	atomic_long_inc(&vma_refused[why]);
	trace_vma_access_refuse(vma_refusal_names[why], err);
	return err;
}
EXPORT_SYMBOL_GPL(__vma_refuse);

unsigned long __vma_refusals(enum vma_refusal why)
{
	return atomic_long_read(&vma_refused[why]);
}
EXPORT_SYMBOL_IF_KUNIT(__vma_refusals);

static int vma_refused_show(struct seq_file *m, void *unused)
{
	unsigned int i;

	for (i = 0; i < NR_VMA_REFUSALS; i++)
		seq_printf(m, "%s %lu\n", vma_refusal_names[i],
			   __vma_refusals(i));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(vma_refused);

static int __init vma_access_debug_init(void)
{
	struct dentry *dir = debugfs_create_dir("vma_access", NULL);

	debugfs_create_file("refused", 0444, dir, NULL, &vma_refused_fops);
	return 0;
}
late_initcall(vma_access_debug_init);

/* ---- what happened -------------------------------------------------------- */

void __vma_note_insert(const struct vm_area_struct *vma, unsigned long addr,
		       unsigned long nr, int err)
{
	trace_vma_access_insert(vma, addr, nr, err);
}
EXPORT_SYMBOL_GPL(__vma_note_insert);

void __vma_note_zap(const struct vm_area_struct *vma, unsigned long addr,
		    unsigned long size)
{
	trace_vma_access_zap(vma, addr, size);
}
EXPORT_SYMBOL_GPL(__vma_note_zap);

void __vma_note_settle(unsigned long start, unsigned int bit, bool has)
{
	trace_vma_access_settle(start, bit, has);
}
EXPORT_SYMBOL_GPL(__vma_note_settle);

void __vma_note_revoke(const void *object, pgoff_t index, unsigned long nr)
{
	trace_vma_access_revoke(object, index, nr);
}

/* ---- guards, where lockdep does not know them -------------------------------- */

#if VMA_ACCESS_TAGS

/*
 * Guards that are held, by the task that holds them. A bucket that is full
 * forgets its oldest. While that is held, all handles of the bucket's tasks pass
 * unchecked, as those of hooks do.
 */
#define VMA_GUARD_BUCKETS	64
#define VMA_GUARD_SLOTS		16

struct vma_guard_slot {
	const struct task_struct *task;
	const void *held;
	unsigned int tag;
};

struct vma_guard_bucket {
	spinlock_t lock;	/* for the slots; also taken by interrupts */
	/* Guards that are held and not among the slots any more. */
	unsigned int forgotten;
	/* The newest first. */
	struct vma_guard_slot slots[VMA_GUARD_SLOTS];
};

static struct vma_guard_bucket vma_guards[VMA_GUARD_BUCKETS] = {
	[0 ... VMA_GUARD_BUCKETS - 1] = {
		.lock = __SPIN_LOCK_UNLOCKED(vma_guards.lock),
	},
};

/*
 * The highest bits are the same in all kernel addresses. The tag changes six of
 * them: no tag, 0, leaves a pointer alone. Where there are no such bits nothing is
 * tagged, or checked.
 */
#define VMA_TAG_BITS	6
#define VMA_TAG_MASK	((1UL << VMA_TAG_BITS) - 1)
#if defined(CONFIG_X86_64) || \
	(defined(CONFIG_ARM64) && !defined(CONFIG_KASAN_SW_TAGS) && \
	 !defined(CONFIG_KASAN_HW_TAGS))
#define VMA_TAG_SHIFT	(IS_ENABLED(CONFIG_64BIT) ? 57 : 0)
#else
#define VMA_TAG_SHIFT	0
#endif
/* What they are without a tag: 0 for user mode Linux. */
#define VMA_TAG_NONE	((unsigned long)PAGE_OFFSET & (VMA_TAG_MASK << VMA_TAG_SHIFT))

static atomic_t vma_guard_count;

static struct vma_guard_bucket *vma_guard_bucket(void)
{
	return &vma_guards[hash_ptr(current, ilog2(VMA_GUARD_BUCKETS))];
}

void __vma_guard_enter(const void *held)
{
	struct vma_guard_bucket *bucket = vma_guard_bucket();
	unsigned int tag = (unsigned int)atomic_inc_return(&vma_guard_count) %
			   VMA_TAG_MASK + 1;

	guard(spinlock_irqsave)(&bucket->lock);
	if (bucket->slots[VMA_GUARD_SLOTS - 1].task)
		bucket->forgotten++;
	memmove(&bucket->slots[1], &bucket->slots[0],
		sizeof(bucket->slots) - sizeof(bucket->slots[0]));
	bucket->slots[0] = (struct vma_guard_slot){ current, held, tag };
}
EXPORT_SYMBOL_GPL(__vma_guard_enter);

/* The newest of this task's slots with the thing held, or with the tag. */
static struct vma_guard_slot *vma_guard_find(struct vma_guard_bucket *bucket,
					     const void *held, unsigned int tag)
{
	struct vma_guard_slot *slot;

	for (slot = bucket->slots; slot < bucket->slots + VMA_GUARD_SLOTS; slot++)
		if (slot->task == current &&
		    (held ? slot->held == held : slot->tag == tag))
			return slot;
	return NULL;
}

void __vma_guard_leave(const void *held)
{
	struct vma_guard_bucket *bucket = vma_guard_bucket();
	struct vma_guard_slot *slot;

	guard(spinlock_irqsave)(&bucket->lock);
	slot = vma_guard_find(bucket, held, 0);
	if (!slot) {
		if (bucket->forgotten)
			bucket->forgotten--;
		return;
	}
	memmove(slot, slot + 1,
		(bucket->slots + VMA_GUARD_SLOTS - 1 - slot) * sizeof(*slot));
	bucket->slots[VMA_GUARD_SLOTS - 1] = (struct vma_guard_slot){ };
}
EXPORT_SYMBOL_GPL(__vma_guard_leave);

void *__vma_tag(const void *raw, const void *held)
{
	struct vma_guard_bucket *bucket = vma_guard_bucket();
	struct vma_guard_slot *slot;
	unsigned int tag;

	if (!raw || !VMA_TAG_SHIFT)
		return (void *)raw;
	scoped_guard(spinlock_irqsave, &bucket->lock) {
		slot = vma_guard_find(bucket, held, 0);
		tag = slot ? slot->tag : 0;
	}
	return (void *)((unsigned long)raw ^ ((unsigned long)tag << VMA_TAG_SHIFT));
}
EXPORT_SYMBOL_GPL(__vma_tag);

void *__vma_untag(const void *handle)
{
	struct vma_guard_bucket *bucket = vma_guard_bucket();
	unsigned long changed, tag;
	bool live;

	if (!handle || !VMA_TAG_SHIFT)
		return (void *)handle;
	changed = ((unsigned long)handle ^ VMA_TAG_NONE) &
		  (VMA_TAG_MASK << VMA_TAG_SHIFT);
	tag = changed >> VMA_TAG_SHIFT;
	if (!tag)	/* a hook's */
		return (void *)handle;
	scoped_guard(spinlock_irqsave, &bucket->lock)
		live = vma_guard_find(bucket, NULL, tag) || bucket->forgotten;
	if (WARN_ONCE(!live, "vma_access: a handle is used after its guard\n"))
		__vma_refuse(VMA_REFUSED_GUARD, -EPERM);
	return (void *)((unsigned long)handle ^ changed);
}
EXPORT_SYMBOL_GPL(__vma_untag);

#endif /* VMA_ACCESS_TAGS */
