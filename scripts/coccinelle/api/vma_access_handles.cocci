// SPDX-License-Identifier: GPL-2.0
/// Handles to VMAs (linux/vma_access.h) that get out of their guard's scope, or
/// in from elsewhere, where the compiler does not see it: a handle or guard that
/// is kept, handed out or returned, one made by a cast or of a void pointer, a
/// look-up, conversion or pin whose NULL is not asked about on some path, or a
/// look-up whose owner is not; a new mapping that is handed on, raw, to the
/// file's own function; a raw pointer that outlives the hook it was given to; a
/// pin or reference that is put twice, or used after that; user memory touched
/// under a guard; and a fault to be tried again whose lock was not dropped.
///
// Confidence: High
// Comments: it sees one function or structure at a time.
// Options: --no-includes --include-headers --macro-file-builtins $srctree/scripts/coccinelle/api/vma_access_macros.h

virtual report

@initialize:python depends on report@
@@
# Of each file, where a guard begins and where its block ends.
held = {}
# Of each file, the line after which it is strict.
strict_from = {}

def place(p):
	return (p[0].file, (int(p[0].line), int(p[0].column)))

def is_strict(p):
	f, at = place(p)
	if f not in strict_from:
		strict_from[f] = 0
		with open(f, errors="replace") as text:
			for nr, line in enumerate(text, 1):
				if line.startswith("#include <linux/vma_access_strict.h>"):
					strict_from[f] = nr
	return at[0] > strict_from[f]

// Without these a function that has one of them is skipped without a word.
@names@
iterator name scoped_guard, scoped_cond_guard, scoped_class;
iterator name xa_for_each, xa_for_each_range, xa_for_each_start, xas_for_each;
iterator name list_for_each_entry, list_for_each_entry_safe, list_for_each_entry_rcu;
iterator name hlist_for_each_entry, hlist_for_each_entry_safe, for_each_set_bit;
attribute name __free, __cleanup, __counted_by, __counted_by_ptr;
identifier nothing;
@@
nothing

// A file that is on the layer, whatever header brought that in.
@layer@
identifier verb =~ "^(vma_(ref|new|fault|mixedmap|pfnmap|object|read|pair|remote)_|mm_(ref|with_user)_)";
@@
verb(...)

@strict@
@@
#include <linux/vma_access_strict.h>

@member depends on strict@
struct vm_area_struct *V;
struct vm_area_desc *D;
expression E;
symbol vma;
identifier f;
position p;
@@
(
 V->f@p
|
 D->f@p
|
 E->vma->f@p
)

@script:python depends on report@
p << member.p;
f << member.f;
@@
# The file that a hook is called for has no other name: of ->mmap_prepare() it is a
# member, where ->mmap() has an argument.
if is_strict(p) and f != "file":
	coccilib.report.print_report(p[0], "ERROR: %s of a raw VMA, in a file that is strict" % f)

// A raw pointer is good for as long as the hook runs that it was given to.
@raw_kept depends on strict@
identifier S, f;
identifier H =~ "^vm_(area_struct|area_desc|fault|remote)$";
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
p << raw_kept.p;
f << raw_kept.f;
@@
if is_strict(p):
	coccilib.report.print_report(p[0], "ERROR: the raw pointer %s outlives its hook in a structure" % f)

@raw_stored depends on layer || strict@
{struct vm_area_struct *, struct vm_area_desc *, struct vm_fault *} r;
expression E;
identifier f;
identifier away =~ "^(xa_(store|insert|cmpxchg|alloc).*|idr_alloc.*|radix_tree_insert|rcu_assign_pointer|smp_store_release|WRITE_ONCE|(dev|pci|platform)_set_drvdata|kthread_(run|create.*)|(devm_)?request_(threaded_)?irq|devm_add_action(_or_reset)?|kfifo_(in|put)|async_schedule.*|smp_call_function.*|list_add.*|llist_add)$";
position p;
@@
(
  E->f@p = r
|
  E->f@p = (void *)r
|
  E.f@p = r
|
  E.f@p = (void *)r
|
  E[...]@p = r
|
  *E@p = r
|
  away@p(..., \(r\|(void *)r\), ...)
)

@raw_global depends on layer || strict@
{struct vm_area_struct *, struct vm_area_desc *, struct vm_fault *} r;
global idexpression g;
position p;
@@
  g@p = \(r\|(void *)r\)

@raw_list depends on layer || strict@
struct vm_area_struct *r;
identifier add =~ "^(list_add|hlist_add|llist_add|rb_insert|rb_link)";
identifier f;
position p;
@@
  add@p(..., &r->f, ...)

@raw_returned depends on layer || strict exists@
{struct vm_area_struct *, struct vm_area_desc *, struct vm_fault *} r;
identifier fn;
position p;
@@
fn(...)
{
  <+...
  return@p \(r\|(void *)r\);
  ...+>
}

@script:python depends on report@
p << raw_stored.p;
@@
coccilib.report.print_report(p[0], "ERROR: a raw pointer outlives its hook")

@script:python depends on report@
p << raw_global.p;
@@
coccilib.report.print_report(p[0], "ERROR: a raw pointer outlives its hook")

@script:python depends on report@
p << raw_list.p;
@@
coccilib.report.print_report(p[0], "ERROR: a raw pointer outlives its hook")

@script:python depends on report@
p << raw_returned.p;
@@
coccilib.report.print_report(p[0], "ERROR: a raw pointer outlives its hook")

// A hook takes in its own parameter.
@own_parameter exists@
identifier fn, r;
identifier take =~ "^(vma_ref_from_op|vma_new_from_mmap|vma_new_of_subsystem|vma_planned_from_desc|vma_fault_from_vmf)$";
identifier H =~ "^vm_(area_struct|area_desc|fault|remote)$";
position p;
@@
fn(..., struct H *r, ...)
{
  <+...
  take@p(r, ...)
  ...+>
}

@not_own@
identifier take =~ "^(vma_ref_from_op|vma_new_from_mmap|vma_new_of_subsystem|vma_planned_from_desc|vma_fault_from_vmf)$";
position p != own_parameter.p;
@@
  take@p(...)

@set_anew exists@
identifier fn, r;
identifier take =~ "^(vma_ref_from_op|vma_new_from_mmap|vma_new_of_subsystem|vma_planned_from_desc|vma_fault_from_vmf)$";
identifier H =~ "^vm_(area_struct|area_desc|fault|remote)$";
expression E;
position p;
@@
fn(..., struct H *r, ...)
{
  ... when any
  r = E
  ... when any
  take@p(r, ...)
  ... when any
}

@script:python depends on report@
p << not_own.p;
fn << not_own.take;
@@
coccilib.report.print_report(p[0], "ERROR: %s() takes in the parameter of a hook, nothing else" % fn)

@script:python depends on report@
p << set_anew.p;
fn << set_anew.take;
@@
coccilib.report.print_report(p[0], "ERROR: %s() takes in the parameter of a hook, nothing else" % fn)

@kept@
identifier S, f;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|new|planned|fault|remote)$";
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

// One on the stack goes with the function, as a handle does.
@on_stack exists@
identifier kept.S, fn, x;
@@
fn(...)
{
  <+...
(
  struct S x;
|
  struct S x = ...;
)
  ...+>
}

@in_heap@
identifier kept.S;
identifier alloc =~ "^(devm_)?(kv?[mzc]*alloc|kv?memdup)";
struct S *s;
type T;
@@
(
  alloc(..., sizeof(struct S), ...)
|
  alloc(..., struct S, ...)
|
  s = alloc(...)
|
  s = (T)alloc(...)
)

@made_in_heap@
identifier kept.S, i;
identifier alloc =~ "^(devm_)?(kv?[mzc]*alloc|kv?memdup)";
@@
  struct S *i = alloc(...);

@script:python depends on report && (!on_stack || in_heap || made_in_heap)@
p << kept.p;
f << kept.f;
@@
coccilib.report.print_report(p[0], "ERROR: the handle %s outlives its guard in a structure" % f)

@stored@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_new *, struct vma_planned *, struct vma_fault *, struct vma_remote *} h;
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
  E->f@p = \(vma_ref_lookup\|vma_read_ref\)(G, ...)
)

@script:python depends on report@
p << stored.p;
f << stored.f;
@@
coccilib.report.print_report(p[0], "ERROR: the handle outlives its guard in the member %s" % f)

@sent@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_new *, struct vma_planned *, struct vma_fault *, struct vma_remote *} h;
identifier away =~ "^(xa_(store|insert|cmpxchg|alloc).*|idr_alloc.*|radix_tree_insert|rcu_assign_pointer|smp_store_release|WRITE_ONCE|(dev|pci|platform)_set_drvdata|kthread_(run|create.*)|(devm_)?request_(threaded_)?irq|devm_add_action(_or_reset)?|kfifo_(in|put)|async_schedule.*|smp_call_function.*|list_add.*|llist_add)$";
position p;
@@
  away@p(..., \(h\|(void *)h\), ...)

@script:python depends on report@
p << sent.p;
away << sent.away;
@@
coccilib.report.print_report(p[0], "ERROR: the handle outlives its guard in %s()" % away)

@given@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_new *, struct vma_planned *, struct vma_fault *, struct vma_remote *} h;
local idexpression void **x;
position p;
@@
 *x@p = \(h\|vma_ref_lookup(...)\|vma_read_ref(...)\)

@script:python depends on report@
p << given.p;
x << given.x;
@@
coccilib.report.print_report(p[0], "ERROR: a handle is handed out by the parameter %s" % x)

@out@
identifier fn, x;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|new|planned|fault|remote)$";
position p;
@@
fn(..., struct H **x@p, ...)
{
  ...
}

@outs@
identifier fn, x;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|new|planned|fault|remote)$";
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
typedef class_mmap_read_t, class_vma_read_t;
typedef class_vma_read_try_t, class_vma_pair_t;
typedef class_mm_with_user_t, class_mm_with_user_async_t;
identifier fn;
position p;
@@
 \(class_mmap_read_t\|class_vma_read_t\|
 class_vma_read_try_t\|class_vma_pair_t\|
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
 vma_new_hand_on(h, fn@p, ...)

@script:python depends on report@
p << handed_desc.p;
fn << own_desc.fn;
@@
coccilib.report.print_report(p[0], "ERROR: %s is this file's own: it takes the handle" % fn)

@cast@
expression e;
identifier H =~ "^(vma_(ref|mixedmap|pfnmap|new|planned|fault|remote)|mm_ref|mm_with_user)$";
position p;
@@
(
 (struct H *)e@p
|
 (const struct H *)e@p
)

@cast_like@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_new *, struct vma_planned *, struct vma_fault *, struct vma_remote *} h;
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
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_new *, struct vma_planned *, struct vma_fault *, struct vma_remote *} h;
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

// A callback that is run at once is called with the handle, by a name for each.
@beside@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_new *, struct vma_planned *, struct vma_fault *, struct vma_remote *} h;
identifier fn;
identifier F !~ "^(xa_(store|insert|cmpxchg|alloc).*|idr_alloc.*|radix_tree_insert|rcu_assign_pointer|smp_store_release|WRITE_ONCE|(dev|pci|platform)_set_drvdata|kthread_(run|create.*)|(devm_)?request_(threaded_)?irq|devm_add_action(_or_reset)?|kfifo_(in|put)|async_schedule.*|smp_call_function.*|list_add.*|llist_add)$";
@@
(
  F(..., fn, ..., h, ...)
|
  F(..., h, ..., fn, ...)
)

@called_back exists@
identifier beside.fn, v, i;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|new|planned|fault|remote)$";
position p;
@@
fn(..., void *v, ...)
{
  ...
  struct H *i = v@p;
  ...
}

@blank@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_new *, struct vma_planned *, struct vma_fault *, struct vma_remote *} h;
identifier i, f;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|new|planned|fault|remote)$";
identifier get =~ "^(xa_load|xa_find|idr_find|radix_tree_lookup|(dev|pci|platform)_get_drvdata|READ_ONCE|rcu_dereference|smp_load_acquire)$";
local idexpression void *v;
expression E;
position p != called_back.p;
@@
(
  struct H *i = \(v@p\|E->f@p\|E.f@p\|(void *)E@p\|get@p(...)\);
|
  h = \(v@p\|E->f@p\|E.f@p\|(void *)E@p\|get@p(...)\)
)

@blank_fn@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_new *, struct vma_planned *, struct vma_fault *, struct vma_remote *} h;
identifier i;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|new|planned|fault|remote)$";
identifier voids.fn;
position p;
@@
(
  struct H *i = fn@p(...);
|
  h = fn@p(...)
)

@blank_decl@
{struct vma_ref *, struct vma_mixedmap *, struct vma_pfnmap *, struct vma_new *, struct vma_planned *, struct vma_fault *, struct vma_remote *} h;
identifier i;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|new|planned|fault|remote)$";
identifier void_decl.fn;
position p;
@@
(
  struct H *i = fn@p(...);
|
  h = fn@p(...)
)

@blank_arg@
identifier verb =~ "^vma_(mixedmap|pfnmap|fault|new|remote)_";
local idexpression void *v;
position p;
@@
  verb(v@p, ...)

@blank_ret@
identifier fn;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|new|planned|fault|remote)$";
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
identifier T =~ "^(vma_(ref|mixedmap|pfnmap)|mm_with_user)$";
identifier get =~ "^(vma_ref_lookup|vma_read_ref|vma_pair_[ab]|vma_ref_as_(mixedmap(_of)?|pfnmap)|mm_with_user_(of|get))$";
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

// ACQUIRE_ERR() is another way to ask.
@told exists@
identifier get =~ "^vma_(read_ref|pair_[ab])$";
position q;
@@
  ACQUIRE_ERR(...)
  ...
  get@q(...)

@unchecked exists@
identifier h;
expression E1, E2;
identifier verb !~ "^(likely|unlikely|IS_ERR.*|WARN.*|KUNIT_.*)$";
identifier get =~ "^(vma_ref_lookup|vma_read_ref|vma_ref_as_(mixedmap(_of)?|pfnmap))$";
identifier H =~ "^vma_(ref|mixedmap|pfnmap)$";
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
      when != ACQUIRE_ERR(...)
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
      when != ACQUIRE_ERR(...)
      when != h = ...
  verb(h@p, ...)

@script:python depends on report@
p << unchecked_pair.p;
h << unchecked_pair.h;
@@
coccilib.report.print_report(p[0], "ERROR: %s is used, and may be NULL" % h)

@unpinned exists@
identifier h;
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
  CLASS(C, G)(..., h@p, ...)

@script:python depends on report@
p << unpinned.p;
h << unpinned.h;
@@
coccilib.report.print_report(p[0], "ERROR: %s is used, and may be NULL" % h)

@nested@
identifier get =~ "^(vma_ref_lookup|vma_read_ref|vma_ref_as_(mixedmap(_of)?|pfnmap))$";
identifier user =~ "^mm_with_user_(of|get)$";
identifier verb =~ "^vma_.*_";
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

// A pin or reference that is owned ends once, by its owner.
@pin_kept@
expression E, O;
identifier f;
position p;
@@
(
  E->f@p = mm_with_user_of(O)
|
  E.f@p = mm_with_user_of(O)
)

@pin_var exists@
identifier u, f;
expression E, O;
position p;
@@
(
  struct mm_with_user *u = mm_with_user_of(O);
|
  u = mm_with_user_of(O);
)
  ... when != u = ...
(
  E->f@p = u
|
  E.f@p = u
)

@script:python depends on report@
p << pin_kept.p;
f << pin_kept.f;
@@
coccilib.report.print_report(p[0], "ERROR: the pin outlives its owner in the member %s" % f)

@script:python depends on report@
p << pin_var.p;
f << pin_var.f;
@@
coccilib.report.print_report(p[0], "ERROR: the pin outlives its owner in the member %s" % f)

@put_borrowed exists@
identifier u;
position p;
@@
(
  struct mm_with_user *u = \(mm_with_user_current()\|mm_with_user_of(...)\|vma_new_mm(...)\);
|
  u = \(mm_with_user_current()\|mm_with_user_of(...)\|vma_new_mm(...)\);
)
  ... when != u = ...
  \(mm_with_user_put@p\|mm_with_user_put_async@p\)(u)

@put_at_once@
position p;
@@
  \(mm_with_user_put@p\|mm_with_user_put_async@p\)(\(mm_with_user_current()\|mm_with_user_of(...)\|vma_new_mm(...)\))

@script:python depends on report@
p << put_borrowed.p;
@@
coccilib.report.print_report(p[0], "ERROR: a pin is put that is not this function's own")

@script:python depends on report@
p << put_at_once.p;
@@
coccilib.report.print_report(p[0], "ERROR: a pin is put that is not this function's own")

@set_again@
local idexpression x;
expression E;
position p;
@@
  x@p = E

@dropped exists@
local idexpression x;
identifier drop =~ "^(mm_ref_drop|mm_with_user_put(_async)?)$";
expression E;
position p != set_again.p;
@@
  drop(x)
  ... when != x = E
      when != &x
(
  x@p == NULL
|
  x@p != NULL
|
  x@p
)

@script:python depends on report@
p << dropped.p;
x << dropped.x;
@@
coccilib.report.print_report(p[0], "ERROR: %s is used, and was dropped" % x)

// CLASS() is what releases.
@constructed@
identifier C =~ "^class_(mmap_read|vma_read(_try)?|vma_pair|mm_with_user(_async)?)_constructor$";
position p;
@@
  C@p(...)

@script:python depends on report@
p << constructed.p;
@@
coccilib.report.print_report(p[0], "ERROR: nothing releases what a constructor took: CLASS()")

// A handle in an array, after the guard of its turn.
@element@
identifier a;
expression I, V;
position p;
@@
  a@p[I] = V

@array exists@
identifier a;
identifier get =~ "^(vma_ref_lookup|vma_read_ref|vma_pair_[ab])$";
identifier C =~ "^(mmap_read|vma_read(_try)?|vma_pair)$";
expression I, J, K, V;
identifier g, v;
position p != element.p;
@@
(
  a[I] = get(...);
|
  v = get(...);
  ... when != CLASS(C, g)(...)
  a[I] = v;
)
  ...
  CLASS(C, g)(...)
  ... when != a[K] = V
  a@p[J]

@script:python depends on report@
p << array.p;
a << array.a;
@@
coccilib.report.print_report(p[0], "ERROR: a handle in %s is used under another guard" % a)

// Warned of, and used all the same.
@warned exists@
identifier h;
identifier verb !~ "^(likely|unlikely|IS_ERR.*|WARN.*|KUNIT_.*)$";
identifier get =~ "^(vma_ref_lookup|vma_read_ref|vma_pair_[ab]|vma_ref_as_(mixedmap(_of)?|pfnmap)|mm_with_user_(of|get))$";
identifier H =~ "^(vma_(ref|mixedmap|pfnmap)|mm_with_user)$";
identifier warn =~ "^WARN(_ON)?(_ONCE)?$";
position p != { asked_and.p, asked_or.p, asked_then.p, asked_else.p };
@@
(
  struct H *h = get(...);
|
  h = get(...);
)
  ... when != h == NULL
      when != h != NULL
      when != h = ...
  warn(h == NULL, ...);
  ... when != h == NULL
      when != h != NULL
      when != \(likely\|IS_ERR_OR_NULL\)(h)
      when != h = ...
  verb(h@p, ...)

@script:python depends on report@
p << warned.p;
h << warned.h;
@@
coccilib.report.print_report(p[0], "ERROR: %s is used, and may be NULL" % h)

// The owner asked about, and the answer not heeded.
@unheeded exists@
identifier h;
identifier verb =~ "^vma_ref_(as_(mixedmap|pfnmap)|zap_(range|all))$";
identifier say !~ "^(likely|unlikely|WARN.*|KUNIT_.*|VM_WARN.*|__builtin_expect)$";
identifier asks =~ "^vma_ref_(is|owner|object)$";
position p;
@@
(
  struct vma_ref *h = \(vma_ref_lookup\|vma_read_ref\|vma_pair_a\|vma_pair_b\)(...);
|
  h = \(vma_ref_lookup\|vma_read_ref\|vma_pair_a\|vma_pair_b\)(...);
)
  ... when != asks(h, ...)
      when != h = ...
(
  say(..., asks(h, ...), ...);
|
  (void)asks(h, ...);
|
  asks(h, ...);
)
  ... when != asks(h, ...)
      when != h = ...
  verb@p(h, ...)

@script:python depends on report@
p << unheeded.p;
h << unheeded.h;
@@
coccilib.report.print_report(p[0], "ERROR: whose VMA is %s? Heed vma_ref_is()" % h)

// A fault is tried again only by the verb that drops its lock.
@retry depends on layer || strict@
expression E, F;
type T;
identifier i;
position p;
@@
(
  return VM_FAULT_RETRY@p;
|
  return E ? VM_FAULT_RETRY@p : F;
|
  return E ? F : VM_FAULT_RETRY@p;
|
  return VM_FAULT_RETRY@p | E;
|
  T i = VM_FAULT_RETRY@p;
|
  T i = E ? VM_FAULT_RETRY@p : F;
|
  T i = E ? F : VM_FAULT_RETRY@p;
|
  F = VM_FAULT_RETRY@p
|
  F |= VM_FAULT_RETRY@p
|
  F = VM_FAULT_RETRY@p | E
|
  F = E ? VM_FAULT_RETRY@p : \(...\)
)

@script:python depends on report@
p << retry.p;
@@
coccilib.report.print_report(p[0], "ERROR: VM_FAULT_RETRY, and the fault's lock was not dropped")

// User memory faults, which takes the lock that a guard has. (R14)
@scope exists@
identifier C =~ "^(mmap_read|vma_read(_try)?|vma_pair)$";
identifier g;
position p, e;
@@
{
  ... when any
(
  CLASS(C@p, g)(...);
|
  guard@p(C)(...);
)
  ... when any
}@e

@script:python depends on report@
p << scope.p;
e << scope.e;
@@
f, at = place(p)
end = place(e)[1]
held.setdefault(f, {})
if at < end and end < held[f].get(at, (1 << 30, 0)):
	held[f][at] = end

@block exists@
identifier C =~ "^(mmap_read|vma_read(_try)?|vma_pair)$";
position p, e;
@@
(
  scoped_guard@p(C, ...) { ... when any
  }@e
|
  scoped_class@p(C, ...) { ... when any
  }@e
)

@script:python depends on report@
p << block.p;
e << block.e;
@@
f, at = place(p)
end = place(e)[1]
held.setdefault(f, {})
if at < end and end < held[f].get(at, (1 << 30, 0)):
	held[f][at] = end

@under@
identifier fn, h;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|new|planned|fault|remote)$";
position p, e;
@@
fn(..., struct H *h, ...)
{@p
  ... when any
}@e

@script:python depends on report@
p << under.p;
e << under.e;
@@
f, at = place(p)
held.setdefault(f, {})[at] = place(e)[1]

// A hook is called under the lock, also before it takes its argument in.
@hook exists@
identifier fn;
identifier F =~ "^vma_(planned_from_desc|new_from_mmap|ref_from_op|fault_from_vmf)$";
position p, e;
@@
fn(...)
{@p
  ... when any
  F(...)
  ... when any
}@e

@script:python depends on report@
p << hook.p;
e << hook.e;
@@
f, at = place(p)
held.setdefault(f, {})[at] = place(e)[1]

@touch@
identifier user =~ "^_*(copy_(to|from|in)_user|(get|put|clear)_user|unsafe_(get|put)_user|strncpy_from_user|strnlen_user|strndup_user|v?memdup_user(_nul)?|memdup_array_user|vmemdup_array_user|copy_struct_(from|to)_user|might_fault|fault_in_[a-z_]*|(pin|get)_user_pages(_fast|_unlocked|_remote)?|copy_(to|from)_iter(_full)?|copy_page_(to|from)_iter|copy_folio_(to|from)_iter|iov_iter_(zero|extract_pages|get_pages2|get_pages_alloc2)|import_iovec|import_ubuf|simple_(read_from|write_to)_buffer|copy_(to|from)_sockptr(_offset)?|user_access_begin|user_(read|write)_access_begin|kstrto[a-z]*_from_user|access_process_vm|access_remote_vm|fixup_user_fault|get_(put_)?compat_[a-z]*)$";
position p;
@@
  user@p(...)

@script:python depends on report@
p << touch.p;
user << touch.user;
@@
f, at = place(p)
if any(begin < at < end for begin, end in held.get(f, {}).items()):
	coccilib.report.print_report(p[0], "ERROR: %s() under a guard: it may wait for the lock that is held" % user)
