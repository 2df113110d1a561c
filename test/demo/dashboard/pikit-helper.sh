#!/bin/sh
# Prints what the dashboard shows as the temperature, in degrees Celsius. Part of Pi-Kit __VERSION__.
set -eu
sensor=/sys/class/thermal/thermal_zone0/temp
if [ -r "$sensor" ]; then
  awk '{ printf "%.1f\n", $1 / 1000 }' "$sensor"
else
  echo "no sensor" >&2
  exit 1
fi
