// SPDX-License-Identifier: GPL-2.0
/*
 * A mapping of the tracing ring buffer must not become executable.
 *
 * In a tracefs of its own: in one that is mounted noexec the core refuses it.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/mount.h>

#include "../repro.h"

int main(void)
{
	char dir[] = "/tmp/tracefs.XXXXXX", path[64];
	void *p;
	int fd;

	repro_catch();
	if (!mkdtemp(dir) || mount("tracefs", dir, "tracefs", 0, ""))
		skip_all("cannot mount tracefs: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s/per_cpu/cpu0/trace_pipe_raw", dir);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	umount2(dir, MNT_DETACH);
	rmdir(dir);
	if (fd < 0)
		skip_all("trace_pipe_raw: %s", strerror(errno));

	p = mmap(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	ok(p == MAP_FAILED && errno == EPERM, "mmap(PROT_EXEC) is refused");
	p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		skip_all("mmap: %s", strerror(errno));
	ok(load(p) >= 0, "mmap(PROT_READ) is readable");
	ok(mprotect(p, PAGE, PROT_READ | PROT_WRITE) && errno == EACCES,
	   "mprotect(PROT_WRITE) of it is refused");
	ok(mprotect(p, PAGE, PROT_READ | PROT_EXEC) && errno == EACCES,
	   "mprotect(PROT_EXEC) of it is refused");
	return finish();
}
