/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Strict typed VMA access. Include this header last. The file then does not
 * build with a raw call on a VMA or the mmap lock, nor with a use of the
 * members of struct vm_area_struct that are listed at the end.
 *
 * Arguments of f_op and vm_ops hooks can still be raw pointers, which the hook
 * passes to a _from_ function. The names vm_start, vm_end, vm_pgoff, vm_ops and
 * flags are not poisoned, because drivers use them for their own members;
 * scripts/coccinelle/api/vma_access_handles.cocci looks for these.
 *
 * Macros from earlier headers may still expand to poisoned names.
 */
#ifndef _LINUX_VMA_ACCESS_STRICT_H
#define _LINUX_VMA_ACCESS_STRICT_H

#include <linux/vma_access.h>

#define VMA_ACCESS_STRICT

/* Undefine what is a macro: the compiler warns if a macro is poisoned. */
#undef VMA_ITERATOR
#undef dma_mmap_coherent
#undef dma_mmap_from_dev_coherent
#undef folio_walk_end
#undef for_each_vma
#undef for_each_vma_range
#undef mapping_rmap_tree_foreach
#undef vma_clear_flags
#undef vma_desc_clear_flags
#undef vma_desc_set_flags
#undef vma_desc_test_all
#undef vma_desc_test_any
#undef vma_policy
#undef vma_set_flags
#undef vma_test_all
#undef vma_test_any

/* Find and lock a VMA: use a guard and its lookup. (R2, R3) */
#pragma GCC poison VMA_ITERATOR __vma_start_write expand_stack
#pragma GCC poison expand_stack_locked find_exact_vma find_extend_vma_locked
#pragma GCC poison find_vma find_vma_intersection find_vma_prev folio_walk_end
#pragma GCC poison folio_walk_start for_each_vma for_each_vma_range
#pragma GCC poison handle_mm_fault lock_mm_and_find_vma lock_next_vma
#pragma GCC poison lock_vma_under_rcu mapping_rmap_tree_foreach
#pragma GCC poison mapping_rmap_tree_insert mapping_rmap_tree_insert_after
#pragma GCC poison mapping_rmap_tree_iter_first mapping_rmap_tree_iter_next
#pragma GCC poison mapping_rmap_tree_remove mmap_lock_speculate_retry
#pragma GCC poison mmap_lock_speculate_try_begin mmap_read_lock
#pragma GCC poison mmap_read_lock_killable mmap_read_lock_maybe_expand
#pragma GCC poison mmap_read_trylock mmap_read_unlock mmap_read_unlock_non_owner
#pragma GCC poison mmap_write_downgrade mmap_write_lock mmap_write_lock_killable
#pragma GCC poison mmap_write_lock_nested mmap_write_unlock page_address_in_vma
#pragma GCC poison page_vma_mapped_walk page_vma_mapped_walk_done
#pragma GCC poison page_vma_mapped_walk_restart vma_end_read
#pragma GCC poison vma_find vma_iter_init vma_iter_next_range vma_lookup
#pragma GCC poison vma_mark_attached vma_mark_detached vma_next vma_prev
#pragma GCC poison vma_refcount_put vma_start_read_locked
#pragma GCC poison vma_start_read_locked_nested vma_start_write
#pragma GCC poison vma_start_write_killable walk_page_range walk_page_range_vma
#pragma GCC poison walk_page_vma

/* Reference an mm: use struct mm_ref and CLASS(mm_with_user). (R4, R5) */
#pragma GCC poison get_task_mm kthread_unuse_mm kthread_use_mm mm_access
#pragma GCC poison mm_alloc mmdrop mmdrop_lazy_tlb mmdrop_lazy_tlb_sched
#pragma GCC poison mmdrop_sched mmget mmget_not_zero mmgrab mmgrab_lazy_tlb
#pragma GCC poison mmput mmput_async

/* Access a process's memory, by its mm or under a lock of it. (R4, R14) */
#pragma GCC poison access_process_vm access_remote_vm do_madvise do_munmap
#pragma GCC poison finish_fault fixup_user_fault follow_pfnmap_end
#pragma GCC poison follow_pfnmap_start generic_access_phys
#pragma GCC poison get_user_page_vma_remote get_user_pages get_user_pages_remote
#pragma GCC poison handle_userfault hmm_range_fault
#pragma GCC poison hmm_range_fault_unlocked_timeout ksm_madvise
#pragma GCC poison make_device_exclusive migrate_vma_finalize migrate_vma_pages
#pragma GCC poison migrate_vma_setup pfn_mkclean_range pin_user_pages
#pragma GCC poison pin_user_pages_remote userfaultfd_missing userfaultfd_wp
#pragma GCC poison vm_normal_folio vm_normal_folio_pmd vm_normal_page
#pragma GCC poison vm_normal_page_pmd vm_normal_page_pud

/* Map memory: use the functions of the handle. (R6, R7, R11, R13) */
#pragma GCC poison apply_to_existing_page_range apply_to_page_range
#pragma GCC poison dma_common_mmap dma_mmap_attrs dma_mmap_coherent
#pragma GCC poison dma_mmap_from_dev_coherent dma_mmap_from_global_coherent
#pragma GCC poison dma_mmap_noncontiguous dma_mmap_pages dma_mmap_wc
#pragma GCC poison io_remap_pfn_range iommu_dma_mmap
#pragma GCC poison iommu_dma_mmap_noncontiguous map_kernel_pages_complete
#pragma GCC poison map_kernel_pages_prepare mmap_action_complete
#pragma GCC poison mmap_action_ioremap mmap_action_ioremap_full
#pragma GCC poison mmap_action_map_kernel_pages
#pragma GCC poison mmap_action_map_kernel_pages_full mmap_action_prepare
#pragma GCC poison mmap_action_remap mmap_action_remap_full
#pragma GCC poison mmap_action_simple_ioremap pci_mmap_resource_range
#pragma GCC poison remap_oldmem_pfn_range remap_pfn_range remap_vmalloc_range
#pragma GCC poison remap_vmalloc_range_partial shmem_zero_setup
#pragma GCC poison shmem_zero_setup_desc vfio_pci_vmf_insert_pfn vm_insert_page
#pragma GCC poison vm_insert_pages vm_iomap_memory vm_map_pages
#pragma GCC poison vm_map_pages_zero vmf_insert_folio_pmd vmf_insert_folio_pud
#pragma GCC poison vmf_insert_mixed vmf_insert_mixed_mkwrite vmf_insert_page
#pragma GCC poison vmf_insert_page_mkwrite vmf_insert_pfn vmf_insert_pfn_pmd
#pragma GCC poison vmf_insert_pfn_prot vmf_insert_pfn_pud

/* Drop the lock of a fault and retry: use vma_fault_drop_lock(). */
#pragma GCC poison VM_FAULT_RETRY VM_FAULT_COMPLETED release_fault_lock

/* Unmap memory: use vma_ref_zap_range() or a struct vma_object. (R6, R17) */
#pragma GCC poison unmap_mapping_pages unmap_mapping_pages_trylock
#pragma GCC poison unmap_mapping_range zap_special_vma_range zap_vma
#pragma GCC poison zap_vma_range

/* Internals of the layer, which drivers do not call. */
#pragma GCC poison __vma_pair_acquire __vma_pair_release __vma_read_acquire
#pragma GCC poison __vma_read_acquire_try __vma_read_lock __vma_read_release
#pragma GCC poison __vma_read_step_down __vma_read_try

/* Test flags: use vma_ref_test(), or vma_new_settle() on a new mapping. (R1) */
#pragma GCC poison hstate_vma is_vm_hugetlb_page vma_can_grow
#pragma GCC poison vma_desc_is_cow_mapping vma_desc_test vma_desc_test_all
#pragma GCC poison vma_desc_test_all_mask vma_desc_test_any
#pragma GCC poison vma_desc_test_any_mask vma_is_accessible vma_is_anon_shmem
#pragma GCC poison vma_is_anonymous vma_is_cow_mapping vma_is_dax vma_is_foreign
#pragma GCC poison vma_is_fsdax vma_is_initial_heap vma_is_initial_stack
#pragma GCC poison vma_is_secretmem vma_is_shared_maywrite vma_is_shmem
#pragma GCC poison vma_is_special_mapping vma_is_stack_for_current
#pragma GCC poison vma_is_temporary_stack vma_pkey vma_policy vma_test
#pragma GCC poison vma_test_all vma_test_all_mask vma_test_any vma_test_any_mask
#pragma GCC poison vma_test_atomic_flag vma_test_single_mask

/* Get addresses, sizes and offsets: use the handle's functions. (R6, R12) */
#pragma GCC poison linear_anon_page_index linear_page_delta linear_page_index
#pragma GCC poison range_in_vma range_in_vma_desc vm_end_gap vm_start_gap
#pragma GCC poison vma_desc_pages vma_desc_size vma_end_anon_pgoff vma_end_pgoff
#pragma GCC poison vma_kernel_pagesize vma_last_anon_pgoff vma_last_pgoff
#pragma GCC poison vma_mmu_pagesize vma_pages vma_start_anon_pgoff
#pragma GCC poison vma_start_pgoff

/* Set a VMA up: use a type, and the vma_new_*() functions. (R1, R8, R10) */
#pragma GCC poison __vm_flags_mod compat_set_desc_from_vma is_aligned_for_order
#pragma GCC poison vm_area_alloc vm_area_dup vm_area_free vm_flags_clear
#pragma GCC poison vm_flags_init vm_flags_mod vm_flags_reset vm_flags_set
#pragma GCC poison vm_get_page_prot vma_clear_flags vma_clear_flags_mask
#pragma GCC poison vma_desc_clear_flags vma_desc_clear_flags_mask
#pragma GCC poison vma_desc_set_anonymous vma_desc_set_flags
#pragma GCC poison vma_desc_set_flags_mask vma_flags_reset_once
#pragma GCC poison vma_get_page_prot vma_init vma_set_anonymous
#pragma GCC poison vma_set_atomic_flag vma_set_file vma_set_flags
#pragma GCC poison vma_set_flags_mask vma_set_page_prot
#pragma GCC poison vm_flags vm_page_prot vm_private_data vm_file vm_mm vm_policy
#pragma GCC poison vm_refcnt vm_lock_seq anon_vma anon_vma_chain

#endif /* _LINUX_VMA_ACCESS_STRICT_H */
