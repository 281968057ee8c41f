// SPDX-License-Identifier: GPL-2.0
/*
 * A page pool that user space maps read-only: an example of a driver that works
 * on VMAs, to copy from.
 *
 * Each open file of /dev/vma_pool is a pool of up to VMA_POOL_PAGES pages. The
 * process that opened it maps it, once at a time. Pages come in with
 * VMA_POOL_FILL, from whoever holds the file, also another process; an access
 * to one that is not there raises SIGBUS, which is what the core does for a
 * mapping without ->fault(). They go with the mapping, or before it when memory
 * is short.
 *
 * A driver writes three things of this kind: an ->mmap_prepare() hook
 * (pool_mmap()), an insert (pool_fill()) and a shrinker (pool_shrink()). All of
 * them reach VMAs through <linux/vma_access.h> only. The rules R1 to R18 that the comments name
 * are explained in Documentation/mm/vma_access.rst.
 *
 * Locks, from the outermost to the innermost:
 *
 *	mmap lock, VMA lock	taken by the core for hooks, by guards elsewhere
 *	  pool->lock		taken when a mapping comes and goes, so never
 *				held around the look-up of a VMA
 *	    reclaim		fill allocates with both of the above held
 *
 * pools_lock is taken by itself. Reclaim is where the shrinker runs, so there
 * every lock is only tried.
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
/* The last: from here on VMAs are reached by typed handles only. */
#include <linux/vma_access_strict.h>

/* One open file. */
struct vma_pool {
	/* In the list of all pools, by pools_lock. */
	struct list_head node;
	/*
	 * The address space to be mapped into: the opener's, set once. This
	 * does not keep a process's memory alive; a pin does, for the short
	 * time in which the memory is worked on (R4).
	 */
	struct mm_ref *mm;
	/*
	 * What the mapping shows, and how it is found again. The file gets an
	 * address_space of its own: the device's, which all of its files share,
	 * would lead to the mappings of all pools.
	 */
	struct vma_object object;
	struct address_space mapping;
	/* For all below. */
	struct mutex lock;
	/*
	 * Where the pool was mapped last. Written with the lock held; read
	 * without, as no more than a hint: user space unmaps and maps as it
	 * likes, and only the identity of what is found says it is ours (R3).
	 */
	unsigned long addr;
	/* There is a mapping. While there is none, there are no pages. */
	bool mapped;
	/*
	 * What is mapped is always one of these. One that is here need not be
	 * mapped: madvise(MADV_DONTNEED) is user space's right.
	 */
	struct page *pages[VMA_POOL_PAGES];
	unsigned int present;	/* how many of them are set */
};

static LIST_HEAD(pools);
static DEFINE_MUTEX(pools_lock);
static atomic_long_t pools_present;	/* of all pools, for the shrinker */

/*
 * Makes a page. Every byte of it is written: user space never sees what was in
 * that memory before.
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

/* Who has a reference of his own, as get_user_pages() takes, keeps the page. */
static void pool_del(struct vma_pool *pool, unsigned long index)
{
	lockdep_assert_held(&pool->lock);
	put_page(pool->pages[index]);
	pool->pages[index] = NULL;
	pool->present--;
	atomic_long_dec(&pools_present);
}

/* ---- the mapping ---------------------------------------------------------- */

/*
 * What a mapping of a pool is, and what user space may do with it, said once
 * and with no default (R8). Refusing splits, moves and copies is what makes
 * one address enough to remember. With write access denied for ever (R1) no
 * private mapping has pages to copy, so VMA_COW_REFUSE refuses nobody.
 */
static DEFINE_VMA_OBJECT_TYPE(pool_vma_type,
			      VMA_MAP_MIXED | VMA_DENY_WRITE | VMA_DENY_EXEC |
			      VMA_COW_REFUSE | VMA_SPLIT_REFUSE |
			      VMA_MREMAP_REFUSE | VMA_FORK_DROP |
			      VMA_EXPAND_REFUSE);

/*
 * There is no mapping yet, and perhaps there will be none: nothing of the pool
 * changes here. With DEFINE_VMA_MMAP() instead this would be ->mmap(), the older
 * hook, and all else would stay as it is.
 */
static DEFINE_VMA_MMAP_PREPARE(pool_mmap, file, vma)
{
	struct vma_pool *pool = file->private_data;

	/* The file may have been passed on; the pool works on one mm (R15). */
	if (!mm_with_user_is(vma_new_mm(vma), pool->mm))
		return -EIO;
	/*
	 * The object's size is checked against what was asked for (R6), the
	 * policy applied, and the mapping known by the object from now on. The
	 * mapping holds the file, and the file the pool: the owner outlives it.
	 */
	return vma_new_set_object(vma, &pool_vma_type, &pool->object);
}

/* The mapping is there. If this fails it goes again, by way of pool_put(). */
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
 * A mapping has gone, by munmap(), mmap() over it, exec or exit. As the file keeps
 * the pool, no mapping holds it, and only the end of the last one matters. Others
 * are a second one, which pool_mapped() refused, and a copy: to move a mapping,
 * mremap() makes one before it asks ->mremap(), and on a refusal undoes it.
 */
static void pool_put(struct vma_object *object)
{
	struct vma_pool *pool = container_of(object, struct vma_pool, object);
	unsigned long i;

	if (vma_object_mappings(object))
		return;
	guard(mutex)(&pool->lock);
	pool->mapped = false;
	for (i = 0; i < VMA_POOL_PAGES; i++)
		if (pool->pages[i])
			pool_del(pool, i);
}

static const struct vma_object_ops pool_object_ops = {
	.put = pool_put,
	.mapped = pool_mapped,
};

/* ---- pages come in -------------------------------------------------------- */

/*
 * Where a page of the pool goes in the mapping, which need not start with the
 * pool's first: counted from the object's start, not the mapping's (R12). If
 * the mapping has no place for it, this is an address outside, which the layer
 * refuses (R6).
 */
static unsigned long pool_page_addr(struct vma_mixedmap *vma,
				    unsigned long index)
	__must_hold_shared(vma_stable)
{
	return vma_ref_start(vma) + ((index - vma_ref_pgoff(vma)) << PAGE_SHIFT);
}

/* Makes and maps the pages up to @end, or up to the first that is there. */
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
	 * Whatever @err is, the first so many are mapped. Each mapping has a
	 * reference of its own; the pool's is the one of alloc_page(). Of the
	 * others the pool's is the only one (R13).
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
		/* What is mapped there already can only be this page. */
		if (err == -EBUSY)
			err = 0;
	}
	return err;
}

static int pool_fill(struct vma_pool *pool, struct vma_pool_fill *req)
{
	/*
	 * The caller may be another process than the one that is mapped into,
	 * and that one may be exiting: pin its address space, or find that there
	 * is none any more (R4). If it exits meanwhile, the put at the end of
	 * this scope is the last one and tears its memory down, which sleeps and
	 * calls pool_put(). So this kind of pin is declared first and
	 * goes last, when all locks are dropped (R5).
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
	 * A VMA is there only while the guard holds it (R2), and it is ours
	 * only if it is of our type and of this very pool (R3): by now anything
	 * may be mapped at the address. As a vma_mixedmap it takes pages (R7).
	 */
	CLASS(vma_read, guard)(user, READ_ONCE(pool->addr));
	vma = vma_read_ref(&guard);
	if (!vma)
		return vma_read_err(&guard);
	mixed = vma_ref_as_mixedmap_of(vma, vma_type_identity(&pool_vma_type,
							      &pool->object));
	if (!mixed)
		return -ESRCH;

	guard(mutex)(&pool->lock);
	return pool_fill_locked(pool, mixed, req);
}

/* ---- pages go ------------------------------------------------------------- */

/*
 * Takes the mappings of a range away. The pages stay the pool's. The range is
 * user space's, passed on as it came: the layer refuses one that wraps, is not
 * aligned or not inside the mapping, before anything happens (R6).
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
	CLASS(vma_read, guard)(user, READ_ONCE(pool->addr));
	vma = vma_read_ref(&guard);
	if (!vma)
		return vma_read_err(&guard);
	/* Anybody's memory may be there, and would be lost. (R3) */
	if (!vma_ref_is(vma, vma_type_identity(&pool_vma_type, &pool->object)))
		return -ESRCH;
	return vma_ref_zap_range(vma, req->addr, req->size);
}

/*
 * Gives back up to @nr pages and returns how many it were. Runs in reclaim,
 * perhaps that of pool_fill() with all its locks held, so it waits for nothing:
 * what cannot be had at once is left alone. It goes by the file and not by the
 * address: so it needs no address space to stay, and finds no stranger there.
 */
static unsigned long pool_shrink(struct vma_pool *pool, unsigned long nr)
{
	unsigned long i, end, freed = 0;

	if (!mutex_trylock(&pool->lock))
		return 0;
	for (i = 0; i < VMA_POOL_PAGES && freed < nr; i = end + 1) {
		/* Adjacent pages go as one range, at a third of the cost. */
		end = i;
		while (end < VMA_POOL_PAGES && end - i < nr - freed &&
		       pool->pages[end])
			end++;
		if (end == i)
			continue;
		/*
		 * First the mappings, then the pages: never the other way. With
		 * pool->lock held nothing maps them again (R17).
		 */
		if (vma_object_try_zap(&pool->object, i, end - i))
			break;
		for (; i < end; i++, freed++)
			pool_del(pool, i);
	}
	mutex_unlock(&pool->lock);
	return freed;
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
	/* Not always the same one first. */
	list_rotate_left(&pools);
	mutex_unlock(&pools_lock);
	return freed ?: SHRINK_STOP;
}

/* ---- the device ----------------------------------------------------------- */

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

/* A mapping holds the file: there is none any more, and so there are no pages. */
static int pool_release(struct inode *inode, struct file *file)
{
	struct vma_pool *pool = file->private_data;

	/* Behind this the shrinker is done with the pool, and will not find it. */
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
	VMA_MMAP_HOOK(pool_mmap),
	.unlocked_ioctl = pool_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* For root alone: a pool's pages are not charged to anybody. */
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

/* Not while a pool is open or mapped: the file holds the module. */
static void __exit vma_pool_exit(void)
{
	misc_deregister(&pool_misc);
	shrinker_free(pools_shrinker);
}
module_exit(vma_pool_exit);

MODULE_DESCRIPTION("Page pool mapped through typed VMA access");
MODULE_LICENSE("GPL");
