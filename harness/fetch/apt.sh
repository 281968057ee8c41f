# SPDX-License-Identifier: GPL-2.0
# Packages from a suite of Debian that need not be this machine's: through apt with
# a configuration of its own. Signatures are checked by apt; nothing of the
# machine's apt is changed. Sourced by what fetches.

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# The Debian archive this machine already uses, from its own apt configuration
# (one-line and deb822 alike), never the security archive. VMA_ACCESS_MIRROR
# names another.
mirror() {
	local uri
	uri=$(apt-get indextargets --format '$(REPO_URI) $(ORIGIN)' 2>/dev/null |
		awk '$2 == "Debian" && $1 !~ /security/ { print $1; exit }')
	# apt lists no origin before its first update: read the files instead.
	[[ -z ${VMA_ACCESS_MIRROR:-} ]] || uri=$VMA_ACCESS_MIRROR
	[[ -n $uri ]] || uri=$(
		{
			awk '$1 == "deb" {
				for (i = 2; i <= NF; i++)
					if ($i ~ /^(https?|ftp|file|copy|mirror[^ ]*):/) { print $i; break }
			}' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null
			awk -F': *' 'tolower($1) == "uris" { split($2, u, " "); print u[1] }' \
				/etc/apt/sources.list.d/*.sources 2>/dev/null
		} | grep -v security | grep -E '/debian/?$' | head -n 1
	) || true
	[[ -n $uri ]] || return 1
	echo "$uri"
}

# apt_conf DIR MIRROR SUITE: from here on apt has everything of its own, in DIR:
# lists, cache, status and sources.
apt_conf() {
	local d=$1 arch
	mkdir -p "$d"/{etc/apt.conf.d,etc/preferences.d,lists/partial,archives/partial,state}
	: >"$d/status"
	arch=$(dpkg --print-architecture)
	printf 'deb [signed-by=%s] %s %s main\n' "$KEYRING" "$2" "$3" >"$d/etc/sources.list"
	cat >"$d/apt.conf" <<-CONF
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear DPkg::Post-Invoke;
		APT::Architecture "$arch";
		APT::Architectures { "$arch"; };
		Dir::State "$d/state";
		Dir::State::Lists "$d/lists";
		Dir::State::status "$d/status";
		Dir::Cache "$d";
		Dir::Cache::Archives "$d/archives";
		Dir::Etc "$d/etc";
		Dir::Etc::sourcelist "$d/etc/sources.list";
		Dir::Etc::sourceparts "-";
		Dir::Etc::main "-";
		Dir::Etc::parts "$d/etc/apt.conf.d";
		Dir::Etc::preferencesparts "$d/etc/preferences.d";
		Acquire::Languages "none";
		Acquire::Retries "3";
		Acquire::http::Timeout "60";
	CONF
	# A private folder cannot be read by apt's download user.
	if ((EUID == 0)); then
		echo 'APT::Sandbox::User "root";' >>"$d/apt.conf"
	fi
	# A proxy is the machine's business, and without it there may be no network.
	(unset APT_CONFIG; apt-config dump 2>/dev/null) |
		grep -E '^Acquire::(http|https)::Proxy[ :]' >>"$d/apt.conf" || true
	export APT_CONFIG=$d/apt.conf
}

# apt takes a file that is there already by its size: here it is also held
# against the checksum of the signed index.
intact() {
	local want
	want=$(apt-cache show "$2" | awk '/^SHA256:/ { print $2 }' | tr '\n' ' ')
	[[ " $want " == *" $(sha256sum <"$1" | cut -d' ' -f1) "* ]]
}
