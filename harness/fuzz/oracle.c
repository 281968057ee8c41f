// SPDX-License-Identifier: GPL-2.0
/*
 * The conditions that must hold after each program.
 */
#include <fcntl.h>
#include <sys/ioctl.h>

#include "fuzz.h"
#include "vma_pool.h"
#include "test_modules/vma_eager.h"
#include "test_modules/vma_window.h"

#define PRESENT		0x8000000000000000ULL
#define REFUSED		"/sys/kernel/debug/vma_access/refused"

struct mapping {
	unsigned long start, end, pgoff;
	char perms[5];
	const struct device *dev;
};

static int pagemap = -1, pagemap_of, log_fd = -1;

/* The device whose mappings have this name in maps; the longest, if it is several. */
static const struct device *device_in_maps(const char *path)
{
	const struct device *best = NULL;
	unsigned int i;

	for (i = 0; i < nr_devices; i++) {
		const char *name = devices[i].in_maps;

		if (*name && !strncmp(path, name, strlen(name)) &&
		    (!best || strlen(name) > strlen(best->in_maps)))
			best = &devices[i];
	}
	return best;
}

static bool parse_mapping(const char *line, struct mapping *m)
{
	int at = 0;

	if (sscanf(line, "%lx-%lx %4s %lx %*s %*s %n", &m->start, &m->end, m->perms,
		   &m->pgoff, &at) < 4 ||
	    m->start < AREA || m->start >= AREA + AREA_SIZE)
		return false;
	m->pgoff /= PAGE;
	m->dev = at ? device_in_maps(line + at) : NULL;
	return true;
}

/* ---- pages ------------------------------------------------------------------------------- */

static void check_word(struct run *run, const struct mapping *m, unsigned long i)
{
	unsigned long addr = m->start + i * PAGE;
	uint64_t word;

	if (m->perms[0] != 'r' || !word_at(addr, &word))
		return;
	if (m->dev->freed && word == m->dev->freed)
		finding(run, "freed memory of %s at %lx", m->dev->name, addr);
	if (!strcmp(m->dev->name, "pool") && word != POOL_VALUE + m->pgoff + i)
		finding(run, "page %lu of a pool has the word %llx", m->pgoff + i,
			(unsigned long long)word);
}

/* Page frames are in no pagemap: a read says what is there. Each takes a fault at most. */
static void check_words(struct run *run, const struct mapping *m)
{
	unsigned long nr = (m->end - m->start) / PAGE, i;

	for (i = 0; i < nr; i += nr > 8 ? 5 : 1)
		check_word(run, m, i);
}

/* Returns how many pages are present. */
static unsigned long check_pages(struct run *run, const struct mapping *m)
{
	static uint64_t entry[3 * SLOT_PAGES];
	unsigned long nr = (m->end - m->start) / PAGE, present = 0, i;

	if (nr > ARRAY_SIZE(entry))
		nr = ARRAY_SIZE(entry);
	if (pread(pagemap, entry, nr * 8, m->start / PAGE * 8) != (ssize_t)nr * 8)
		return 0;
	for (i = 0; i < nr; i++) {
		if (!(entry[i] & PRESENT))
			continue;
		present++;
		check_word(run, m, i);
	}
	return present;
}

/*
 * How many pages the pool has that is mapped there, if there is one. Any of several files
 * may have been mapped there before.
 */
static bool pool_has(const struct mapping *m, unsigned long *pages)
{
	struct vma_pool_info info = { 0 };
	unsigned int i;

	for (i = 0; i < FILES; i++) {
		if (ioctl(FILE_FD + i, VMA_POOL_INFO, &info) || info.addr != m->start ||
		    !info.mapped)
			continue;
		*pages = info.present;
		return true;
	}
	return false;
}

static void check_mapping(struct run *run, const struct mapping *m)
{
	unsigned long present, pages = 0;
	bool pool;

	if (!m->dev)
		return;
	if ((strchr(m->dev->access, 'w') && m->perms[1] == 'w') ||
	    (strchr(m->dev->access, 'x') && m->perms[2] == 'x'))
		finding(run, "a mapping of %s is %s", m->dev->name, m->perms);
	if (m->dev->freed)
		check_words(run, m);
	if (strcmp(m->dev->name, "pool"))
		return;
	/*
	 * Only pages that the pool has are mapped; after a revoke it has none. Ask the pool
	 * first: the shrinker may take pages meanwhile, and nobody adds any.
	 */
	pool = pool_has(m, &pages);
	present = check_pages(run, m);
	if (pool && present > pages)
		finding(run, "%lu pages are mapped, the pool has %lu", present, pages);
}

/* ---- flags ------------------------------------------------------------------------------- */

static void check_flags(struct run *run, const struct mapping *m, const char *flags)
{
	char flag[] = " xx ";
	const char *at;

	for (at = m->dev->has; *at; at += 2 + (at[2] == ' ')) {
		memcpy(flag + 1, at, 2);
		if (!strstr(flags, flag))
			finding(run, "a mapping of %s lacks%sin%s", m->dev->name, flag, flags);
	}
	for (at = m->dev->lacks; *at; at += 2 + (at[2] == ' ')) {
		memcpy(flag + 1, at, 2);
		if (strstr(flags, flag))
			finding(run, "a mapping of %s has%sin%s", m->dev->name, flag, flags);
	}
}

static char *read_all(const char *path)
{
	static char text[1 << 18];
	size_t size = 0;
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (n = read(fd, text + size, sizeof(text) - 1 - size)) > 0)
		size += n;
	if (fd >= 0)
		close(fd);
	text[size] = '\0';
	return text;
}

void oracle_mapped(struct run *run)
{
	bool flags = run->flags, mine = false, look = flags;
	char *save, *line;
	struct mapping m;
	unsigned int i;

	/* Most devices have flags to look at, and no pages. */
	for (i = 0; i < FILES; i++)
		look |= run->file[i].dev && (run->file[i].dev->freed || *run->file[i].dev->access);
	if (!look)
		return;
	if (pagemap_of != getpid()) {
		pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
		pagemap_of = getpid();
	}
	line = strtok_r(read_all(flags ? "/proc/self/smaps" : "/proc/self/maps"), "\n", &save);
	for (; line; line = strtok_r(NULL, "\n", &save)) {
		if (strchr("0123456789abcdef", line[0])) {
			mine = parse_mapping(line, &m);
			if (mine)
				check_mapping(run, &m);
		} else if (mine && m.dev && !strncmp(line, "VmFlags:", 8)) {
			check_flags(run, &m, line + 8);
		}
	}
}

void oracle_unmapped(struct run *run)
{
	struct vma_pool_info info;
	unsigned int i;

	for (i = 0; i < FILES; i++) {
		const struct device *dev = run->file[i].dev;
		int fd = FILE_FD + i, mappings, held;

		if (!dev)
			continue;
		if (!strcmp(dev->name, "pool") && !ioctl(fd, VMA_POOL_INFO, &info) &&
		    (info.mapped || info.present))
			finding(run, "an unmapped pool is mapped, or has %u pages", info.present);
		if (strcmp(dev->name, "window"))
			continue;
		mappings = ioctl(fd, WINDOW_MAPPINGS);
		held = ioctl(fd, WINDOW_HELD);
		if (mappings > 0 || held > 0)
			finding(run, "%d mappings of an unmapped window, %d hold it", mappings,
				held);
	}
}

/* ---- while nothing runs ---------------------------------------------------------------- */

static const struct {
	const char *path;
	unsigned long more;	/* by how much it may grow */
	bool shrink;
} counts[] = {
	{ "/sys/module/vma_pool/refcnt" },
	{ "/sys/module/vma_window/refcnt" },
	{ "/sys/module/vma_eager/refcnt" },
	{ "/sys/module/vma_huge/refcnt" },
	{ "/sys/module/vma_merge/refcnt" },
	{ "/sys/module/vma_import/refcnt" },
	{ "/sys/kernel/slab/vm_area_struct", 500, true },
	{ "/sys/kernel/slab/anon_vma", 500, true },
	{ "/sys/kernel/slab/filp", 500, true },
	{ "/sys/kernel/slab/mm_struct", 50, true },
};

static unsigned long count_before[ARRAY_SIZE(counts)];

/* A refusal for one of these reasons is always a mistake of the driver. */
static const char * const mistakes[] = {
	"kind", "in_use", "twice", "policy", "page", "hugetlb",
};

static unsigned long mistakes_before[ARRAY_SIZE(mistakes)];

static unsigned long read_count(unsigned int i)
{
	char path[80];
	int fd;

	if (!counts[i].shrink)
		return strtoul(read_all(counts[i].path), NULL, 10);
	/* What KASAN keeps is freed, too. */
	snprintf(path, sizeof(path), "%s/shrink", counts[i].path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd >= 0) {
		if (write(fd, "1", 1) != 1)
			perror(path);
		close(fd);
	}
	snprintf(path, sizeof(path), "%s/objects", counts[i].path);
	return strtoul(read_all(path), NULL, 10);
}

static unsigned long read_mistakes(unsigned int i)
{
	char name[32], *at;

	snprintf(name, sizeof(name), "\n%s ", mistakes[i]);
	at = strstr(read_all(REFUSED), name);
	return at ? strtoul(at + strlen(name), NULL, 10) : 0;
}

static int eager_refs(void)
{
	int fd = open("/dev/vma_eager", O_RDWR | O_CLOEXEC), refs = 0;

	if (fd >= 0) {
		refs = ioctl(fd, EAGER_REFS);
		close(fd);
	}
	return refs;
}

static int refs_before;

const char *oracle_quiet(bool slabs)
{
	static char text[120];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mistakes); i++) {
		if (read_mistakes(i) == mistakes_before[i])
			continue;
		snprintf(text, sizeof(text), "refused for a driver's mistake: %s", mistakes[i]);
		return text;
	}
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		unsigned long now;

		if (counts[i].shrink && !slabs)
			continue;
		now = read_count(i);
		if (now <= count_before[i] + counts[i].more)
			continue;
		snprintf(text, sizeof(text), "%s: %lu, was %lu", counts[i].path, now,
			 count_before[i]);
		return text;
	}
	if (eager_refs() != refs_before) {
		snprintf(text, sizeof(text), "%d references to vma_eager's memory, were %d",
			 eager_refs(), refs_before);
		return text;
	}
	return NULL;
}

static void set_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

void oracle_base(bool slabs)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(counts); i++)
		if (slabs || !counts[i].shrink)
			count_before[i] = read_count(i);
	for (i = 0; i < ARRAY_SIZE(mistakes); i++)
		mistakes_before[i] = read_mistakes(i);
	refs_before = eager_refs();
}

void oracle_init(void)
{
	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log_fd >= 0)
		lseek(log_fd, 0, SEEK_END);
	oracle_base(true);
	set_file("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	set_file("/sys/kernel/debug/fail_page_alloc/min-order", "0");
	set_file("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	set_file("/sys/kernel/debug/fail_page_alloc/ignore-gfp-highmem", "N");
	set_file("/sys/kernel/debug/failslab/verbose", "0");
	/* Messages that the kernel prints when a call fails. */
	set_file("/dev/kmsg", "vma_access: allow: vmalloc error: ");
	set_file("/dev/kmsg", "vma_access: allow: GUP no longer grows the stack");
	set_file("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
}

/* ---- the kernel's log -------------------------------------------------------------------- */

void oracle_again(void)
{
	set_file("/sys/kernel/debug/clear_warn_once", "1");
}

const char *oracle_log(void)
{
	static const char * const reports[] = {
		"WARNING: ", "BUG: ", "kernel BUG", "KASAN: ", "UBSAN: ", "INFO: task",
		"general protection", "detected stall", "detected expedited stalls",
		"soft lockup", "hard LOCKUP", "Bad page state", "Bad rss-counter",
		"list_add corruption", "list_del corruption", "possible circular",
		"possible recursive", "suspicious RCU", "refcount_t: ", "bad unlock",
		"inconsistent lock", "unreferenced object", "scheduling while atomic",
		"held lock freed", "Out of memory: Killed",
	};
	static char line[1024];
	unsigned int i;
	ssize_t n;
	char *text;

	for (;;) {
		n = read(log_fd, line, sizeof(line) - 1);
		if (n < 0 && errno == EPIPE)
			continue;
		if (n <= 0)
			return NULL;
		line[n] = '\0';
		text = strchr(line, ';');
		if (!text)
			continue;
		text[strcspn(text, "\n")] = '\0';
		for (i = 0; i < ARRAY_SIZE(reports); i++)
			if (strstr(text, reports[i]))
				return text + 1;
	}
}
