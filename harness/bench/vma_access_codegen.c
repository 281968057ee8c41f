// SPDX-License-Identifier: GPL-2.0
/*
 * Each inline verb beside the raw C that does the same, for the code of the two to
 * be compared: raw_x() and typed_x() are one pair. Compiled, never run.
 */
#include <linux/hugetlb_inline.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/vma_access.h>

/* What a hook is given and what comes of it is beside the point. */
typedef struct vm_area_struct raw;
typedef struct vma_ref ref;

static DEFINE_VMA_TYPE(type,
		       VMA_MAP_MIXED | VMA_DENY_WRITE | VMA_DENY_EXEC |
		       VMA_COW_REFUSE | VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW |
		       VMA_FORK_DROP | VMA_EXPAND_REFUSE);
#define type_ops (&type.vm_ops)

#define RAW(result, name, ...)	result raw_##name(__VA_ARGS__); result raw_##name(__VA_ARGS__)
#define TYPED(result, name, ...)	\
	result typed_##name(__VA_ARGS__); result typed_##name(__VA_ARGS__)

/* ---- what a stable VMA is asked ------------------------------------------------- */

RAW(unsigned long, start, raw *vma) { return vma->vm_start; }
TYPED(unsigned long, start, ref *vma) { return vma_ref_start(vma); }

RAW(unsigned long, end, raw *vma) { return vma->vm_end; }
TYPED(unsigned long, end, ref *vma) { return vma_ref_end(vma); }

RAW(unsigned long, pages, raw *vma) { return vma_pages(vma); }
TYPED(unsigned long, pages, ref *vma) { return vma_ref_pages(vma); }

RAW(unsigned long, size, raw *vma) { return vma_pages(vma) << PAGE_SHIFT; }
TYPED(unsigned long, size, ref *vma) { return vma_ref_size(vma); }

RAW(pgoff_t, pgoff, raw *vma) { return vma_start_pgoff(vma); }
TYPED(pgoff_t, pgoff, ref *vma) { return vma_ref_pgoff(vma); }

RAW(vma_flags_t, flags, raw *vma) { return vma->flags; }
TYPED(vma_flags_t, flags, ref *vma) { return vma_ref_flags(vma); }

RAW(bool, test, raw *vma) { return vma_test(vma, VMA_SHARED_BIT); }
TYPED(bool, test, ref *vma) { return vma_ref_test(vma, VMA_SHARED_BIT); }

RAW(void *, mm, raw *vma) { return vma->vm_mm; }
TYPED(void *, mm, ref *vma) { return vma_ref_mm(vma); }

RAW(struct file *, file, raw *vma) { return vma->vm_file; }
TYPED(struct file *, file, ref *vma) { return vma_ref_file(vma); }

RAW(void *, from_hook, raw *vma) { return vma; }
TYPED(void *, from_hook, raw *vma) { return vma_ref_from_op(vma); }

/* ---- identity and kind ------------------------------------------------------------ */

RAW(bool, is, raw *vma, void *owner)
{
	return vma->vm_ops == type_ops && vma->vm_private_data == owner;
}

TYPED(bool, is, ref *vma, void *owner)
{
	return vma_ref_is(vma, vma_type_identity(&type, owner));
}

RAW(void *, owner, raw *vma)
{
	return vma->vm_ops == type_ops ? vma->vm_private_data : NULL;
}

TYPED(void *, owner, ref *vma) { return vma_ref_owner(vma, &type); }

RAW(void *, as_mixedmap, raw *vma)
{
	if (vma_test(vma, VMA_MIXEDMAP_BIT))
		return vma;
	return NULL;
}

TYPED(void *, as_mixedmap, ref *vma) { return vma_ref_as_mixedmap(vma); }

/* As it is used: what comes of it is tested at once. */
RAW(int, as_mixedmap_of, raw *vma, void *owner)
{
	if (vma->vm_ops != type_ops || vma->vm_private_data != owner)
		return -ESRCH;
	if (!vma_test(vma, VMA_MIXEDMAP_BIT))
		return -ESRCH;
	return 0;
}

TYPED(int, as_mixedmap_of, ref *vma, void *owner)
{
	if (!vma_ref_as_mixedmap_of(vma, vma_type_identity(&type, owner)))
		return -ESRCH;
	return 0;
}

RAW(void *, as_pfnmap, raw *vma)
{
	return vma_test(vma, VMA_PFNMAP_BIT) && !vma_is_cow_mapping(vma) ?
		vma : NULL;
}

TYPED(void *, as_pfnmap, ref *vma) { return vma_ref_as_pfnmap(vma); }

/* ---- inserting and zapping ---------------------------------------------------------- */

RAW(int, insert_page, raw *vma, unsigned long addr, struct page *page)
{
	if (unlikely(!PAGE_ALIGNED(addr)))
		return -EINVAL;
	return vm_insert_page(vma, addr, page);
}

TYPED(int, insert_page, struct vma_mixedmap *vma, unsigned long addr,
      struct page *page)
{
	return vma_mixedmap_insert_page(vma, addr, page);
}

RAW(int, insert_pages, raw *vma, unsigned long addr, struct page **pages,
    unsigned long nr, unsigned long *inserted)
{
	unsigned long left = nr;
	int err;

	*inserted = 0;
	if (!nr || !PAGE_ALIGNED(addr))
		return -EINVAL;
	if (addr < vma->vm_start || addr >= vma->vm_end ||
	    nr > (vma->vm_end - addr) >> PAGE_SHIFT)
		return -EFAULT;
	err = vm_insert_pages(vma, addr, pages, &left);
	*inserted = nr - left;
	return err == -EFAULT ? -ENOMEM : err;
}

TYPED(int, insert_pages, struct vma_mixedmap *vma, unsigned long addr,
      struct page **pages, unsigned long nr, unsigned long *inserted)
{
	return vma_mixedmap_insert_pages(vma, addr, pages, nr, inserted);
}

RAW(int, zap_range, raw *vma, unsigned long addr, unsigned long size)
{
	if (!size || !PAGE_ALIGNED(addr | size))
		return -EINVAL;
	if (addr < vma->vm_start || addr >= vma->vm_end ||
	    size > vma->vm_end - addr)
		return -EFAULT;
	if (is_vm_hugetlb_page(vma))
		return -EPERM;
	zap_vma_range(vma, addr, size);
	return 0;
}

TYPED(int, zap_range, ref *vma, unsigned long addr, unsigned long size)
{
	return vma_ref_zap_range(vma, addr, size);
}

/* ---- references, pins and guards ------------------------------------------------------ */

RAW(void *, grab, struct mm_struct *mm)
{
	mmgrab(mm);
	return mm;
}

TYPED(void *, grab, struct mm_struct *mm) { return mm_ref_grab(mm); }

RAW(void, drop, struct mm_struct *mm) { mmdrop(mm); }
TYPED(void, drop, struct mm_ref *ref) { mm_ref_drop(ref); }

RAW(void *, current_user, void) { return current->mm; }
TYPED(void *, current_user, void) { return mm_with_user_current(); }

RAW(int, pin, struct mm_struct *mm)
{
	if (!mmget_not_zero(mm))
		return -ESRCH;
	mmput(mm);
	return 0;
}

TYPED(int, pin, struct mm_ref *ref)
{
	CLASS(mm_with_user, pin)(ref);

	return mm_with_user_of(&pin) ? 0 : -ESRCH;
}

RAW(int, pin_async, struct mm_struct *mm)
{
	if (!mmget_not_zero(mm))
		return -ESRCH;
	mmput_async(mm);
	return 0;
}

TYPED(int, pin_async, struct mm_ref *ref)
{
	CLASS(mm_with_user_async, pin)(ref);

	return mm_with_user_of(&pin) ? 0 : -ESRCH;
}

RAW(unsigned long, mmap_read, struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;
	unsigned long end = 0;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	if (vma)
		end = vma->vm_end;
	mmap_read_unlock(mm);
	return end;
}

TYPED(unsigned long, mmap_read, struct mm_with_user *user, unsigned long addr)
{
	CLASS(mmap_read, guard)(user);
	struct vma_ref *vma = vma_ref_lookup(&guard, addr);

	return vma ? vma_ref_end(vma) : 0;
}

RAW(unsigned long, mmap_read_try, struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;
	unsigned long end = 0;

	if (!mmap_read_trylock(mm))
		return 0;
	vma = vma_lookup(mm, addr);
	if (vma)
		end = vma->vm_end;
	mmap_read_unlock(mm);
	return end;
}

TYPED(unsigned long, mmap_read_try, struct mm_with_user *user, unsigned long addr)
{
	struct vma_ref *vma;

	if (!mmap_read_acquire_try(user))
		return 0;
	CLASS(mmap_read_adopt, guard)(user);
	vma = vma_ref_lookup(&guard, addr);
	return vma ? vma_ref_end(vma) : 0;
}

RAW(int, mmap_read_killable, struct mm_struct *mm)
{
	int err = mmap_read_lock_killable(mm);

	if (err)
		return err;
	mmap_read_unlock(mm);
	return 0;
}

TYPED(int, mmap_read_killable, struct mm_with_user *user)
{
	int err = mmap_read_acquire_killable(user);

	if (err)
		return err;
	CLASS(mmap_read_adopt, guard)(user);
	return 0;
}

RAW(void, write_set, struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;

	mmap_write_lock(mm);
	vma = vma_lookup(mm, addr);
	if (vma) {
		vma_start_write(vma);
		vma_flags_set(&vma->flags, VMA_DONTCOPY_BIT);
	}
	mmap_write_unlock(mm);
}

TYPED(void, write_set, struct mm_with_user *user, unsigned long addr)
{
	CLASS(mmap_write, guard)(user);
	struct vma_write *vma = vma_write_lookup(&guard, addr);

	if (vma)
		vma_write_set(vma, VMA_DONTCOPY_BIT);
}

RAW(unsigned long, downgrade, struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma;
	unsigned long end = 0;

	mmap_write_lock(mm);
	mmap_write_downgrade(mm);
	vma = vma_lookup(mm, addr);
	if (vma)
		end = vma->vm_end;
	mmap_read_unlock(mm);
	return end;
}

TYPED(unsigned long, downgrade, struct mm_with_user *user, unsigned long addr)
{
	struct vma_ref *vma;

	CLASS(mmap_write, guard)(user);
	mmap_write_guard_downgrade(&guard, user);
	vma = vma_ref_lookup(&guard, addr);
	return vma ? vma_ref_end(vma) : 0;
}

/* The VMA lock, where no writer is in the way. */
RAW(unsigned long, vma_read, struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = lock_vma_under_rcu(mm, addr);
	unsigned long end;

	if (!vma) {
		mmap_read_lock(mm);
		vma = (raw *)__vma_read_step_down((struct mm_with_user *)mm,
						  addr);
		if (IS_ERR(vma))
			return 0;
	}
	end = vma->vm_end;
	vma_end_read(vma);
	return end;
}

TYPED(unsigned long, vma_read, struct mm_with_user *user, unsigned long addr)
{
	struct vma_ref *vma;

	CLASS(vma_read, guard)(user, addr);
	vma = vma_read_ref(&guard);
	return vma ? vma_ref_end(vma) : 0;
}

/* ---- a new mapping ------------------------------------------------------------------------ */

RAW(int, new_fits, raw *vma, unsigned long nr)
{
	pgoff_t pgoff = vma->vm_pgoff;

	if (pgoff >= nr || (vma->vm_end - vma->vm_start) >> PAGE_SHIFT > nr - pgoff)
		return -EINVAL;
	return 0;
}

TYPED(int, new_fits, struct vma_new *vma, unsigned long nr)
{
	return vma_new_fits(vma, nr);
}

RAW(int, desc_fits, struct vm_area_desc *desc, unsigned long nr)
{
	pgoff_t pgoff = desc->pgoff;

	if (pgoff >= nr || (desc->end - desc->start) >> PAGE_SHIFT > nr - pgoff)
		return -EINVAL;
	return 0;
}

TYPED(int, desc_fits, struct vma_desc *desc, unsigned long nr)
{
	return vma_new_fits(desc, nr);
}

RAW(bool, new_settle, raw *vma)
{
	if (vma_flags_test(&vma->flags, VMA_WRITE_BIT))
		return true;
	vma_flags_clear(&vma->flags, VMA_MAYWRITE_BIT);
	return false;
}

TYPED(bool, new_settle, struct vma_new *vma)
{
	return vma_new_settle(vma, VMA_WRITE_BIT);
}

RAW(int, desc_deny, struct vm_area_desc *desc)
{
	if (vma_flags_test(&desc->vma_flags, VMA_EXEC_BIT))
		return -EPERM;
	vma_flags_clear(&desc->vma_flags, VMA_MAYEXEC_BIT);
	return 0;
}

TYPED(int, desc_deny, struct vma_desc *desc)
{
	return vma_new_deny(desc, VMA_EXEC_BIT);
}

RAW(int, new_require_shared, raw *vma)
{
	return vma_flags_is_cow_mapping(&vma->flags) ? -EINVAL : 0;
}

TYPED(int, new_require_shared, struct vma_new *vma)
{
	return vma_new_require_shared(vma);
}

RAW(void, new_set_dontexpand, raw *vma)
{
	vma_flags_set(&vma->flags, VMA_DONTEXPAND_BIT);
}

TYPED(void, new_set_dontexpand, struct vma_new *vma)
{
	vma_new_set_dontexpand(vma);
}

RAW(void, new_set_prot, raw *vma)
{
	vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
}

TYPED(void, new_set_prot, struct vma_new *vma)
{
	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
}

RAW(int, new_rebase, raw *vma, pgoff_t base)
{
	if (vma->vm_pgoff < base)
		return -EINVAL;
	vma->vm_pgoff -= base;
	return 0;
}

TYPED(int, new_rebase, struct vma_new *vma, pgoff_t base)
{
	return vma_new_rebase(vma, base);
}

/* ---- a fault ---------------------------------------------------------------------------------- */

RAW(vm_fault_t, fault_index, struct vm_fault *vmf, pgoff_t base,
    unsigned long nr, pgoff_t *index)
{
	pgoff_t at = vmf->pgoff - base;

	if (unlikely(at >= nr))
		return VM_FAULT_SIGBUS;
	*index = at;
	return 0;
}

TYPED(vm_fault_t, fault_index, struct vm_fault *vmf, pgoff_t base,
      unsigned long nr, pgoff_t *index)
{
	return vma_fault_index(vma_fault_from_vmf(vmf), base, nr, index);
}

RAW(bool, fault_is_write, struct vm_fault *vmf)
{
	return vmf->flags & FAULT_FLAG_WRITE;
}

TYPED(bool, fault_is_write, struct vm_fault *vmf)
{
	return vma_fault_is_write(vma_fault_from_vmf(vmf));
}

RAW(vm_fault_t, fault_result, int err)
{
	if (!err || err == -EBUSY)
		return VM_FAULT_NOPAGE;
	return vmf_error(err);
}

TYPED(vm_fault_t, fault_result, int err)
{
	return vma_fault_result(err);
}
