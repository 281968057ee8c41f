// SPDX-License-Identifier: GPL-2.0
/*
 * Typed VMA access: CONFIG_DEBUG_VMA_ACCESS. Each refusal gives a trace event
 * and is counted by its reason in debugfs:
 *
 *	vma_access/refused	one line per reason: its name and how often
 */
#include <kunit/visibility.h>
#include <linux/atomic.h>
#include <linux/debugfs.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/seq_file.h>
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
