// SPDX-License-Identifier: GPL-2.0
/*
 * What typed VMA access costs: for each verb, raw C as a good driver author
 * writes it, with all checks that the typed verb makes, and the typed verb
 * beside it. Linked into a kernel for this alone.
 *
 * Runs at the end of boot, in a kernel thread with an address space of its own,
 * and writes a line for each measurement:
 *
 *	vma_bench: <name> <pages> <side> <instructions> <median>
 *
 * The emulator (-icount shift=0) lets the TSC count the guest's instructions.
 * The least of many repetitions counts: an interrupt only ever adds. To be
 * read side by side, raw_x() and typed_x(); all else prepares and repeats.
 *
 * On a tree without the layer only what raw code can do is measured.
 */
#define pr_fmt(fmt) "vma_bench: " fmt

#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hugetlb.h>
#include <linux/if_packet.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmap_lock.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/pagemap.h>
#include <linux/percpu-rwsem.h>
#include <linux/reboot.h>
#include <linux/sched/mm.h>
#include <linux/sort.h>
#include <linux/srcu.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>
#ifdef CONFIG_VMA_ACCESS
#include <linux/vma_access.h>
#endif
#include "../drivers/android/binder_alloc.h"

#define NR	4096UL		/* pages of the mapping that most of it works on */
#define FOLIO_NR	512UL		/* pages of the folio */
#define SMALL	64UL		/* pages of the mapping that mmap() is measured with */

struct bench {
	unsigned long nr;	/* pages that this measurement is for */
	struct mm_struct *mm;
	struct file *file;
	struct address_space *mapping;
	unsigned long addr;
	struct page **pages;
	struct page *folio[FOLIO_NR];
	/* While the mmap lock is held: */
	struct vm_area_struct *vma;
#ifdef CONFIG_VMA_ACCESS
	struct mm_ref *ref;
	struct mm_with_user *user;
	struct vma_ref *stable;
	struct vma_mixedmap *mixedmap;
	struct vma_object object;
#endif
	struct file *small[4];
	/* Page frames to read: where, which, and does a fault map others around it? */
	unsigned long read_raw, read_typed, read_addr;
	struct page **read_pages;
	bool read_around;
	struct binder_alloc *alloc;
	struct binder_buffer *buffer;
	struct file *ring;
};

static struct bench bench;

/* The hooks of the mapping that raw and typed code both work on. */
#ifdef CONFIG_VMA_ACCESS
static vm_fault_t typed_fault(struct vm_fault *vmf);
static DEFINE_VMA_OBJECT_TYPE(bench_type,
			      VMA_MAP_MIXED | VMA_DENY_WRITE | VMA_DENY_EXEC |
			      VMA_COW_REFUSE | VMA_SPLIT_ALLOW |
			      VMA_MREMAP_ALLOW | VMA_FORK_DROP |
			      VMA_EXPAND_REFUSE,
			      .fault = typed_fault);
#define bench_vm_ops (bench_type.vm_ops)
#define bench_owner (&bench.object)
#endif

/* ---- inserting, in a VMA that is stable ------------------------------------------- */

static void stabilise(struct bench *b)
{
	mmap_read_lock(b->mm);
	b->vma = vma_lookup(b->mm, b->addr);
#ifdef CONFIG_VMA_ACCESS
	b->stable = vma_ref_from_op(b->vma);
	b->mixedmap = vma_ref_as_mixedmap(b->stable);
#endif
}

static void let_go(struct bench *b)
{
	mmap_read_unlock(b->mm);
}

static void empty(struct bench *b)
{
	zap_vma_range(b->vma, b->addr, b->nr << PAGE_SHIFT);
	let_go(b);
}

/* That @addr is inside of the VMA is checked by the core. (R6) */
static __always_inline int raw_insert(struct vm_area_struct *vma,
				      unsigned long addr, struct page *page)
{
	if (!PAGE_ALIGNED(addr))
		return -EINVAL;
	return vm_insert_page(vma, addr, page);
}

static noinline long raw_insert_page(struct bench *b)
{
	return raw_insert(b->vma, b->addr, b->pages[0]);
}

static noinline long raw_insert_one_by_one(struct bench *b)
{
	unsigned long i;
	int err;

	for (i = 0; i < b->nr; i++) {
		err = vm_insert_page(b->vma, b->addr + (i << PAGE_SHIFT),
				     b->pages[i]);
		if (err)
			return err;
	}
	return 0;
}

/* Are @nr pages from @addr on inside of the VMA? (R6) */
static __always_inline int raw_check_pages(const struct vm_area_struct *vma,
					   unsigned long addr, unsigned long nr)
{
	if (!PAGE_ALIGNED(addr) || !nr)
		return -EINVAL;
	if (addr < vma->vm_start || addr >= vma->vm_end ||
	    nr > (vma->vm_end - addr) >> PAGE_SHIFT)
		return -EFAULT;
	return 0;
}

static __always_inline int raw_insert_many(struct vm_area_struct *vma,
					   unsigned long addr,
					   struct page **pages, unsigned long nr,
					   unsigned long *inserted)
{
	unsigned long left = nr;
	int err;

	err = raw_check_pages(vma, addr, nr);
	if (err)
		return err;
	err = vm_insert_pages(vma, addr, pages, &left);
	*inserted = nr - left;
	return err == -EFAULT ? -ENOMEM : err;
}

static noinline long raw_insert_pages(struct bench *b)
{
	unsigned long inserted;
	int err = raw_insert_many(b->vma, b->addr, b->pages, b->nr, &inserted);

	return err ?: inserted;
}

/* The same of pages that follow each other in one folio. */
static noinline long raw_insert_folio(struct bench *b)
{
	unsigned long inserted;
	int err = raw_insert_many(b->vma, b->addr, b->folio, b->nr, &inserted);

	return err ?: inserted;
}

#ifdef CONFIG_VMA_ACCESS
static noinline long typed_insert_page(struct bench *b)
{
	return vma_mixedmap_insert_page(b->mixedmap, b->addr, b->pages[0]);
}

static noinline long typed_insert_pages(struct bench *b)
{
	unsigned long inserted;
	int err = vma_mixedmap_insert_pages(b->mixedmap, b->addr, b->pages,
					    b->nr, &inserted);

	return err ?: inserted;
}

static noinline long typed_insert_folio(struct bench *b)
{
	unsigned long inserted;
	int err = vma_mixedmap_insert_pages(b->mixedmap, b->addr, b->folio,
					    b->nr, &inserted);

	return err ?: inserted;
}

/* ---- the mmap lock and a look-up -------------------------------------------- */

static noinline long raw_mmap_read(struct bench *b)
{
	struct mm_struct *mm = b->mm;
	struct vm_area_struct *vma;
	long ret = -ESRCH;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, b->addr);
	if (vma)
		ret = vma->vm_start;
	mmap_read_unlock(mm);
	return ret;
}

static noinline long typed_mmap_read(struct bench *b)
{
	struct mm_with_user *user = b->user;
	struct vma_ref *vma;

	CLASS(mmap_read, guard)(user);
	vma = vma_ref_lookup(&guard, b->addr);
	return vma ? vma_ref_start(vma) : -ESRCH;
}

/* ---- the VMA lock ------------------------------------------------------------- */

/* From the mmap lock, which is let go, to the VMA lock. */
static struct vm_area_struct *raw_step_down(struct mm_struct *mm,
					    unsigned long addr)
{
	struct vm_area_struct *vma = vma_lookup(mm, addr);

	if (!vma)
		vma = ERR_PTR(-ESRCH);
	else if (!vma_start_read_locked(vma))
		vma = ERR_PTR(-EAGAIN);
	mmap_read_unlock(mm);
	return vma;
}

static noinline long raw_vma_read(struct bench *b)
{
	struct mm_struct *mm = b->mm;
	unsigned long addr = b->addr;
	struct vm_area_struct *vma = lock_vma_under_rcu(mm, addr);
	long ret;

	if (!vma) {
		mmap_read_lock(mm);
		vma = raw_step_down(mm, addr);
		if (IS_ERR(vma))
			return PTR_ERR(vma);
	}
	ret = vma->vm_start;
	vma_end_read(vma);
	return ret;
}

static noinline long typed_vma_read(struct bench *b)
{
	struct mm_with_user *user = b->user;
	unsigned long addr = b->addr;
	struct vma_ref *vma;

	ACQUIRE(vma_read, guard)(user, addr);
	vma = vma_read_ref(&guard);
	return vma ? vma_ref_start(vma) : ACQUIRE_ERR(vma_read, &guard);
}

/* The VMA looks write-locked, though nobody holds the mmap lock. */
static void contended(struct bench *b)
{
	b->vma = vma_lookup(b->mm, b->addr);
	b->vma->vm_lock_seq = b->mm->mm_lock_seq.sequence;
}

static void uncontended(struct bench *b)
{
	b->vma->vm_lock_seq = UINT_MAX;
}

static noinline long raw_vma_read_try(struct bench *b)
{
	struct mm_struct *mm = b->mm;
	unsigned long addr = b->addr;
	struct vm_area_struct *vma = lock_vma_under_rcu(mm, addr);
	long ret;

	if (!vma) {
		if (!mmap_read_trylock(mm))
			return -EAGAIN;
		vma = raw_step_down(mm, addr);
		if (IS_ERR(vma))
			return PTR_ERR(vma);
	}
	ret = vma->vm_start;
	vma_end_read(vma);
	return ret;
}

static noinline long typed_vma_read_try(struct bench *b)
{
	struct mm_with_user *user = b->user;
	unsigned long addr = b->addr;
	struct vma_ref *vma;

	ACQUIRE(vma_read_try, guard)(user, addr);
	vma = vma_read_ref(&guard);
	return vma ? vma_ref_start(vma) : ACQUIRE_ERR(vma_read_try, &guard);
}

/* ---- a pin ------------------------------------------------------------------------ */

static noinline long raw_pin(struct bench *b)
{
	struct mm_struct *mm = b->mm;

	if (!mmget_not_zero(mm))
		return -ESRCH;
	barrier();
	mmput_async(mm);
	return 0;
}

static noinline long typed_pin(struct bench *b)
{
	CLASS(mm_with_user_async, pin)(b->ref);

	if (!mm_with_user_of(&pin))
		return -ESRCH;
	barrier();
	return 0;
}

/* ---- zapping ----------------------------------------------------------------------- */

static void fill(struct bench *b)
{
	stabilise(b);
	WARN_ON(raw_insert_pages(b) != b->nr);
}

static __always_inline int raw_zap(struct vm_area_struct *vma,
				   unsigned long addr, unsigned long size)
{
	if (!PAGE_ALIGNED(addr | size) || !size)
		return -EINVAL;
	if (addr < vma->vm_start || addr >= vma->vm_end ||
	    size > vma->vm_end - addr)
		return -EFAULT;
	if (is_vm_hugetlb_page(vma))
		return -EPERM;
	zap_vma_range(vma, addr, size);
	return 0;
}

static noinline long raw_zap_range(struct bench *b)
{
	return raw_zap(b->vma, b->addr, b->nr << PAGE_SHIFT);
}

static noinline long typed_zap_range(struct bench *b)
{
	return vma_ref_zap_range(b->stable, b->addr, b->nr << PAGE_SHIFT);
}

static noinline long raw_zap_each(struct bench *b)
{
	unsigned long i;
	long err = 0;

	for (i = 0; !err && i < b->nr; i++)
		err = raw_zap(b->vma, b->addr + (i << PAGE_SHIFT), PAGE_SIZE);
	return err;
}

static noinline long typed_zap_each(struct bench *b)
{
	unsigned long i;
	long err = 0;

	for (i = 0; !err && i < b->nr; i++)
		err = vma_ref_zap_range(b->stable, b->addr + (i << PAGE_SHIFT),
					PAGE_SIZE);
	return err;
}

/* Nothing is checked: what a range is compared with. */
static noinline long raw_zap_one_by_one(struct bench *b)
{
	unsigned long i;

	for (i = 0; i < b->nr; i++)
		zap_vma_range(b->vma, b->addr + (i << PAGE_SHIFT), PAGE_SIZE);
	return 0;
}

/* ---- all of an insert from outside, as binder does it ------------------------------ */

static void empty_from_outside(struct bench *b)
{
	stabilise(b);
	empty(b);
}

/* Is it ours still, and does it take pages? (R3, R7) */
static __always_inline bool raw_is_mine(const struct vm_area_struct *vma)
{
	return vma->vm_ops == &bench_vm_ops &&
	       vma->vm_private_data == bench_owner &&
	       vma_test(vma, VMA_MIXEDMAP_BIT);
}

static noinline int raw_install_page(struct bench *b, unsigned long i)
{
	unsigned long addr = b->addr + (i << PAGE_SHIFT);
	struct mm_struct *mm = b->mm;
	struct vm_area_struct *vma;
	int ret = -ESRCH;

	if (!mmget_not_zero(mm))
		return -ESRCH;
	vma = lock_vma_under_rcu(mm, addr);
	if (vma) {
		if (raw_is_mine(vma))
			ret = raw_insert(vma, addr, b->pages[i]);
		vma_end_read(vma);
		goto out;
	}
	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	if (vma && raw_is_mine(vma))
		ret = raw_insert(vma, addr, b->pages[i]);
	mmap_read_unlock(mm);
out:
	mmput_async(mm);
	return ret;
}

static noinline int typed_install_page(struct bench *b, unsigned long i)
{
	unsigned long addr = b->addr + (i << PAGE_SHIFT);
	struct mm_with_user *user;
	struct vma_mixedmap *mixedmap;
	struct vma_ref *vma;

	CLASS(mm_with_user_async, pin)(b->ref);
	user = mm_with_user_of(&pin);
	if (!user)
		return -ESRCH;
	ACQUIRE(vma_read, guard)(user, addr);
	vma = vma_read_ref(&guard);
	if (!vma)
		return -ESRCH;
	mixedmap = vma_ref_as_mixedmap_of(vma, vma_type_identity(&bench_type,
								 bench_owner));
	if (!mixedmap)
		return -ESRCH;
	return vma_mixedmap_insert_page(mixedmap, addr, b->pages[i]);
}

static noinline long raw_install_one_by_one(struct bench *b)
{
	long ret = 0;
	unsigned long i;

	for (i = 0; !ret && i < b->nr; i++)
		ret = raw_install_page(b, i);
	return ret;
}

static noinline long typed_install_one_by_one(struct bench *b)
{
	long ret = 0;
	unsigned long i;

	for (i = 0; !ret && i < b->nr; i++)
		ret = typed_install_page(b, i);
	return ret;
}

static noinline long raw_install_pages(struct bench *b)
{
	struct vm_area_struct *vma;
	unsigned long inserted, addr = b->addr;
	struct mm_struct *mm = b->mm;
	int ret = -ESRCH;

	if (!mmget_not_zero(mm))
		return -ESRCH;
	vma = lock_vma_under_rcu(mm, addr);
	if (vma) {
		if (raw_is_mine(vma))
			ret = raw_insert_many(vma, addr, b->pages, b->nr,
					      &inserted);
		vma_end_read(vma);
		goto out;
	}
	mmap_read_lock(mm);
	vma = vma_lookup(mm, addr);
	if (vma && raw_is_mine(vma))
		ret = raw_insert_many(vma, addr, b->pages, b->nr, &inserted);
	mmap_read_unlock(mm);
out:
	mmput_async(mm);
	return ret;
}

static noinline long typed_install_pages(struct bench *b)
{
	unsigned long addr = b->addr;
	struct mm_with_user *user;
	struct vma_mixedmap *mixedmap;
	unsigned long inserted;
	struct vma_ref *vma;

	CLASS(mm_with_user_async, pin)(b->ref);
	user = mm_with_user_of(&pin);
	if (!user)
		return -ESRCH;
	ACQUIRE(vma_read, guard)(user, addr);
	vma = vma_read_ref(&guard);
	if (!vma)
		return -ESRCH;
	mixedmap = vma_ref_as_mixedmap_of(vma, vma_type_identity(&bench_type,
								 bench_owner));
	if (!mixedmap)
		return -ESRCH;
	return vma_mixedmap_insert_pages(mixedmap, addr, b->pages, b->nr,
					 &inserted);
}

/* ---- a fault handler ----------------------------------------------------------------- */

static noinline vm_fault_t raw_fault(struct vm_fault *vmf)
{
	struct bench *b = &bench;
	int err;

	if (vmf->pgoff >= NR)
		return VM_FAULT_SIGBUS;
	if (!vma_test(vmf->vma, VMA_MIXEDMAP_BIT))
		return VM_FAULT_SIGBUS;
	if (PageHWPoison(b->pages[vmf->pgoff]))
		return VM_FAULT_HWPOISON;
	err = vm_insert_page(vmf->vma, vmf->address, b->pages[vmf->pgoff]);
	if (!err || err == -EBUSY)
		return VM_FAULT_NOPAGE;
	return vmf_error(err);
}

static noinline vm_fault_t typed_fault(struct vm_fault *vmf)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct bench *b = &bench;
	vm_fault_t ret;
	pgoff_t index;

	ret = vma_fault_index(fault, 0, NR, &index);
	if (ret)
		return ret;
	return vma_fault_insert_page(fault, b->pages[index]);
}

/* What the core hands to the handler for a read of the first page. */
static long fault(struct bench *b, vm_fault_t (*handler)(struct vm_fault *))
{
	struct vm_fault vmf = {
		.vma = b->vma,
		.address = b->addr,
		.real_address = b->addr,
		.pgoff = linear_page_index(b->vma, b->addr),
		.flags = FAULT_FLAG_USER,
	};

	return handler(&vmf) == VM_FAULT_NOPAGE ? 0 : -EFAULT;
}

static noinline long raw_fault_insert(struct bench *b)
{
	return fault(b, raw_fault);
}

static noinline long typed_fault_insert(struct bench *b)
{
	return fault(b, typed_fault);
}

/* ---- the same by Rust, see vma_access_bench_rust.rs ------------------------------------ */

#ifdef CONFIG_RUST
long bench_rust_mmap_read(const struct mm_struct *mm, unsigned long addr);
long bench_rust_vma_read(const struct mm_struct *mm, unsigned long addr);
long bench_rust_insert_page(const struct vm_area_struct *vma, unsigned long addr,
			    struct page *page);
long bench_rust_zap(const struct vm_area_struct *vma, unsigned long addr, unsigned long size,
		    unsigned long step);
long bench_rust_install_one_by_one(const struct mm_struct *mm, unsigned long addr,
				   struct page **pages, unsigned long nr,
				   const struct vm_operations_struct *ops, void *data);

static noinline long rust_mmap_read(struct bench *b)
{
	return bench_rust_mmap_read(b->mm, b->addr);
}

static noinline long rust_vma_read(struct bench *b)
{
	return bench_rust_vma_read(b->mm, b->addr);
}

static noinline long rust_insert_page(struct bench *b)
{
	return bench_rust_insert_page(b->vma, b->addr, b->pages[0]);
}

static noinline long rust_zap_range(struct bench *b)
{
	return bench_rust_zap(b->vma, b->addr, b->nr << PAGE_SHIFT, b->nr << PAGE_SHIFT);
}

static noinline long rust_zap_each(struct bench *b)
{
	return bench_rust_zap(b->vma, b->addr, b->nr << PAGE_SHIFT, PAGE_SIZE);
}

static noinline long rust_install_one_by_one(struct bench *b)
{
	return bench_rust_install_one_by_one(b->mm, b->addr, b->pages, b->nr, &bench_vm_ops,
					     bench_owner);
}
#endif

/* ---- mmap() and munmap() of SMALL pages ------------------------------------------------ */

static const struct vm_operations_struct raw_vm_ops;

/* Do the pointers point to pages? One look for neighbours, which share a section. */
static int raw_check_page_pointers(struct page **pages, unsigned long nr)
{
	unsigned long i, pfn, good = ULONG_MAX;

	for (i = 0; i < nr; i++) {
		pfn = page_to_pfn(pages[i]);
		if (pfn / PAGES_PER_SUBSECTION == good)
			continue;
		if (WARN_ON_ONCE(!pfn_valid(pfn)))
			return -EINVAL;
		good = pfn / PAGES_PER_SUBSECTION;
	}
	return 0;
}

static int raw_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct bench *b = file->private_data;
	unsigned long nr = vma_pages(vma), left = nr;

	if (vma->vm_pgoff >= SMALL || nr > SMALL - vma->vm_pgoff)
		return -EINVAL;
	if (vma->vm_flags & (VM_WRITE | VM_EXEC))
		return -EPERM;
	vm_flags_mod(vma, VM_MIXEDMAP | VM_DONTEXPAND | VM_DONTCOPY,
		     VM_MAYWRITE | VM_MAYEXEC);
	if (vma_is_cow_mapping(vma))
		return -EINVAL;
	if (raw_check_page_pointers(b->pages + vma->vm_pgoff, nr))
		return -EINVAL;
	vma->vm_ops = &raw_vm_ops;
	vma->vm_private_data = b;
	return vm_insert_pages(vma, vma->vm_start, b->pages + vma->vm_pgoff,
			       &left);
}

static int raw_mmap_prepare(struct vm_area_desc *desc)
{
	struct bench *b = desc->file->private_data;
	unsigned long nr = vma_desc_pages(desc);

	if (desc->pgoff >= SMALL || nr > SMALL - desc->pgoff)
		return -EINVAL;
	if (vma_desc_test_any(desc, VMA_WRITE_BIT, VMA_EXEC_BIT))
		return -EPERM;
	vma_desc_clear_flags(desc, VMA_MAYWRITE_BIT, VMA_MAYEXEC_BIT);
	vma_desc_set_flags(desc, VMA_MIXEDMAP_BIT, VMA_DONTEXPAND_BIT,
			   VMA_DONTCOPY_BIT);
	if (vma_desc_is_cow_mapping(desc))
		return -EINVAL;
	if (raw_check_page_pointers(b->pages + desc->pgoff, nr))
		return -EINVAL;
	desc->vm_ops = &raw_vm_ops;
	desc->private_data = b;
	mmap_action_map_kernel_pages_full(desc, b->pages + desc->pgoff);
	return 0;
}

static DEFINE_VMA_TYPE(small_type,
		       VMA_MAP_MIXED | VMA_DENY_WRITE | VMA_DENY_EXEC |
		       VMA_COW_REFUSE | VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW |
		       VMA_FORK_DROP | VMA_EXPAND_REFUSE);

#define TYPED_MMAP_BODY(file, vma)					\
{									\
	struct bench *b = file->private_data;				\
	int err;							\
									\
	err = vma_new_fits(vma, SMALL);					\
	if (err)							\
		return err;						\
	err = vma_new_map_pages_all(vma, b->pages, SMALL);		\
	if (err)							\
		return err;						\
	return vma_new_set_type(vma, &small_type, b);			\
}

static DEFINE_VMA_MMAP(typed_mmap, file, vma)
TYPED_MMAP_BODY(file, vma)

static __always_inline int typed_mmap_prepare_body(struct file *file, struct vma_planned *vma)
TYPED_MMAP_BODY(file, vma)

static int typed_mmap_prepare(struct vm_area_desc *desc)
{
	return typed_mmap_prepare_body(desc->file, vma_planned_from_desc(desc));
}

static const struct file_operations small_fops[4] = {
	{ .mmap = raw_mmap },
	{ .mmap = typed_mmap },
	{ .mmap_prepare = raw_mmap_prepare },
	{ .mmap_prepare = typed_mmap_prepare },
};

static long map_small(struct file *file)
{
	unsigned long addr = vm_mmap(file, 0, SMALL << PAGE_SHIFT, PROT_READ,
				     MAP_SHARED, 0);

	if (IS_ERR_VALUE(addr))
		return addr;
	return vm_munmap(addr, SMALL << PAGE_SHIFT);
}

static noinline long raw_by_mmap(struct bench *b)
{
	return map_small(b->small[0]);
}

static noinline long typed_by_mmap(struct bench *b)
{
	return map_small(b->small[1]);
}

static noinline long raw_by_prepare(struct bench *b)
{
	return map_small(b->small[2]);
}

static noinline long typed_by_prepare(struct bench *b)
{
	return map_small(b->small[3]);
}

/* ---- taking pages out of all mappings ----------------------------------------------------- */

static void fill_and_let_go(struct bench *b)
{
	fill(b);
	let_go(b);
}

static DECLARE_RWSEM(raw_live);

/* As much as what revokes must see to: nobody puts one in at the same time. (R17) */
static noinline long raw_revoke(struct bench *b)
{
	if (!b->nr || b->nr > NR)
		return -EINVAL;
	down_write(&raw_live);
	unmap_mapping_pages(b->mapping, 0, b->nr, true);
	up_write(&raw_live);
	return 0;
}

static noinline long typed_revoke(struct bench *b)
{
	return vma_object_zap(&b->object, 0, b->nr);
}

static noinline long typed_try_revoke(struct bench *b)
{
	return vma_object_try_zap(&b->object, 0, b->nr);
}

static noinline long typed_try_revoke_one_by_one(struct bench *b)
{
	unsigned long i;
	long err = 0;

	for (i = 0; !err && i < b->nr; i++)
		err = vma_object_try_zap(&b->object, i, 1);
	return err;
}
#endif /* CONFIG_VMA_ACCESS */

/* ---- reading page frames in order, faults included ---------------------------------------- */

#define READ_NR		FOLIO_NR

static vm_fault_t raw_read_fault(struct vm_fault *vmf)
{
	pgoff_t index = vmf->pgoff;

	if (index >= READ_NR)
		return VM_FAULT_SIGBUS;
	return vmf_insert_pfn(vmf->vma, vmf->address, page_to_pfn(bench.read_pages[index]));
}

static const struct vm_operations_struct raw_read_ops = { .fault = raw_read_fault };

static int raw_read_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_WRITE)
		return -EPERM;
	vm_flags_mod(vma, VM_PFNMAP, VM_MAYWRITE);
	vma->vm_ops = &raw_read_ops;
	return 0;
}

static const struct file_operations raw_read_fops = { .mmap = raw_read_mmap };

#ifdef CONFIG_VMA_ACCESS
static vm_fault_t read_fault(struct vm_fault *vmf)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct bench *b = &bench;
	vm_fault_t ret;
	pgoff_t index;

	ret = vma_fault_index(fault, 0, READ_NR, &index);
	if (ret)
		return ret;
	if (b->read_around)
		return vma_fault_insert_page_pfns(fault, b->read_pages, index, READ_NR);
	return vma_fault_insert_pfn(fault, page_to_pfn(b->read_pages[index]), VMA_PROT_OWN);
}

static DEFINE_VMA_TYPE(read_type,
		       VMA_MAP_PFN | VMA_DENY_WRITE | VMA_DENY_EXEC | VMA_COW_REFUSE |
		       VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW | VMA_FORK_COPY | VMA_EXPAND_REFUSE,
		       .fault = read_fault);

static DEFINE_VMA_MMAP(read_mmap, file, vma)
{
	return vma_new_set_type(vma, &read_type, file->private_data);
}

static const struct file_operations read_fops = { .mmap = read_mmap };
#endif

static noinline long read_all(struct bench *b)
{
	unsigned long i;
	long sum = 0;
	u8 byte;

	for (i = 0; i < READ_NR; i++) {
		if (get_user(byte, (u8 __user *)(b->read_addr + (i << PAGE_SHIFT))))
			return -EFAULT;
		sum += byte;
	}
	return sum;
}

static void read_nothing(struct bench *b)
{
	mmap_read_lock(b->mm);
	zap_vma_range(vma_lookup(b->mm, b->read_addr), b->read_addr, READ_NR << PAGE_SHIFT);
	mmap_read_unlock(b->mm);
}

/* ---- binder itself ------------------------------------------------------------------------- */

static const struct vm_operations_struct binder_bench_ops;

static int binder_bench_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct bench *b = file->private_data;

	vm_flags_mod(vma, VM_DONTCOPY | VM_MIXEDMAP, VM_MAYWRITE);
	vma->vm_ops = &binder_bench_ops;
	vma->vm_private_data = b->alloc;
	return binder_alloc_mmap_handler(b->alloc, vma);
}

static const struct file_operations binder_bench_fops = {
	.mmap = binder_bench_mmap,
};

static noinline long binder_new_buf(struct bench *b)
{
	b->buffer = binder_alloc_new_buf(b->alloc, b->nr << PAGE_SHIFT, 0, 0, 0);
	return PTR_ERR_OR_ZERO(b->buffer);
}

/* The shrinker takes back what a buffer that was freed has left. */
static void binder_empty(struct bench *b)
{
	binder_alloc_free_buf(b->alloc, b->buffer);
	drop_slab();
}

static void binder_keep(struct bench *b)
{
	binder_alloc_free_buf(b->alloc, b->buffer);
}

/* What binder_page_alloc() does: all but this is the VMA's part. */
static noinline long binder_allocate(struct bench *b)
{
	unsigned long i;

	for (i = 0; i < b->nr; i++) {
		struct page *page = alloc_page(GFP_KERNEL | __GFP_HIGHMEM |
					       __GFP_ZERO);
		struct binder_shrinker_mdata *mdata = kzalloc_obj(*mdata);

		if (!page || !mdata)
			return -ENOMEM;
		mdata->alloc = b->alloc;
		mdata->page_index = i;
		INIT_LIST_HEAD(&mdata->lru);
		set_page_private(page, (unsigned long)mdata);
		b->pages[i] = page;
	}
	return 0;
}

static void binder_unallocate(struct bench *b)
{
	unsigned long i;

	for (i = 0; i < b->nr; i++) {
		kfree((void *)page_private(b->pages[i]));
		__free_page(b->pages[i]);
	}
}

/* ---- a packet socket's ring ------------------------------------------------------------------ */

#define RING_NR	128U	/* pages */

/* A file whose ring has blocks of 2^@order pages. */
static struct file *ring_file(unsigned int order)
{
	struct tpacket_req req = {
		.tp_block_size = PAGE_SIZE << order,
		.tp_block_nr = RING_NR >> order,
		.tp_frame_size = PAGE_SIZE,
		.tp_frame_nr = RING_NR,
	};
	struct socket *sock;
	int err = sock_create_kern(&init_net, AF_PACKET, SOCK_RAW, 0, &sock);

	if (err)
		return ERR_PTR(err);
	err = sock->ops->setsockopt(sock, SOL_PACKET, PACKET_RX_RING, KERNEL_SOCKPTR(&req),
				    sizeof(req));
	return err ? ERR_PTR(err) : sock_alloc_file(sock, 0, NULL);
}

static noinline long map_ring(struct bench *b)
{
	unsigned long addr = vm_mmap(b->ring, 0x400000000UL, RING_NR << PAGE_SHIFT,
				     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, 0);

	return IS_ERR_VALUE(addr) ? (long)addr : vm_munmap(addr, RING_NR << PAGE_SHIFT);
}

/* ---- measuring ----------------------------------------------------------------------------- */

static __always_inline u32 instructions(void)
{
	u32 low;

	asm volatile("rdtsc" : "=a" (low) : : "edx", "memory");
	return low;
}

static noinline long nothing(struct bench *b)
{
	return 0;
}

/* 1001 instructions: 500 times two and one. */
static noinline long thousand(struct bench *b)
{
	unsigned long n = 500;

	asm volatile("1: dec %0\n\tjnz 1b" : "+r" (n));
	return 0;
}

#define REPEAT	64

static int less(const void *a, const void *b)
{
	return *(const u32 *)a < *(const u32 *)b ? -1 : 1;
}

static u32 empty_call;

static void measure(const char *name, unsigned long nr, const char *side,
		    long (*what)(struct bench *),
		    void (*before)(struct bench *),
		    void (*after)(struct bench *))
{
	static u32 count[REPEAT];
	unsigned int i, n = nr > 64 ? REPEAT / 4 : REPEAT;
	struct bench *b = &bench;
	long ret = 0;
	u32 t;

	b->nr = nr;
	/* The first two are not counted. */
	for (i = 0; i < n + 2; i++) {
		if (before)
			before(b);
		t = instructions();
		ret = what(b);
		t = instructions() - t;
		if (after)
			after(b);
		if (i >= 2)
			count[i - 2] = t;
		if (IS_ERR_VALUE(ret)) {
			pr_info("failed: %s %lu %s: %ld\n", name, nr, side, ret);
			return;
		}
		cond_resched();
	}
	sort(count, n, sizeof(count[0]), less, NULL);
	pr_info("%s %lu %s %u %u\n", name, nr, side, count[0] - empty_call,
		count[n / 2] - empty_call);
}

static void calibrate(void)
{
	u32 t, i, least = ~0, loop = ~0;

	for (i = 0; i < REPEAT; i++) {
		t = instructions();
		nothing(&bench);
		least = min(least, instructions() - t);
		t = instructions();
		thousand(&bench);
		loop = min(loop, instructions() - t);
	}
	empty_call = least;
	/* Its call is as the empty one but for the three that set it up. */
	pr_info("calibration 1 loop %u %u\n", loop - least, loop - least);
}

#define BOTH(name, nr, what, before, after) do {			\
	measure(name, nr, "raw", raw_##what, before, after);		\
	measure(name, nr, "typed", typed_##what, before, after);	\
} while (0)

#ifdef CONFIG_VMA_ACCESS
static void measure_verbs(void)
{
	static const unsigned int batch[] = { 1, 16, 64, 512 };
	unsigned int i, nr;

	BOTH("mmap-read", 1, mmap_read, NULL, NULL);
	BOTH("vma-read", 1, vma_read, NULL, NULL);
	BOTH("vma-read-fallback", 1, vma_read, contended, uncontended);
	BOTH("vma-read-try", 1, vma_read_try, NULL, NULL);
	BOTH("pin", 1, pin, NULL, NULL);
	BOTH("insert-page", 1, insert_page, stabilise, empty);
	for (i = 0; i < ARRAY_SIZE(batch); i++) {
		nr = batch[i];
		BOTH("insert-pages", nr, insert_pages, stabilise, empty);
		BOTH("insert-folio", nr, insert_folio, stabilise, empty);
		BOTH("zap-range", nr, zap_range, fill, let_go);
	}
	BOTH("zap-one-by-one", 512, zap_each, fill, let_go);
	BOTH("install-one-by-one", 1, install_one_by_one, NULL, empty_from_outside);
	BOTH("install-one-by-one", 16, install_one_by_one, NULL, empty_from_outside);
	BOTH("install-pages", 16, install_pages, NULL, empty_from_outside);
	BOTH("fault-insert", 1, fault_insert, stabilise, empty);
	BOTH("mmap-munmap-by-mmap", SMALL, by_mmap, NULL, NULL);
	BOTH("mmap-munmap-by-mmap-prepare", SMALL, by_prepare, NULL, NULL);
	BOTH("revoke", 16, revoke, fill_and_let_go, NULL);
	BOTH("revoke", 512, revoke, fill_and_let_go, NULL);
	measure("shrink-16", 16, "one-by-one", typed_try_revoke_one_by_one,
		fill_and_let_go, NULL);
	measure("shrink-16", 16, "range", typed_try_revoke, fill_and_let_go, NULL);

	for (nr = 1; nr <= NR; nr *= 2) {
		measure("grow-insert", nr, "one-by-one", raw_insert_one_by_one,
			stabilise, empty);
		BOTH("grow-insert", nr, insert_pages, stabilise, empty);
		measure("grow-zap", nr, "one-by-one", raw_zap_one_by_one, fill,
			let_go);
		BOTH("grow-zap", nr, zap_range, fill, let_go);
	}
}
#endif

#ifndef CONFIG_VMA_ACCESS
/* Inserts in the core without the patches of the series. */
static void measure_inserts(void)
{
	static const unsigned int batch[] = { 1, 16, 64, 512 };
	unsigned int i;

	measure("insert-page", 1, "raw", raw_insert_page, stabilise, empty);
	for (i = 0; i < ARRAY_SIZE(batch); i++) {
		measure("insert-pages", batch[i], "raw", raw_insert_pages, stabilise, empty);
		measure("insert-folio", batch[i], "raw", raw_insert_folio, stabilise, empty);
	}
}
#endif

static void measure_reads(void)
{
	static const char * const side[] = { "raw", "one-by-one", "around" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(side); i++) {
		bench.read_addr = i ? bench.read_typed : bench.read_raw;
		if (!bench.read_addr)
			continue;
		bench.read_around = i == 2;
		bench.read_pages = bench.pages;
		measure("read-pages", READ_NR, side[i], read_all, read_nothing, NULL);
		bench.read_pages = bench.folio;
		measure("read-folio", READ_NR, side[i], read_all, read_nothing, NULL);
	}
}

#ifdef CONFIG_VMA_ACCESS
#ifdef CONFIG_RUST
static void measure_rust(void)
{
	measure("mmap-read", 1, "rust", rust_mmap_read, NULL, NULL);
	measure("vma-read", 1, "rust", rust_vma_read, NULL, NULL);
	measure("insert-page", 1, "rust", rust_insert_page, stabilise, empty);
	measure("zap-range", 512, "rust", rust_zap_range, fill, let_go);
	measure("zap-one-by-one", 512, "rust", rust_zap_each, fill, let_go);
	measure("install-one-by-one", 1, "rust", rust_install_one_by_one, NULL,
		empty_from_outside);
	measure("install-one-by-one", 16, "rust", rust_install_one_by_one, NULL,
		empty_from_outside);
}
#else
static void measure_rust(void) { }
#endif
#endif

static void measure_binder(void)
{
	static const unsigned int batch[] = { 1, 16, 64 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(batch); i++) {
		measure("binder-install", batch[i], "fresh", binder_new_buf,
			NULL, binder_empty);
		measure("binder-install", batch[i], "installed", binder_new_buf,
			NULL, binder_keep);
		measure("binder-install", batch[i], "allocation",
			binder_allocate, NULL, binder_unallocate);
	}
}

static void measure_ring(void)
{
	static const struct {
		unsigned int order;
		const char *side;
	} rings[] = { { 0, "pages" }, { 2, "blocks-of-4" }, { 5, "blocks-of-32" } };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rings); i++) {
		bench.ring = ring_file(rings[i].order);
		if (IS_ERR(bench.ring))
			pr_info("failed: ring: %ld\n", PTR_ERR(bench.ring));
		else
			measure("ring", RING_NR, rings[i].side, map_ring, NULL, NULL);
	}
}

/* ---- two processors ------------------------------------------------------------------------ */

#ifdef CONFIG_VMA_ACCESS
#define DISTURBANCES	500U	/* of each round */
#define ROUNDS		5U

static bool stop_inserting;

static int disturb(void *unused)
{
	unsigned int i;
	long err;

	kthread_use_mm(bench.mm);
	for (i = 0; i < DISTURBANCES; i++) {
		err = map_small(bench.small[1]);
		if (err)
			pr_info("failed: disturbance: %ld\n", err);
	}
	kthread_unuse_mm(bench.mm);
	WRITE_ONCE(stop_inserting, true);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static long insert_by_vma_lock(struct bench *b)
{
	struct mm_with_user *user = b->user;
	unsigned long addr = b->addr;
	struct vma_mixedmap *mixedmap;
	struct vma_ref *vma;
	int err;

	ACQUIRE(vma_read, guard)(user, addr);
	vma = vma_read_ref(&guard);
	mixedmap = vma ? vma_ref_as_mixedmap(vma) : NULL;
	if (!mixedmap)
		return -ESRCH;
	err = vma_mixedmap_insert_page(mixedmap, addr, b->pages[0]);
	return err ?: vma_ref_zap_range(vma_ref(mixedmap), addr, PAGE_SIZE);
}

static long insert_by_mmap_lock(struct bench *b)
{
	struct mm_with_user *user = b->user;
	unsigned long addr = b->addr;
	struct vma_mixedmap *mixedmap;
	struct vma_ref *vma;
	int err;

	CLASS(mmap_read, guard)(user);
	vma = vma_ref_lookup(&guard, addr);
	mixedmap = vma ? vma_ref_as_mixedmap(vma) : NULL;
	if (!mixedmap)
		return -ESRCH;
	err = vma_mixedmap_insert_page(mixedmap, addr, b->pages[0]);
	return err ?: vma_ref_zap_range(vma_ref(mixedmap), addr, PAGE_SIZE);
}

/* How often is @insert() done while the other maps so many times, and how long is that? */
static void contend(unsigned int round, const char *side,
		    long (*insert)(struct bench *))
{
	struct task_struct *other;
	unsigned long done = 0;
	long err = 0;
	ktime_t t;

	WRITE_ONCE(stop_inserting, false);
	other = kthread_create(disturb, NULL, "vma_bench_maps");
	if (IS_ERR(other)) {
		pr_info("failed: contention: %ld\n", PTR_ERR(other));
		return;
	}
	kthread_bind(other, 1);
	t = ktime_get();
	wake_up_process(other);
	while (!err && !READ_ONCE(stop_inserting)) {
		err = insert(&bench);
		done++;
		cond_resched();
	}
	t = ktime_sub(ktime_get(), t);
	kthread_stop(other);
	if (err)
		pr_info("failed: contention %s: %ld\n", side, err);
	pr_info("contention %u %s %lu %lu\n", round, side, done, done);
	pr_info("contention-us %u %s %lld %lld\n", round, side,
		ktime_to_us(t), ktime_to_us(t));
}

/* By turns, as the machine has other things to do now and then. */
static void measure_contention(void)
{
	unsigned int round;

	pr_info("contention-maps %u times 0 0\n", DISTURBANCES);
	for (round = 1; round <= ROUNDS; round++) {
		contend(round, "vma-lock", insert_by_vma_lock);
		contend(round, "mmap-lock", insert_by_mmap_lock);
	}
}
#endif

/* ---- the live scope of an object, and what it could be instead ------------------------- */

#ifdef CONFIG_VMA_ACCESS
#define SCOPES		1000000U

DEFINE_STATIC_SRCU(live_srcu);
DEFINE_STATIC_PERCPU_RWSEM(live_percpu);

static noinline long scope_rwsem(struct bench *b)
{
	CLASS(vma_object_live, live)(&b->object);

	return vma_object_is_live(&live);
}

static noinline long scope_srcu(struct bench *b)
{
	int idx = srcu_read_lock(&live_srcu);
	long ret = !READ_ONCE(b->object.__revoked);

	srcu_read_unlock(&live_srcu, idx);
	return ret;
}

static noinline long scope_percpu(struct bench *b)
{
	long ret;

	percpu_down_read(&live_percpu);
	ret = !b->object.__revoked;
	percpu_up_read(&live_percpu);
	return ret;
}

static const struct {
	const char *name;
	long (*scope)(struct bench *b);
} scopes[] = {
	{ "rwsem", scope_rwsem },
	{ "srcu", scope_srcu },
	{ "percpu-rwsem", scope_percpu },
};

static void measure_scopes(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scopes); i++)
		measure("live", 1, scopes[i].name, scopes[i].scope, NULL, NULL);
}

static int scope_again(void *scope)
{
	long (*again)(struct bench *b) = scope;
	unsigned int i;

	while (!kthread_should_stop()) {
		for (i = 0; i < 100; i++)
			again(&bench);
		cond_resched();
	}
	return 0;
}

/* By the TSC, which goes by the host's clock here: the kernel's own has steps of 10 ms. */
static s64 time_scopes(long (*scope)(struct bench *b))
{
	cycles_t t = get_cycles();
	unsigned int i;

	for (i = 0; i < SCOPES; i++)
		scope(&bench);
	return get_cycles() - t;
}

/* The time of these scopes alone, and while another processor does the same. */
static void measure_shared_scopes(void)
{
	struct task_struct *other;
	s64 alone, both;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(scopes); i++) {
		alone = time_scopes(scopes[i].scope);
		other = kthread_create(scope_again, scopes[i].scope, "vma_bench_scopes");
		if (IS_ERR(other)) {
			pr_info("failed: scopes: %ld\n", PTR_ERR(other));
			return;
		}
		kthread_bind(other, 1);
		wake_up_process(other);
		both = time_scopes(scopes[i].scope);
		kthread_stop(other);
		pr_info("contention-live 1 %s-alone %lld %lld\n", scopes[i].name, alone, alone);
		pr_info("contention-live 1 %s-both %lld %lld\n", scopes[i].name, both, both);
	}
}
#endif

/* ---- all of it ------------------------------------------------------------------------------- */

#ifdef CONFIG_VMA_ACCESS
static DEFINE_VMA_MMAP(bench_mmap, file, vma)
{
	struct bench *b = file->private_data;

	return vma_new_set_object(vma, &bench_type, &b->object);
}

static const struct file_operations bench_fops = { .mmap = bench_mmap };
#else
static int raw_mmap(struct file *file, struct vm_area_struct *vma)
{
	vm_flags_set(vma, VM_MIXEDMAP);
	return 0;
}

static const struct file_operations raw_fops = { .mmap = raw_mmap };
#endif

static int bench_set_up(struct bench *b)
{
	struct file *file;
	unsigned long i, addr;

	b->mm = mm_alloc();
	if (!b->mm)
		return -ENOMEM;
	b->mm->task_size = TASK_SIZE;
	arch_pick_mmap_layout(b->mm, &current->signal->rlim[RLIMIT_STACK]);
	kthread_use_mm(b->mm);

	b->pages = kvcalloc(NR, sizeof(*b->pages), GFP_KERNEL);
	b->mapping = kzalloc_obj(*b->mapping);
	b->alloc = kzalloc_obj(*b->alloc);
	if (!b->pages || !b->mapping || !b->alloc)
		return -ENOMEM;

	binder_alloc_init(b->alloc);
	file = anon_inode_getfile("[binder_bench]", &binder_bench_fops, b, O_RDWR);
	if (IS_ERR(file))
		return PTR_ERR(file);
	addr = vm_mmap(file, 0, SZ_4M, PROT_READ, MAP_PRIVATE, 0);
	if (IS_ERR_VALUE(addr))
		return addr;
	measure_binder();
	measure_ring();

	for (i = 0; i < NR; i++) {
		b->pages[i] = alloc_page(GFP_KERNEL);
		if (!b->pages[i])
			return -ENOMEM;
	}
	for (i = 0; i < FOLIO_NR; i++) {
		if (!i)
			b->folio[0] = alloc_pages(GFP_KERNEL | __GFP_COMP, ilog2(FOLIO_NR));
		if (!b->folio[0])
			return -ENOMEM;
		b->folio[i] = b->folio[0] + i;
	}
	file = anon_inode_getfile("[vma_read_raw]", &raw_read_fops, b, O_RDWR);
	if (IS_ERR(file))
		return PTR_ERR(file);
	b->read_raw = vm_mmap(file, 0x340000000UL, READ_NR << PAGE_SHIFT, PROT_READ,
			      MAP_SHARED | MAP_FIXED, 0);
	if (IS_ERR_VALUE(b->read_raw))
		return b->read_raw;
#ifdef CONFIG_VMA_ACCESS
	b->ref = mm_ref_grab(b->mm);
	b->user = mm_with_user_current();
	b->file = anon_inode_getfile("[vma_bench]", &bench_fops, b, O_RDWR);
	if (IS_ERR(b->file))
		return PTR_ERR(b->file);
	/* What is revoked is found by the mapping. */
	address_space_init_once(b->mapping);
	b->mapping->host = file_inode(b->file);
	b->mapping->a_ops = &empty_aops;
	b->file->f_mapping = b->mapping;
	vma_object_init(&b->object, b->mapping, 0, NR, NULL);
	/* Page tables begin with it, so that their number is the same for all. */
	b->addr = vm_mmap(b->file, 0x200000000UL, NR << PAGE_SHIFT, PROT_READ,
			  MAP_SHARED | MAP_FIXED, 0);
	if (IS_ERR_VALUE(b->addr))
		return b->addr;
	file = anon_inode_getfile("[vma_read]", &read_fops, b, O_RDWR);
	if (IS_ERR(file))
		return PTR_ERR(file);
	b->read_typed = vm_mmap(file, 0x300000000UL, READ_NR << PAGE_SHIFT, PROT_READ,
				MAP_SHARED | MAP_FIXED, 0);
	if (IS_ERR_VALUE(b->read_typed))
		return b->read_typed;
	for (i = 0; i < ARRAY_SIZE(b->small); i++) {
		b->small[i] = anon_inode_getfile("[vma_small]", &small_fops[i], b,
						 O_RDWR);
		if (IS_ERR(b->small[i]))
			return PTR_ERR(b->small[i]);
	}
#else
	b->file = anon_inode_getfile("[vma_bench]", &raw_fops, b, O_RDWR);
	if (IS_ERR(b->file))
		return PTR_ERR(b->file);
	b->addr = vm_mmap(b->file, 0x200000000UL, NR << PAGE_SHIFT, PROT_READ,
			  MAP_SHARED | MAP_FIXED, 0);
	if (IS_ERR_VALUE(b->addr))
		return b->addr;
#endif
	return 0;
}

static int bench_thread(void *unused)
{
	int err;

	calibrate();
	err = bench_set_up(&bench);
	if (err) {
		pr_info("failed: set-up: %d\n", err);
	} else {
#ifdef CONFIG_VMA_ACCESS
		if (num_online_cpus() > 1) {
			measure_contention();
			measure_shared_scopes();
		} else {
			measure_verbs();
			measure_reads();
			measure_rust();
			measure_scopes();
		}
#else
		measure_inserts();
		measure_reads();
#endif
		pr_info("done\n");
	}
	/* Nothing is undone: this is the end. */
	kernel_restart(NULL);
	return 0;
}

static int __init bench_init(void)
{
	struct task_struct *thread;

	thread = kthread_create(bench_thread, NULL, "vma_bench");
	if (IS_ERR(thread))
		return PTR_ERR(thread);
	kthread_bind(thread, 0);
	wake_up_process(thread);
	/* The boot waits for it, and there is nothing behind it. */
	for (;;)
		schedule_timeout_uninterruptible(MAX_SCHEDULE_TIMEOUT);
	return 0;
}
late_initcall_sync(bench_init);
