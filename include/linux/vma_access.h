/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed access to virtual memory areas (VMAs) for drivers.
 *
 * The handle you hold is the proof of the lock you hold and of the flag rules
 * that apply.
 *
 * A file that reaches VMAs only through this header has these guarantees:
 *
 * - A VMA is reached only through a guard that stabilises it, on an mm whose
 *   users are pinned, or as the argument of a hook. Each lookup takes a guard
 *   as its argument. (R2, R4)
 * - A page or page frame is inserted only into a VMA of the matching kind. The
 *   type of the handle ensures that; a fault handler's inserts check it. The
 *   core would set the kind on a VMA in use, or hit a BUG_ON(). (R7, R18)
 * - A range is checked for wrapping, alignment and containment before anything
 *   happens. (R6)
 * - Asking whether a new mapping is writable settles the answer: if it is not,
 *   mprotect() cannot make it writable later. (R1)
 * - A mapping found by address is recognised as this driver's and this
 *   owner's by one comparison, vma_ref_is(). (R3)
 * - The type of a mapping states what happens on split, mremap, fork and
 *   expansion; a type that leaves one out does not build. (R8)
 * - Flags of a VMA in use cannot be changed: they are set while the mapping is
 *   new. (R10)
 * - A page's protection is derived from the VMA's own. (R11)
 * - A fault's index counts from the object and is checked against its size.
 *   (R12)
 * - When vma_object_revoke() has returned, nothing maps the object's memory. An
 *   insert that checks vma_object_is_live() does not map it again. (R17)
 * - Each VMA holds the object that it shows: one .get when the VMA comes into
 *   existence, one .put as the last step when it goes, also if the setup
 *   fails. (R8, R17)
 *
 * These are not guaranteed: C lets a cast forge a handle, and the raw pointers
 * that the kernel passes to f_op and vm_ops hooks stay raw until a _from_
 * function converts them. A file that includes vma_access_strict.h last does
 * not build with a raw call. A handle used after its guard is found by clang if
 * the file opts in to context and lifetime analysis. At run time,
 * CONFIG_DEBUG_VMA_ACCESS finds it if no lock is held any more.
 *
 * The interface has these parts, all of which drivers get by including this
 * file:
 *
 * vma_access_guard.h	pins address spaces and stabilises VMAs
 * vma_access_type.h	declares what a mapping is
 * vma_access_ref.h	works on a VMA in use
 * vma_access_new.h	sets up a new mapping
 * vma_access_object.h	counts and revokes the mappings of an object
 * vma_access_fault.h	is for fault handlers
 * vma_access_pair.h	locks two VMAs at once
 * vma_access_remote.h	is for ->access()
 *
 * Documentation/mm/vma_access.rst has a quick start, shows how one handle leads
 * to the next and what ends it, and lists the rules R1 to R18.
 * Documentation/mm/vma_access_mm.rst lists what mm assumes about a VMA.
 */
#ifndef _LINUX_VMA_ACCESS_H
#define _LINUX_VMA_ACCESS_H

#include <linux/vma_access_fault.h>
#include <linux/vma_access_guard.h>
#include <linux/vma_access_new.h>
#include <linux/vma_access_object.h>
#include <linux/vma_access_pair.h>
#include <linux/vma_access_ref.h>
#include <linux/vma_access_remote.h>
#include <linux/vma_access_type.h>

#endif /* _LINUX_VMA_ACCESS_H */
