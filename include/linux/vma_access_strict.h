/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed VMA access, strictly: a file that includes this, after all else that it
 * includes, does not build with a raw call on a VMA or the mmap lock, nor with a
 * member of struct vm_area_struct that has a name of its own.
 *
 * The raw pointers of f_op and vm_ops hooks can still be named, to hand them to a
 * _from_ function. vm_start, vm_end and flags are names that drivers have, too:
 * scripts/coccinelle/api/vma_access_handles.cocci looks for these.
 *
 * What a macro of a header included before says is not meant by any of this.
 */
#ifndef _LINUX_VMA_ACCESS_STRICT_H
#define _LINUX_VMA_ACCESS_STRICT_H

#include <linux/vma_access.h>

#define VMA_ACCESS_STRICT

/* A macro is taken away before its name is: to poison one is warned of. */
#undef VMA_ITERATOR
#undef for_each_vma
#undef for_each_vma_range
#undef dma_mmap_coherent
#undef dma_mmap_writecombine
#undef vma_set_flags
#undef vma_clear_flags
#undef vma_desc_set_flags
#undef vma_desc_clear_flags

/* To find a VMA, and to keep it there: a guard and its look-up. (R2, R3) */
#pragma GCC poison find_vma find_vma_intersection find_vma_prev vma_lookup
#pragma GCC poison find_exact_vma find_extend_vma_locked expand_stack
#pragma GCC poison lock_mm_and_find_vma handle_mm_fault
#pragma GCC poison VMA_ITERATOR for_each_vma for_each_vma_range
#pragma GCC poison vma_find vma_next vma_prev vma_iter_next_range
#pragma GCC poison walk_page_vma walk_page_range_vma
#pragma GCC poison lock_vma_under_rcu vma_start_read_locked vma_end_read
#pragma GCC poison vma_start_read_locked_nested vma_refcount_put
#pragma GCC poison vma_start_write vma_start_write_killable
#pragma GCC poison mmap_read_lock mmap_read_lock_killable mmap_read_trylock
#pragma GCC poison mmap_read_unlock mmap_read_unlock_non_owner
#pragma GCC poison mmap_write_lock mmap_write_lock_killable mmap_write_lock_nested
#pragma GCC poison mmap_write_unlock mmap_write_downgrade

/* To map memory: the verbs of the handle. (R6, R7, R11, R13) */
#pragma GCC poison vm_insert_page vm_insert_pages vm_map_pages vm_map_pages_zero
#pragma GCC poison remap_pfn_range io_remap_pfn_range vm_iomap_memory
#pragma GCC poison remap_vmalloc_range remap_vmalloc_range_partial
#pragma GCC poison mmap_action_remap mmap_action_remap_full
#pragma GCC poison mmap_action_ioremap mmap_action_ioremap_full
#pragma GCC poison mmap_action_simple_ioremap
#pragma GCC poison mmap_action_map_kernel_pages mmap_action_map_kernel_pages_full
#pragma GCC poison dma_mmap_attrs dma_mmap_coherent dma_mmap_wc dma_mmap_writecombine
#pragma GCC poison dma_mmap_pages dma_mmap_noncontiguous
#pragma GCC poison apply_to_page_range apply_to_existing_page_range
#pragma GCC poison vmf_insert_page vmf_insert_page_mkwrite
#pragma GCC poison vmf_insert_pfn vmf_insert_pfn_prot
#pragma GCC poison vmf_insert_mixed vmf_insert_mixed_mkwrite
#pragma GCC poison vmf_insert_pfn_pmd vmf_insert_pfn_pud
#pragma GCC poison vmf_insert_folio_pmd vmf_insert_folio_pud

/* To take it away again. (R6, R17) */
#pragma GCC poison zap_vma zap_vma_range zap_special_vma_range
#pragma GCC poison unmap_mapping_range unmap_mapping_pages

/* What the verbs are made of, and drivers have the verbs for. */
#pragma GCC poison __vma_read_lock __vma_read_step_down __vma_zap

/* To say what a VMA is: a type, and the verbs of a new mapping. (R1, R8, R10) */
#pragma GCC poison vm_flags_init vm_flags_reset vm_flags_set vm_flags_clear
#pragma GCC poison vm_flags_mod vm_get_page_prot vma_set_page_prot
#pragma GCC poison vma_set_flags vma_set_flags_mask vma_set_atomic_flag
#pragma GCC poison vma_clear_flags vma_clear_flags_mask vma_flags_reset_once
#pragma GCC poison vma_desc_set_flags vma_desc_set_flags_mask
#pragma GCC poison vma_desc_clear_flags vma_desc_clear_flags_mask
#pragma GCC poison vma_set_file vma_set_anonymous vma_desc_set_anonymous vma_init
#pragma GCC poison vm_flags vm_page_prot vm_pgoff vm_ops vm_private_data
#pragma GCC poison vm_file vm_mm vm_policy vm_refcnt vm_lock_seq
#pragma GCC poison anon_vma anon_vma_chain

#endif /* _LINUX_VMA_ACCESS_STRICT_H */
