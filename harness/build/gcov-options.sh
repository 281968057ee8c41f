# SPDX-License-Identifier: GPL-2.0
# What makes a build count its steps, for a kernel with CONFIG_GCOV_KERNEL: the
# layer and its users only. Variables on make's command line do what lines in
# the makefiles of their folders would. Sourced by build.sh.

# gcov_header TREE: the layer's headers with none of their functions inline.
# What the compiler inlines it also merges with its callers: a line that was
# folded away has no count, and a caller's condition is counted as the line's.
# Here each function of the headers is itself in each object, called or not, so
# that one which nothing calls is seen too. What the headers include comes
# before, as it is. A check for constants that are arguments can no longer see
# them; that is what the compile-fail cases are for.
gcov_header() {
	local headers
	# Not the one that takes words away: it comes last, where a file wants it.
	headers=$(cd "$1" && compgen -G 'include/linux/vma_access*.h' |
		grep -v _strict || true)
	[[ -n $headers ]] || return 0
	# shellcheck disable=SC2086
	(cd "$1" && sed -nE 's/^#[ \t]*(include <[^>]*>).*/#\1/p' $headers | grep -v '<linux/vma_access' | sort -u)
	cat <<-'END'
	#pragma push_macro("inline")
	#pragma push_macro("__always_inline")
	#pragma push_macro("BUILD_BUG_ON_MSG")
	#undef inline
	#undef __always_inline
	#undef BUILD_BUG_ON_MSG
	#define inline notrace __attribute__((__noinline__, __used__))
	#define __always_inline inline
	#define BUILD_BUG_ON_MSG(cond, msg) ((void)(cond))
	END
	sed -E 's,^include/(.*),#include <\1>,' <<<"$headers"
	cat <<-'END'
	#pragma pop_macro("BUILD_BUG_ON_MSG")
	#pragma pop_macro("__always_inline")
	#pragma pop_macro("inline")
	END
}

# gcov_options TREE BUILD: make's variables, one on a line.
gcov_options() {
	local f
	gcov_header "$1" >"$2/.gcov.h.new"
	cmp -s "$2/.gcov.h.new" "$2/.gcov.h" || cp "$2/.gcov.h.new" "$2/.gcov.h"
	while IFS= read -r f; do
		f=${f##*/}
		printf 'GCOV_PROFILE_%s.o=y\n' "${f%.c}"
		# The compiler merges what two callers have in common as well.
		printf 'CFLAGS_%s.o=-include %s -fno-inline-small-functions -fno-inline-functions-called-once -fno-early-inlining\n' \
			"${f%.c}" "$2/.gcov.h"
	done < <(users_of_layer "$1")
}
