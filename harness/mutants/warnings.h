/* SPDX-License-Identifier: GPL-2.0 */
/*
 * User mode Linux counts a suppressed WARN_ON_ONCE() only the first time, as it has no
 * bug table. Included before each source file of the layer and its tests, and one of the
 * core's, this counts each, so that a mutant without one need not be asked in QEMU.
 */
#include <linux/bug.h>
#include <linux/module.h>	/* has members for a bug table */

#undef WARN_ON_ONCE
#define WARN_ON_ONCE(condition)	WARN_ON(condition)

/* What VAT_EXPECT_WARNED() looks at. */
#define CONFIG_GENERIC_BUG	1
#define __WARN_FLAGS(...)
