# SPDX-License-Identifier: GPL-2.0
# What the series makes of a kernel tree, computed beside it: the tree itself is
# only read. Sourced by sync.sh and apply.sh.

# Files of the overlay: everything here that belongs into a kernel tree. Notes, or a
# cache, that somebody keeps beside it do not. (git knows nothing of a copy of this
# that lies in another checkout.)
overlay_files() {
	(
		cd "$REPO"
		if git ls-files --error-unmatch harness/lib.sh >/dev/null 2>&1; then
			git ls-files -co --exclude-standard
		else
			find . -type f -not -name '.*' -printf '%P\n'
		fi
	) | grep -E '^(Documentation|include|mm|samples|scripts|tools)/' |
		grep -Ev '(~|\.orig|\.rej|\.o|\.ko|\.swp)$' | sort -u |
		while IFS= read -r f; do
			# A file deleted here but not yet committed is no part of it.
			[[ ! -f $REPO/$f ]] || printf '%s\n' "$f"
		done
}

# Patches of the series in order; those that are not there yet are left out.
# A fix of patches/fixes that a conversion lies on has a row in the table of the mails.
series_patches() {
	local p fixes
	mapfile -t fixes < <(cd "$REPO" && awk '$3 ~ /^patches\/fixes\// { print $3 }' harness/series/table |
		while IFS= read -r p; do compgen -G "$p" || true; done)
	for p in "$REPO"/Makefile.patch "$REPO"/MAINTAINERS.patch "${fixes[@]/#/"$REPO"/}" \
			"$REPO"/patches/*.patch; do
		[[ ! -f $p ]] || printf '%s\n' "$p"
	done
}

# Fixes of drivers. None needs the series, or another one.
fix_patches() {
	local p
	for p in "$REPO"/patches/fixes/*/*.patch; do
		[[ ! -f $p ]] || printf '%s\n' "$p"
	done
}

# Files a patch names, on either side.
patched_files() {
	sed -nE 's,^(---|\+\+\+) [ab]/([^\t]*).*,\2,p' "$1" | sort -u
}

# Source files of the series that include the layer's header, also by way of
# headers of the series: the layer itself, its tests, the sample, converted drivers.
users_of_layer() {
	local files new headers=
	files=$({
		overlay_files
		series_patches | while IFS= read -r p; do patched_files "$p"; done
	} | grep -E '^(mm|lib|kernel|drivers|fs|io_uring|net|samples)/.*\.[ch]$' | sort -u)
	while
		new=$(cd "$1" && grep '\.h$' <<<"$files" |
			xargs -r grep -lsE "^#include [<\"](linux/vma_access$headers)" |
			sed 's,.*/,|.*/?,' | tr -d '\n' || true)
		[[ $new != "$headers" ]]
	do
		headers=$new
	done
	(cd "$1" && grep '\.c$' <<<"$files" |
		xargs -r grep -lsE "^#include [<\"](linux/vma_access$headers)" || true)
}

# take SRC OUT FILE: the file as the steps so far left it, else as SRC has it.
take() {
	[[ ! -e $2/$3 ]] || return 0
	mkdir -p "$2/$(dirname "$3")"
	[[ ! -e $1/$3 ]] || cp "$1/$3" "$2/$3"
}

# try_patch OUT PATCH [option]: prints what patch says, without fuzz.
try_patch() {
	patch -p1 -F0 -t --no-backup-if-mismatch -d "$1" "${@:3}" <"$2" 2>&1
}

# which_hunk: from patch's output, the first file and hunk that failed.
which_hunk() {
	awk '
		/^[Pp]atching file|^checking file/ { file = $3 }
		/FAILED/ && /^Hunk/ {
			gsub(/[^0-9]/, "", $2)
			line = $5; gsub(/[^0-9]/, "", line)
			print file ": hunk " $2 " at line " line; found = 1; exit
		}
		/can.t find file|No such file/ && !other { other = $0 }
		/malformed|Only garbage|unexpectedly ends/ { other = $0 }
		END { if (!found) print (other != "" ? other : file ": cannot be patched") }'
}

# compose SRC OUT WHAT: fills OUT/new with every file that WHAT (base: fix-up
# only; full: all of the series; plain: fix-up only; fixed: the fixes of drivers)
# adds to or changes in SRC, and lists them in OUT/files. Fails with one line that
# names patch, file and hunk.
compose() {
	local src=$1 out=$2 what=$3 new=$2/new p f msg
	need_tools patch awk
	mkdir -p "$new"
	: >"$out/files"

	# The fix-up is for trees that Debian changed; where a change is not
	# there, there is nothing to restore.
	for p in "$HARNESS"/fetch/fixup/*.patch; do
		[[ -f $p ]] || continue
		patched_files "$p" | while IFS= read -r f; do take "$src" "$new" "$f"; done
		if try_patch "$new" "$p" --dry-run >/dev/null; then
			try_patch "$new" "$p" >/dev/null
			patched_files "$p" >>"$out/files"
			FIXED_UP=1
		elif ! try_patch "$new" "$p" --dry-run -R >/dev/null; then
			die "the fix-up ${p##*/} neither applies nor is needed; this tree is unlike mainline and Debian"
		fi
	done

	# What is compared is the driver, by a judge that works on both sides.
	if [[ $what == base ]]; then
		for p in "$REPO"/patches/*-kunit-*.patch; do
			[[ -f $p ]] || continue
			patched_files "$p" | while IFS= read -r f; do take "$src" "$new" "$f"; done
			msg=$(try_patch "$new" "$p") ||
				die "${p#"$REPO"/} does not apply: $(which_hunk <<<"$msg")"
			patched_files "$p" >>"$out/files"
		done
	fi

	if [[ $what == fixed ]]; then
		while IFS= read -r p; do
			patched_files "$p" | while IFS= read -r f; do take "$src" "$new" "$f"; done
			msg=$(try_patch "$new" "$p") ||
				die "${p#"$REPO"/} does not apply to Linux $(kernel_version "$src"): $(which_hunk <<<"$msg")"
			patched_files "$p" >>"$out/files"
		done < <(fix_patches)
	fi

	if [[ $what == full ]]; then
		while IFS= read -r f; do
			[[ ! -e $src/$f ]] ||
				die "$f is in the kernel tree already; change it with a patch instead"
			mkdir -p "$new/$(dirname "$f")"
			cp "$REPO/$f" "$new/$f"
			printf '%s\n' "$f" >>"$out/files"
		done < <(overlay_files)

		while IFS= read -r p; do
			patched_files "$p" | while IFS= read -r f; do take "$src" "$new" "$f"; done
			msg=$(try_patch "$new" "$p") ||
				die "${p#"$REPO"/} does not apply to Linux $(kernel_version "$src"): $(which_hunk <<<"$msg")"
			patched_files "$p" >>"$out/files"
		done < <(series_patches)

		# For one run only: the next composes the sources as they are.
		[[ -z ${VMA_ACCESS_MUTANT:-} ]] || "$HARNESS/mutants/mutate.py" "$VMA_ACCESS_MUTANT" "$new"
	fi
	sort -u -o "$out/files" "$out/files"
}
