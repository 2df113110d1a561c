#!/bin/sh
# An update with casync: rebuild the tree from chunks, those of the tree that runs and what must be fetched; switch one link.
# Called with the device's root, the address of indexes and store, the index, and the name of the tree to make of it.
set -eu
root=$1 url=$2 index=$3 tree=$1/trees/$4

live=$root/var/www/pikit-web
mkdir -p "$root/trees" "$root/var/www"

if [ -L "$live" ]; then set -- --seed="$(readlink "$live")"; else set --; fi
casync extract --store="$url/default.castr" "$@" "$url/$index.caidx" "$tree"
ln -s "$tree" "$live.new"
mv -T "$live.new" "$live"
sync -f "$root"
