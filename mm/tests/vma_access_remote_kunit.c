// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: ->access() by another
 * process, and types whose hooks do not fit.
 */
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/string.h>

#include "vma_access_test_file.h"

static void var_free_pages(void *page)
{
	__free_pages(page, compound_order(page));
}

static int var_calls;
static long var_claim;

/* The obvious hook, for an object as large as the largest mapping. */
static DEFINE_VMA_ACCESS(var_access, remote)
{
	struct vau_file *obj = vma_ref_file(vma_remote_ref(remote))->private_data;
	pgoff_t index;
	int err;

	var_calls++;
	if (var_claim)
		return var_claim;
	err = vma_remote_index(remote, 2, &index);
	return err ?: vma_remote_copy_page(remote, page_address(obj->page + index));
}

/* For an object of two pages, which it has in the other order. */
static DEFINE_VMA_ACCESS(var_access_pages, remote)
{
	struct vau_file *obj = vma_ref_file(vma_remote_ref(remote))->private_data;
	pgoff_t index;
	int err;

	var_calls++;
	err = vma_remote_index(remote, 2, &index);
	return err ?: vma_remote_copy_page(remote, page_address(obj->page + 1 - index));
}

static int var_shown;

static void var_show(struct vau_file *obj)
{
	var_shown++;
}

static void var_hide(struct vau_file *obj)
{
	var_shown--;
}

DEFINE_VMA_OWNER(var_shows, struct vau_file, .get = var_show, .put = var_hide);
DEFINE_VMA_OWNER(var_owner, struct vau_file);

#define VAR_KIND	(VMA_DENY_EXEC | VAU_LAX)

static DEFINE_VMA_TYPE_OWNED_ACCESS(var_access_rw, VMA_MAP_PFN | VMA_COW_REFUSE | VAR_KIND |
				    VMA_EXPAND_REFUSE, var_owner, var_access);
static DEFINE_VMA_TYPE_OWNED_ACCESS(var_access_ro, VMA_MAP_PFN | VMA_DENY_WRITE |
				    VMA_COW_REFUSE | VAR_KIND | VMA_EXPAND_REFUSE, var_owner,
				    var_access);
static DEFINE_VMA_TYPE_OWNED_ACCESS(var_access_cow, VMA_MAP_MIXED | VMA_COW_ALLOW | VAR_KIND |
				    VMA_EXPAND_REFUSE, var_owner, var_access);
static DEFINE_VMA_TYPE_OWNED_ACCESS(var_access_owned, VMA_MAP_PFN | VMA_COW_REFUSE | VAR_KIND |
				    VMA_EXPAND_REFUSE, var_shows, var_access_pages);
/* Two pages that are mapped, and one that is not, each with a number. */
static void var_access_memory(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	int i;

	obj->page = alloc_pages(GFP_KERNEL | __GFP_COMP | __GFP_NOFAIL, 2);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, var_free_pages, obj->page), 0);
	for (i = 0; i < 4; i++)
		memset(page_address(obj->page + i), i + 1, PAGE_SIZE);
	var_calls = 0;
	var_claim = 0;
}

static unsigned long var_access_map(struct kunit *test, const struct vma_type *type,
				    unsigned long pages, unsigned long prot,
				    unsigned long flags, pgoff_t pgoff)
{
	struct vau_file *obj = test->priv;

	obj->type = type;
	return kunit_vm_mmap(test, obj->file, VAU_ADDR, pages << PAGE_SHIFT, prot,
			     flags | MAP_FIXED, pgoff << PAGE_SHIFT);
}

/* Call it as the core does, which checks nothing first. */
static int var_ask(unsigned long addr, void *buf, int len, int write)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	int ret;

	mmap_read_lock(mm);
	vma = vma_lookup(mm, VAU_ADDR);
	ret = vma->vm_ops->access(vma, addr, buf, len, write);
	mmap_read_unlock(mm);
	return ret;
}

/* A copy ends where the mapping or the object ends, wherever it starts. */
static void vma_access_remote_bounds(struct kunit *test)
{
	const unsigned long two = 2 * PAGE_SIZE;
	struct vau_file *obj = test->priv;
	u8 *buf = kunit_kzalloc(test, 4 * PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	var_access_memory(test);
	/* A mapping of one page of the two. */
	KUNIT_ASSERT_EQ(test, var_access_map(test, &var_access_rw, 1, PROT_READ | PROT_WRITE,
					     MAP_SHARED, 1), VAU_ADDR);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 4 * PAGE_SIZE, 0), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, buf[0], 2);
	KUNIT_EXPECT_EQ(test, buf[PAGE_SIZE - 1], 2);
	KUNIT_EXPECT_EQ(test, buf[PAGE_SIZE], 0);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR + 100, buf, 4 * PAGE_SIZE, 0), PAGE_SIZE - 100);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR + 100, buf, 7, 0), 7);
	memset(buf, 9, 4 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR + 100, buf, 4 * PAGE_SIZE, FOLL_WRITE),
			PAGE_SIZE - 100);
	KUNIT_EXPECT_EQ(test, *(u8 *)(page_address(obj->page + 1) + 99), 2);
	KUNIT_EXPECT_EQ(test, *(u8 *)(page_address(obj->page + 1) + 100), 9);
	KUNIT_EXPECT_EQ(test, *(u8 *)page_address(obj->page + 2), 3);
	KUNIT_EXPECT_EQ(test, var_calls, 4);
	/* The core would not pass these. */
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR + PAGE_SIZE, buf, 1, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR - 1, buf, 1, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 0, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, -1, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, var_calls, 4);

	/* One page again, and the object goes on behind it. */
	KUNIT_ASSERT_EQ(test, var_access_map(test, &var_access_rw, 1, PROT_READ | PROT_WRITE,
					     MAP_SHARED, 0), VAU_ADDR);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 4 * PAGE_SIZE, 0), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR + 100, buf, 4 * PAGE_SIZE, 0), PAGE_SIZE - 100);

	/* A mapping that is larger than the object, and one that begins behind it. */
	KUNIT_ASSERT_EQ(test, var_access_map(test, &var_access_rw, 4, PROT_READ | PROT_WRITE,
					     MAP_SHARED, 0), VAU_ADDR);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 4 * PAGE_SIZE, 0), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR + PAGE_SIZE, buf, 4 * PAGE_SIZE, 0), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR + two - 1, buf, 4 * PAGE_SIZE, 0), 1);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR + two, buf, 1, 0), -EFAULT);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR + two, buf, 1, FOLL_WRITE), -EFAULT);
	KUNIT_ASSERT_EQ(test, var_access_map(test, &var_access_rw, 1, PROT_READ | PROT_WRITE,
					     MAP_SHARED, 1UL << (BITS_PER_LONG - PAGE_SHIFT - 2)),
			VAU_ADDR);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 1, 0), -EFAULT);
}

/*
 * Page by page: a copy ends with its page, and the index with the object. The type
 * holds its owner, too.
 */
static void vma_access_remote_pages(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	u8 *buf = kunit_kzalloc(test, 4 * PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, buf);
	var_access_memory(test);
	var_shown = 0;
	KUNIT_ASSERT_EQ(test, var_access_map(test, &var_access_owned, 3, PROT_READ | PROT_WRITE,
					     MAP_SHARED, 0), VAU_ADDR);
	KUNIT_EXPECT_EQ(test, var_shown, 1);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 4 * PAGE_SIZE, 0), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, buf[0], 2);
	KUNIT_EXPECT_EQ(test, buf[PAGE_SIZE - 1], 2);
	KUNIT_EXPECT_EQ(test, buf[PAGE_SIZE], 0);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR + PAGE_SIZE + 100, buf, 2 * PAGE_SIZE, 0),
			PAGE_SIZE - 100);
	KUNIT_EXPECT_EQ(test, buf[0], 1);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR + 100, buf, 7, 0), 7);
	memset(buf, 9, 4 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR + 100, buf, 7, FOLL_WRITE), 7);
	KUNIT_EXPECT_EQ(test, *(u8 *)(page_address(obj->page + 1) + 99), 2);
	KUNIT_EXPECT_EQ(test, *(u8 *)(page_address(obj->page + 1) + 100), 9);
	KUNIT_EXPECT_EQ(test, *(u8 *)(page_address(obj->page + 1) + 107), 2);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR + 2 * PAGE_SIZE, buf, 1, 0), -EFAULT);
	KUNIT_ASSERT_EQ(test, vm_munmap(VAU_ADDR, 3 * PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, var_shown, 0);
	/* The index counts from the start of the object. */
	KUNIT_ASSERT_EQ(test, var_access_map(test, &var_access_owned, 1, PROT_READ | PROT_WRITE,
					     MAP_SHARED, 1), VAU_ADDR);
	KUNIT_EXPECT_EQ(test, var_shown, 1);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 4 * PAGE_SIZE, 0), PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, buf[0], 1);
	KUNIT_ASSERT_EQ(test, vm_munmap(VAU_ADDR, PAGE_SIZE), 0);
	KUNIT_EXPECT_EQ(test, var_shown, 0);
}

/*
 * Others write where the process can, and read, as they can read pages; the hook
 * is not called for more.
 */
static void vma_access_remote_policy(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	u8 buf[8] = { 7 };

	var_access_memory(test);
	KUNIT_ASSERT_EQ(test, var_access_map(test, &var_access_ro, 1, PROT_READ, MAP_SHARED, 0),
			VAU_ADDR);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 8, FOLL_WRITE), -EACCES);
	KUNIT_EXPECT_EQ(test, var_calls, 0);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 8, 0), 8);
	KUNIT_EXPECT_EQ(test, buf[0], 1);
	/* Not denied by the type, but not allowed now. */
	KUNIT_ASSERT_EQ(test, var_access_map(test, &var_access_rw, 1, PROT_READ, MAP_SHARED, 0),
			VAU_ADDR);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 8, FOLL_WRITE), -EACCES);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 8, 0), 8);
	KUNIT_ASSERT_EQ(test, var_access_map(test, &var_access_rw, 1, PROT_NONE, MAP_SHARED, 0),
			VAU_ADDR);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 8, FOLL_WRITE), -EACCES);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 8, 0), 8);
	/* As after vma_new_deny(). */
	mmap_write_lock(current->mm);
	vm_flags_clear(vma_lookup(current->mm, VAU_ADDR), VM_MAYREAD);
	mmap_write_unlock(current->mm);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 8, 0), -EACCES);
	/* May be a copy by now. */
	KUNIT_ASSERT_EQ(test, var_access_map(test, &var_access_cow, 1, PROT_READ | PROT_WRITE,
					     MAP_PRIVATE, 0), VAU_ADDR);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 8, FOLL_WRITE), -EACCES);
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 8, 0), -EACCES);
	KUNIT_EXPECT_EQ(test, var_calls, 3);
	KUNIT_EXPECT_EQ(test, *(u8 *)page_address(obj->page), 1);
}

/* A hook that returns too much does not leak the old contents of the buffer. */
static void vma_access_remote_claims(struct kunit *test)
{
	u8 buf[8] = { 7 };

	var_access_memory(test);
	KUNIT_ASSERT_EQ(test, var_access_map(test, &var_access_rw, 1, PROT_READ, MAP_SHARED, 0),
			VAU_ADDR);
	var_claim = 8;
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 8, 0), -EIO);
		VAT_EXPECT_WARNED(test, 1);
	}
	var_claim = -ENXIO;
	KUNIT_EXPECT_EQ(test, var_ask(VAU_ADDR, buf, 8, 0), -ENXIO);
}

/* A raw hook, which gets unchecked arguments. */
static int var_raw_access(struct vm_area_struct *vma, unsigned long addr, void *buf, int len,
			  int write)
{
	return len;
}

static const struct vma_type var_raw = {
	.vm_ops = { .access = var_raw_access },
	.policy = VMA_MAP_PFN | VMA_COW_REFUSE | VAR_KIND | VMA_EXPAND_REFUSE,
};

static vm_fault_t var_raw_mkwrite(struct vm_fault *vmf)
{
	return 0;
}

/* A write would go to the zero page. */
static DEFINE_VMA_TYPE(var_zero_page, VMA_MAP_MIXED | VMA_COW_REFUSE | VAR_KIND |
		       VMA_EXPAND_REFUSE | VMA_TYPE_IO, .pfn_mkwrite = var_raw_mkwrite);
/* The same without VMA_MAP_MIXED: the core maps no zero page here. */
static DEFINE_VMA_TYPE(var_io_mkwrite, VMA_MAP_PFN | VMA_COW_REFUSE | VAR_KIND |
		       VMA_EXPAND_REFUSE | VMA_TYPE_IO, .pfn_mkwrite = var_raw_mkwrite);
static const struct vma_type var_no_access = {
	.policy = VMA_MAP_PFN | VMA_COW_REFUSE | VAR_KIND | VMA_EXPAND_REFUSE | __VMA_TYPE_ACCESS,
};

/* R17: the memory of an object may be revoked when another process looks at it. */
static __DEFINE_VMA_OBJECT_TYPE(var_object, VMA_MAP_PFN | VMA_COW_REFUSE | VAR_KIND |
				VMA_EXPAND_REFUSE | __VMA_TYPE_ACCESS,
				.access = __vma_access_op_var_access);

/* A type with a raw hook, the policy without one, or the two that do not go together. */
static void vma_access_remote_types_bad(struct kunit *test)
{
	static const struct vma_type * const types[] = {
		&var_raw, &var_no_access, &var_zero_page, &var_object,
	};
	struct vau_file *obj = test->priv;
	int i;

	vma_object_init(&obj->object, &obj->mapping, 0, 2, NULL);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		kunit_warning_suppress(test) {
			KUNIT_EXPECT_EQ(test, (long)var_access_map(test, types[i], 1, PROT_READ,
								   MAP_SHARED, 0), -EINVAL);
			VAT_EXPECT_WARNED(test, 1);
		}
	}
}

/* ->pfn_mkwrite() of I/O memory is fine in a type that maps only page frames. */
static void vma_access_remote_types_good(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, var_access_map(test, &var_io_mkwrite, 1, PROT_READ,
					     MAP_SHARED, 0), VAU_ADDR);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, PAGE_SIZE), 0);
}

static struct kunit_case vma_access_remote_cases[] = {
	KUNIT_CASE(vma_access_remote_bounds),
	KUNIT_CASE(vma_access_remote_pages),
	KUNIT_CASE(vma_access_remote_policy),
	KUNIT_CASE(vma_access_remote_claims),
	KUNIT_CASE(vma_access_remote_types_bad),
	KUNIT_CASE(vma_access_remote_types_good),
	{ }
};

static struct kunit_suite vma_access_remote_suite = {
	.name = "vma_access_remote",
	.init = vau_init,
	.test_cases = vma_access_remote_cases,
};

kunit_test_suite(vma_access_remote_suite);
