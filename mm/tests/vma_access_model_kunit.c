// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit test of typed VMA access, <linux/vma_access.h>: random sequences of
 * mmap(), munmap(), accesses and verbs, each compared with a model of what must
 * be mapped then. A failure prints the seed and the step:
 *
 *	vma_access_kunit.model_seed=1 vma_access_kunit.model_steps=100000
 */
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/prandom.h>

#include "vma_access_test_file.h"

static ulong model_seed = 1;
module_param(model_seed, ulong, 0444);
MODULE_PARM_DESC(model_seed, "Where the random sequences of the model test start");
static uint model_steps = 1500;
module_param(model_steps, uint, 0444);
MODULE_PARM_DESC(model_steps, "How long they are");

#define MODEL_FILES	2
#define MODEL_OBJECTS	2	/* of each file */
#define MODEL_MMS	2
#define MODEL_SLOTS	3

static const unsigned long model_addr[MODEL_SLOTS] = { VAU_ADDR, VAU_ADDR2, VAU_ADDR3 };

static const struct vma_type *const model_types[] = {
	&vau_none, &vau_mixed, &vau_pfn, &vau_pfn_ro,
	&vau_object_mixed, &vau_object_pfn, &vau_object_none,
};

/* The model of one page of an address space. */
struct model_page {
	const struct vma_type *type;	/* NULL: of no type */
	unsigned long mmap;	/* the mmap() that made it, 0 if there is none */
	unsigned int file;	/* MODEL_FILES: anonymous memory */
	pgoff_t pgoff;
	bool private, writable;
	bool present, copied;
	unsigned int page;	/* of the file, if present and not copied */
	u8 byte;		/* of a copy and of anonymous memory */
};

struct model {
	struct kunit *test;
	struct rnd_state rnd;
	unsigned int step;
	const char *what;
	bool failed;
	unsigned long mmaps;
	struct vau_file *files[MODEL_FILES];
	/* The mapping that is being made, and the result of its hook. */
	struct model_page fresh[VAU_PAGES];
	unsigned int fresh_nr;
	int fresh_err;
	u8 bytes[MODEL_FILES][VAU_PAGES];
	bool revoked[MODEL_FILES][MODEL_OBJECTS];
	struct mm_with_user *users[MODEL_MMS];
	struct mm_struct *mms[MODEL_MMS];
	unsigned int mm;	/* the test's own, at the moment */
	struct model_page at[MODEL_MMS][MODEL_SLOTS][VAU_PAGES];
};

/* Only the first failure is shown: what follows comes of it. */
static void model_expect(struct model *m, const char *text, unsigned long addr,
			 long is, long want)
{
	if (is == want || m->failed)
		return;
	m->failed = true;
	KUNIT_FAIL(m->test, "seed %lu, step %u, %s, %lx: %s is %ld, not %ld",
		   model_seed, m->step, m->what, addr, text, is, want);
}

static u32 model_below(struct model *m, u32 limit)
{
	return prandom_u32_state(&m->rnd) % limit;
}

/* ---- the driver ----------------------------------------------------------- */

static vm_fault_t model_map_at(struct vau_file *obj, struct vma_fault *fault,
			       pgoff_t index)
{
	struct vma_ref *vma = vma_fault_ref(fault);
	struct page *page = obj->pages[index];

	if (vma_ref_test(vma, VMA_PFNMAP_BIT))
		return vma_fault_insert_pfn(fault, page_to_pfn(page), VMA_PROT_OWN);
	if (vma_ref_test(vma, VMA_MIXEDMAP_BIT))
		return vma_fault_insert_page(fault, page);
	/* The core would map it when the object is perhaps revoked. */
	if (vma_ref_object(vma))
		return VM_FAULT_SIGBUS;
	return vma_fault_return_page(fault, page);
}

static vm_fault_t model_fault(struct vau_file *obj, struct vma_fault *fault)
{
	struct vma_object *object = vma_ref_object(vma_fault_ref(fault));
	struct file *file;
	vm_fault_t ret;
	pgoff_t index;

	/* As if it had to wait. */
	if (obj->faults % 4 == 0) {
		ret = vma_fault_drop_lock(&fault, &file);
		if (file)
			fput(file);
		if (ret)
			return ret;
	}
	if (!object)
		return vma_fault_index(fault, VAU_BASE, VAU_PAGES, &index) ?:
		       model_map_at(obj, fault, index);

	CLASS(vma_object_live, live)(object);
	if (!vma_object_is_live(&live))
		return VM_FAULT_SIGBUS;
	ret = vma_fault_object_index(fault, object, &index);
	return ret ?: model_map_at(obj, fault, index);
}

/* ---- the model -------------------------------------------------------------- */

static bool model_counted(const struct model_page *p)
{
	return p->type && __vma_policy_has(p->type->policy, __VMA_TYPE_COUNTED);
}

static bool model_kind(const struct model_page *p, vma_policy_t kind)
{
	return p->type && __vma_policy_has(p->type->policy, kind);
}

/* Which of the file's objects is at the page's offset. */
static unsigned int model_object(const struct model_page *p)
{
	return p->pgoff >= VAU_NEXT;
}

static struct vma_object *model_vma_object(const struct model *m,
					   const struct model_page *p)
{
	struct vau_file *obj = m->files[p->file];

	return model_object(p) ? &obj->next : &obj->object;
}

/* What vm_private_data is. */
static void *model_owner(const struct model *m, const struct model_page *p)
{
	return model_counted(p) ? (void *)model_vma_object(m, p) : m->files[p->file];
}

/* The first page of the VMA, and the one behind the last. */
static unsigned int model_first(const struct model_page *at, unsigned int i)
{
	while (i && at[i - 1].mmap == at[i].mmap)
		i--;
	return i;
}

static unsigned int model_end(const struct model_page *at, unsigned int i)
{
	unsigned long mmap = at[i].mmap;

	while (i < VAU_PAGES && at[i].mmap == mmap)
		i++;
	return i;
}

static void model_gone(struct model_page *p)
{
	p->present = false;
	p->copied = false;
	p->byte = 0;
}

/* All pages of a file from an offset on are unmapped; copies stay. */
static void model_zapped(struct model *m, unsigned int file, pgoff_t pgoff,
			 unsigned long nr)
{
	struct model_page *p = &m->at[0][0][0], *end = p + sizeof(m->at) / sizeof(*p);

	for (; p < end; p++)
		if (p->mmap && p->file == file && !p->copied &&
		    p->pgoff >= pgoff && p->pgoff - pgoff < nr)
			model_gone(p);
}

/* Fault a page in, as an access does. Returns whether there is one. */
static bool model_faulted(struct model *m, struct model_page *p, bool write)
{
	pgoff_t base = VAU_BASE;

	if (!p->mmap || (write && !p->writable))
		return false;
	if (!p->type) {
		p->copied = true;
		p->present = true;
		return true;
	}
	if (!p->present) {
		if (model_counted(p)) {
			if (m->revoked[p->file][model_object(p)] ||
			    p->type == &vau_object_none)
				return false;
			base = model_object(p) ? VAU_NEXT : VAU_BASE;
		}
		if (p->pgoff < base || p->pgoff - base >= VAU_PAGES)
			return false;
		p->present = true;
		p->page = p->pgoff - base;
	}
	if (write && p->private && !p->copied) {
		p->byte = m->bytes[p->file][p->page];
		p->copied = true;
	}
	return true;
}

/* ---- a hook that fills its mapping ------------------------------------------ */

static int model_fill(struct model *m, struct vma_new *vma)
{
	struct vau_file *obj = m->files[m->fresh->file];
	unsigned int i = model_below(m, m->fresh_nr + 1), n;
	unsigned int nr = model_below(m, m->fresh_nr + 2);
	unsigned long addr = vau_at(vma_new_start(vma), i);
	unsigned int which[VAU_PAGES + 1] = {};
	struct page *pages[VAU_PAGES + 1];
	int err, want = 0;

	m->what = "fill";
	/* The pages do not follow each other in memory. */
	if (model_kind(m->fresh, VMA_MAP_PFN))
		nr = min(nr, 1);
	for (n = 0; n < nr; n++) {
		which[n] = model_below(m, VAU_PAGES);
		pages[n] = obj->pages[which[n]];
		if (i + n < m->fresh_nr && m->fresh[i + n].present)
			want = -EBUSY;
	}
	/* That is a mistake of the driver. */
	if (want && model_kind(m->fresh, VMA_MAP_PFN))
		return 0;
	if (!nr || model_below(m, 16) == 0) {
		addr += !!nr;
		want = -EINVAL;
	} else if (i >= m->fresh_nr || nr > m->fresh_nr - i) {
		want = -EFAULT;
	}
	if (model_kind(m->fresh, VMA_MAP_PFN))
		err = vma_new_remap_pfn(vma, addr, page_to_pfn(obj->pages[which[0]]),
					nr << PAGE_SHIFT);
	else
		err = vma_new_map_pages(vma, addr, pages, nr);
	model_expect(m, "result", i, err, want);
	for (n = 0; n < nr && !want; n++) {
		m->fresh[i + n].present = true;
		m->fresh[i + n].page = which[n];
	}
	return err;
}

static DEFINE_VMA_MMAP(model_mmap_hook, file, vma)
{
	struct model *m = kunit_get_current_test()->priv;
	struct vau_file *obj = file->private_data;
	unsigned int n;
	int err;

	if (model_counted(m->fresh))
		return vma_new_set_object(vma, m->fresh->type,
					  model_vma_object(m, m->fresh));
	err = vma_new_set_type(vma, m->fresh->type, obj);
	if (err || !model_kind(m->fresh, VMA_MAP_MIXED | VMA_MAP_PFN))
		return err;
	for (n = model_below(m, 4); n && !m->fresh_err; n--)
		m->fresh_err = model_fill(m, vma);
	return m->fresh_err;
}

static int model_release(struct inode *inode, struct file *file)
{
	return vau_fops.release(inode, file);
}

static const struct file_operations model_fops = {
	.owner = THIS_MODULE,
	.mmap = model_mmap_hook,
	.release = model_release,
};

/* ---- user space ------------------------------------------------------------- */

static void model_munmap(struct model *m)
{
	unsigned int slot = model_below(m, MODEL_SLOTS);
	unsigned int i = model_below(m, VAU_PAGES);
	unsigned int nr = 1 + model_below(m, VAU_PAGES - i);
	unsigned long addr = vau_at(model_addr[slot], i);

	m->what = "munmap";
	model_expect(m, "result", addr, vm_munmap(addr, nr << PAGE_SHIFT), 0);
	while (nr--)
		m->at[m->mm][slot][i++] = (struct model_page){};
}

/* Is it a mapping that the layer lets be made? */
static int model_mmap_err(const struct model_page *p, unsigned int nr)
{
	pgoff_t base;

	if (!p->type)
		return 0;
	if (p->type == &vau_pfn_ro && p->writable)
		return -EPERM;
	if (p->private && model_kind(p, VMA_COW_REFUSE))
		return -EINVAL;
	if (!model_counted(p))
		return 0;
	base = model_object(p) ? VAU_NEXT : VAU_BASE;
	return p->pgoff < base || p->pgoff - base + nr > VAU_PAGES ? -EINVAL : 0;
}

static void model_mmap(struct model *m)
{
	unsigned int slot = model_below(m, MODEL_SLOTS);
	unsigned int i = model_below(m, VAU_PAGES);
	unsigned int nr = 1 + model_below(m, VAU_PAGES - i);
	unsigned long addr = vau_at(model_addr[slot], i), ret, prot = PROT_READ;
	struct model_page p = { .mmap = ++m->mmaps };
	unsigned int n;
	int err;

	m->what = "mmap";
	/* A mmap() that fails keeps the old VMA, but not all that it maps. */
	model_expect(m, "munmap()", addr, vm_munmap(addr, nr << PAGE_SHIFT), 0);
	p.file = model_below(m, MODEL_FILES + 1);
	p.private = p.file == MODEL_FILES || model_below(m, 3) == 0;
	if (p.file < MODEL_FILES) {
		p.type = model_types[model_below(m, ARRAY_SIZE(model_types))];
		p.pgoff = VAU_BASE - 1 + model_below(m, 2 * VAU_PAGES + 2);
		if (p.type == &vau_pfn_ro)
			p.private = false;
		m->files[p.file]->type = p.type;
	}
	p.writable = (model_below(m, 4) == 0) == (p.type == &vau_pfn_ro);
	if (p.writable)
		prot |= PROT_WRITE;
	err = model_mmap_err(&p, nr);
	for (n = 0; n < nr; n++) {
		m->fresh[n] = p;
		m->fresh[n].pgoff += n;
	}
	m->fresh_nr = nr;
	m->fresh_err = 0;

	ret = vm_mmap(p.type ? m->files[p.file]->file : NULL, addr, nr << PAGE_SHIFT, prot,
		      MAP_FIXED | (p.private ? MAP_PRIVATE : MAP_SHARED) |
		      (p.type ? 0 : MAP_ANONYMOUS), p.pgoff << PAGE_SHIFT);
	err = err ?: m->fresh_err;
	m->what = "mmap";
	model_expect(m, "result", addr, ret, err ?: addr);
	for (n = 0; n < nr; n++)
		m->at[m->mm][slot][i + n] = err ? (struct model_page){} : m->fresh[n];
}

static void model_access(struct model *m)
{
	unsigned int slot = model_below(m, MODEL_SLOTS);
	unsigned int i = model_below(m, VAU_PAGES);
	unsigned long addr = vau_at(model_addr[slot], i);
	struct model_page *p = &m->at[m->mm][slot][i];
	bool write = model_below(m, 2);
	bool there = model_faulted(m, p, write);
	u8 *byte = p->copied || !there ? &p->byte : &m->bytes[p->file][p->page];
	u8 value = prandom_u32_state(&m->rnd);

	m->what = write ? "write" : "read";
	if (!write) {
		model_expect(m, "result", addr, vau_read(addr), there ? *byte : -EFAULT);
		return;
	}
	model_expect(m, "result", addr, vau_write(addr, value), there ? 0 : -EFAULT);
	if (there)
		*byte = value;
}

/* ---- verbs under a guard ---------------------------------------------------- */

/* A page, and those around it. */
struct model_place {
	struct model_page *at;
	unsigned int i;
	unsigned long start, addr;
};

/* A range of pages that may begin or end outside of the VMA, and may not be aligned. */
struct model_range {
	unsigned int i, nr;
	unsigned long addr;
	int err;
	struct vau_file *file;	/* of the VMA */
};

static struct model_range model_range(struct model *m, const struct model_place *place,
				      unsigned int most)
{
	unsigned int first = model_first(place->at, place->i);
	unsigned int end = model_end(place->at, place->i);
	struct model_range r = {
		.i = model_below(m, VAU_PAGES),
		.nr = most > 1 ? model_below(m, most + 1) : 1,
		.file = m->files[place->at[place->i].file % MODEL_FILES],
	};

	/* Mostly inside. */
	if (model_below(m, 4))
		r.i = first + model_below(m, end - first);
	r.addr = vau_at(place->start, r.i);
	if (!r.nr)
		r.err = -EINVAL;
	else if (r.i < first || r.i >= end || r.nr > end - r.i)
		r.err = -EFAULT;
	if (model_below(m, 16) == 0) {
		r.addr++;
		r.err = -EINVAL;
	}
	return r;
}

static void model_insert_pages(struct model *m, struct model_page *at,
			       struct vma_mixedmap *vma, struct model_range r)
	__must_hold_shared(vma_stable)
{
	unsigned int which[VAU_PAGES], i, done = 0;
	struct page *pages[VAU_PAGES];
	unsigned long inserted;
	int err = r.err;

	m->what = "insert pages";
	for (i = 0; i < r.nr; i++) {
		which[i] = model_below(m, VAU_PAGES);
		pages[i] = r.file->pages[which[i]];
	}
	for (i = 0; i < r.nr && !err; i++) {
		if (at[r.i + i].present)
			err = -EBUSY;
		else
			done++;
	}
	model_expect(m, "result", r.addr,
		     vma_mixedmap_insert_pages(vma, r.addr, pages, r.nr, &inserted), err);
	model_expect(m, "inserted", r.addr, inserted, done);
	for (i = 0; i < done; i++) {
		at[r.i + i].present = true;
		at[r.i + i].page = which[i];
	}
}

static void model_insert_page(struct model *m, struct model_page *at,
			      struct vma_mixedmap *vma, struct model_range r)
	__must_hold_shared(vma_stable)
{
	unsigned int which = model_below(m, VAU_PAGES);
	int err = r.err ?: at[r.i].present ? -EBUSY : 0;

	m->what = "insert page";
	model_expect(m, "result", r.addr,
		     vma_mixedmap_insert_page(vma, r.addr, r.file->pages[which]), err);
	if (err)
		return;
	at[r.i].present = true;
	at[r.i].page = which;
}

static void model_get_page(struct model *m, struct model_page *at,
			   struct vma_mixedmap *vma, struct model_range r)
	__must_hold_shared(vma_stable)
{
	struct page *page = vma_mixedmap_get_page(vma, r.addr);
	const struct model_page *p = &at[r.i];
	long err = r.err ?: p->present ? 0 : -ENOENT;

	m->what = "get page";
	model_expect(m, "result", r.addr, PTR_ERR_OR_ZERO(page), err);
	if (IS_ERR(page))
		return;
	if (!err && !p->copied)
		model_expect(m, "the page", r.addr, page_to_pfn(page),
			     page_to_pfn(r.file->pages[p->page]));
	put_page(page);
}

static void model_insert_pfn(struct model *m, struct model_page *at,
			     struct vma_pfnmap *vma, struct model_range r)
	__must_hold_shared(vma_stable)
{
	unsigned int which = model_below(m, VAU_PAGES);
	unsigned long pfn = page_to_pfn(r.file->pages[which]);

	m->what = "insert pfn";
	model_expect(m, "result", r.addr,
		     vma_pfnmap_insert_pfn(vma, r.addr, pfn, VMA_PROT_OWN), r.err);
	/* An entry that was there stays. */
	if (r.err || at[r.i].present)
		return;
	at[r.i].present = true;
	at[r.i].page = which;
}

/* Map by the handle of the VMA at a page. */
static void model_insert(struct model *m, const struct model_place *place,
			 struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	struct model_page *at = place->at, *p = &at[place->i];
	struct vma_mixedmap *mixed = vma_ref_as_mixedmap(vma);
	struct vma_pfnmap *pfns = vma_ref_as_pfnmap(vma);

	m->what = "handle";
	model_expect(m, "as mixedmap", place->addr, !!mixed, model_kind(p, VMA_MAP_MIXED));
	model_expect(m, "as pfnmap", place->addr, !!pfns, model_kind(p, VMA_MAP_PFN));
	if (m->failed)
		return;
	if (pfns)
		model_insert_pfn(m, at, pfns, model_range(m, place, 1));
	if (!mixed)
		return;
	switch (model_below(m, 3)) {
	case 0:
		model_insert_page(m, at, mixed, model_range(m, place, 1));
		break;
	case 1:
		model_get_page(m, at, mixed, model_range(m, place, 1));
		break;
	case 2:
		model_insert_pages(m, at, mixed, model_range(m, place, VAU_PAGES));
		break;
	}
}

static void model_zap_range(struct model *m, const struct model_place *place,
			    struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	struct model_range r = model_range(m, place, VAU_PAGES);

	m->what = "zap range";
	/* The core merges anonymous memory, so nobody knows where it ends. */
	if (!place->at[place->i].type)
		r = (struct model_range){ place->i, 1, place->addr };
	model_expect(m, "result", r.addr,
		     vma_ref_zap_range(vma, r.addr, r.nr << PAGE_SHIFT), r.err);
	while (!r.err && r.nr--)
		model_gone(&place->at[r.i++]);
}

/* Whose VMA is it? Another type and another owner are not. */
static void model_look(struct model *m, const struct model_place *place,
		       struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	const struct vma_type *type = model_types[model_below(m, ARRAY_SIZE(model_types))];
	const struct model_page *at = place->at, *p = &at[place->i];
	struct vau_file *obj = m->files[model_below(m, MODEL_FILES)];
	unsigned int first = model_first(at, place->i), end = model_end(at, place->i);
	unsigned long addr = place->addr;
	struct vma_object *object = vma_ref_object(vma);
	void *owners[] = { obj, &obj->object, &obj->next };
	void *owner = owners[model_below(m, ARRAY_SIZE(owners))];

	m->what = "look";
	model_expect(m, "object", addr, (long)object,
		     model_counted(p) ? (long)model_owner(m, p) : 0);
	model_expect(m, "is", addr, vma_ref_is(vma, vma_type_identity(type, owner)),
		     p->type == type && model_owner(m, p) == owner);
	model_expect(m, "owner", addr, (long)vma_ref_owner(vma, type),
		     p->type == type ? (long)model_owner(m, p) : 0);
	if (!p->type)
		return;
	model_expect(m, "start", addr, vma_ref_start(vma), vau_at(place->start, first));
	model_expect(m, "end", addr, vma_ref_end(vma), vau_at(place->start, end));
	model_expect(m, "pgoff", addr, vma_ref_pgoff(vma), at[first].pgoff);
}

static void model_under_guard(struct model *m, const struct model_place *place,
			      struct vma_ref *vma)
	__must_hold_shared(vma_stable)
{
	const struct model_page *p = &place->at[place->i];
	struct vma_object *object;
	unsigned int n;

	m->what = "guard";
	model_expect(m, "a VMA", place->addr, !!vma, !!p->mmap);
	if (!vma || m->failed)
		return;
	model_look(m, place, vma);
	object = vma_ref_object(vma);
	for (n = model_below(m, 4); n && !m->failed; n--) {
		if (model_below(m, 3) == 0) {
			model_zap_range(m, place, vma);
		} else if (!object) {
			model_insert(m, place, vma);
		} else {
			CLASS(vma_object_live, live)(object);
			bool is_live = vma_object_is_live(&live);

			model_expect(m, "live", 0, is_live,
				     !m->revoked[p->file][model_object(p)]);
			if (is_live)
				model_insert(m, place, vma);
		}
	}
}

static void model_guard(struct model *m)
{
	unsigned int mm = model_below(m, MODEL_MMS);
	unsigned int slot = model_below(m, MODEL_SLOTS);
	struct mm_with_user *user = m->users[mm];
	struct model_place place = {
		.at = m->at[mm][slot],
		.i = model_below(m, VAU_PAGES),
		.start = model_addr[slot],
	};

	place.addr = vau_at(place.start, place.i);
	switch (model_below(m, 3)) {
	case 0: {
		ACQUIRE(vma_read, guard)(user, place.addr);
		model_under_guard(m, &place, vma_read_ref(&guard));
		break;
	}
	case 1: {
		ACQUIRE(vma_read_try, guard)(user, place.addr);
		model_under_guard(m, &place, vma_read_ref(&guard));
		break;
	}
	case 2: {
		CLASS(mmap_read, guard)(user);
		model_under_guard(m, &place, vma_ref_lookup(&guard, place.addr));
		break;
	}
	}
}

/* Two VMAs, perhaps the same one, or of two processes. */
static void model_pair(struct model *m)
{
	struct mm_with_user *users[2];
	const struct model_page *p[2];
	unsigned long addr[2];
	int i, err = 0, move;

	m->what = "pair";
	for (i = 0; i < 2; i++) {
		unsigned int mm = model_below(m, MODEL_MMS);
		unsigned int slot = model_below(m, MODEL_SLOTS);
		unsigned int page = model_below(m, VAU_PAGES);

		users[i] = m->users[mm];
		addr[i] = vau_at(model_addr[slot], page);
		p[i] = &m->at[mm][slot][page];
		if (!p[i]->mmap)
			err = -ESRCH;
	}
	if (err)
		move = err;
	else if (p[0]->type || p[1]->type)
		move = -EINVAL;
	else
		move = p[0]->writable && p[1]->writable ? 0 : -EACCES;

	ACQUIRE(vma_pair, pair)(users[0], addr[0], users[1], addr[1]);
	model_expect(m, "result", addr[0], ACQUIRE_ERR(vma_pair, &pair), err);
	model_expect(m, "move", addr[0], vma_pair_check_move(&pair), move);
}

/* ---- objects ------------------------------------------------------------------ */

static unsigned int model_vmas(const struct model_page *at, unsigned int file,
			       unsigned int which)
{
	unsigned int i, nr = 0;

	for (i = 0; i < VAU_PAGES; i++)
		if (at[i].mmap && model_counted(&at[i]) && at[i].file == file &&
		    model_object(&at[i]) == which && model_first(at, i) == i)
			nr++;
	return nr;
}

static unsigned int model_mappings(const struct model *m, unsigned int file,
				   unsigned int which)
{
	unsigned int mm, slot, nr = 0;

	for (mm = 0; mm < MODEL_MMS; mm++)
		for (slot = 0; slot < MODEL_SLOTS; slot++)
			nr += model_vmas(m->at[mm][slot], file, which);
	return nr;
}

/* Unmap what shows an object, in this process. */
static void model_unmap(struct model *m, unsigned int file, unsigned int which)
{
	unsigned int slot, i;

	for (slot = 0; slot < MODEL_SLOTS; slot++) {
		struct model_page *p = m->at[m->mm][slot];

		for (i = 0; i < VAU_PAGES; i++, p++) {
			if (!model_counted(p) || p->file != file || model_object(p) != which)
				continue;
			model_expect(m, "munmap()", i,
				     vm_munmap(vau_at(model_addr[slot], i), PAGE_SIZE), 0);
			*p = (struct model_page){};
		}
	}
}

static void model_take_back(struct model *m)
{
	unsigned int file = model_below(m, MODEL_FILES);
	unsigned int which = model_below(m, MODEL_OBJECTS);
	struct vau_file *obj = m->files[file];
	struct vma_object *object = which ? &obj->next : &obj->object;
	pgoff_t base = which ? VAU_NEXT : VAU_BASE;
	unsigned long index = model_below(m, VAU_PAGES + 1);
	unsigned long nr = model_below(m, VAU_PAGES + 2);
	int err = nr && index < VAU_PAGES && nr <= VAU_PAGES - index ? 0 : -EINVAL;

	m->what = "take back";
	if (m->revoked[file][which]) {
		/* Once nothing shows it, it can be set up anew. */
		model_unmap(m, file, which);
		if (model_mappings(m, file, which))
			return;
		vma_object_init(object, &obj->mapping, base, VAU_PAGES,
				which ? NULL : &vau_object_ops);
		m->revoked[file][which] = false;
		return;
	}
	switch (model_below(m, 8)) {
	case 0:
		vma_object_revoke(object);
		m->revoked[file][which] = true;
		index = 0;
		nr = VAU_PAGES;
		break;
	case 1:
	case 2:
		model_expect(m, "try_zap", index, vma_object_try_zap(object, index, nr), err);
		break;
	default:
		model_expect(m, "zap", index, vma_object_zap(object, index, nr), err);
		break;
	}
	if (!err || m->revoked[file][which])
		model_zapped(m, file, base + index, nr);
}

/* ---- what must hold after each step ---------------------------------------------- */

static void model_check_page(struct model *m, const struct model_page *p,
			     struct mm_struct *mm, unsigned long addr, int *refs)
{
	pte_t pte = vau_pte(mm, addr);

	model_expect(m, "mapped", addr, !!pte_present(pte), p->present);
	if (!p->present || p->copied || !pte_present(pte))
		return;
	model_expect(m, "the page frame", addr, pte_pfn(pte),
		     page_to_pfn(m->files[p->file]->pages[p->page]));
	if (!model_kind(p, VMA_MAP_PFN))
		refs[p->page]++;
}

static void model_check_pages(struct model *m)
{
	int refs[MODEL_FILES][VAU_PAGES] = {};
	unsigned int mm, slot, file, i;

	for (mm = 0; mm < MODEL_MMS; mm++)
		for (slot = 0; slot < MODEL_SLOTS; slot++)
			for (i = 0; i < VAU_PAGES; i++) {
				const struct model_page *p = &m->at[mm][slot][i];

				if (p->type)
					model_check_page(m, p, m->mms[mm],
							 vau_at(model_addr[slot], i),
							 refs[p->file]);
			}
	for (file = 0; file < MODEL_FILES; file++)
		for (i = 0; i < VAU_PAGES; i++)
			model_expect(m, "references of a page", i,
				     page_count(m->files[file]->pages[i]),
				     1 + refs[file][i]);
}

static void model_check(struct model *m)
{
	unsigned int file;

	model_check_pages(m);
	for (file = 0; file < MODEL_FILES; file++) {
		struct vau_file *obj = m->files[file];
		unsigned int nr = model_mappings(m, file, 0);

		model_expect(m, "mappings", file, vma_object_mappings(&obj->object), nr);
		model_expect(m, "gets less puts", file, obj->gets - obj->puts, nr);
		model_expect(m, "mappings of the next", file,
			     vma_object_mappings(&obj->next), model_mappings(m, file, 1));
	}
	vat_expect_unlocked_mm(m->test, m->mms[0]);
	vat_expect_unlocked_mm(m->test, m->mms[1]);
}

/* Go on as another process. */
static void model_switch(struct model *m)
{
	m->what = "switch";
	m->mm = !m->mm;
	vau_move_to(m->mms[m->mm]);
}

static void vma_access_model_random(struct kunit *test)
{
	struct model *m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	unsigned int file, i;

	KUNIT_ASSERT_NOT_NULL(test, m);
	m->test = test;
	test->priv = m;
	prandom_seed_state(&m->rnd, model_seed);
	for (file = 0; file < MODEL_FILES; file++) {
		m->files[file] = vau_file_new(test, file ? &vau_prepare_fops : &model_fops,
					      &vau_object_ops);
		m->files[file]->fault = model_fault;
		for (i = 0; i < VAU_PAGES; i++)
			m->bytes[file][i] = i + 1;
	}

	m->users[0] = mm_with_user_current();
	m->users[1] = vau_user_new(test);
	for (i = 0; i < MODEL_MMS; i++)
		m->mms[i] = __mm_with_user_raw(m->users[i]);

	for (m->step = 0; m->step < model_steps && !m->failed; m->step++) {
		switch (model_below(m, 20)) {
		case 0:
			model_switch(m);
			break;
		case 1:
			model_munmap(m);
			break;
		case 2 ... 4:
			model_mmap(m);
			break;
		case 5 ... 9:
			model_access(m);
			break;
		case 10:
			model_take_back(m);
			break;
		case 11:
			model_pair(m);
			break;
		default:
			model_guard(m);
			break;
		}
		model_check(m);
	}
	if (m->mm)
		model_switch(m);
	for (i = 0; i < MODEL_SLOTS; i++)
		vm_munmap(model_addr[i], VAU_SIZE);
	kunit_info(test, "%u steps from seed %lu\n", m->step, model_seed);
}

static struct kunit_case vma_access_model_cases[] = {
	KUNIT_CASE(vma_access_model_random),
	{}
};

static int vma_access_model_init(struct kunit *test)
{
	return kunit_attach_mm();
}

static struct kunit_suite vma_access_model_suite = {
	.name = "vma_access_model",
	.init = vma_access_model_init,
	.test_cases = vma_access_model_cases,
};

kunit_test_suite(vma_access_model_suite);
