/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What user space can see of a mapping's flags.
 */
#ifndef _MAP_FLAGS_H
#define _MAP_FLAGS_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/*
 * The flags of the mapping at @map as smaps has them; empty if it does not say.
 */
static inline void map_flags(const char *map, char *flags, size_t size)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	unsigned long start, end;
	bool mine = false;
	char line[256];

	*flags = '\0';
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
			mine = start == (unsigned long)map;
		else if (mine && !strncmp(line, "VmFlags:", 8))
			snprintf(flags, size, "%s", line + 8);
	}
	if (f)
		fclose(f);
}

#endif /* _MAP_FLAGS_H */
