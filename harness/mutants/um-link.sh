# SPDX-License-Identifier: GPL-2.0
# How a mutant becomes a kernel in user mode Linux. Sourced by um-one.sh and
# um-driver.sh, which set dir, name, m and log, after verdict.sh; leaves the build
# folder as the current one.

# Compiles the objects that match PATTERN, where they are not yet, and links them
# with the base's for the rest.
cd "$build"
build() { # PATTERN
	local object cmd objects=()
	while IFS=$'\t' read -r object cmd; do
		# shellcheck disable=SC2254
		case $object in
			$1)
				objects+=("$m/$object")
				[[ ! -e $m/$object.mine ]] || continue
				m=$m sh -c "$cmd" >>"$log.log" 2>&1 ||
					verdict dead "build: $(grep -m1 'error: ' "$log.log" || tail -n 1 "$log.log")"
				[[ $name == base ]] || : >"$m/$object.mine"
				;;
			*) objects+=("$dir/base/$object") ;;
		esac
	done <"$dir/compile"
	# shellcheck disable=SC2046
	gcc $(<"$dir/ldflags") -Wl,--script=arch/um/kernel/vmlinux.lds -o "$m/linux" \
		-Wl,--whole-archive mutant-rest.a "${objects[@]}" .vmlinux.export.o \
		init/version-timestamp.o -Wl,--no-whole-archive "$(<"$dir/kallsyms")" \
		-lutil -lrt -lpthread >>"$log.log" 2>&1 ||
		verdict dead "build: $(grep -m1 -iE 'undefined|error' "$log.log" || tail -n 1 "$log.log")"
}
