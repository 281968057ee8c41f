// SPDX-License-Identifier: GPL-2.0

//! What `vma_access_bench.c` measures of raw and of typed C, by the kernel's Rust abstractions.

use core::{
    ffi::{
        c_long,
        c_ulong,
        c_void, //
    },
    ptr::NonNull,
};
use kernel::{
    bindings,
    error::code::*,
    mm::{
        virt::{
            flags,
            VmaMixedMap,
            VmaRef, //
        },
        Mm,
        MmWithUser, //
    },
    page::{
        BorrowedPage,
        PAGE_MASK,
        PAGE_SIZE, //
    },
    prelude::*, //
};

fn to_long(result: Result) -> c_long {
    match result {
        Ok(()) => 0,
        Err(err) => err.to_errno() as c_long,
    }
}

#[inline(always)]
fn start_by_mmap_lock(mm: &MmWithUser, addr: usize) -> c_long {
    let guard = mm.mmap_read_lock();

    match guard.vma_lookup(addr) {
        Some(vma) => vma.start() as c_long,
        None => ESRCH.to_errno() as c_long,
    }
}

/// By the mmap lock: where does the VMA at an address begin?
///
/// # Safety
///
/// Somebody uses `mm`.
#[no_mangle]
pub unsafe extern "C" fn bench_rust_mmap_read(
    mm: *const bindings::mm_struct,
    addr: c_ulong,
) -> c_long {
    // SAFETY: By the function's safety requirements.
    let mm = unsafe { MmWithUser::from_raw(mm) };

    start_by_mmap_lock(mm, addr as usize)
}

/// By the VMA lock: where does the VMA at an address begin?
///
/// # Safety
///
/// Somebody uses `mm`.
#[no_mangle]
pub unsafe extern "C" fn bench_rust_vma_read(
    mm: *const bindings::mm_struct,
    addr: c_ulong,
) -> c_long {
    // SAFETY: By the function's safety requirements.
    let mm = unsafe { MmWithUser::from_raw(mm) };

    if let Some(vma) = mm.lock_vma_under_rcu(addr as usize) {
        return vma.start() as c_long;
    }
    start_by_mmap_lock(mm, addr as usize)
}

#[inline(always)]
fn insert(vma: &VmaMixedMap, addr: usize, page: NonNull<bindings::page>) -> Result {
    if addr & !PAGE_MASK != 0 {
        return Err(EINVAL);
    }
    // SAFETY: The caller's page stays until the measurement is over.
    let page = unsafe { BorrowedPage::from_raw(page) };

    vma.vm_insert_page(addr, &page)
}

/// Inserts a page.
///
/// # Safety
///
/// `vma` is stable and has `VM_MIXEDMAP`, and `page` is a page.
#[no_mangle]
pub unsafe extern "C" fn bench_rust_insert_page(
    vma: *const bindings::vm_area_struct,
    addr: c_ulong,
    page: NonNull<bindings::page>,
) -> c_long {
    // SAFETY: By the function's safety requirements.
    let vma = unsafe { VmaMixedMap::from_raw(vma) };

    to_long(insert(vma, addr as usize, page))
}

#[inline(always)]
fn zap(vma: &VmaRef, addr: usize, size: usize) -> Result {
    if (addr | size) & !PAGE_MASK != 0 || size == 0 {
        return Err(EINVAL);
    }
    if vma.flags() & flags::HUGETLB != 0 {
        return Err(EPERM);
    }
    vma.zap_vma_range(addr, size);
    Ok(())
}

/// Zaps a range, or its pages one by one.
///
/// # Safety
///
/// `vma` is stable.
#[no_mangle]
pub unsafe extern "C" fn bench_rust_zap(
    vma: *const bindings::vm_area_struct,
    addr: c_ulong,
    size: c_ulong,
    step: c_ulong,
) -> c_long {
    // SAFETY: By the function's safety requirements.
    let vma = unsafe { VmaRef::from_raw(vma) };
    let mut at = 0;

    while at < size {
        if let Err(err) = zap(vma, (addr + at) as usize, step as usize) {
            return err.to_errno() as c_long;
        }
        at += step;
    }
    0
}

/// Whose VMA it has to be.
#[derive(Clone, Copy)]
struct Owner {
    ops: *const bindings::vm_operations_struct,
    data: *mut c_void,
}

#[inline(always)]
fn insert_of(vma: &VmaRef, addr: usize, page: NonNull<bindings::page>, owner: Owner) -> Result {
    let raw = vma.as_ptr();

    // SAFETY: The VMA is stable, by the type of the reference.
    if unsafe { (*raw).vm_ops != owner.ops || (*raw).vm_private_data != owner.data } {
        return Err(ESRCH);
    }
    insert(vma.as_mixedmap_vma().ok_or(ESRCH)?, addr, page)
}

#[inline(never)]
fn install(mm: &Mm, addr: usize, page: NonNull<bindings::page>, owner: Owner) -> Result {
    let mm = MmWithUser::into_mmput_async(mm.mmget_not_zero().ok_or(ESRCH)?);

    if let Some(vma) = mm.lock_vma_under_rcu(addr) {
        return insert_of(&vma, addr, page, owner);
    }
    let guard = mm.mmap_read_lock();

    insert_of(guard.vma_lookup(addr).ok_or(ESRCH)?, addr, page, owner)
}

/// Inserts pages one by one, from outside, as binder does.
///
/// # Safety
///
/// `mm` is there, and `pages` points to `nr` pages.
#[no_mangle]
pub unsafe extern "C" fn bench_rust_install_one_by_one(
    mm: *const bindings::mm_struct,
    addr: c_ulong,
    pages: *const NonNull<bindings::page>,
    nr: c_ulong,
    ops: *const bindings::vm_operations_struct,
    data: *mut c_void,
) -> c_long {
    // SAFETY: By the function's safety requirements.
    let mm = unsafe { Mm::from_raw(mm) };

    for i in 0..nr as usize {
        // SAFETY: By the function's safety requirements.
        let page = unsafe { *pages.add(i) };

        if let Err(err) = install(mm, addr as usize + i * PAGE_SIZE, page, Owner { ops, data }) {
            return err.to_errno() as c_long;
        }
    }
    0
}
