#!/bin/sh
# Takes away what install.sh has installed. The dashboard goes on working: what were links to the updater's releases become plain
# files first, and if that fails nothing is taken away. Settings and state stay, unless they are to go too.
set -eu

usage() {
    echo "usage: sh uninstall.sh [--purge] [--root DIR]

  --purge     settings, keys, installed releases, state and passwords too
  --root DIR  what install.sh --root has laid below DIR

exit: 0 gone, 1 refused or failed, 2 usage"
}

refuse() {
    echo "uninstall.sh: $1" >&2
    exit "${2:-1}"
}

root=''
purge=''
while [ $# -gt 0 ]; do
    case "$1" in
    --help) usage && exit 0 ;;
    --purge) purge=yes ;;
    --root)
        [ -n "${2:-}" ] || refuse '--root needs a directory; see --help' 2
        root=${2%/}
        shift
        ;;
    *) refuse "$1 is not an option; see --help" 2 ;;
    esac
    shift
done

list=$root/usr/lib/pikit/installed-files
agent=$root/usr/lib/pikit/pikit-agent.mjs

# The names of our units, from the list: a dashboard may have units that begin with pikit- too. Only what is there: a run that was cut
# off has left some, or laid some.
units() {
    sed -n 's|^/etc/systemd/system/||p' "$list" | while read -r unit; do
        [ ! -e "$root/etc/systemd/system/$unit" ] || echo "$unit"
    done
}

# What systemd is told of units, if there are any.
tell() {
    [ $# -eq 1 ] || systemctl ${root:+--root="$root"} --quiet "$@"
}

leave_plain() {
    # A link; what it leads to may be damaged.
    [ -L "$root/var/lib/pikit/current" ] || return 0
    if ! node "$agent" --root "${root:-/}" --plain-targets >/dev/null; then
        # shellcheck disable=SC2046 # one word each
        [ -n "$root" ] || systemctl --quiet start $(units | grep -E '\.(socket|timer)$') pikit-api.service
        refuse 'the dashboard could not be left as plain files, for the reason above; the updater stays'
    fi
}

remove() {
    # shellcheck disable=SC2046 # one word each
    if [ -z "$root" ] || command -v systemctl >/dev/null; then
        tell disable $(units)
    fi
    for name in agent api rpc; do rm -f "$root/usr/bin/pikit-$name"; done
    while read -r path; do rm -f "$root$path"; done <"$list"
    # Made for them where there were none; what holds something else stays.
    rmdir "$root"/usr/local/share/man/man[1-8] "$root/usr/share/bash-completion/completions" \
        "$root/usr/share/bash-completion" 2>/dev/null || true
    # The last is the copy of an updater that a release of the dashboard has brought.
    rm -rf "$root/usr/lib/pikit" "$root/usr/share/pikit" "$root/usr/share/doc/pikit" "$root/usr/local/lib/pikit"
    [ -n "$root" ] || systemctl daemon-reload
}

# The user stays, without a password and a shell, so that nobody else gets its number while a backup may hold files of it.
purge() {
    rm -rf "$root/etc/pikit" "$root/var/lib/pikit" "$root/var/lib/pikit-update" "$root/var/lib/pikit-api" \
        "$root/var/tmp/pikit-update" "$root/var/backups/pikit" "$root/run/pikit" "$root/run/pikit-guard"
    rm -f "$root/etc/nginx/snippets/pikit.conf" "$root/etc/nginx/snippets/pikit.conf.pikit-new" \
        "$root/run/pikit-update.lock" "$root/var/lib/systemd/timers/stamp-pikit-update.timer" \
        "$root/etc/systemd/system/pikit-update.timer.d/50-pikit.conf"
    rmdir "$root/etc/systemd/system/pikit-update.timer.d" 2>/dev/null || true
    # nginx does not start without a file that a site names, and the dashboard is to go on working.
    site=$(grep -RlsE '^[^#]*snippets/pikit\.conf' "$root/etc/nginx" | head -n 1)
    [ -n "$site" ] || return 0
    echo "# Only because $site names it: take that line away, then this file." >"$root/etc/nginx/snippets/pikit.conf"
    echo "uninstall.sh: $site still names snippets/pikit.conf, which is left without content so that nginx starts" >&2
}

[ -n "$root" ] || [ "$(id -u)" -eq 0 ] || refuse 'this needs root: run it with sudo'
if [ -f "$list" ]; then
    # First the guard, or it would start the agent again in the middle of this.
    # shellcheck disable=SC2046 # one word each
    [ -n "$root" ] || tell stop $(units | grep '^pikit-guard\.')
    # shellcheck disable=SC2046 # one word each
    [ -n "$root" ] || tell stop $(units)
    leave_plain
    remove
elif [ -z "$purge" ]; then
    refuse 'install.sh has not installed the updater here'
elif [ -e "$root/usr/lib/pikit" ]; then
    refuse 'what is installed is not of install.sh; a Debian package goes with: apt purge pikit'
fi
if [ -n "$purge" ]; then
    purge
    echo 'The updater, its settings and its state are removed. The dashboard goes on as plain files.'
else
    echo 'The updater is removed, and the dashboard goes on as plain files. Settings and state stay; with --purge they go, too.'
fi
