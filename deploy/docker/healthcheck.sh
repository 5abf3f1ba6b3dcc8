#!/bin/bash
# Exits 0 when HEALTH_URL (http://HOST:PORT/PATH) answers with status 200. The images have no HTTP client; bash opens sockets itself.
set -euo pipefail

address="${HEALTH_URL#http://}"
host_and_port="${address%%/*}"

exec 3<>"/dev/tcp/${host_and_port%:*}/${host_and_port##*:}"
printf 'GET /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "${address#*/}" "$host_and_port" >&3
read -r _ status _ <&3
[[ "$status" == 200 ]] || { echo "$HEALTH_URL answers with status $status"; exit 1; }
