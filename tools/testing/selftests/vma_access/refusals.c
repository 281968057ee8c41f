// SPDX-License-Identifier: GPL-2.0
/*
 * With CONFIG_DEBUG_VMA_ACCESS, the layer counts its refusals by reason, and
 * its work can be traced.
 */
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "kselftest_harness.h"
#include "vma_window_test.h"

#define REFUSED	"/sys/kernel/debug/vma_access/refused"
#define TRACING	"/sys/kernel/tracing"
#define EVENTS	TRACING "/events/vma_access"

/* The count so far, or -1 if there is no such reason. */
static long refused(const char *why)
{
	FILE *f = fopen(REFUSED, "r");
	char name[64];
	long count, found = -1;

	if (!f)
		return -1;
	while (fscanf(f, "%63s %ld", name, &count) == 2)
		if (!strcmp(name, why))
			found = count;
	fclose(f);
	return found;
}

FIXTURE(refusals)
{
	int fd, pool;
	size_t page;
	off_t base;
};

FIXTURE_SETUP(refusals)
{
	self->fd = window_open();
	self->pool = pool_open(O_RDWR);
	if (self->fd < 0 || self->pool < 0)
		SKIP(return, "no " WINDOW_DEV " or no " POOL_DEV);
	if (access(REFUSED, R_OK))
		SKIP(return, "the kernel has no CONFIG_DEBUG_VMA_ACCESS");
	self->page = pool_page_size();
	self->base = WINDOW_BASE * self->page;
}

FIXTURE_TEARDOWN(refusals)
{
	close(self->fd);
	close(self->pool);
}

/* @what increments the count of @why by one, and no other count. */
#define EXPECT_COUNTED(why, what)					\
	do {								\
		static const char * const others[] = {			\
			"align", "range", "object", "access", "cow",	\
			"identity", "revoked",				\
		};							\
		long before[ARRAY_SIZE(others)];			\
		unsigned int __i;					\
									\
		for (__i = 0; __i < ARRAY_SIZE(others); __i++)		\
			before[__i] = refused(others[__i]);		\
		what;							\
		for (__i = 0; __i < ARRAY_SIZE(others); __i++)		\
			EXPECT_EQ(!strcmp(others[__i], why),		\
				  refused(others[__i]) - before[__i]) {	\
				TH_LOG("%s: %s", why, others[__i]);	\
			}						\
	} while (0)

TEST_F(refusals, counted)
{
	char *map;

	EXPECT_COUNTED("access", mmap(NULL, self->page, PROT_EXEC, MAP_SHARED,
				      self->fd, self->base));
	EXPECT_COUNTED("cow", mmap(NULL, self->page, PROT_READ, MAP_PRIVATE,
				   self->fd, self->base));
	EXPECT_COUNTED("object", mmap(NULL, self->page, PROT_READ, MAP_SHARED,
				      self->fd, 0));

	map = window_map(self->fd, WINDOW_PFN, 0, 1);
	ASSERT_NE(MAP_FAILED, map);
	ASSERT_EQ(0, ioctl(self->fd, WINDOW_REVOKE));
	EXPECT_COUNTED("revoked", pool_peek(map, NULL));
	ASSERT_EQ(0, ioctl(self->fd, WINDOW_REARM));
	EXPECT_EQ(0, pool_peek(map, NULL));

	map = pool_map(self->pool);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_COUNTED("align", pool_zap(self->pool, (uintptr_t)map + 1, self->page));
	EXPECT_COUNTED("align", pool_zap(self->pool, (uintptr_t)map, 0));
	EXPECT_COUNTED("range", pool_zap(self->pool, (uintptr_t)map, -self->page));
	munmap(map, pool_bytes());
	map = mmap(map, self->page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		   -1, 0);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_COUNTED("identity", pool_zap(self->pool, (uintptr_t)map, self->page));
}

/* Does a line of the trace contain both words? */
static bool traced(const char *event, const char *word)
{
	FILE *f = fopen(TRACING "/trace", "r");
	char line[512];
	bool found = false;

	if (!f)
		return false;
	while (fgets(line, sizeof(line), f))
		found |= strstr(line, event) && strstr(line, word);
	fclose(f);
	return found;
}

TEST_F(refusals, traced)
{
	char *map, word[64];

	if (access(EVENTS, R_OK))
		mount("tracefs", TRACING, "tracefs", 0, NULL);
	if (access(EVENTS, R_OK))
		SKIP(return, "the kernel has no trace events");
	ASSERT_EQ(0, pool_write_file(EVENTS "/enable", "1"));
	ASSERT_EQ(0, pool_write_file(TRACING "/trace", "\n"));

	map = pool_map(self->pool);
	ASSERT_NE(MAP_FAILED, map);
	EXPECT_EQ(0, pool_fill(self->pool, 0, 5, 0, NULL));
	EXPECT_EQ(0, pool_zap(self->pool, (uintptr_t)map, self->page));
	EXPECT_EQ(3, pool_shrink(self->pool, 3));
	EXPECT_EQ(EFAULT, pool_zap(self->pool, 0, self->page));
	EXPECT_EQ(MAP_FAILED, mmap(NULL, self->page, PROT_EXEC, MAP_SHARED, self->fd,
				   self->base));
	pool_write_file(EVENTS "/enable", "0");

	snprintf(word, sizeof(word), "addr=%#lx nr=5 err=0", (unsigned long)map);
	EXPECT_TRUE(traced("vma_access_insert: ", word));
	snprintf(word, sizeof(word), "addr=%#lx size=%#lx", (unsigned long)map,
		 (unsigned long)self->page);
	EXPECT_TRUE(traced("vma_access_zap: ", word));
	snprintf(word, sizeof(word), "start=%#lx bit=1 never", (unsigned long)map);
	EXPECT_TRUE(traced("vma_access_settle: ", word));
	EXPECT_TRUE(traced("vma_access_revoke: ", "index=0 nr=3"));
	EXPECT_TRUE(traced("vma_access_refuse: ", "why=range err=-14"));
	EXPECT_TRUE(traced("vma_access_refuse: ", "why=access err=-1"));
}

TEST_HARNESS_MAIN
