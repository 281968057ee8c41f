/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A fuzzer of mappings of drivers that use <linux/vma_access.h>. What its parts
 * share; fuzz.c describes them.
 */
#ifndef _VMA_FUZZ_H
#define _VMA_FUZZ_H

#include <errno.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/*
 * Programs map into slots at fixed addresses and nowhere else, so that arguments
 * are small numbers. A slot is as large as two huge pages.
 */
#define PAGE		4096UL
#define SLOTS		8UL
#define SLOT_PAGES	1024UL
#define SLOT_SIZE	(SLOT_PAGES * PAGE)
#define AREA		0x1000000000UL
#define AREA_SIZE	(SLOTS * SLOT_SIZE)

/* Each thread has a block for arguments that go by pointer. */
#define SCRATCH		(AREA - 0x1000000UL)
#define SCRATCH_SIZE	0x20000UL

#define FILES		8	/* open files of a program */
#define FILE_FD		200	/* file i has the descriptor FILE_FD + i */
#define TMP_FD		220	/* for steps within a call */
#define PEER_FD		240	/* the other end of a connection that is file i */
#define THREADS		3
#define MAX_CALLS	32
#define MAX_ARGS	7

/* Each word of a pool's page is POOL_VALUE + index; no other memory has that. */
#define POOL_VALUE	0x9001000000000000ULL
#define POKED		0x50cced0000000000ULL

enum arg_kind {
	ARG_NONE, ARG_SLOT, ARG_PAGE, ARG_LEN, ARG_FILE, ARG_DEV, ARG_PROT, ARG_MAP,
	ARG_ADVICE, ARG_REMAP, ARG_SYNC, ARG_OFF, ARG_NUM, ARG_WILD, ARG_UFFD,
};

/* ---- programs: program.c ---------------------------------------------------------- */

struct call {
	uint8_t op;		/* index in ops[] */
	uint8_t thread;
	uint8_t nth;		/* which allocation of the call fails; 0 for none */
	uint8_t expects;	/* 1: success, 2: @error */
	int error;
	uint32_t arg[MAX_ARGS];
};

struct program {
	unsigned int nr;
	struct call call[MAX_CALLS];
};

/* A program is made from bytes: those of a seed, or those of a buffer. */
struct bytes {
	uint64_t state;
	const uint8_t *from;
	size_t left;
};

uint32_t below(struct bytes *b, uint32_t limit);
void program_make(struct program *p, struct bytes *b);
void program_mutate(struct program *p, const struct program *other, struct bytes *b);
void program_print(const struct program *p, FILE *f);
/* Returns 0, or the number of the line that is wrong. */
int program_parse(struct program *p, FILE *f);
const char *choice_name(enum arg_kind kind, uint32_t value);
uint64_t choice_value(enum arg_kind kind, uint32_t value);

/* ---- running: sys.c, run.c -------------------------------------------------------- */

struct run;

struct thread {
	struct run *run;
	unsigned int id;
	FILE *trace;		/* prints C instead of nothing; see reduce.c */
	long last;		/* what the last system call returned */
	size_t used;		/* of its scratch memory */
	int nth_fd;
	bool child;		/* of fork() */
	unsigned int fork_left;	/* calls until the child of fork() ends */
	pid_t forked;
	sigjmp_buf env;
	unsigned long *kcov;
	int kcov_fd;
	unsigned int fresh;	/* how much of what its calls covered was new */
};

struct file {
	const struct device *dev;	/* NULL: not open */
	uint32_t base;			/* page offset of what it maps */
	uint32_t pages;			/* how many there are */
	uint32_t id;			/* of an object, to whom it belongs */
};

/* The state of a program that runs. */
struct run {
	const struct program *program;
	struct thread thread[THREADS];
	struct file file[FILES];
	bool alone;			/* of one thread */
	bool check_errors;		/* the first failed expectation is a finding */
	bool flags;			/* look at all flags */
	char finding[200];
};

long sys_call(struct thread *t, long nr, const long *args, unsigned int n);
#define sys(t, nr, ...)								\
	sys_call(t, nr, (const long []){ __VA_ARGS__ },				\
		 sizeof((const long []){ __VA_ARGS__ }) / sizeof(long))
/* Copies to where a system call finds it, and returns the address. */
long put(struct thread *t, const void *from, size_t size);
void trace(struct thread *t, const char *format, ...);
/* Makes a descriptor that a system call returned the descriptor @as. */
int keep(struct thread *t, long fd, int as);
void peek(struct thread *t, unsigned long addr, bool write);
/* Reads a word if it can be read. */
bool word_at(unsigned long addr, uint64_t *word);
void sys_init(void);
void fail_begin(struct thread *t, unsigned int nth);
void fail_end(struct thread *t);

#define PUT(t, what)	put(t, &(what), sizeof(what))

void finding(struct run *run, const char *format, ...);
/* Once for each process. */
void run_init(struct run *run, bool kcov);
/* Runs a program, and returns how much it covered that was new. */
unsigned int run_program(struct run *run, const struct program *p);
/* The same, as a C program. */
void run_trace(const struct program *p, FILE *out);

/* ---- calls: calls.c, devcalls.c, devices.c ---------------------------------------- */

typedef long (*op_fn)(struct thread *t, const uint32_t *arg);

struct op {
	const char *name;
	op_fn fn;
	const char *dev;	/* of which device, or NULL */
	unsigned int weight;
	enum arg_kind args[MAX_ARGS];
	bool look;		/* at what is mapped after it, if nothing else runs */
};

extern const struct op *ops[];
extern unsigned int nr_ops;
extern const struct op mm_ops[], dev_ops[];
extern const unsigned int nr_mm_ops, nr_dev_ops;
void ops_init(void);
int op_find(const char *name);
unsigned long at(uint32_t slot, uint32_t page);

struct device {
	const char *name;
	/* Opens it as a file of the program; returns what a system call returned. */
	long (*open)(struct thread *t, struct file *file, int as);
	const char *in_maps;	/* how its mappings are called there */
	const char *has, *lacks;	/* flags of each of these in smaps */
	const char *access;	/* what its mappings can never be, of "wx" */
	uint32_t pages;		/* what is usually mapped */
	uint8_t prot;		/* and how, as in the tables of choices */
	uint8_t map;
	uint32_t off[4];
	uint64_t freed;		/* what memory contains that is freed */
};

extern const struct device devices[];
extern const unsigned int nr_devices;
extern bool device_there[];
int device_find(const char *name);
/* Looks which devices there are, and returns the names of those that are not. */
const char *devices_look(void);

/* ---- coverage: kcov.c ------------------------------------------------------------- */

#define EDGES	0x40000U
#define PCS	0x10000U

struct coverage {
	unsigned char edge[EDGES];
	uint64_t pc[PCS];
	unsigned int nr_edges, nr_pcs;
};

bool kcov_start(struct thread *t);
void kcov_begin(struct thread *t);
/* Takes what a call covered; @what tells calls apart without kcov. */
void kcov_end(struct thread *t, uint32_t what);
void kcov_use(struct coverage *shared);
/* Prints the functions named in a file that have places which were never reached. */
void kcov_missing(const char *path);

/* ---- oracles: oracle.c ------------------------------------------------------------ */

void oracle_init(void);
/* Count the objects before a batch. Counting in slabs takes a second. */
void oracle_base(bool slabs);
/* Looks at what a program left mapped. Before its cleanup. */
void oracle_mapped(struct run *run);
/* All is unmapped, and the files are still open. */
void oracle_unmapped(struct run *run);
/* No program runs: what is counted is as it was before. Returns NULL, or what is not. */
const char *oracle_quiet(bool slabs);
/* The next report of the kernel's log, or NULL. */
const char *oracle_log(void);
/* Make the kernel report again what it reports once. */
void oracle_again(void);

/* ---- workers: worker.c --------------------------------------------------------------- */

#define WORKERS		8
#define CORPUS		16384
#define KEPT		8

struct worker {
	pid_t pid;
	unsigned long calls, programs, deaths;
	unsigned int beat;
	unsigned int at;		/* in kept[] */
};

/* The programs that each worker ran last, for one that ends the kernel. */
struct history {
	char magic[8];
	unsigned int at[WORKERS];
	struct program kept[WORKERS][KEPT];
};

/* Memory that the processes share. */
struct shared {
	struct coverage coverage;
	struct worker worker[WORKERS];
	unsigned int nr_corpus;		/* taken */
	unsigned int nr_seeds, next_seed;
	unsigned int ready[CORPUS];
	struct program corpus[CORPUS];
	int stop, quiet, found;
	char finding[200];
	struct program found_in;
};

extern struct shared *shared;
extern struct history *history;

void corpus_add(const struct program *p);
/* Tells of the first finding of all. */
void worker_found(const char *text, const struct program *p);
void worker_start(unsigned int id, uint64_t seed);
/* Ends the programs that run, and starts others again. */
void workers_quiet(unsigned int nr, bool quiet);

/* ---- reduction: reduce.c ---------------------------------------------------------- */

/* Runs a program in a process of its own. Returns what it found, or NULL. */
const char *try_program(const struct program *p, unsigned int times, bool strict);
/* Removes the calls that a finding does not need. Returns false if it is not found again. */
bool reduce(struct program *p);

#endif /* _VMA_FUZZ_H */
