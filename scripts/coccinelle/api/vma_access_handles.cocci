// SPDX-License-Identifier: GPL-2.0
/// Handles to VMAs (linux/vma_access.h) that get out of their guard's scope, or
/// in from elsewhere, where the compiler does not see it: a handle or guard that
/// is kept, handed out or returned, one made by a cast or of a void pointer, a
/// look-up whose NULL or whose owner is not asked about.
///
// Confidence: High
// Options: --no-includes --include-headers

virtual report

@strict@
@@
#include <linux/vma_access_strict.h>

@member depends on strict@
struct vm_area_struct *vma;
identifier f;
position p;
@@
 vma->f@p

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
  struct H *f@p;
  ...
};

@script:python depends on report@
p << kept.p;
f << kept.f;
@@
coccilib.report.print_report(p[0], "ERROR: the handle %s outlives its guard in a structure" % f)

@out@
identifier fn, x;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|write|new|new_mixedmap|desc|fault)$";
position p;
@@
fn(..., struct H **x@p, ...)
{
  ...
}

@script:python depends on report@
p << out.p;
x << out.x;
@@
coccilib.report.print_report(p[0], "ERROR: a handle is handed out by the parameter %s" % x)

@guard@
identifier fn;
type T =~ "^(class_mmap_(read|write)_t|struct vma_(read|pair)_guard)$";
position p;
@@
T fn@p(...)
{
  ...
}

@script:python depends on report@
p << guard.p;
fn << guard.fn;
@@
coccilib.report.print_report(p[0], "ERROR: %s returns a guard, which was left by then" % fn)

@cast@
expression e;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|write|new|new_mixedmap|desc|fault)$";
position p;
@@
 (struct H *)e@p

@script:python depends on report@
p << cast.p;
@@
coccilib.report.print_report(p[0], "ERROR: a cast makes no handle")

@blank@
identifier h;
identifier H =~ "^vma_(ref|mixedmap|pfnmap|write|new|new_mixedmap|desc|fault)$";
local idexpression void *v;
position p;
@@
(
  struct H *h = v@p;
|
  struct H *h;
  ...
  h = v@p
)

@script:python depends on report@
p << blank.p;
@@
coccilib.report.print_report(p[0], "ERROR: a void pointer is no handle")

@asked@
identifier h;
expression E;
position p;
@@
(
  h && <+... h@p ...+>
|
  !h || <+... h@p ...+>
|
  h ? <+... h@p ...+> : E
)

@asked_with@
identifier h;
expression E1, E2;
position p;
@@
  (h && E1) ? <+... h@p ...+> : E2

@unchecked@
identifier h, verb;
identifier H =~ "^vma_(ref|write)$";
position p != { asked.p, asked_with.p };
@@
(
  struct H *h = \(vma_ref_lookup\|vma_write_lookup\|vma_read_ref\|vma_pair_a\|vma_pair_b\)(...);
|
  h = \(vma_ref_lookup\|vma_write_lookup\|vma_read_ref\|vma_pair_a\|vma_pair_b\)(...);
)
  ... when != h == NULL
      when != h = ...
  verb(h@p, ...)

@script:python depends on report@
p << unchecked.p;
h << unchecked.h;
@@
coccilib.report.print_report(p[0], "ERROR: %s is used, and may be NULL" % h)

@mine@
identifier h, verb;
expression E1, E2;
position p;
@@
(
  vma_ref_is(h, ...) && <+... verb@p(h, ...) ...+>
|
  vma_ref_is(h, ...) ? <+... verb@p(h, ...) ...+> : E1
|
  (E2 && vma_ref_is(h, ...)) ? <+... verb@p(h, ...) ...+> : E1
|
  !vma_ref_is(h, ...) || <+... verb@p(h, ...) ...+>
)

@impostor@
identifier h;
identifier H =~ "^vma_ref$";
position p != mine.p;
@@
(
  struct H *h = \(vma_ref_lookup\|vma_read_ref\)(...);
|
  h = \(vma_ref_lookup\|vma_read_ref\)(...);
)
  ... when != vma_ref_is(h, ...)
      when != vma_ref_owner(h, ...)
      when != h = ...
(
  vma_ref_as_mixedmap@p(h)
|
  vma_ref_as_pfnmap@p(h)
|
  vma_ref_zap_range@p(h, ...)
|
  vma_ref_zap_all@p(h)
)

@script:python depends on report@
p << impostor.p;
h << impostor.h;
@@
coccilib.report.print_report(p[0], "ERROR: whose VMA is %s? Ask vma_ref_is()" % h)
