/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What user space can see of a mapping's flags.
 */
#ifndef _MAP_FLAGS_H
#define _MAP_FLAGS_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "kselftest_harness.h"

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

/*
 * The mapping at @map has the flags @has and none of @lacks, as smaps has them. Says
 * false where smaps has none.
 */
static inline bool expect_flags(struct __test_metadata *_metadata, const char *map,
				const char *has, const char *lacks)
{
	char flags[256], flag[5] = " xx ";
	size_t i;

	map_flags(map, flags, sizeof(flags));
	if (!*flags)
		return false;
	for (i = 0; i < strlen(has); i += 3) {
		memcpy(flag + 1, has + i, 2);
		EXPECT_NE(NULL, strstr(flags, flag)) TH_LOG("no%sin%s", flag, flags);
	}
	for (i = 0; i < strlen(lacks); i += 3) {
		memcpy(flag + 1, lacks + i, 2);
		EXPECT_EQ(NULL, strstr(flags, flag)) TH_LOG("%sin%s", flag, flags);
	}
	return true;
}

#endif /* _MAP_FLAGS_H */
