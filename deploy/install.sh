#!/bin/sh
# Installs or upgrades the updater where no Debian package is wanted, as on DietPi: from an unpacked release of the product, or
# from its bundle. It may be run again at any time, keeps settings and state, and changes nothing before it has looked at everything.
set -eu
# What is laid down is read by the web server and the api.
umask 022

usage() {
    echo "usage: sh install.sh [--root DIR] [BUNDLE]

  BUNDLE      a pikit-<version>.tar.gz; without it the directory in which this script lies is installed
  --root DIR  lays everything below DIR and starts nothing: for an image that is booted later

exit: 0 installed, 1 refused or failed, 2 usage"
}

refuse() {
    echo "install.sh: $1" >&2
    exit "${2:-1}"
}

root=''
bundle=''
while [ $# -gt 0 ]; do
    case "$1" in
    --help) usage && exit 0 ;;
    --root)
        [ -n "${2:-}" ] || refuse '--root needs a directory; see --help' 2
        root=${2%/}
        shift
        ;;
    -*) refuse "$1 is not an option; see --help" 2 ;;
    *)
        [ -z "$bundle" ] || refuse "$1 is too much; see --help" 2
        bundle=$1
        ;;
    esac
    shift
done

# Else the shell may look for it elsewhere, and say where.
unset CDPATH
release=$(cd "$(dirname "$0")" && pwd)
if [ -n "$bundle" ]; then
    [ -f "$bundle" ] || refuse "there is no file $bundle"
    release=$(mktemp -d)
    trap 'rm -rf "$release"' EXIT
    trap 'exit 1' HUP INT TERM
    tar -xzf "$bundle" -C "$release" || refuse "$bundle cannot be unpacked"
fi

# Where what lies in the release goes: mode, source, destination. New units and pages need no line here.
plan() {
    (
        cd "$release"
        for file in lib/*.mjs lib/start lib/guard; do echo "755 $file /usr/lib/pikit/${file##*/}"; done
        echo "644 lib/version /usr/lib/pikit/version"
        echo "755 uninstall.sh /usr/lib/pikit/uninstall.sh"
        find ui -type f | while read -r file; do echo "644 $file /usr/share/pikit/$file"; done
        for file in systemd/*; do echo "644 $file /etc/systemd/system/${file##*/}"; done
        for file in sysusers.d/* tmpfiles.d/*; do echo "644 $file /etc/$file"; done
        for file in nginx/rescue/*; do echo "644 $file /usr/share/pikit/rescue/${file##*/}"; done
        for file in doc/*; do echo "644 $file /usr/share/doc/pikit/${file##*/}"; done
        [ ! -d man ] || for file in man/*.[1-8]; do
            # The maintainer's program is not installed.
            [ "$file" != man/pikit-release.1 ] || continue
            echo "644 $file /usr/local/share/man/man${file##*.}/${file##*/}"
        done
        [ ! -d completion ] || for file in completion/*; do
            echo "644 $file /usr/share/bash-completion/completions/${file##*/}"
        done
    )
}

# What the owner may edit: as it is shipped, and where it is used.
settings() {
    echo "config/updater.toml /etc/pikit/updater.toml"
    echo "config/api.toml /etc/pikit/api.toml"
    echo "nginx/pikit.conf /etc/nginx/snippets/pikit.conf"
}

check_release() {
    for part in lib/pikit-agent.mjs lib/start lib/guard ui/index.html systemd config/updater.toml uninstall.sh; do
        [ -e "$release/$part" ] || refuse "$release is no release of the updater: it has no $part"
    done
}

check_node() {
    if [ ! -x /usr/bin/node ]; then
        other=$(command -v node || true)
        [ -z "$other" ] || refuse "Node is $other, but the services start /usr/bin/node. Run: ln -s $other /usr/bin/node"
        refuse 'there is no Node: install Node 20.19 or newer, on Debian 13 with: apt install nodejs'
    fi
    version=$(/usr/bin/node --version)
    major=${version#v} major=${major%%.*}
    minor=${version#*.} minor=${minor%%.*}
    if [ "$major" -lt 20 ] || { [ "$major" -eq 20 ] && [ "$minor" -lt 19 ]; }; then
        other=$(command -v node || true)
        [ "${other:-/usr/bin/node}" = /usr/bin/node ] ||
            refuse "the services start /usr/bin/node, and that is $version; 20.19 or newer is needed. If $other is: apt remove nodejs, then ln -s $other /usr/bin/node"
        refuse "Node 20.19 or newer is needed as /usr/bin/node, and this is $version. Debian 12 has no newer one: see https://nodejs.org/en/download"
    fi
}

check_system() {
    [ "$(id -u)" -eq 0 ] || refuse 'this needs root: run it with sudo'
    [ -d /run/systemd/system ] || refuse 'systemd does not run here, and the updater cannot do without it'
    for program in systemctl systemd-sysusers systemd-tmpfiles; do
        command -v "$program" >/dev/null || refuse "there is no $program: apt install systemd"
    done
    if [ "$(dpkg-query -W -f '${db:Status-Status}' pikit 2>/dev/null)" = installed ]; then
        refuse 'the Debian package pikit is installed: upgrade that, or remove it first with: apt remove pikit'
    fi
    check_node
}

# One that has the name of one of ours would be lost.
check_units() {
    for file in "$release"/systemd/*; do
        unit=$root/etc/systemd/system/${file##*/}
        [ ! -L "$unit" ] || refuse "$unit is a link, such as a mask: remove it first"
        if [ -e "$unit" ] && ! grep -q '^Description=Pi-Kit updater: ' "$unit"; then
            refuse "$unit is of another program and has the name of a unit of ours: rename it first"
        fi
    done
}

# Everything beside its place and on the disk, then renamed: a power cut leaves whole files, and the next run mends the rest.
lay() {
    list=$root/usr/lib/pikit/installed-files
    mkdir -p "$root/usr/lib/pikit"
    plan >"$list.new"
    # Also what is there from before, until the end, so that uninstall.sh forgets nothing.
    { cut -d ' ' -f 3 "$list.new"; [ ! -f "$list" ] || cat "$list"; } | sort -u >"$list.all"
    mv "$list.all" "$list"
    while read -r mode from to; do
        mkdir -p "$root${to%/*}"
        cp "$release/$from" "$root$to.pikit-laid"
        chmod "$mode" "$root$to.pikit-laid"
    done <"$list.new"
    sync
    while read -r _ _ to; do mv "$root$to.pikit-laid" "$root$to"; done <"$list.new"
    mkdir -p "$root/usr/bin"
    for name in agent api rpc; do ln -sfn ../lib/pikit/start "$root/usr/bin/pikit-$name"; done
    while read -r path; do
        grep -q " $path\$" "$list.new" || rm -f "$root$path"
    done <"$list"
    cut -d ' ' -f 3 "$list.new" >"$list.all"
    mv "$list.all" "$list"
    rm "$list.new"
}

# As dpkg does it: what the owner left alone follows the release, what was edited stays, and where the release has changed it
# too, its own lies beside it; what was deleted stays away.
lay_settings() {
    settings | while read -r from to; do
        shipped=$root/usr/share/pikit/shipped/${to##*/}
        mine=$root$to
        mkdir -p "${mine%/*}" "${shipped%/*}"
        if [ ! -e "$mine" ] && [ -e "$shipped" ]; then
            echo "$to was deleted here, and stays so. To have it back: cp $root/usr/share/pikit/shipped/${to##*/} $mine"
        elif [ ! -e "$mine" ] || { [ -e "$shipped" ] && cmp -s "$mine" "$shipped"; }; then
            # With the mode and the owner that it was given here.
            [ ! -e "$mine" ] || cp -p "$mine" "$mine.pikit-laid"
            cat "$release/$from" >"$mine.pikit-laid"
            mv "$mine.pikit-laid" "$mine"
        elif [ -e "$shipped" ] && ! cmp -s "$release/$from" "$shipped" && ! cmp -s "$release/$from" "$mine"; then
            cp "$release/$from" "$mine.pikit-new"
            echo "$to was edited here and has changed in the release: see $to.pikit-new"
        fi
        cp "$release/$from" "$shipped.pikit-laid"
        mv "$shipped.pikit-laid" "$shipped"
    done
}

# Written down, as a run that is cut off has laid all of them and enabled none.
remember_units() {
    known=$root/usr/lib/pikit/units-before
    [ ! -f "$known" ] || return 0
    mkdir -p "${known%/*}"
    for file in "$root"/etc/systemd/system/pikit-*; do [ ! -f "$file" ] || echo "${file##*/}"; done >"$known.new"
    mv "$known.new" "$known"
}

# Those with [Install]; what the owner has disabled since is left alone.
enable_units() {
    for file in "$release"/systemd/*; do
        unit=${file##*/}
        if grep -qxF "$unit" "$known"; then continue; fi
        if grep -q '^\[Install\]' "$file"; then systemctl ${root:+--root="$root"} --quiet enable "$unit"; fi
    done
}

start_units() {
    for file in "$release"/systemd/*.socket "$release"/systemd/*.timer; do
        # The agent leaves by itself when nobody wants it; the next call starts the new one.
        if systemctl --quiet is-enabled "${file##*/}"; then systemctl start "${file##*/}"; fi
    done
    if systemctl --quiet is-enabled pikit-api.service; then systemctl restart pikit-api.service; fi
}

check_release
[ -n "$root" ] || check_system
check_units
remember_units
lay
lay_settings
if [ -n "$root" ]; then
    if command -v systemctl >/dev/null; then enable_units; fi
    rm "$known"
    exit 0
fi
systemd-sysusers pikit.conf
systemd-tmpfiles --create pikit.conf
systemctl daemon-reload
enable_units
rm "$known"
start_units
echo "The updater is installed. Settings: /etc/pikit/updater.toml and api.toml. The code for the first password:"
echo "  journalctl -u pikit-api -n 1 -g 'set-up code'"
echo "What to do next is in /usr/share/doc/pikit/README.md (The first steps) and operations.md beside it."
