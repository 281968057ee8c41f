#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Makes sure that the tools the harness needs are there: installs what is
# missing through apt where that is allowed, otherwise lists it in one line.
# NO_INSTALL=1 installs nothing.
#	packages.sh [command:package ...]	these too

. "$(dirname "$0")/../lib.sh"

# command or file that shows that a package is there : package
NEEDS=(
	gcc:gcc make:make git:git patch:patch flex:flex bison:bison bc:bc
	cpio:cpio depmod:kmod ccache:ccache rsync:rsync xz:xz-utils perl:perl
	python3:python3 flock:util-linux dpkg-deb:dpkg
	qemu-system-x86_64:qemu-system-x86
	/usr/share/qemu/qboot.rom:qemu-system-data
	/usr/include/gelf.h:libelf-dev
	/usr/include/openssl/ssl.h:libssl-dev
	/usr/include/stdio.h:libc6-dev
	"$@"
)
# Any of these will do; only Debian's folder is known for the library folders.
BUSYBOX=(/bin/busybox /usr/bin/busybox)

export PATH=$PATH:/usr/sbin:/sbin

missing=()
for need in "${NEEDS[@]}"; do
	thing=${need%%:*} package=${need##*:}
	if [[ $thing == /* ]]; then
		[[ -e $thing ]] || missing+=("$package")
	else
		command -v "$thing" >/dev/null || missing+=("$package")
	fi
done

# The guest has no libraries of its own: a dynamic busybox will not do.
static=
for b in "${BUSYBOX[@]}"; do
	[[ -x $b ]] && ! ldd "$b" 2>/dev/null | grep -q '=>' && static=$b
done
[[ -n $static ]] || missing+=(busybox-static)

((${#missing[@]})) || exit 0

if [[ -n ${NO_INSTALL:-} ]]; then
	die "missing packages, and NO_INSTALL is set: ${missing[*]}"
fi
command -v apt-get >/dev/null ||
	die "missing packages, and no apt here to install them: ${missing[*]}"

as_root=()
if ((EUID != 0)); then
	sudo -n true 2>/dev/null ||
		die "missing packages, and no right to install them; as root: apt-get install ${missing[*]}"
	as_root=(sudo -n)
fi

say "installing ${missing[*]}"
open_logs
log=$RUN_LOGS/packages.log
install() {
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive timeout 900 \
		apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1
}
# The lists may be absent or stale: try, refresh, try again.
install || {
	"${as_root[@]}" timeout 300 apt-get update >>"$log" 2>&1 || true
	install
} || die "installing failed: ${missing[*]} (log: $log)"
