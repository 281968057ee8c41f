// SPDX-License-Identifier: GPL-2.0
/// Handles to VMAs (linux/vma_access.h) that get out of their guard's scope, or
/// in from elsewhere, where the compiler does not see it: a handle or guard that
/// is kept, handed out or returned, one made by a cast or of a void pointer, a
/// look-up, conversion or pin whose NULL is not asked about on some path, or a
/// look-up whose owner is not; and a new mapping that is handed on, raw, to the
/// file's own function.
///
// Confidence: High
// Comments: it sees one function or structure at a time.
// Options: --no-includes --include-headers

virtual report

@strict@
@@
#include <linux/vma_access_strict.h>

@member depends on strict@
struct vm_area_struct *V;
expression E;
symbol vma;
identifier f;
position p;
@@
(
 V->f@p
|
 E->vma->f@p
)

@script:python depends on report@
p << member.p;
f << member.f;
@@
coccilib.report.print_report(p[0], "ERROR: %s of a raw VMA, in a file that is strict" % f)

@kept@
identifier S, f;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|write|new|new_mixedmap|desc|fault)$";
position p;
@@
struct S {
  ...
(
  struct H *f@p;
|
  struct H *f@p[...];
)
  ...
};

@script:python depends on report@
p << kept.p;
f << kept.f;
@@
coccilib.report.print_report(p[0], "ERROR: the handle %s outlives its guard in a structure" % f)

@stored@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_write *, struct vma_new *, struct vma_new_mixedmap *, struct vma_desc *, struct vma_fault *} h;
expression E, G;
identifier f;
position p;
@@
(
  E->f@p = h
|
  E->f@p = (void *)h
|
  E.f@p = h
|
  E->f@p = \(vma_ref_lookup\|vma_write_lookup\|vma_read_ref\)(G, ...)
)

@script:python depends on report@
p << stored.p;
f << stored.f;
@@
coccilib.report.print_report(p[0], "ERROR: the handle outlives its guard in the member %s" % f)

@given@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_write *, struct vma_new *, struct vma_new_mixedmap *, struct vma_desc *, struct vma_fault *} h;
local idexpression void **x;
position p;
@@
 *x@p = \(h\|vma_ref_lookup(...)\|vma_write_lookup(...)\|vma_read_ref(...)\)

@script:python depends on report@
p << given.p;
x << given.x;
@@
coccilib.report.print_report(p[0], "ERROR: a handle is handed out by the parameter %s" % x)

@out@
identifier fn, x;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|write|new|new_mixedmap|desc|fault)$";
position p;
@@
fn(..., struct H **x@p, ...)
{
  ...
}

@outs@
identifier fn, x;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|write|new|new_mixedmap|desc|fault)$";
position p;
@@
fn(..., struct H *x@p[...], ...)
{
  ...
}

@script:python depends on report@
p << out.p;
x << out.x;
@@
coccilib.report.print_report(p[0], "ERROR: a handle is handed out by the parameter %s" % x)

@script:python depends on report@
p << outs.p;
x << outs.x;
@@
coccilib.report.print_report(p[0], "ERROR: a handle is handed out by the parameter %s" % x)

@guard@
typedef class_mmap_read_t, class_mmap_read_adopt_t, class_mmap_write_t;
typedef class_mmap_write_adopt_t, class_vma_read_t, class_vma_read_try_t;
typedef class_vma_pair_t, class_mm_with_user_t, class_mm_with_user_async_t;
identifier fn;
position p;
@@
 \(class_mmap_read_t\|class_mmap_read_adopt_t\|class_mmap_write_t\|class_mmap_write_adopt_t\|
 class_vma_read_t\|class_vma_read_try_t\|class_vma_pair_t\|
 class_mm_with_user_t\|class_mm_with_user_async_t\|
 struct vma_read_guard\|struct vma_pair_guard\|
 struct mm_with_user_owner\|struct mm_with_user_owner_async\) fn@p(...)
{
  ...
}

@script:python depends on report@
p << guard.p;
fn << guard.fn;
@@
coccilib.report.print_report(p[0], "ERROR: %s returns a guard, which was left by then" % fn)

// What a mapping is handed on to is not the file's own.
@own_vma@
identifier fn, raw;
@@
fn(..., struct vm_area_struct *raw, ...) { ... }

@handed_vma@
identifier own_vma.fn;
expression h;
position p;
@@
 vma_new_hand_on(h, fn@p, ...)

@script:python depends on report@
p << handed_vma.p;
fn << own_vma.fn;
@@
coccilib.report.print_report(p[0], "ERROR: %s is this file's own: it takes the handle" % fn)

@own_desc@
identifier fn, raw;
@@
fn(..., struct vm_area_desc *raw, ...) { ... }

@handed_desc@
identifier own_desc.fn;
expression h;
position p;
@@
(
 vma_new_hand_on(h, fn@p, ...)
|
 vma_desc_hand_on(h, fn@p)
)

@script:python depends on report@
p << handed_desc.p;
fn << own_desc.fn;
@@
coccilib.report.print_report(p[0], "ERROR: %s is this file's own: it takes the handle" % fn)

@cast@
expression e;
identifier H =~ "^(vma_(ref|mixedmap|pfnmap|write|new|new_mixedmap|desc|fault)|mm_ref|mm_with_user)$";
position p;
@@
(
 (struct H *)e@p
|
 (const struct H *)e@p
)

@cast_like@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_write *, struct vma_new *, struct vma_new_mixedmap *, struct vma_desc *, struct vma_fault *} h;
expression e;
position p;
@@
(
 (typeof(h))e@p
|
 (typeof(*h) *)e@p
)

@script:python depends on report@
p << cast.p;
@@
coccilib.report.print_report(p[0], "ERROR: a cast makes no handle")

@script:python depends on report@
p << cast_like.p;
@@
coccilib.report.print_report(p[0], "ERROR: a cast makes no handle")

@cast_from@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_write *, struct vma_new *, struct vma_new_mixedmap *, struct vma_desc *, struct vma_fault *} h;
type T;
position p;
@@
 (T)h@p

@script:python depends on report@
p << cast_from.p;
T << cast_from.T;
@@
if T != "void":
	coccilib.report.print_report(p[0], "ERROR: a handle is cast to %s" % T)

@voids@
identifier fn;
@@
 void *fn(...) { ... }

@void_decl@
identifier fn;
@@
 void *fn(...);

@blank@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_write *, struct vma_new *, struct vma_new_mixedmap *, struct vma_desc *, struct vma_fault *} h;
identifier i, f;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|write|new|new_mixedmap|desc|fault)$";
identifier get =~ "^(xa_load|xa_find|idr_find|radix_tree_lookup|(dev|pci|platform)_get_drvdata|READ_ONCE|rcu_dereference|smp_load_acquire)$";
local idexpression void *v;
expression E;
position p;
@@
(
  struct H *i = \(v@p\|E->f@p\|E.f@p\|(void *)E@p\|get@p(...)\);
|
  h = \(v@p\|E->f@p\|E.f@p\|(void *)E@p\|get@p(...)\)
)

@blank_fn@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_write *, struct vma_new *, struct vma_new_mixedmap *, struct vma_desc *, struct vma_fault *} h;
identifier i;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|write|new|new_mixedmap|desc|fault)$";
identifier voids.fn;
position p;
@@
(
  struct H *i = fn@p(...);
|
  h = fn@p(...)
)

@blank_decl@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_write *, struct vma_new *, struct vma_new_mixedmap *, struct vma_desc *, struct vma_fault *} h;
identifier i;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|write|new|new_mixedmap|desc|fault)$";
identifier void_decl.fn;
position p;
@@
(
  struct H *i = fn@p(...);
|
  h = fn@p(...)
)

@blank_arg@
identifier verb =~ "^vma_(mixedmap|pfnmap|write|fault|new)_";
local idexpression void *v;
position p;
@@
  verb(v@p, ...)

@blank_ret@
identifier fn;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|write|new|new_mixedmap|desc|fault)$";
local idexpression void *v;
position p;
@@
struct H *fn(...)
{
  <...
  return v@p;
  ...>
}

@script:python depends on report@
p << blank.p;
@@
coccilib.report.print_report(p[0], "ERROR: a void pointer is no handle")

@script:python depends on report@
p << blank_fn.p;
@@
coccilib.report.print_report(p[0], "ERROR: a void pointer is no handle")

@script:python depends on report@
p << blank_decl.p;
@@
coccilib.report.print_report(p[0], "ERROR: a void pointer is no handle")

@script:python depends on report@
p << blank_arg.p;
@@
coccilib.report.print_report(p[0], "ERROR: a void pointer is no handle")

@script:python depends on report@
p << blank_ret.p;
@@
coccilib.report.print_report(p[0], "ERROR: a void pointer is no handle")

// What may be NULL, and where it is asked within one expression.
@looked@
identifier h;
identifier T =~ "^(vma_(ref|write|mixedmap|pfnmap)|mm_with_user)$";
identifier get =~ "^(vma_ref_lookup|vma_write_lookup|vma_read_ref|vma_pair_[ab]|vma_ref_as_(mixedmap|pfnmap)(_of)?|mm_with_user_(of|get))$";
@@
(
  struct T *h = get(...);
|
  h = get(...);
)

@asked_and@
identifier looked.h;
position p;
@@
  (<+... h ...+>) && <+... h@p ...+>

@asked_or@
identifier looked.h;
position p;
@@
  (<+... h ...+>) || <+... h@p ...+>

@asked_then@
identifier looked.h;
expression E;
position p;
@@
  (<+... h ...+>) ? <+... h@p ...+> : E

@asked_else@
identifier looked.h;
expression E;
position p;
@@
  (<+... h ...+>) ? E : (<+... h@p ...+>)

// vma_read_err() and vma_pair_err() are another way to ask.
@told@
identifier get =~ "^vma_(read_ref|pair_[ab])$";
position q;
@@
  \(vma_read_err\|vma_pair_err\)(...)
  ...
  get@q(...)

@unchecked exists@
identifier h;
expression E1, E2;
identifier verb !~ "^(likely|unlikely|IS_ERR.*|WARN.*|KUNIT_.*)$";
identifier get =~ "^(vma_ref_lookup|vma_write_lookup|vma_read_ref|vma_ref_as_(mixedmap|pfnmap)(_of)?)$";
identifier H =~ "^vma_(ref|write|mixedmap|pfnmap)$";
position q != told.q;
position p != { asked_and.p, asked_or.p, asked_then.p, asked_else.p };
@@
(
  struct H *h = get@q(...);
|
  h = get@q(...);
)
  ... when != h == NULL
      when != h != NULL
      when != h ? E1 : E2
      when != \(likely\|IS_ERR_OR_NULL\)(h)
      when != KUNIT_ASSERT_NOT_NULL(..., h)
      when != vma_read_err(...)
      when != h = ...
  verb(h@p, ...)

@script:python depends on report@
p << unchecked.p;
h << unchecked.h;
@@
coccilib.report.print_report(p[0], "ERROR: %s is used, and may be NULL" % h)

// A pair has both or none: asking for one will do.
@known@
struct vma_ref *o;
identifier get =~ "^vma_pair_[ab]$";
position q;
@@
  \(o == NULL\|o != NULL\)
  ...
  get@q(...)

@unchecked_pair exists@
struct vma_ref *o;
identifier h, verb;
identifier get =~ "^vma_pair_[ab]$";
position q != { told.q, known.q };
position p != { asked_and.p, asked_or.p, asked_then.p, asked_else.p };
@@
(
  struct vma_ref *h = get@q(...);
|
  h = get@q(...);
)
  ... when != o == NULL
      when != o != NULL
      when != vma_pair_err(...)
      when != h = ...
  verb(h@p, ...)

@script:python depends on report@
p << unchecked_pair.p;
h << unchecked_pair.h;
@@
coccilib.report.print_report(p[0], "ERROR: %s is used, and may be NULL" % h)

@unpinned exists@
identifier h;
identifier lock =~ "^mmap_(read|write)_acquire_";
expression C, G;
position p != { asked_and.p, asked_or.p, asked_then.p, asked_else.p };
@@
(
  struct mm_with_user *h = \(mm_with_user_of\|mm_with_user_get\)(...);
|
  h = \(mm_with_user_of\|mm_with_user_get\)(...);
)
  ... when != h == NULL
      when != h != NULL
      when != \(likely\|IS_ERR_OR_NULL\)(h)
      when != h = ...
(
  CLASS(C, G)(..., h@p, ...)
|
  lock(h@p)
)

@script:python depends on report@
p << unpinned.p;
h << unpinned.h;
@@
coccilib.report.print_report(p[0], "ERROR: %s is used, and may be NULL" % h)

@nested@
identifier get =~ "^(vma_ref_lookup|vma_write_lookup|vma_read_ref|vma_ref_as_(mixedmap|pfnmap)(_of)?)$";
identifier user =~ "^mm_with_user_(of|get)$";
identifier verb =~ "^(vma_.*_|mmap_.*_acquire_)";
expression C, G;
position p;
@@
(
  verb(get@p(...), ...)
|
  verb(user@p(...), ...)
|
  CLASS(C, G)(..., user@p(...), ...)
)

@script:python depends on report@
p << nested.p;
@@
coccilib.report.print_report(p[0], "ERROR: used at once, and may be NULL")

@mine_and@
identifier looked.h;
identifier verb;
identifier asks =~ "^vma_ref_(is|owner|object)$";
position p;
@@
  (<+... asks(h, ...) ...+>) && <+... verb@p(h, ...) ...+>

@mine_or@
identifier looked.h;
identifier verb;
identifier asks =~ "^vma_ref_(is|owner|object)$";
position p;
@@
  (<+... asks(h, ...) ...+>) || <+... verb@p(h, ...) ...+>

@mine_then@
identifier looked.h;
identifier verb;
identifier asks =~ "^vma_ref_(is|owner|object)$";
expression E;
position p;
@@
  (<+... asks(h, ...) ...+>) ? <+... verb@p(h, ...) ...+> : E

@mine_else@
identifier looked.h;
identifier verb;
identifier asks =~ "^vma_ref_(is|owner|object)$";
expression E;
position p;
@@
  (<+... asks(h, ...) ...+>) ? E : (<+... verb@p(h, ...) ...+>)

@impostor exists@
identifier h;
identifier verb =~ "^vma_ref_(as_(mixedmap|pfnmap)|zap_(range|all))$";
position p != { mine_and.p, mine_or.p, mine_then.p, mine_else.p };
@@
(
  struct vma_ref *h = \(vma_ref_lookup\|vma_read_ref\|vma_pair_a\|vma_pair_b\)(...);
|
  h = \(vma_ref_lookup\|vma_read_ref\|vma_pair_a\|vma_pair_b\)(...);
)
  ... when != \(vma_ref_is\|vma_ref_owner\|vma_ref_object\)(h, ...)
      when != h = ...
  verb@p(h, ...)

@script:python depends on report@
p << impostor.p;
h << impostor.h;
@@
coccilib.report.print_report(p[0], "ERROR: whose VMA is %s? Ask vma_ref_is()" % h)
