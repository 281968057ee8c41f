// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping of the tracing ring buffer keeps snapshots away as long as it is there,
 * also if mremap() moved it, and its munmap() is no reason for a warning.
 *
 * Works on an instance of its own, so it needs to write to tracefs.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "../repro.h"

#define TRACEFS "/sys/kernel/tracing"
#define INSTANCE TRACEFS "/instances/mremap"
#define SNAPSHOT INSTANCE "/snapshot"

/* How often the kernel has warned since it booted */
static int warnings(void)
{
	FILE *f = fopen("/sys/kernel/warn_count", "r");
	int n = -1;

	if (f) {
		if (fscanf(f, "%d", &n) != 1)
			n = -1;
		fclose(f);
	}
	return n;
}

/* 0, or the error of taking a snapshot */
static int take_snapshot(void)
{
	int fd = open(SNAPSHOT, O_WRONLY), err = 0;

	if (fd < 0 || write(fd, "1", 1) < 0)
		err = errno;
	close(fd);
	return err;
}

static void *map_moved(int fd)
{
	void *p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	void *to = mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || to == MAP_FAILED)
		skip_all("mmap: %s", strerror(errno));
	p = mremap(p, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
	if (p == MAP_FAILED)
		skip_all("mremap: %s", strerror(errno));
	return p;
}

int main(void)
{
	int fd, before, err;
	void *p;

	repro_catch();
	if (access(TRACEFS "/instances", F_OK))
		mount("tracefs", TRACEFS, "tracefs", 0, "");
	if (mkdir(INSTANCE, 0700) && errno != EEXIST)
		skip_all(INSTANCE ": %s", strerror(errno));
	fd = open(INSTANCE "/per_cpu/cpu0/trace_pipe_raw", O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		skip_all("trace_pipe_raw: %s", strerror(errno));
	err = take_snapshot();
	if (err)
		skip_all("snapshot: %s", strerror(err));
	before = warnings();
	if (before < 0)
		skip_all("there is no /sys/kernel/warn_count");

	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		skip_all("mmap: %s", strerror(errno));
	err = take_snapshot();
	ok(err == EBUSY, "a snapshot while the buffer is mapped: %s", strerror(err));
	munmap(p, PAGE);
	ok(warnings() == before, "no warning at its munmap()");

	p = map_moved(fd);
	munmap(p, PAGE);
	ok(warnings() == before, "no warning at munmap() of a mapping that mremap() moved");

	p = map_moved(fd);
	err = take_snapshot();
	ok(err == EBUSY, "a snapshot while a moved mapping is there: %s", strerror(err));
	munmap(p, PAGE);
	err = take_snapshot();
	ok(!err, "a snapshot after its munmap(): %s", strerror(err));

	close(fd);
	rmdir(INSTANCE);
	return finish();
}
