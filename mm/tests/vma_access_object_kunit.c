// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: objects, which count
 * and revoke their mappings. See ../vma_access_test.c for how these tests work,
 * and vma_access_test_file.c for the file that they map.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "vma_access_test_file.h"

/* ---- vma_object: counting ----------------------------------------------- */

static const struct vau_hook {
	const char *desc;
	const struct file_operations *fops;
} vau_hooks[] = {
	{ "mmap", &vau_fops },
	{ "mmap_prepare", &vau_prepare_fops },
};

KUNIT_ARRAY_PARAM_DESC(vau_hook, vau_hooks, desc);

static struct vau_file *vau_hook_file(struct kunit *test,
				      const struct vma_object_ops *ops)
{
	const struct vau_hook *hook = test->param_value;
	struct vau_file *obj = vau_file_new(test, hook->fops, ops);

	obj->type = &vau_object_mixed;
	return obj;
}

/* R17: each VMA that shows the object counts, for as long as it exists. */
static void vma_access_object_counts(struct kunit *test)
{
	struct vau_file *obj = vau_hook_file(test, &vau_object_ops);

	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 0);
	vau_map(test, obj, &vau_object_mixed);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 1);
	KUNIT_EXPECT_EQ(test, obj->mapped, 1);
	KUNIT_EXPECT_EQ(test, obj->mapped_start, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, obj->mapped_end, VAU_END);
	KUNIT_EXPECT_EQ(test, obj->mapped_pgoff, VAU_BASE);

	vau_map_at(test, obj, &vau_object_mixed, VAU_ADDR2, MAP_PRIVATE);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 2);
	KUNIT_EXPECT_EQ(test, obj->mapped, 2);
	KUNIT_EXPECT_EQ(test, obj->gets, 2);
	KUNIT_EXPECT_EQ(test, obj->puts, 0);

	/* A split makes two VMAs of one, without a new mapping. */
	KUNIT_EXPECT_EQ(test, vm_munmap(vau_at(VAU_ADDR, 5), PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 3);
	KUNIT_EXPECT_EQ(test, obj->mapped, 2);
	KUNIT_EXPECT_EQ(test, obj->gets - obj->puts, 3);

	KUNIT_EXPECT_EQ(test, vm_munmap(vau_at(VAU_ADDR, 6),
					VAU_SIZE - 6 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, obj->gets - obj->puts, 2);
	/* The one that is closed is not counted any more. */
	KUNIT_EXPECT_EQ(test, obj->put_count, 2);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 2);

	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR2, VAU_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 1);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 0);
	KUNIT_EXPECT_EQ(test, obj->puts, obj->gets);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->next), 0);
}

/* The hooks of an object are optional, each of them. */
static void vma_access_object_without_ops(struct kunit *test)
{
	static const struct vma_object_ops * const ops[] = {
		NULL, &vau_no_object_ops,
	};
	struct vau_file *obj;
	int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		obj = vau_hook_file(test, ops[i]);
		vau_map(test, obj, &vau_object_mixed);
		KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 1);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
		KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 0);
	}
}

/* R17: a mapping that a revoke would not find is refused. */
static void vma_access_object_other_mapping(struct kunit *test)
{
	struct vau_file *obj = vau_hook_file(test, &vau_object_ops);
	unsigned long refused;

	obj->file->f_mapping = file_inode(obj->file)->i_mapping;
	refused = vat_refused();
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_mmap_at(test, obj, VAU_ADDR, VAU_SIZE,
						  MAP_SHARED, VAU_BASE),
				(unsigned long)-EINVAL);
		VAT_EXPECT_WARNED(test, 0);
	}
	VAT_EXPECT_REFUSED(test, refused, 1);
	obj->file->f_mapping = &obj->mapping;
	/* It is refused before there is a mapping to undo. */
	KUNIT_EXPECT_EQ(test, obj->mapped, 0);
	KUNIT_EXPECT_EQ(test, obj->gets, 0);
	KUNIT_EXPECT_EQ(test, obj->puts, 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 0);
	KUNIT_EXPECT_NULL(test, vau_vma(current->mm, VAU_ADDR));
}

/* As a subsystem does that sets its private data, but no hooks. */
static int vau_refused_mmap(struct file *file, struct vm_area_struct *raw)
{
	struct vau_file *obj = file->private_data;
	struct vma_new *vma = vma_new_from_mmap(raw);
	int err;

	raw->vm_private_data = file;
	err = vma ? vma_new_set_object(vma, &vau_object_mixed, &obj->object) :
		    VAU_NO_HANDLE;
	obj->mapped_private = raw->vm_private_data;
	return err;
}

static const struct file_operations vau_refused_fops = {
	.owner = THIS_MODULE,
	.mmap = vau_refused_mmap,
};

/* Nothing is changed if the object's ->mapped() refuses the mapping. */
static void vma_access_object_mapped_refuses(struct kunit *test)
{
	struct vau_file *obj = vau_file_new(test, &vau_fops, &vau_object_ops);
	const struct file_operations *fops = obj->file->f_op;

	obj->file->f_op = &vau_refused_fops;
	obj->mapped_err = -EDQUOT;
	KUNIT_EXPECT_EQ(test, vau_mmap_at(test, obj, VAU_ADDR, VAU_SIZE, MAP_SHARED,
					  VAU_BASE), (unsigned long)-EDQUOT);
	KUNIT_EXPECT_PTR_EQ(test, obj->mapped_private, (void *)obj->file);
	KUNIT_EXPECT_EQ(test, obj->gets, obj->puts);
	/* Its ->release() frees the object. */
	obj->file->f_op = fops;
}

/* Nor if the hook changes the file or offset after the check. */
static void vma_access_object_changed_late(struct kunit *test)
{
	struct vau_file *obj = vau_file_new(test, &vau_prepare_fops, &vau_object_ops);
	struct vau_file *other = vau_file_new(test, &vau_prepare_fops, NULL);
	int i;

	obj->type = &vau_object_mixed;
	for (i = 0; i < 4; i++) {
		/*
		 * A page before the object's start, a page beyond its end, and
		 * exactly the object.
		 */
		static const pgoff_t late[] = { VAU_BASE - 1, VAU_BASE + 1, VAU_BASE };

		obj->late_pgoff = i < 3 ? late[i] : 0;
		obj->late_file = i < 3 ? NULL : other;
		kunit_warning_suppress(test) {
			KUNIT_EXPECT_EQ(test, vau_mmap_at(test, obj, VAU_ADDR, VAU_SIZE,
							  MAP_SHARED, VAU_BASE),
					i == 2 ? VAU_ADDR : (unsigned long)-EINVAL);
			VAT_EXPECT_WARNED(test, i != 2);
		}
		KUNIT_EXPECT_EQ(test, obj->mapped, i >= 2);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
		KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 0);
	}
	KUNIT_EXPECT_EQ(test, file_count(other->file), 1);
}

static int vau_moved_mmap(struct file *file, struct vm_area_struct *raw)
{
	struct vau_file *obj = file->private_data;
	struct vma_new *vma = vma_new_from_mmap(raw);
	int err = vma ? vma_new_set_object(vma, obj->type, &obj->object) : -EINVAL;

	if (err)
		return err;
	vma_new_set_pgoff(vma, VAU_BASE + 1);
	return 0;
}

static const struct file_operations vau_moved_fops = {
	.owner = THIS_MODULE,
	.mmap = vau_moved_mmap,
};

/* R6, R17: in ->mmap() the offset stays once an object has been set. */
static void vma_access_object_moved_late(struct kunit *test)
{
	struct vau_file *obj = vau_file_new(test, &vau_fops, &vau_object_ops);
	const struct file_operations *fops = obj->file->f_op;
	unsigned long refused = vat_refused();

	obj->file->f_op = &vau_moved_fops;
	obj->type = &vau_object_mixed;
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_mmap_at(test, obj, VAU_ADDR, VAU_SIZE, MAP_SHARED,
						  VAU_BASE), VAU_ADDR);
		VAT_EXPECT_WARNED(test, 1);
	}
	VAT_EXPECT_REFUSED(test, refused, 1);
	{
		struct mm_with_user *user = mm_with_user_current();

		ACQUIRE(vma_read, guard)(user, VAU_ADDR);
		struct vma_ref *vma = vma_read_ref(&guard);

		KUNIT_ASSERT_NOT_NULL(test, vma);
		KUNIT_EXPECT_EQ(test, vma_ref_pgoff(vma), VAU_BASE);
	}
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 0);
	obj->file->f_op = fops;
}

static struct vma_object *vau_object_found_at(unsigned long addr)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, addr);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma ? vma_ref_object(vma) : ERR_PTR(-ESRCH);
}

/* R3: vma_ref_object() returns the object, or NULL for other mappings. */
static void vma_access_object_ref_object_of(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vau_map(test, obj, &vau_object_mixed);
	KUNIT_EXPECT_PTR_EQ(test, vau_object_found_at(VAU_ADDR), &obj->object);
	vau_map(test, obj, &vau_mixed);
	KUNIT_EXPECT_NULL(test, vau_object_found_at(VAU_ADDR));
	vau_map_anon(test, VAU_ADDR);
	KUNIT_EXPECT_NULL(test, vau_object_found_at(VAU_ADDR));
}

/* A mapping that the driver refuses is undone, and not counted. */
static void vma_access_object_mapped_fails(struct kunit *test)
{
	struct vau_file *obj = vau_hook_file(test, &vau_object_ops);

	obj->mapped_err = -EPROTO;
	KUNIT_EXPECT_EQ(test, vau_mmap_at(test, obj, VAU_ADDR, VAU_SIZE, MAP_SHARED,
					  VAU_BASE), (unsigned long)-EPROTO);
	KUNIT_EXPECT_EQ(test, obj->mapped, 1);
	KUNIT_EXPECT_EQ(test, obj->gets, 1);
	KUNIT_EXPECT_EQ(test, obj->puts, 1);
	KUNIT_EXPECT_EQ(test, obj->put_count, 0);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 0);
	KUNIT_EXPECT_NULL(test, vau_vma(current->mm, VAU_ADDR));
	vat_expect_unlocked(test);

	obj->mapped_err = 0;
	vau_map(test, obj, &vau_object_mixed);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 1);
}

/* ---- vma_object: taking mappings back ----------------------------------- */

/* As a driver's handler does. */
static vm_fault_t vau_fill(struct vau_file *obj, struct vma_fault *fault)
{
	struct vma_object *object = vma_ref_owner(vma_fault_ref(fault), obj->type);
	vm_fault_t ret;
	pgoff_t index;

	if (!object)
		return VM_FAULT_SIGBUS;
	CLASS(vma_object_live, live)(object);
	if (!vma_object_is_live(&live))
		return VM_FAULT_SIGBUS;
	ret = vma_fault_object_index(fault, object, &index);
	if (ret)
		return ret;
	return vma_fault_insert_page(fault, obj->pages[index]);
}

/* Access all pages: which of them show the object's memory? */
static unsigned long vau_access(unsigned long addr)
{
	unsigned long i, good = 0;

	for (i = 0; i < VAU_PAGES; i++)
		if (vau_read(vau_at(addr, i)) == i + 1)
			good |= BIT(i);
	return good;
}

static void vau_map_full(struct kunit *test, struct vau_file *obj,
			 unsigned long addr, unsigned long flags)
{
	obj->fault = vau_fill;
	vau_map_at(test, obj, &vau_object_mixed, addr, flags);
	KUNIT_EXPECT_EQ(test, vau_access(addr), VAU_ALL);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, addr), VAU_ALL);
}

/* The other object of the file, behind the first. */
static void vau_map_next(struct kunit *test, struct vau_file *obj,
			 unsigned long addr)
{
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, addr, VAU_SIZE, MAP_SHARED,
					  VAU_NEXT), addr);
	KUNIT_EXPECT_EQ(test, vau_access(addr), VAU_ALL);
}

static int vau_revoke(struct vma_object *object)
{
	vma_object_revoke(object);
	return 0;
}

static int vau_zap_all(struct vma_object *object)
{
	return vma_object_zap(object, 0, VAU_PAGES);
}

static const struct vau_take {
	const char *desc;
	int (*take)(struct vma_object *object);
	bool tries, revokes;
} vau_takes[] = {
	{ "revoke", vau_revoke, false, true },
	{ "zap", vau_zap_all, false, false },
	{ "try_zap", vau_try_zap_all, true, false },
};

KUNIT_ARRAY_PARAM_DESC(vau_take, vau_takes, desc);

/* Those that try. */
static const void *vau_try_gen_params(struct kunit *test, const void *prev,
				      char *desc)
{
	const struct vau_take *take = vau_take_gen_params(test, prev, desc);

	while (take && !take->tries)
		take = vau_take_gen_params(test, take, desc);
	return take;
}

/* The lock of the live scope was not left held. */
static bool vau_live_lock_free(struct vma_object *object)
{
	if (!down_write_trylock(&object->__live))
		return false;
	up_write(&object->__live);
	return true;
}

/*
 * R17: a revoke removes all mappings of the object, in all address spaces.
 * Private copies of a page stay, and so do the pages of the object's neighbour.
 */
static void vma_access_object_takes_all(struct kunit *test)
{
	const struct vau_take *param = test->param_value;
	struct vau_file *obj = test->priv;
	struct mm_with_user *user = vau_user_new(test);
	struct mm_struct *mm = __mm_with_user_raw(user);
	struct mm_struct *own = current->mm;
	unsigned long again = param->revokes ? 0 : VAU_ALL;
	int i;

	vau_map_full(test, obj, VAU_ADDR, MAP_SHARED);
	vau_map_full(test, obj, VAU_ADDR2, MAP_PRIVATE);
	KUNIT_EXPECT_EQ(test, vau_write(vau_at(VAU_ADDR2, 4) + 1, 99), 0);
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR2, 4) + 1), 99);
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, 4) + 1), 5);
	vau_map_next(test, obj, VAU_ADDR3);
	vau_move_to(mm);
	vau_map_full(test, obj, VAU_ADDR, MAP_SHARED);
	vau_move_to(own);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 3);

	KUNIT_EXPECT_EQ(test, param->take(&obj->object), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(own, VAU_ADDR), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(own, VAU_ADDR2), BIT(4));
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR2, 4) + 1), 99);
	KUNIT_EXPECT_EQ(test, vau_mapped(mm, VAU_ADDR), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(own, VAU_ADDR3), VAU_ALL);
	for (i = 0; i < VAU_PAGES; i++)
		KUNIT_EXPECT_EQ(test, page_ref_count(obj->pages[i]), 2);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->object), 3);
	KUNIT_EXPECT_EQ(test, vau_is_live(&obj->object), !param->revokes);
	KUNIT_EXPECT_TRUE(test, vau_is_live(&obj->next));
	KUNIT_EXPECT_TRUE(test, vau_live_lock_free(&obj->object));

	/* A fault inserts them again, or does not. */
	KUNIT_EXPECT_EQ(test, vau_access(VAU_ADDR), again);
	KUNIT_EXPECT_EQ(test, vau_access(VAU_ADDR2), again | BIT(4));
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR2, 4) + 1), 99);
	KUNIT_EXPECT_EQ(test, vau_mapped(own, VAU_ADDR), again);
	if (param->revokes)
		VAT_EXPECT_FAULT(test, obj->ret, VM_FAULT_SIGBUS);

	/* Once more does no harm. */
	KUNIT_EXPECT_EQ(test, param->take(&obj->object), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(own, VAU_ADDR), 0);
	KUNIT_EXPECT_EQ(test, vau_is_live(&obj->object), !param->revokes);

	KUNIT_EXPECT_TRUE(test, vau_live_lock_free(&obj->object));
	KUNIT_EXPECT_EQ(test, vau_access(VAU_ADDR), again);
	vau_move_to(mm);
	KUNIT_EXPECT_EQ(test, vau_access(VAU_ADDR), again);
	/* Unmap it before the file, and so its hooks, is gone. */
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
	vau_move_to(own);
	vat_expect_unlocked(test);
}

/* The neighbour can be revoked alone: the ranges are exact at both ends. */
static void vma_access_object_takes_own_range(struct kunit *test)
{
	const struct vau_take *param = test->param_value;
	struct vau_file *obj = test->priv;
	struct vma_object *empty = kunit_kzalloc(test, sizeof(*empty), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, empty);
	vau_map_full(test, obj, VAU_ADDR, MAP_SHARED);
	vau_map_next(test, obj, VAU_ADDR2);
	/*
	 * unmap_mapping_pages() would take 0 pages as "to the end of the file".
	 */
	vma_object_init(empty, &obj->mapping, VAU_BASE, 0, NULL);
	KUNIT_EXPECT_EQ(test, param->take(empty), param->revokes ? 0 : -EINVAL);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), VAU_ALL);
	KUNIT_EXPECT_NE(test, vau_mapped(current->mm, VAU_ADDR2), 0);
	KUNIT_EXPECT_EQ(test, param->take(&obj->next), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), VAU_ALL);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR2), 0);
	KUNIT_EXPECT_TRUE(test, vau_is_live(&obj->object));
	KUNIT_EXPECT_EQ(test, vau_is_live(&obj->next), !param->revokes);
}

/* A mapping of a part, in the middle of the object. */
static void vma_access_object_takes_part(struct kunit *test)
{
	const struct vau_take *param = test->param_value;
	struct vau_file *obj = test->priv;
	unsigned long i;

	obj->fault = vau_fill;
	obj->type = &vau_object_mixed;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, VAU_ADDR, 4 * PAGE_SIZE,
					  MAP_SHARED, VAU_BASE + 6), VAU_ADDR);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, i)), i + 7);
	KUNIT_EXPECT_EQ(test, param->take(&obj->object), 0);
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_FALSE(test, pte_present(vau_pte(current->mm,
							     vau_at(VAU_ADDR, i))));
}

/* Many can insert at once: faults of one object do not wait for each other. */
static void vma_access_object_live_shared(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	bool shared;

	{
		CLASS(vma_object_live, live)(&obj->object);

		KUNIT_EXPECT_TRUE(test, vma_object_is_live(&live));
		shared = down_read_trylock(&obj->object.__live);
		if (shared)
			up_read(&obj->object.__live);
	}
	KUNIT_EXPECT_TRUE(test, shared);
	KUNIT_EXPECT_TRUE(test, vau_live_lock_free(&obj->object));
}

/*
 * The try forms fail while a task inserts pages or changes the reverse mapping.
 * Then they do nothing, and hold no lock.
 */
static void vma_access_object_try_contended(struct kunit *test)
{
	const struct vau_take *param = test->param_value;
	struct vau_file *obj = test->priv;
	int err;

	vau_map_full(test, obj, VAU_ADDR, MAP_SHARED);
	{
		CLASS(vma_object_live, live)(&obj->object);

		err = param->take(&obj->object);
		KUNIT_EXPECT_TRUE(test, vma_object_is_live(&live));
	}
	KUNIT_EXPECT_EQ(test, err, -EAGAIN);
	KUNIT_EXPECT_TRUE(test, vau_live_lock_free(&obj->object));
	KUNIT_EXPECT_TRUE(test, vau_is_live(&obj->object));
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), VAU_ALL);

	i_mmap_lock_write(&obj->mapping);
	err = param->take(&obj->object);
	i_mmap_unlock_write(&obj->mapping);
	KUNIT_EXPECT_EQ(test, err, -EAGAIN);
	KUNIT_EXPECT_TRUE(test, vau_live_lock_free(&obj->object));
	KUNIT_EXPECT_TRUE(test, vau_is_live(&obj->object));
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), VAU_ALL);

	/* The next attempt succeeds. */
	KUNIT_EXPECT_EQ(test, param->take(&obj->object), 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
}

static const struct vau_wait {
	const char *desc;
	int (*take)(struct vma_object *object);
} vau_waits[] = {
	{ "revoke", vau_revoke },
	{ "zap", vau_zap_all },
};

KUNIT_ARRAY_PARAM_DESC(vau_wait, vau_waits, desc);

struct vau_taker {
	struct work_struct work;
	struct vma_object *object;
	int (*take)(struct vma_object *object);
	struct completion started;
	bool done;
	int err;
};

static void vau_taker_fn(struct work_struct *work)
{
	struct vau_taker *taker = container_of(work, struct vau_taker, work);

	complete(&taker->started);
	taker->err = taker->take(taker->object);
	WRITE_ONCE(taker->done, true);
}

/* R17: the other forms wait for inserts to end before they do anything. */
static void vma_access_object_waits(struct kunit *test)
{
	const struct vau_wait *param = test->param_value;
	struct vau_file *obj = test->priv;
	struct vau_taker taker = { .object = &obj->object, .take = param->take };
	bool done, live_before, live_after;
	int refs;

	vau_map_full(test, obj, VAU_ADDR, MAP_SHARED);
	refs = page_ref_count(obj->pages[0]);
	init_completion(&taker.started);
	INIT_WORK_ONSTACK(&taker.work, vau_taker_fn);
	{
		CLASS(vma_object_live, live)(&obj->object);

		live_before = vma_object_is_live(&live);
		queue_work(system_dfl_wq, &taker.work);
		wait_for_completion(&taker.started);
		schedule_timeout_uninterruptible(HZ / 20 + 1);
		done = READ_ONCE(taker.done);
		live_after = vma_object_is_live(&live);
		/* The page tables themselves are protected by the mmap lock. */
		KUNIT_EXPECT_EQ(test, page_ref_count(obj->pages[0]), refs);
	}
	flush_work(&taker.work);
	destroy_work_on_stack(&taker.work);
	KUNIT_EXPECT_FALSE(test, done);
	KUNIT_EXPECT_EQ(test, live_after, live_before);
	KUNIT_EXPECT_TRUE(test, taker.done);
	KUNIT_EXPECT_EQ(test, taker.err, 0);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
	KUNIT_EXPECT_EQ(test, vau_is_live(&obj->object), param->take != vau_revoke);
	KUNIT_EXPECT_TRUE(test, vau_live_lock_free(&obj->object));
}

static const struct vau_zap {
	const char *desc;
	pgoff_t index;
	unsigned long nr;
	int err;
	unsigned long gone;
} vau_zaps[] = {
	{ "first", 0, 1, 0, BIT(0) },
	{ "middle", 3, 2, 0, BIT(3) | BIT(4) },
	{ "last", VAU_PAGES - 1, 1, 0, BIT(VAU_PAGES - 1) },
	{ "all", 0, VAU_PAGES, 0, VAU_ALL },
	{ "none", 0, 0, -EINVAL },
	{ "none in the middle", 3, 0, -EINVAL },
	{ "none at the end", VAU_PAGES, 0, -EINVAL },
	{ "behind the last", VAU_PAGES, 1, -EINVAL },
	{ "far behind", 5 * VAU_PAGES, 1, -EINVAL },
	{ "over the end", VAU_PAGES - 1, 2, -EINVAL },
	{ "all and one", 0, VAU_PAGES + 1, -EINVAL },
	{ "wraps to itself", 3, -1UL, -EINVAL },
	{ "wraps to 0", 3, -3UL, -EINVAL },
	{ "everything", 0, -1UL, -EINVAL },
	{ "before the start", -1UL, 1, -EINVAL },
	{ "from before the start", -1UL, 2, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(vau_zap, vau_zaps, desc);

/* R6: exactly these pages, or an error and none. */
static void vma_access_object_zap_range(struct kunit *test)
{
	const struct vau_zap *zap = test->param_value;
	struct vau_file *obj = test->priv;

	vau_map_full(test, obj, VAU_ADDR, MAP_SHARED);
	vau_map_next(test, obj, VAU_ADDR2);
	KUNIT_EXPECT_EQ(test, vma_object_zap(&obj->object, zap->index, zap->nr),
			zap->err);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), VAU_ALL & ~zap->gone);

	KUNIT_EXPECT_EQ(test, vau_access(VAU_ADDR), VAU_ALL);
	KUNIT_EXPECT_EQ(test, vma_object_try_zap(&obj->object, zap->index, zap->nr),
			zap->err);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), VAU_ALL & ~zap->gone);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR2), VAU_ALL);
	KUNIT_EXPECT_TRUE(test, vau_is_live(&obj->object));
	KUNIT_EXPECT_TRUE(test, vau_live_lock_free(&obj->object));
}

/* ---- what was traced ---------------------------------------------------- */

static void vma_access_object_traced_object(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	struct vat_trace *trace;

	vau_map_full(test, obj, VAU_ADDR, MAP_SHARED);
	trace = vat_trace_start(test, VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vma_object_zap(&obj->object, 3, 2), 0);
	KUNIT_EXPECT_EQ(test, vma_object_try_zap(&obj->object, 7, 1), 0);
	vma_object_revoke(&obj->object);
	i_mmap_lock_write(&obj->mapping);
	KUNIT_EXPECT_EQ(test, vma_object_try_zap(&obj->object, 7, 1), -EAGAIN);
	i_mmap_unlock_write(&obj->mapping);
	vat_trace_stop(test, trace);
	KUNIT_EXPECT_STREQ(test, trace->text,
			   "revoke 3+2\nrevoke 7+1\nrevoke 0+16\n"
			   "refuse contended -11\n");
}

static struct kunit_case vau_cases[] = {
	KUNIT_CASE_PARAM(vma_access_object_counts, vau_hook_gen_params),
	KUNIT_CASE_PARAM(vma_access_object_without_ops, vau_hook_gen_params),
	KUNIT_CASE_PARAM(vma_access_object_mapped_fails, vau_hook_gen_params),
	KUNIT_CASE_PARAM(vma_access_object_other_mapping, vau_hook_gen_params),
	KUNIT_CASE(vma_access_object_mapped_refuses),
	KUNIT_CASE(vma_access_object_changed_late),
	KUNIT_CASE(vma_access_object_moved_late),
	KUNIT_CASE(vma_access_object_ref_object_of),
	KUNIT_CASE_PARAM(vma_access_object_takes_all, vau_take_gen_params),
	KUNIT_CASE_PARAM(vma_access_object_takes_own_range, vau_take_gen_params),
	KUNIT_CASE_PARAM(vma_access_object_takes_part, vau_take_gen_params),
	KUNIT_CASE(vma_access_object_live_shared),
	KUNIT_CASE_PARAM(vma_access_object_try_contended, vau_try_gen_params),
	KUNIT_CASE_PARAM(vma_access_object_waits, vau_wait_gen_params),
	KUNIT_CASE_PARAM(vma_access_object_zap_range, vau_zap_gen_params),

	KUNIT_CASE(vma_access_object_traced_object),
	{ }
};

static struct kunit_suite vau_suite = {
	.name = "vma_access_object",
	.init = vau_init,
	.test_cases = vau_cases,
};

kunit_test_suite(vau_suite);
