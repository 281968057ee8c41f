// SPDX-License-Identifier: GPL-2.0
/*
 * Each inline verb beside the raw C that does the same, for the code of the two to
 * be compared: raw_x() and typed_x() are one pair. Compiled, never run.
 *
 * A verb that leads to a function of the layer is beside raw code that calls the
 * same function: what is compared is what the verb adds to the call.
 */
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/sched/mm.h>
#include <linux/vma_access.h>

/* What a hook is given and what comes of it is beside the point. */
typedef struct vm_area_struct raw;
typedef struct vma_ref ref;
#define as_new(vma)	((struct vma_new *)(vma))
#define as_desc(desc)	((struct vma_planned *)(desc))
#define as_user(mm)	((struct mm_with_user *)(mm))

static DEFINE_VMA_TYPE(type,
		       VMA_MAP_MIXED | VMA_DENY_WRITE | VMA_DENY_EXEC |
		       VMA_COW_REFUSE | VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW |
		       VMA_FORK_DROP | VMA_EXPAND_REFUSE);
static DEFINE_VMA_TYPE_OVER(over,
			    VMA_MAP_MIXED | VMA_DENY_WRITE | VMA_COW_REFUSE |
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

RAW(struct file *, file, raw *vma) { return vma->vm_file; }
TYPED(struct file *, file, ref *vma) { return vma_ref_file(vma); }

RAW(void *, from_hook, raw *vma) { return vma; }
TYPED(void *, from_hook, raw *vma) { return vma_ref_from_op(vma); }

RAW(void *, of_fault, struct vm_fault *vmf) { return vmf->vma; }
TYPED(void *, of_fault, struct vm_fault *vmf)
{
	return vma_fault_ref(vma_fault_from_vmf(vmf));
}

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

RAW(void *, private, raw *vma)
{
	return vma->vm_ops == type_ops ? vma->vm_private_data : NULL;
}

TYPED(void *, private, ref *vma) { return vma_ref_private(vma, type_ops); }

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

RAW(void *, object, raw *vma)
{
	if (vma->vm_ops && vma->vm_ops->mapped == __vma_counted_vma_mapped)
		return vma->vm_private_data;
	return NULL;
}

TYPED(void *, object, ref *vma) { return vma_ref_object(vma); }

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
	if (err == -EFAULT)
		err = -ENOMEM;
	*inserted = nr - left;
	return err;
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

RAW(void *, grab_current, void)
{
	struct mm_struct *mm = current->mm;

	if (!mm)
		return NULL;
	mmgrab(mm);
	return mm;
}

TYPED(void *, grab_current, void) { return mm_ref_grab_current(); }

RAW(void, drop, struct mm_struct *mm) { mmdrop(mm); }
TYPED(void, drop, struct mm_ref *ref) { mm_ref_drop(ref); }

RAW(void *, current_user, void) { return current->mm; }
TYPED(void *, current_user, void) { return mm_with_user_current(); }

RAW(bool, user_is, struct mm_struct *mm, struct mm_struct *of)
{
	return of && mm == of;
}

TYPED(bool, user_is, struct mm_with_user *user, struct mm_ref *ref)
{
	return mm_with_user_is(user, ref);
}

RAW(void *, user_get, struct mm_struct *mm)
{
	return mmget_not_zero(mm) ? mm : NULL;
}

TYPED(void *, user_get, struct mm_ref *ref) { return mm_with_user_get(ref); }

RAW(void, user_put, struct mm_struct *mm) { mmput(mm); }
TYPED(void, user_put, struct mm_with_user *user) { mm_with_user_put(user); }

RAW(void, user_put_async, struct mm_struct *mm) { mmput_async(mm); }
TYPED(void, user_put_async, struct mm_with_user *user)
{
	mm_with_user_put_async(user);
}

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

/* The VMA lock is taken behind a function. */
RAW(unsigned long, vma_read, struct mm_struct *mm, unsigned long addr)
{
	struct vma_ref *ref = __vma_read_acquire(as_user(mm), addr).lock;
	unsigned long end;

	if (IS_ERR(ref))
		return 0;
	end = ((raw *)ref)->vm_end;
	vma_end_read((raw *)ref);
	return end;
}

TYPED(unsigned long, vma_read, struct mm_with_user *user, unsigned long addr)
{
	struct vma_ref *vma;

	ACQUIRE(vma_read, guard)(user, addr);
	vma = vma_read_ref(&guard);
	return vma ? vma_ref_end(vma) : 0;
}

/* The other, with the reason where there is none. */
RAW(int, vma_read_try, struct mm_struct *mm, unsigned long addr,
    unsigned long *end)
{
	struct vma_ref *ref = __vma_read_acquire_try(as_user(mm), addr).lock;

	if (IS_ERR(ref))
		return PTR_ERR(ref);
	*end = ((raw *)ref)->vm_end;
	vma_end_read((raw *)ref);
	return 0;
}

TYPED(int, vma_read_try, struct mm_with_user *user, unsigned long addr,
      unsigned long *end)
{
	struct vma_ref *vma;

	ACQUIRE(vma_read_try, guard)(user, addr);
	vma = vma_read_ref(&guard);
	if (!vma)
		return ACQUIRE_ERR(vma_read_try, &guard);
	*end = vma_ref_end(vma);
	return 0;
}

/* Both locks are behind a function. */
RAW(long, pair, struct mm_struct *mm, unsigned long a, unsigned long b)
{
	struct vma_pair_guard pair = __vma_pair_acquire(as_user(mm), a,
							as_user(mm), b);
	long ret;

	if (IS_ERR(pair.lock))
		ret = PTR_ERR(pair.lock);
	else
		ret = ((raw *)pair.lock)->vm_end - ((raw *)pair.__b)->vm_end;
	__vma_pair_release(pair.lock, pair.__b);
	return ret;
}

TYPED(long, pair, struct mm_with_user *user, unsigned long a, unsigned long b)
{
	struct vma_ref *vma;

	ACQUIRE(vma_pair, pair)(user, a, user, b);
	vma = vma_pair_a(&pair);
	if (!vma)
		return ACQUIRE_ERR(vma_pair, &pair);
	return vma_ref_end(vma) - vma_ref_end(vma_pair_b(&pair));
}

/* ---- a new mapping ------------------------------------------------------------------------ */

RAW(unsigned long, new_start, raw *vma) { return vma->vm_start; }
TYPED(unsigned long, new_start, struct vma_new *vma) { return vma_new_start(vma); }

RAW(unsigned long, new_end, raw *vma) { return vma->vm_end; }
TYPED(unsigned long, new_end, struct vma_new *vma) { return vma_new_end(vma); }

RAW(unsigned long, new_size, raw *vma) { return vma->vm_end - vma->vm_start; }
TYPED(unsigned long, new_size, struct vma_new *vma) { return vma_new_size(vma); }

RAW(unsigned long, new_pages, raw *vma) { return vma_pages(vma); }
TYPED(unsigned long, new_pages, struct vma_new *vma) { return vma_new_pages(vma); }

RAW(unsigned long, desc_pages, struct vm_area_desc *desc)
{
	return vma_desc_pages(desc);
}

TYPED(unsigned long, desc_pages, struct vma_planned *desc)
{
	return vma_new_pages(desc);
}

RAW(pgoff_t, new_pgoff, raw *vma) { return vma->vm_pgoff; }
TYPED(pgoff_t, new_pgoff, struct vma_new *vma) { return vma_new_pgoff(vma); }

RAW(void *, new_mm, raw *vma) { return vma->vm_mm; }
TYPED(void *, new_mm, struct vma_new *vma) { return vma_new_mm(vma); }

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

TYPED(int, desc_fits, struct vma_planned *desc, unsigned long nr)
{
	return vma_new_fits(desc, nr);
}

RAW(bool, new_test, raw *vma)
{
	return vma_flags_test(&vma->flags, VMA_SHARED_BIT);
}

TYPED(bool, new_test, struct vma_new *vma)
{
	return vma_new_test(vma, VMA_SHARED_BIT);
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

TYPED(int, desc_deny, struct vma_planned *desc)
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

RAW(void, new_set_prot, raw *vma)
{
	vma->vm_page_prot = pgprot_writecombine(vma->vm_page_prot);
}

TYPED(void, new_set_prot, struct vma_new *vma)
{
	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
}

/* A remap that was asked for before has its own copy. */
RAW(void, desc_set_prot, struct vm_area_desc *desc)
{
	desc->page_prot = pgprot_writecombine(desc->page_prot);
	if (desc->action.type == MMAP_REMAP_PFN ||
	    desc->action.type == MMAP_IO_REMAP_PFN)
		desc->action.remap.pgprot = desc->page_prot;
}

TYPED(void, desc_set_prot, struct vma_planned *desc)
{
	vma_new_set_prot(desc, VMA_PROT_WRITECOMBINE);
}

RAW(void, new_set_pgoff, raw *vma, pgoff_t to)
{
	__vma_new_do_set_pgoff(as_new(vma), to);
}

TYPED(void, new_set_pgoff, struct vma_new *vma, pgoff_t to)
{
	vma_new_set_pgoff(vma, to);
}

RAW(void, desc_set_pgoff, struct vm_area_desc *desc, pgoff_t to) { desc->pgoff = to; }
TYPED(void, desc_set_pgoff, struct vma_planned *desc, pgoff_t to)
{
	vma_new_set_pgoff(desc, to);
}

RAW(void, new_set_file, raw *vma, struct file *file)
{
	__vma_new_replace_file(as_new(vma), file);
}

TYPED(void, new_set_file, struct vma_new *vma, struct file *file)
{
	vma_new_set_file(vma, file);
}

/* The core takes a reference over only if it is to another file. */
RAW(void, desc_set_file, struct vm_area_desc *desc, struct file *file)
{
	if (WARN_ON_ONCE(desc->vm_file != desc->file))
		return;
	if (WARN_ON_ONCE(file != desc->file && file->f_op->mmap))
		return;
	if (file != desc->file)
		get_file(file);
	desc->vm_file = file;
}

TYPED(void, desc_set_file, struct vma_planned *desc, struct file *file)
{
	vma_new_set_file(desc, file);
}

/* ---- a new mapping: what is behind a function --------------------------------------------- */

RAW(int, new_set_type, raw *vma, void *owner)
{
	return __vma_new_apply_type(as_new(vma), &type, owner);
}

TYPED(int, new_set_type, struct vma_new *vma, void *owner)
{
	return vma_new_set_type(vma, &type, owner);
}

RAW(int, new_set_type_over, raw *vma)
{
	return __vma_new_apply_over(as_new(vma), &over);
}

TYPED(int, new_set_type_over, struct vma_new *vma)
{
	return vma_new_set_type_over(vma, &over);
}

RAW(int, new_set_object, raw *vma, struct vma_object *object)
{
	return __vma_new_apply_object(as_new(vma), &type, object);
}

TYPED(int, new_set_object, struct vma_new *vma, struct vma_object *object)
{
	return vma_new_set_object(vma, &type, object);
}

RAW(bool, new_identity, raw *vma)
{
	return __vma_new_get_identity(as_new(vma)).vm_ops == type_ops;
}

TYPED(bool, new_identity, struct vma_new *vma)
{
	return vma_new_identity(vma).vm_ops == type_ops;
}

RAW(int, hook_mmap, struct file *file, raw *vma)
{
	const struct vm_operations_struct *before = vma->vm_ops;
	struct vma_new *new = vma_new_from_mmap(vma);
	int err = new ? __vma_new_apply_type(new, &type, file->private_data) : -EINVAL;

	return likely(!err) || !new ? err : __vma_new_hook_failed(new, before, err);
}

DEFINE_VMA_MMAP(typed_hook_mmap, file, vma)
{
	return vma_new_set_type(vma, &type, file->private_data);
}

RAW(int, hook_prepare, struct vm_area_desc *desc)
{
	return __vma_planned_apply_type(as_desc(desc), &type,
				     desc->file->private_data);
}

TYPED(int, hook_prepare, struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);

	return vma_new_set_type(vma, &type, desc->file->private_data);
}

RAW(int, new_hand_on, raw *vma, struct file *file)
{
	struct __vma_hooks before;

	__vma_new_hooks(as_new(vma), &before);
	return __vma_new_handed_on(as_new(vma), &before, vfs_mmap(file, vma));
}

TYPED(int, new_hand_on, struct vma_new *vma, struct file *file)
{
	return vma_new_hand_on(vma, vfs_mmap, file);
}

RAW(void *, desc_from_prepare, struct vm_area_desc *desc) { return desc; }
TYPED(void *, desc_from_prepare, struct vm_area_desc *desc)
{
	return vma_planned_from_desc(desc);
}

RAW(int, new_remap_pfn, raw *vma, unsigned long addr, unsigned long pfn,
    unsigned long size)
{
	return __vma_new_do_remap(as_new(vma), addr, pfn, size);
}

TYPED(int, new_remap_pfn, struct vma_new *vma, unsigned long addr,
      unsigned long pfn, unsigned long size)
{
	return vma_new_remap_pfn(vma, addr, pfn, size);
}

RAW(int, new_iomap, raw *vma, phys_addr_t start, unsigned long len)
{
	return __vma_new_do_iomap(as_new(vma), start, len, true);
}

TYPED(int, new_iomap, struct vma_new *vma, phys_addr_t start, unsigned long len)
{
	return vma_new_iomap(vma, start, len);
}

RAW(int, new_iomap_unaligned, raw *vma, phys_addr_t start, unsigned long len)
{
	return __vma_new_do_iomap(as_new(vma), start, len, false);
}

TYPED(int, new_iomap_unaligned, struct vma_new *vma, phys_addr_t start,
      unsigned long len)
{
	return vma_new_iomap_unaligned(vma, start, len);
}

RAW(int, new_map_pages, raw *vma, unsigned long addr, struct page **pages,
    unsigned long nr)
{
	return __vma_new_do_map_pages(as_new(vma), addr, pages, nr);
}

TYPED(int, new_map_pages, struct vma_new *vma, unsigned long addr,
      struct page **pages, unsigned long nr)
{
	return vma_new_map_pages(vma, addr, pages, nr);
}

RAW(int, new_map_pages_all, raw *vma, struct page **pages, unsigned long nr)
{
	pgoff_t pgoff = vma->vm_pgoff;
	unsigned long mapped = (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
	int err;

	if (pgoff >= nr || mapped > nr - pgoff) {
		err = __vma_new_take_back(as_new(vma), -EINVAL);
		if (err)
			return err;
	}
	return __vma_new_do_map_pages(as_new(vma), vma->vm_start,
				      pages + vma->vm_pgoff,
				      (vma->vm_end - vma->vm_start) >> PAGE_SHIFT);
}

TYPED(int, new_map_pages_all, struct vma_new *vma, struct page **pages,
      unsigned long nr)
{
	return vma_new_map_pages_all(vma, pages, nr);
}

RAW(int, desc_map_pages_all, struct vm_area_desc *desc, struct page **pages,
    unsigned long nr)
{
	pgoff_t pgoff = desc->pgoff;
	unsigned long mapped = (desc->end - desc->start) >> PAGE_SHIFT;

	if (pgoff >= nr || mapped > nr - pgoff)
		return -EINVAL;
	return __vma_planned_do_map_pages(as_desc(desc), desc->start,
				       pages + pgoff, mapped);
}

TYPED(int, desc_map_pages_all, struct vma_planned *desc, struct page **pages,
      unsigned long nr)
{
	return vma_new_map_pages_all(desc, pages, nr);
}

RAW(int, new_map_vmalloc, raw *vma, void *memory)
{
	return __vma_new_do_map_vmalloc(as_new(vma), memory, vma->vm_pgoff);
}

TYPED(int, new_map_vmalloc, struct vma_new *vma, void *memory)
{
	return vma_new_map_vmalloc(vma, memory, vma_new_pgoff(vma));
}

/* ---- an object ------------------------------------------------------------------------------- */

RAW(unsigned long, object_mappings, const struct vma_object *object)
{
	return atomic_long_read_acquire(&object->__mappings);
}

TYPED(unsigned long, object_mappings, const struct vma_object *object)
{
	return vma_object_mappings(object);
}

RAW(bool, object_live, struct vma_object *object)
{
	bool live;

	down_read(&object->__live);
	live = likely(!object->__revoked);
	up_read(&object->__live);
	return live;
}

TYPED(bool, object_live, struct vma_object *object)
{
	CLASS(vma_object_live, live)(object);

	return vma_object_is_live(&live);
}

/* ---- a fault ---------------------------------------------------------------------------------- */

RAW(unsigned long, fault_addr, struct vm_fault *vmf) { return vmf->address; }
TYPED(unsigned long, fault_addr, struct vm_fault *vmf)
{
	return vma_fault_addr(vma_fault_from_vmf(vmf));
}

RAW(vm_fault_t, fault_object_index, struct vm_fault *vmf,
    const struct vma_object *object, pgoff_t *index)
{
	pgoff_t at = vmf->pgoff - object->__base;

	if (unlikely(at >= object->__pages))
		return VM_FAULT_SIGBUS;
	*index = at;
	return 0;
}

TYPED(vm_fault_t, fault_object_index, struct vm_fault *vmf,
      const struct vma_object *object, pgoff_t *index)
{
	return vma_fault_object_index(vma_fault_from_vmf(vmf), object, index);
}

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
	return __vma_fault_result(err);
}

RAW(vm_fault_t, fault_drop_lock, struct vma_fault **fault, struct file **file)
{
	return __vma_fault_drop_lock(fault, file);
}

TYPED(vm_fault_t, fault_drop_lock, struct vma_fault **fault, struct file **file)
{
	return vma_fault_drop_lock(fault, file);
}
