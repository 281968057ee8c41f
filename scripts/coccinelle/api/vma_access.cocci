// SPDX-License-Identifier: GPL-2.0
/// Mistakes that drivers make with a process's VMAs, each of which has been a
/// CVE. Documentation/mm/vma_access.rst says what to do instead.
///
// Confidence: Moderate
// Comments: it sees one function at a time, and the functions that a hook of the
//	     same file calls. A check in a caller is not seen, nor is a handler that
//	     is in another file.
// Options: --no-includes --include-headers

virtual report
virtual patch

// Matches are joined by what they are in: a function of a file, or a file.
@initialize:python@
@@
import re
marks = set()
said = set()

def of(p):
	return (p[0].file, p[0].current_element)

def at(p):
	return (p[0].file, p[0].line, p[0].column)

def mark(*what):
	marks.add(what)

def marked(*what):
	return what in marks

def found(p, text):
	if (at(p), text) not in said:
		said.add((at(p), text))
		coccilib.report.print_report(p[0], "ERROR: " + text)

// A function where one of these is not known is not parsed, and nothing in it found.
@names depends on report@
iterator name scoped_guard, scoped_cond_guard;
attribute name __must_hold_shared, __acquires_shared, __releases_shared;
attribute name __cond_acquires, __cond_acquires_shared, __no_context_analysis;
statement S;
@@
 scoped_guard(...) S

// Functions that are given a VMA, and those that are given a fault.

@given depends on report@
identifier fn, V;
position p;
@@
 fn@p(..., struct vm_area_struct *V, ...) { ... }

@script:python depends on report@
fn << given.fn;
p << given.p;
@@
mark("given", p[0].file, fn)

@handlers depends on report@
identifier fn, vmf;
position p;
@@
 fn@p(..., struct vm_fault *vmf, ...) { ... }

@script:python depends on report@
fn << handlers.fn;
p << handlers.p;
@@
mark("handler", p[0].file, fn)

// And where they hand it on.
@passes depends on report@
struct vm_area_struct *V;
struct vm_fault *F;
identifier g;
position p;
@@
(
 g@p(..., V, ...)
|
 g@p(..., F, ...)
|
 g@p(..., F->vma, ...)
)

// ---- R1: an access is refused, and mprotect() gives it back

@writes depends on report@
expression V;
position p;
@@
 V->vm_flags@p & <+... VM_WRITE ...+>

@executes depends on report@
expression V;
position p;
@@
 V->vm_flags@p & <+... VM_EXEC ...+>

@absent depends on report disable neg_if, neg_if_exp, not_int1, not_int2, not_ptr1, not_ptr2, is_zero, isnt_zero, bitand_comm, unlikely@
expression V, F;
position p;
@@
(
 !(V->vm_flags@p & F)
|
 (V->vm_flags@p & F) == 0
)

@script:python depends on report@
p << absent.p;
@@
mark("absent", at(p))

@settles depends on report@
expression V;
position p;
@@
(
 vm_flags_clear@p(V, <+... VM_MAYWRITE ...+>)
|
 vm_flags_mod@p(V, ..., <+... VM_MAYWRITE ...+>)
|
 V->vm_flags@p & <+... VM_MAYWRITE ...+>
)

@script:python depends on report@
p << settles.p;
@@
mark("maywrite", of(p))

@settlesx depends on report@
expression V;
position p;
@@
(
 vm_flags_clear@p(V, <+... VM_MAYEXEC ...+>)
|
 vm_flags_mod@p(V, ..., <+... VM_MAYEXEC ...+>)
|
 V->vm_flags@p & <+... VM_MAYEXEC ...+>
)

@script:python depends on report@
p << settlesx.p;
@@
mark("mayexec", of(p))

@refused depends on report@
expression V, R;
constant C;
identifier l;
position p;
@@
 if (<+... V->vm_flags@p ...+>)
(
 return -C;
|
 { ... return -C; }
|
 goto l;
|
 { ... R = -C; ... goto l; }
)

@script:python depends on report@
p << refused.p;
@@
mark("refused", at(p))

@script:python depends on report@
p << writes.p;
@@
if marked("refused", at(p)) and not marked("absent", at(p)) and \
   not marked("maywrite", of(p)) and re.search("map", p[0].current_element):
	found(p, "access refused, but VM_MAYWRITE is left: mprotect() gives it back (maywrite)")

@script:python depends on report@
p << executes.p;
@@
if marked("refused", at(p)) and not marked("absent", at(p)) and \
   not marked("mayexec", of(p)) and re.search("map", p[0].current_element):
	found(p, "execution refused, but VM_MAYEXEC is left: mprotect() gives it back (mayexec)")

// The same with a copy of the flags: on a path to where they are set, or nowhere.

@copies depends on report@
identifier flags;
expression V;
type T;
@@
(
 T flags = V->vm_flags;
|
 flags = V->vm_flags
)

@inlocal depends on report@
identifier copies.flags;
position p;
@@
 flags@p & <+... VM_WRITE ...+>

@localabsent depends on report disable neg_if, neg_if_exp, not_int1, not_int2, not_ptr1, not_ptr2, is_zero, isnt_zero, bitand_comm, unlikely@
identifier copies.flags;
expression F;
position p;
@@
 !(flags@p & F)

@script:python depends on report@
p << inlocal.p;
@@
mark("inlocal", at(p))

@script:python depends on report@
p << localabsent.p;
@@
mark("absent", at(p))

@localsettles depends on report@
identifier copies.flags;
position p;
@@
 flags@p &= <+... VM_MAYWRITE ...+>

@script:python depends on report@
p << localsettles.p;
@@
mark("maywrite", of(p))

@localreset depends on report exists@
identifier copies.flags, l;
position p;
expression V, R;
constant C;
@@
 if (<+... flags@p ...+>)
(
 return -C;
|
 { ... return -C; }
|
 { ... R = -C; ... goto l; }
)
 ... when != flags &= <+... VM_MAYWRITE ...+>
 \(vm_flags_reset\|vm_flags_init\)(V, flags)

@script:python depends on report@
p << localreset.p;
@@
if marked("inlocal", at(p)) and not marked("absent", at(p)):
	found(p, "access refused, but VM_MAYWRITE is left: mprotect() gives it back (maywrite)")

@localrefused depends on report@
identifier copies.flags, l;
position p;
expression R;
constant C;
@@
 if (<+... flags@p ...+>)
(
 return -C;
|
 { ... return -C; }
|
 goto l;
|
 { ... R = -C; ... goto l; }
)

@script:python depends on report@
p << localrefused.p;
@@
if marked("inlocal", at(p)) and not marked("absent", at(p)) and \
   not marked("maywrite", of(p)) and re.search("map", p[0].current_element):
	found(p, "access refused, but VM_MAYWRITE is left: mprotect() gives it back (maywrite)")

// Taken away for later, but a mapping that is writable by now stays so.

@unasked depends on report exists@
identifier fn, V, flags;
position p;
@@
 fn(..., struct vm_area_struct *V, ...)
 {
 ... when != VM_WRITE
     when != VM_ACCESS_FLAGS
(
 vm_flags_clear@p(V, VM_MAYWRITE)
|
 flags &=@p ~VM_MAYWRITE
)
 ... when != VM_WRITE
 }

@script:python depends on report@
p << unasked.p;
@@
found(p, "VM_MAYWRITE is cleared, but a mapping with VM_WRITE is not refused (granted)")

// ---- R7: a private mapping of page frames. Where all comes of remap_pfn_range() the
// core takes care of it; vmf_insert_pfn() has a BUG_ON().

@inserts depends on report@
position p;
@@
 \(vmf_insert_pfn@p\|vmf_insert_pfn_prot@p\)(...)

@script:python depends on report@
p << inserts.p;
@@
mark("inserts", p[0].file)

@pfnmap depends on report@
expression V;
position p;
@@
 \(vm_flags_set@p\|vm_flags_mod@p\)(V, <+... VM_PFNMAP ...+>, ...)

@shared depends on report@
expression V;
position p;
@@
(
 is_cow_mapping@p(...)
|
 vma_is_cow_mapping@p(...)
|
 V->vm_flags@p & <+... \(VM_SHARED\|VM_MAYSHARE\|VM_MAYWRITE\) ...+>
|
 vm_flags_clear@p(V, <+... VM_MAYWRITE ...+>)
)

@script:python depends on report@
p << shared.p;
@@
mark("shared", of(p))

@script:python depends on report@
p << pfnmap.p;
@@
mark("pfnmap", p[0].file)
if marked("inserts", p[0].file) and not marked("shared", of(p)):
	found(p, "VM_PFNMAP, and a private writable mapping is not refused: vmf_insert_pfn() has a BUG_ON() for it (cow)")

// drm_gem_mmap_obj() sets VM_PFNMAP for an object that has no ->mmap().

@drm depends on report@
identifier funcs, ops;
@@
 struct drm_gem_object_funcs funcs = {
   .vm_ops = &ops,
 };

@drmmmap depends on report@
identifier drm.funcs, m;
@@
 struct drm_gem_object_funcs funcs = {
   .mmap = m,
 };

@drmfault depends on drm && !drmmmap@
identifier drm.ops, h;
@@
 struct vm_operations_struct ops = {
   .fault = h,
 };

@script:python depends on report@
h << drmfault.h;
p << inserts.p;
@@
if p[0].current_element == h:
	found(p, "drm_gem_mmap() sets VM_PFNMAP and does not refuse a private writable mapping: vmf_insert_pfn() has a BUG_ON() for it (cow)")

// ---- R7: the two kinds

@both depends on report@
expression V;
position p;
@@
(
 vm_flags_set@p(V, <+... VM_PFNMAP | VM_MIXEDMAP ...+>)
|
 vm_flags_set@p(V, <+... VM_MIXEDMAP | VM_PFNMAP ...+>)
)

@script:python depends on report@
p << both.p;
@@
found(p, "VM_PFNMAP and VM_MIXEDMAP exclude each other (kinds)")

@pfnmixed depends on report exists@
expression V;
position p;
@@
 \(vm_flags_set\|vm_flags_mod\)(V, <+... VM_PFNMAP ...+>, ...)
 ... when != vm_flags_clear(V, <+... VM_PFNMAP ...+>)
 vm_flags_set@p(V, <+... VM_MIXEDMAP ...+>)

@script:python depends on report@
p << pfnmixed.p;
@@
found(p, "VM_PFNMAP and VM_MIXEDMAP exclude each other (kinds)")

@mixedpfn depends on report exists@
expression V;
position p;
@@
 \(vm_flags_set\|vm_flags_mod\)(V, <+... VM_MIXEDMAP ...+>, ...)
 ... when != vm_flags_clear(V, <+... VM_MIXEDMAP ...+>)
 \(vm_flags_set@p(V, <+... VM_PFNMAP ...+>)\|remap_pfn_range@p(V, ...)\|io_remap_pfn_range@p(V, ...)\|vm_iomap_memory@p(V, ...)\)

@script:python depends on report@
p << mixedpfn.p;
@@
found(p, "VM_MIXEDMAP, and then page frames, which set VM_PFNMAP (kinds)")

@pfnpage depends on report exists@
expression V;
position p;
@@
 \(vm_flags_set\|vm_flags_mod\)(V, <+... VM_PFNMAP ...+>, ...)
 ... when != vm_flags_clear(V, <+... VM_PFNMAP ...+>)
 \(vm_insert_page@p\|vm_insert_pages@p\|vm_map_pages@p\|vm_map_pages_zero@p\|remap_vmalloc_range@p\)(V, ...)

@script:python depends on report@
p << pfnpage.p;
@@
found(p, "VM_PFNMAP, and then pages: vm_insert_page() has a BUG_ON() for it (kinds)")

@mixed depends on report@
expression V;
position p;
@@
 \(vm_flags_set@p\|vm_flags_mod@p\)(V, <+... VM_MIXEDMAP ...+>, ...)

@script:python depends on report@
p << mixed.p;
@@
mark("mixed", p[0].file)

@faults depends on report@
identifier ops, h;
@@
 struct vm_operations_struct ops = {
   .fault = h,
 };

@script:python depends on report@
h << faults.h;
p << inserts.p;
@@
if p[0].current_element == h and marked("mixed", p[0].file) and not marked("pfnmap", p[0].file):
	found(p, "vmf_insert_pfn() into VM_MIXEDMAP has a BUG_ON() for memory that has a page (kinds)")

// ---- R3: a page for a stranger

@stranger depends on report exists@
identifier vma;
position p;
expression E1;
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
  remap_pfn_range@p(vma, ...)
|
  io_remap_pfn_range@p(vma, ...)
|
  remap_vmalloc_range@p(vma, ...)
)

@script:python depends on report@
p << stranger.p;
@@
found(p, "the VMA at this address may be another's by now (identity)")

// ---- R12: the distance to the start is no offset into the object

@relative depends on report@
expression E, F;
position p;
@@
(
  F->address - E->vm_start@p
|
  linear_page_delta@p(E, F->address)
)

@addresses depends on handlers@
identifier a;
expression E;
type T;
@@
(
  T a = <+... E->address ...+>;
|
  a = <+... E->address ...+>
)

@relativecopy depends on report@
identifier addresses.a;
expression E;
position p;
@@
(
  a - E->vm_start@p
|
  linear_page_delta@p(E, a)
)

@pgoff depends on report@
expression E;
position p;
@@
(
  E->pgoff@p
|
  E->vm_pgoff@p
)

@script:python depends on report@
p << pgoff.p;
@@
mark("pgoff", of(p))

@script:python depends on report@
p << relative.p;
@@
if marked("handler", *of(p)) and not marked("pgoff", of(p)):
	found(p, "counted from vm_start: wrong in the upper part of a split VMA (relative)")

@script:python depends on report@
p << relativecopy.p;
@@
if marked("handler", *of(p)) and not marked("pgoff", of(p)):
	found(p, "counted from vm_start: wrong in the upper part of a split VMA (relative)")

@undone depends on report@
expression E, F;
position p;
@@
  F->pgoff - E->vm_pgoff@p

@script:python depends on report@
p << undone.p;
@@
if marked("handler", *of(p)):
	found(p, "vm_pgoff is taken off again: wrong in the upper part of a split VMA (relative)")

// ---- R12: an offset that is the name of an object is none in the upper part of a split VMA

@hooks depends on report@
identifier ops, h;
identifier hook =~ "^(fault|close|access)$";
@@
 struct vm_operations_struct ops = {
   .hook = h,
 };

@whole depends on report@
identifier hooks.ops, m;
@@
 struct vm_operations_struct ops = {
   .may_split = m,
 };

@script:python depends on report && !whole@
h << hooks.h;
@@
mark("hook", h)

@script:python depends on report@
g << passes.g;
p << passes.p;
@@
if marked("hook", p[0].current_element):
	mark("hook", p[0].file, g)

@onepage depends on report@
expression V;
position p;
@@
(
 V->vm_end@p - V->vm_start != PAGE_SIZE
|
 V->vm_end@p - V->vm_start > PAGE_SIZE
|
 vma_pages@p(V) != 1
|
 vma_pages@p(V) > 1
)

@script:python depends on report@
p << onepage.p;
@@
mark("onepage", p[0].file)

@counted depends on report@
identifier f, v;
expression E, F;
type T;
binary operator b = {+, -, *, <<, >>, <, >=, >, <=};
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

@copied depends on report@
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

@script:python depends on report@
p << named.p;
@@
if marked("hook", p[0].current_element) or marked("hook", *of(p)):
	if not marked("onepage", p[0].file):
		found(p, "an offset as a name: that of the upper part of a split VMA is another's (offset)")

// ---- R2: a VMA that nobody holds

@allhooks depends on report@
identifier ops, h;
identifier hook =~ "^(open|close|mremap|may_split)$";
position p;
@@
 struct vm_operations_struct ops@p = {
   .hook = h,
 };

@script:python depends on report@
hook << allhooks.hook;
p << allhooks.p;
@@
mark("hook of", p[0].file, hook)
mark("has hooks", p[0].file)

// An ->open() that makes a note of the copy.
@opens depends on report@
identifier ops, h;
@@
 struct vm_operations_struct ops = {
   .open = h,
 };

@stores depends on report@
struct vm_area_struct *V;
identifier f, g;
expression E;
position p;
@@
(
  E->f@p = V
|
  E->f.g@p = V
)

@script:python depends on report@
h << opens.h;
p << stores.p;
@@
if p[0].current_element == h:
	mark("noted", p[0].file)

@script:python depends on report@
h << opens.h;
p << passes.p;
@@
if p[0].current_element == h:
	mark("noted", p[0].file)

@uncopied depends on report@
expression V;
position p;
@@
 \(vm_flags_set@p\|vm_flags_mod@p\)(V, <+... VM_DONTCOPY ...+>, ...)

@script:python depends on report@
p << uncopied.p;
@@
mark("uncopied", p[0].file)

@script:python depends on report@
g << passes.g;
p << passes.p;
@@
if re.search("mmap", p[0].current_element):
	mark("mmap calls", p[0].file, g)

@script:python depends on report@
p << stores.p;
@@
file = p[0].file
if not marked("given", *of(p)):
	pass
elif not re.search("mmap", p[0].current_element) and not (
		marked("has hooks", file) and marked("mmap calls", *of(p))):
	pass
elif not marked("hook of", file, "close"):
	found(p, "a VMA is kept, and nothing here takes it out when it is gone (kept)")
elif not marked("noted", file) and not (marked("uncopied", file) and
		marked("hook of", file, "mremap") and
		marked("hook of", file, "may_split")):
	found(p, "a VMA is kept, and a copy of it that fork(), mremap() or a split makes is not noticed (kept)")

// ---- R11: whoever maps does not know better than the VMA

@derived depends on report@
position p;
@@
 \(remap_pfn_range@p\|io_remap_pfn_range@p\)(..., __pgprot(<+... pgprot_val(...) ...+>))

@prot depends on report@
position p != derived.p;
@@
 \(remap_pfn_range@p\|io_remap_pfn_range@p\)(...,
   \(PAGE_SHARED\|PAGE_SHARED_EXEC\|PAGE_KERNEL\|PAGE_READONLY\|PAGE_COPY\|__pgprot(...)\))

@script:python depends on report@
p << prot.p;
@@
found(p, "a constant protection: mapped writable for a reader, and not as the VMA says (prot)")

@depends on patch@
expression V, E1, E2, E3;
@@
 \(remap_pfn_range\|io_remap_pfn_range\)(V, E1, E2, E3,
-   \(PAGE_SHARED\|PAGE_SHARED_EXEC\|PAGE_READONLY\|PAGE_COPY\)
+   V->vm_page_prot
   )

// ---- R10: a VMA in use is not changed under a read lock

@live depends on report@
expression E, F;
position p;
@@
(
  vm_flags_set@p(...)
|
  vm_flags_clear@p(...)
|
  vm_flags_mod@p(...)
|
  E->vm_page_prot@p = F
|
  E->vm_ops@p = F
|
  remap_pfn_range@p(...)
|
  io_remap_pfn_range@p(...)
|
  vm_iomap_memory@p(...)
|
  remap_vmalloc_range_partial@p(...)
|
  remap_vmalloc_range@p(...)
)

@script:python depends on report@
p << live.p;
@@
if marked("handler", *of(p)):
	found(p, "a VMA in use is changed, under a read lock (live)")

@looked depends on report exists@
identifier V;
expression E, F;
position p;
@@
 V = \(find_vma\|vma_lookup\|lock_vma_under_rcu\)(...);
 ... when != vma_start_write(V)
     when != V = E
 \(V->vm_page_prot@p = F\|V->vm_ops@p = F\|V->vm_pgoff@p = F\)

@script:python depends on report@
p << looked.p;
@@
found(p, "a VMA in use is changed, and not write-locked: faults hold only its own lock (live)")

// ---- A wait in a fault

@retry depends on report@
position p;
@@
  VM_FAULT_RETRY@p

@drops depends on report@
identifier f =~ "^(mmap_read_unlock|release_fault_lock|vma_end_read|(__)?folio_lock_or_retry|fault_flag_allow_retry_first)$";
position p;
@@
 f@p(...)

@script:python depends on report@
p << drops.p;
@@
mark("drops", of(p))
mark("drops", p[0].file)

@compares depends on report@
expression R;
position p;
@@
(
 R == VM_FAULT_RETRY@p
|
 R != VM_FAULT_RETRY@p
|
 R & VM_FAULT_RETRY@p
)

@script:python depends on report@
p << compares.p;
@@
mark("compares", at(p))
mark("drops", p[0].file)

@waits depends on report@
identifier ops, h;
identifier hook =~ "^(fault|huge_fault|page_mkwrite|pfn_mkwrite)$";
position p;
@@
 struct vm_operations_struct ops@p = {
   .hook = h,
 };

@script:python depends on report@
h << waits.h;
p << waits.p;
@@
mark("waits", p[0].file, h)

// The lock may be dropped by the caller of a function that is no hook, or by whatever
// that asks for it.
@script:python depends on report@
p << retry.p;
@@
where = of(p) if marked("waits", *of(p)) else p[0].file
if marked("handler", *of(p)) and not marked("drops", where) and \
   not marked("compares", at(p)):
	found(p, "VM_FAULT_RETRY says that the lock was dropped, and it was not (retry)")

// ---- User memory touched under the lock that its fault takes

@user depends on report exists@
symbol mmap_read_lock, mmap_write_lock;
identifier copy =~ "^(copy_(to|from)_user|get_user|put_user|clear_user|strncpy_from_user|strnlen_user|copy_to_iter|copy_from_iter|fault_in_readable|fault_in_writeable|memdup_user)$";
position p;
@@
(
 mmap_read_lock(...);
|
 mmap_write_lock(...);
|
 mmap_read_lock_killable(...)
|
 mmap_write_lock_killable(...)
|
 guard(mmap_read_lock)(...);
|
 guard(mmap_write_lock)(...);
)
 ... when != mmap_read_unlock(...)
     when != mmap_write_unlock(...)
     when != pagefault_disable()
 copy@p(...)

@script:python depends on report@
p << user.p;
@@
found(p, "user memory touched under the lock that its fault takes: deadlock (user)")

@userscoped depends on report@
identifier copy =~ "^(copy_(to|from)_user|get_user|put_user|clear_user|strncpy_from_user|strnlen_user|copy_to_iter|copy_from_iter|fault_in_readable|fault_in_writeable|memdup_user)$";
position p;
expression E;
@@
 scoped_guard(\(mmap_read_lock\|mmap_write_lock\), E) {
 <+...
 copy@p(...)
 ...+>
 }

@script:python depends on report@
p << userscoped.p;
@@
found(p, "user memory touched under the lock that its fault takes: deadlock (user)")

@uservma depends on report exists@
identifier copy =~ "^(copy_(to|from)_user|get_user|put_user|clear_user|strncpy_from_user|strnlen_user|copy_to_iter|copy_from_iter|fault_in_readable|fault_in_writeable|memdup_user)$";
expression V;
position p;
@@
 V = lock_vma_under_rcu(...);
 ... when != vma_end_read(...)
     when != pagefault_disable()
 copy@p(...)

@script:python depends on report@
p << uservma.p;
@@
found(p, "user memory touched under the lock that its fault takes: deadlock (user)")
