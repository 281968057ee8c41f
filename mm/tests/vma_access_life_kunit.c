// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: balanced hooks,
 * and references that mappings hold.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "vma_access_test_file.h"

#define LIFE_PAGES	4
#define LIFE_SIZE	(LIFE_PAGES * PAGE_SIZE)

/* The hook's next step, after it has set the type. */
enum life_then {
	LIFE_NOTHING,
	LIFE_MAP,		/* all pages, which works */
	LIFE_MAP_BAD,		/* map all pages, the last of which cannot be mapped */
	LIFE_RETURN,		/* fails by itself */
};

/* The memory that is mapped. One of the references is the file's. */
struct life {
	struct vma_object object;
	struct page *pages[LIFE_PAGES];
	refcount_t refs;
	unsigned int *freed;
	enum life_then then;
	bool by_object;
	int mapped_err;
	unsigned int gets, puts, closings, mapped;
	/* Pages that were mapped when a mapping was closed. */
	unsigned int mapped_at_put;
};

static int life_count_pte(pte_t *pte, unsigned long addr, void *count)
{
	*(unsigned int *)count += !!pte_present(ptep_get(pte));
	return 0;
}

static void life_get(struct life *life)
{
	life->gets++;
	refcount_inc(&life->refs);
}

static void life_put(struct life *life)
{
	life->puts++;
	apply_to_existing_page_range(current->mm, VAU_ADDR, LIFE_SIZE,
				     life_count_pte, &life->mapped_at_put);
	if (!refcount_dec_and_test(&life->refs))
		return;
	(*life->freed)++;
	/* Poison the object: whoever still uses it sees garbage. */
	memset(life, 0x6b, sizeof(*life));
	kfree(life);
}

static void life_closing(struct life *life, struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	life->closings += vma_ref_size(vma) >> PAGE_SHIFT;
}

DEFINE_VMA_OWNER(life_owner, struct life, .get = life_get, .put = life_put,
		 .closing = life_closing);

#define LIFE_POLICY	(VMA_MAP_MIXED | VMA_DENY_NONE | VMA_COW_ALLOW | VAU_LAX | \
			 VMA_EXPAND_REFUSE)

static DEFINE_VMA_TYPE_OWNED(life_type, LIFE_POLICY, life_owner);

/* The hooks as a naive driver writes them: no splits, copies or failures. */
static void life_object_get(struct vma_object *object)
{
	life_get(container_of(object, struct life, object));
}

static void life_object_put(struct vma_object *object)
{
	life_put(container_of(object, struct life, object));
}

static int life_object_mapped(struct vma_object *object, unsigned long start,
			      unsigned long end, pgoff_t pgoff)
{
	struct life *life = container_of(object, struct life, object);

	life->mapped++;
	return life->mapped_err;
}

static const struct vma_object_ops life_object_ops = {
	.get = life_object_get,
	.put = life_object_put,
	.mapped = life_object_mapped,
};

static vm_fault_t life_fault(struct vm_fault *vmf)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct vma_object *object = vma_ref_object(vma_fault_ref(fault));
	vm_fault_t ret;
	pgoff_t index;

	if (!object)
		return VM_FAULT_SIGBUS;
	ret = vma_fault_object_index(fault, object, &index);
	if (ret)
		return ret;
	CLASS(vma_object_live, live)(object);
	if (!vma_object_is_live(&live))
		return VM_FAULT_SIGBUS;
	return vma_fault_insert_page(fault, container_of(object, struct life,
							 object)->pages[index]);
}

static DEFINE_VMA_OBJECT_TYPE(life_object_type, LIFE_POLICY, .fault = life_fault);

/* By either handle. */
#define life_set_up(life, vma)						\
	(((life)->by_object ?						\
	  vma_new_set_object(vma, &life_object_type, &(life)->object) :	\
	  vma_new_set_type(vma, &life_type, life)) ?:			\
	 (life)->then == LIFE_RETURN ? -EPROTO :			\
	 (life)->then == LIFE_NOTHING ? 0 :				\
	 vma_new_map_pages_all(vma, (life)->pages, LIFE_PAGES))

static int life_prepare(struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	struct life *life = desc->file->private_data;

	return life_set_up(life, vma);
}

static DEFINE_VMA_MMAP(life_mmap, file, vma)
{
	struct life *life = file->private_data;

	return life_set_up(life, vma);
}

static const struct file_operations life_prepare_fops = {
	.owner = THIS_MODULE,
	.mmap_prepare = life_prepare,
};

static const struct file_operations life_mmap_fops = {
	.owner = THIS_MODULE,
	.mmap = life_mmap,
};

/* The file below, and the result of its hook after the upper hook is done. */
struct life_upper {
	struct file *lower;
	int (*hook)(struct file *lower, struct vm_area_struct *vma);
	int err;
};

/* As overlayfs does it. */
static int life_raw_upper(struct file *file, struct vm_area_struct *vma)
{
	const struct life_upper *upper = file->private_data;

	vma_set_file(vma, upper->lower);
	return upper->hook(upper->lower, vma);
}

static DEFINE_VMA_MMAP(life_typed_upper, file, vma)
{
	const struct life_upper *upper = file->private_data;
	int err;

	vma_new_set_file(vma, upper->lower);
	err = vma_new_hand_on(vma, upper->hook, upper->lower);
	return err ?: upper->err;
}

static const struct file_operations life_raw_upper_fops = {
	.owner = THIS_MODULE,
	.mmap = life_raw_upper,
};

static const struct file_operations life_typed_upper_fops = {
	.owner = THIS_MODULE,
	.mmap = life_typed_upper,
};

/* ---- the ways to mmap() ------------------------------------------------- */

static const struct life_way {
	const char *desc;
	const struct file_operations *fops, *upper;
} life_ways[] = {
	{ "mmap_prepare", &life_prepare_fops },
	{ "mmap", &life_mmap_fops },
	{ "mmap_prepare below mmap", &life_prepare_fops, &life_raw_upper_fops },
	{ "mmap_prepare below typed mmap", &life_prepare_fops, &life_typed_upper_fops },
	{ "mmap below typed mmap", &life_mmap_fops, &life_typed_upper_fops },
};

KUNIT_ARRAY_PARAM_DESC(life_way, life_ways, desc);

KUNIT_DEFINE_ACTION_WRAPPER(life_fput, fput, struct file *);

static struct file *life_file(struct kunit *test, const struct file_operations *fops,
			      void *private)
{
	struct file *file = anon_inode_getfile("[vma_access_life]", fops, private, O_RDWR);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, life_fput, file), 0);
	return file;
}

static int life_call_mmap(struct file *lower, struct vm_area_struct *vma)
{
	return lower->f_op->mmap ? lower->f_op->mmap(lower, vma) :
				   compat_vma_mmap(lower, vma);
}

static void life_free_pages(void *data)
{
	struct page **pages = data;
	int i;

	for (i = 0; i < LIFE_PAGES; i++)
		put_page(pages[i]);
}

struct life_file {
	struct life *life;
	struct file *file, *lower;
	struct life_upper upper;
	struct page *pages[LIFE_PAGES];
	unsigned int freed;
};

/* A file that shows a struct life, with the hook that the parameter names. */
static struct life_file *life_new(struct kunit *test)
{
	const struct life_way *way = test->param_value ?: &life_ways[0];
	struct life_file *it = kunit_kzalloc(test, sizeof(*it), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, it);
	it->life = kzalloc_obj(*it->life);
	KUNIT_ASSERT_NOT_NULL(test, it->life);
	for (i = 0; i < LIFE_PAGES; i++) {
		it->pages[i] = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
		memset(page_address(it->pages[i]), i + 1, PAGE_SIZE);
		it->life->pages[i] = it->pages[i];
	}
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, life_free_pages,
							it->pages), 0);
	it->life->freed = &it->freed;
	refcount_set(&it->life->refs, 1);
	it->lower = life_file(test, way->fops, it->life);
	it->file = it->lower;
	if (way->upper) {
		it->upper.lower = it->lower;
		it->upper.hook = life_call_mmap;
		it->file = life_file(test, way->upper, &it->upper);
	}
	return it;
}

/* Drop the reference of the open file: only mappings hold the object now. */
static void life_drop(struct life_file *it)
{
	struct life *life = it->life;

	if (!refcount_dec_and_test(&life->refs))
		return;
	it->freed++;
	kfree(life);
}

static unsigned long life_map(struct kunit *test, struct life_file *it)
{
	return kunit_vm_mmap(test, it->file, VAU_ADDR, LIFE_SIZE,
			     PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, 0);
}

static void life_use_object(struct life_file *it)
{
	vma_object_init(&it->life->object, it->lower->f_mapping, 0, LIFE_PAGES,
			&life_object_ops);
	it->life->by_object = true;
}

/* ---- a reference for each mapping --------------------------------------- */

/* Split it, unmap it piece by piece, and check that it is held to the last. */
static void life_check_held(struct kunit *test, struct life_file *it)
{
	struct life *life = it->life;

	KUNIT_ASSERT_EQ(test, life_map(test, it), VAU_ADDR);
	KUNIT_EXPECT_EQ(test, refcount_read(&life->refs), 2);
	life_drop(it);
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, 2)), 3);

	KUNIT_EXPECT_EQ(test, vm_munmap(vau_at(VAU_ADDR, 1), PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&life->refs), 2);
	KUNIT_EXPECT_EQ(test, life->gets - life->puts, 2);
	KUNIT_EXPECT_EQ(test, vm_munmap(vau_at(VAU_ADDR, 2), PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&life->refs), 1);
	KUNIT_EXPECT_EQ(test, vau_read(vau_at(VAU_ADDR, 3)), 4);
	KUNIT_EXPECT_EQ(test, it->freed, 0);
	if (!life->by_object)
		KUNIT_EXPECT_EQ(test, life->closings, 3);
	/* The last one frees the owner. */
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, LIFE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, it->freed, 1);
}

/* Each mapping holds a type's owner, which may be freed with the last. */
static void vma_access_life_owner(struct kunit *test)
{
	struct life_file *it = life_new(test);

	it->life->then = LIFE_MAP;
	life_check_held(test, it);
}

/* The same for an object: nothing uses it after its last ->put(). */
static void vma_access_life_object(struct kunit *test)
{
	struct life_file *it = life_new(test);

	life_use_object(it);
	life_check_held(test, it);
}

static void life_expect_balanced(struct kunit *test, struct life_file *it)
{
	KUNIT_EXPECT_EQ(test, it->life->gets, it->life->puts);
	KUNIT_EXPECT_EQ(test, refcount_read(&it->life->refs), 1);
	KUNIT_EXPECT_EQ(test, it->life->mapped_at_put, 0);
	KUNIT_EXPECT_NULL(test, vau_vma(current->mm, VAU_ADDR));
	KUNIT_EXPECT_EQ(test, it->freed, 0);
	vat_expect_unlocked(test);
}

/* Whatever fails after the type was set, the owner is released. */
static void vma_access_life_verb_fails(struct kunit *test)
{
	struct life_file *it = life_new(test);
	void *slab = kunit_kzalloc(test, 64, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, slab);
	it->life->then = LIFE_MAP_BAD;
	it->life->pages[LIFE_PAGES - 1] = virt_to_page(slab);
	KUNIT_EXPECT_TRUE(test, IS_ERR_VALUE(life_map(test, it)));
	life_expect_balanced(test, it);
	KUNIT_EXPECT_EQ(test, page_ref_count(it->pages[0]), 1);

	it->life->then = LIFE_RETURN;
	KUNIT_EXPECT_EQ(test, life_map(test, it), (unsigned long)-EPROTO);
	life_expect_balanced(test, it);
	life_drop(it);
	KUNIT_EXPECT_EQ(test, it->freed, 1);
}

/* An object whose ->mapped() refuses is neither held nor counted. */
static void vma_access_life_mapped_fails(struct kunit *test)
{
	struct life_file *it = life_new(test);

	life_use_object(it);
	it->life->mapped_err = -EDQUOT;
	KUNIT_EXPECT_EQ(test, life_map(test, it), (unsigned long)-EDQUOT);
	KUNIT_EXPECT_EQ(test, it->life->gets, 1);
	life_expect_balanced(test, it);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&it->life->object), 0);

	it->life->mapped_err = 0;
	it->life->then = LIFE_RETURN;
	KUNIT_EXPECT_EQ(test, life_map(test, it), (unsigned long)-EPROTO);
	life_expect_balanced(test, it);
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&it->life->object), 0);
	life_drop(it);
	KUNIT_EXPECT_EQ(test, it->freed, 1);
}

/* A hook that fails after another's has succeeded releases the owner, too. */
static void vma_access_life_upper_fails(struct kunit *test)
{
	const struct life_way *way = test->param_value;
	struct life_file *it;

	if (way->upper != &life_typed_upper_fops)
		kunit_skip(test, "has no typed hook above another");
	it = life_new(test);
	it->life->then = LIFE_MAP;
	it->upper.err = -EUCLEAN;
	KUNIT_EXPECT_EQ(test, life_map(test, it), (unsigned long)-EUCLEAN);
	KUNIT_EXPECT_EQ(test, it->life->gets, 1);
	life_expect_balanced(test, it);
	KUNIT_EXPECT_EQ(test, page_ref_count(it->pages[0]), 1);
	life_drop(it);
}

/* ---- the core ----------------------------------------------------------- */

/* Hooks of a driver that knows nothing of types: how often they were called. */
static struct {
	unsigned int mapped, closed;
	int mapped_err;
	struct page *page;
} life_raw;

static int life_raw_mapped(unsigned long start, unsigned long end, pgoff_t pgoff,
			   const struct file *file, void **private)
{
	life_raw.mapped += !life_raw.mapped_err;
	return life_raw.mapped_err;
}

static void life_raw_close(struct vm_area_struct *vma)
{
	life_raw.closed++;
}

static const struct vm_operations_struct life_raw_ops = {
	.mapped = life_raw_mapped,
	.close = life_raw_close,
};

static int life_raw_prepare(struct vm_area_desc *desc)
{
	vma_desc_set_flags(desc, VMA_MIXEDMAP_BIT);
	desc->vm_ops = &life_raw_ops;
	mmap_action_map_kernel_pages(desc, desc->start, &life_raw.page, 1);
	return 0;
}

static const struct file_operations life_raw_fops = {
	.owner = THIS_MODULE,
	.mmap_prepare = life_raw_prepare,
};

/* One ->close() for each ->mapped() that succeeded, by mmap() or from another hook. */
static void vma_access_life_core(struct kunit *test)
{
	struct life_file it = { .lower = life_file(test, &life_raw_fops, NULL) };
	struct page *good = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	void *slab = kunit_kzalloc(test, 64, GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, slab);
	it.upper.lower = it.lower;
	it.upper.hook = compat_vma_mmap;
	for (i = 0; i < 6; i++) {
		it.file = i < 3 ? it.lower :
				  life_file(test, &life_raw_upper_fops, &it.upper);
		memset(&life_raw, 0, sizeof(life_raw));
		life_raw.page = i % 3 == 1 ? virt_to_page(slab) : good;
		life_raw.mapped_err = i % 3 == 2 ? -EDQUOT : 0;
		KUNIT_EXPECT_EQ(test, IS_ERR_VALUE(life_map(test, &it)), i % 3 != 0);
		KUNIT_EXPECT_EQ(test, life_raw.mapped, i % 3 == 0);
		KUNIT_EXPECT_EQ(test, life_raw.closed, 0);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, LIFE_SIZE), 0);
		KUNIT_EXPECT_EQ(test, life_raw.closed, i % 3 == 0);
		KUNIT_EXPECT_EQ(test, page_ref_count(good), 1);
	}
	__free_page(good);
}

/* A hook that gets a mapping from another, sets its own hooks, and fails. */
static int life_hook_fails(struct file *lower, struct vm_area_struct *vma)
{
	vma->vm_ops = &life_raw_ops;
	return life_raw.mapped_err;
}

/* The hooks of another that has failed are not called; those of one that has not, are. */
static void vma_access_life_hand_on(struct kunit *test)
{
	struct life_file it = {
		.lower = life_file(test, &life_raw_fops, NULL),
		.upper = { .hook = life_hook_fails, .err = -EUCLEAN },
	};

	it.upper.lower = it.lower;
	it.file = life_file(test, &life_typed_upper_fops, &it.upper);
	memset(&life_raw, 0, sizeof(life_raw));
	life_raw.mapped_err = -EDQUOT;
	KUNIT_EXPECT_EQ(test, life_map(test, &it), (unsigned long)-EDQUOT);
	KUNIT_EXPECT_EQ(test, life_raw.closed, 0);
	life_raw.mapped_err = 0;
	KUNIT_EXPECT_EQ(test, life_map(test, &it), (unsigned long)-EUCLEAN);
	KUNIT_EXPECT_EQ(test, life_raw.closed, 1);
}

/* ---- handed on with a type, or an object, set ---------------------------- */

/* The changes and the result of the other hook, and the function's result. */
static struct {
	const struct vm_operations_struct *ops;
	void *owner;
	int ret, err;
	bool goes_on, bare;
	vm_flags_t flags;
	struct file *file;
} life_over;

static int life_over_vma(struct life *life, struct vm_area_struct *vma)
{
	if (life_over.ops)
		vma->vm_ops = life_over.ops;
	if (life_over.owner)
		vma->vm_private_data = life_over.owner;
	vm_flags_set(vma, life_over.flags);
	return life_over.ret;
}

static DEFINE_VMA_MMAP(life_over_mmap, file, vma)
{
	struct life *life = file->private_data;
	int err = 0;

	if (life_over.bare)
		__vma_new_raw(vma)->vm_ops = NULL;
	else
		err = life_set_up(life, vma);
	if (err)
		return err;
	if (life_over.file)
		vma_new_set_file(vma, life_over.file);
	life_over.err = vma_new_hand_on(vma, life_over_vma, life);
	return life_over.goes_on ? 0 : life_over.err;
}

static const struct file_operations life_over_fops = {
	.owner = THIS_MODULE,
	.mmap = life_over_mmap,
};

static void life_over_try(struct kunit *test, struct life_file *it)
{
	const bool replaces = !life_over.ret && (life_over.ops || life_over.owner);
	const int want = replaces ? -EINVAL : life_over.ret;
	struct life *life = it->life;
	unsigned long addr;

	it->file = life_file(test, &life_over_fops, life);
	memset(&life_raw, 0, sizeof(life_raw));
	kunit_warning_suppress(test) {
		addr = life_map(test, it);
		VAT_EXPECT_WARNED(test, replaces);
	}
	KUNIT_EXPECT_EQ(test, life_over.err, want);
	KUNIT_EXPECT_EQ(test, life_raw.closed, replaces && life_over.ops);
	KUNIT_EXPECT_EQ(test, addr, want && !life_over.goes_on ? want : VAU_ADDR);
	if (addr == VAU_ADDR) {
		/* The type is unchanged, and its owner held. */
		KUNIT_EXPECT_EQ(test, refcount_read(&life->refs), 2);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, PAGE_SIZE), 0);
		KUNIT_EXPECT_EQ(test, refcount_read(&life->refs), 2);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, LIFE_SIZE), 0);
	}
	KUNIT_EXPECT_EQ(test, refcount_read(&life->refs), 1);
	KUNIT_EXPECT_EQ(test, life->gets, life->puts);
	KUNIT_EXPECT_EQ(test, life_raw.closed, replaces && life_over.ops);
	if (life->by_object)
		KUNIT_EXPECT_EQ(test, vma_object_mappings(&life->object), 0);
}

/*
 * R8: if a mapping is handed on to another hook, that hook cannot remove the
 * type, nor the references that the type holds, whether it fails or succeeds.
 */
static void vma_access_life_hand_on_typed(struct kunit *test)
{
	struct life_file *it = life_new(test), *other = life_new(test);
	unsigned int i;

	life_use_object(other);
	/* All of these changes, in all combinations. */
	for (i = 0; i < BIT(6); i++) {
		const bool by_object = i & BIT(4), maps = i & BIT(5);

		/* An object is mapped by faults. */
		if (by_object && maps)
			continue;
		memset(&life_over, 0, sizeof(life_over));
		if (i & BIT(0))
			life_over.ops = &life_raw_ops;
		if (i & BIT(1))
			life_over.owner = by_object ? (void *)&other->life->object :
						      other->life;
		life_over.ret = i & BIT(2) ? -EDQUOT : 0;
		life_over.goes_on = i & BIT(3);
		if (by_object)
			life_use_object(it);
		else
			it->life->by_object = false;
		it->life->then = maps ? LIFE_MAP : LIFE_NOTHING;
		life_over_try(test, it);
		/*
		 * The owner of the other hook is not the type's: it is never
		 * counted.
		 */
		KUNIT_EXPECT_EQ(test, other->life->gets, 0);
		KUNIT_EXPECT_EQ(test, other->life->puts, 0);
		KUNIT_EXPECT_EQ(test, other->life->closings, 0);
	}
	life_drop(other);
	life_drop(it);
}

/* If no type was set, the other hook may set anything. */
static void vma_access_life_hand_on_bare(struct kunit *test)
{
	struct life_file *it = life_new(test);

	memset(&life_over, 0, sizeof(life_over));
	memset(&life_raw, 0, sizeof(life_raw));
	life_over.bare = true;
	life_over.ops = &life_raw_ops;
	life_over.owner = it;
	it->file = life_file(test, &life_over_fops, it->life);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, life_map(test, it), VAU_ADDR);
		VAT_EXPECT_WARNED(test, 0);
	}
	KUNIT_EXPECT_EQ(test, life_over.err, 0);
	KUNIT_EXPECT_EQ(test, life_raw.closed, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, LIFE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, life_raw.closed, 1);
	life_drop(it);
}

/* A mapping of hugetlbfs is not zapped: that is done in whole huge pages. */
static void vma_access_life_hand_on_hugetlb(struct kunit *test)
{
	struct life_file *it = life_new(test);

	memset(&life_over, 0, sizeof(life_over));
	life_over.flags = VM_HUGETLB;
	life_over.ret = -EDQUOT;
	life_over_try(test, it);
	life_drop(it);
}

/* ---- hooks that were set before a hook that fails ------------------------ */

static DEFINE_VMA_MMAP(life_refuse_mmap, file, vma)
{
	return -EDQUOT;
}

/* A typed hook above one that refuses what user space asked for. */
static DEFINE_VMA_MMAP(life_above_mmap, file, vma)
{
	struct life *life = file->private_data;

	return life_set_up(life, vma) ?:
	       vma_new_hand_on(vma, life_refuse_mmap, file);
}

/* As a subsystem does: what it has taken for the mapping it drops itself. */
static int life_sub_mmap(struct file *file, struct vm_area_struct *vma)
{
	vma->vm_ops = &life_raw_ops;
	return life_refuse_mmap(file, vma);
}

static const struct file_operations life_above_fops[] = {
	{ .owner = THIS_MODULE, .mmap = life_above_mmap },
	{ .owner = THIS_MODULE, .mmap = life_sub_mmap },
};

/* R8: a hook that fails closes what it has set up, and nothing else. */
static void vma_access_life_others_fail(struct kunit *test)
{
	struct life_file *it = life_new(test);
	int i;

	for (i = 0; i < 2; i++) {
		if (i)
			life_use_object(it);
		it->file = life_file(test, &life_above_fops[0], it->life);
		KUNIT_EXPECT_EQ(test, life_map(test, it), (unsigned long)-EDQUOT);
		KUNIT_EXPECT_EQ(test, it->life->gets, i + 1);
		life_expect_balanced(test, it);
	}
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&it->life->object), 0);

	memset(&life_raw, 0, sizeof(life_raw));
	it->file = life_file(test, &life_above_fops[1], it->life);
	KUNIT_EXPECT_EQ(test, life_map(test, it), (unsigned long)-EDQUOT);
	KUNIT_EXPECT_EQ(test, life_raw.closed, 0);
	life_drop(it);
}

/* R17: a revoke finds an object's mappings through their file. */
static void vma_access_life_object_file(struct kunit *test)
{
	struct life_file *it = life_new(test);
	struct vau_file *other = test->priv;
	long refs = file_count(other->file);
	unsigned long refused;

	memset(&life_over, 0, sizeof(life_over));
	life_use_object(it);
	it->file = life_file(test, &life_over_fops, it->life);
	/* Another file of the same device may take its place. */
	life_over.file = it->lower;
	kunit_warning_suppress(test) {
		KUNIT_ASSERT_EQ(test, life_map(test, it), VAU_ADDR);
		VAT_EXPECT_WARNED(test, 0);
	}
	KUNIT_EXPECT_EQ(test, file_count(it->lower), 2);
	life_over.file = other->file;
	refused = vat_refused();
	kunit_warning_suppress(test) {
		KUNIT_ASSERT_EQ(test, life_map(test, it), VAU_ADDR);
		VAT_EXPECT_WARNED(test, 1);
	}
	VAT_EXPECT_REFUSED(test, refused, 1);
	KUNIT_EXPECT_EQ(test, file_count(it->lower), 1);
	KUNIT_EXPECT_EQ(test, file_count(other->file), refs);
	KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 1);
	vma_object_revoke(&it->life->object);
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, LIFE_SIZE), 0);
	life_drop(it);
}

/* Drop the lock before the live scope?  The results of all attempts, or-ed. */
static bool life_waits_before;
/* Without lockdep, as after any report of it? */
static bool life_waits_unknown;
static vm_fault_t life_waits_ret;

static vm_fault_t life_wait(struct vma_fault **fault, struct file **file)
	__no_context_analysis /* analysis: a lock that is dropped on one path */
{
	vm_fault_t ret;

	if (life_waits_unknown)
		lockdep_off();
	ret = vma_fault_drop_lock(fault, file);
	if (life_waits_unknown)
		lockdep_on();
	life_waits_ret |= ret;
	return ret;
}

/*
 * Without the VMA nothing keeps the object, and the live scope ends after it.
 */
static vm_fault_t life_fault_waits(struct vm_fault *vmf)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct vma_object *object = vma_ref_object(vma_fault_ref(fault));
	struct file *file __free(fput) = NULL;
	vm_fault_t ret = 0;

	if (!object)
		return VM_FAULT_SIGBUS;
	if (life_waits_before)
		ret = life_wait(&fault, &file);
	if (ret)
		return ret;
	CLASS(vma_object_live, live)(object);
	if (!life_waits_before)
		ret = life_wait(&fault, &file);
	return ret ?: vma_fault_insert_page(fault, container_of(object, struct life,
									   object)->pages[0]);
}

static DEFINE_VMA_OBJECT_TYPE(life_waits_type, LIFE_POLICY, .fault = life_fault_waits);

static int life_waits(struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	struct life *life = desc->file->private_data;

	return vma_new_set_object(vma, &life_waits_type, &life->object);
}

static const struct file_operations life_waits_fops = {
	.owner = THIS_MODULE,
	.mmap_prepare = life_waits,
};

/* The object is a plain owner here, which the mapping does not hold. */
static const struct vma_type life_waits_plain;

static vm_fault_t life_fault_waits_plain(struct vm_fault *vmf)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct vma_object *object = vma_ref_owner(vma_fault_ref(fault), &life_waits_plain);
	struct file *file __free(fput) = NULL;
	vm_fault_t ret;

	if (!object)
		return VM_FAULT_SIGBUS;
	CLASS(vma_object_live, live)(object);
	ret = life_wait(&fault, &file);
	return ret ?: vma_fault_insert_page(fault, container_of(object, struct life,
								object)->pages[0]);
}

static DEFINE_VMA_TYPE(life_waits_plain, LIFE_POLICY, .fault = life_fault_waits_plain);

static int life_waits_by_owner(struct vm_area_desc *desc)
{
	struct vma_planned *vma = vma_planned_from_desc(desc);
	struct life *life = desc->file->private_data;

	return vma_new_set_type(vma, &life_waits_plain, &life->object);
}

static const struct file_operations life_waits_plain_fops = {
	.owner = THIS_MODULE,
	.mmap_prepare = life_waits_by_owner,
};

/* R17: the lock of a fault is not dropped inside of the live scope. */
static void vma_access_life_wait_live(struct kunit *test)
{
	struct life_file *it = life_new(test);

	if (!IS_ENABLED(CONFIG_DEBUG_VMA_ACCESS)) {
		life_drop(it);
		kunit_skip(test, "needs the debug option and lockdep");
	}
	life_use_object(it);
	it->file = life_file(test, &life_waits_fops, it->life);
	KUNIT_ASSERT_EQ(test, life_map(test, it), VAU_ADDR);
	life_waits_ret = 0;
	life_waits_before = false;
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 1);
		VAT_EXPECT_WARNED(test, 1);
	}
	VAT_EXPECT_FAULT(test, life_waits_ret, 0);
	vat_expect_unlocked(test);
	KUNIT_EXPECT_EQ(test, vma_object_zap(&it->life->object, 0, LIFE_PAGES), 0);
	/*
	 * Allowed before the scope. The second attempt keeps the lock, and
	 * inserts.
	 */
	life_waits_before = true;
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 1);
		VAT_EXPECT_WARNED(test, 0);
	}
	VAT_EXPECT_FAULT(test, life_waits_ret, VM_FAULT_RETRY);
	vat_expect_unlocked(test);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, LIFE_SIZE), 0);

	it->file = life_file(test, &life_waits_plain_fops, it->life);
	KUNIT_ASSERT_EQ(test, life_map(test, it), VAU_ADDR);
	life_waits_ret = 0;
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_read(VAU_ADDR), 1);
		VAT_EXPECT_WARNED(test, 0);
	}
	VAT_EXPECT_FAULT(test, life_waits_ret, VM_FAULT_RETRY);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, LIFE_SIZE), 0);
	life_drop(it);
}

/* R18: a handler that makes no mistake is not warned when lockdep has turned itself off. */
static void vma_access_life_wait_unknown(struct kunit *test)
{
	struct life_file *it = life_new(test);
	struct page *page;

	life_use_object(it);
	it->file = life_file(test, &life_waits_fops, it->life);
	KUNIT_ASSERT_EQ(test, life_map(test, it), VAU_ADDR);
	life_waits_ret = 0;
	life_waits_before = true;
	life_waits_unknown = true;
	kunit_warning_suppress(test) {
		/* Without waiting: lockdep misses no lock that is dropped. */
		mmap_read_lock(current->mm);
		KUNIT_EXPECT_NE(test, get_user_pages(VAU_ADDR, 1, FOLL_NOWAIT, &page), 1);
		mmap_read_unlock(current->mm);
		VAT_EXPECT_WARNED(test, 0);
	}
	life_waits_unknown = false;
	VAT_EXPECT_FAULT(test, life_waits_ret, VM_FAULT_RETRY);
	vat_expect_unlocked(test);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, LIFE_SIZE), 0);
	life_drop(it);
}

static struct kunit_case vma_access_life_cases[] = {
	KUNIT_CASE_PARAM(vma_access_life_owner, life_way_gen_params),
	KUNIT_CASE_PARAM(vma_access_life_object, life_way_gen_params),
	KUNIT_CASE_PARAM(vma_access_life_verb_fails, life_way_gen_params),
	KUNIT_CASE_PARAM(vma_access_life_mapped_fails, life_way_gen_params),
	KUNIT_CASE_PARAM(vma_access_life_upper_fails, life_way_gen_params),
	KUNIT_CASE(vma_access_life_core),
	KUNIT_CASE(vma_access_life_hand_on),
	KUNIT_CASE(vma_access_life_hand_on_typed),
	KUNIT_CASE(vma_access_life_hand_on_bare),
	KUNIT_CASE(vma_access_life_hand_on_hugetlb),
	KUNIT_CASE(vma_access_life_others_fail),
	KUNIT_CASE(vma_access_life_object_file),
	KUNIT_CASE(vma_access_life_wait_live),
	KUNIT_CASE(vma_access_life_wait_unknown),
	{ }
};

static struct kunit_suite vma_access_life_suite = {
	.name = "vma_access_life",
	.init = vau_init,
	.test_cases = vma_access_life_cases,
};

kunit_test_suite(vma_access_life_suite);
