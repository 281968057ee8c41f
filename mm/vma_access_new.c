// SPDX-License-Identifier: GPL-2.0
/*
 * Typed VMA access: setting up a new mapping, what is not inline in
 * <linux/vma_access_new.h>.
 */
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/kernfs.h>
#include <linux/vma_access.h>
#include <linux/vmalloc.h>

#include "internal.h"
#include "vma_access_internal.h"

/* ---- the handle ----------------------------------------------------------- */

static bool vma_in_use(struct vm_area_struct *vma)
{
	if (IS_ENABLED(CONFIG_PER_VMA_LOCK))
		return vma_is_attached(vma);
	/* Nothing in the VMA itself tells; the tree does. */
	return vma_lookup(vma->vm_mm, vma->vm_start) == vma;
}

/**
 * vma_new_from_mmap() - Take in the VMA that f_op->mmap() is to set up.
 * @vma: The argument of f_op->mmap().
 *
 * That the VMA is not in use yet is verified, not believed: setting flags and
 * hooks of one in use is a bug whoever does it (R7, R10). DEFINE_VMA_MMAP() calls
 * this, and undoes what a hook that fails has done; without it, vma_new_set_type()
 * or vma_new_set_object() is the last thing that the hook does.
 *
 * Context: Within ->mmap(), with the mmap lock held for write.
 * Return: the handle, which ends when ->mmap() returns; NULL, with a warning,
 * if @vma is in use.
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

/* ---- a hook that fails has nothing mapped ----------------------------------- */

/*
 * Takes back all that the hook has mapped, also by earlier verbs. A handle that was
 * kept after its hook takes nothing back: that VMA is in use.
 */
int __vma_new_take_back(struct vma_new *vma, int err)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);

	/* hugetlbfs takes back its own, in whole huge pages. */
	if (!vma_in_use(raw) && !is_vm_hugetlb_page(raw)) {
		__vma_note_zap(raw, raw->vm_start, vma_new_size(vma));
		zap_vma_range(raw, raw->vm_start, vma_new_size(vma));
	}
	return err;
}
EXPORT_SYMBOL_GPL(__vma_new_take_back);

/*
 * An ->mmap() hook failed, which the core calls no ->close() for. Another thread
 * may have found what the hook has mapped: that goes before the owner may.
 */
int __vma_new_hook_failed(struct vma_new *vma, int err)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);

	if (!is_vm_hugetlb_page(raw))
		zap_vma_range(raw, raw->vm_start, vma_new_size(vma));
	vma_close(raw);
	return err;
}
EXPORT_SYMBOL_GPL(__vma_new_hook_failed);

/* A new mapping has no hooks, or those that do nothing, until a type is set. */
static bool vma_hooks_are_none(struct __vma_hooks hooks)
{
	return !hooks.vm_ops || hooks.vm_ops == &vma_dummy_vm_ops;
}

/* The hook of another has gone over a type, whose policy and count would be lost. (R8) */
static int vma_hooks_check(struct __vma_hooks before, struct __vma_hooks now)
{
	if (WARN_ON_ONCE(!vma_hooks_are_none(before) &&
			 (now.vm_ops != before.vm_ops ||
			  now.private_data != before.private_data)))
		return __vma_refuse(VMA_REFUSED_TWICE, -EINVAL);
	return 0;
}

/*
 * A hook that failed has closed what it set up. One that succeeded and has replaced a
 * type's hooks has not, so its ->close() is called. The type stays, for
 * DEFINE_VMA_MMAP() to close or for a driver's hook that goes on.
 */
int __vma_new_handed_on(struct vma_new *vma, struct __vma_hooks before, int err)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	int ret = err ?: vma_hooks_check(before, __vma_new_hooks(vma));

	if (likely(!ret))
		return 0;
	ret = __vma_new_take_back(vma, ret);
	if (!err && raw->vm_ops != before.vm_ops)
		vma_close(raw);
	raw->vm_ops = before.vm_ops;
	raw->vm_private_data = before.private_data;
	return ret;
}
EXPORT_SYMBOL_GPL(__vma_new_handed_on);

/* Nothing was taken yet. */
int __vma_desc_handed_on(struct vma_desc *vma, struct __vma_hooks before, int err)
{
	struct vm_area_desc *desc = __vma_desc_raw(vma);

	err = err ?: vma_hooks_check(before, __vma_desc_hooks(vma));
	if (unlikely(err)) {
		desc->vm_ops = before.vm_ops;
		desc->private_data = before.private_data;
	}
	return err;
}
EXPORT_SYMBOL_GPL(__vma_desc_handed_on);

/* ---- types and owners ----------------------------------------------------- */

/* DEFINE_VMA_TYPE() sees to it; this is for a type made without it. (R8) */
static bool vma_policy_complete(vma_policy_t policy)
{
	return __vma_policy_has(policy, VMA_MAP_NONE | VMA_MAP_MIXED | VMA_MAP_PFN) &&
	       __vma_policy_has(policy, VMA_DENY_NONE | VMA_DENY_READ |
				VMA_DENY_WRITE | VMA_DENY_EXEC) &&
	       __vma_policy_has(policy, VMA_COW_ALLOW | VMA_COW_REFUSE) &&
	       __vma_policy_has(policy, VMA_SPLIT_ALLOW | VMA_SPLIT_REFUSE |
				VMA_SPLIT_ASK) &&
	       __vma_policy_has(policy, VMA_MREMAP_ALLOW | VMA_MREMAP_REFUSE |
				VMA_MREMAP_ASK) &&
	       __vma_policy_has(policy, VMA_FORK_COPY | VMA_FORK_DROP) &&
	       __vma_policy_has(policy, VMA_EXPAND_ALLOW | VMA_EXPAND_REFUSE);
}

/* A hook given beside the policy, or a policy without its hook. (R8) */
static bool vma_type_split_fits(const struct vma_type *type)
{
	if (__vma_policy_has(type->policy, VMA_SPLIT_REFUSE))
		return type->vm_ops.may_split == vma_type_no_split;
	return !type->vm_ops.may_split ==
	       !__vma_policy_has(type->policy, VMA_SPLIT_ASK);
}

static bool vma_type_mremap_fits(const struct vma_type *type)
{
	if (__vma_policy_has(type->policy, VMA_MREMAP_REFUSE))
		return type->vm_ops.mremap == vma_type_no_mremap;
	return !type->vm_ops.mremap ==
	       !__vma_policy_has(type->policy, VMA_MREMAP_ASK);
}

/* What counts, counts all of it, and does not outgrow the object. (R17) */
static bool vma_type_object_fits(const struct vma_type *type)
{
	if (!__vma_policy_has(type->policy, VMA_TYPE_OBJECT))
		return !vma_ops_of_object(&type->vm_ops);
	return vma_ops_of_object(&type->vm_ops) &&
	       __vma_policy_has(type->policy, VMA_EXPAND_REFUSE) &&
	       type->vm_ops.open == vma_object_vma_open &&
	       type->vm_ops.close == vma_object_vma_close;
}

/* One that was not made by DEFINE_VMA_ACCESS() knows no bounds and no policy. */
static bool vma_type_access_fits(const struct vma_type *type)
{
	return !type->vm_ops.access ==
	       !__vma_policy_has(type->policy, VMA_TYPE_ACCESS);
}

/*
 * Into a mapping of pages that is VM_IO and has a ->pfn_mkwrite() the core lets the
 * zero page; its next write is one to the page that all processes share. (R18)
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

/* Clears the MAY bit of an access that is denied; false if it is asked for. */
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
 * kernfs puts hooks of its own in front of the driver's after ->mmap(), unless the
 * hook has replaced the file: type and owner would not be found again, and no
 * ->close() could count. sysfs, cgroup and resctrl files are kernfs's.
 */
static int vma_check_hooks_last(const struct file *file)
{
	if (WARN_ONCE(file && kernfs_node_from_dentry(file->f_path.dentry),
		      "vma_access: kernfs replaces the hooks of a mapping of its file\n"))
		return __vma_refuse(VMA_REFUSED_IDENTITY, -EOPNOTSUPP);
	return 0;
}

/* Where the parts are that a type sets, in a VMA or a descriptor. */
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
	/* The core would merge it: see __vma_policy_special(). */
	if (WARN_ON_ONCE(!__vma_policy_special(policy)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	if (WARN_ON_ONCE(!vma_type_split_fits(type)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	if (WARN_ON_ONCE(!vma_type_mremap_fits(type)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	if (WARN_ON_ONCE(!vma_type_object_fits(type)))
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

/* All of it is checked before any of it is done. */
static int vma_policy_apply(const struct vma_setup *setup, vma_policy_t policy)
{
	vma_flags_t flags = *setup->flags;

	if (__vma_policy_has(policy, VMA_DENY_READ) &&
	    !vma_type_deny(&flags, setup->start, VMA_READ_BIT, VMA_MAYREAD_BIT))
		return __vma_refuse(VMA_REFUSED_ACCESS, -EPERM);
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

/* The hooks that are there decide about a split and a move. */
static bool vma_over_complete(vma_policy_t policy)
{
	return !__vma_policy_has(policy, __VMA_POLICY_OF_HOOKS) &&
	       vma_policy_complete(policy | VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW) &&
	       __vma_policy_special(policy);
}

/*
 * Without hooks there is nothing to be found again, and whoever sets some later
 * replaces what the caller takes for the mapping's identity. An object's hooks
 * count a mapping only if vma_new_set_object() has set them.
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
	if (WARN_ON_ONCE(vma_ops_of_object(vm_ops)))
		return __vma_refuse(VMA_REFUSED_TWICE, -EBUSY);
	return vma_check_hooks_last(setup->file) ?:
	       vma_policy_apply(setup, over->policy);
}

/*
 * The core calls ->mapped() after ->mmap_prepare() only, and no hook any more if it
 * fails. In ->mmap() the same is done here, so that types need not know.
 */
static int vma_new_mapped(struct vm_area_struct *raw, const vma_flags_t *before)
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
		raw->flags = *before;
		raw->vm_ops = &vma_dummy_vm_ops;
		raw->vm_private_data = NULL;
	}
	return err;
}

static int vma_new_apply(struct vma_new *vma, const struct vma_type *type,
			 void *owner)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	const struct vma_setup setup = {
		raw->vm_file, raw->vm_start, &raw->flags, &raw->vm_ops,
		&raw->vm_private_data
	};
	const vma_flags_t before = raw->flags;
	int err;

	if (WARN_ON_ONCE(vma_in_use(raw)))
		return __vma_refuse(VMA_REFUSED_IN_USE, -EBUSY);
	err = vma_type_apply(&setup, type, owner);
	return err ?: vma_new_mapped(raw, &before);
}

static int vma_desc_apply(struct vma_desc *vma, const struct vma_type *type,
			  void *owner)
{
	struct vm_area_desc *desc = __vma_desc_raw(vma);
	const struct vma_setup setup = {
		desc->vm_file, desc->start, &desc->vma_flags, &desc->vm_ops,
		&desc->private_data
	};

	return vma_type_apply(&setup, type, owner);
}

/* An object's mappings have a verb of their own, which knows the owner. */
static int vma_type_check_plain(const struct vma_type *type)
{
	if (WARN_ON_ONCE(__vma_policy_has(type->policy, VMA_TYPE_OBJECT)))
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
int __vma_desc_apply_type(struct vma_desc *vma, const struct vma_type *type,
			  void *owner)
{
	return vma_type_check_plain(type) ?: vma_desc_apply(vma, type, owner);
}
EXPORT_SYMBOL_GPL(__vma_desc_apply_type);

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
int __vma_desc_apply_over(struct vma_desc *vma, const struct vma_type_over *over)
{
	struct vm_area_desc *desc = __vma_desc_raw(vma);
	const struct vma_setup setup = {
		desc->vm_file, desc->start, &desc->vma_flags, &desc->vm_ops,
		&desc->private_data
	};

	return vma_over_apply(&setup, over);
}
EXPORT_SYMBOL_GPL(__vma_desc_apply_over);

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
struct vma_identity __vma_desc_get_identity(const struct vma_desc *vma)
{
	const struct vm_area_desc *desc = __vma_desc_raw(vma);

	return vma_identity_from(desc->vm_ops, desc->private_data);
}
EXPORT_SYMBOL_GPL(__vma_desc_get_identity);

/* ---- what shows an object ------------------------------------------------- */

static int vma_type_check_object(const struct vma_type *type)
{
	if (WARN_ON_ONCE(!__vma_policy_has(type->policy, VMA_TYPE_OBJECT)))
		return __vma_refuse(VMA_REFUSED_POLICY, -EINVAL);
	return 0;
}

static int vma_found_pte(pte_t *pte, unsigned long addr, void *unused)
{
	return -EBUSY;
}

/* Is something mapped there? */
static int vma_check_empty(struct vm_area_struct *raw, unsigned long addr,
			   unsigned long size)
{
	return apply_to_existing_page_range(raw->vm_mm, addr, size,
					    vma_found_pte, NULL);
}

/* vma_new_set_object() in ->mmap(). */
int __vma_new_apply_object(struct vma_new *vma, const struct vma_type *type,
			   struct vma_object *object)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	unsigned long size = vma_new_size(vma);
	int err;

	err = vma_type_check_object(type) ?:
	      vma_object_check_file(object, raw->vm_file) ?:
	      vma_object_check_fit(object, vma_new_pgoff(vma), size);
	/* A revoke that runs now would not find them: see vma_new_set_object(). */
	if (!err && WARN_ON_ONCE(vma_check_empty(raw, raw->vm_start, size)))
		err = __vma_refuse(VMA_REFUSED_TWICE, -EINVAL);
	return __vma_new_undo(vma, err ?: vma_new_apply(vma, type, object));
}
EXPORT_SYMBOL_GPL(__vma_new_apply_object);

/* vma_new_set_object() in ->mmap_prepare(). */
int __vma_desc_apply_object(struct vma_desc *vma, const struct vma_type *type,
			    struct vma_object *object)
{
	struct vm_area_desc *desc = __vma_desc_raw(vma);
	int err;

	err = vma_type_check_object(type) ?:
	      vma_object_check_file(object, desc->vm_file) ?:
	      vma_object_check_fit(object, desc->pgoff, vma_new_size(vma));
	if (err)
		return err;
	if (WARN_ON_ONCE(desc->action.type != MMAP_NOTHING))
		return __vma_refuse(VMA_REFUSED_TWICE, -EINVAL);
	return vma_desc_apply(vma, type, object);
}
EXPORT_SYMBOL_GPL(__vma_desc_apply_object);

/* vma_new_set_file() in ->mmap(). */
void __vma_new_replace_file(struct vma_new *vma, struct file *file)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);

	/* ->mmap_prepare() has this looked at by ->mapped(). */
	if (WARN_ON_ONCE(vma_ops_of_object(raw->vm_ops) &&
			 vma_object_check_file(raw->vm_private_data, file)))
		return;
	vma_set_file(raw, file);
}
EXPORT_SYMBOL_GPL(__vma_new_replace_file);

/* ---- mapping all of it at once ------------------------------------------------ */

/* An object's mappings are filled by faults. (R17) */
static int vma_check_eager(const vma_flags_t *flags, vma_flag_t other_kind,
			   const struct vm_operations_struct *vm_ops)
{
	if (WARN_ON_ONCE(vma_flags_test(flags, other_kind) ||
			 vma_ops_of_object(vm_ops)))
		return __vma_refuse(VMA_REFUSED_KIND, -EINVAL);
	return 0;
}

/* In ->mmap(): page frames or pages into [addr, addr + size). */
static int vma_new_check_eager(struct vm_area_struct *raw, vma_flag_t other_kind,
			       unsigned long addr, unsigned long size)
{
	int err;

	if (WARN_ON_ONCE(vma_in_use(raw)))
		return __vma_refuse(VMA_REFUSED_IN_USE, -EBUSY);
	err = vma_check_eager(&raw->flags, other_kind, raw->vm_ops);
	if (err)
		return err;
	/* remap_pfn_range() has a BUG_ON() for it. (R18) */
	if (WARN_ON_ONCE(vma_check_empty(raw, addr, size)))
		return __vma_refuse(VMA_REFUSED_TWICE, -EBUSY);
	return 0;
}

/* In ->mmap_prepare(): the core carries out one action. */
static int vma_desc_check_eager(struct vm_area_desc *desc, vma_flag_t other_kind)
{
	if (WARN_ON_ONCE(desc->action.type != MMAP_NOTHING))
		return __vma_refuse(VMA_REFUSED_TWICE, -EBUSY);
	return vma_check_eager(&desc->vma_flags, other_kind, desc->vm_ops);
}

/* On some architectures the core translates a device's page frame number. */
static int vma_check_remap(unsigned long pfn, unsigned long size, bool io)
{
	return vma_check_pfns(io ? io_remap_pfn_range_pfn(pfn, size) : pfn,
			      size >> PAGE_SHIFT);
}

/* vma_new_remap_pfn(), vma_new_remap_io() in ->mmap(). */
int __vma_new_do_remap(struct vma_new *vma, unsigned long addr,
		       unsigned long pfn, unsigned long size, bool io)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	int err;

	err = __vma_check_range(&raw->vm_start, &raw->vm_end, addr, size) ?:
	      vma_check_remap(pfn, size, io) ?:
	      __vma_new_refuse_cow(&raw->flags) ?:
	      vma_new_check_eager(raw, VMA_MIXEDMAP_BIT, addr, size);
	if (err)
		return __vma_new_undo(vma, err);
	if (io)
		err = io_remap_pfn_range(raw, addr, pfn, size, raw->vm_page_prot);
	else
		err = remap_pfn_range(raw, addr, pfn, size, raw->vm_page_prot);
	__vma_note_insert(raw, addr, err ? 0 : size >> PAGE_SHIFT, err);
	return __vma_new_undo(vma, err);
}
EXPORT_SYMBOL_GPL(__vma_new_do_remap);

/* vma_new_remap_pfn(), vma_new_remap_io() in ->mmap_prepare(). */
int __vma_desc_do_remap(struct vma_desc *vma, unsigned long addr,
			unsigned long pfn, unsigned long size, bool io)
{
	struct vm_area_desc *desc = __vma_desc_raw(vma);
	int err;

	err = __vma_check_range(&desc->start, &desc->end, addr, size) ?:
	      vma_check_remap(pfn, size, io) ?:
	      __vma_new_refuse_cow(&desc->vma_flags) ?:
	      vma_desc_check_eager(desc, VMA_MIXEDMAP_BIT);
	if (err)
		return err;
	if (io)
		mmap_action_ioremap(desc, addr, pfn, size);
	else
		mmap_action_remap(desc, addr, pfn, size);
	/* The core sets it after the hook, but a type may be set before. (R7) */
	vma_flags_set(&desc->vma_flags, VMA_PFNMAP_BIT);
	return 0;
}
EXPORT_SYMBOL_GPL(__vma_desc_do_remap);

/* vma_new_remap_pfn_all() in ->mmap(). */
int __vma_new_do_remap_all(struct vma_new *vma, unsigned long pfn,
			   unsigned long nr)
{
	int err = __vma_new_undo(vma, vma_new_fits(vma, nr));

	return err ?: vma_new_remap_pfn(vma, vma_new_start(vma),
					pfn + vma_new_pgoff(vma), vma_new_size(vma));
}
EXPORT_SYMBOL_GPL(__vma_new_do_remap_all);

/* vma_new_remap_pfn_all() in ->mmap_prepare(). */
int __vma_desc_do_remap_all(struct vma_desc *vma, unsigned long pfn,
			    unsigned long nr)
{
	int err = vma_new_fits(vma, nr);

	return err ?: vma_new_remap_pfn(vma, vma_new_start(vma),
					pfn + vma_new_pgoff(vma), vma_new_size(vma));
}
EXPORT_SYMBOL_GPL(__vma_desc_do_remap_all);

/*
 * The core adds the offset within the first page to @len, and the offset of the
 * mapping to the page frame number.
 */
static int vma_check_iomap(unsigned long size, pgoff_t pgoff, phys_addr_t start,
			   unsigned long len, bool aligned)
{
	unsigned long in_page = offset_in_page(start);
	int err;

	/* User space would see what shares the first or the last page. */
	if (aligned && !PAGE_ALIGNED(in_page | len))
		return __vma_refuse(VMA_REFUSED_ALIGN, -EINVAL);
	/* Without any memory @len - 1 is the largest there is. */
	if (len - 1 > ~start || len - 1 > ULONG_MAX - PAGE_SIZE - in_page)
		return __vma_refuse(VMA_REFUSED_PAGE, -EINVAL);
	err = __vma_new_check_fit(size, pgoff, PFN_UP(len + in_page));
	return err ?: vma_check_remap(PHYS_PFN(start) + pgoff, size, true);
}

/* vma_new_iomap() in ->mmap(). */
int __vma_new_do_iomap(struct vma_new *vma, phys_addr_t start, unsigned long len,
		       bool aligned)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
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
	return __vma_new_undo(vma, err);
}
EXPORT_SYMBOL_GPL(__vma_new_do_iomap);

/* vma_new_iomap() in ->mmap_prepare(). */
int __vma_desc_do_iomap(struct vma_desc *vma, phys_addr_t start,
			unsigned long len, bool aligned)
{
	struct vm_area_desc *desc = __vma_desc_raw(vma);
	int err;

	err = vma_check_iomap(vma_new_size(vma), desc->pgoff, start, len, aligned) ?:
	      __vma_new_refuse_cow(&desc->vma_flags) ?:
	      vma_desc_check_eager(desc, VMA_MIXEDMAP_BIT);
	if (err)
		return err;
	mmap_action_simple_ioremap(desc, start, len);
	vma_flags_set(&desc->vma_flags, VMA_PFNMAP_BIT);
	return 0;
}
EXPORT_SYMBOL_GPL(__vma_desc_do_iomap);

/*
 * Do the pointers lead to pages? virt_to_page() of an address that vmap() or vmalloc()
 * returned does not. Where the memory map is in pieces, a pointer cannot tell.
 */
static int vma_check_page_pointers(struct page **pages, unsigned long nr)
{
	unsigned long i, pfn, good = ULONG_MAX;

	if (IS_ENABLED(CONFIG_SPARSEMEM) && !IS_ENABLED(CONFIG_SPARSEMEM_VMEMMAP))
		return 0;
	for (i = 0; i < nr; i++) {
		pfn = page_to_pfn(pages[i]);
		/* Most are near the one before, of which it is known. */
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
	/* As in __vma_mixedmap_insert_pages(). */
	if (err == -EFAULT)
		err = -ENOMEM;
	__vma_note_insert(raw, addr, nr - left, err);
	return __vma_new_undo(vma, err);
}
EXPORT_SYMBOL_GPL(__vma_new_do_map_pages);

/* vma_new_map_pages() in ->mmap_prepare(). */
int __vma_desc_do_map_pages(struct vma_desc *vma, unsigned long addr,
			    struct page **pages, unsigned long nr)
{
	struct vm_area_desc *desc = __vma_desc_raw(vma);
	int err;

	err = __vma_check_pages(&desc->start, &desc->end, addr, nr) ?:
	      vma_desc_check_eager(desc, VMA_PFNMAP_BIT) ?:
	      vma_check_page_pointers(pages, nr);
	if (err)
		return err;
	vma_flags_set(&desc->vma_flags, VMA_MIXEDMAP_BIT);
	mmap_action_map_kernel_pages(desc, addr, pages, nr);
	return 0;
}
EXPORT_SYMBOL_GPL(__vma_desc_do_map_pages);

/*
 * The core does not ask whether @memory is where the area starts, nor has each
 * area an array of its pages.
 */
static int vma_check_vmalloc(const struct vm_struct *area, const void *memory,
			     unsigned long size, unsigned long pgoff)
{
	if (!area || memory != area->addr || !area->pages ||
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
	unsigned long size = vma_new_size(vma);
	int err;

	err = vma_check_vmalloc(find_vm_area(memory), memory, size, pgoff) ?:
	      vma_new_check_eager(raw, VMA_PFNMAP_BIT, raw->vm_start, size);
	if (err)
		return __vma_new_undo(vma, err);
	/* Otherwise vm_insert_page() would, with a BUG_ON() on the way. (R18) */
	vma_flags_set(&raw->flags, VMA_MIXEDMAP_BIT);
	err = remap_vmalloc_range(raw, memory, pgoff);
	__vma_note_insert(raw, raw->vm_start, err ? 0 : vma_pages(raw), err);
	return __vma_new_undo(vma, err);
}
EXPORT_SYMBOL_GPL(__vma_new_do_map_vmalloc);

/* vma_new_map_vmalloc() in ->mmap_prepare(): the same checks, and flags. */
int __vma_desc_do_map_vmalloc(struct vma_desc *vma, void *memory,
			      unsigned long pgoff)
{
	struct vm_area_desc *desc = __vma_desc_raw(vma);
	const struct vm_struct *area = find_vm_area(memory);
	int err;

	err = vma_check_vmalloc(area, memory, vma_new_size(vma), pgoff) ?:
	      vma_desc_check_eager(desc, VMA_PFNMAP_BIT);
	if (err)
		return err;
	vma_flags_set(&desc->vma_flags, VMA_MIXEDMAP_BIT, VMA_DONTEXPAND_BIT,
		      VMA_DONTDUMP_BIT);
	mmap_action_map_kernel_pages_full(desc, area->pages + pgoff);
	return 0;
}
EXPORT_SYMBOL_GPL(__vma_desc_do_map_vmalloc);

/* ---- what only ->mmap() can do -------------------------------------------------- */

/**
 * vma_new_set_mixedmap() - Set VM_MIXEDMAP: the mapping takes inserted pages.
 * @vma: The handle.
 *
 * Done already by vma_new_set_type() for a type that is VMA_MAP_MIXED; then
 * this is how to get the handle for inserting pages at once. That handle takes
 * pages and answers nothing: it is no way around vma_new_settle() (R1).
 *
 * Context: Within ->mmap().
 * Return: the handle, which ends when ->mmap() returns; NULL, with a warning, if
 * the mapping is VM_PFNMAP: the two exclude each other, and neither flag is ever
 * cleared; if it shows a vma_object, which is not filled here (R17); or if @vma was
 * kept after its hook and is in use (R7). As other verbs that fail, it takes back
 * all that the hook has mapped (R13), but of a VMA in use.
 */
struct vma_new_mixedmap *vma_new_set_mixedmap(struct vma_new *vma)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	int err = 0;

	if (WARN_ON_ONCE(vma_in_use(raw))) {
		__vma_refuse(VMA_REFUSED_IN_USE, -EBUSY);
		return NULL;
	}
	if (WARN_ON_ONCE(vma_test(raw, VMA_PFNMAP_BIT) ||
			 vma_ops_of_object(raw->vm_ops)))
		err = __vma_refuse(VMA_REFUSED_KIND, -EINVAL);
	if (__vma_new_undo(vma, err))
		return NULL;
	vma_set_flags(raw, VMA_MIXEDMAP_BIT);
	return (struct vma_new_mixedmap *)vma;
}
EXPORT_SYMBOL_GPL(vma_new_set_mixedmap);

/* Nobody else sees a VMA that is not in the tree, so it is stable. */
static struct vma_mixedmap *vma_new_as_mixedmap(struct vma_new_mixedmap *vma)
	__assumes_shared_ctx_lock(vma_stable)
{
	return (struct vma_mixedmap *)vma;
}

/* vma_mixedmap_insert_page() in ->mmap(). */
int __vma_new_insert_page(struct vma_new_mixedmap *vma, unsigned long addr,
			  struct page *page)
{
	int err;

	if (WARN_ON_ONCE(vma_in_use(__vma_new_raw((struct vma_new *)vma))))
		return __vma_refuse(VMA_REFUSED_IN_USE, -EBUSY);
	err = vma_check_page_pointers(&page, 1) ?:
	      vma_mixedmap_insert_page(vma_new_as_mixedmap(vma), addr, page);
	return __vma_new_undo((struct vma_new *)vma, err);
}
EXPORT_SYMBOL_GPL(__vma_new_insert_page);

/* vma_mixedmap_insert_pages() in ->mmap(). */
int __vma_new_insert_pages(struct vma_new_mixedmap *vma, unsigned long addr,
			   struct page **pages, unsigned long nr,
			   unsigned long *inserted)
{
	struct vm_area_struct *raw = __vma_new_raw((struct vma_new *)vma);
	int err;

	*inserted = 0;
	if (WARN_ON_ONCE(vma_in_use(raw)))
		return __vma_refuse(VMA_REFUSED_IN_USE, -EBUSY);
	/* The length of the array is known to be right only after this. */
	err = __vma_check_pages(&raw->vm_start, &raw->vm_end, addr, nr) ?:
	      vma_check_page_pointers(pages, nr) ?:
	      vma_mixedmap_insert_pages(vma_new_as_mixedmap(vma), addr, pages, nr,
					inserted);
	if (err)
		*inserted = 0;
	return __vma_new_undo((struct vma_new *)vma, err);
}
EXPORT_SYMBOL_GPL(__vma_new_insert_pages);

/**
 * vma_new_dma_mmap() - Map memory from the DMA API as the whole new mapping.
 * @vma: The handle.
 * @dev: The device that the memory was allocated for.
 * @cpu_addr: What dma_alloc_attrs() returned.
 * @dma_addr: The address that it gave for the device.
 * @size: The size that it was given, in bytes.
 * @attrs: The DMA_ATTR_* that it was given.
 *
 * The mapping's offset counts from the memory's start. Which kind of mapping it
 * becomes, and its protection, is the DMA API's business: give it no type before,
 * or one that is VMA_MAP_NONE. In ->mmap_prepare() the core has no action for it.
 *
 * Context: Within ->mmap(). May sleep.
 * Return: 0; or nothing is mapped, also by other verbs, and
 * -EINVAL if the mapping would copy on write (R7);
 * -ENXIO if a part of it is beyond the memory (R6), or the memory cannot be
 * mapped;
 * -EINVAL, with a warning, if the mapping is VM_PFNMAP or VM_MIXEDMAP (R7) or
 * shows a vma_object (R17);
 * -EBUSY, with a warning, if something is mapped there already, or @vma was kept
 * after its hook and is in use;
 * what the DMA API returns for want of memory.
 */
int vma_new_dma_mmap(struct vma_new *vma, struct device *dev, void *cpu_addr,
		     dma_addr_t dma_addr, size_t size, unsigned long attrs)
{
	struct vm_area_struct *raw = __vma_new_raw(vma);
	int err;

	err = __vma_new_refuse_cow(&raw->flags) ?:
	      vma_check_eager(&raw->flags, VMA_PFNMAP_BIT, raw->vm_ops) ?:
	      vma_new_check_eager(raw, VMA_MIXEDMAP_BIT, raw->vm_start,
				  vma_new_size(vma));
	/* Not every implementation of it looks. */
	if (!err && __vma_new_check_fit(vma_new_size(vma), vma_new_pgoff(vma),
					PFN_UP(size)))
		err = -ENXIO;
	if (!err)
		err = dma_mmap_attrs(dev, raw, cpu_addr, dma_addr, size, attrs);
	return __vma_new_undo(vma, err);
}
EXPORT_SYMBOL_GPL(vma_new_dma_mmap);

/* ---- the hooks of a type's policy (R8) ------------------------------------- */

/**
 * vma_type_no_split() - ->may_split() of a type that is VMA_SPLIT_REFUSE.
 * @vma: The VMA that was to be split.
 * @addr: The address that was to be its end, or the start of its other part.
 *
 * For DEFINE_VMA_TYPE(), which puts it there; no driver calls it. Upholds R8.
 *
 * Context: With the mmap lock held for write. Does not sleep.
 * Return: -EINVAL, silently, which user space gets.
 */
int vma_type_no_split(struct vm_area_struct *vma, unsigned long addr)
{
	return __vma_refuse(VMA_REFUSED_CHANGE, -EINVAL);
}
EXPORT_SYMBOL_GPL(vma_type_no_split);

/**
 * vma_type_no_mremap() - ->mremap() of a type that is VMA_MREMAP_REFUSE.
 * @vma: The VMA at the new place.
 *
 * For DEFINE_VMA_TYPE(), which puts it there; no driver calls it. Upholds R8.
 *
 * Context: With the mmap lock held for write. Does not sleep.
 * Return: -EINVAL, silently, which user space gets.
 */
int vma_type_no_mremap(struct vm_area_struct *vma)
{
	return __vma_refuse(VMA_REFUSED_CHANGE, -EINVAL);
}
EXPORT_SYMBOL_GPL(vma_type_no_mremap);
