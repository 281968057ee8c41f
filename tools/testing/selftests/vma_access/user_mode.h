/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What user mode Linux does not have.
 */
#ifndef _USER_MODE_H
#define _USER_MODE_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* There the core does not call ->access(): HAVE_IOREMAP_PROT is not set. */
static inline bool user_mode_linux(void)
{
	FILE *f = fopen("/proc/cpuinfo", "re");
	bool found = false;
	char line[256];

	while (f && !found && fgets(line, sizeof(line), f))
		found = strstr(line, "User Mode Linux");
	if (f)
		fclose(f);
	return found;
}

#endif /* _USER_MODE_H */
