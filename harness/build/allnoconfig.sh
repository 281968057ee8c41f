# SPDX-License-Identifier: GPL-2.0
# A configuration with what is wanted and nothing else. Sourced; kmake, of the caller,
# runs the kernel's makefile.

# The Kconfig file of the current folder's tree that changed last.
newest_kconfig() {
	find . -name 'Kconfig*' -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-
}

# allnoconfig BUILD NEWEST: reads lines of a .config. Configures only where those have
# changed, or a Kconfig file: a new .config would make all of the objects anew.
allnoconfig() {
	local build=$1 o
	cat >"$build/.wanted.new"
	if ! cmp -s "$build/.wanted.new" "$build/.wanted"; then
		kmake KCONFIG_ALLCONFIG="$build/.wanted.new" allnoconfig || return
		mv "$build/.wanted.new" "$build/.wanted"
		touch "$build/.configured"
	elif [[ $2 -nt $build/.configured ]]; then
		kmake olddefconfig || return
		touch "$build/.configured"
	fi
	while IFS= read -r o; do
		if [[ $o == *=n ]]; then
			! grep -q "^${o%=n}=" "$build/.config"
		else
			grep -qx "$o" "$build/.config"
		fi || { echo "error: not as wanted: $o"; return 1; }
	done <"$build/.wanted"
}
