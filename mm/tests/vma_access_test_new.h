/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Common parts of the KUnit suites of new mappings. See vma_access_test_new.c.
 *
 * Each function takes a struct vma_planned in ->mmap_prepare() and a struct
 * vma_new in ->mmap(). A test has a body, written once with VAN_BOTH() and run
 * as either hook of a file. It then checks the resulting mapping: its flags and
 * hooks, and the memory that can be read through it.
 *
 * R1 to R18 are the rules of Documentation/mm/vma_access.rst. A test that names
 * a rule fails if the check that upholds the rule is removed.
 *
 * A failed KUNIT_ASSERT ends the thread without running its cleanups. So use
 * only KUNIT_EXPECT under a lock and in a hook.
 *
 * These tests do not cover -ENOMEM for lack of page tables, nor -EACCES for a
 * page frame that must not be mapped. If the hardware has only one memory type,
 * the tests of the memory type always pass.
 */
#ifndef _VMA_ACCESS_TEST_NEW_H
#define _VMA_ACCESS_TEST_NEW_H

#include <linux/fs.h>
#include <linux/mm.h>

#include "vma_access_test.h"

#define VAN_PAGES	16
#define VAN_PGOFF	3
#define VAN_MAGIC	0x56414e00

/* Nothing is mapped beside it, and it crosses the end of a page table. */
#define VAN_ADDR	(0x20000000UL - 4 * PAGE_SIZE)
#define VAN_SIZE	(VAN_PAGES * PAGE_SIZE)
#define VAN_END		(VAN_ADDR + VAN_SIZE)
#define VAN_AT(nr)	(VAN_ADDR + ((unsigned long)(nr) << PAGE_SHIFT))

/* A body returns this to make mmap() fail. */
#define VAN_NO_MAPPING	(-ECANCELED)

#define VAN_MAY		(VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC)
#define VAN_ACCESS	(VM_READ | VM_WRITE | VM_EXEC)
#define VAN_REMAPPED	(VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_DONTDUMP)

struct van_object;

/* The function that a test runs in the hook. */
struct van_body {
	int (*prepare)(struct kunit *test, struct van_object *obj,
		       struct vma_planned *vma);
	int (*mmap)(struct kunit *test, struct van_object *obj,
		    struct vma_new *vma);
};

/* Two functions with the same body, for the two kinds of handle. */
#define VAN_BOTH(_name, ...)						\
	static int _name##_prepare(struct kunit *test,			\
				   struct van_object *obj,		\
				   struct vma_planned *vma)		\
	__VA_ARGS__							\
									\
	static int _name##_mmap(struct kunit *test,			\
				struct van_object *obj,			\
				struct vma_new *vma)			\
	__VA_ARGS__							\
									\
	static const struct van_body _name = { _name##_prepare, _name##_mmap }

/* What a type's hooks were called with. */
struct van_calls {
	unsigned int mapped;
	unsigned int closed;
	unsigned long start;
	unsigned long end;
	pgoff_t pgoff;
	const struct file *file;
	void *private;
	void *closed_private;
};

/* The object of the test's file. It exists as long as the file does. */
struct van_object {
	struct vma_object shown;
	struct file *file;
	void *memory;
	struct page *pages[VAN_PAGES];
	const struct van_body *body;
	const void *arg;
	/* The handle of the last ->mmap(), which must not be used after it. */
	struct vma_new *kept;
	struct van_calls calls;
	/* What ->mapped() does. */
	int mapped_err;
	void *mapped_private;
};

/* ---- types -------------------------------------------------------------- */

#define VAN_SMR		(VMA_SPLIT_ALLOW | VMA_MREMAP_ALLOW)
#define VAN_ALLOW	(VMA_COW_ALLOW | VAN_SMR | VMA_FORK_COPY | \
			 VMA_EXPAND_ALLOW)
/* With VMA_MAP_NONE it must not be expanded, or the core would merge it. */
#define VAN_NONE	(VMA_MAP_NONE | VMA_FORK_COPY | VMA_EXPAND_REFUSE)
#define VAN_NONE_ALLOW	(VAN_NONE | VMA_COW_ALLOW | VAN_SMR)
#define VAN_NONE_NO_COW	(VAN_NONE | VMA_COW_REFUSE | VAN_SMR)
#define VAN_FIXED	(VMA_COW_ALLOW | VAN_SMR | VMA_FORK_COPY | \
			 VMA_EXPAND_REFUSE)
#define VAN_PFN		(VMA_MAP_PFN | VMA_DENY_NONE | VMA_COW_REFUSE | \
			 VAN_SMR | VMA_FORK_COPY | VMA_EXPAND_REFUSE)

extern const struct vma_type van_none;
extern const struct vma_type van_mixed;
extern const struct vma_type van_pfn;
extern const struct vma_type van_no_write;
extern const struct vma_type van_shown;
extern const struct vma_type van_shown_mixed;
extern const struct vma_type van_shown_pfn;

/* ---- the file and its hooks --------------------------------------------- */

extern const struct file_operations van_prepare_fops;
extern const struct file_operations van_mmap_fops;
extern const struct file_operations van_compat_fops;
extern const struct file_operations van_stacked_fops;

/* Either hook, as a parameter of a test. */
struct van_hook {
	const char *desc;
	const struct file_operations *fops;
};

extern const struct van_hook van_hooks[2];

/* As either hook: with KUNIT_ARRAY_PARAM_DESC(van_hook, van_hooks, desc). */
#define VAN_CASE(_test)	KUNIT_CASE_PARAM(_test, van_hook_gen_params)

int van_mmap_hook(struct file *file, struct vm_area_struct *vma);
int van_prepare_hook(struct vm_area_desc *desc);
const struct file_operations *van_fops(struct kunit *test);
bool van_in_mmap(struct kunit *test);
struct van_object *van_object_new(struct kunit *test,
				  const struct file_operations *fops);
int van_init(struct kunit *test);

/* ---- mapping ------------------------------------------------------------ */

#define VAN_NOTHING	(-1)

/* How to map, if not the whole object, shared and readable. */
struct van_how {
	unsigned long pages;
	unsigned long prot;
	unsigned long flags;
	pgoff_t pgoff;
	bool no_access;
	int warned;
	/*
	 * How much was refused, if it differs from the result of mmap() or from
	 * the number of warnings; VAN_NOTHING if nothing was refused.
	 */
	int refused;
};

int van_do_map(struct kunit *test, struct van_object *obj,
	       const struct van_body *body, const struct van_how *how);

/* Map with a body as the hook. 0, or the errno that mmap() fails with. */
#define van_map(test, body, ...) \
	van_do_map(test, (test)->priv, body, &(struct van_how){ __VA_ARGS__ })

/* The same with an argument for the body. */
#define van_map_arg(test, body, _arg, ...)				\
({									\
	struct van_object *__obj = (test)->priv;			\
									\
	__obj->arg = (_arg);						\
	van_do_map(test, __obj, body, &(struct van_how){ __VA_ARGS__ });	\
})

/* ---- what can be seen --------------------------------------------------- */

/* The members of a VMA that a hook can change. */
struct van_state {
	bool there;
	vm_flags_t flags;
	const struct vm_operations_struct *vm_ops;
	void *private;
	pgoff_t pgoff;
	struct file *file;
	pgprot_t prot;
};

/* A page frame that is mapped. */
struct van_frame {
	int err;
	unsigned long pfn;
	pgprot_t prot;
	bool writable;
};

struct vm_area_struct *van_vma_raw(struct vma_new *vma);
struct vm_area_desc *van_desc_raw(struct vma_planned *vma);
struct van_state van_vma_state(struct vma_new *vma);
struct van_state van_desc_state(struct vma_planned *vma);
struct van_state van_look(void);
void van_expect_same(struct kunit *test, struct van_state now,
		     struct van_state before, const char *desc);
void van_vma_preset(struct vma_new *vma, vm_flags_t flags);
void van_desc_preset(struct vma_planned *vma, vm_flags_t flags);
void van_vma_set_pgoff(struct vma_new *vma, pgoff_t pgoff);
void van_desc_set_pgoff(struct vma_planned *vma, pgoff_t pgoff);
void van_vma_no_ops(struct vma_new *vma);
void van_desc_no_ops(struct vma_planned *vma);
void van_expect_shows(struct kunit *test, int at, int nr, int page);
unsigned long van_held(struct kunit *test, struct van_object *obj);
void van_expect_nothing(struct kunit *test);
struct van_frame van_frame(unsigned long addr);

/* The same of a handle, in the hook. */
#define van_state(h)							\
	_Generic((h),							\
		 struct vma_new * : van_vma_state,			\
		 struct vma_planned * : van_desc_state)(h)

#define van_preset(h, flags)						\
	_Generic((h),							\
		 struct vma_new * : van_vma_preset,			\
		 struct vma_planned * : van_desc_preset)(h, flags)

/* Any offset: that of mmap() is at most ULONG_MAX in bytes on 64 bits. */
#define van_set_pgoff(h, pgoff)						\
	_Generic((h),							\
		 struct vma_new * : van_vma_set_pgoff,			\
		 struct vma_planned * : van_desc_set_pgoff)(h, pgoff)

#define van_no_ops(h)							\
	_Generic((h),							\
		 struct vma_new * : van_vma_no_ops,			\
		 struct vma_planned * : van_desc_no_ops)(h)

/* ---- ranges, and memory of vmalloc() ------------------------------------- */

/* A range and the result for it, for any function. */
struct van_range {
	const char *desc;
	unsigned long addr, size;
	int err;
};

extern const struct van_range van_ranges[21];

#define VAN_WHOLE_PAGES	(ARRAY_SIZE(van_ranges) - 3)

int van_at(const struct van_range *range);
void *van_vmalloc(struct kunit *test, bool user);

#endif /* _VMA_ACCESS_TEST_NEW_H */
