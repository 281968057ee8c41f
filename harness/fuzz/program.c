// SPDX-License-Identifier: GPL-2.0
/*
 * Programs: lists of calls with small numbers as arguments. As text, a call is a line:
 *
 *	[thread:] name argument ... [!nth] [= errno]
 *
 * With "!2" the second allocation of the call fails. "= EINVAL" or "= ok" is what a
 * replay expects. "#" begins a comment.
 */
#include <linux/userfaultfd.h>
#include <sys/mman.h>

#include "fuzz.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif

struct choice {
	const char *name;
	uint64_t value;
};

static const struct choice prots[] = {
	{ "r", PROT_READ }, { "rw", PROT_READ | PROT_WRITE }, { "-", PROT_NONE },
	{ "w", PROT_WRITE }, { "rx", PROT_READ | PROT_EXEC },
	{ "rwx", PROT_READ | PROT_WRITE | PROT_EXEC }, { "x", PROT_EXEC },
};

static const struct choice maps[] = {
	{ "shared", MAP_SHARED }, { "private", MAP_PRIVATE },
	{ "shared,populate", MAP_SHARED | MAP_POPULATE },
	{ "private,populate", MAP_PRIVATE | MAP_POPULATE },
	{ "shared,locked", MAP_SHARED | MAP_LOCKED },
	{ "private,locked", MAP_PRIVATE | MAP_LOCKED },
	{ "shared,noreserve", MAP_SHARED | MAP_NORESERVE },
	{ "private,noreserve", MAP_PRIVATE | MAP_NORESERVE },
	{ "validate", 3 }, { "private,growsdown", MAP_PRIVATE | MAP_GROWSDOWN },
};

static const struct choice advices[] = {
	{ "dontneed", 4 }, { "free", 8 }, { "remove", 9 }, { "dontfork", 10 },
	{ "dofork", 11 }, { "mergeable", 12 }, { "unmergeable", 13 }, { "hugepage", 14 },
	{ "nohugepage", 15 }, { "dontdump", 16 }, { "dodump", 17 }, { "wipeonfork", 18 },
	{ "keeponfork", 19 }, { "cold", 20 }, { "pageout", 21 }, { "populate_read", 22 },
	{ "populate_write", 23 }, { "dontneed_locked", 24 }, { "collapse", 25 },
	{ "guard", 102 }, { "unguard", 103 }, { "random", 1 }, { "willneed", 3 },
};

static const struct choice remaps[] = {
	{ "fixed", MREMAP_MAYMOVE | MREMAP_FIXED }, { "in_place", 0 },
	{ "dontunmap", MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP },
};

static const struct choice syncs[] = {
	{ "async", MS_ASYNC }, { "sync", MS_SYNC }, { "invalidate", MS_INVALIDATE },
};

static const struct choice wilds[] = {
	{ "0", 0 }, { "1", 1 }, { "-1", -1 }, { "-page", -PAGE }, { "page-1", PAGE - 1 },
	{ "2^31", 1UL << 31 }, { "2^47", 1UL << 47 }, { "2^63", 1UL << 63 },
	{ "-area", -AREA }, { "area", AREA }, { "area+1", AREA + 1 },
};

static const struct choice uffds[] = {
	{ "missing", UFFDIO_REGISTER_MODE_MISSING }, { "wp", UFFDIO_REGISTER_MODE_WP },
	{ "minor", UFFDIO_REGISTER_MODE_MINOR },
	{ "missing,wp", UFFDIO_REGISTER_MODE_MISSING | UFFDIO_REGISTER_MODE_WP },
};

static const struct {
	const struct choice *choice;
	unsigned int nr;
} choices[] = {
	[ARG_PROT] = { prots, ARRAY_SIZE(prots) },
	[ARG_MAP] = { maps, ARRAY_SIZE(maps) },
	[ARG_ADVICE] = { advices, ARRAY_SIZE(advices) },
	[ARG_REMAP] = { remaps, ARRAY_SIZE(remaps) },
	[ARG_SYNC] = { syncs, ARRAY_SIZE(syncs) },
	[ARG_WILD] = { wilds, ARRAY_SIZE(wilds) },
	[ARG_UFFD] = { uffds, ARRAY_SIZE(uffds) },
};

static bool has_choices(enum arg_kind kind)
{
	return kind < ARRAY_SIZE(choices) && choices[kind].choice;
}

const char *choice_name(enum arg_kind kind, uint32_t value)
{
	if (kind == ARG_DEV)
		return devices[value % nr_devices].name;
	return has_choices(kind) ? choices[kind].choice[value % choices[kind].nr].name : NULL;
}

uint64_t choice_value(enum arg_kind kind, uint32_t value)
{
	return choices[kind].choice[value % choices[kind].nr].value;
}

static int choice_find(enum arg_kind kind, const char *name)
{
	unsigned int i;

	if (kind == ARG_DEV)
		return device_find(name);
	for (i = 0; i < choices[kind].nr; i++)
		if (!strcmp(choices[kind].choice[i].name, name))
			return i;
	return -1;
}

/* ---- from bytes -------------------------------------------------------------------- */

static uint8_t next_byte(struct bytes *b)
{
	if (b->from) {
		if (!b->left)
			return 0;
		b->left--;
		return *b->from++;
	}
	/* xorshift64 */
	b->state ^= b->state << 13;
	b->state ^= b->state >> 7;
	b->state ^= b->state << 17;
	return b->state >> 24;
}

uint32_t below(struct bytes *b, uint32_t limit)
{
	uint32_t v = next_byte(b);

	if (limit > 0x100)
		v |= next_byte(b) << 8;
	if (limit > 0x10000)
		v |= next_byte(b) << 16;
	return limit ? v % limit : 0;
}

static bool one_in(struct bytes *b, unsigned int n)
{
	return !below(b, n);
}

/* The device that a call would find in a file of the program. */
static int file_device(const struct program *p, uint32_t file)
{
	static int op_open = -1;
	int dev = -1;
	unsigned int i;

	if (op_open < 0)
		op_open = op_find("open");
	for (i = 0; i < p->nr; i++)
		if (p->call[i].op == op_open && p->call[i].arg[0] % FILES == file % FILES)
			dev = p->call[i].arg[1] % nr_devices;
	return dev;
}

/* An open file, of that device if there is one. */
static uint32_t any_file(const struct program *p, struct bytes *b, const char *dev)
{
	uint32_t file = below(b, FILES), i;
	int found;

	for (i = 0; i < FILES; i++, file = (file + 1) % FILES) {
		found = file_device(p, file);
		if (found >= 0 && (!dev || !strcmp(devices[found].name, dev) || one_in(b, 30)))
			return file;
	}
	return file;
}

static uint32_t any_pages(struct bytes *b)
{
	static const uint16_t some[] = { 1, 1, 2, 3, 4, 8, 16, 48, 64, 128, 256, 512, 1024 };

	return one_in(b, 4) ? below(b, SLOT_PAGES) + 1 : some[below(b, ARRAY_SIZE(some))];
}

static uint32_t any_device(struct bytes *b)
{
	uint32_t dev;
	int tries = 50;

	do {
		dev = below(b, nr_devices);
	} while (!device_there[dev] && --tries);
	return dev;
}

static uint32_t any_arg(const struct program *p, const struct op *op, enum arg_kind kind,
			struct bytes *b)
{
	static const uint16_t pages[] = { 0, 0, 0, 1, 2, 3, 5, 16, 47, 63, 64, 255, 256, 511, 512 };

	switch (kind) {
	case ARG_SLOT:
		return below(b, 3 + below(b, SLOTS - 2));
	case ARG_PAGE:
		return one_in(b, 5) ? below(b, SLOT_PAGES) : pages[below(b, ARRAY_SIZE(pages))];
	case ARG_LEN:
		return any_pages(b);
	case ARG_FILE:
		return any_file(p, b, op->dev);
	case ARG_DEV:
		return any_device(b);
	case ARG_OFF:
		return one_in(b, 2) ? 0 : below(b, 1024);
	case ARG_NUM:
		return one_in(b, 4) ? below(b, 0x10000) : below(b, 8) << below(b, 7);
	default:
		return below(b, choices[kind].nr);
	}
}

/* Most of what is mapped is what a device has; the rest is what it refuses. */
static void suit_device(const struct program *p, struct call *c, struct bytes *b)
{
	int found = file_device(p, c->arg[3]);
	const struct device *dev;

	if (found < 0)
		return;
	dev = &devices[found];
	c->arg[1] = one_in(b, 3) ? c->arg[1] : 0;
	if (!one_in(b, 6))
		c->arg[2] = dev->pages;
	if (!one_in(b, 6))
		c->arg[4] = dev->prot;
	if (!one_in(b, 6))
		c->arg[5] = dev->map;
	if (!one_in(b, 6)) {
		c->arg[6] = dev->off[below(b, ARRAY_SIZE(dev->off))];
	} else if (one_in(b, 2)) {
		c->arg[6] = dev->off[0] + below(b, dev->pages + 1);
		c->arg[2] = 1 + below(b, dev->pages);
	}
}

static void make_call(const struct program *p, struct call *c, struct bytes *b)
{
	unsigned int total = 0, i, pick;
	const struct op *op;

	memset(c, 0, sizeof(*c));
	for (i = 0; i < nr_ops; i++)
		total += ops[i]->weight;
	/* A call of a device that is not open is of little use. */
	do {
		pick = below(b, total);
		for (i = 0; pick >= ops[i]->weight; i++)
			pick -= ops[i]->weight;
		op = ops[i];
		if (!op->dev)
			break;
		pick = any_file(p, b, op->dev);
	} while ((file_device(p, pick) < 0 ||
		  strcmp(devices[file_device(p, pick)].name, op->dev)) && !one_in(b, 30));
	c->op = i;
	for (i = 0; i < MAX_ARGS; i++)
		if (op->args[i])
			c->arg[i] = any_arg(p, op, op->args[i], b);
	if (!strcmp(op->name, "mmap"))
		suit_device(p, c, b);
	if (one_in(b, 12))
		c->nth = 1 + below(b, 1 + below(b, 20));
}

/* A file of a device, mapped. */
static void make_mapping(struct program *p, struct bytes *b)
{
	uint32_t file = below(b, FILES);
	struct call *c;

	if (p->nr + 2 > MAX_CALLS)
		return;
	c = &p->call[p->nr];
	memset(c, 0, sizeof(*c));
	c->op = op_find("open");
	c->arg[0] = file;
	c->arg[1] = any_device(b);
	p->nr++;
	c = &p->call[p->nr];
	memset(c, 0, sizeof(*c));
	c->op = op_find("mmap");
	c->arg[0] = below(b, SLOTS);
	c->arg[3] = file;
	suit_device(p, c, b);
	p->nr++;
}

void program_make(struct program *p, struct bytes *b)
{
	unsigned int nr = 6 + below(b, 14), threads = 1 + (one_in(b, 4) ? below(b, THREADS) : 0);

	p->nr = 0;
	do {
		make_mapping(p, b);
	} while (one_in(b, 3) && p->nr < 6);
	while (p->nr < nr) {
		if (one_in(b, 10)) {
			make_mapping(p, b);
			continue;
		}
		make_call(p, &p->call[p->nr], b);
		p->call[p->nr++].thread = below(b, threads);
	}
}

static void remove_call(struct program *p, unsigned int i)
{
	memmove(&p->call[i], &p->call[i + 1], (p->nr - i - 1) * sizeof(p->call[0]));
	p->nr--;
}

static void insert_call(struct program *p, unsigned int i, const struct call *c)
{
	if (p->nr == MAX_CALLS)
		return;
	memmove(&p->call[i + 1], &p->call[i], (p->nr - i) * sizeof(p->call[0]));
	p->call[i] = *c;
	p->nr++;
}

static void change_arg(struct program *p, struct call *c, struct bytes *b)
{
	unsigned int i = below(b, MAX_ARGS);
	const struct op *op = ops[c->op];

	while (i && !op->args[i])
		i--;
	if (!op->args[i])
		return;
	if (op->args[i] >= ARG_PAGE && one_in(b, 2) && !has_choices(op->args[i]))
		c->arg[i] += below(b, 5) - 2;
	else
		c->arg[i] = any_arg(p, op, op->args[i], b);
}

void program_mutate(struct program *p, const struct program *other, struct bytes *b)
{
	unsigned int rounds = 1 + below(b, 4), i, n;
	struct call c;

	while (rounds--) {
		i = below(b, p->nr + 1);
		switch (below(b, 9)) {
		case 0:
		case 1:
		case 2:
			make_call(p, &c, b);
			c.thread = p->nr ? p->call[i % p->nr].thread : 0;
			insert_call(p, i, &c);
			break;
		case 3:
		case 4:
			if (p->nr)
				change_arg(p, &p->call[i % p->nr], b);
			break;
		case 5:
			if (p->nr > 3)
				remove_call(p, i % p->nr);
			break;
		case 6:
			if (p->nr)
				p->call[i % p->nr].nth = one_in(b, 2) ? 0 : 1 + below(b, 24);
			break;
		case 7:
			if (p->nr && one_in(b, 2))
				p->call[i % p->nr].thread = below(b, THREADS);
			else if (p->nr)
				insert_call(p, i, &p->call[below(b, p->nr)]);
			break;
		case 8:
			if (!other->nr || !one_in(b, 3))
				break;
			for (n = below(b, other->nr); n < other->nr; n++)
				insert_call(p, p->nr, &other->call[n]);
			break;
		}
	}
	for (i = 0; i < p->nr; i++)
		p->call[i].expects = 0;
}

/* ---- as text ----------------------------------------------------------------------- */

void program_print(const struct program *p, FILE *f)
{
	unsigned int i, n;

	for (i = 0; i < p->nr; i++) {
		const struct call *c = &p->call[i];
		const struct op *op = ops[c->op % nr_ops];

		if (c->thread)
			fprintf(f, "%u: ", c->thread);
		fputs(op->name, f);
		for (n = 0; n < MAX_ARGS; n++) {
			const char *name = choice_name(op->args[n], c->arg[n]);

			if (op->args[n] == ARG_NONE)
				break;
			if (name)
				fprintf(f, " %s", name);
			else
				fprintf(f, " %u", c->arg[n]);
		}
		if (c->nth)
			fprintf(f, " !%u", c->nth);
		fputc('\n', f);
	}
}

static const struct choice errnos[] = {
	{ "EPERM", EPERM }, { "ENOENT", ENOENT }, { "ESRCH", ESRCH }, { "EIO", EIO },
	{ "ENXIO", ENXIO }, { "EBADF", EBADF }, { "ENOMEM", ENOMEM }, { "EACCES", EACCES },
	{ "EFAULT", EFAULT }, { "EBUSY", EBUSY }, { "EEXIST", EEXIST }, { "ENODEV", ENODEV },
	{ "EINVAL", EINVAL }, { "ENOTTY", ENOTTY }, { "EAGAIN", EAGAIN },
	{ "EOPNOTSUPP", EOPNOTSUPP }, { "EOVERFLOW", EOVERFLOW }, { "ENOSPC", ENOSPC },
};

static bool parse_expected(struct call *c, const char *word)
{
	unsigned int i;

	if (!strcmp(word, "ok")) {
		c->expects = 1;
		return true;
	}
	c->expects = 2;
	for (i = 0; i < ARRAY_SIZE(errnos); i++) {
		if (!strcmp(word, errnos[i].name)) {
			c->error = errnos[i].value;
			return true;
		}
	}
	return false;
}

static bool parse_call(struct call *c, char *line)
{
	char *save, *word = strtok_r(line, " \t\n", &save), *end;
	const struct op *op;
	int n, found;

	memset(c, 0, sizeof(*c));
	if (word[1] == ':') {
		c->thread = (word[0] - '0') % THREADS;
		word = strtok_r(NULL, " \t\n", &save);
	}
	found = word ? op_find(word) : -1;
	if (found < 0)
		return false;
	c->op = found;
	op = ops[found];
	for (n = 0; n < MAX_ARGS && op->args[n]; n++) {
		word = strtok_r(NULL, " \t\n", &save);
		if (!word)
			return false;
		if (op->args[n] == ARG_DEV || has_choices(op->args[n])) {
			found = choice_find(op->args[n], word);
			if (found < 0)
				return false;
			c->arg[n] = found;
			continue;
		}
		c->arg[n] = strtoul(word, &end, 0);
		if (*end)
			return false;
	}
	word = strtok_r(NULL, " \t\n", &save);
	if (word && *word == '!') {
		c->nth = atoi(word + 1);
		word = strtok_r(NULL, " \t\n", &save);
	}
	if (!word)
		return true;
	word = strcmp(word, "=") ? NULL : strtok_r(NULL, " \t\n", &save);
	return word && parse_expected(c, word);
}

int program_parse(struct program *p, FILE *f)
{
	char line[200];
	int nr = 0;

	p->nr = 0;
	while (fgets(line, sizeof(line), f)) {
		nr++;
		line[strcspn(line, "#\n")] = '\0';
		if (strspn(line, " \t") == strlen(line))
			continue;
		if (p->nr == MAX_CALLS || !parse_call(&p->call[p->nr], line))
			return nr;
		p->nr++;
	}
	return p->nr ? 0 : nr + 1;
}
