// SPDX-License-Identifier: GPL-2.0
/*
 * Turns bytes into calls on drivers that use <linux/vma_access.h>, and looks whether what
 * the layer promises still holds.
 *
 *	fuzz -r FILE...		replays programs, and prints TAP
 *	fuzz -t SECONDS		searches; ends with 1 if there is a finding
 *		-e TIME			ends at that time, in seconds since 1970, if it is earlier
 *		-s SEED			what is done depends on it, but for the timing
 *		-j WORKERS		how many programs run at once
 *		-c DIR			programs to begin with; may be given several times
 *		-f FILE			names functions, and how many places each has: those with
 *				places that were never reached are listed at the end
 *		-l FILE			keeps the last programs there, for when the kernel ends
 *	fuzz -p FILE		prints the programs that -l kept
 *
 * A program that covers something new is printed between "fuzz: new" and "fuzz: end", so
 * that it is there whatever becomes of the kernel; a finding is, and then a C program.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "fuzz.h"

static unsigned int nr_workers = 2;
static unsigned int printed;	/* of the corpus */

static bool load(struct program *p, const char *path)
{
	FILE *f = fopen(path, "re");
	int line;

	if (!f) {
		fprintf(stderr, "fuzz: %s: %s\n", path, strerror(errno));
		return false;
	}
	line = program_parse(p, f);
	fclose(f);
	if (line)
		fprintf(stderr, "fuzz: %s:%d is not a call\n", path, line);
	return !line;
}

static void *share(size_t size, const char *path)
{
	int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644) : -1;
	struct stat st;
	void *map;

	/* A resource of PCI has its size, which may not be set. */
	if (fd >= 0 && !fstat(fd, &st) && (size_t)st.st_size < size && ftruncate(fd, size))
		perror(path);
	map = mmap(NULL, size, PROT_READ | PROT_WRITE,
		   fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
	if (map == MAP_FAILED) {
		perror("fuzz: shared memory");
		exit(2);
	}
	if (fd >= 0)
		close(fd);
	return map;
}

/* ---- replay ---------------------------------------------------------------------------- */

static const char *missing_device(const struct program *p)
{
	int op = op_find("open");
	unsigned int i;

	for (i = 0; i < p->nr; i++)
		if (p->call[i].op == op && !device_there[p->call[i].arg[1]])
			return devices[p->call[i].arg[1]].name;
	return NULL;
}

/* As it is, and with each of its calls out of memory at once or later. */
static const char *replay(struct program *p)
{
	const char *found = try_program(p, 2, true);
	struct program less;
	unsigned int i;

	for (i = 0; !found && i < 2; i++) {
		unsigned int n;

		less = *p;
		for (n = 0; n < less.nr; n++)
			less.call[n].nth = 1 + (n + i * 2) % 5;
		found = try_program(&less, 1, false);
	}
	return found;
}

static int replay_all(char **paths, int nr)
{
	const char *quiet;
	int i, failed = 0;

	printf("TAP version 13\n1..%d\n", nr + 1);
	for (i = 0; i < nr; i++) {
		const char *name = strrchr(paths[i], '/'), *found, *missing;
		struct program p;

		name = name ? name + 1 : paths[i];
		if (!load(&p, paths[i])) {
			printf("not ok %d %s # not a program\n", i + 1, name);
			failed++;
			continue;
		}
		missing = missing_device(&p);
		found = missing ? NULL : replay(&p);
		if (found)
			printf("# %s\n", found);
		printf("%sok %d %s%s%s\n", found ? "not " : "", i + 1, name,
		       missing ? " # SKIP no device " : "", missing ?: "");
		failed += !!found;
	}
	quiet = oracle_quiet(true);
	if (quiet)
		printf("# %s\n", quiet);
	printf("%sok %d counts\n", quiet ? "not " : "", nr + 1);
	return failed > 0 || quiet;
}

/* ---- search ------------------------------------------------------------------------------ */

static void load_corpus(const char *dir)
{
	struct dirent *entry;
	struct program p;
	char path[512];
	DIR *d = opendir(dir);

	while (d && (entry = readdir(d))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		if (load(&p, path) && !missing_device(&p))
			corpus_add(&p);
	}
	if (d)
		closedir(d);
	printed = shared->nr_corpus;
	shared->nr_seeds = shared->nr_corpus;
}

static void print_new(void)
{
	for (; printed < shared->nr_corpus && shared->ready[printed]; printed++) {
		printf("fuzz: new %u\n", printed);
		program_print(&shared->corpus[printed], stdout);
		printf("fuzz: end\n");
	}
	fflush(stdout);
}

static void print_status(uint64_t seed, unsigned long seconds)
{
	unsigned long calls = 0, programs = 0, deaths = 0;
	unsigned int i;

	for (i = 0; i < nr_workers; i++) {
		calls += shared->worker[i].calls;
		programs += shared->worker[i].programs;
		deaths += shared->worker[i].deaths;
	}
	printf("fuzz: %lu s, seed %llu: %lu calls (%lu/s), %lu programs, %lu deaths, ",
	       seconds, (unsigned long long)seed, calls, calls / (seconds ?: 1), programs, deaths);
	printf("%u edges, %u places, corpus %u%s\n", shared->coverage.nr_edges,
	       shared->coverage.nr_pcs, shared->nr_corpus,
	       shared->nr_corpus == CORPUS ? " (full)" : "");
	fflush(stdout);
}

static void print_program(const char *what, const struct program *p)
{
	printf("fuzz: %s\n", what);
	program_print(p, stdout);
	printf("fuzz: end\n");
	fflush(stdout);
}

static void print_as_c(const struct program *p)
{
	pid_t pid;

	printf("fuzz: repro.c\n");
	fflush(stdout);
	pid = fork();
	if (!pid) {
		run_trace(p, stdout);
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	printf("fuzz: end\n");
	fflush(stdout);
}

/* A report of the kernel does not say which program it came from: try the last ones. */
static void print_finding(void)
{
	unsigned int w, i;

	printf("fuzz: finding: %s\n", shared->finding);
	if (shared->found_in.nr) {
		print_program("found in", &shared->found_in);
		if (reduce(&shared->found_in)) {
			print_program("reduced to", &shared->found_in);
			print_as_c(&shared->found_in);
			return;
		}
	}
	for (w = 0; w < nr_workers; w++)
		for (i = 0; i < KEPT; i++)
			if (history->kept[w][i].nr)
				print_program("one of the last", &history->kept[w][i]);
	for (i = 0; i < KEPT; i++) {
		for (w = 0; w < nr_workers; w++) {
			struct program *p = &history->kept[w][(history->at[w] + KEPT - i) % KEPT];

			if (!p->nr || !reduce(p))
				continue;
			print_program("reduced to", p);
			print_as_c(p);
			return;
		}
	}
	printf("fuzz: none of the last programs finds it alone\n");
}

/* The first programs allocate some memory for good: what comes after them is compared. */
static void check_quiet(bool first)
{
	const char *text;

	workers_quiet(nr_workers, true);
	text = oracle_quiet(true);
	if (text)
		worker_found(text, NULL);
	else if (first)
		oracle_base(true);
	workers_quiet(nr_workers, false);
}

static void search(uint64_t seed, unsigned long seconds, time_t end)
{
	struct timespec now, ts = { .tv_nsec = 100000000 };
	unsigned long ran, minute = 0;
	const char *report;
	time_t start;
	unsigned int i;
	bool over;

	clock_gettime(CLOCK_MONOTONIC, &now);
	start = now.tv_sec;
	for (i = 0; i < nr_workers; i++)
		worker_start(i, seed);
	do {
		nanosleep(&ts, NULL);
		clock_gettime(CLOCK_MONOTONIC, &now);
		ran = now.tv_sec - start;
		report = oracle_log();
		if (report)
			worker_found(report, NULL);
		print_new();
		over = shared->stop || ran >= seconds || (end && time(NULL) >= end);
		if (over || ran / 60 == minute)
			continue;
		minute = ran / 60;
		check_quiet(minute == 1);
		print_status(seed, ran);
	} while (!over);
	check_quiet(false);
	__atomic_store_n(&shared->stop, 1, __ATOMIC_RELEASE);
	for (i = 0; i < nr_workers; i++)
		waitpid(shared->worker[i].pid, NULL, 0);
	print_new();
	print_status(seed, ran);
}

static int print_history(const char *path)
{
	const struct history *h = share(sizeof(*h), path);
	unsigned int w, i;

	if (memcmp(h->magic, "vmafuzz", 8))
		return 1;
	for (w = 0; w < WORKERS; w++) {
		for (i = 1; i <= KEPT; i++) {
			const struct program *p = &h->kept[w][(h->at[w] + i) % KEPT];

			if (!p->nr || p->nr > MAX_CALLS)
				continue;
			printf("# worker %u%s\n", w, i == KEPT ? ", at the end" : "");
			program_print(p, stdout);
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *corpus[2], *functions = NULL, *last = NULL;
	unsigned int nr_corpora = 0, i;
	unsigned long seconds = 0, end = 0;
	const char *missing;
	bool replays = false;
	uint64_t seed = time(NULL);
	int opt;

	ops_init();
	while ((opt = getopt(argc, argv, "rt:e:s:j:c:f:l:p:")) != -1) {
		switch (opt) {
		case 'r':
			replays = true;
			break;
		case 't':
			seconds = strtoul(optarg, NULL, 10);
			break;
		case 'e':
			end = strtoul(optarg, NULL, 10);
			break;
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'j':
			nr_workers = 1 + (atoi(optarg) - 1) % WORKERS;
			break;
		case 'c':
			if (nr_corpora < ARRAY_SIZE(corpus))
				corpus[nr_corpora++] = optarg;
			break;
		case 'f':
			functions = optarg;
			break;
		case 'l':
			last = optarg;
			break;
		case 'p':
			return print_history(optarg);
		default:
			return 2;
		}
	}
	if (!replays && !seconds) {
		fprintf(stderr, "fuzz: -r FILE..., -t SECONDS or -p FILE\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	sys_init();
	missing = devices_look();
	if (*missing)
		printf("# no devices:%s\n", missing);
	oracle_init();
	if (replays)
		return replay_all(argv + optind, argc - optind);

	shared = share(sizeof(*shared), NULL);
	history = share(sizeof(*history), last);
	memset(history, 0, sizeof(*history));
	memcpy(history->magic, "vmafuzz", 8);
	kcov_use(&shared->coverage);
	for (i = 0; i < nr_corpora; i++)
		load_corpus(corpus[i]);
	printf("fuzz: seed %llu, %u workers, corpus %u\n", (unsigned long long)seed, nr_workers,
	       shared->nr_corpus);
	search(seed, seconds, end);
	if (shared->found)
		print_finding();
	if (functions)
		kcov_missing(functions);
	fflush(stdout);
	return shared->found;
}
