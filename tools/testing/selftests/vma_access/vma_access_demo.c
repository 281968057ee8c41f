// SPDX-License-Identifier: GPL-2.0
/*
 * Shows the sample driver at work: each call and its result. Exits with 0 only
 * if all results are correct.
 */
#include <stdarg.h>
#include <stdio.h>

#include "vma_pool_test.h"

#define VALUE 0xfeed000000000000ULL

static unsigned int tried, bad;

/* "tried ... -> got ...   ok" */
static void line(bool ok, const char *what, const char *got, ...)
{
	char text[64];
	va_list ap;

	va_start(ap, got);
	vsnprintf(text, sizeof(text), got, ap);
	va_end(ap);
	printf("tried %-43s -> got %-18s %s\n", what, text, ok ? "ok" : "FAIL");
	fflush(stdout);
	tried++;
	bad += !ok;
}

static const char *name(int err)
{
	return err ? strerrorname_np(err) ?: "an unknown error" : "success";
}

static void expect(int want, int err, const char *what)
{
	line(err == want, what, "%s%s", err == want && err ? "refused, " : "",
	     name(err));
}

int main(void)
{
	const size_t size = pool_bytes();
	int fd = pool_open(O_RDWR), err, n;
	char *map, *other;

	if (fd < 0) {
		printf("cannot open " POOL_DEV ": %s\n", strerror(errno));
		return 1;
	}

	map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	expect(EPERM, map == MAP_FAILED ? errno : 0, "mapping the pool writable");
	map = pool_map(fd);
	expect(0, map == MAP_FAILED ? errno : 0, "mapping it read-only");
	if (map == MAP_FAILED)
		return 1;
	err = mprotect(map, size, PROT_READ | PROT_WRITE) ? errno : 0;
	expect(EACCES, err, "mprotect() to writable after that");

	n = pool_peek(map, NULL);
	line(n == SIGBUS, "reading a page that is not there", "%s",
	     n ? strsignal(n) : "data");
	err = pool_fill_from_child(fd, 0, 32, VALUE);
	expect(0, err, "filling 32 pages from another process");
	n = pool_pages_good(map, 0, 32, VALUE);
	line(n == 32, "reading them here", "its data in %d", n);

	err = pool_zap(fd, (uintptr_t)map + pool_page_size(), -pool_page_size());
	expect(EFAULT, err, "unmapping a range that wraps");
	err = munmap(map, pool_page_size()) ? errno : 0;
	expect(EINVAL, err, "splitting the mapping by munmap() of a page");
	n = pool_pages_good(map, 0, 32, VALUE);
	line(n == 32, "reading the pages after that", "their data in %d", n);

	n = pool_shrink(fd, 20);
	line(n == 20, "shrinking the pool by 20 pages", "%d given back", n);
	n = pool_pages_gone(map, 0, 32);
	line(n == 20, "reading all of them", "SIGBUS in %d", n);
	err = pool_fill_from_child(fd, 0, 32, VALUE);
	n = pool_pages_good(map, 0, 32, VALUE);
	line(!err && n == 32, "filling again what was given back", "data in %d", n);

	other = mmap(map, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	if (other != map) {
		perror("mmap");
		return 1;
	}
	memset(other, 0xa5, size);
	err = pool_fill_from_child(fd, 0, 32, VALUE);
	expect(ESRCH, err, "filling with an impostor at the old address");
	err = pool_zap(fd, (uintptr_t)map, size);
	expect(ESRCH, err, "unmapping with it there");
	line(!memchr(other, 0, size), "reading the impostor's memory", "%s",
	     memchr(other, 0, size) ? "something else" : "all as it was");

	printf("%u of %u as they should be\n", tried - bad, tried);
	return bad ? 1 : 0;
}
