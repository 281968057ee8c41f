// SPDX-License-Identifier: GPL-2.0
/*
 * A page pool that user space maps read-only: an example of a driver that works
 * on VMAs, which you can copy from.
 *
 * Each open file of /dev/vma_pool is a pool of up to VMA_POOL_PAGES pages. The
 * process that opened the file can map it, once at a time. VMA_POOL_FILL adds
 * pages; any process that holds the file may call it. An access to a page that
 * is missing raises SIGBUS, as the core does for a mapping without ->fault().
 * Pages are freed with the mapping, or earlier when memory is short.
 * VMA_POOL_CLOSE frees all of them, and no fill brings them back.
 *
 * A driver of this kind has four parts: an ->mmap_prepare() hook (pool_mmap()),
 * an insert (pool_fill()), a shrinker (pool_shrink()), and the end of the memory
 * (pool_close()). All of them reach VMAs only through <linux/vma_access.h>. The
 * rules R1 to R18 that the comments name are explained in
 * Documentation/mm/vma_access.rst.
 *
 * Locks, from the outermost to the innermost:
 *
 *	mmap lock, VMA lock	taken by the core for hooks, by guards elsewhere
 *	  vma_object_live	taken by fill; a close waits for its end
 *	    pool->lock		taken when a mapping comes and goes, so never
 *				held around the lookup of a VMA
 *	      reclaim		fill allocates with all of the above held
 *
 * pools_lock is never held together with another lock of this list, except in
 * reclaim. The shrinker runs in reclaim, so it only tries every lock.
 */
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "vma_pool.h"
/* This must be the last include: it makes raw VMA access a build error. */
#include <linux/vma_access_strict.h>

/* One open file. */
struct vma_pool {
	/* Entry in the list of all pools, protected by pools_lock. */
	struct list_head node;
	/*
	 * The mm of the process that opened the file, set once. This reference
	 * does not keep the process's memory alive. A pin does, for the short
	 * time in which the driver works on the memory (R4).
	 */
	struct mm_ref *mm;
	/*
	 * The object that the mapping shows, and by which it is found. The file
	 * has its own address_space: all files of the device share the
	 * device's, which would lead to the mappings of all pools.
	 */
	struct vma_object object;
	struct address_space mapping;
	/* Protects all members below. */
	struct mutex lock;
	/*
	 * Where the pool was mapped last. Written with the lock held. Read
	 * without it, and only as a hint: user space can unmap and map at any
	 * time, so the identity of the VMA that is found there must be checked
	 * (R3).
	 */
	unsigned long addr;
	/* Whether there is a mapping. Without one, there are no pages. */
	bool mapped;
	/*
	 * Only these pages are ever mapped. A page here need not be mapped:
	 * user space may have called madvise(MADV_DONTNEED).
	 */
	struct page *pages[VMA_POOL_PAGES];
	unsigned int present;	/* how many pages are set */
};

static LIST_HEAD(pools);
static DEFINE_MUTEX(pools_lock);
static atomic_long_t pools_present;	/* in all pools, for the shrinker */

/*
 * Allocate a page and write every byte of it, so that user space never sees old
 * contents of that memory.
 */
static int pool_add(struct vma_pool *pool, unsigned long index, u64 content)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	void *to;

	lockdep_assert_held(&pool->lock);
	if (!page)
		return -ENOMEM;
	to = kmap_local_page(page);
	memset64(to, content, PAGE_SIZE / sizeof(u64));
	kunmap_local(to);
	pool->pages[index] = page;
	pool->present++;
	atomic_long_inc(&pools_present);
	return 0;
}

/* Another holder of a reference, such as get_user_pages(), keeps the page. */
static void pool_del(struct vma_pool *pool, unsigned long index)
{
	lockdep_assert_held(&pool->lock);
	put_page(pool->pages[index]);
	pool->pages[index] = NULL;
	pool->present--;
	atomic_long_dec(&pools_present);
}

static void pool_del_all(struct vma_pool *pool)
{
	unsigned long i;

	for (i = 0; i < VMA_POOL_PAGES; i++)
		if (pool->pages[i])
			pool_del(pool, i);
}

/* ---- the mapping -------------------------------------------------------- */

/*
 * The type declares once, without defaults, what user space may do with a
 * mapping of a pool (R8). Splits, moves and copies are refused, so one address
 * is enough to remember. Write access is always denied (R1), so no private
 * mapping is copy-on-write, and VMA_COW_REFUSE never refuses one.
 */
static DEFINE_VMA_OBJECT_TYPE(pool_vma_type,
			      VMA_MAP_MIXED | VMA_DENY_WRITE | VMA_DENY_EXEC |
			      VMA_COW_REFUSE | VMA_SPLIT_REFUSE |
			      VMA_MREMAP_REFUSE | VMA_FORK_DROP |
			      VMA_EXPAND_REFUSE);

/*
 * There is no mapping yet, and mmap() may still fail, so this must not change
 * the pool. With DEFINE_VMA_MMAP() instead, this would be ->mmap(), the older
 * hook, and the rest of the driver would stay the same.
 */
static int pool_mmap(struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	struct vma_pool *pool = desc->file->private_data;

	/*
	 * Another process may have got the file, but a pool works on one mm.
	 * (R15)
	 */
	if (!mm_with_user_is(vma_new_mm(vma), pool->mm))
		return -EIO;
	/*
	 * This checks the mapping against the object's size (R6), applies the
	 * policy, and makes the object count the mapping. The mapping holds the
	 * file, and the file holds the pool, so the owner outlives the mapping.
	 */
	return vma_new_set_object(vma, &pool_vma_type, &pool->object);
}

/* The mapping is there. If this fails, it is torn down through pool_put(). */
static int pool_mapped(struct vma_object *object, unsigned long start,
		       unsigned long end, pgoff_t pgoff)
{
	struct vma_pool *pool = container_of(object, struct vma_pool, object);

	guard(mutex)(&pool->lock);
	if (pool->mapped)
		return -EBUSY;
	WRITE_ONCE(pool->addr, start);
	pool->mapped = true;
	return 0;
}

/*
 * Called when a mapping is torn down: munmap(), mmap() over it, exec or exit.
 * The file keeps the pool, so only the end of the last mapping matters. Other
 * mappings are a second one that pool_mapped() refused, and a copy that
 * mremap() makes before it calls ->mremap() and undoes when that refuses.
 */
static void pool_put(struct vma_object *object)
{
	struct vma_pool *pool = container_of(object, struct vma_pool, object);

	if (vma_object_mappings(object))
		return;
	guard(mutex)(&pool->lock);
	pool->mapped = false;
	pool_del_all(pool);
}

static const struct vma_object_ops pool_object_ops = {
	.put = pool_put,
	.mapped = pool_mapped,
};

/* ---- pages come in ------------------------------------------------------ */

/*
 * The address of a page of the pool in the mapping. The mapping need not start
 * with the pool's first page, so count from the object's start (R12). If the
 * mapping does not contain the page, this is an address outside, which the
 * layer refuses (R6).
 */
static unsigned long pool_page_addr(struct vma_mixedmap *mixedmap,
				    unsigned long index)
	__must_hold_shared(vma_stable)
{
	struct vma_ref *vma = vma_ref(mixedmap);

	return vma_ref_start(vma) + ((index - vma_ref_pgoff(vma)) << PAGE_SHIFT);
}

/* Make and map new pages, up to @end or the first page that exists. */
static int pool_fill_new(struct vma_pool *pool, struct vma_mixedmap *vma,
			 unsigned long index, unsigned long end, u64 value,
			 unsigned long *made)
	__must_hold_shared(vma_stable)
{
	unsigned long nr = 0;
	int err = 0;

	*made = 0;
	while (!err && index + nr < end && !pool->pages[index + nr]) {
		err = pool_add(pool, index + nr, value + index + nr);
		nr += !err;
	}
	if (!err)
		err = vma_mixedmap_insert_pages(vma, pool_page_addr(vma, index),
						&pool->pages[index], nr, made);
	/*
	 * The first @made pages are mapped, whatever @err is. Each of them has
	 * a reference of the mapping, and the pool's from alloc_page(). The
	 * rest have only the pool's, so pool_del() frees them (R13).
	 */
	while (nr > *made)
		pool_del(pool, index + --nr);
	return err;
}

static int pool_fill_locked(struct vma_pool *pool, struct vma_mixedmap *vma,
			    struct vma_pool_fill *req)
	__must_hold_shared(vma_stable)
{
	unsigned long index = req->index, end = index + req->count;
	unsigned long done;
	int err = 0;

	for (; !err && index < end; index += done) {
		if (!pool->pages[index]) {
			err = pool_fill_new(pool, vma, index, end, req->value,
					    &done);
			req->made += done;
			continue;
		}
		done = 1;
		err = vma_mixedmap_insert_page(vma, pool_page_addr(vma, index),
					       pool->pages[index]);
		/* Only this page can be mapped there already. */
		if (err == -EBUSY)
			err = 0;
	}
	return err;
}

static int pool_fill(struct vma_pool *pool, struct vma_pool_fill *req)
{
	/*
	 * The caller may be another process than the one whose memory this
	 * works on, and that one may be exiting. So pin its address space; that
	 * fails if it has no user left (R4). If the process exits meanwhile,
	 * the put at the end of this scope is the last one. It tears the memory
	 * down, sleeps and calls pool_put(). So declare the pin first: it is
	 * dropped last, after all locks (R5).
	 */
	CLASS(mm_with_user, pin)(pool->mm);
	struct mm_with_user *user = mm_with_user_of(&pin);
	struct vma_mixedmap *mixed;
	struct vma_ref *vma;

	req->made = 0;
	if (req->index >= VMA_POOL_PAGES || !req->count ||
	    req->count > VMA_POOL_PAGES - req->index)
		return -EINVAL;
	if (!user)
		return -ESRCH;

	/*
	 * The VMA stays only while the guard is held (R2). Any mapping may be
	 * at the address by now, so check that this one has our type and shows
	 * this pool (R3). A vma_mixedmap takes pages (R7).
	 */
	ACQUIRE(vma_read, guard)(user, READ_ONCE(pool->addr));
	vma = vma_read_ref(&guard);
	if (!vma)
		return ACQUIRE_ERR(vma_read, &guard);
	mixed = vma_ref_as_mixedmap_of(vma, vma_type_identity(&pool_vma_type,
							      &pool->object));
	if (!mixed)
		return -ESRCH;

	/*
	 * No revoke runs to the end of this scope. One has either come before,
	 * or it waits and unmaps these pages too (R17).
	 */
	CLASS(vma_object_live, live)(&pool->object);
	if (!vma_object_is_live(&live))
		return -ENODEV;

	guard(mutex)(&pool->lock);
	return pool_fill_locked(pool, mixed, req);
}

/* ---- pages go ----------------------------------------------------------- */

/*
 * Unmap a range. The pool keeps the pages. The range comes from user space
 * unchecked: the layer refuses one that wraps, is not aligned or is not inside
 * the mapping, before it changes anything (R6).
 */
static int pool_zap(struct vma_pool *pool, const struct vma_pool_zap *req)
{
	CLASS(mm_with_user, pin)(pool->mm);
	struct mm_with_user *user = mm_with_user_of(&pin);
	struct vma_ref *vma;

	if (req->addr > ULONG_MAX || req->size > ULONG_MAX)
		return -EFAULT;
	if (!user)
		return -ESRCH;
	ACQUIRE(vma_read, guard)(user, READ_ONCE(pool->addr));
	vma = vma_read_ref(&guard);
	if (!vma)
		return ACQUIRE_ERR(vma_read, &guard);
	/* Another mapping may be there, whose contents would be lost. (R3) */
	if (!vma_ref_is(vma, vma_type_identity(&pool_vma_type, &pool->object)))
		return -ESRCH;
	return vma_ref_zap_range(vma, req->addr, req->size);
}

/*
 * Free up to @nr pages and return how many were freed. This runs in reclaim,
 * perhaps called by pool_fill() with all its locks held, so it never waits: it
 * skips a page if a lock is not available. It finds the mapping through the
 * file, not by its address. So it needs no pinned address space, and cannot hit
 * another mapping.
 */
static unsigned long pool_shrink(struct vma_pool *pool, unsigned long nr)
{
	unsigned long i, end, freed = 0;

	if (!mutex_trylock(&pool->lock))
		return 0;
	for (i = 0; i < VMA_POOL_PAGES && freed < nr; i = end + 1) {
		/* Zap adjacent pages as one range, at a third of the cost. */
		end = i;
		while (end < VMA_POOL_PAGES && end - i < nr - freed &&
		       pool->pages[end])
			end++;
		if (end == i)
			continue;
		/*
		 * Unmap the pages before freeing them, never the other way.
		 * pool->lock is held, so nothing maps them again. (R17)
		 */
		if (vma_object_try_zap(&pool->object, i, end - i))
			break;
		for (; i < end; i++, freed++)
			pool_del(pool, i);
	}
	mutex_unlock(&pool->lock);
	return freed;
}

/*
 * Free all pages for good. Once the object is revoked, no process maps any page
 * of it and no fill adds one, so what is here now is all there will be (R17). A
 * driver does this before its memory goes, as when a device is removed.
 */
static void pool_close(struct vma_pool *pool)
{
	vma_object_revoke(&pool->object);
	guard(mutex)(&pool->lock);
	pool_del_all(pool);
}

static unsigned long pools_count(struct shrinker *shrinker,
				 struct shrink_control *sc)
{
	return atomic_long_read(&pools_present) ?: SHRINK_EMPTY;
}

static unsigned long pools_scan(struct shrinker *shrinker,
				struct shrink_control *sc)
{
	unsigned long freed = 0;
	struct vma_pool *pool;

	if (!mutex_trylock(&pools_lock))
		return SHRINK_STOP;
	list_for_each_entry(pool, &pools, node) {
		freed += pool_shrink(pool, sc->nr_to_scan - freed);
		if (freed >= sc->nr_to_scan)
			break;
	}
	/* Do not start with the same pool each time. */
	list_rotate_left(&pools);
	mutex_unlock(&pools_lock);
	return freed ?: SHRINK_STOP;
}

/* ---- the device --------------------------------------------------------- */

static int pool_open(struct inode *inode, struct file *file)
{
	struct vma_pool *pool = kzalloc_obj(*pool);

	if (!pool)
		return -ENOMEM;
	pool->mm = mm_ref_grab_current();
	if (!pool->mm) {	/* a kernel thread (R9) */
		kfree(pool);
		return -EINVAL;
	}
	mutex_init(&pool->lock);
	address_space_init_once(&pool->mapping);
	pool->mapping.host = inode;
	pool->mapping.a_ops = &empty_aops;
	file->f_mapping = &pool->mapping;
	vma_object_init(&pool->object, &pool->mapping, 0, VMA_POOL_PAGES,
			&pool_object_ops);
	file->private_data = pool;

	guard(mutex)(&pools_lock);
	list_add_tail(&pool->node, &pools);
	return 0;
}

/* A mapping holds the file, so there is none left, and there are no pages. */
static int pool_release(struct inode *inode, struct file *file)
{
	struct vma_pool *pool = file->private_data;

	/*
	 * After this the shrinker has finished with the pool and cannot find
	 * it.
	 */
	scoped_guard(mutex, &pools_lock)
		list_del(&pool->node);
	WARN_ON_ONCE(vma_object_mappings(&pool->object) || pool->present);
	mm_ref_drop(pool->mm);
	kfree(pool);
	return 0;
}

static long pool_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct vma_pool *pool = file->private_data;
	void __user *uarg = (void __user *)arg;
	struct vma_pool_info info = { };
	struct vma_pool_fill fill;
	struct vma_pool_zap zap;
	int err;

	switch (cmd) {
	case VMA_POOL_FILL:
		if (copy_from_user(&fill, uarg, sizeof(fill)))
			return -EFAULT;
		err = pool_fill(pool, &fill);
		if (copy_to_user(uarg, &fill, sizeof(fill)))
			return -EFAULT;
		return err;
	case VMA_POOL_ZAP:
		if (copy_from_user(&zap, uarg, sizeof(zap)))
			return -EFAULT;
		return pool_zap(pool, &zap);
	case VMA_POOL_SHRINK:
		return pool_shrink(pool, arg);
	case VMA_POOL_CLOSE:
		pool_close(pool);
		return 0;
	case VMA_POOL_INFO:
		scoped_guard(mutex, &pool->lock) {
			info.addr = pool->addr;
			info.mapped = pool->mapped;
			info.present = pool->present;
		}
		return copy_to_user(uarg, &info, sizeof(info)) ? -EFAULT : 0;
	default:
		return -ENOTTY;
	}
}

static const struct file_operations pool_fops = {
	.owner = THIS_MODULE,
	.open = pool_open,
	.release = pool_release,
	.mmap_prepare = pool_mmap,
	.unlocked_ioctl = pool_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* Only root may open it, because a pool's pages are not charged to anybody. */
static struct miscdevice pool_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vma_pool",
	.fops = &pool_fops,
	.mode = 0600,
};

static struct shrinker *pools_shrinker;

static int __init vma_pool_init(void)
{
	int err;

	pools_shrinker = shrinker_alloc(0, "vma-pool");
	if (!pools_shrinker)
		return -ENOMEM;
	pools_shrinker->count_objects = pools_count;
	pools_shrinker->scan_objects = pools_scan;
	shrinker_register(pools_shrinker);

	err = misc_register(&pool_misc);
	if (err)
		shrinker_free(pools_shrinker);
	return err;
}
module_init(vma_pool_init);

/*
 * Not called while a pool is open or mapped, because the file holds the module.
 */
static void __exit vma_pool_exit(void)
{
	misc_deregister(&pool_misc);
	shrinker_free(pools_shrinker);
}
module_exit(vma_pool_exit);

MODULE_DESCRIPTION("Page pool mapped through typed VMA access");
MODULE_LICENSE("GPL");
