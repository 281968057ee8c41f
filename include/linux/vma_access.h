/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Typed access to virtual memory areas (VMAs) for drivers.
 *
 * The handle you hold is the proof of the lock you hold and of the flag rules
 * that apply.
 *
 * What is guaranteed in a file that reaches VMAs only through this header:
 *
 * - A VMA is reached only through a guard that stabilises it, on an mm whose
 *   users are pinned, or as the argument of a hook. A look-up takes the guard
 *   itself. (R2, R4)
 * - A page or page frame is put only into a VMA of the kind for it, by the
 *   handle or, in a fault, by a check: the core would set the kind on a VMA in
 *   use, or BUG over it. (R7, R18)
 * - A range is checked for wrapping, alignment and containment before anything
 *   happens. (R6)
 * - "Is it writable?" cannot be asked of a new mapping without settling that
 *   it can never become so later. (R1)
 * - A mapping found by address is recognised as this driver's and this
 *   owner's by one comparison, vma_ref_is(). (R3)
 * - What happens on split, mremap, fork and expansion is stated where the
 *   mapping's type is declared; a type that leaves one out does not build. (R8)
 * - Flags of a VMA in use change only through a handle that proves the write
 *   lock, and only those on a list. (R10)
 * - A page's protection is derived from the VMA's own. (R11)
 * - A fault's index counts from the object and is checked against it. (R12)
 * - When vma_object_revoke() has returned, nothing maps the object's memory, and
 *   no insert that asks whether it is live maps it again. (R17)
 * - What a mapping shows is held by one get for each VMA, and let go by one put
 *   that is the last thing done for it, whatever fails. (R8, R17)
 *
 * What is not guaranteed: C lets a cast forge a handle, and the raw pointers
 * that the kernel hands to f_op and vm_ops hooks stay raw until a _from_
 * function takes them in. A file that includes vma_access_strict.h last does not
 * build with a raw call. That a handle is not used after its guard is checked by
 * clang where the file opts in to context and lifetime analysis, in part by gcc
 * when it compiles once more for that, and at run time under
 * CONFIG_DEBUG_VMA_ACCESS. What each sees is a table of its own,
 * Documentation/mm/vma_access_misuse.rst.
 *
 * Which part to open for what: _guard.h pins address spaces and stabilises VMAs,
 * _type.h says what a mapping is, _ref.h works on a VMA in use, _new.h sets one
 * up, _object.h counts and revokes, _fault.h is for fault handlers. Drivers
 * include this file.
 *
 * How one handle leads to the next, what ends it, the rules R1 to R18 and
 * worked examples: Documentation/mm/vma_access.rst.
 */
#ifndef _LINUX_VMA_ACCESS_H
#define _LINUX_VMA_ACCESS_H

#include <linux/vma_access_fault.h>
#include <linux/vma_access_guard.h>
#include <linux/vma_access_new.h>
#include <linux/vma_access_object.h>
#include <linux/vma_access_ref.h>
#include <linux/vma_access_type.h>

#endif /* _LINUX_VMA_ACCESS_H */
