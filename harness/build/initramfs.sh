#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Makes the guest's root file system: initramfs.sh <build dir> <output>
# busybox, our init, the modules of the series, and the installed kselftests.

. "$(dirname "$0")/../lib.sh"

build=$1 out=$2
scratch root
mkdir -p "$root"/{bin,dev,proc,sys,tmp,run,etc,root,usr/bin,modules,kselftest}

for b in /bin/busybox /usr/bin/busybox; do
	[[ ! -x $b ]] || busybox=$b
done
cp "${busybox:?busybox is missing}" "$root/bin/busybox"
# busybox's timeout does not know all options that kselftest's runner uses:
# that one is the machine's, as bash is, which tests may be written for.
"$root/bin/busybox" --list | grep -vxE 'timeout|bash|busybox' |
	while IFS= read -r applet; do ln -s busybox "$root/bin/$applet"; done
cp "$(type -P bash)" "$root/bin/bash"
cp "$(type -P timeout)" "$root/usr/bin/timeout"
cp "$(type -P stdbuf)" "$root/usr/bin/stdbuf"
echo root:x:0:0:root:/root:/bin/sh >"$root/etc/passwd"
install -m 755 "$HARNESS/boot/guest/init" "$root/init"

# SAMPLE_MODULES: other builds of the modules than the kernel's own.
find "${SAMPLE_MODULES:-$build/samples/vma_access}" -name '*.ko' -exec cp -t "$root/modules" {} + 2>/dev/null || true
# Drivers that the series converts and the kernel has as modules, with what they need, in
# this order.
n=10
for m in drivers/comedi/comedi drivers/comedi/drivers/comedi_test virt/lib/irqbypass \
	drivers/iommu/generic_pt/fmt/iommu_amdv1 drivers/iommu/iommufd/iova_bitmap \
	drivers/iommu/iommufd/iommufd_driver drivers/iommu/iommufd/iommufd drivers/vfio/vfio \
	drivers/vfio/vfio_iommu_type1 drivers/vfio/pci/vfio-pci-core drivers/vfio/pci/vfio-pci; do
	[[ ! -e $build/$m.ko ]] || cp "$build/$m.ko" "$root/modules/$((n++)).${m##*/}.ko"
done
[[ ! -d $build/kselftest_install ]] || cp -a "$build/kselftest_install/." "$root/kselftest"

# What ALSA's library reads.
if [[ -d $root/kselftest/alsa ]]; then
	mkdir -p "$root/usr/share"
	cp -aL /usr/share/alsa "$root/usr/share"
fi

# The libraries of everything that is linked dynamically; ldd fails for the rest.
{ find "$root" -type f -perm -u+x -exec ldd {} + 2>/dev/null || true; } |
	sed -nE 's,.*[ \t](/[^ ]+) \(0x.*,\1,p' | sort -u |
	while IFS= read -r lib; do
		mkdir -p "$root/$(dirname "$lib")"
		cp -L "$lib" "$root/$lib"
	done
lib=$(find /usr/lib*/coreutils /usr/libexec/coreutils -name libstdbuf.so 2>/dev/null | head -n 1 || true)
if [[ -n $lib ]]; then
	mkdir -p "$root$(dirname "$lib")"
	cp "$lib" "$root$lib"
fi

# Device nodes need no root this way; the kernel takes archives one by one.
printf 'dir /dev 755 0 0\nnod /dev/console 600 0 0 c 5 1\nnod /dev/null 666 0 0 c 1 3\n' >"$root.nodes"
SCRATCHES+=("$root.nodes")
{
	(cd "$root" && find . -mindepth 1 | sort | cpio --quiet -o -H newc -R 0:0)
	"$build/usr/gen_init_cpio" "$root.nodes"
} >"$out.new"
mv "$out.new" "$out"
