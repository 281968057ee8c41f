// SPDX-License-Identifier: GPL-2.0
/*
 * Typed VMA access: setting up a new mapping, the functions that are not inline
 * in <linux/vma_access_new.h>.
 */
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/file.h>
#include <linux/kernfs.h>
#include <linux/mm_inline.h>
#include <linux/vma_access.h>
#include <linux/vmalloc.h>

#include "internal.h"
#include "vma_access_internal.h"

/* ---- the handle --------------------------------------------------------- */

static bool vma_in_use(struct vm_area_struct *vma)
{
	if (IS_ENABLED(CONFIG_PER_VMA_LOCK))
		return vma_is_attached(vma);
	/* Without VMA locks the VMA itself does not tell, but the tree does. */
	return vma_lookup(vma->vm_mm, vma->vm_start) == vma;
}

/**
 * vma_new_from_mmap() - Convert the VMA that f_op->mmap() sets up to a handle.
 * @vma: The argument of f_op->mmap().
 *
 * This checks that the VMA is not in use yet, because it is a bug to set flags
 * and hooks of a VMA in use (R7, R10). DEFINE_VMA_MMAP() calls this, and undoes
 * what a failing hook has done. Without DEFINE_VMA_MMAP(), the hook must set
 * the type last.
 *
 * Context: Within ->mmap(), with the mmap lock held for write.
 * Return: the handle, which ends when ->mmap() returns; NULL, with a warning,
 * if @vma is in use. Always NULL without an MMU.
 */
struct vma_new *vma_new_from_mmap(struct vm_area_struct *vma)
{
	mmap_assert_write_locked(vma->vm_mm);
	if (WARN_ON_ONCE(vma_in_use(vma))) {
		__vma_refuse(VMA_REFUSED_IN_USE, -EBUSY);
		return NULL;
	}
	return (struct vma_new *)vma;
}
EXPORT_SYMBOL_GPL(vma_new_from_mmap);

/* ---- a hook that fails has nothing mapped ------------------------------- */

/*
 * remap_pfn_range() tracks page frames only if they fill the whole VMA, and it
 * refuses to do that a second time. Forget that it did.
 */
static void vma_new_untrack(struct vm_area_struct *raw)
{
#ifdef __HAVE_PFNMAP_TRACKING
	struct pfnmap_track_ctx *ctx = raw->pfnmap_track_ctx;

	if (ctx)
		kref_put(&ctx->kref, pfnmap_track_ctx_release);
	raw->pfnmap_track_ctx = NULL;
#endif
}

/*
 * Unmap all that the hook has mapped, also by earlier calls. If the handle was
 * kept after its hook, unmap nothing: that VMA is in use.
 */
int __vma_new_take_back(struct vma_new *vma, int err)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);

	/* hugetlbfs unmaps its own, in whole huge pages. */
	if (!vma_in_use(raw) && !is_vm_hugetlb_page(raw)) {
		__vma_note_zap(raw, raw->vm_start, vma_new_size(vma));
		zap_vma_range(raw, raw->vm_start, vma_new_size(vma));
		vma_new_untrack(raw);
	}
	return err;
}
EXPORT_SYMBOL_GPL(__vma_new_take_back);

/*
 * An ->mmap() hook failed, and the core will not call ->close(). Unmap before
 * ->close() may free the owner, because another thread may have found the
 * pages. If the hooks are those from @before, whoever set them also undoes that
 * when the failure is returned.
 */
int __vma_new_hook_failed(struct vma_new *vma,
			  const struct vm_operations_struct *before, int err)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);

	if (!is_vm_hugetlb_page(raw)) {
		zap_vma_range(raw, raw->vm_start, vma_new_size(vma));
		vma_new_untrack(raw);
	}
	if (raw->vm_ops != before)
		vma_close(raw);
	return err;
}
EXPORT_SYMBOL_GPL(__vma_new_hook_failed);

/* A new mapping has no hooks, or vma_dummy_vm_ops, until a type is set. */
static bool vma_hooks_are_none(const struct __vma_hooks *hooks)
{
	return !hooks->vm_ops || hooks->vm_ops == &vma_dummy_vm_ops;
}

/*
 * The called hook must not replace a type's hooks: its policy would be lost,
 * and so would its count. (R8)
 */
static int vma_hooks_check(const struct __vma_hooks *before,
			   const struct vm_operations_struct *vm_ops,
			   const void *private_data)
{
	if (WARN_ON_ONCE(!vma_hooks_are_none(before) &&
			 (vm_ops != before->vm_ops ||
			  private_data != before->private_data)))
		return __vma_refuse(VMA_REFUSED_TWICE, -EINVAL);
	return 0;
}

/* Called before another subsystem's hook, which may put the file. */
void __vma_new_hooks(const struct vma_new *vma, struct __vma_hooks *hooks)
{
	const struct vm_area_struct *raw = __vma_new_raw(vma);

	*hooks = (struct __vma_hooks){
		.vm_ops = raw->vm_ops,
		.private_data = raw->vm_private_data,
		.file = get_file(raw->vm_file),
		.pgoff = vma_start_pgoff(raw),
		.flags = raw->flags,
		.page_prot = raw->vm_page_prot,
	};
}
EXPORT_SYMBOL_GPL(__vma_new_hooks);

/*
 * A called hook that failed has closed what it set up. If it succeeded, but
 * replaced a type's hooks, call its ->close() here. Restore the type, for
 * DEFINE_VMA_MMAP() to close or for a driver's hook that goes on.
 */
int __vma_new_handed_on(struct vma_new *vma, const struct __vma_hooks *before, int err)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	struct file *file __free(fput) = before->file;
	int ret = err ?: vma_hooks_check(before, raw->vm_ops, raw->vm_private_data);

	if (likely(!ret))
		return 0;
	ret = __vma_new_take_back(vma, ret);
	if (!err && raw->vm_ops != before->vm_ops)
		vma_close(raw);
	raw->vm_ops = before->vm_ops;
	raw->vm_private_data = before->private_data;
	/* The zap above needed the flags that the hook had set. */
	if (!vma_in_use(raw)) {
		raw->flags = before->flags;
		raw->vm_page_prot = before->page_prot;
		raw->vm_pgoff = before->pgoff;
		/* It may be all that keeps the owner of a type. */
		if (raw->vm_file != file)
			vma_set_file(raw, file);
	}
	return ret;
}
EXPORT_SYMBOL_GPL(__vma_new_handed_on);

/*
 * The kind of mapping before a function maps. If that fails nothing is mapped,
 * and the driver may map something of another kind.
 */
struct vma_new_kind {
	vma_flags_t flags;
	pgprot_t page_prot;
};

static struct vma_new_kind vma_new_get_kind(const struct vma_new *vma)
{
	const struct vm_area_struct *raw = __vma_new_raw(vma);

	return (struct vma_new_kind){ raw->flags, raw->vm_page_prot };
}

static void vma_new_set_kind(struct vm_area_struct *raw, const struct vma_new_kind *kind)
{
	raw->flags = kind->flags;
	raw->vm_page_prot = kind->page_prot;
}

/* The core has mapped, or has failed in the middle of it. */
static int vma_new_done(struct vma_new *vma, const struct vma_new_kind *before, int err)
{
	if (likely(!err))
		return 0;
	/* Zap with the flags that the core has set, then restore them. */
	err = __vma_new_take_back(vma, err);
	vma_new_set_kind(__vma_new_raw(vma), before);
	return err;
}

/* ---- types and owners --------------------------------------------------- */

/* For types made without DEFINE_VMA_TYPE(), which checks this too. (R8) */
static bool vma_policy_complete(vma_policy_t policy)
{
	return __vma_policy_has(policy, VMA_MAP_NONE | VMA_MAP_MIXED | VMA_MAP_PFN) &&
	       __vma_policy_has(policy, VMA_DENY_NONE | VMA_DENY_WRITE | VMA_DENY_EXEC) &&
	       __vma_policy_has(policy, VMA_COW_ALLOW | VMA_COW_REFUSE) &&
	       __vma_policy_has(policy, VMA_SPLIT_ALLOW | VMA_SPLIT_REFUSE) &&
	       __vma_policy_has(policy, VMA_MREMAP_ALLOW | VMA_MREMAP_REFUSE) &&
	       __vma_policy_has(policy, VMA_FORK_COPY | VMA_FORK_DROP) &&
	       __vma_policy_has(policy, VMA_EXPAND_ALLOW | VMA_EXPAND_REFUSE);
}

/* The hooks follow from the policy: a type has no others of these. (R8) */
static bool vma_type_split_fits(const struct vma_type *type)
{
	if (__vma_policy_has(type->policy, VMA_SPLIT_REFUSE))
		return type->vm_ops.may_split == __vma_type_no_split;
	return !type->vm_ops.may_split;
}

static bool vma_type_mremap_fits(const struct vma_type *type)
{
	if (__vma_policy_has(type->policy, VMA_MREMAP_REFUSE))
		return type->vm_ops.mremap == __vma_type_no_mremap;
	return !type->vm_ops.mremap;
}

/* The hook is how VMAs of types whose owners count are recognised. (R17) */
static bool vma_type_counted_fits(const struct vma_type *type)
{
	return vma_ops_counted(&type->vm_ops) ==
	       __vma_policy_has(type->policy, __VMA_TYPE_COUNTED);
}

/*
 * An ->access() hook set by hand would not check range and policy. One of an
 * object would look at memory that was revoked. (R17)
 */
static bool vma_type_access_fits(const struct vma_type *type)
{
	if (type->vm_ops.access && __vma_policy_has(type->policy, __VMA_TYPE_COUNTED))
		return false;
	return !type->vm_ops.access ==
	       !__vma_policy_has(type->policy, __VMA_TYPE_ACCESS);
}

/*
 * The core maps the zero page into a mapping of pages that is VM_IO and has a
 * ->pfn_mkwrite(). The next write would go to that page, which all processes
 * share. (R18)
 */
static bool vma_type_zero_page(vma_policy_t policy,
			       const struct vm_operations_struct *vm_ops)
{
	return __vma_policy_has(policy, VMA_MAP_MIXED) &&
	       __vma_policy_has(policy, VMA_TYPE_IO) && vm_ops->pfn_mkwrite;
}

static bool vma_type_kind_fits(vma_policy_t policy, const vma_flags_t *flags)
{
	if (__vma_policy_has(policy, VMA_MAP_MIXED))
		return !vma_flags_test(flags, VMA_PFNMAP_BIT);
	if (__vma_policy_has(policy, VMA_MAP_PFN))
		return !vma_flags_test(flags, VMA_MIXEDMAP_BIT);
	return !vma_flags_test_any(flags, VMA_MIXEDMAP_BIT, VMA_PFNMAP_BIT);
}

/* Clears the MAY bit of a denied access; false if user space asked for it. */
static bool vma_type_deny(vma_flags_t *flags, unsigned long start,
			  vma_flag_t bit, vma_flag_t may)
{
	bool has = vma_flags_test(flags, bit);

	__vma_note_settle(start, (__force unsigned int)bit, has);
	if (has)
		return false;
	vma_flags_clear(flags, may);
	return true;
}

/*
 * After ->mmap(), kernfs replaces the driver's hooks by its own, unless the
 * hook has replaced the file. Type and owner would then not be found, and
 * ->close() could not count. sysfs, cgroup and resctrl files are such files.
 */
static int vma_check_hooks_last(const struct file *file)
{
	if (WARN_ON_ONCE(file && kernfs_node_from_dentry(file->f_path.dentry)))
		return __vma_refuse(VMA_REFUSED_IDENTITY, -EOPNOTSUPP);
	return 0;
}

/* The members that a type checks or sets, of a VMA or a descriptor. */
struct vma_setup {
	const struct file *file;
	unsigned long start;
	vma_flags_t *flags;
	const struct vm_operations_struct **vm_ops;
	void **owner;
};

static int vma_type_check(const struct vma_setup *setup,
			  const struct vma_type *type, void *owner)
{
	const vma_policy_t policy = type->policy;

	if (WARN_ON_ONCE(!owner))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	if (WARN_ON_ONCE(!vma_policy_complete(policy)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	/* The core would merge such a VMA: see __vma_policy_special(). */
	if (WARN_ON_ONCE(!__vma_policy_special(policy)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	if (WARN_ON_ONCE(!vma_type_split_fits(type)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	if (WARN_ON_ONCE(!vma_type_mremap_fits(type)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	if (WARN_ON_ONCE(!vma_type_counted_fits(type)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	if (WARN_ON_ONCE(!vma_type_access_fits(type)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	if (WARN_ON_ONCE(vma_type_zero_page(policy, &type->vm_ops)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	if (WARN_ON_ONCE(!vma_type_kind_fits(policy, setup->flags)))
		return __vma_refuse(VMA_REFUSED_KIND, -EINVAL);
	if (WARN_ON_ONCE(*setup->vm_ops != &vma_dummy_vm_ops))
		return __vma_refuse(VMA_REFUSED_TWICE, -EBUSY);
	return vma_check_hooks_last(setup->file);
}

/* All checks are done before anything is changed. */
static int vma_policy_apply(const struct vma_setup *setup, vma_policy_t policy)
{
	vma_flags_t flags = *setup->flags;

	if (__vma_policy_has(policy, VMA_DENY_WRITE) &&
	    !vma_type_deny(&flags, setup->start, VMA_WRITE_BIT, VMA_MAYWRITE_BIT))
		return __vma_refuse(VMA_REFUSED_ACCESS, -EPERM);
	if (__vma_policy_has(policy, VMA_DENY_EXEC) &&
	    !vma_type_deny(&flags, setup->start, VMA_EXEC_BIT, VMA_MAYEXEC_BIT))
		return __vma_refuse(VMA_REFUSED_ACCESS, -EPERM);
	/* After the denials: without VM_MAYWRITE nothing is ever copied. */
	if (__vma_policy_has(policy, VMA_COW_REFUSE) &&
	    vma_flags_is_cow_mapping(&flags))
		return __vma_refuse(VMA_REFUSED_COW, -EINVAL);

	if (__vma_policy_has(policy, VMA_MAP_MIXED))
		vma_flags_set(&flags, VMA_MIXEDMAP_BIT);
	if (__vma_policy_has(policy, VMA_MAP_PFN))
		vma_flags_set(&flags, VMA_PFNMAP_BIT);
	if (__vma_policy_has(policy, VMA_FORK_DROP))
		vma_flags_set(&flags, VMA_DONTCOPY_BIT);
	if (__vma_policy_has(policy, VMA_EXPAND_REFUSE))
		vma_flags_set(&flags, VMA_DONTEXPAND_BIT);
	if (__vma_policy_has(policy, VMA_TYPE_IO))
		vma_flags_set(&flags, VMA_IO_BIT);
	if (__vma_policy_has(policy, VMA_TYPE_DONTDUMP))
		vma_flags_set(&flags, VMA_DONTDUMP_BIT);

	*setup->flags = flags;
	return 0;
}

static int vma_type_apply(const struct vma_setup *setup,
			  const struct vma_type *type, void *owner)
{
	int err = vma_type_check(setup, type, owner) ?:
		  vma_policy_apply(setup, type->policy);

	if (err)
		return err;
	*setup->vm_ops = &type->vm_ops;
	*setup->owner = owner;
	return 0;
}

/* The existing hooks decide about splits and moves, so the policy must not. */
static bool vma_over_complete(vma_policy_t policy)
{
	return !__vma_policy_has(policy, __VMA_POLICY_OF_HOOKS) &&
	       vma_policy_complete(policy | VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW) &&
	       __vma_policy_special(policy);
}

/*
 * If no hooks are set, the mapping could not be recognised, and hooks that are
 * set later would replace the identity that the caller relies on. If the owner
 * counts, its own type's policy has been applied already. If such hooks were
 * set by hand, nothing was counted. (R17)
 */
static int vma_over_apply(const struct vma_setup *setup,
			  const struct vma_type_over *over)
{
	const struct vm_operations_struct *vm_ops = *setup->vm_ops;

	if (WARN_ON_ONCE(!vma_over_complete(over->policy)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	if (WARN_ON_ONCE(!vma_type_kind_fits(over->policy, setup->flags)))
		return __vma_refuse(VMA_REFUSED_KIND, -EINVAL);
	if (WARN_ON_ONCE(!vm_ops || vm_ops == &vma_dummy_vm_ops))
		return __vma_refuse(VMA_REFUSED_IDENTITY, -EINVAL);
	if (WARN_ON_ONCE(vma_type_zero_page(over->policy, vm_ops)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	if (WARN_ON_ONCE(vma_ops_counted(vm_ops)))
		return __vma_refuse(VMA_REFUSED_TWICE, -EBUSY);
	return vma_check_hooks_last(setup->file) ?:
	       vma_policy_apply(setup, over->policy);
}

/* Restored if ->mapped() refuses the type. There were no hooks before. */
struct vma_before {
	vma_flags_t flags;
	void *private_data;
};

/*
 * The core calls ->mapped() only after ->mmap_prepare(), and calls no other
 * hook if it fails. Do the same for ->mmap() here, so that types work in both.
 */
static int vma_new_mapped(struct vm_area_struct *raw, const struct vma_before *before)
{
	void *private = raw->vm_private_data;
	int err;

	if (!raw->vm_ops->mapped)
		return 0;
	err = raw->vm_ops->mapped(raw->vm_start, raw->vm_end,
				  vma_start_pgoff(raw), raw->vm_file, &private);
	if (!err) {
		raw->vm_private_data = private;
	} else {
		raw->flags = before->flags;
		raw->vm_ops = &vma_dummy_vm_ops;
		raw->vm_private_data = before->private_data;
	}
	return err;
}

int vma_new_apply(struct vma_new *vma, const struct vma_type *type, void *owner)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	const struct vma_setup setup = {
		raw->vm_file, raw->vm_start, &raw->flags, &raw->vm_ops,
		&raw->vm_private_data
	};
	const struct vma_before before = { raw->flags, raw->vm_private_data };
	int err;

	if (WARN_ON_ONCE(vma_in_use(raw)))
		return __vma_refuse(VMA_REFUSED_IN_USE, -EBUSY);
	err = vma_type_apply(&setup, type, owner);
	return err ?: vma_new_mapped(raw, &before);
}

int vma_planned_apply(struct vma_planned *vma, const struct vma_type *type,
		      void *owner)
{
	struct vm_area_desc *desc = __vma_planned_raw(vma);
	const struct vma_setup setup = {
		desc->vm_file, desc->start, &desc->vma_flags, &desc->vm_ops,
		&desc->private_data
	};

	return vma_type_apply(&setup, type, owner);
}

/*
 * vma_new_set_type() takes any pointer for the owner, but the owner of a type
 * that is __VMA_TYPE_COUNTED starts with a struct vma_counted. (R17)
 */
static int vma_type_check_plain(const struct vma_type *type)
{
	if (WARN_ON_ONCE(__vma_policy_has(type->policy, __VMA_TYPE_COUNTED)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	return 0;
}

/* vma_new_set_type() in ->mmap(). */
int __vma_new_apply_type(struct vma_new *vma, const struct vma_type *type,
			 void *owner)
{
	return __vma_new_undo(vma, vma_type_check_plain(type) ?:
				   vma_new_apply(vma, type, owner));
}
EXPORT_SYMBOL_GPL(__vma_new_apply_type);

/* vma_new_set_type() in ->mmap_prepare(). */
int __vma_planned_apply_type(struct vma_planned *vma, const struct vma_type *type,
			     void *owner)
{
	return vma_type_check_plain(type) ?: vma_planned_apply(vma, type, owner);
}
EXPORT_SYMBOL_GPL(__vma_planned_apply_type);

/* vma_new_set_type_over() in ->mmap(). */
int __vma_new_apply_over(struct vma_new *vma, const struct vma_type_over *over)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	const struct vma_setup setup = {
		raw->vm_file, raw->vm_start, &raw->flags, &raw->vm_ops,
		&raw->vm_private_data
	};

	if (WARN_ON_ONCE(vma_in_use(raw)))
		return __vma_refuse(VMA_REFUSED_IN_USE, -EBUSY);
	return vma_over_apply(&setup, over);
}
EXPORT_SYMBOL_GPL(__vma_new_apply_over);

/* vma_new_set_type_over() in ->mmap_prepare(). */
int __vma_planned_apply_over(struct vma_planned *vma, const struct vma_type_over *over)
{
	struct vm_area_desc *desc = __vma_planned_raw(vma);
	const struct vma_setup setup = {
		desc->vm_file, desc->start, &desc->vma_flags, &desc->vm_ops,
		&desc->private_data
	};

	return vma_over_apply(&setup, over);
}
EXPORT_SYMBOL_GPL(__vma_planned_apply_over);

static struct vma_identity
vma_identity_from(const struct vm_operations_struct *vm_ops, const void *owner)
{
	if (vm_ops == &vma_dummy_vm_ops)
		return (struct vma_identity){ };
	return (struct vma_identity){ vm_ops, owner };
}

/* vma_new_identity() in ->mmap(). */
struct vma_identity __vma_new_get_identity(const struct vma_new *vma)
{
	const struct vm_area_struct *raw = __vma_new_raw(vma);

	return vma_identity_from(raw->vm_ops, raw->vm_private_data);
}
EXPORT_SYMBOL_GPL(__vma_new_get_identity);

/* vma_new_identity() in ->mmap_prepare(). */
struct vma_identity __vma_planned_get_identity(const struct vma_planned *vma)
{
	const struct vm_area_desc *desc = __vma_planned_raw(vma);

	return vma_identity_from(desc->vm_ops, desc->private_data);
}
EXPORT_SYMBOL_GPL(__vma_planned_get_identity);

/* vma_new_set_file() in ->mmap(). */
void __vma_new_replace_file(struct vma_new *vma, struct file *file)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);

	/*
	 * An owner that counts has checked the mapped file, and finds the
	 * mapping by it. After ->mmap_prepare() its ->mapped() checks again.
	 * (R17)
	 */
	if (WARN_ON_ONCE(vma_ops_counted(raw->vm_ops) &&
			 file->f_mapping != raw->vm_file->f_mapping)) {
		__vma_refuse(VMA_REFUSED_OBJECT, -EINVAL);
		return;
	}
	vma_set_file(raw, file);
}
EXPORT_SYMBOL_GPL(__vma_new_replace_file);

/* vma_new_set_pgoff() in ->mmap(). */
void __vma_new_do_set_pgoff(struct vma_new *vma, pgoff_t to)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);

	/*
	 * An owner that counts has checked the offset, and finds the mapping by
	 * it. After ->mmap_prepare() its ->mapped() checks again. (R6, R17)
	 */
	if (WARN_ON_ONCE(vma_ops_counted(raw->vm_ops)))
		__vma_refuse(VMA_REFUSED_OBJECT, -EBUSY);
	else
		raw->vm_pgoff = to;
}
EXPORT_SYMBOL_GPL(__vma_new_do_set_pgoff);

/* ---- mapping all of it at once ------------------------------------------ */

/* If the owner counts, its mappings are filled by faults only. (R17) */
static int vma_check_eager(const vma_flags_t *flags, vma_flag_t other_kind,
			   const struct vm_operations_struct *vm_ops)
{
	if (WARN_ON_ONCE(vma_flags_test(flags, other_kind) ||
			 vma_ops_counted(vm_ops)))
		return __vma_refuse(VMA_REFUSED_KIND, -EINVAL);
	return 0;
}

static int vma_found_pte(pte_t *pte, unsigned long addr, void *unused)
{
	return -EBUSY;
}

/* Return -EBUSY if something is mapped there. */
int vma_check_empty(struct vm_area_struct *raw, unsigned long addr, unsigned long size)
{
	return apply_to_existing_page_range(raw->vm_mm, addr, size,
					    vma_found_pte, NULL);
}

/* For ->mmap() hooks that map page frames or pages into [addr, addr + size). */
static int vma_new_check_eager(struct vm_area_struct *raw, vma_flag_t other_kind,
			       unsigned long addr, unsigned long size)
{
	int err;

	if (WARN_ON_ONCE(vma_in_use(raw)))
		return __vma_refuse(VMA_REFUSED_IN_USE, -EBUSY);
	err = vma_check_eager(&raw->flags, other_kind, raw->vm_ops);
	if (err)
		return err;
	/* remap_pfn_range() has a BUG_ON() for a mapped page there. (R18) */
	if (WARN_ON_ONCE(vma_check_empty(raw, addr, size)))
		return __vma_refuse(VMA_REFUSED_TWICE, -EBUSY);
	return 0;
}

/* After ->mmap_prepare() the core can carry out only one action. */
static int vma_planned_check_eager(struct vm_area_desc *desc, vma_flag_t other_kind)
{
	if (WARN_ON_ONCE(desc->action.type != MMAP_NOTHING))
		return __vma_refuse(VMA_REFUSED_TWICE, -EBUSY);
	return vma_check_eager(&desc->vma_flags, other_kind, desc->vm_ops);
}

/* vma_new_remap_pfn() in ->mmap(). */
int __vma_new_do_remap(struct vma_new *vma, unsigned long addr,
		       unsigned long pfn, unsigned long size)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	const struct vma_new_kind before = vma_new_get_kind(vma);
	int err;

	err = __vma_check_range(&raw->vm_start, &raw->vm_end, addr, size) ?:
	      vma_check_pfns(pfn, size >> PAGE_SHIFT) ?:
	      __vma_new_refuse_cow(&raw->flags) ?:
	      vma_new_check_eager(raw, VMA_MIXEDMAP_BIT, addr, size);
	if (err)
		return __vma_new_undo(vma, err);
	err = remap_pfn_range(raw, addr, pfn, size, raw->vm_page_prot);
	__vma_note_insert(raw, addr, err ? 0 : size >> PAGE_SHIFT, err);
	return vma_new_done(vma, &before, err);
}
EXPORT_SYMBOL_GPL(__vma_new_do_remap);

/* vma_new_remap_pfn() in ->mmap_prepare(). */
int __vma_planned_do_remap(struct vma_planned *vma, unsigned long addr,
			   unsigned long pfn, unsigned long size)
{
	struct vm_area_desc *desc = __vma_planned_raw(vma);
	int err;

	err = __vma_check_range(&desc->start, &desc->end, addr, size) ?:
	      vma_check_pfns(pfn, size >> PAGE_SHIFT) ?:
	      __vma_new_refuse_cow(&desc->vma_flags) ?:
	      vma_planned_check_eager(desc, VMA_MIXEDMAP_BIT);
	if (err)
		return err;
	mmap_action_remap(desc, addr, pfn, size);
	/* The core sets it after the hook: too late for type checks. (R7) */
	vma_flags_set(&desc->vma_flags, VMA_PFNMAP_BIT);
	return 0;
}
EXPORT_SYMBOL_GPL(__vma_planned_do_remap);

/*
 * vm_iomap_memory() adds the offset in the first page to @len, and the
 * mapping's offset to the page frame number. Check that neither wraps. (R6)
 */
static int vma_check_iomap(unsigned long size, pgoff_t pgoff, phys_addr_t start,
			   unsigned long len, bool aligned)
{
	unsigned long in_page = offset_in_page(start);
	unsigned long pfn;
	int err;

	/* User space would see what else is in the first and the last page. */
	if (aligned && !PAGE_ALIGNED(in_page | len))
		return __vma_refuse(VMA_REFUSED_ALIGN, -EINVAL);
	/* With @len 0, @len - 1 is ULONG_MAX and is refused here. */
	if (len - 1 > ~start || len - 1 > ULONG_MAX - PAGE_SIZE - in_page)
		return __vma_refuse(VMA_REFUSED_PAGE, -EINVAL);
	err = __vma_new_check_fit(size, pgoff, PFN_UP(len + in_page));
	if (err)
		return err;
	/* Some architectures translate a device's page frame number. */
	pfn = io_remap_pfn_range_pfn(PHYS_PFN(start) + pgoff, size);
	return vma_check_pfns(pfn, size >> PAGE_SHIFT);
}

/* vma_new_iomap() in ->mmap(). */
int __vma_new_do_iomap(struct vma_new *vma, phys_addr_t start, unsigned long len,
		       bool aligned)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	const struct vma_new_kind before = vma_new_get_kind(vma);
	int err;

	err = vma_check_iomap(vma_new_size(vma), vma_new_pgoff(vma), start, len,
			      aligned) ?:
	      __vma_new_refuse_cow(&raw->flags) ?:
	      vma_new_check_eager(raw, VMA_MIXEDMAP_BIT, raw->vm_start,
				  vma_new_size(vma));
	if (err)
		return __vma_new_undo(vma, err);
	err = vm_iomap_memory(raw, start, len);
	__vma_note_insert(raw, raw->vm_start, err ? 0 : vma_pages(raw), err);
	return vma_new_done(vma, &before, err);
}
EXPORT_SYMBOL_GPL(__vma_new_do_iomap);

/* vma_new_iomap() in ->mmap_prepare(). */
int __vma_planned_do_iomap(struct vma_planned *vma, phys_addr_t start,
			   unsigned long len, bool aligned)
{
	struct vm_area_desc *desc = __vma_planned_raw(vma);
	int err;

	err = vma_check_iomap(vma_new_size(vma), desc->pgoff, start, len, aligned) ?:
	      __vma_new_refuse_cow(&desc->vma_flags) ?:
	      vma_planned_check_eager(desc, VMA_MIXEDMAP_BIT);
	if (err)
		return err;
	mmap_action_simple_ioremap(desc, start, len);
	vma_flags_set(&desc->vma_flags, VMA_PFNMAP_BIT);
	return 0;
}
EXPORT_SYMBOL_GPL(__vma_planned_do_iomap);

/*
 * Check that the pointers point to pages. virt_to_page() of an address that
 * vmap() or vmalloc() returned does not. With SPARSEMEM, but without VMEMMAP,
 * the pointer value cannot be checked.
 */
static int vma_check_page_pointers(struct page **pages, unsigned long nr)
{
	unsigned long i, pfn, good = ULONG_MAX;

	if (IS_ENABLED(CONFIG_SPARSEMEM) && !IS_ENABLED(CONFIG_SPARSEMEM_VMEMMAP))
		return 0;
	for (i = 0; i < nr; i++) {
		pfn = page_to_pfn(pages[i]);
		/* Neighbours usually share a block that was checked already. */
		if (pfn / VMA_PFNS_ALIKE == good)
			continue;
		if (WARN_ON_ONCE(!pfn_valid(pfn)))
			return __vma_refuse(VMA_REFUSED_PAGE, -EINVAL);
		good = pfn / VMA_PFNS_ALIKE;
	}
	return 0;
}

/* vma_new_map_pages() in ->mmap(). */
int __vma_new_do_map_pages(struct vma_new *vma, unsigned long addr,
			   struct page **pages, unsigned long nr)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	const struct vma_new_kind before = vma_new_get_kind(vma);
	unsigned long left = nr;
	int err;

	if (WARN_ON_ONCE(vma_in_use(raw)))
		return __vma_refuse(VMA_REFUSED_IN_USE, -EBUSY);
	err = __vma_check_pages(&raw->vm_start, &raw->vm_end, addr, nr) ?:
	      vma_check_eager(&raw->flags, VMA_PFNMAP_BIT, raw->vm_ops) ?:
	      vma_check_page_pointers(pages, nr);
	if (err)
		return __vma_new_undo(vma, err);
	vma_flags_set(&raw->flags, VMA_MIXEDMAP_BIT);
	err = vm_insert_pages(raw, addr, pages, &left);
	/* There is no page table: see vma_mixedmap_insert_pages(). */
	if (err == -EFAULT)
		err = -ENOMEM;
	__vma_note_insert(raw, addr, nr - left, err);
	return vma_new_done(vma, &before, err);
}
EXPORT_SYMBOL_GPL(__vma_new_do_map_pages);

/* vma_new_map_pages() in ->mmap_prepare(). */
int __vma_planned_do_map_pages(struct vma_planned *vma, unsigned long addr,
			       struct page **pages, unsigned long nr)
{
	struct vm_area_desc *desc = __vma_planned_raw(vma);
	int err;

	err = __vma_check_pages(&desc->start, &desc->end, addr, nr) ?:
	      vma_planned_check_eager(desc, VMA_PFNMAP_BIT) ?:
	      vma_check_page_pointers(pages, nr);
	if (err)
		return err;
	vma_flags_set(&desc->vma_flags, VMA_MIXEDMAP_BIT);
	mmap_action_map_kernel_pages(desc, addr, pages, nr);
	return 0;
}
EXPORT_SYMBOL_GPL(__vma_planned_do_map_pages);

/* The core does not check that @memory is the start of its area. */
static int vma_check_vmalloc(const struct vm_struct *area, const void *memory,
			     unsigned long size, unsigned long pgoff)
{
	if (!area || memory != area->addr ||
	    !(area->flags & (VM_USERMAP | VM_DMA_COHERENT)))
		return __vma_refuse(VMA_REFUSED_PAGE, -EINVAL);
	return __vma_new_check_fit(size, pgoff,
				   get_vm_area_size(area) >> PAGE_SHIFT);
}

/* vma_new_map_vmalloc() in ->mmap(). */
int __vma_new_do_map_vmalloc(struct vma_new *vma, void *memory,
			     unsigned long pgoff)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	const struct vma_new_kind before = vma_new_get_kind(vma);
	unsigned long size = vma_new_size(vma);
	int err;

	err = vma_check_vmalloc(find_vm_area(memory), memory, size, pgoff) ?:
	      vma_new_check_eager(raw, VMA_PFNMAP_BIT, raw->vm_start, size);
	if (err)
		return __vma_new_undo(vma, err);
	/* vm_insert_page() would set it otherwise, after a BUG_ON(). (R18) */
	vma_flags_set(&raw->flags, VMA_MIXEDMAP_BIT);
	err = remap_vmalloc_range(raw, memory, pgoff);
	__vma_note_insert(raw, raw->vm_start, err ? 0 : vma_pages(raw), err);
	return vma_new_done(vma, &before, err);
}
EXPORT_SYMBOL_GPL(__vma_new_do_map_vmalloc);

/* vma_new_map_vmalloc() in ->mmap_prepare(), with the same checks and flags. */
int __vma_planned_do_map_vmalloc(struct vma_planned *vma, void *memory,
				 unsigned long pgoff)
{
	struct vm_area_desc *desc = __vma_planned_raw(vma);
	const struct vm_struct *area = find_vm_area(memory);
	int err;

	err = vma_check_vmalloc(area, memory, vma_new_size(vma), pgoff) ?:
	      vma_planned_check_eager(desc, VMA_PFNMAP_BIT);
	if (err)
		return err;
	/* The action takes an array, which vmap() memory need not have. */
	if (!area->pages)
		return __vma_refuse(VMA_REFUSED_PAGE, -EINVAL);
	vma_flags_set(&desc->vma_flags, VMA_MIXEDMAP_BIT, VMA_DONTEXPAND_BIT,
		      VMA_DONTDUMP_BIT);
	mmap_action_map_kernel_pages_full(desc, area->pages + pgoff);
	return 0;
}
EXPORT_SYMBOL_GPL(__vma_planned_do_map_vmalloc);

/* ---- what only ->mmap() can do ------------------------------------------ */

/**
 * vma_new_dma_mmap() - Map memory from the DMA API as the whole new mapping.
 * @vma: The handle.
 * @dev: The device that the memory was allocated for.
 * @cpu_addr: The result of dma_alloc_attrs().
 * @dma_addr: The device's address that dma_alloc_attrs() stored.
 * @size: The size in bytes, as given to dma_alloc_attrs().
 * @attrs: The DMA_ATTR_*, as given to dma_alloc_attrs().
 *
 * The mapping's offset counts from the memory's start. The DMA API decides on
 * the kind of mapping and its protection. So do not set a type before, or set
 * one that is VMA_MAP_NONE, in a hook that DEFINE_VMA_MMAP() defines. There is
 * no such function for ->mmap_prepare(), because the core has no action for it.
 *
 * Context: Within ->mmap(). May sleep.
 * Return: 0; or nothing is mapped, not even by earlier calls, the kind and the
 * protection are those from before the call, and the result is
 * -EINVAL if the mapping is copy-on-write (R7): a private mapping for reading
 * is that too, until VMA_WRITE_BIT is denied or settled;
 * -ENXIO if a part of the mapping is beyond the memory (R6), or the memory
 * cannot be mapped;
 * -EINVAL, with a warning, if the mapping is VM_PFNMAP or VM_MIXEDMAP (R7) or
 * shows an object (R17);
 * -EBUSY, with a warning, if something is mapped there already, or @vma was
 * kept after its hook and is in use; a VMA in use is left alone;
 * the error of the DMA API if there is no memory for page tables.
 */
int vma_new_dma_mmap(struct vma_new *vma, struct device *dev, void *cpu_addr,
		     dma_addr_t dma_addr, size_t size, unsigned long attrs)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	const struct vma_new_kind before = vma_new_get_kind(vma);
	int err;

	err = __vma_new_refuse_cow(&raw->flags) ?:
	      vma_check_eager(&raw->flags, VMA_PFNMAP_BIT, raw->vm_ops) ?:
	      vma_new_check_eager(raw, VMA_MIXEDMAP_BIT, raw->vm_start,
				  vma_new_size(vma));
	/* Some implementations do not check the size. */
	if (!err && __vma_new_check_fit(vma_new_size(vma), vma_new_pgoff(vma),
					PFN_UP(size)))
		err = -ENXIO;
	if (err)
		return __vma_new_undo(vma, err);
	err = dma_mmap_attrs(dev, raw, cpu_addr, dma_addr, size, attrs);
	return vma_new_done(vma, &before, err);
}
EXPORT_SYMBOL_GPL(vma_new_dma_mmap);

/**
 * vma_new_dma_mmap_at() - Map memory from the DMA API at an address of the new
 *                         mapping.
 * @vma: The handle.
 * @addr: The first address, page-aligned.
 * @dev: The device that the memory was allocated for.
 * @cpu_addr: The result of dma_alloc_attrs(), not an address inside of it.
 * @dma_addr: The device's address that dma_alloc_attrs() stored.
 * @size: How many bytes to map, from the start of the piece; a multiple of the
 *        page size, and not more than was given to dma_alloc_attrs().
 * @attrs: The DMA_ATTR_*, as given to dma_alloc_attrs().
 *
 * Use this for a buffer that was allocated in several pieces, all with the same
 * @attrs: behind an IOMMU others may be of another kind, which cannot be mapped
 * beside it. The mapping's offset has no effect: compare it with the buffer's
 * size before, by vma_new_fits() (R6). The mapping can end within a piece, but
 * not begin within one. As with vma_new_dma_mmap(), the DMA API decides on the
 * kind of mapping, set no type before or one that is VMA_MAP_NONE, and there is
 * no such function for ->mmap_prepare().
 *
 * Context: Within ->mmap(). May sleep.
 * Return: 0; or nothing is mapped, not even by earlier calls, the kind and the
 * protection are those from before the call, and the result is
 * -EINVAL if the mapping is copy-on-write (R7), or if @addr or @size is not a
 * multiple of the page size, or @size is 0, or if the DMA API has made a mapping
 * of another kind than what is mapped elsewhere in it (R7);
 * -EFAULT if a part of the range is outside the mapping (R6);
 * -EINVAL, with a warning, if the mapping shows an object (R17);
 * -EBUSY, with a warning, if something is mapped there already, or @vma was
 * kept after its hook and is in use; a VMA in use is left alone;
 * -ENXIO or another error of the DMA API if the memory cannot be mapped or there
 * is no memory for page tables.
 */
int vma_new_dma_mmap_at(struct vma_new *vma, unsigned long addr,
			struct device *dev, void *cpu_addr, dma_addr_t dma_addr,
			size_t size, unsigned long attrs)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	const unsigned long start = raw->vm_start;
	const unsigned long end = raw->vm_end;
	const pgoff_t pgoff = vma_new_pgoff(vma);
	const bool pfnmap = vma_flags_test(&raw->flags, VMA_PFNMAP_BIT);
	const bool mixedmap = vma_flags_test(&raw->flags, VMA_MIXEDMAP_BIT);
	const struct vma_new_kind before = vma_new_get_kind(vma);
	int err;

	/* The DMA API decides on the kind: compared below. */
	err = __vma_check_range(&raw->vm_start, &raw->vm_end, addr, size) ?:
	      __vma_new_refuse_cow(&raw->flags) ?:
	      vma_new_check_eager(raw, VMA_HUGETLB_BIT, addr, size);
	if (err)
		return __vma_new_undo(vma, err);

	/* It maps a whole VMA only, so for now it is this piece. */
	raw->vm_start = addr;
	raw->vm_end = addr + size;
	raw->vm_pgoff = 0;
	vma_flags_clear(&raw->flags, VMA_PFNMAP_BIT, VMA_MIXEDMAP_BIT);
	err = dma_mmap_attrs(dev, raw, cpu_addr, dma_addr, size, attrs);
	/* Another device may have an IOMMU: no driver can know the kind. (R18) */
	if (!err && ((pfnmap && vma_flags_test(&raw->flags, VMA_MIXEDMAP_BIT)) ||
		     (mixedmap && vma_flags_test(&raw->flags, VMA_PFNMAP_BIT))))
		err = __vma_refuse(VMA_REFUSED_KIND, -EINVAL);
	/* Zap this piece with the flags that the DMA API has set. */
	err = __vma_new_undo(vma, err);
	if (addr != start || addr + size != end)
		vma_new_untrack(raw);

	raw->vm_start = start;
	raw->vm_end = end;
	raw->vm_pgoff = pgoff;
	/* Zap the other pieces with the flags from before. */
	if (err)
		vma_new_set_kind(raw, &before);
	return __vma_new_undo(vma, err);
}
EXPORT_SYMBOL_GPL(vma_new_dma_mmap_at);

/* ---- the hooks of a type's policy (R8) ---------------------------------- */

/* ->may_split() of a type that is VMA_SPLIT_REFUSE. */
int __vma_type_no_split(struct vm_area_struct *vma, unsigned long addr)
{
	return __vma_refuse(VMA_REFUSED_CHANGE, -EINVAL);
}
EXPORT_SYMBOL_GPL(__vma_type_no_split);

/* ->mremap() of a type that is VMA_MREMAP_REFUSE. */
int __vma_type_no_mremap(struct vm_area_struct *vma)
{
	return __vma_refuse(VMA_REFUSED_CHANGE, -EINVAL);
}
EXPORT_SYMBOL_GPL(__vma_type_no_mremap);

/*
 * ->mapped() of a type that is __VMA_TYPE_COUNTED. The core calls it after
 * ->mmap_prepare(), and the layer calls it in ->mmap(). If the owner fails, there
 * is no ->close(): it must undo all that it did. (R17)
 */
int __vma_counted_vma_mapped(unsigned long start, unsigned long end, pgoff_t pgoff,
			     const struct file *file, void **private)
{
	struct vma_counted *counted = *private;

	return counted->__mapped(counted, start, end, pgoff, file);
}
EXPORT_SYMBOL_GPL(__vma_counted_vma_mapped);
