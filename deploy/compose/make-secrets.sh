#!/bin/sh
# Writes the secrets that are not there yet, each into a file of its own. The folder is closed to others; the files are not, because containers of several
# users read them through it.
set -eu
cd "$(dirname "$0")"
mkdir -p secrets
chmod 700 secrets
for name in postgres_password clickhouse_password redis_password mqtt_ingest_password mqtt_dispatch_password mqtt_gateway_password mqtt_health_password first_start_token; do
  [ -s "secrets/$name" ] || { head -c 32 /dev/urandom | base64 | tr -d '\n=' | tr '+/' '-_' > "secrets/$name"; chmod 644 "secrets/$name"; }
done
