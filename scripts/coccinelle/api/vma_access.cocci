// SPDX-License-Identifier: GPL-2.0
/// Mistakes that drivers make with a process's VMAs, each of which has been a
/// CVE. Documentation/mm/vma_access.rst says what to do instead.
///
// Confidence: Moderate
// Comments: it sees one function at a time. A check in a caller or in a helper is
//	     not seen, nor is a handler that is in another file.
// Options: --no-includes --include-headers

virtual report
virtual patch

// ---- R1: an access is refused, and mprotect() gives it back

@tested@
identifier fn =~ "mmap", vma, l;
expression E;
position p;
@@
fn(..., struct vm_area_struct *vma, ...)
{
  ... when any
  if (vma->vm_flags@p & \(VM_WRITE\|VM_EXEC\|VM_WRITE | VM_EXEC\))
(
  return E;
|
  { ... return E; }
|
  goto l;
)
  ... when any
}

@settled exists@
identifier tested.fn, vma;
@@
fn(..., struct vm_area_struct *vma, ...)
{
  ...
(
  vm_flags_clear(vma, <+... \(VM_MAYWRITE\|VM_MAYEXEC\) ...+>)
|
  vm_flags_mod(vma, ..., <+... \(VM_MAYWRITE\|VM_MAYEXEC\) ...+>)
|
  vma->vm_flags & <+... VM_MAYWRITE ...+>
)
  ... when any
}

@script:python depends on report && !settled@
p << tested.p;
@@
coccilib.report.print_report(p[0], "ERROR: access refused, but VM_MAY* is left: mprotect() gives it back (maywrite)")

// ---- R7: a private mapping of page frames. Where all comes of remap_pfn_range() the
// core takes care of it; vmf_insert_pfn() has a BUG_ON().

@inserts@
@@
 \(vmf_insert_pfn\|vmf_insert_pfn_prot\)(...)

@pfnmap depends on inserts@
identifier fn, vma;
position p;
@@
fn(..., struct vm_area_struct *vma, ...)
{
  <...
  vm_flags_set@p(vma, <+... VM_PFNMAP ...+>)
  ...>
}

@shared exists@
identifier pfnmap.fn, vma;
@@
fn(..., struct vm_area_struct *vma, ...)
{
  ...
(
  is_cow_mapping(...)
|
  vma_is_cow_mapping(...)
|
  vma->vm_flags & <+... \(VM_SHARED\|VM_MAYSHARE\|VM_MAYWRITE\) ...+>
|
  vm_flags_clear(vma, <+... VM_MAYWRITE ...+>)
)
  ... when any
}

@script:python depends on report && !shared@
p << pfnmap.p;
@@
coccilib.report.print_report(p[0], "ERROR: VM_PFNMAP, and a private writable mapping is not refused: vmf_insert_pfn() has a BUG_ON() for it (cow)")

@both@
identifier fn, vma;
position p;
@@
fn(..., struct vm_area_struct *vma, ...)
{
  ... when any
(
  vm_flags_set@p(vma, <+... VM_PFNMAP | VM_MIXEDMAP ...+>)
|
  vm_flags_set@p(vma, <+... VM_MIXEDMAP | VM_PFNMAP ...+>)
)
  ... when any
}

@script:python depends on report@
p << both.p;
@@
coccilib.report.print_report(p[0], "ERROR: VM_PFNMAP and VM_MIXEDMAP exclude each other (kinds)")

// ---- R3: a page for a stranger

@stranger exists@
identifier vma;
position p;
expression E1, E2;
@@
  vma = \(find_vma\|vma_lookup\|lock_vma_under_rcu\)(...);
  ... when != vma->vm_ops
      when != vma->vm_private_data
      when != vma->vm_file
      when != vma = E1
(
  zap_page_range_single@p(vma, ...)
|
  zap_vma_range@p(vma, ...)
|
  zap_special_vma_range@p(vma, ...)
|
  vm_insert_page@p(vma, ...)
|
  vm_insert_pages@p(vma, ...)
|
  vmf_insert_pfn@p(vma, ...)
|
  E2 = vmf_insert_pfn@p(vma, ...)
)

@script:python depends on report@
p << stranger.p;
@@
coccilib.report.print_report(p[0], "ERROR: the VMA at this address may be another's by now (identity)")

// ---- R12: the distance to the start is no offset into the object

@relative@
identifier fn, vmf;
expression E;
position p;
@@
fn(..., struct vm_fault *vmf, ...)
{
  <...
(
  vmf->address - E->vm_start@p
|
  linear_page_delta@p(E, vmf->address)
)
  ...>
}

@pgoff exists@
identifier relative.fn, vmf;
expression E;
@@
fn(..., struct vm_fault *vmf, ...)
{
  ...
(
  vmf->pgoff
|
  E->vm_pgoff
)
  ... when any
}

@script:python depends on report && !pgoff@
p << relative.p;
@@
coccilib.report.print_report(p[0], "ERROR: counted from vm_start: wrong in the upper part of a split VMA (relative)")

@undone@
identifier fn, vmf;
expression E;
position p;
@@
fn(..., struct vm_fault *vmf, ...)
{
  <...
  vmf->pgoff - E->vm_pgoff@p
  ...>
}

@script:python depends on report@
p << undone.p;
@@
coccilib.report.print_report(p[0], "ERROR: vm_pgoff is taken off again: wrong in the upper part of a split VMA (relative)")

// ---- R12: an offset that is the name of an object is none in the upper part of a split VMA

@hooks@
identifier ops, h;
identifier hook =~ "^(fault|close|access)$";
@@
 struct vm_operations_struct ops = {
   .hook = h,
 };

@whole@
identifier hooks.ops, m;
@@
 struct vm_operations_struct ops = {
   .may_split = m,
 };

@counted@
identifier f, v;
expression E, F;
type T;
binary operator b = {+, -, *, <<, <, >=, >, <=};
position q;
@@
(
  (T)E->vm_pgoff@q b F
|
  F b (T)E->vm_pgoff@q
|
  v = E->vm_pgoff@q
|
  f(..., E->vm_pgoff@q, ...)
)

@copied@
identifier v;
expression E;
type T;
position q;
@@
 T v = E->vm_pgoff@q;

@named depends on hooks@
expression E;
position p != {counted.q, copied.q};
@@
 E->vm_pgoff@p

@script:python depends on report && !whole@
h << hooks.h;
p << named.p;
@@
if p[0].current_element == h:
	coccilib.report.print_report(p[0], "ERROR: an offset as a name: that of the upper part of a split VMA is another's (offset)")

// ---- R2: a VMA that nobody holds

@closes@
identifier ops, h;
@@
 struct vm_operations_struct ops = {
   .close = h,
 };

@keeps depends on !closes@
identifier fn =~ "mmap";
identifier f, vma;
expression E;
position p;
@@
fn(..., struct vm_area_struct *vma, ...)
{
  <...
  E->f@p = vma
  ...>
}

@script:python depends on report@
p << keeps.p;
@@
coccilib.report.print_report(p[0], "ERROR: a VMA is kept, and nothing here takes it out when it is gone (kept)")

// ---- R11: whoever maps does not know better than the VMA

@prot@
position p;
@@
 \(remap_pfn_range@p\|io_remap_pfn_range@p\)(...,
   \(PAGE_SHARED\|PAGE_SHARED_EXEC\|PAGE_KERNEL\|PAGE_READONLY\|PAGE_COPY\|__pgprot(...)\))

@script:python depends on report@
p << prot.p;
@@
coccilib.report.print_report(p[0], "ERROR: a constant protection: mapped writable for a reader, and not as the VMA says (prot)")

@depends on patch@
expression V, E1, E2, E3;
@@
 \(remap_pfn_range\|io_remap_pfn_range\)(V, E1, E2, E3,
-   \(PAGE_SHARED\|PAGE_SHARED_EXEC\|PAGE_READONLY\|PAGE_COPY\)
+   V->vm_page_prot
   )

// ---- R10: a VMA in use is not changed under a read lock

@live@
identifier fn, vmf;
expression E;
position p;
@@
fn(struct vm_fault *vmf)
{
  ... when any
(
  vm_flags_set@p(...)
|
  vm_flags_clear@p(...)
|
  vm_flags_mod@p(...)
|
  vmf->vma->vm_page_prot@p = E
|
  vmf->vma->vm_ops@p = E
)
  ... when any
}

@script:python depends on report@
p << live.p;
@@
coccilib.report.print_report(p[0], "ERROR: a VMA in use is changed, under a read lock (live)")
