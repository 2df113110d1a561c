#!/bin/sh
# An update with rsync from a daemon: a new tree beside the one that runs, hard links to what is equal, similar files as a
# source for renamed ones, every file compared by its content; switch one link. Called with the device's root, the address
# of the trees, the name of the one to fetch, and what it is to be called here.
set -eu
root=$1 url=$2 name=$3 tree=$1/trees/$4

live=$root/var/www/pikit-web
mkdir -p "$root/trees" "$root/var/www"

if [ -L "$live" ]; then set -- --link-dest="$(readlink "$live")"; else set --; fi
rsync -az --checksum --fuzzy --fuzzy "$@" "$url/$name/" "$tree/"
ln -s "$tree" "$live.new"
mv -T "$live.new" "$live"
sync -f "$root"
