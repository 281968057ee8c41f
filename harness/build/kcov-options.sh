# SPDX-License-Identifier: GPL-2.0
# Which files a build instruments for kcov, for the fuzzer: the layer and the drivers that
# use it only, so that what it covers is theirs. Sourced by build.sh.

# kcov_options TREE: variables for make, one on a line. A name is that of objects in several
# folders, main.o for one, so each variable asks for the folder. kcov cannot instrument
# itself, and tests are not what is fuzzed.
kcov_options() {
	{
		users_of_layer "$1"
		(cd "$1" && grep -lrsE '^#include <linux/vma_access' sound --include='*.c' || true)
	} | sort -u | awk -F/ '
		$0 == "kernel/kcov.c" || /\/tests\/|_test\.c$/ { next }
		{
			name = $NF
			sub(/\.c$/, ".o", name)
			folder = substr($0, 1, length($0) - length($NF) - 1)
			folders[name] = folders[name] folder " "
		}
		END {
			for (name in folders)
				printf "KCOV_INSTRUMENT_%s=$(if $(filter %s,$(obj)),y)\n", name,
					substr(folders[name], 1, length(folders[name]) - 1)
		}'
}
