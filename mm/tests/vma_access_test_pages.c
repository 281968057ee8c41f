// SPDX-License-Identifier: GPL-2.0
/*
 * The file that the KUnit tests of guards, of VMAs in guards and of inserted
 * pages map, and helpers for it.
 */
#include <linux/anon_inodes.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>

#include "vma_access_test_pages.h"

/* ---- types -------------------------------------------------------------- */

static void vat_get(struct vat_object *obj)
{
	obj->held++;
}

static void vat_put(struct vat_object *obj)
{
	obj->closer = current;
	complete(&obj->closed);
}

DEFINE_VMA_OWNER(vat_owner, struct vat_object, .get = vat_get, .put = vat_put);

DEFINE_VMA_TYPE_OWNED(vat_mixed, VMA_MAP_MIXED | VMA_DENY_NONE | VAT_ALLOW,
		      vat_owner);

/* ---- the file and its hooks --------------------------------------------- */

static DEFINE_VMA_MMAP(vat_mmap, file, vma)
{
	struct vat_object *obj = file->private_data;

	return vma_new_set_type(vma, obj->type, obj);
}

static int vat_release(struct inode *inode, struct file *file)
{
	struct vat_object *obj = file->private_data;
	int i;

	for (i = 0; i < VAT_PAGES; i++)
		put_page(obj->pages[i]);
	kfree(obj);
	return 0;
}

static const struct file_operations vat_fops = {
	.owner = THIS_MODULE,
	.mmap = vat_mmap,
	.release = vat_release,
};

KUNIT_DEFINE_ACTION_WRAPPER(vat_fput, fput, struct file *);

/* A file and its object; mappings of another file have another owner. */
struct vat_object *vat_object_new(struct kunit *test)
{
	struct vat_object *obj = kzalloc_obj(*obj);
	struct file *file;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, obj);
	init_completion(&obj->closed);
	for (i = 0; i < VAT_PAGES; i++)
		obj->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO | __GFP_NOFAIL);

	file = anon_inode_getfile("[vma_access_test]", &vat_fops, obj, O_RDWR);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, file);
	obj->file = file;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vat_fput, file), 0);
	return obj;
}

int vat_init(struct kunit *test)
{
	int err = kunit_attach_mm();

	if (err)
		return err;
	test->priv = vat_object_new(test);
	return 0;
}

/* ---- mapping ------------------------------------------------------------ */

/* The mapping's address, or an errno as an address. */
static unsigned long vat_mmap_file(struct kunit *test, struct file *file,
				   unsigned long size, unsigned long prot,
				   unsigned long flags)
{
	return kunit_vm_mmap(test, file, VAT_ADDR, size, prot, flags | MAP_FIXED,
			     file ? VAT_PGOFF << PAGE_SHIFT : 0);
}

/* Map the object from VAT_ADDR on as one of @type. */
void vat_map_size(struct kunit *test, struct vat_object *obj,
		  const struct vma_type *type, unsigned long size)
{
	obj->type = type;
	KUNIT_ASSERT_EQ(test, vat_mmap_file(test, obj->file, size, PROT_READ,
					    MAP_SHARED), VAT_ADDR);
}

void vat_map(struct kunit *test, struct vat_object *obj,
	     const struct vma_type *type)
{
	vat_map_size(test, obj, type, VAT_SIZE);
}

void vat_map_anon(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, vat_mmap_file(test, NULL, VAT_SIZE, PROT_READ,
					    MAP_PRIVATE | MAP_ANONYMOUS),
			VAT_ADDR);
}

/* ---- one verb under a guard of its own ---------------------------------- */

int vat_insert_page(unsigned long addr, struct page *page)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_mixedmap *mixed = vma ? vma_ref_as_mixedmap(vma) : NULL;

	if (!mixed)
		return VAT_NO_HANDLE;
	return vma_mixedmap_insert_page(mixed, addr, page);
}

int vat_insert_pages(unsigned long addr, struct page **pages,
		     unsigned long nr, unsigned long *inserted)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_mixedmap *mixed = vma ? vma_ref_as_mixedmap(vma) : NULL;

	if (!mixed)
		return VAT_NO_HANDLE;
	return vma_mixedmap_insert_pages(mixed, addr, pages, nr, inserted);
}

struct page *vat_get_page(unsigned long addr)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);
	struct vma_mixedmap *mixed = vma ? vma_ref_as_mixedmap(vma) : NULL;

	if (!mixed)
		return ERR_PTR(VAT_NO_HANDLE);
	return vma_mixedmap_get_page(mixed, addr);
}

int vat_zap(unsigned long addr, unsigned long size)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma ? vma_ref_zap_range(vma, addr, size) : VAT_NO_HANDLE;
}

int vat_zap_all(void)
{
	struct mm_with_user *user = mm_with_user_current();

	ACQUIRE(vma_read, guard)(user, VAT_ADDR);
	struct vma_ref *vma = vma_read_ref(&guard);

	return vma ? vat_zap_whole(vma) : VAT_NO_HANDLE;
}

/* ---- what was left behind ----------------------------------------------- */

/* Which pages of the object are mapped: each entry holds a reference. */
unsigned long vat_mapped(struct kunit *test, struct vat_object *obj)
{
	unsigned long mapped = 0;
	int i, refs;

	for (i = 0; i < VAT_PAGES; i++) {
		refs = page_ref_count(obj->pages[i]);
		KUNIT_EXPECT_GE_MSG(test, refs, 1, "page %d", i);
		KUNIT_EXPECT_LE_MSG(test, refs, 2, "page %d", i);
		if (refs > 1)
			mapped |= BIT(i);
	}
	return mapped;
}

/* The same for pages that are mapped consecutively from the start. */
void vat_expect_in_place(struct kunit *test, struct vat_object *obj,
			 unsigned long nr)
{
	struct page *page;
	unsigned long i;

	for (i = 0; i < nr; i++) {
		page = vat_get_page(VAT_AT(i));
		KUNIT_EXPECT_PTR_EQ_MSG(test, page, obj->pages[i], "page %lu", i);
		if (!IS_ERR(page))
			put_page(page);
	}
	KUNIT_EXPECT_EQ(test, vat_mapped(test, obj), BIT(nr) - 1);
}

/* Map the object and insert all of its pages. */
void vat_map_full(struct kunit *test, struct vat_object *obj)
{
	unsigned long inserted;

	vat_map(test, obj, &vat_mixed);
	KUNIT_ASSERT_EQ(test, vat_insert_pages(VAT_ADDR, obj->pages, VAT_PAGES,
					       &inserted), 0);
	vat_expect_in_place(test, obj, VAT_PAGES);
}

/* ---- ranges ------------------------------------------------------------- */

const struct vat_range vat_ranges[] = {
	{ "no size", VAT_AT(1), 0, -EINVAL },
	{ "addr not aligned", VAT_AT(1) + 1, PAGE_SIZE, -EINVAL },
	{ "addr not aligned, above", VAT_AT(2) - 1, PAGE_SIZE, -EINVAL },
	{ "page below", VAT_ADDR - PAGE_SIZE, PAGE_SIZE, -EFAULT },
	{ "from below", VAT_ADDR - PAGE_SIZE, 2 * PAGE_SIZE, -EFAULT },
	{ "page at the end", VAT_END, PAGE_SIZE, -EFAULT },
	{ "page above the end", VAT_END + PAGE_SIZE, PAGE_SIZE, -EFAULT },
	{ "over the end", VAT_AT(VAT_PAGES - 1), 2 * PAGE_SIZE, -EFAULT },
	{ "all and one", VAT_ADDR, VAT_SIZE + PAGE_SIZE, -EFAULT },
	{ "wraps to below", VAT_AT(1), -2 * PAGE_SIZE, -EFAULT },
	{ "wraps to itself", VAT_AT(1), -PAGE_SIZE, -EFAULT },
	{ "wraps to 0", VAT_AT(1), -VAT_AT(1), -EFAULT },
	{ "address 0", 0, PAGE_SIZE, -EFAULT },
	{ "last page of all", -PAGE_SIZE, PAGE_SIZE, -EFAULT },
};
