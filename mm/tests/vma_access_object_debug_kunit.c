// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of typed VMA access, <linux/vma_access.h>: CONFIG_DEBUG_VMA_ACCESS
 * reports objects that are set up wrongly, and inserts that a revoke would miss.
 */
#include <linux/mm.h>
#include <linux/mman.h>

#include "vma_access_test_file.h"

/* R6: an object does not wrap, so that its zaps do not hit another one. */
static void vma_access_object_debug_wraps(struct kunit *test)
{
	static const struct {
		pgoff_t base;
		unsigned long pages;
		bool wraps;
	} ranges[] = {
		{ -4UL, 16, true },
		{ -1UL, 2, true },
		{ 1, -1UL, false },
		{ 2, -1UL, true },
		{ -1UL, 1, false },
		{ -1UL, 0, false },
		{ 0, -1UL, false },
	};
	struct vau_file *obj = test->priv;
	struct vma_object *object = kunit_kzalloc(test, sizeof(*object), GFP_KERNEL);
	unsigned long refused;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, object);
	obj->type = &vau_mixed;
	vau_map(test, obj, &vau_mixed);
	for (i = 0; i < ARRAY_SIZE(ranges); i++) {
		refused = vat_refused();
		kunit_warning_suppress(test) {
			vma_object_init(object, &obj->mapping, ranges[i].base,
					ranges[i].pages, NULL);
			VAT_EXPECT_WARNED(test, ranges[i].wraps);
		}
		VAT_EXPECT_REFUSED(test, refused, ranges[i].wraps);
		KUNIT_EXPECT_EQ(test, object->__pages,
				ranges[i].wraps ? 0 : ranges[i].pages);
		if (!ranges[i].wraps)
			continue;
		KUNIT_EXPECT_EQ(test, vma_object_zap(object, 0, 1), -EINVAL);
		KUNIT_EXPECT_EQ(test, vma_object_try_zap(object, 1, 1), -EINVAL);
		vma_object_revoke(object);
	}
}

/* Insert the object's first pages, inside or outside its live scope. */
static int vod_insert(struct vau_file *obj, unsigned int index, bool live_scope)
	__no_context_analysis /* analysis: a lock that is held on one path */
{
	struct mm_with_user *user = mm_with_user_current();
	struct page **pages = &obj->pages[index];
	struct vma_mixedmap *mixed;
	unsigned long inserted;
	struct vma_ref *vma;
	int err;

	ACQUIRE(vma_read, guard)(user, VAU_ADDR);
	vma = vma_read_ref(&guard);
	mixed = vma ? vma_ref_as_mixedmap(vma) : NULL;
	if (!mixed)
		return VAU_NO_HANDLE;
	if (live_scope)
		down_read(&obj->object.__live);
	if (obj->order)
		err = vma_mixedmap_insert_pages(mixed, vau_at(VAU_ADDR, index), pages,
						obj->order, &inserted);
	else
		err = vma_mixedmap_insert_page(mixed, vau_at(VAU_ADDR, index), *pages);
	if (live_scope)
		up_read(&obj->object.__live);
	return err;
}

static void vod_needs_debug(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_DEBUG_VMA_ACCESS))
		kunit_skip(test, "needs CONFIG_DEBUG_VMA_ACCESS");
}

/* R17: no page is inserted behind an object's end, where no revoke finds it. */
static void vma_access_object_debug_insert_outside(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vod_needs_debug(test);
	vau_map(test, obj, &vau_object_mixed);
	/* Only a mistake of the driver leads here. */
	obj->object.__pages = 4;
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vod_insert(obj, 3, true), 0);
		VAT_EXPECT_WARNED(test, 0);
		KUNIT_EXPECT_EQ(test, vod_insert(obj, 4, true), -EFAULT);
		VAT_EXPECT_WARNED(test, 1);
		obj->order = 2;
		KUNIT_EXPECT_EQ(test, vod_insert(obj, 3, true), -EFAULT);
		VAT_EXPECT_WARNED(test, 2);
	}
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), BIT(3));
}

/* R17: an insert into a revoked object is refused with a warning. */
static void vma_access_object_debug_insert_revoked(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vod_needs_debug(test);
	vau_map(test, obj, &vau_object_mixed);
	vma_object_revoke(&obj->object);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vod_insert(obj, 0, true), -ENODEV);
		VAT_EXPECT_WARNED(test, 1);
		obj->order = 2;
		KUNIT_EXPECT_EQ(test, vod_insert(obj, 0, true), -ENODEV);
		VAT_EXPECT_WARNED(test, 2);
		/*
		 * User space can cause a fault at a bad address, so this is
		 * silent.
		 */
		obj->order = 0;
		KUNIT_EXPECT_EQ(test, vod_insert(obj, VAU_PAGES, true), -EFAULT);
		VAT_EXPECT_WARNED(test, 2);
	}
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
}

/* R17: a revoke after an insert outside the live scope, and after one inside. */
static void vma_access_object_debug_insert_unguarded(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vod_needs_debug(test);
	vau_map(test, obj, &vau_object_mixed);
	kunit_warning_suppress(test) {
		/*
		 * A zap is not checked: the driver itself keeps inserts away.
		 */
		KUNIT_EXPECT_EQ(test, vod_insert(obj, 2, false), 0);
		KUNIT_EXPECT_EQ(test, vma_object_zap(&obj->object, 0, VAU_PAGES), 0);
		VAT_EXPECT_WARNED(test, 0);
		vma_object_revoke(&obj->object);
		VAT_EXPECT_WARNED(test, 1);
		vma_object_revoke(&obj->object);
		VAT_EXPECT_WARNED(test, 2);
	}
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
	vma_object_init(&obj->object, &obj->mapping, VAU_BASE, VAU_PAGES, NULL);
	vau_map(test, obj, &vau_object_mixed);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vod_insert(obj, 0, true), 0);
		vma_object_revoke(&obj->object);
		VAT_EXPECT_WARNED(test, 0);
	}
}

/* Inserts what the test says, even if the object is revoked. */
static vm_fault_t vod_unasked(struct vm_fault *vmf, unsigned int order)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	struct vau_file *obj = vma_ref_file(vma_fault_ref(fault))->private_data;
	unsigned long pfn = page_to_pfn(obj->pages[0]);
	vm_fault_t ret;

	down_read(&obj->object.__live);
	if (order)
		ret = vma_fault_insert_huge_pfn(fault, obj->pfn, 0, 1UL << order,
						order);
	else if (vma_ref_test(vma_fault_ref(fault), VMA_PFNMAP_BIT))
		ret = vma_fault_insert_pfn(fault, pfn, VMA_PROT_OWN);
	else
		ret = vma_fault_insert_page(fault, obj->pages[0]);
	up_read(&obj->object.__live);
	obj->ret = ret;
	obj->faults += !!order;
	return ret;
}

static vm_fault_t vod_unasked_page(struct vm_fault *vmf)
{
	return vod_unasked(vmf, 0);
}

static vm_fault_t vod_unasked_huge(struct vm_fault *vmf, unsigned int order)
{
	struct vma_fault *fault = vma_fault_from_vmf(vmf);
	const struct vau_file *obj = vma_ref_file(vma_fault_ref(fault))->private_data;

	return obj->order == order ? vod_unasked(vmf, order) : VM_FAULT_FALLBACK;
}

static DEFINE_VMA_OBJECT_TYPE(vod_pfn_type, VMA_MAP_PFN | VMA_DENY_NONE |
			      VMA_COW_REFUSE | VAU_LAX | VMA_EXPAND_REFUSE,
			      .fault = vod_unasked_page,
			      .huge_fault = vod_unasked_huge);
static DEFINE_VMA_OBJECT_TYPE(vod_mixed_type, VMA_MAP_MIXED | VMA_DENY_NONE |
			      VMA_COW_ALLOW | VAU_LAX | VMA_EXPAND_REFUSE,
			      .fault = vod_unasked_page);

static void vod_expect_unread(struct kunit *test, struct vau_file *obj,
			      unsigned long addr)
{
	obj->ret = 0;
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_read(addr), -EFAULT);
		VAT_EXPECT_WARNED(test, 1);
	}
	VAT_EXPECT_FAULT(test, obj->ret, VM_FAULT_SIGBUS);
}

/* The functions for page frames and for faults check this as well. */
static void vma_access_object_debug_verbs_revoked(struct kunit *test)
{
	struct vau_file *obj = test->priv;
	unsigned long pfn = vau_no_page(test);

	vod_needs_debug(test);
	vma_object_revoke(&obj->object);
	vau_map(test, obj, &vod_mixed_type);
	vod_expect_unread(test, obj, VAU_ADDR);
	vau_map(test, obj, &vod_pfn_type);
	vod_expect_unread(test, obj, VAU_ADDR);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vau_insert_pfn(VAU_ADDR, pfn, VMA_PROT_OWN), -ENODEV);
		VAT_EXPECT_WARNED(test, 1);
	}
	KUNIT_EXPECT_EQ(test, vau_mapped(current->mm, VAU_ADDR), 0);
}

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
static void vod_map_huge(struct kunit *test, struct vau_file *obj,
			 const struct vma_type *type)
{
	obj->type = type;
	obj->faults = 0;
	KUNIT_ASSERT_EQ(test, vau_mmap_at(test, obj, VAU_HUGE, PMD_SIZE, MAP_SHARED, 0),
			VAU_HUGE);
	vod_expect_unread(test, obj, VAU_HUGE);
	KUNIT_EXPECT_EQ(test, obj->faults, 1);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_HUGE, PMD_SIZE), 0);
}

/* And so do those for huge entries. */
static void vma_access_object_debug_huge_revoked(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vod_needs_debug(test);
	vma_object_init(&obj->object, &obj->mapping, 0, PMD_SIZE >> PAGE_SHIFT, NULL);
	vma_object_revoke(&obj->object);
	obj->order = PMD_ORDER;
	if (!IS_ENABLED(CONFIG_ARCH_SUPPORTS_PMD_PFNMAP))
		kunit_skip(test, "there are no such entries");
	obj->pfn = vau_no_page(test);
	vod_map_huge(test, obj, &vod_pfn_type);
}
#else
static void vma_access_object_debug_huge_revoked(struct kunit *test)
{
	kunit_skip(test, "needs CONFIG_TRANSPARENT_HUGEPAGE");
}
#endif

/* Setting an object up again while it is mapped warns. */
static void vma_access_object_debug_anew(struct kunit *test)
{
	struct vau_file *obj = test->priv;

	vod_needs_debug(test);
	vau_map(test, obj, &vau_object_mixed);
	kunit_warning_suppress(test) {
		vma_object_init(&obj->next, &obj->mapping, VAU_NEXT, VAU_PAGES, NULL);
		VAT_EXPECT_WARNED(test, 0);
		vma_object_init(&obj->object, &obj->mapping, VAU_BASE, VAU_PAGES, NULL);
		VAT_EXPECT_WARNED(test, 1);
	}
	/* Put the count right for the mapping that is left. */
	atomic_long_set(&obj->object.__mappings, 1);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAU_ADDR, VAU_SIZE), 0);
	kunit_warning_suppress(test) {
		vma_object_init(&obj->object, &obj->mapping, VAU_BASE, VAU_PAGES, NULL);
		VAT_EXPECT_WARNED(test, 0);
	}
}

static struct kunit_case vma_access_object_debug_cases[] = {
	KUNIT_CASE(vma_access_object_debug_wraps),
	KUNIT_CASE(vma_access_object_debug_insert_outside),
	KUNIT_CASE(vma_access_object_debug_insert_revoked),
	KUNIT_CASE(vma_access_object_debug_insert_unguarded),
	KUNIT_CASE(vma_access_object_debug_verbs_revoked),
	KUNIT_CASE(vma_access_object_debug_huge_revoked),
	KUNIT_CASE(vma_access_object_debug_anew),
	{ }
};

static struct kunit_suite vma_access_object_debug_suite = {
	.name = "vma_access_object_debug",
	.init = vau_init,
	.test_cases = vma_access_object_debug_cases,
};

kunit_test_suite(vma_access_object_debug_suite);
