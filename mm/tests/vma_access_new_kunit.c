// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of <linux/vma_access_new.h>: the handle of a new mapping, its
 * settled access, its file and its protection. See vma_access_test_new.h for
 * how these tests work.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/sizes.h>

#include "vma_access_test_new.h"

KUNIT_ARRAY_PARAM_DESC(van_hook, van_hooks, desc);

/* ---- the handles -------------------------------------------------------- */

VAN_BOTH(van_reads, {
	struct mm_ref *ref = mm_ref_grab_current();

	KUNIT_EXPECT_EQ(test, vma_new_start(vma), VAN_ADDR);
	KUNIT_EXPECT_EQ(test, vma_new_end(vma), VAN_AT(5));
	KUNIT_EXPECT_EQ(test, vma_new_size(vma), 5 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, vma_new_pages(vma), 5);
	KUNIT_EXPECT_EQ(test, vma_new_pgoff(vma), VAN_PGOFF);
	KUNIT_EXPECT_PTR_EQ(test, van_state(vma).file, obj->file);
	/* R15 */
	KUNIT_EXPECT_TRUE(test, mm_with_user_is(vma_new_mm(vma), ref));
	mm_ref_drop(ref);
	KUNIT_EXPECT_TRUE(test, vma_new_test(vma, VMA_SHARED_BIT));
	KUNIT_EXPECT_FALSE(test, vma_new_test(vma, VMA_MIXEDMAP_BIT));
	return VAN_NO_MAPPING;
});

/* Each handle gives the values of its VMA or descriptor. */
static void vma_access_new_reads(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_reads, .pages = 5,
				      .pgoff = VAN_PGOFF), VAN_NO_MAPPING);
}

/* The definition makes one of the hooks, and leaves out the other. */
static void vma_access_new_hook(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, van_prepare_fops.mmap_prepare == van_prepare_hook);
	KUNIT_EXPECT_TRUE(test, !van_prepare_fops.mmap);
	KUNIT_EXPECT_TRUE(test, van_mmap_fops.mmap == van_mmap_hook);
	KUNIT_EXPECT_TRUE(test, !van_mmap_fops.mmap_prepare);
}

VAN_BOTH(van_nothing, {
	return 0;
});

/* R7, R10: a VMA in use gives no handle, and the body does not run. */
static void vma_access_new_from_mmap_in_use(struct kunit *test)
{
	struct van_object *obj = test->priv;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *raw;
	unsigned long refused;

	KUNIT_ASSERT_EQ(test, van_map(test, &van_nothing), 0);
	refused = vat_refused();
	obj->kept = NULL;
	mmap_write_lock(mm);
	raw = vma_lookup(mm, VAN_ADDR);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_NULL(test, vma_new_from_mmap(raw));
		VAT_EXPECT_WARNED(test, 1);
		KUNIT_EXPECT_EQ(test, van_mmap_hook(obj->file, raw), -EINVAL);
		VAT_EXPECT_WARNED(test, 2);
	}
	mmap_write_unlock(mm);
	VAT_EXPECT_REFUSED(test, refused, 2);
	KUNIT_EXPECT_NULL(test, obj->kept);

	/* A check that the mmap lock is held for write comes first. */
	if (IS_ENABLED(CONFIG_LOCKDEP) && !debug_locks)
		return;
	mmap_read_lock(mm);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_NULL(test, vma_new_from_mmap(raw));
		VAT_EXPECT_WARNED(test, 2);
	}
	mmap_read_unlock(mm);
}

static int van_stacked_prepare(struct kunit *test, struct van_object *obj,
			       struct vma_planned *vma)
{
	const struct van_object *upper = test->priv;

	/* Its own file shows what is mapped; the VMA holds the upper one. */
	KUNIT_EXPECT_PTR_EQ(test, obj, upper->arg);
	KUNIT_EXPECT_PTR_EQ(test, van_state(vma).file, upper->file);
	KUNIT_EXPECT_EQ(test, vma_new_start(vma), VAN_ADDR);
	return vma_new_set_type(vma, &van_none, obj);
}

/* A hook finds its object also if the file is stacked below another. */
static void vma_access_new_stacked(struct kunit *test)
{
	static const struct van_body body = { .prepare = van_stacked_prepare };
	struct van_object *upper = van_object_new(test, &van_stacked_fops);
	struct van_object *lower = van_object_new(test, &van_prepare_fops);

	test->priv = upper;
	lower->body = &body;
	KUNIT_EXPECT_EQ(test, van_map_arg(test, NULL, lower), 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().vm_ops, &van_none.vm_ops);
	KUNIT_EXPECT_PTR_EQ(test, van_look().private, (void *)lower);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

/* The hooks of another subsystem. They report what they were given. */
struct van_handed {
	void *raw;
	struct file *file;
	int err;
};

static int van_take_vma(struct van_handed *to, struct vm_area_struct *raw, int err)
{
	to->raw = raw;
	vm_flags_set(raw, VM_DONTDUMP);
	if (err) {
		raw->vm_page_prot = __pgprot(0);
		raw->vm_pgoff++;
		vma_set_file(raw, to->file);
	}
	return err;
}

static int van_hand_on_mmap(struct kunit *test, struct van_object *obj,
			    struct vma_new *vma)
{
	struct van_handed *to = (struct van_handed *)obj->arg;
	const struct vm_area_struct *raw = van_vma_raw(vma);
	const pgoff_t pgoff = raw->vm_pgoff;
	const pgprot_t prot = raw->vm_page_prot;
	int err = vma_new_hand_on(vma, van_take_vma, to, to->err);

	KUNIT_EXPECT_PTR_EQ(test, to->raw, (void *)raw);
	KUNIT_EXPECT_EQ(test, vma_test(raw, VMA_DONTDUMP_BIT), !err);
	KUNIT_EXPECT_EQ(test, pgprot_val(raw->vm_page_prot), pgprot_val(prot));
	KUNIT_EXPECT_EQ(test, raw->vm_pgoff, pgoff);
	KUNIT_EXPECT_PTR_EQ(test, raw->vm_file, obj->file);
	return err;
}

/*
 * The other subsystem gets the real VMA, and its result counts. If it fails, what it
 * has set is as it was.
 */
static void vma_access_new_hand_on(struct kunit *test)
{
	static const struct van_body body = { .mmap = van_hand_on_mmap };
	struct van_object *obj = test->priv;
	struct van_object *other = van_object_new(test, &van_mmap_fops);
	long refs = file_count(obj->file), other_refs = file_count(other->file);
	struct van_handed to = { .file = other->file };

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &body, &to), 0);
	KUNIT_EXPECT_NE(test, van_look().flags & VM_DONTDUMP, 0);
	KUNIT_EXPECT_EQ(test, file_count(obj->file), refs + 1);
	to.err = -EBUSY;
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &body, &to, .refused = VAN_NOTHING),
			-EBUSY);
	KUNIT_EXPECT_FALSE(test, van_look().there);
	KUNIT_EXPECT_EQ(test, file_count(obj->file), refs);
	KUNIT_EXPECT_EQ(test, file_count(other->file), other_refs);
}

/* ---- offsets ------------------------------------------------------------ */

static const struct van_fit {
	const char *desc;
	pgoff_t pgoff;
	unsigned long nr;
	int err;
} van_fits[] = {
	{ "just", 0, VAN_PAGES, 0 },
	{ "with room", 0, VAN_PAGES + 1, 0 },
	{ "at the end", 7, VAN_PAGES + 7, 0 },
	{ "all there can be", ULONG_MAX - VAN_PAGES, ULONG_MAX, 0 },
	{ "nothing", 0, 0, -EINVAL },
	{ "too small", 0, VAN_PAGES - 1, -EINVAL },
	{ "over the end", 1, VAN_PAGES, -EINVAL },
	{ "last page", VAN_PAGES - 1, VAN_PAGES, -EINVAL },
	{ "from the end", VAN_PAGES, VAN_PAGES, -EINVAL },
	{ "behind the end", VAN_PAGES + 1, VAN_PAGES, -EINVAL },
	{ "wraps to the start", -(pgoff_t)VAN_PAGES, VAN_PAGES, -EINVAL },
	{ "wraps to below", ULONG_MAX, VAN_PAGES, -EINVAL },
	{ "all but one of all", ULONG_MAX - VAN_PAGES + 1, ULONG_MAX, -EINVAL },
};

VAN_BOTH(van_try_fit, {
	const struct van_fit *fit = obj->arg;

	van_set_pgoff(vma, fit->pgoff);
	KUNIT_EXPECT_EQ_MSG(test, vma_new_fits(vma, fit->nr), fit->err, "%s",
			    fit->desc);
	return VAN_NO_MAPPING;
});

/* R6, R18: a range beyond the object is refused silently, however it wraps. */
static void vma_access_new_fits(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(van_fits); i++)
		KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_try_fit, &van_fits[i],
						  .refused = !!van_fits[i].err),
				VAN_NO_MAPPING);
}

VAN_BOTH(van_try_set_pgoff, {
	vma_new_set_pgoff(vma, vma_new_pgoff(vma) - (VAN_PGOFF - 1));
	KUNIT_EXPECT_EQ(test, vma_new_pgoff(vma), 1);
	KUNIT_EXPECT_EQ(test, vma_new_fits(vma, VAN_PAGES), -EINVAL);
	KUNIT_EXPECT_EQ(test, vma_new_fits(vma, VAN_PAGES + 1), 0);
	vma_new_set_pgoff(vma, VAN_PGOFF + 5);
	KUNIT_EXPECT_EQ(test, vma_new_pgoff(vma), VAN_PGOFF + 5);
	vma_new_set_pgoff(vma, 0);
	KUNIT_EXPECT_EQ(test, vma_new_pgoff(vma), 0);
	return 0;
});

/* R6: the checks use the new offset, and the mapping has it. */
static void vma_access_new_set_pgoff(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_try_set_pgoff, .pgoff = VAN_PGOFF,
				      .refused = 1), 0);
	KUNIT_EXPECT_TRUE(test, van_look().there);
	KUNIT_EXPECT_EQ(test, van_look().pgoff, 0);
}

/* ---- another file ------------------------------------------------------- */

/* The files of the test, and their reference counts before. */
struct van_files {
	struct file *file[3];
	int err;
};

static void van_expect_files(struct kunit *test, const struct van_files *files,
			     long own, long first, long second)
{
	KUNIT_EXPECT_EQ(test, file_count(files->file[0]), 1 + own);
	KUNIT_EXPECT_EQ(test, file_count(files->file[1]), 1 + first);
	KUNIT_EXPECT_EQ(test, file_count(files->file[2]), 1 + second);
}

VAN_BOTH(van_set_file_once, {
	const struct van_files *files = obj->arg;

	vma_new_set_file(vma, files->file[1]);
	KUNIT_EXPECT_PTR_EQ(test, van_state(vma).file, files->file[1]);
	KUNIT_EXPECT_EQ(test, file_count(files->file[1]), 2);
	return files->err;
});

VAN_BOTH(van_set_file_twice, {
	const struct van_files *files = obj->arg;

	vma_new_set_file(vma, files->file[1]);
	vma_new_set_file(vma, files->file[2]);
	return files->err;
});

/* The same file again: no reference is taken, and none dropped. */
VAN_BOTH(van_set_file_own, {
	const struct van_files *files = obj->arg;

	vma_new_set_file(vma, files->file[0]);
	KUNIT_EXPECT_PTR_EQ(test, van_state(vma).file, files->file[0]);
	return files->err;
});

static void van_files_new(struct kunit *test, struct van_files *files)
{
	struct van_object *obj = test->priv;
	int i;

	files->file[0] = obj->file;
	for (i = 1; i < ARRAY_SIZE(files->file); i++)
		files->file[i] = van_object_new(test, van_fops(test))->file;
	van_expect_files(test, files, 0, 0, 0);
}

/* A mapping holds the file that it was given, and no other. */
static void vma_access_new_set_file(struct kunit *test)
{
	struct van_files files = { };

	van_files_new(test, &files);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_file_once, &files), 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().file, files.file[1]);
	van_expect_files(test, &files, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	van_expect_files(test, &files, 0, 0, 0);
}

/* In ->mmap_prepare() nothing tells whose reference the first one is. */
static void vma_access_new_set_file_twice(struct kunit *test)
{
	bool mmap = van_in_mmap(test);
	struct van_files files = { };

	van_files_new(test, &files);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_file_twice, &files,
					  .warned = !mmap), 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().file, files.file[mmap ? 2 : 1]);
	van_expect_files(test, &files, 0, !mmap, mmap);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	van_expect_files(test, &files, 0, 0, 0);
}

static int van_set_file_of_mmap(struct kunit *test, struct van_object *obj,
				struct vma_planned *vma)
{
	const struct van_files *files = obj->arg;

	vma_new_set_file(vma, files->file[1]);
	KUNIT_EXPECT_PTR_EQ(test, van_state(vma).file, files->file[0]);
	return files->err;
}

/* R8: the core would call the ->mmap() of the file, and lose the type that it sets. */
static void vma_access_new_set_file_of_mmap(struct kunit *test)
{
	static const struct van_body body = { .prepare = van_set_file_of_mmap };
	struct van_files files = { };

	van_files_new(test, &files);
	test->priv = van_object_new(test, &van_prepare_fops);
	files.file[0] = ((struct van_object *)test->priv)->file;
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &body, &files, .warned = 1), 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().file, files.file[0]);
	van_expect_files(test, &files, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

/* The same with the file that is mapped: the core takes a reference to it. */
static void vma_access_new_set_file_own(struct kunit *test)
{
	struct van_files files = { };

	van_files_new(test, &files);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_file_own, &files), 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().file, files.file[0]);
	van_expect_files(test, &files, 1, 0, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	van_expect_files(test, &files, 0, 0, 0);
}

/* No reference is left either if ->mmap() calls ->mmap_prepare(). */
static void vma_access_new_stacked_set_file(struct kunit *test)
{
	struct van_files files = { };
	int i;

	test->priv = van_object_new(test, &van_compat_fops);
	files.file[0] = ((struct van_object *)test->priv)->file;
	for (i = 1; i < ARRAY_SIZE(files.file); i++)
		files.file[i] = van_object_new(test, &van_prepare_fops)->file;
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_file_once, &files), 0);
	KUNIT_EXPECT_PTR_EQ(test, van_look().file, files.file[1]);
	van_expect_files(test, &files, 0, 1, 0);
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	van_expect_files(test, &files, 0, 0, 0);
}

/* ->mmap() may fail later: the core drops the file that the VMA has then. */
static void vma_access_new_set_file_fails(struct kunit *test)
{
	struct van_files files = { .err = VAN_NO_MAPPING };

	van_files_new(test, &files);
	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_file_twice, &files),
			VAN_NO_MAPPING);
	van_expect_files(test, &files, 0, 0, 0);
}

/* ---- access and flags --------------------------------------------------- */

VAN_BOTH(van_settle_absent, {
	vm_flags_t flags;

	van_preset(vma, VAN_MAY);
	flags = van_state(vma).flags;
	KUNIT_EXPECT_EQ(test, flags & (VAN_ACCESS | VAN_MAY), VAN_MAY);
	KUNIT_EXPECT_FALSE(test, vma_new_settle(vma, VMA_WRITE_BIT));
	KUNIT_EXPECT_EQ(test, van_state(vma).flags, flags & ~VM_MAYWRITE);
	KUNIT_EXPECT_FALSE(test, vma_new_settle(vma, VMA_READ_BIT));
	KUNIT_EXPECT_EQ(test, van_state(vma).flags,
			flags & ~(VM_MAYWRITE | VM_MAYREAD));
	KUNIT_EXPECT_FALSE(test, vma_new_settle(vma, VMA_EXEC_BIT));
	KUNIT_EXPECT_EQ(test, van_state(vma).flags, flags & ~VAN_MAY);
	return 0;
});

/* R1: if the access is not asked for, it can never be had. */
static void vma_access_new_settle_absent(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_settle_absent, .no_access = true), 0);
	KUNIT_EXPECT_TRUE(test, van_look().there);
	KUNIT_EXPECT_EQ(test, van_look().flags & (VAN_ACCESS | VAN_MAY), 0);
}

VAN_BOTH(van_settle_present, {
	struct van_state before;

	van_preset(vma, VAN_ACCESS | VAN_MAY);
	before = van_state(vma);
	KUNIT_EXPECT_TRUE(test, vma_new_settle(vma, VMA_READ_BIT));
	KUNIT_EXPECT_TRUE(test, vma_new_settle(vma, VMA_WRITE_BIT));
	KUNIT_EXPECT_TRUE(test, vma_new_settle(vma, VMA_EXEC_BIT));
	van_expect_same(test, van_state(vma), before, "settled");
	/* R18: van_map() has checked that it is silent. */
	KUNIT_EXPECT_EQ(test, vma_new_deny(vma, VMA_READ_BIT), -EPERM);
	KUNIT_EXPECT_EQ(test, vma_new_deny(vma, VMA_WRITE_BIT), -EPERM);
	KUNIT_EXPECT_EQ(test, vma_new_deny(vma, VMA_EXEC_BIT), -EPERM);
	van_expect_same(test, van_state(vma), before, "denied");
	return VAN_NO_MAPPING;
});

/* R1, R18: if the access is asked for, it stays; denying it fails. */
static void vma_access_new_settle_present(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_settle_present, .refused = 3),
			VAN_NO_MAPPING);
}

VAN_BOTH(van_deny_absent, {
	vm_flags_t flags;

	van_preset(vma, VAN_MAY);
	flags = van_state(vma).flags;
	KUNIT_EXPECT_EQ(test, vma_new_deny(vma, VMA_EXEC_BIT), 0);
	KUNIT_EXPECT_EQ(test, van_state(vma).flags, flags & ~VM_MAYEXEC);
	KUNIT_EXPECT_EQ(test, vma_new_deny(vma, VMA_WRITE_BIT), 0);
	KUNIT_EXPECT_EQ(test, van_state(vma).flags,
			flags & ~(VM_MAYEXEC | VM_MAYWRITE));
	KUNIT_EXPECT_EQ(test, vma_new_deny(vma, VMA_READ_BIT), 0);
	KUNIT_EXPECT_EQ(test, van_state(vma).flags, flags & ~VAN_MAY);
	return 0;
});

/* R1: an access that is denied can never be had. */
static void vma_access_new_deny_absent(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, van_map(test, &van_deny_absent, .no_access = true), 0);
	KUNIT_EXPECT_TRUE(test, van_look().there);
	KUNIT_EXPECT_EQ(test, van_look().flags & (VAN_ACCESS | VAN_MAY), 0);
}

VAN_BOTH(van_require_shared, {
	return vma_new_require_shared(vma);
});

VAN_BOTH(van_settle_and_require_shared, {
	if (vma_new_settle(vma, VMA_WRITE_BIT))
		return -EPERM;
	return vma_new_require_shared(vma);
});

/* R7: a copy-on-write mapping is refused, also if it is not writable yet. */
static void vma_access_new_require_shared(struct kunit *test)
{
	const struct van_body *require = &van_require_shared;
	const struct van_body *settle = &van_settle_and_require_shared;

	KUNIT_EXPECT_EQ(test, van_map(test, require), 0);
	KUNIT_EXPECT_EQ(test, van_map(test, require,
				      .prot = PROT_READ | PROT_WRITE), 0);
	KUNIT_EXPECT_EQ(test, van_map(test, require, .flags = MAP_PRIVATE), -EINVAL);
	KUNIT_EXPECT_EQ(test, van_map(test, require, .flags = MAP_PRIVATE,
				      .prot = PROT_READ | PROT_WRITE), -EINVAL);
	KUNIT_EXPECT_EQ(test, van_map(test, settle, .flags = MAP_PRIVATE), 0);
}

/* ---- protection --------------------------------------------------------- */

static const struct van_prot {
	const char *desc;
	enum vma_prot how[2];
} van_prots[] = {
	{ "own", { VMA_PROT_OWN, VMA_PROT_OWN } },
	{ "noncached", { VMA_PROT_NONCACHED, VMA_PROT_OWN } },
	{ "write-combine", { VMA_PROT_WRITECOMBINE, VMA_PROT_OWN } },
	{ "decrypted", { VMA_PROT_DECRYPTED, VMA_PROT_OWN } },
	{ "noncached, decrypted", { VMA_PROT_NONCACHED, VMA_PROT_DECRYPTED } },
	{ "decrypted, write-combine", { VMA_PROT_DECRYPTED, VMA_PROT_WRITECOMBINE } },
};

/* The protection that the architecture derives. */
static pgprot_t van_derive(pgprot_t prot, enum vma_prot how)
{
	if (how == VMA_PROT_NONCACHED)
		return pgprot_noncached(prot);
	if (how == VMA_PROT_WRITECOMBINE)
		return pgprot_writecombine(prot);
	if (how == VMA_PROT_DECRYPTED)
		return pgprot_decrypted(prot);
	return prot;
}

VAN_BOTH(van_set_prot, {
	const struct van_prot *prot = obj->arg;
	struct van_state expect = van_state(vma);
	int i;

	for (i = 0; i < ARRAY_SIZE(prot->how); i++) {
		vma_new_set_prot(vma, prot->how[i]);
		expect.prot = van_derive(expect.prot, prot->how[i]);
	}
	van_expect_same(test, van_state(vma), expect, prot->desc);
	return 0;
});

/* R11: a protection is derived from the mapping's own, and the mapping keeps it. */
static void vma_access_new_set_prot(struct kunit *test)
{
	struct van_state own, now;
	int i, j;

	KUNIT_EXPECT_EQ(test, van_map(test, &van_nothing), 0);
	own = van_look();
	for (i = 0; i < ARRAY_SIZE(van_prots); i++) {
		const struct van_prot *prot = &van_prots[i];
		pgprot_t expect = own.prot;

		KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_set_prot, prot), 0);
		for (j = 0; j < ARRAY_SIZE(prot->how); j++)
			expect = van_derive(expect, prot->how[j]);
		/* The core computes it again and keeps the bits that it can. */
		expect = pgprot_modify(expect, own.prot);
		now = van_look();
		KUNIT_EXPECT_EQ_MSG(test, pgprot_val(now.prot), pgprot_val(expect),
				    "%s", prot->desc);
	}
}

/* Page frames without memory, whose caching nobody else tracks. */
static unsigned long van_io_pfn(struct kunit *test)
{
	unsigned long pfn = PHYS_PFN(0xd0000000);

	if (IS_ENABLED(CONFIG_64BIT))
		pfn = PHYS_PFN(SZ_256G);
	if (pfn_valid(pfn) || pfn_valid(pfn + VAN_PAGES - 1))
		kunit_skip(test, "there is memory where a device was to be");
	return pfn;
}

/* Mapped so that making it write-combine would change nothing? */
static bool van_is_writecombine(struct kunit *test, unsigned long pfn)
{
	const struct van_frame frame = van_frame(VAN_AT(2));

	KUNIT_EXPECT_EQ(test, frame.err, 0);
	KUNIT_EXPECT_EQ(test, frame.pfn, pfn + 2);
	return pgprot_val(pgprot_writecombine(frame.prot)) == pgprot_val(frame.prot);
}

VAN_BOTH(van_remap_plain, {
	return vma_new_remap_pfn(vma, VAN_ADDR, *(const unsigned long *)obj->arg,
				 VAN_SIZE);
});

VAN_BOTH(van_prot_and_remap, {
	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	return vma_new_remap_pfn(vma, VAN_ADDR, *(const unsigned long *)obj->arg,
				 VAN_SIZE);
});

VAN_BOTH(van_remap_and_prot, {
	int err = vma_new_remap_pfn(vma, VAN_ADDR, *(const unsigned long *)obj->arg,
				    VAN_SIZE);

	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	return err;
});

VAN_BOTH(van_prot_and_iomap, {
	phys_addr_t start = PFN_PHYS(*(const unsigned long *)obj->arg);

	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	return vma_new_iomap(vma, start, VAN_SIZE);
});

VAN_BOTH(van_iomap_and_prot, {
	phys_addr_t start = PFN_PHYS(*(const unsigned long *)obj->arg);
	int err = vma_new_iomap(vma, start, VAN_SIZE);

	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	return err;
});

/*
 * R11: page frames are mapped with the mapping's protection: the one after
 * ->mmap_prepare(), or in ->mmap() the one at the time of the call.
 */
static void vma_access_new_set_prot_remap(struct kunit *test)
{
	const struct van_body *before[] = {
		&van_prot_and_remap, &van_prot_and_iomap,
	};
	const struct van_body *after[] = {
		&van_remap_and_prot, &van_iomap_and_prot,
	};
	const unsigned long pfn = van_io_pfn(test);
	int i;

	KUNIT_EXPECT_EQ(test, van_map_arg(test, &van_remap_plain, &pfn), 0);
	/* An architecture without pte_pgprot() has the generic one, which returns 0. */
	if (van_is_writecombine(test, pfn) || !pgprot_val(van_frame(VAN_AT(2)).prot)) {
		KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
		kunit_skip(test, "write-combine is not told from others here");
	}
	for (i = 0; i < ARRAY_SIZE(before); i++) {
		KUNIT_EXPECT_EQ(test, van_map_arg(test, before[i], &pfn), 0);
		KUNIT_EXPECT_TRUE_MSG(test, van_is_writecombine(test, pfn), "%d", i);
	}
	for (i = 0; i < ARRAY_SIZE(after); i++) {
		KUNIT_EXPECT_EQ(test, van_map_arg(test, after[i], &pfn), 0);
		KUNIT_EXPECT_EQ_MSG(test, van_is_writecombine(test, pfn),
				    !van_in_mmap(test), "%d", i);
	}
	KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
}

static int van_prot_spares_action(struct kunit *test, struct van_object *obj,
				  struct vma_planned *vma)
{
	struct mmap_action before;

	KUNIT_EXPECT_EQ(test, vma_new_map_pages_all(vma, obj->pages, VAN_PAGES), 0);
	before = van_desc_raw(vma)->action;
	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	KUNIT_EXPECT_MEMEQ(test, &van_desc_raw(vma)->action, &before, sizeof(before));
	return VAN_NO_MAPPING;
}

/* An action that has no protection of its own keeps what it has in its place. */
static void vma_access_new_set_prot_map_pages(struct kunit *test)
{
	static const struct van_body body = { .prepare = van_prot_spares_action };
	struct van_object *obj = test->priv;

	test->priv = van_object_new(test, &van_prepare_fops);
	KUNIT_EXPECT_EQ(test, van_map(test, &body), VAN_NO_MAPPING);
	test->priv = obj;
}

static int van_prot_of_io_remap(struct kunit *test, struct van_object *obj,
				struct vma_planned *vma)
{
	struct vm_area_desc *desc = van_desc_raw(vma);

	desc->action.type = MMAP_IO_REMAP_PFN;
	vma_new_set_prot(vma, VMA_PROT_WRITECOMBINE);
	KUNIT_EXPECT_EQ(test, pgprot_val(desc->action.remap.pgprot),
			pgprot_val(desc->page_prot));
	desc->action.type = MMAP_NOTHING;
	return VAN_NO_MAPPING;
}

/* An action that a hook asked for which it was handed on to. */
static void vma_access_new_set_prot_io_remap(struct kunit *test)
{
	static const struct van_body body = { .prepare = van_prot_of_io_remap };
	struct van_object *obj = test->priv;

	test->priv = van_object_new(test, &van_prepare_fops);
	KUNIT_EXPECT_EQ(test, van_map(test, &body), VAN_NO_MAPPING);
	test->priv = obj;
}

/* ---- what was traced ---------------------------------------------------- */

VAN_BOTH(van_traced_settle, {
	KUNIT_EXPECT_TRUE(test, vma_new_settle(vma, VMA_READ_BIT));
	KUNIT_EXPECT_FALSE(test, vma_new_settle(vma, VMA_WRITE_BIT));
	return vma_new_deny(vma, VMA_EXEC_BIT);
});

VAN_BOTH(van_traced_type, {
	return vma_new_set_type(vma, &van_no_write, obj);
});

VAN_BOTH(van_traced_denied, {
	van_preset(vma, VM_WRITE);
	return vma_new_set_type(vma, &van_no_write, obj);
});

VAN_BOTH(van_traced_pages, {
	return vma_new_map_pages(vma, VAN_AT(2), obj->pages, 3);
});

VAN_BOTH(van_traced_remap, {
	return vma_new_remap_pfn(vma, VAN_AT(2), page_to_pfn(obj->pages[0]),
				 3 * PAGE_SIZE);
});

VAN_BOTH(van_traced_iomap, {
	return vma_new_iomap(vma, page_to_phys(obj->pages[0]), VAN_SIZE);
});

VAN_BOTH(van_traced_vmalloc, {
	return vma_new_map_vmalloc(vma, (void *)obj->arg, 0);
});

static const struct van_traced {
	const char *desc;
	const struct van_body *body;
	int err;
	/* In either hook, and in ->mmap() only. */
	const char *either;
	const char *mmap;
} van_traced[] = {
	{ "settle", &van_traced_settle, 0,
	  "settle 0 0 has\nsettle 0 1 never\nsettle 0 2 never\n", "" },
	{ "type", &van_traced_type, 0, "settle 0 1 never\n", "" },
	{ "denied", &van_traced_denied, -EPERM,
	  "settle 0 1 has\nrefuse access -1\n", "zap 0+16\n" },
	/*
	 * After ->mmap_prepare() the core maps them, without events of the
	 * layer.
	 */
	{ "pages", &van_traced_pages, 0, "", "insert 2+3 0\n" },
	{ "remap", &van_traced_remap, 0, "", "insert 2+3 0\n" },
	{ "iomap", &van_traced_iomap, 0, "", "insert 0+16 0\n" },
	{ "vmalloc", &van_traced_vmalloc, 0, "", "insert 0+16 0\n" },
};

static void vma_access_new_traced(struct kunit *test)
{
	void *memory = van_vmalloc(test, true);
	struct vat_trace *trace;
	char want[128];
	int i;

	for (i = 0; i < ARRAY_SIZE(van_traced); i++) {
		trace = vat_trace_start(test, VAN_ADDR);
		KUNIT_EXPECT_EQ(test, van_map_arg(test, van_traced[i].body, memory),
				van_traced[i].err);
		vat_trace_stop(test, trace);
		snprintf(want, sizeof(want), "%s%s", van_traced[i].either,
			 van_in_mmap(test) ? van_traced[i].mmap : "");
		KUNIT_EXPECT_STREQ_MSG(test, trace->text, want, "%s",
				       van_traced[i].desc);
		KUNIT_EXPECT_EQ(test, vm_munmap(VAN_ADDR, VAN_SIZE), 0);
	}
}

/* ---- a handle that was kept --------------------------------------------- */

/*
 * R7, R10: no function changes anything through a handle that was kept after
 * its hook. Nothing else would refuse it: no hooks are set, nothing is mapped.
 */
static void vma_access_new_kept(struct kunit *test)
{
	struct van_object *obj = test->priv;
	const unsigned long pfn = page_to_pfn(obj->pages[0]);
	struct mm_struct *mm = current->mm;
	void *memory = van_vmalloc(test, true);
	struct van_state before, now;
	unsigned long refused;
	struct vma_new *vma;

	KUNIT_ASSERT_EQ(test, van_map(test, &van_nothing), 0);
	refused = vat_refused();
	before = van_look();
	vma = obj->kept;
	mmap_write_lock(mm);
	kunit_warning_suppress(test) {
		KUNIT_EXPECT_EQ(test, vma_new_set_type(vma, &van_mixed, obj), -EBUSY);
		VAT_EXPECT_WARNED(test, 1);
		KUNIT_EXPECT_EQ(test, vma_new_set_object(vma, &van_shown, &obj->shown),
				-EBUSY);
		VAT_EXPECT_WARNED(test, 2);
		KUNIT_EXPECT_EQ(test, vma_new_remap_pfn(vma, VAN_ADDR, pfn, VAN_SIZE),
				-EBUSY);
		VAT_EXPECT_WARNED(test, 3);
		KUNIT_EXPECT_EQ(test, vma_new_iomap(vma, PFN_PHYS(pfn), VAN_SIZE),
				-EBUSY);
		VAT_EXPECT_WARNED(test, 4);
		KUNIT_EXPECT_EQ(test, vma_new_map_vmalloc(vma, memory, 0), -EBUSY);
		VAT_EXPECT_WARNED(test, 5);
		KUNIT_EXPECT_EQ(test, vma_new_map_pages_all(vma, obj->pages, VAN_PAGES),
				-EBUSY);
		VAT_EXPECT_WARNED(test, 6);
		KUNIT_EXPECT_EQ(test, vma_new_dma_mmap(vma, NULL, NULL, 0, VAN_SIZE, 0),
				-EBUSY);
		VAT_EXPECT_WARNED(test, 7);
		KUNIT_EXPECT_EQ(test, vma_new_dma_mmap_at(vma, VAN_ADDR, NULL, NULL, 0,
							  VAN_SIZE, 0), -EBUSY);
		VAT_EXPECT_WARNED(test, 8);
	}
	mmap_write_unlock(mm);
	VAT_EXPECT_REFUSED(test, refused, 8);
	now = van_look();
	van_expect_same(test, now, before, "kept");
	KUNIT_EXPECT_EQ(test, vma_object_mappings(&obj->shown), 0);
	van_expect_shows(test, 0, 0, 0);
}

static struct kunit_case van_cases[] = {
	VAN_CASE(vma_access_new_reads),
	KUNIT_CASE(vma_access_new_hook),
	KUNIT_CASE(vma_access_new_from_mmap_in_use),
	KUNIT_CASE(vma_access_new_stacked),
	KUNIT_CASE(vma_access_new_hand_on),
	VAN_CASE(vma_access_new_fits),
	VAN_CASE(vma_access_new_set_pgoff),
	VAN_CASE(vma_access_new_set_file),
	VAN_CASE(vma_access_new_set_file_twice),
	KUNIT_CASE(vma_access_new_set_file_of_mmap),
	VAN_CASE(vma_access_new_set_file_own),
	KUNIT_CASE(vma_access_new_stacked_set_file),
	KUNIT_CASE(vma_access_new_set_file_fails),

	VAN_CASE(vma_access_new_settle_absent),
	VAN_CASE(vma_access_new_settle_present),
	VAN_CASE(vma_access_new_deny_absent),
	VAN_CASE(vma_access_new_require_shared),
	VAN_CASE(vma_access_new_set_prot),
	VAN_CASE(vma_access_new_set_prot_remap),
	KUNIT_CASE(vma_access_new_set_prot_map_pages),
	KUNIT_CASE(vma_access_new_set_prot_io_remap),

	VAN_CASE(vma_access_new_traced),
	KUNIT_CASE(vma_access_new_kept),
	{ }
};

static struct kunit_suite van_suite = {
	.name = "vma_access_new",
	.init = van_init,
	.test_cases = van_cases,
};

kunit_test_suite(van_suite);
