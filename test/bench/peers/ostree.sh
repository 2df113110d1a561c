#!/bin/sh
# An update with ostree: pull what is missing into a repository on the device, check out by hard links, switch one link.
# Called with the device's root, the address of the repository, the branch, and the name of the tree to make of it.
set -eu
root=$1 url=$2 branch=$3 tree=$1/trees/$4

repository=$root/ostree
live=$root/var/www/pikit-web

if [ ! -d "$repository" ]; then
  mkdir -p "$root/trees" "$root/var/www"
  ostree init --repo="$repository" --mode=bare-user-only
  ostree remote add --repo="$repository" --no-gpg-verify origin "$url"
fi
ostree pull --repo="$repository" origin "$branch"
ostree checkout --repo="$repository" --user-mode --require-hardlinks "origin:$branch" "$tree"
ln -s "$tree" "$live.new"
mv -T "$live.new" "$live"
sync -f "$root"
