/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What user space asks of /dev/vma_import.
 */
#ifndef _VMA_IMPORT_H
#define _VMA_IMPORT_H

#include <linux/ioctl.h>

/* The dma-buf that mmap() shows from now on: its file descriptor. */
#define IMPORT_BUF	_IO('I', 1)
/*
 * Returns a dma-buf of one page, whose exporter sets no vm_ops; if the argument
 * is not 0, one that cannot be mapped.
 */
#define IMPORT_EXPORT	_IO('I', 2)
/* Whether the exporter of that saw what the importer had set in the VMA. */
#define IMPORT_SEEN	_IO('I', 3)
/* How often the importer's own ->close() was called. */
#define IMPORT_CLOSES	_IO('I', 4)
/* mmap() calls the exporter without dma_buf_mmap(), whose checks are left out. */
#define IMPORT_RAW	_IO('I', 5)
/* How many pages mmap() adds to its offset. */
#define IMPORT_AT	_IO('I', 6)

#endif /* _VMA_IMPORT_H */
