// SPDX-License-Identifier: GPL-2.0
/// Raw calls on a process's VMAs for which <linux/vma_access.h> has a typed verb, in
/// files that do not include it yet. None of these is a mistake by itself.
///
// Confidence: High
// Options: --no-includes --include-headers

virtual report

@typed@
@@
#include <linux/vma_access.h>

@initialize:python@
@@
lock = "CLASS(mmap_read, guard), or ACQUIRE(vma_read, guard) for one VMA"
find = "vma_ref_lookup(), with vma_ref_is() for whose it is"
flags = "the policy of a VMA type, vma_new_set_type()"
fault = "vma_fault_insert_pfn()"
verb = {
    "mmap_read_lock": lock, "mmap_read_trylock": "ACQUIRE(vma_read_try, guard)",
    "mmap_read_lock_killable": lock,
    "find_vma": find, "vma_lookup": find, "lock_vma_under_rcu": "ACQUIRE(vma_read, guard)",
    "vm_insert_page": "vma_mixedmap_insert_page()",
    "vm_insert_pages": "vma_mixedmap_insert_pages()",
    "vm_map_pages": "vma_new_map_pages_all()",
    "remap_pfn_range": "vma_new_remap_pfn()",
    "io_remap_pfn_range": "vma_new_iomap()",
    "vm_iomap_memory": "vma_new_iomap()",
    "remap_vmalloc_range": "vma_new_map_vmalloc()",
    "dma_mmap_attrs": "vma_new_dma_mmap()", "dma_mmap_coherent": "vma_new_dma_mmap()",
    "vmf_insert_pfn": fault, "vmf_insert_pfn_prot": fault,
    "zap_vma_range": "vma_ref_zap_range()", "zap_special_vma_range": "vma_ref_zap_range()",
    "unmap_mapping_range": "vma_object_zap() or vma_object_revoke()",
    "vm_flags_set": flags, "vm_flags_clear": flags, "vm_flags_mod": flags,
}

@raw depends on !typed@
identifier f =~ "^(mmap_read_(lock|trylock|lock_killable)|find_vma|vma_lookup|lock_vma_under_rcu|vm_insert_pages?|vm_map_pages|(io_)?remap_pfn_range|vm_iomap_memory|remap_vmalloc_range|dma_mmap_(attrs|coherent)|vmf_insert_pfn(_prot)?|zap_(special_)?vma_range|unmap_mapping_range|vm_flags_(set|clear|mod))$";
position p;
@@
 f@p(...)

@script:python depends on report@
p << raw.p;
f << raw.f;
@@
coccilib.report.print_report(p[0], "opportunity for %s, instead of %s()" % (verb[f], f))
