/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Marks in the pages of a ring, so that pages in the wrong order show in another
 * mapping. The start of a page, where the kernel has its counters, stays as it is.
 */
#ifndef _RING_TEST_H
#define _RING_TEST_H

#include <stdbool.h>
#include <stddef.h>

/* Marks each of @pages pages at @map with its number. */
static inline void fill(char *map, size_t page, size_t pages)
{
	size_t i;

	for (i = 0; i < pages; i++)
		map[i * page + 100] = i + 1;
}

/* Do @pages pages at @map have the marks from page @first on? */
static inline bool shows(const char *map, size_t page, size_t first, size_t pages)
{
	size_t i;

	for (i = 0; i < pages; i++)
		if (map[i * page + 100] != (char)(first + i + 1))
			return false;
	return true;
}

#endif /* _RING_TEST_H */
