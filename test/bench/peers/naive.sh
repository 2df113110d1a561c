#!/bin/sh
# The updater of the plan, step by step, as one would write it in an afternoon: fetch the manifest and the bundle, verify each
# file, unpack beside, keep a backup, copy over what runs. Called with the device's root, the release's address and its version.
set -eu
root=$1 url=$2 version=$3

work=$root/var/tmp/pikit-update/$version
live=$root/var/www/pikit-web
backups=$root/var/backups/pikit

# What an earlier run left.
rm -rf "$root/var/tmp/pikit-update"
mkdir -p "$work/staging" "$live" "$backups" "$root/etc/pikit"

curl -fsS -o "$work/manifest.json" "$url/manifest.json"
curl -fsS -o "$work/bundle.tar.gz" "$url/pikit-$version.tar.gz"

tar -xzf "$work/bundle.tar.gz" -C "$work/staging"
# A line of the manifest for each file.
sed -n 's/^ *{"path":"\([^"]*\)","sha256":"\([0-9a-f]*\)".*/\2  \1/p' "$work/manifest.json" >"$work/sums"
(cd "$work/staging" && sha256sum --check --quiet --strict "$work/sums")

rm -rf "${backups:?}"/*
cp -a "$live" "$backups/$(date +%Y%m%d-%H%M%S)"
rsync -a --delete "$work/staging/pikit-web/" "$live/"
echo "$version" >"$root/etc/pikit/version"
# The device's own filesystem alone, because this machine has others that are busy.
sync -f "$root"
